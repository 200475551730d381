// Whoever signs out leaves no name on the device. Notes that still wait stay: they say who alone may send them.
"use strict";

(() => {
  const AT_MOST = 1500; // what cannot be forgotten in that time is forgotten at the next visit

  async function forget() {
    const kept = await navigator.serviceWorker?.getRegistration("/equipe/noter");
    kept?.active?.postMessage("forget");
    await caches.delete("noter");
  }

  for (const form of document.querySelectorAll("form[action='/equipe/deconnexion']")) {
    form.addEventListener("submit", async (event) => {
      if (!("caches" in window)) return;
      event.preventDefault();
      await Promise.race([forget().catch(() => {}), new Promise((done) => setTimeout(done, AT_MOST))]);
      form.submit();
    });
  }
})();
