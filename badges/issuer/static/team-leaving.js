// Whoever signs out leaves no name on the device. Notes that still wait stay: they say who alone may send them.
"use strict";

for (const form of document.querySelectorAll("form[action='/equipe/deconnexion']")) {
  form.addEventListener("submit", () => {
    if ("caches" in window) caches.delete("noter");
  });
}
