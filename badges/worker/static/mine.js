// Reads a part of the page aloud with the browser's own voice, and copies an address. Both are extras: without them
// the page says and shows everything. A button stays hidden where the browser cannot do what it says.
(() => {
  "use strict";

  const voice = window.speechSynthesis;
  const language = document.documentElement.lang;

  function parts(element) {
    // One utterance for each piece of text, in the language that the page says it is in.
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent.replace(/\s+/g, " ").trim();
      const holder = node.parentElement;
      if (!text || holder.closest("[hidden], script, form, button, svg")) continue;
      const spoken = holder.closest("[lang]").lang || language;
      const last = found[found.length - 1];
      if (last && last.lang === spoken && last.block === holder.closest("p, li, h1, h2, h3, dt, dd")) {
        last.text += " " + text;
      } else {
        found.push({ text, lang: spoken, block: holder.closest("p, li, h1, h2, h3, dt, dd") });
      }
    }
    return found;
  }

  function stop() {
    voice.cancel();
    for (const other of document.querySelectorAll("[data-read]")) other.setAttribute("aria-pressed", "false");
  }

  for (const button of document.querySelectorAll("[data-read]")) {
    if (!voice || typeof SpeechSynthesisUtterance === "undefined") continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const speaking = button.getAttribute("aria-pressed") === "true";
      stop();
      if (speaking) return;
      button.setAttribute("aria-pressed", "true");
      const said = parts(document.getElementById(button.dataset.read));
      said.forEach((part, number) => {
        const utterance = new SpeechSynthesisUtterance(part.text);
        utterance.lang = part.lang;
        utterance.rate = 0.9;
        if (number === said.length - 1) utterance.onend = stop;
        voice.speak(utterance);
      });
    });
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(field.value);
      button.querySelector("[data-done]").hidden = false;
    });
  }
})();
