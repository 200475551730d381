// Keeps one page, the one that holds all that noting needs, for when there is no network. It keeps no note: the page does.
"use strict";

const KEPT = "noter";
const EVERYTHING = "/equipe/noter/hors-ligne";

let forgotten = 0; // how often it was asked to forget: what was being fetched then is not kept
let last = Promise.resolve(); // keeping and forgetting take turns: what was forgotten does not come back

function inTurn(task) {
  last = last.then(task, task);
  return last;
}

async function keep(before) {
  let page;
  try {
    page = await fetch(EVERYTHING, { credentials: "same-origin" });
  } catch {
    return; // no network: what is kept stays
  }
  if (page.redirected || page.status === 401 || page.status === 403) {
    await caches.delete(KEPT); // nobody is signed in here any more: no name stays behind
    return;
  }
  if (!page.ok || before !== forgotten) return;
  const text = await page.clone().text();
  const needed = new Set(Array.from(text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g), (found) => found[1]));
  const cache = await caches.open(KEPT);
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    if (path !== EVERYTHING && !needed.has(path)) await cache.delete(request);
  }
  for (const address of needed) {
    if (!(await cache.match(address))) await cache.add(address);
  }
  if (before === forgotten) await cache.put(EVERYTHING, page);
}

function keepInTurn() {
  const before = forgotten;
  return inTurn(() => keep(before));
}

function forgetInTurn() {
  forgotten += 1;
  return inTurn(() => caches.delete(KEPT));
}

self.addEventListener("install", (event) => event.waitUntil(keepInTurn().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keepInTurn());
  if (event.data === "forget") event.waitUntil(forgetInTurn().then(() => event.ports[0]?.postMessage("forgotten")));
});

self.addEventListener("fetch", (event) => {
  const asked = event.request;
  const address = new URL(asked.url);
  if (asked.method !== "GET" || address.origin !== self.location.origin) return;
  if (asked.mode === "navigate") {
    event.respondWith(fetch(asked).catch(async () => (await caches.match(EVERYTHING)) || Response.error()));
  } else if (address.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(asked).then((kept) => kept || fetch(asked)));
  }
});
