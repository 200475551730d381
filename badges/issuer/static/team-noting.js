// Notes that survive a lost network. A note is written down on the device first, then sent; it leaves the device when the
// service has said that it is noted, and the key of its form makes sure that it is noted once.
"use strict";

(() => {
  const KEPT = "noter-en-attente";
  const EVERY = 20_000;
  const panel = document.getElementById("en-attente");
  if (!panel) return;
  const words = panel.dataset;
  const title = panel.querySelector("h2");
  const sentence = panel.querySelector(".waiting-words");
  const list = panel.querySelector(".waiting-list");
  const send = panel.querySelector("[data-send]");
  const wayIn = panel.querySelector("[data-way-in]");

  // -- what waits on this device

  function waiting() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT) || "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  function write(notes) {
    localStorage.setItem(KEPT, JSON.stringify(notes));
  }

  function put(note) {
    write([...waiting().filter((each) => each.key !== note.key), note]);
  }

  function take(key) {
    write(waiting().filter((each) => each.key !== key));
  }

  const inWords = (day) =>
    new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" });

  const mine = (note) => note.member === words.member;

  // -- telling it

  function tell(said = "") {
    const notes = waiting();
    panel.hidden = notes.length === 0 && !said;
    title.textContent =
      notes.length === 0 ? words.sent : notes.length === 1 ? words.one : words.many.replace("{count}", notes.length);
    const others = notes.some((note) => !mine(note));
    sentence.textContent = said === words.sent ? "" : said || (others ? words.another : navigator.onLine ? "" : words.offline);
    list.replaceChildren(
      ...notes.map((note) => {
        const line = document.createElement("li");
        const about = document.createElement("span");
        about.textContent = `${mine(note) ? note.who : "…"} · ${inWords(note.on)}` + (note.refused ? ` · ${note.refused}` : "");
        line.append(about);
        if (note.refused && mine(note)) {
          const remove = document.createElement("button");
          remove.type = "button";
          remove.className = "button button-quiet";
          remove.textContent = words.remove;
          remove.addEventListener("click", () => {
            take(note.key);
            tell();
          });
          line.append(remove);
        }
        return line;
      }),
    );
    send.hidden = !notes.some(mine);
    send.parentElement.hidden = notes.length === 0;
  }

  // -- sending

  const SENT = "sent", KEEP = "keep", REFUSED = "refused", SIGN_IN = "sign in";

  async function deliver(note) {
    let answer;
    try {
      answer = await fetch("/equipe/noter", {
        method: "POST",
        body: new URLSearchParams(note.fields),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
    } catch {
      return { how: KEEP };
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) return { how: SIGN_IN };
    if (answer.ok) return { how: SENT, told: await answer.json().catch(() => ({})) };
    if (answer.status === 429 || answer.status >= 500) return { how: KEEP };
    const problem = await answer.json().catch(() => ({}));
    return { how: REFUSED, status: answer.status, why: [problem.detail, problem.advice].filter(Boolean).join(" ") || words.refused };
  }

  let sending = false;

  async function sendAll(again = false) {
    if (sending) return;
    sending = true;
    let said = "";
    try {
      for (const note of waiting().filter((each) => mine(each) && (again || !each.refused))) {
        const { how, why } = await deliver(note);
        if (how === SENT) {
          take(note.key);
          said = words.sent;
        } else if (how === REFUSED) {
          put({ ...note, refused: why });
          said = words.refused;
        } else {
          if (how === SIGN_IN) {
            said = words.signIn;
            wayIn.hidden = false;
          }
          break;
        }
      }
    } finally {
      sending = false;
    }
    tell(waiting().length && said === words.sent ? "" : said);
  }

  // -- a form of this page

  function noteOf(form) {
    const data = new FormData(form);
    const fields = Array.from(data.entries(), ([name, value]) => [name, String(value)]);
    const chosen = form.querySelector("select[name=person]");
    const who = form.dataset.who || (chosen && chosen.selectedOptions[0] ? chosen.selectedOptions[0].text : "");
    return { key: String(data.get("once")), member: words.member, who, on: String(data.get("on")), fields };
  }

  function freshen(form) {
    for (const box of form.querySelectorAll("input[name=seen]:checked")) box.checked = false;
    const line = form.querySelector("[name=line]");
    if (line) line.value = "";
    const now = new Date();
    const day = form.querySelector("[name=on]");
    day.max = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    const random = crypto.getRandomValues(new Uint8Array(16));
    form.querySelector("[name=once]").value = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  for (const form of document.querySelectorAll("form[data-noting]")) {
    if (form.dataset.noting === "all" && !form.querySelector(".field-error")) {
      freshen(form); // a page kept from another day has the key of that day, and its date
      const day = form.querySelector("[name=on]");
      day.value = day.max;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const data = new FormData(form);
      if (!data.get("person") || !data.get("seen")) {
        tell(words.choose);
        panel.scrollIntoView();
        return;
      }
      const note = noteOf(form);
      put(note);
      const { how, told, status, why } = await deliver(note);
      if (how === SENT) {
        take(note.key);
        location.assign(told.address || "/equipe/noter");
      } else if (how === REFUSED && status === 422) {
        take(note.key); // the page itself says what is wrong, and keeps what was typed
        form.submit();
      } else if (how === REFUSED) {
        put({ ...note, refused: why });
        tell(words.refused);
        panel.scrollIntoView();
      } else {
        freshen(form);
        wayIn.hidden = how !== SIGN_IN;
        tell(how === SIGN_IN ? words.signIn : words.kept);
        panel.scrollIntoView();
      }
    });
  }

  // -- the list of people, narrowed as one types

  const people = document.querySelector("[data-people=all]");
  const asked = document.getElementById("nom");
  if (people && asked) {
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    asked.addEventListener("input", () => {
      const parts = plain(asked.value).split(/[\s.'’-]+/).filter(Boolean);
      for (const line of people.children) {
        const known = plain(line.textContent).split(/[\s.'’-]+/).filter(Boolean);
        line.hidden = !parts.every((part) => known.some((word) => word.startsWith(part)));
      }
    });
  }

  send.addEventListener("click", () => sendAll(true));
  addEventListener("online", () => sendAll());
  addEventListener("offline", () => tell());
  setInterval(() => waiting().some(mine) && navigator.onLine && sendAll(), EVERY);
  tell();
  if (waiting().some(mine) && navigator.onLine) sendAll();

  // A page that opens without a network keeps first names on the device: only on one that its owner said is theirs.
  if ("serviceWorker" in navigator && "stays" in words) {
    navigator.serviceWorker
      .register("/equipe/noter/service.js", { scope: "/equipe/noter" })
      .then(() => navigator.serviceWorker.ready)
      .then((ready) => ready.active.postMessage("keep"))
      .catch(() => {});
  }
})();
