"use strict";

// The camera of the verification page: where the browser reads QR codes by itself, a button shows one to it. Nothing is
// recorded and nothing leaves the page: the code that was read is opened here, under this address and no other.

(() => {
  const section = document.getElementById("scan");
  const camera = navigator.mediaDevices;
  if (!section || !("BarcodeDetector" in window) || !camera?.getUserMedia) return;

  const [start, stop, picture, told] = ["start", "stop", "picture", "told"].map((name) =>
    document.getElementById(`scan-${name}`),
  );
  const CODE = /^\/b\/([0-9A-HJKMNP-TV-Z]{12})$/i;
  const EVERY = 250; // milliseconds between two looks: a hand is slower, and a telephone stays cool
  let stream = null;

  /** The code in the text of a QR; null when it leads anywhere else than to a badge of this service. */
  const codeIn = (text) => {
    let address;
    try {
      address = new URL(text);
    } catch {
      return null;
    }
    return address.host === location.host ? (CODE.exec(address.pathname)?.[1].toUpperCase() ?? null) : null;
  };

  const end = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = picture.srcObject = null;
    picture.hidden = stop.hidden = true;
    start.hidden = false;
  };

  const look = async (detector, looking) => {
    if (stream !== looking || !stream) return;
    const found = await detector.detect(picture).catch(() => []);
    if (stream !== looking) return;
    const code = found.map(({ rawValue }) => codeIn(rawValue)).find(Boolean);
    if (code) {
      end();
      location.assign(`/b/${code}`);
      return;
    }
    told.textContent = found.length ? told.dataset.foreign : told.dataset.looking;
    setTimeout(() => look(detector, looking), EVERY);
  };

  start.addEventListener("click", async () => {
    start.hidden = true;
    try {
      stream = await camera.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      picture.srcObject = stream;
      picture.hidden = stop.hidden = false;
      await picture.play();
      told.textContent = told.dataset.looking;
      look(new BarcodeDetector({ formats: ["qr_code"] }), stream);
    } catch {
      end();
      told.textContent = told.dataset.refused;
    }
  });
  stop.addEventListener("click", () => {
    end();
    told.textContent = "";
  });
  addEventListener("pagehide", end);

  BarcodeDetector.getSupportedFormats()
    .then((formats) => (section.hidden = !formats.includes("qr_code")))
    .catch(() => {});
})();
