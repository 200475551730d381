// Whoever signs out leaves no name on the device. Notes that still wait stay: they say who alone may send them.
"use strict";

(() => {
  const AT_MOST = 1500; // milliseconds; who leaves is not held longer, and the service forgets on its own

  async function forget() {
    await caches.delete("noter");
    const kept = await navigator.serviceWorker?.getRegistration("/equipe/noter");
    const service = kept?.active || kept?.waiting || kept?.installing;
    if (!service) return;
    const answer = new MessageChannel();
    await new Promise((done) => {
      answer.port1.onmessage = done;
      service.postMessage("forget", [answer.port2]);
    });
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
