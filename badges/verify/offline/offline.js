// The verifier of badges/verify, for a browser without a network: the same checks, in the same order, with the same
// codes. tests/verify/test_offline_page.py compares the two on one set of badges; change both together.
//
// 1 bytes and strict JSON · 2 signatures · 3 pictures · 4 documents of the standard · 5 trust list and bundle
// 6 commitments · 7 definition, record, rule · 8 the examination · 9 the conclusion · 10 sentences · 11 the page
//
// « Bad is not unknown »: Refused says that something is wrong, Unreachable that it could not be had.
// Nothing is ever fetched: the policy of the page forbids every connection.

const SECOND = 1000;
const DAY = 86400 * SECOND;
const LEEWAY = 60 * SECOND; // two honest clocks differ by this much
const MIB = 1024 * 1024;
const MAX_INPUT = 5 * MIB;
const MAX_TOKEN = 64 * 1024;
const MAX_JSON = 256 * 1024;
const MAX_TRUST = 5 * MIB;
const MAX_BUNDLE = 32 * MIB;

class Refused extends Error {
  constructor(code, expected, found = "") {
    super(`expected ${expected}, found ${found || "something else"}`);
    this.code = code;
  }
}
class NotBaked extends Refused {}
class Unsupported extends Error {}
class Stopped extends Error {}
const refuse = (...said) => {
  throw new Refused(...said);
};

// -- 1. bytes and strict JSON ------------------------------------------------------------------------------------

const encoder = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8 = (text) => encoder.encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const asBytes = (data) => (typeof data === "string" ? utf8(data) : data);
const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", asBytes(data)));
const digestOf = async (data) => `sha256$${hex(await sha256(data))}`;
const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
};
const uint32 = (bytes, at) => ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
/** White space as Python's str.strip() sees it. */
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const strip = (text) => text.replace(new RegExp(`^${SPACE}`), "").replace(new RegExp(`${SPACE}$`), "");

/** A number written with a point or an exponent: never taken for an integer. */
class Decimal {
  constructor(value) {
    this.value = value;
  }
}
const isObject = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Decimal);
const isInteger = (value) => typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));

/** JSON with one meaning: UTF-8 without mark, no member twice, no NaN, no NUL, no half surrogate, bounded. */
function strictJson(bytes) {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    refuse("json_encoding", "UTF-8 without a byte order mark", "one");
  let text;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    refuse("json_encoding", "UTF-8", "other bytes");
  }
  let at = 0,
    depth = 0,
    deepest = 0,
    suspect = false;
  const wrong = (code = "json_syntax", what = "JSON") => refuse(code, what, `something else at character ${at}`);
  const space = () => {
    while (" \t\n\r".includes(text[at] ?? "x")) at += 1;
  };
  const take = (sign) => (text[at] === sign ? ((at += 1), true) : false);
  const enter = () => {
    deepest = Math.max(deepest, (depth += 1));
    if (depth > 900) wrong("json_depth", "a shallow document");
  };

  function string() {
    let read = "";
    for (;;) {
      const start = at;
      while (at < text.length && text[at] !== '"' && text[at] !== "\\" && text[at] >= " ") at += 1;
      read += text.slice(start, at);
      if (take('"')) return read;
      if (!take("\\")) wrong();
      const plain = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[text[at]];
      if (plain !== undefined) {
        read += plain;
        at += 1;
      } else {
        const digits = text[at] === "u" ? text.slice(at + 1, at + 5) : "";
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) wrong();
        const unit = parseInt(digits, 16);
        suspect ||= unit === 0 || (unit >= 0xd800 && unit <= 0xdfff);
        read += String.fromCharCode(unit);
        at += 5;
      }
    }
  }

  function object() {
    const members = Object.create(null);
    let twice = "";
    enter();
    space();
    if (!take("}")) {
      do {
        space();
        if (!take('"')) wrong();
        const name = string();
        space();
        if (!take(":")) wrong();
        if (name in members) twice ||= name || '""';
        members[name] = value();
        space();
      } while (take(","));
      if (!take("}")) wrong();
    }
    if (twice) refuse("json_duplicate", "each member once", `${twice.slice(0, 80)} twice`);
    depth -= 1;
    return members;
  }

  function array() {
    const items = [];
    enter();
    space();
    if (!take("]")) {
      do {
        items.push(value());
        space();
      } while (take(","));
      if (!take("]")) wrong();
    }
    depth -= 1;
    return items;
  }

  const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
  const word = /true|false|null|NaN|-?Infinity/y;

  function value() {
    space();
    if (take('"')) return string();
    if (take("{")) return object();
    if (take("[")) return array();
    word.lastIndex = number.lastIndex = at;
    const said = word.exec(text)?.[0];
    if (said !== undefined) {
      if (said.endsWith("N") || said.endsWith("y")) wrong("json_number", "a JSON number");
      at += said.length;
      return { true: true, false: false, null: null }[said];
    }
    const found = number.exec(text);
    if (!found) wrong();
    at += found[0].length;
    if (found[1] || found[2]) {
      if (!Number.isFinite(Number(found[0]))) wrong("json_number", "a finite number");
      return new Decimal(Number(found[0]));
    }
    if (found[0].replace("-", "").length > 32) wrong("json_number", "an integer of at most 32 digits");
    const integer = Number(found[0]);
    return Number.isSafeInteger(integer) ? integer + 0 : BigInt(found[0]);
  }

  const read = value();
  space();
  if (at < text.length) wrong();
  if (suspect && holdsBadCharacter(read)) refuse("json_character", "Unicode text", "NUL or half a surrogate pair");
  if (deepest > 64) refuse("json_depth", "at most 64 levels", "more");
  return read;
}

function holdsBadCharacter(value) {
  if (typeof value === "string") return /[\0\ud800-\udfff]/u.test(value);
  if (Array.isArray(value)) return value.some(holdsBadCharacter);
  return (
    isObject(value) && Object.entries(value).some(([name, each]) => holdsBadCharacter(name) || holdsBadCharacter(each))
  );
}

// -- 2. signatures -------------------------------------------------------------------------------------------------

/** Canonical base64url: decoded, encoded again, compared (RFC 7515 §2). */
function fromBase64url(part) {
  if (!/^[A-Za-z0-9_-]*$/.test(part) || part.length % 4 === 1)
    refuse("jws_base64", "canonical base64url", "another text");
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  if (btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") !== part) {
    refuse("jws_base64", "canonical base64url", "another text");
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const ALGORITHMS = ["RS256", "ES256", "EdDSA"];

/** A compact JWS taken apart, and not believed. */
function readUnverified(token, maxSize = MAX_TOKEN) {
  if (token.length > maxSize) refuse("jws_too_large", `at most ${maxSize} characters`, String(token.length));
  if (/[^\0-\x7f]/.test(token)) refuse("jws_base64", "base64url", "other characters");
  const parts = token.split(".");
  if (parts.length !== 3) refuse("jws_parts", "three parts", String(parts.length));
  const header = readHeader(fromBase64url(parts[0]));
  return {
    header,
    payload: fromBase64url(parts[1]),
    signingInput: utf8(`${parts[0]}.${parts[1]}`),
    signature: fromBase64url(parts[2]),
  };
}

function readHeader(bytes) {
  let header;
  try {
    header = strictJson(bytes);
  } catch (refusal) {
    refuse("jws_header", "a JSON header", refusal.message);
  }
  if (!isObject(header)) refuse("jws_header", "a JSON object as header", "another value");
  if ("crit" in header || "b64" in header) refuse("jws_critical", "no critical extension", "crit or b64");
  if (!ALGORITHMS.includes(header.alg)) {
    const told = isText(header.alg) ? header.alg : "none of them";
    throw Object.assign(new Refused("jws_algorithm", "alg RS256, ES256 or EdDSA", told.slice(0, 40)), { alg: told });
  }
  return header;
}

// Every SubjectPublicKeyInfo names its algorithm in a few constant bytes after two DER lengths.
const KEY_TYPES = [
  [
    "RS256",
    "300d06092a864886f70d0101010500",
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    { name: "RSASSA-PKCS1-v1_5" },
  ],
  [
    "ES256",
    "301306072a8648ce3d020106082a8648ce3d030107",
    { name: "ECDSA", namedCurve: "P-256" },
    { name: "ECDSA", hash: "SHA-256" },
  ],
  ["EdDSA", "300506032b6570", { name: "Ed25519" }, { name: "Ed25519" }],
];

/** One public key in PEM: RSA of 2048 to 8192 bits, P-256 or Ed25519. Its algorithm is the key's, never the token's. */
async function loadKey(pem) {
  const body = /^\s*-----BEGIN PUBLIC KEY-----\s([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem)?.[1];
  if (body === undefined || pem.length > 4096) refuse("key_not_pem", "one public key in PEM", "another text");
  let spki;
  try {
    spki = Uint8Array.from(atob(body.replace(/\s+/g, "")), (character) => character.charCodeAt(0));
  } catch {
    refuse("key_unreadable", "a public key", "other data");
  }
  const start = hex(spki.slice(0, 40)).slice(spki[1] < 0x80 ? 4 : 4 + 2 * (spki[1] & 0x7f));
  const type = KEY_TYPES.find(([, bytes]) => start.startsWith(bytes));
  if (!type) refuse("key_type", "an RSA, P-256 or Ed25519 key", "another type");
  const [algorithm, , how, verifying] = type;
  const key = { algorithm, spki, verifying, fingerprint: `sha256:${hex(await sha256(spki))}`, imported: null };
  try {
    key.imported = await crypto.subtle.importKey("spki", spki, how, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return key; // told when a signature of it must be verified
    refuse("key_unreadable", "a public key", "other data");
  }
  if (algorithm === "RS256") {
    const { modulusLength, publicExponent } = key.imported.algorithm;
    if (modulusLength < 2048 || modulusLength > 8192) refuse("key_size", "2048 to 8192 bits", String(modulusLength));
    const exponent = parseInt(hex(publicExponent), 16);
    if (exponent < 65537 || exponent > 2 ** 32 - 1) refuse("key_exponent", "65537 to 2^32 - 1", String(exponent));
  }
  return key;
}

/** Raises Unsupported where the browser does not know the kind of key. */
async function isSignedBy(jws, key) {
  if (jws.header.alg !== key.algorithm) return false;
  if (key.imported === null) throw new Unsupported(key.algorithm);
  return crypto.subtle.verify(key.verifying, key.imported, jws.signature, jws.signingInput);
}

// -- 3. pictures ---------------------------------------------------------------------------------------------------

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit += 1) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

function crc32(bytes, start, end) {
  let crc = 0xffffffff;
  for (let at = start; at < end; at += 1) crc = CRC_TABLE[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const latin1 = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** The chunks of a sound PNG, every CRC verified. Pixels are never inflated: they prove nothing. */
function pngChunks(data) {
  if (!PNG.every((byte, at) => data[at] === byte))
    refuse("png_signature", "the signature of a PNG file", "other bytes");
  const chunks = [];
  let position = 8,
    kind = "";
  while (kind !== "IEND") {
    const start = position + 8;
    if (start + 4 > data.length)
      refuse("png_truncated", "another chunk before the end", `the end at byte ${data.length}`);
    const end = start + uint32(data, position);
    kind = latin1(data.subarray(position + 4, start));
    if (end + 4 > data.length)
      refuse("png_truncated", `${end - start} bytes in the chunk at byte ${position}`, "the end of the file");
    if (crc32(data, position + 4, end) !== uint32(data, end))
      refuse("png_crc", `the CRC of the chunk at byte ${position}`, "another");
    if (!/^[A-Za-z]{4}$/.test(kind)) refuse("png_type", `four letters at byte ${position + 4}`, "others");
    chunks.push({ kind, start, end });
    if (chunks.length > 10000) refuse("png_too_many_chunks", "at most 10000 chunks", "more");
    position = end + 4;
  }
  if (position !== data.length) refuse("png_trailing", "nothing after IEND", `${data.length - position} bytes`);
  checkOrder(data, chunks);
  return chunks;
}

const BIT_DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

function checkOrder(data, chunks) {
  const kinds = chunks.map((chunk) => chunk.kind);
  const count = (kind, list = kinds) => list.filter((each) => each === kind).length;
  if (kinds[0] !== "IHDR" || count("IHDR") !== 1) refuse("png_order", "one IHDR, first", `${kinds[0]} first`);
  const { start, end } = chunks[0];
  if (end - start !== 13) refuse("png_header", "13 bytes in IHDR", String(end - start));
  const [width, height] = [uint32(data, start), uint32(data, start + 4)];
  const [depth, colour, compression, filtering, interlace] = data.subarray(start + 8, end);
  if (!(width >= 1 && width <= 4096 && height >= 1 && height <= 4096))
    refuse("png_dimensions", "1 to 4096 pixels a side", `${width} x ${height}`);
  if (!(BIT_DEPTHS[colour] ?? []).includes(depth) || compression || filtering || interlace > 1) {
    refuse("png_header", "a picture of the PNG standard", `depth ${depth}, colour type ${colour}`);
  }
  if (kinds.some((kind) => /^[A-Z]/.test(kind) && !["IHDR", "PLTE", "IDAT", "IEND"].includes(kind))) {
    refuse("png_critical", "no critical chunk but IHDR, PLTE, IDAT, IEND", "another");
  }
  const [idats, first] = [count("IDAT"), kinds.indexOf("IDAT")];
  if (!idats || count("IDAT", kinds.slice(first, first + idats)) !== idats)
    refuse("png_order", "one run of IDAT", `${idats} IDAT`);
  const palettes = count("PLTE", kinds.slice(0, first));
  const wanted = { 3: [1], 0: [0], 4: [0] }[colour] ?? [0, 1];
  if (count("PLTE") !== palettes || !wanted.includes(palettes))
    refuse("png_order", "PLTE before IDAT, where the kind of picture wants one", `${count("PLTE")} PLTE`);
  const last = chunks.at(-1);
  if (last.start !== last.end) refuse("png_order", "an empty IEND", `${last.end - last.start} bytes in it`);
}

/** The text that a baked PNG carries, and the kind of chunk it was in. */
function readPng(data) {
  const carriers = [];
  for (const chunk of pngChunks(data)) {
    if (!["iTXt", "tEXt", "zTXt"].includes(chunk.kind)) continue;
    const keyword = latin1(data.subarray(chunk.start, Math.min(chunk.end, chunk.start + 80))).split("\0")[0];
    if (keyword === "openbadges" || keyword === "openbadgecredential") carriers.push([chunk, keyword]);
  }
  if (!carriers.length) throw new NotBaked("not_baked", "a chunk named openbadges", "none");
  if (carriers.length > 1) refuse("png_duplicate", "one chunk with a badge", String(carriers.length));
  const [chunk, keyword] = carriers[0];
  if (keyword !== "openbadges")
    throw new NotBaked("open_badges_3", "an Open Badges 2.0 badge", "one of Open Badges 3.0");
  const body = data.subarray(chunk.start + keyword.length + 1, chunk.end);
  if (chunk.kind === "zTXt") refuse("png_compressed", "plain text", "zTXt");
  return { text: chunk.kind === "tEXt" ? legacyAddress(body) : internationalText(body), form: chunk.kind };
}

function internationalText(body) {
  if (body[0] === 1) refuse("png_compressed", "plain text", "compressed iTXt");
  const language = body.indexOf(0, 2),
    translated = language < 0 ? -1 : body.indexOf(0, language + 1);
  if (body[0] !== 0 || body[1] !== 0 || translated < 0)
    refuse("png_text", "flag 0, method 0, language, keyword and text", "another iTXt");
  const data = body.subarray(translated + 1);
  let text;
  try {
    text = strictUtf8.decode(data);
  } catch {
    refuse("png_text", "UTF-8", "other bytes");
  }
  if (!data.length || data.length > MAX_JSON || text.includes("\0"))
    refuse("png_text", `1 to ${MAX_JSON} bytes without NUL`, `${data.length} bytes`);
  return text;
}

const isOfTheWeb = (text) => /^https?:\/\//i.test(text); // RFC 3986, 3.1: in any case of letters

function legacyAddress(body) {
  const text = latin1(body.subarray(0, 2049));
  if (!/^https?:\/\/[\x21-\x7e]*$/.test(text) || body.length > 2048)
    refuse("png_text", "an http address in tEXt", "other text");
  return text;
}

const WHITE = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** The text that a baked SVG carries: parsed by the browser after any DOCTYPE was refused, never drawn. */
function readSvg(data) {
  if (data.length > MIB) refuse("svg_too_large", `at most ${MIB} bytes`, String(data.length));
  let text;
  try {
    text = strictUtf8.decode(data).replace(/^\ufeff/, "");
  } catch {
    refuse("svg_encoding", "UTF-8", "another encoding");
  }
  const declared = /^<\?xml\s[^>]*encoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1];
  if (text.includes("\0") || (declared && declared.toUpperCase() !== "UTF-8"))
    refuse("svg_encoding", "UTF-8", "another encoding");
  if (/^(?:\s|<\?(?:(?!\?>)[^])*\?>|<!--(?:(?!-->)[^])*-->)*<!DOCTYPE/.test(text))
    refuse("svg_doctype", "no DOCTYPE", "one");
  const document = new DOMParser().parseFromString(text, "image/svg+xml");
  if (document.getElementsByTagName("parsererror").length) refuse("svg_xml", "well-formed XML", "something else");
  const spaces = Array.from(document.getElementsByTagName("*"), (each) => Array.from(each.attributes)).flat();
  if (spaces.some(({ namespaceURI, value }) => namespaceURI === "http://www.w3.org/2000/xmlns/" && value.includes(" "))) {
    refuse("svg_xml", "namespaces without white space", "one");
  }
  const root = document.documentElement;
  if (root.namespaceURI !== "http://www.w3.org/2000/svg" || root.localName !== "svg")
    refuse("svg_root", "svg as the first element", root.nodeName.slice(0, 80));
  const carriers = [];
  for (const each of document.getElementsByTagName("*")) {
    let depth = 1;
    for (let above = each.parentElement; above; above = above.parentElement) depth += 1;
    if (depth > 200) refuse("svg_depth", "at most 200 elements inside each other", "more");
    const old = each.namespaceURI === "http://openbadges.org" && each.localName === "assertion";
    const next = each.namespaceURI === "https://purl.imsglobal.org/ob/v3p0" && each.localName === "credential";
    if (old || next) carriers.push([each, old]);
    if ((old || next) && each.children.length) refuse("svg_content", "only text inside the badge", "elements");
  }
  if (!carriers.length) throw new NotBaked("not_baked", "an element openbadges:assertion", "none");
  if (carriers.length > 1) refuse("svg_duplicate", "one element with a badge", String(carriers.length));
  const [[element, ours]] = carriers;
  if (!ours) throw new NotBaked("open_badges_3", "an Open Badges 2.0 badge", "one of Open Badges 3.0");
  const body = element.textContent.replace(WHITE, "");
  const verify = (element.getAttribute("verify") ?? "").replace(WHITE, "");
  if (body && verify && verify !== body && !isOfTheWeb(verify))
    refuse("svg_contradiction", "an address, or the body again, in verify", "another text");
  const carried = body || verify,
    size = utf8(carried).length;
  if (!size || size > MAX_JSON) refuse("svg_content", `1 to ${MAX_JSON} bytes`, String(size));
  return { text: carried, form: body ? "body" : "verify" };
}

const CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The 12 characters printed on the picture: the first 60 bits of SHA-256 of the assertion id. */
async function shortCode(assertionId) {
  const bits = BigInt(`0x${hex((await sha256(assertionId)).slice(0, 8))}`) >> 4n;
  return Array.from({ length: 12 }, (_, at) => CODE_ALPHABET[Number((bits >> BigInt(55 - 5 * at)) & 31n)]).join("");
}

const STITCHES = { 0: "0004444000", 1: "0444444440" };
const LETTER_OF = new Map(
  Array.from(CODE_ALPHABET, (letter, value) => [
    Array.from(value.toString(2).padStart(5, "0"), (bit) => STITCHES[bit]).join(""),
    letter,
  ]),
);
const STRIP_BEGINS = "002d01d2fe00"; // a stored block of one row of 301 bytes, and the row's filter byte

/** Palette, art and strip of one of our pictures; null for any other picture. */
function partsOf(png) {
  const parts = pngChunks(png).filter((chunk) => chunk.kind !== "iTXt");
  if (parts.map((chunk) => chunk.kind).join() !== "IHDR,PLTE,IDAT,IDAT,IEND") return null;
  const [header, ...rest] = parts.map(({ start, end }) => png.subarray(start, end));
  return uint32(header, 0) === 600 && hex(header.subarray(8)) === "0403000000" ? rest : null;
}

/** The code that one of our pictures was made for, read at the edge of its strip. */
function readMark(png) {
  const stitches = hex((partsOf(png)?.[2] ?? new Uint8Array()).subarray(0, 306));
  if (!stitches.startsWith(STRIP_BEGINS) || stitches.length !== 612) return null;
  const letters = stitches
    .slice(12)
    .match(/.{50}/g)
    .map((each) => LETTER_OF.get(each));
  return letters.every(Boolean) ? letters.join("") : null;
}

/** That code, and the digest of the art; nulls for a picture that is not ours. */
async function readPicture(png) {
  const [palette, art] = partsOf(png) ?? [];
  if (!art) return { mark: null, art: null };
  const flushed = hex(art.subarray(-4)) === "0000ffff";
  return { mark: readMark(png), art: flushed ? await digestOf(joined(palette, art)) : null };
}

// A ZIP of badges: badges/verify/archive.py, with the same bounds and the same refusals.

const MAX_ARCHIVE = 20 * MIB;
const MAX_BADGES = 50;
const MAX_ENTRIES = 200;
const MAX_INFLATED = 50 * MIB;
const MAX_RATIO = 100;
const ARCHIVES = ["504b0304", "504b0506", "1f8b08", "377abcaf271c", "526172211a07", "fd377a585a00", "425a68"];
const uint16LE = (bytes, at) => bytes[at] | (bytes[at + 1] << 8);
const uint32LE = (bytes, at) => (uint16LE(bytes, at) | (uint16LE(bytes, at + 2) << 16)) >>> 0;
const beginsWith = (data, digits) => hex(data.subarray(0, digits.length / 2)) === digits;
const isArchive = (data) => beginsWith(data, "504b0304") || beginsWith(data, "504b0506");

class ArchiveRefused extends Error {
  constructor(code, details = {}, outcome = "failed") {
    super(code);
    this.finding = { check: "input", outcome, code, details, cause: "" };
  }
}
const refuseArchive = (...told) => {
  throw new ArchiveRefused(...told);
};
const damagedArchive = (reason) => refuseArchive("archive_damaged", { reason });

function occurrences(data, sign) {
  let count = 0;
  for (let at = data.indexOf(sign[0]); at >= 0; at = data.indexOf(sign[0], at + 1))
    if (sign.every((byte, next) => data[at + next] === byte)) count += 1;
  return count;
}

/** What one archive lists, from its central directory. */
function entriesOf(data) {
  const count = occurrences(data, [0x50, 0x4b, 1, 2]);
  if (count > MAX_ENTRIES) refuseArchive("archive_crowded", { expected: String(MAX_ENTRIES), found: String(count) });
  let end = data.length - 22;
  while (end >= 0 && !(beginsWith(data.subarray(end), "504b0506") && uint16LE(data, end + 20) === data.length - end - 22))
    end -= 1;
  if (end < 0) damagedArchive("BadZipFile");
  const [size, start] = [uint32LE(data, end + 12), uint32LE(data, end + 16)];
  if (start + size !== end) damagedArchive("BadZipFile");
  const entries = [];
  for (let at = start; at < end; ) {
    if (!beginsWith(data.subarray(at), "504b0102")) damagedArchive("BadZipFile");
    const [nameSize, extra, comment] = [28, 30, 32].map((offset) => uint16LE(data, at + offset));
    const flags = uint16LE(data, at + 8);
    const name = data.subarray(at + 46, at + 46 + nameSize);
    entries.push({
      flags,
      method: uint16LE(data, at + 10),
      crc: uint32LE(data, at + 16),
      packed: uint32LE(data, at + 20),
      size: uint32LE(data, at + 24),
      offset: uint32LE(data, at + 42),
      name: flags & 0x800 ? new TextDecoder().decode(name) : latin1(name),
      spelled: hex(name),
    });
    at += 46 + nameSize + extra + comment;
  }
  return entries;
}

async function inflated(data, entry, room) {
  if (entry.flags & 0x2041) refuseArchive("archive_locked", {}, "unknown");
  const streams = entry.method === 0 || (entry.method === 8 && typeof DecompressionStream === "function");
  if (!streams) refuseArchive("archive_method", { found: String(entry.method) }, "unknown");
  const bound = Math.min(MAX_INPUT, room.inflated);
  if (entry.size > bound || entry.size > Math.max(MIB, MAX_RATIO * entry.packed))
    refuseArchive("archive_bomb", { expected: String(bound), found: String(entry.size) });
  room.inflated -= entry.size;
  const at = entry.offset;
  if (!beginsWith(data.subarray(at), "504b0304")) damagedArchive("BadZipFile");
  const nameSize = uint16LE(data, at + 26);
  if (hex(data.subarray(at + 30, at + 30 + nameSize)) !== entry.spelled) damagedArchive("BadZipFile");
  const start = at + 30 + nameSize + uint16LE(data, at + 28);
  const packed = data.slice(start, start + entry.packed);
  const body = entry.method === 0 ? packed : await opened(packed, entry.size);
  if (body.length !== entry.size || crc32(body, 0, body.length) !== entry.crc) damagedArchive("BadZipFile");
  if (ARCHIVES.some((digits) => beginsWith(body, digits))) refuseArchive("archive_nested");
  return body;
}

/** No more bytes than it says, whatever the stream holds. */
async function opened(packed, size) {
  const body = new Uint8Array(size);
  let at = 0;
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (at + piece.value.length > size) {
        await reader.cancel();
        return damagedArchive("BadZipFile");
      }
      body.set(piece.value, at);
      at += piece.value.length;
    }
  } catch (error) {
    if (error instanceof ArchiveRefused) throw error;
    return damagedArchive("error");
  }
  return body.subarray(0, at);
}

const shownName = (name) => {
  const last = name.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1);
  return last.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").slice(0, 120);
};

/** The same list, each archive replaced by what it holds; what is refused keeps its place. */
async function unpacked(given) {
  const room = { badges: MAX_BADGES, inflated: MAX_INFLATED };
  const found = [];
  for (const item of given) {
    if (isArchive(item.data)) found.push(...(await openedArchive(item, room)));
    else found.push(item);
  }
  return found;
}

async function openedArchive({ name: outer, data }, room) {
  try {
    const beside = (name) => {
      const parts = name.split(/[/\\]/);
      const last = parts.at(-1);
      return last === "" || parts[0] === "__MACOSX" || [".ds_store", "thumbs.db", "desktop.ini"].includes(last.toLowerCase());
    };
    const wanted = entriesOf(data).filter(({ name }) => !beside(name));
    if (!wanted.length) refuseArchive("archive_empty");
    if (wanted.length > room.badges)
      refuseArchive("archive_crowded", { expected: String(MAX_BADGES), found: String(wanted.length) });
    room.badges -= wanted.length;
    const met = new Set();
    const files = [];
    for (const entry of wanted) {
      const name = shownName(entry.name);
      try {
        const parts = entry.name.split(/[/\\]/);
        if (parts[0] === "" || parts.includes("..") || /^[A-Za-z]:/.test(entry.name) || entry.name.includes("\0"))
          refuseArchive("archive_name");
        const same = parts.join("/").toLowerCase();
        if (met.has(same)) refuseArchive("archive_twice");
        met.add(same);
        files.push({ name, data: await inflated(data, entry, room) });
      } catch (refusal) {
        if (!(refusal instanceof ArchiveRefused)) throw refusal;
        files.push({ name, data: new Uint8Array(), refused: refusal.finding });
      }
    }
    return files;
  } catch (refusal) {
    if (!(refusal instanceof ArchiveRefused)) throw refusal;
    return [{ name: outer, data, refused: refusal.finding }];
  }
}

// -- 4. documents of the standard ----------------------------------------------------------------------------------

const matching = (code, pattern) => ({
  code,
  read: (value) => (typeof value === "string" && pattern.test(value) ? value : undefined),
});
const CHARACTER = '[^\\s<>"{}|\\\\^`\\x00-\\x20\\x7f-\\x9f]';
const UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
const WEB = "[hH][tT][tT][pP][sS]?";
const URN = "[uU][rR][nN]:[uU][uU][iI][dD]";

const ANY = { code: "", read: (value) => value };
const TEXT = { code: "not_text", read: (value) => (typeof value === "string" ? value : undefined) };
const BOOLEAN = { code: "not_boolean", read: (value) => (typeof value === "boolean" ? value : undefined) };
const TEXT_OR_NUMBER = {
  code: "not_text_or_number",
  read: (value) => (typeof value === "string" || isInteger(value) || value instanceof Decimal ? value : undefined),
};
const DATE_TIME = { code: "not_date_time", read: readDateTime };
const URL_ = matching("not_url", new RegExp(`^${WEB}://(?![/?#])[!#-;=?-\\[\\]_a-z~]+$`));
const IRI = matching(
  "not_iri",
  new RegExp(
    `^(?:${WEB}://(?![/?#])${CHARACTER}+|${URN}:${UUID}|(?!(?:${WEB}|${URN}):)[A-Za-z][A-Za-z0-9+.\\-]*:${CHARACTER}+)$`,
    "u",
  ),
);
const EMAIL = matching("not_email", /^[^@\s\x00]+@[^@\s\x00]+$/);
const TELEPHONE = matching("not_telephone", /^\+[0-9]{1,15}(?:;ext=[0-9]{1,10})?$/);
const HOST_NAME = matching(
  "not_host_name",
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*$/,
);
const LANGUAGE = matching("not_language", /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/);
const IDENTITY_HASH = /^(?:md5\$[0-9A-Fa-f]{32}|sha256\$[0-9A-Fa-f]{64})$/;

/** An instant in milliseconds from an ISO 8601 date, time and zone; undefined for anything else. */
function readDateTime(value) {
  const pattern =
    /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d+))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)$/;
  const found = typeof value === "string" ? pattern.exec(value) : null;
  if (!found || !isDay(value.slice(0, 10))) return undefined;
  const [, year, month, day, hour, minute, second = "0", fraction = "", sign, zoneHour = "0", zoneMinute = "0"] = found;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === "-" ? -1 : 1);
  if (Math.abs(zone) >= 1440) return undefined;
  const instant = new Date(0);
  instant.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  instant.setUTCHours(Number(hour), Number(minute) - zone, Number(second), Number(fraction.padEnd(3, "0").slice(0, 3)));
  return instant.getUTCFullYear() >= 1 && instant.getUTCFullYear() <= 9999 ? instant.getTime() : undefined;
}

function isDay(text) {
  const [year, month, day] = text.split("-").map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const one = (read, more = {}) => ({ read, required: true, ...more });
const maybe = (read, more = {}) => ({ read, ...more });
const type = (...includes) => ({ read: TEXT, many: true, includes, required: includes.length > 0 });
const PRIMARY = {
  "@context": maybe(ANY),
  version: maybe(TEXT_OR_NUMBER),
  "@language": maybe(LANGUAGE),
  related: maybe(ANY, { many: true }),
  endorsement: maybe(ANY, { many: true }),
};
const OBJECT = { "@context": maybe(ANY) };

const kindOf = (verification) => {
  const says = (...terms) => includesType(verification.type ?? [], terms);
  const [hosted, signed] = [says("HostedBadge", "hosted"), says("SignedBadge", "signed")];
  return hosted === signed ? null : hosted ? "HostedBadge" : "SignedBadge";
};

/** All images are PNG or SVG; of a data URI that can be told without a network. */
function imageProblem(image) {
  const address = (isObject(image) ? image.id : image) ?? "";
  return /^data:/i.test(address) && !/^data:image\/(?:png|svg\+xml)[;,]/i.test(address) ? "not_image" : null;
}

/** Embedded endorsements are read; addresses are only looked at. */
function endorsementProblem(endorsements = []) {
  for (const each of endorsements) {
    if (isObject(each) && Object.keys(each).some((name) => name !== "id" && name !== "@id")) {
      const problems = [];
      readMembers("Endorsement", each, "", problems);
      if (problems.length) return problems[0][1];
    } else if (IRI.read(isObject(each) ? ("id" in each ? each.id : each["@id"]) : each) === undefined) return IRI.code;
  }
  return null;
}

function identityProblem({ type: kind, identity, hashed }, form) {
  const isHash = form.test(identity);
  if (hashed && !isHash) return "not_identity_hash";
  if (!hashed && isHash) return "unexpected_hash";
  return !hashed && kind === "email" && EMAIL.read(identity) === undefined ? EMAIL.code : null;
}

/** The tables of Open Badges 2.0 that an offline verifier meets. */
const DOCUMENTS = {
  IdentityObject: {
    members: { ...OBJECT, type: one(TEXT), identity: one(TEXT), hashed: one(BOOLEAN), salt: maybe(TEXT) },
    problem: (read) => identityProblem(read, IDENTITY_HASH),
  },
  Evidence: {
    members: {
      ...OBJECT, type: type(), id: maybe(IRI), narrative: maybe(TEXT), name: maybe(TEXT), description: maybe(TEXT),
      genre: maybe(TEXT), audience: maybe(TEXT),
    },
  },
  Criteria: {
    members: { ...OBJECT, type: type(), id: maybe(IRI), narrative: maybe(TEXT) },
    problem: ({ id, narrative }) => (id === undefined && narrative === undefined ? "missing" : null),
  },
  Image: { members: { ...OBJECT, type: type(), id: one(IRI), caption: maybe(TEXT), author: maybe(IRI) } },
  AlignmentObject: {
    members: {
      ...OBJECT, type: type(), targetName: one(TEXT), targetUrl: one(URL_), targetDescription: maybe(TEXT),
      targetFramework: maybe(TEXT), targetCode: maybe(TEXT),
    },
  },
  CryptographicKey: {
    members: {
      ...OBJECT, type: type("CryptographicKey", "sec:Key"), id: maybe(IRI), owner: maybe(IRI),
      publicKeyPem: maybe(TEXT),
    },
  },
  VerificationObject: {
    members: {
      ...OBJECT, type: type(), creator: maybe(IRI, { document: "CryptographicKey" }),
      verificationProperty: maybe(TEXT), startsWith: maybe(URL_, { many: true }),
      allowedOrigins: maybe(HOST_NAME, { many: true }),
    },
  },
  Profile: {
    members: {
      ...PRIMARY, type: type("Issuer", "Profile"), id: one(IRI), name: one(TEXT), url: one(URL_), email: one(EMAIL),
      telephone: maybe(TELEPHONE), description: maybe(TEXT), image: maybe(IRI, { document: "Image" }),
      publicKey: maybe(IRI, { document: "CryptographicKey", many: true }),
      verification: maybe(null, { document: "VerificationObject" }), revocationList: maybe(IRI),
    },
    problem: ({ image, endorsement }) => imageProblem(image) ?? endorsementProblem(endorsement),
  },
  BadgeClass: {
    members: {
      ...PRIMARY, type: type("BadgeClass"), id: one(IRI), name: one(TEXT), description: one(TEXT),
      image: one(IRI, { document: "Image" }), criteria: one(IRI, { document: "Criteria" }),
      issuer: one(IRI, { document: "Profile" }), alignment: maybe(null, { document: "AlignmentObject", many: true }),
      tags: maybe(TEXT, { many: true }),
    },
    problem: ({ image, endorsement }) => imageProblem(image) ?? endorsementProblem(endorsement),
  },
  Assertion: {
    members: {
      ...PRIMARY, type: type("Assertion"), id: one(IRI), recipient: one(null, { document: "IdentityObject" }),
      badge: one(IRI, { document: "BadgeClass" }), verification: one(null, { document: "VerificationObject" }),
      issuedOn: one(DATE_TIME), expires: maybe(DATE_TIME), image: maybe(IRI, { document: "Image" }),
      evidence: maybe(IRI, { document: "Evidence", many: true }), narrative: maybe(TEXT), revoked: maybe(BOOLEAN),
      revocationReason: maybe(TEXT), uid: maybe(TEXT),
    },
    problem: ({ verification, image, endorsement }) =>
      kindOf(verification) === null ? "wrong_type" : (imageProblem(image) ?? endorsementProblem(endorsement)),
  },
  EndorsementClaim: { members: { ...OBJECT, id: one(IRI), type: type(), endorsementComment: maybe(TEXT) } },
  Endorsement: {
    members: {
      ...OBJECT, type: type("Endorsement", "cred:Credential"), id: one(IRI),
      claim: one(null, { document: "EndorsementClaim" }), issuer: one(IRI, { document: "Profile" }),
      issuedOn: one(DATE_TIME), verification: one(null, { document: "VerificationObject" }), revoked: maybe(BOOLEAN),
      revocationReason: maybe(TEXT),
    },
    problem: ({ verification }) => (kindOf(verification) === null ? "wrong_type" : null),
  },
  Extension: { members: { "@context": one(ANY), type: type("Extension") } },
  RevokedAssertion: {
    members: {
      ...OBJECT, type: type(), id: maybe(IRI), uid: maybe(TEXT), revoked: maybe(BOOLEAN),
      revocationReason: maybe(TEXT),
    },
    problem: ({ id, uid }) => (id === undefined && uid === undefined ? "missing" : null),
  },
  RevocationList: {
    members: {
      ...OBJECT, type: type("RevocationList"), id: maybe(IRI), issuer: maybe(IRI, { document: "Profile" }),
      revokedAssertions: one(IRI, { document: "RevokedAssertion", many: true }),
    },
  },
};
const OLD_IDENTITY_HASH = new RegExp(`${IDENTITY_HASH.source}|^(?:sha1\\$[0-9A-Fa-f]{40}|sha512\\$[0-9A-Fa-f]{128})$`);
DOCUMENTS.OldIdentity = { ...DOCUMENTS.IdentityObject, problem: (read) => identityProblem(read, OLD_IDENTITY_HASH) };
DOCUMENTS.OldAssertion = {
  ...DOCUMENTS.Assertion,
  members: { ...DOCUMENTS.Assertion.members, recipient: one(null, { document: "OldIdentity" }) },
};
const ALIASES = { "@id": "id", "@type": "type", verify: "verification" };
const term = (name) => name.replace(/^https:\/\/w3id\.org\/openbadges#/, "").replace(/^obi:/, "");
const includesType = (types, wanted) => types.some((name) => wanted.includes(name) || wanted.includes(term(name)));

/** Read one document by its table; the refusal's code is that of the first problem. Unknown members stay in `other`. */
function readDocument(name, source) {
  const problems = [];
  const read = readMembers(name, source, "", problems);
  if (problems.length) {
    const [path, code] = problems[0];
    throw Object.assign(new Refused(code, `${name} of Open Badges 2.0`, `${path || "document"}: ${code}`), {
      problems,
    });
  }
  return read;
}

function readMembers(name, source, path, problems) {
  if (!isObject(source)) return void problems.push([path, "not_object"]);
  const { members, problem } = DOCUMENTS[name];
  const known = problems.length;
  const prefix = path ? `${path}.` : "";
  const values = Object.create(null),
    other = Object.create(null);
  for (const [said, value] of Object.entries(source)) {
    const member = Object.hasOwn(members, said)
      ? said
      : Object.hasOwn(ALIASES, said) && ALIASES[said] in members
        ? ALIASES[said]
        : null;
    if (member === null) other[said] = value;
    else if (member in values) problems.push([prefix + said, "said_twice"]);
    else if (value !== null) values[member] = readMember(members[member], value, prefix + said, problems);
  }
  for (const [member, { required }] of Object.entries(members)) {
    if (required && !(member in values)) problems.push([prefix + member, "missing"]);
  }
  if (problems.length > known) return undefined;
  const more = problem?.(values);
  if (more) problems.push([path, more]);
  return { ...values, other };
}

function readMember(declared, value, path, problems) {
  if (declared.many) {
    const items = (Array.isArray(value) ? value : [value]).map((item, at) =>
      readValue(declared, item, `${path}[${at}]`, problems),
    );
    if (declared.includes?.length && !items.includes(undefined) && !includesType(items, declared.includes))
      problems.push([path, "wrong_type"]);
    return items;
  }
  const fits = declared.read?.read(value);
  if (fits !== undefined) return fits;
  if (!Array.isArray(value)) return readValue(declared, value, path, problems);
  if (value.length !== 1) return void problems.push([path, value.length ? "too_many" : "empty"]);
  return readValue(declared, value[0], path, problems);
}

function readValue(declared, value, path, problems) {
  const address = nodeReference(declared, value);
  if (address !== undefined) return address;
  if (declared.document && (isObject(value) || !declared.read))
    return readMembers(declared.document, value, path, problems);
  const read = declared.read.read(value);
  if (read === undefined) problems.push([path, declared.read.code]);
  return read;
}

/** `{"id": address}` is that address (JSON-LD 1.0 §6.4), unless the document may consist of its id alone. */
function nodeReference(declared, value) {
  if (!declared.document || !declared.read || !isObject(value)) return undefined;
  const required = Object.entries(DOCUMENTS[declared.document].members).filter(([, { required: needed }]) => needed);
  const names = Object.keys(value);
  if (names.length !== 1 || !["id", "@id"].includes(names[0]) || required.every(([name]) => name === "id"))
    return undefined;
  return declared.read.read(value[names[0]]);
}

/** What the extensions of the standard must say (badges/openbadges/extensions.py); of others, their form. */
function extensionProblem(other, checked) {
  for (const [name, value] of Object.entries(other)) {
    const kinds = isObject(value) ? ("type" in value ? value.type : value["@type"]) : null;
    if (name === checked || !includesType([kinds].flat().filter(isText), ["Extension"])) continue;
    const problems = [];
    const extension = readMembers("Extension", value, name, problems);
    if (problems.length) return problems[0][1];
    for (const kind of extension.type) {
      const required = page.standard.extensions[kind.replace(VOCABULARY, "").replace(/^extensions:/, "")] ?? {};
      for (const [member, wanted] of Object.entries(required)) {
        const found = (member in value ? value[member] : value[`@${member}`]) ?? null;
        if (found === null || (wanted === "str" && !isText(found)) || (wanted === "dict" && !isObject(found)))
          return "extension";
      }
    }
  }
  return null;
}

// Which version of the standard a document is written in: badges/verify/formats.py.

const contextsOf = (document) =>
  Array.isArray(document["@context"]) ? document["@context"] : [document["@context"] ?? null];
const contextVersion = (name) =>
  isText(name) ? page.standard.contexts[/^https?:\/\/([^]*?)\/*$/.exec(name)?.[1]] : undefined;

function versionOf(document) {
  const entries = contextsOf(document),
    names = entries.filter(isText);
  const known = entries.map(contextVersion).find(Boolean);
  if (known) return known === "2.0" ? "2.0" : "1.x";
  if (names.some((name) => name.includes("credentials")) || "vc" in document) return "3.0";
  if (names.some((name) => name.includes("openbadges"))) return "1.x";
  if ((document["@context"] ?? null) !== null) return null;
  if (Object.keys(document).some((name) => name.includes(":"))) return isExpanded(document) ? "2.0" : null;
  if (isText(document.recipient)) return "0.5"; // 0.5 and 1.0 had no context
  return "uid" in document && "verify" in document ? "1.x" : null;
}

/** A signed Assertion of 1.x in the words of 2.0: badges/openbadges/legacy.py. */
function upgradeAssertion(old) {
  const made = Object.create(null);
  made["@context"] = OB2;
  for (const [name, value] of Object.entries(old)) if (name !== "@context") made[name] = value;
  if (!("type" in made) && !("@type" in made)) made.type = "Assertion";
  if (!("id" in made) && !("@id" in made)) made.id = `urn:badge-uid:${isText(old.uid) ? old.uid : ""}`;
  for (const name of ["verify", "verification"]) {
    if (!isObject(made[name])) continue;
    const { url, ...rest } = made[name];
    if (["signed", "SignedBadge"].includes(rest.type) && !("creator" in rest) && "url" in made[name]) rest.creator = url;
    made[name] = rest;
  }
  for (const name of ["issuedOn", "expires"]) if (name in made) made[name] = upgradeDate(made[name]);
  return made;
}

function upgradeDate(value) {
  if (isText(value) && /^[0-9]{1,12}$/.test(value)) value = Number(value);
  if (value instanceof Decimal || isInteger(value)) {
    const seconds = value instanceof Decimal ? value.value : Number(value);
    const instant = new Date(Math.floor(seconds) * SECOND);
    const fits = !Number.isNaN(instant.getTime()) && instant.getUTCFullYear() >= 1 && instant.getUTCFullYear() <= 9999;
    return fits ? instant.toISOString().replace(/\.\d+Z$/, "Z") : value;
  }
  if (isText(value) && /^\d{4}-\d\d-\d\d$/.test(value)) return `${value}T00:00:00Z`;
  if (isText(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(value)) return `${value}Z`;
  return value;
}

// Documents in other words than ours, said again in the names of v2: badges/openbadges/expansion.py, name for name.

const MAX_CONTEXTS = 100;
const NEEDS_MORE = ["@graph", "@reverse", "@list", "@index", "@nest", "@included"];
const XSD = "http://www.w3.org/2001/XMLSchema#";
const EXTENSIONS = "https://w3id.org/openbadges/extensions#";

/** What a document says cannot be told here: it is no bad one. */
class Elsewhere extends Error {
  constructor(code, expected, found) {
    super(`expected ${expected}, found ${found}`);
    this.code = code;
  }
}
const cannot = (...said_) => {
  throw new Elsewhere(...said_);
};

const NO_TERM = { means: null, type: null, needsMore: false };
const meaningsOf = (terms, vocabulary = null, unread = false) => ({ terms, vocabulary, unread });
const NOTHING = meaningsOf(new Map());
const split = (name) => (name.includes(":") ? [name.slice(0, name.indexOf(":")), name.slice(name.indexOf(":") + 1)] : null);

function whole({ terms }, [prefix, rest]) {
  const found = rest.startsWith("//") || prefix === "_" ? null : terms.get(prefix)?.means;
  return found && !found.startsWith("@") ? found + rest : null;
}

function ofName(meanings, name) {
  if (name.startsWith("@")) return name;
  if (meanings.terms.has(name)) return meanings.terms.get(name).means;
  const parts = split(name);
  if (parts) return whole(meanings, parts) ?? name;
  return meanings.vocabulary === null ? null : meanings.vocabulary + name;
}

function ofAddress(meanings, text) {
  const parts = split(text);
  return (parts && whole(meanings, parts)) ?? text;
}

function defined(before, context) {
  const has = (name) => Object.hasOwn(context, name);
  const vocabulary = has("@vocab") ? context["@vocab"] : before.vocabulary;
  if (vocabulary !== null && !isText(vocabulary)) refuse("context_malformed", "text as @vocab");
  if (has("@import")) cannot("context_feature", "a context that is written out", "@import");
  const terms = new Map(before.terms);
  const made = meaningsOf(terms, vocabulary, before.unread);
  const names = Object.keys(context);
  for (const name of names) terms.delete(name);
  const define = (name, above) => {
    if (terms.has(name)) return;
    if (above.includes(name) || above.length > 20) refuse("context_malformed", "terms that rest on others");
    const said_ = context[name];
    const object = isObject(said_);
    const member = (key, otherwise) => (object ? (Object.hasOwn(said_, key) ? said_[key] : otherwise) : null);
    const means = object ? member("@id", member("@reverse", name)) : said_;
    const coerced = member("@type", null);
    const fits = (each) => each === null || isText(each);
    if (!fits(means) || !fits(coerced) || !(object || fits(said_)))
      refuse("context_malformed", `a meaning for ${name.slice(0, 80)}`);
    const plain = ["@id", "@type", "@language", "@protected", "@prefix"];
    let needsMore = object && Object.keys(said_).some((key) => !plain.includes(key));
    if (needsMore && said_["@container"] === "@set")
      needsMore = Object.keys(said_).some((key) => !["@id", "@type", "@container"].includes(key));
    for (const each of [means, coerced]) {
      for (const other of each === null ? [] : [each, each.split(":")[0]]) {
        if (has(other) && other !== name && !other.startsWith("@")) define(other, [...above, name]);
      }
    }
    const meaning = () => {
      if (means !== name) return ofName(made, means);
      if (name.includes(":")) return ofAddress(made, name);
      return made.vocabulary === null ? null : made.vocabulary + name;
    };
    terms.set(name, {
      means: means === null ? null : meaning(),
      type: coerced ? ofName(made, coerced) : null,
      needsMore,
    });
  };
  for (const name of names) if (!name.startsWith("@")) define(name, []);
  return made;
}

/** The names of v2, and its members and types by what they mean. */
function theStandard() {
  if (theStandard.made) return theStandard.made;
  const meanings = defined(NOTHING, page.standard.terms);
  const [members, types] = [new Map(), new Map()];
  for (const [name, { means }] of meanings.terms) {
    if (!means || means.startsWith("@")) continue;
    if (/^[a-z]/.test(name) && name !== "verify" && !/[#/]$/.test(means))
      members.set(means, [...(members.get(means) ?? []), name]);
    if ((/^[A-Z]/.test(name) || ["email", "url", "telephone"].includes(name)) && !types.has(means)) types.set(means, name);
  }
  return (theStandard.made = { meanings, members, types });
}

const isInOurWords = (other) =>
  !Object.keys(other).some(
    (name) =>
      name.includes(":") &&
      !name.startsWith("extensions:") &&
      theStandard().members.has(ofName(theStandard().meanings, name)),
  );

function isExpanded(document) {
  if ("@context" in document) return false;
  return [document["@type"]].flat().some((name) => isText(name) && theStandard().types.has(name));
}

function inOurWords(document) {
  const { meanings: v2, members, types } = theStandard();
  let contexts = 0;

  function applied(meanings, context) {
    for (const each of Array.isArray(context) ? context : [context]) {
      contexts += 1;
      if (contexts > MAX_CONTEXTS) cannot("context_feature", `at most ${MAX_CONTEXTS} contexts`, "more");
      if (each === null) meanings = NOTHING;
      else if (isText(each)) {
        if (contextVersion(each) !== "2.0") meanings = meaningsOf(meanings.terms, meanings.vocabulary, true);
        else meanings = meaningsOf(new Map([...meanings.terms, ...v2.terms]), meanings.vocabulary);
      } else if (isObject(each)) meanings = defined(meanings, each);
      else refuse("context_malformed", "an address or an object in @context");
    }
    return meanings;
  }

  function node(source, meanings) {
    if ("@context" in source) meanings = applied(meanings, source["@context"]);
    if (meanings.unread) cannot("context_unknown", "contexts known here, or ours after them", "another");
    const made = Object.create(null);
    for (const [name, value] of Object.entries(source)) if (name !== "@context") member(made, name, value, meanings);
    return made;
  }

  const add = (made, name, value, array = false) => {
    if (!(name in made)) made[name] = array ? [value] : value;
    else made[name] = [...(Array.isArray(made[name]) ? made[name] : [made[name]]), value];
  };
  const once = (made, name, value) => {
    if (name in made) refuse("said_twice", `${name} once`, "two spellings of it");
    made[name] = value;
  };
  const short = (means) => (means.startsWith(EXTENSIONS) ? `extensions:${means.slice(EXTENSIONS.length)}` : null);

  function member(made, name, value, meanings) {
    const known = meanings.terms.get(name) ?? NO_TERM;
    const means = ofName(meanings, name);
    if (NEEDS_MORE.includes(means) || (known.needsMore && value !== null))
      cannot("context_feature", "members that say their values", name.slice(0, 80));
    if (means === "@id") once(made, "id", isText(value) ? ofAddress(meanings, value) : value);
    else if (means === "@type")
      once(made, "type", Array.isArray(value) ? value.map((each) => typeName(each, meanings)) : typeName(value, meanings));
    else if (means === null || means.startsWith("@")) {
      if (!v2.terms.has(name)) add(made, name, value);
    } else if (value !== null) property(made, name, means, known, value, meanings);
  }

  function property(made, name, means, known, value, meanings) {
    const wanted = members.get(means);
    if (!wanted) return add(made, short(means) ?? (v2.terms.has(name) ? means : name), value);
    const undone = isObject(value) && Object.keys(value).join() === "@set" ? value["@set"] : value;
    const items = (Array.isArray(undone) ? undone : [undone]).filter((each) => each !== null);
    const preferred = [...wanted.filter((each) => each === name), ...wanted.filter((each) => each !== name)];
    const ours = preferred.find((each) => items.every((item) => fits(v2.terms.get(each).type, item, known.type, meanings)));
    if (ours === undefined) return add(made, means, value);
    if (!items.length) return ours in made ? undefined : (made[ours] = []);
    items.forEach((each, at) => {
      add(made, ours, valueOf(each, v2.terms.get(ours).type, meanings), Array.isArray(value) && at === 0);
    });
  }

  const keywordsOf = (item, meanings) => new Map(Object.keys(item).map((name) => [ofName(meanings, name), name]));

  function valueOf(value, type_, meanings) {
    if (isObject(value)) {
      const keywords = keywordsOf(value, meanings);
      if (keywords.has("@value")) return value[keywords.get("@value")];
      const read = node(value, meanings);
      return type_ === "@id" && Object.keys(read).join() === "id" && isText(read.id) ? read.id : read;
    }
    return type_ === "@id" && isText(value) ? ofAddress(meanings, value) : value;
  }

  function typeName(value, meanings) {
    if (!isText(value)) return value;
    const means = ofName(meanings, value);
    if (means === null) return [...types.values()].includes(value) ? `_:${value}` : value;
    return types.get(means) ?? short(means) ?? means;
  }

  function fits(wanted, item, type_, meanings) {
    if (isObject(item)) {
      const keywords = keywordsOf(item, meanings);
      if (!keywords.has("@value")) return wanted !== `${XSD}boolean`;
      const said_ = keywords.has("@type") ? item[keywords.get("@type")] : null;
      type_ = isText(said_) ? ofName(meanings, said_) : null;
      if (type_ === `${XSD}string`) type_ = null;
      item = item[keywords.get("@value")];
    }
    if (typeof item === "boolean") return [`${XSD}boolean`, type_, null].includes(wanted);
    if (wanted === `${XSD}boolean`) return type_ === wanted;
    if (wanted === "@id") return !isText(item) || ["@id", "@vocab"].includes(type_);
    return !isText(item) || type_ === wanted;
  }

  return Object.assign(Object.create(null), { "@context": OB2 }, node(document, NOTHING));
}

/** A document of 2.0, in the names of the standard or in others that mean the same: verify/documents.py, read_as. */
function readAs(name, document) {
  let invalid = null;
  if (document["@context"] === OB2) {
    try {
      const read = readDocument(name, document);
      if (isInOurWords(read.other)) return read;
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      invalid = refusal;
    }
  }
  const said_ = inOurWords(document);
  if (invalid && isSame(said_, document)) throw invalid;
  return readDocument(name, said_);
}

const aloneIn = (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

function isSame(one_, other) {
  if (isObject(one_) && isObject(other)) {
    const names = Object.keys(one_);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => name in other && isSame(one_[name], other[name]))
    );
  }
  if (Array.isArray(one_) && Array.isArray(other))
    return one_.length === other.length && one_.every((each, at) => isSame(each, other[at]));
  return one_ === other;
}

/** The line of a revocation list that withdraws this Assertion, by id or by uid. */
function lineFor(list, assertion) {
  const lines = list.revokedAssertions.map((entry) => (typeof entry === "string" ? { id: entry } : entry));
  return (
    lines.find((line) => line.id === assertion.id) ??
    (assertion.uid === undefined ? undefined : lines.find((line) => line.uid === assertion.uid))
  );
}

// -- 5. trust list and bundle --------------------------------------------------------------------------------------

const MAX_LIFETIME = 7 * DAY;
const MAX_DELEGATION = 400 * DAY;
const malformed = (member) => refuse("trust_malformed", `another value for ${member}`);

const textOf = (document, member, { longest = 500, otherwise } = {}) => {
  const value = member in document ? document[member] : otherwise;
  return typeof value === "string" && Array.from(value).length <= longest ? value : malformed(member);
};
const integerOf = (document, member, { least = 0, otherwise } = {}) => {
  const value = member in document ? document[member] : otherwise;
  return typeof value === "number" && value >= least ? value : malformed(member);
};
const arrayOf = (document, member, fits, optional = false) => {
  const value = member in document ? document[member] : optional ? [] : undefined;
  return Array.isArray(value) && value.every(fits) ? value : malformed(member);
};
const isText = (value) => typeof value === "string";
const oneOf = (document, member, allowed) =>
  allowed.includes(document[member]) ? document[member] : malformed(member);
const instantOf = (document, member) => {
  const value = document[member];
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(isText(value) ? value : "")
    ? (readDateTime(value) ?? malformed(member))
    : malformed(member);
};
const dayOf = (document, member) => {
  const value = document[member] ?? null;
  return value === null || (isText(value) && /^\d{4}-\d\d-\d\d$/.test(value) && isDay(value))
    ? value
    : malformed(member);
};
const keyOf = async (document, member) => {
  try {
    return await loadKey(textOf(document, member, { longest: 4096 }));
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    return malformed(member);
  }
};
const digestPattern = /^sha256\$[0-9a-f]{64}$/;
const origin = (address) => address.split("/", 3).join("/");
const isOrigin = (text) => /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/.test(text);

function takeApart(text, kind, maxSize) {
  text = strip(text);
  if (text.length > maxSize) refuse("trust_too_large", `at most ${maxSize} characters`, String(text.length));
  let token, document;
  try {
    token = readUnverified(text, maxSize);
    document = strictJson(token.payload);
  } catch (refusal) {
    refuse("trust_malformed", "a signed document in strict JSON", refusal.message);
  }
  if (!isObject(document)) malformed(kind);
  if (document.type !== kind) refuse("trust_type", `a document of type ${kind}`, String(document.type).slice(0, 80));
  return { text, token, document };
}

async function requireSignature(token, key, kind) {
  if (!(await isSignedBy(token, key)))
    refuse("trust_signature", `a ${kind} signed by ${key.fingerprint}`, "another signature");
}

function requireLifetime(generated, next) {
  if (!(next > generated && next - generated <= MAX_LIFETIME))
    refuse("trust_lifetime", "a lifetime of seven days at most");
}

/** From the root that we know to the present one: a link counts if the old and the new both signed it. */
async function followRotations(document, root) {
  const links = arrayOf(document, "rotations", isObject, true);
  if (links.length > 32) refuse("trust_rotation", "32 changes of root at most", String(links.length));
  for (const link of links) {
    const byOld = takeApart(textOf(link, "by_old", { longest: MAX_TOKEN }), "RootRotation", MAX_TOKEN);
    const [before, after] = [await keyOf(byOld.document, "old"), await keyOf(byOld.document, "new")];
    if (before.fingerprint !== root) continue; // a rotation before the root we were given
    const byNew = takeApart(textOf(link, "by_new", { longest: MAX_TOKEN }), "RootRotation", MAX_TOKEN);
    const sorted = (said) => JSON.stringify(Object.entries(said).sort());
    const same = sorted(byOld.document) === sorted(byNew.document) && before.fingerprint !== after.fingerprint;
    if (!same || !(await isSignedBy(byOld.token, before)) || !(await isSignedBy(byNew.token, after))) {
      refuse("trust_rotation", "a change of root signed by the old and the new");
    }
    root = after.fingerprint;
  }
  return root;
}

async function readDelegation(text, root, now) {
  const { token, document } = takeApart(text, "TrustDelegation", MAX_TOKEN);
  const rootKey = await keyOf(document, "root");
  if (rootKey.fingerprint !== root) refuse("trust_root", `the root ${root}`, rootKey.fingerprint);
  await requireSignature(token, rootKey, "TrustDelegation");
  const listKey = await keyOf(document, "list_key");
  integerOf(document, "serial", { least: 1 });
  const [from, until] = [instantOf(document, "valid_from"), instantOf(document, "valid_until")];
  if (listKey.fingerprint === rootKey.fingerprint) refuse("trust_key_roles", "a list key that is not the root");
  if (!(until > from && until - from <= MAX_DELEGATION)) refuse("trust_delegation", "a delegation of 400 days at most");
  if (now < from - LEEWAY) refuse("trust_delegation", "a delegation in force");
  if (now > until + LEEWAY) refuse("trust_delegation_expired", "a delegation in force");
  return { rootKey, listKey, from, until };
}

function readPeriod(document, more) {
  return { ...more, from: dayOf(document, "from"), until: dayOf(document, "until") };
}
const covers = ({ from, until }, day) => (from === null || from <= day) && (until === null || day <= until);

function readStructure(document) {
  const made = {
    id: textOf(document, "id"),
    name: textOf(document, "name"),
    facts: arrayOf(document, "facts", isObject).map((item) =>
      readPeriod(item, {
        kind: textOf(item, "kind"),
        departement: textOf(item, "departement"),
        siret: textOf(item, "siret", { otherwise: "" }),
      }),
    ),
    status: oneOf(document, "status", ["recognised", "suspended", "closed"]),
    since: dayOf(document, "since"),
    families: arrayOf(document, "families", isObject).map((item) =>
      readPeriod(item, { family: textOf(item, "family") }),
    ),
    profiles: arrayOf(document, "profiles", isObject).map(readProfile),
  };
  if ((made.status === "recognised") !== (made.since === null)) malformed("since");
  return made;
}

function readProfile(document) {
  const id = textOf(document, "id", { longest: 2000 });
  const home = origin(id);
  if (!isOrigin(home)) malformed("id");
  const made = readPeriod(document, {
    id,
    key: textOf(document, "key", { longest: 2000 }),
    pem: textOf(document, "pem", { longest: 4096 }),
    badges: textOf(document, "badges", { longest: 2000 }),
    status: oneOf(document, "status", ["active", "retired", "compromised"]),
    since: (document.since ?? null) === null ? null : instantOf(document, "since"),
    revocationsAtLeast: integerOf(document, "revocations_at_least", { otherwise: 0 }),
  });
  const under = made.key.startsWith(`${home}/`) && made.badges.startsWith(`${home}/`) && made.badges.endsWith("/");
  if (!under || (made.status === "active") !== (made.since === null)) malformed("profiles");
  return made;
}

function readEntry(document) {
  const made = {
    slug: textOf(document, "slug"),
    version: textOf(document, "version"),
    digest: textOf(document, "digest"),
    family: textOf(document, "family"),
    status: oneOf(document, "status", ["proposition", "adopted", "withdrawn"]),
    published: dayOf(document, "published_on"),
    retired: dayOf(document, "retired_on"),
    picture: textOf(document, "picture", { otherwise: "" }),
  };
  return made.published !== null && digestPattern.test(made.digest) ? made : malformed("catalogue");
}

function readShard(document) {
  const made = {
    prefix: textOf(document, "prefix"),
    digest: textOf(document, "digest"),
    size: integerOf(document, "size", { least: 1 }),
  };
  return /^[0-9a-f]{1,4}$/.test(made.prefix) && digestPattern.test(made.digest) && made.size <= MAX_TRUST
    ? made
    : malformed("shards");
}

/** The list, if the root that we know stands behind it. Same order of refusals as badges/trust/trusted.py. */
async function readTrust(text, root, now) {
  const { token, document } = takeApart(text, "TrustList", MAX_TRUST);
  root = await followRotations(document, root);
  const delegation = await readDelegation(textOf(document, "delegation", { longest: MAX_TOKEN }), root, now);
  await requireSignature(token, delegation.listKey, "TrustList");
  const list = {
    version: integerOf(document, "version", { least: 1 }),
    generated: instantOf(document, "generated_at"),
    next: instantOf(document, "next_update"),
    network: textOf(document, "network"),
    demo: typeof document.demo === "boolean" ? document.demo : malformed("demo"),
    origins: arrayOf(document, "allowed_origins", (each) => isText(each) && isOrigin(each)),
    structures: arrayOf(document, "structures", isObject).map(readStructure),
    catalogue: arrayOf(document, "catalogue", isObject).map(readEntry),
    shards: arrayOf(document, "shards", isObject, true).map(readShard),
    receipts: arrayOf(document, "receipts", isObject, true).map((item) => ({
      id: textOf(item, "id"),
      pem: textOf(item, "pem", { longest: 4096 }),
    })),
  };
  requireLifetime(list.generated, list.next);
  if (
    new Set(list.catalogue.map(({ slug, version }) => JSON.stringify([slug, version]))).size !== list.catalogue.length
  )
    malformed("catalogue");
  if (new Set(list.shards.map(({ prefix }) => prefix.length)).size > 1) malformed("shards");
  if (!(delegation.from - LEEWAY <= list.generated && list.generated <= delegation.until + LEEWAY))
    refuse("trust_delegation", "a list made during its delegation");
  if (list.generated > now + LEEWAY) refuse("trust_future", "a list of the past");
  return { list, delegation, root, loaded: new Set() };
}

/** The fingerprint of a key by its bytes, however its PEM is folded. */
async function fingerprintOf(pem) {
  const body = /^-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----\s*$/.exec(pem)?.[1] ?? malformed("pem");
  let binary;
  try {
    binary = atob(body.replace(/\s+/g, ""));
  } catch {
    malformed("pem");
  }
  return `sha256:${hex(await sha256(Uint8Array.from(binary, (character) => character.charCodeAt(0))))}`;
}

/** Finds things in the list at once, and refuses a key that has two roles. */
async function indexTrust(trust) {
  const { list, delegation } = trust;
  const profiles = list.structures.flatMap((structure) => structure.profiles.map((profile) => ({ profile, structure })));
  trust.byProfile = new Map(profiles.map((found) => [found.profile.id, found]));
  trust.byKey = new Map(profiles.map(({ profile }) => [profile.key, profile]));
  trust.byDigest = new Map(list.catalogue.map((entry) => [entry.digest, entry]));
  const fingerprints = [delegation.rootKey.fingerprint, delegation.listKey.fingerprint];
  for (const { pem } of [...profiles.map(({ profile }) => profile), ...list.receipts]) {
    fingerprints.push(await fingerprintOf(pem));
  }
  const each = [trust.byProfile.size, trust.byKey.size].every((size) => size === profiles.length);
  const named = new Set(list.receipts.map(({ id }) => id)).size === list.receipts.length;
  if (!each || !named || new Set(fingerprints).size !== fingerprints.length) {
    refuse("trust_key_roles", "one key for each role");
  }
  return trust;
}

async function withShards(trust, texts) {
  for (const text of texts) {
    const [digest, size] = [await digestOf(text), utf8(text).length];
    const shard = trust.list.shards.find((each) => each.digest === digest && each.size === size);
    if (!shard) refuse("trust_shard", "a part of this list", digest);
    if (trust.loaded.has(shard.prefix)) continue;
    const document = strictJson(utf8(text));
    if (!isObject(document) || document.type !== "TrustShard") refuse("trust_type", "a TrustShard");
    const structures = arrayOf(document, "structures", isObject).map(readStructure);
    for (const { profiles } of structures) {
      for (const { id } of profiles) if (!hex(await sha256(id)).startsWith(shard.prefix)) malformed("structures");
    }
    trust.list.structures.push(...structures);
    trust.loaded.add(shard.prefix);
  }
}

/** One file that verifies without a network: list, withdrawals and commitments under one list key. */
async function readBundle(text, root, now) {
  const { token, document } = takeApart(text, "Bundle", MAX_BUNDLE);
  const trust = await readTrust(textOf(document, "trust", { longest: MAX_TRUST }), root, now);
  await requireSignature(token, trust.delegation.listKey, "Bundle");
  await withShards(trust, arrayOf(document, "shards", isText, true));
  await indexTrust(trust);
  const [generated, next] = [instantOf(document, "generated_at"), instantOf(document, "next_update")];
  requireLifetime(generated, next);
  if (generated > now + LEEWAY) refuse("trust_future", "a bundle of the past");
  if (generated < trust.list.generated) refuse("bundle_mixed", "a list older than its bundle");
  const snapshots = new Map(),
    addresses = new Set();
  for (const item of arrayOf(document, "revocations", isObject)) {
    const snapshot = {
      id: textOf(item, "id", { longest: 2000 }),
      issuer: textOf(item, "issuer", { longest: 2000 }),
      generated: instantOf(item, "generated_at"),
      next: instantOf(item, "next_update"),
      document: isObject(item.document) ? item.document : malformed("document"),
    };
    requireLifetime(snapshot.generated, snapshot.next);
    const { id, issuer, revokedAssertions: entries } = snapshot.document;
    const known = trust.byProfile.get(snapshot.issuer)?.profile;
    const named =
      issuer === snapshot.issuer ||
      (isObject(issuer) && Object.keys(issuer).join() === "id" && issuer.id === snapshot.issuer);
    const whole = known && id === snapshot.id && Array.isArray(entries) && entries.length >= known.revocationsAtLeast;
    if (!whole || !named || snapshot.generated > generated)
      refuse("bundle_mixed", `the revocations of ${snapshot.issuer}`);
    if (addresses.has(snapshot.id)) malformed("revocations");
    addresses.add(snapshot.id);
    snapshots.set(snapshot.issuer, snapshot);
  }
  return { trust, generated, next, snapshots, commitments: arrayOf(document, "commitments", isText) };
}

async function missingShard(trust, profileId) {
  const address = hex(await sha256(profileId));
  return trust.list.shards.find(({ prefix }) => address.startsWith(prefix) && !trust.loaded.has(prefix));
}

const dayText = (instant) => new Date(instant).toISOString().slice(0, 10);

/** May this Profile award this family on that day? [recognised, why], as Trusted.recognition says it. */
async function recognitionOf(trust, profileId, family, instant, committed) {
  const found = trust.byProfile.get(profileId);
  if (!found) return (await missingShard(trust, profileId)) ? [null, "shard_missing"] : [false, "issuer_unknown"];
  const { profile, structure } = found,
    day = dayText(instant);
  if (structure.status !== "recognised" && day >= structure.since) return [false, `structure_${structure.status}`];
  if (profile.from !== null && day < profile.from) return [false, "profile_not_yet"];
  if (profile.until !== null && day > profile.until) return [false, "profile_ended"];
  const why = familyOn(structure, family, day);
  if (profile.status === "retired" && instant > profile.since + DAY) return [false, "key_retired"];
  if (profile.status === "compromised") {
    if (instant >= profile.since || committed === false) return [false, "key_compromised"];
    if (committed === null && why === "recognised") return [null, "commitment_needed"];
  }
  return [why === "recognised", why];
}

function familyOn(structure, family, day) {
  if (family === null) return "family_not_stated";
  const rights = structure.families.filter((right) => right.family === family);
  if (rights.some((right) => covers(right, day))) return "recognised";
  if (!rights.length) return "family_not_allowed";
  return rights.some(({ from }) => from === null || from <= day) ? "family_ended" : "family_not_yet";
}

// -- 6. commitments: what was awarded before a theft ---------------------------------------------------------------

async function merkleRoot(leaves) {
  let level = await Promise.all(leaves.map((leaf) => sha256(joined(Uint8Array.of(0), bytesOf(leaf)))));
  if (!level.length) return hex(await sha256(""));
  while (level.length > 1) {
    const pairs = [];
    for (let at = 0; at + 1 < level.length; at += 2)
      pairs.push(sha256(joined(Uint8Array.of(1), level[at], level[at + 1])));
    level = [...(await Promise.all(pairs)), ...(level.length % 2 ? [level.at(-1)] : [])];
  }
  return hex(level[0]);
}

/** The dated commitments in a row; null when there are none, or none that can be relied upon. */
async function readChain(texts, listKey) {
  if (!texts.length) return null;
  const chain = [];
  try {
    await requireSignature(takeApart(texts.at(-1), "Commitment", MIB).token, listKey, "Commitment");
    for (const each of texts) {
      const { text, document } = takeApart(each, "Commitment", MIB);
      const isHex = (leaf) => isText(leaf) && /^[0-9a-f]{64}$/.test(leaf);
      const made = {
        number: integerOf(document, "number"),
        at: instantOf(document, "committed_at"),
        size: integerOf(document, "size"),
        root: textOf(document, "root"),
        previous: (document.previous ?? null) === null ? null : textOf(document, "previous"),
        leaves: (document.leaves ?? null) === null ? null : arrayOf(document, "leaves", isHex),
        digest: await digestOf(text),
      };
      if (made.leaves && (made.leaves.length !== made.size || `sha256$${await merkleRoot(made.leaves)}` !== made.root))
        refuse("commitment_root", "the leaves of this root");
      const before = chain.at(-1);
      if (before && (made.number !== before.number + 1 || made.previous !== before.digest))
        refuse("commitment_chain", "the next commitment");
      if (before && made.at < before.at) refuse("commitment_order", "commitments in the order of time");
      if (!before && (made.previous === null) !== (made.number === 0))
        refuse("commitment_chain", "the first commitment");
      chain.push(made);
    }
  } catch (refusal) {
    if (refusal instanceof Refused) return null;
    throw refusal;
  }
  return chain;
}

/** Was this token committed strictly before that instant? null when the chain cannot tell. */
function committedBefore(digest, instant, chain) {
  if (!chain) return null;
  const leaf = digest.slice(7);
  const first = chain.find((commitment) => commitment.leaves?.includes(leaf));
  if (first && first.at < instant) return true;
  const before = chain.filter(({ at }) => at < instant);
  const whole = chain[0].number === 0 && before.length < chain.length && before.every(({ leaves }) => leaves !== null);
  return whole ? false : null;
}

// -- 7. definition, record, rule -----------------------------------------------------------------------------------

const wrongDefinition = (what) => refuse("definition_malformed", `another ${what}`);
const aText = (members, name) => (isText(members[name]) && members[name] ? members[name] : wrongDefinition(name));
const someTexts = (members, name) =>
  Array.isArray(members[name]) && members[name].every((each) => isText(each) && each)
    ? members[name]
    : wrongDefinition(name);
const aCount = (members, name) =>
  isInteger(members[name]) && members[name] >= 0 ? Number(members[name]) : wrongDefinition(name);
const aCountOrNone = (members, name) => ((members[name] ?? null) === null ? null : aCount(members, name));
const RULE = [
  "essential",
  "optional_at_least",
  "distinct_days",
  "observed_ways",
  "max_age_months",
  "ageless_kinds",
  "never_alone",
];
const DEFINITION = [
  "type",
  "slug",
  "version",
  "language",
  "family",
  "kind",
  "title",
  "description",
  "level",
  "criteria",
  "rule",
  "assessors",
  "second",
  "validity_months",
  "prerequisites",
];

function parseDefinition(text) {
  const members = strictJson(utf8(text));
  if (!isObject(members) || members.type !== "CriteriaDefinition") wrongDefinition("type");
  if (Object.keys(members).some((name) => !DEFINITION.includes(name))) wrongDefinition("member");
  const criteria = (Array.isArray(members.criteria) ? members.criteria : wrongDefinition("criteria")).map((item) => {
    if (!isObject(item) || typeof item.required !== "boolean") wrongDefinition("criterion");
    return {
      id: aText(item, "id"),
      text: aText(item, "text"),
      required: item.required,
      ways: someTexts(item, "ways"),
      kinds: someTexts(item, "kinds"),
    };
  });
  if (new Set(criteria.map(({ id }) => id)).size !== criteria.length || !criteria.some(({ required }) => required))
    wrongDefinition("criteria");
  const second = aText(members, "second");
  if (!["none", "other_function", "other_structure"].includes(second)) wrongDefinition("second");
  const rule = members.rule;
  if (!isObject(rule) || rule.essential !== "all") wrongDefinition("rule");
  return {
    slug: aText(members, "slug"),
    version: aText(members, "version"),
    language: aText(members, "language"),
    family: aText(members, "family"),
    kind: aText(members, "kind"),
    title: aText(members, "title"),
    description: aText(members, "description"),
    level: aCount(members, "level"),
    criteria,
    rule: {
      optionalAtLeast: aCount(rule, "optional_at_least"),
      distinctDays: aCount(rule, "distinct_days"),
      observedWays: someTexts(rule, "observed_ways"),
      maxAgeMonths: aCountOrNone(rule, "max_age_months"),
      agelessKinds: someTexts(rule, "ageless_kinds"),
      neverAlone: someTexts(rule, "never_alone"),
      unknown: Object.keys(rule)
        .filter((name) => !RULE.includes(name))
        .sort(),
    },
    assessors: someTexts(members, "assessors"),
    second,
    validityMonths: aCountOrNone(members, "validity_months"),
    prerequisites: someTexts(members, "prerequisites"),
  };
}

const wrongRecord = (what) => refuse("record_malformed", `another ${what}`);
const MONTH = /^[0-9]{4}-(?:0[1-9]|1[0-2])$/;

/** Closed: an unknown member is refused, so nothing unread rides along. */
function parseRecord(value) {
  const closed = (item, ...names) => {
    const same = isObject(item) && Object.keys(item).length === names.length && names.every((name) => name in item);
    return same ? item : wrongRecord(names.join(" "));
  };
  const list = (items) => (Array.isArray(items) ? items : wrongRecord("list"));
  const text = (said) => (isText(said) && said ? said : wrongRecord("text"));
  const month = (said) => (isText(said) && MONTH.test(said) ? said : wrongRecord("month"));
  const among = (said, allowed) => (allowed.includes(said) ? said : wrongRecord(allowed.join(" or ")));
  const members = closed(value, "decided", "criteria", "deciders", "prerequisites", "commitment");
  const decided = month(members.decided);
  const criteria = list(members.criteria).map((item) => {
    closed(item, "criterion", "result", "observations");
    text(item.criterion);
    among(item.result, ["acquired", "not_yet", "not_observed"]);
    const observations = list(item.observations).map((seen) => {
      closed(seen, "month", "day", "way", "kind", "function");
      if (!isInteger(seen.day) || seen.day < 1 || seen.day > 10000) wrongRecord("day");
      [seen.way, seen.kind, seen.function].forEach(text);
      month(seen.month);
      return seen;
    });
    return { criterion: item.criterion, result: item.result, observations };
  });
  const deciders = list(members.deciders).map((item) => {
    closed(item, "who", "role", "function", "structure");
    text(item.who);
    among(item.role, ["decides", "second"]);
    text(item.function);
    among(item.structure, ["same", "other"]);
    return item;
  });
  const prerequisites = list(members.prerequisites).map((item) => {
    closed(item, "slug", "version", "checked");
    text(item.slug);
    text(item.version);
    month(item.checked);
    return item;
  });
  if (!isText(members.commitment) || !digestPattern.test(members.commitment)) wrongRecord("commitment");
  return { decided, criteria, deciders, prerequisites };
}

const VOCABULARY = "https://w3id.org/openbadges/extensions#";

/** Recognised by member and type, never by the address of a context. */
function findExtension(document, name, kind) {
  for (const spelling of [`extensions:${name}`, VOCABULARY + name]) {
    const extension = document[spelling];
    if (!isObject(extension)) continue;
    const types = "type" in extension ? extension.type : extension["@type"];
    const names = Array.isArray(types) ? types : [types];
    if (names.includes(`extensions:${kind}`) || names.includes(VOCABULARY + kind)) return extension;
  }
  return null;
}

const DECIDING = ["ASP", "COORD", "DIR", "ETI", "EXT"];
const monthsBetween = (earlier, later) =>
  (later.slice(0, 4) - earlier.slice(0, 4)) * 12 + (later.slice(5) - earlier.slice(5));

/** The award rule: badges/catalogue/rule.py, clause by clause under the same numbers. */
function evaluate(definition, record) {
  const { rule } = definition;
  const missing = inconsistencies(definition, record); // 2
  const stated = new Map(record.criteria.map((item) => [item.criterion, item]));
  const days = new Set();
  const counts = { essentialMet: 0, essentialTotal: 0, optionalMet: 0 };
  const criteria = definition.criteria.map((criterion) => {
    // 3 and 4
    const item = stated.get(criterion.id);
    const admissible = (item?.observations ?? []).filter(
      (seen) =>
        criterion.ways.includes(seen.way) &&
        criterion.kinds.includes(seen.kind) &&
        seen.month <= record.decided &&
        (rule.maxAgeMonths === null ||
          rule.agelessKinds.includes(seen.kind) ||
          monthsBetween(seen.month, record.decided) <= rule.maxAgeMonths),
    );
    const reason = reasonUnmet(criterion, item, admissible, rule, record.decided);
    if (criterion.required) {
      counts.essentialTotal += 1;
      if (reason) missing.push({ code: reason, criterion: criterion.id });
      else counts.essentialMet += 1;
    } else if (!reason) counts.optionalMet += 1;
    for (const seen of admissible) if (rule.observedWays.includes(seen.way)) days.add(seen.day);
    return { criterion, result: item?.result ?? "not_stated", met: !reason, observations: admissible };
  });
  if (counts.optionalMet < rule.optionalAtLeast) missing.push({ code: "optional_missing" }); // 5
  if (days.size < rule.distinctDays) missing.push({ code: "days_missing" }); // 6
  missing.push(...decisionsMissing(definition, record.deciders)); // 7 and 8
  const told = record.prerequisites.map(({ slug }) => slug); // 9
  missing.push(
    ...definition.prerequisites.filter((slug) => !told.includes(slug)).map(() => ({ code: "prerequisite_missing" })),
  );
  const asked = (clauses) => Object.keys(clauses).filter((name) => clauses[name]);
  return {
    criteria,
    missing,
    unknown: rule.unknown,
    ...counts, // 1: an unknown clause keeps it from being met
    replayed: asked({
      essential: true,
      ways_and_kinds: true,
      optional: rule.optionalAtLeast > 0,
      days: rule.distinctDays > 0,
      age: rule.maxAgeMonths !== null,
      word_alone: rule.neverAlone.length > 0,
      deciders: true,
      second: definition.second !== "none",
    }),
    attested: asked({
      facts: true,
      not_for_oneself: true,
      distinct_people: definition.second !== "none",
      structures: definition.second === "other_structure",
      prerequisites: definition.prerequisites.length > 0,
    }),
  };
}

function reasonUnmet(criterion, item, admissible, rule, decided) {
  if (item?.result !== "acquired") return "not_acquired";
  if (!item.observations.length) return "without_observation";
  if (!admissible.length) {
    const accepted = item.observations.filter(
      (seen) => criterion.ways.includes(seen.way) && criterion.kinds.includes(seen.kind),
    );
    if (accepted.some((seen) => seen.month > decided)) return "seen_after_decision";
    return accepted.length ? "too_old" : "way_or_kind_not_accepted";
  }
  return rule.neverAlone.length && admissible.every((seen) => rule.neverAlone.includes(seen.function))
    ? "word_alone"
    : null;
}

function inconsistencies(definition, record) {
  const found = [],
    known = new Set(definition.criteria.map(({ id }) => id)),
    seen = new Set(),
    months = new Map();
  let consistent = true;
  for (const item of record.criteria) {
    if (!known.has(item.criterion)) found.push({ code: "unknown_criterion", criterion: item.criterion });
    if (seen.has(item.criterion)) found.push({ code: "repeated_criterion", criterion: item.criterion });
    seen.add(item.criterion);
    for (const { day, month } of item.observations) {
      if (!months.has(day)) months.set(day, month);
      consistent &&= months.get(day) === month;
    }
  }
  const ordinals = [...months.keys()].sort((a, b) => a - b);
  const rising = ordinals.every(
    (day, at) => day === at + 1 && (at === 0 || months.get(day) >= months.get(ordinals[at - 1])),
  );
  if (!consistent || !rising) found.push({ code: "days_inconsistent" });
  if (new Set(record.deciders.map(({ who }) => who)).size !== record.deciders.length)
    found.push({ code: "repeated_person" });
  return found;
}

function decisionsMissing(definition, deciders) {
  const found = [];
  const assessors = deciders.filter((each) => each.role === "decides" && definition.assessors.includes(each.function));
  if (!assessors.length) found.push({ code: "decider_missing" });
  if (definition.second === "none") return found;
  const seconds = deciders.filter((each) => each.role === "second" && DECIDING.includes(each.function));
  const isOther = (first, second) =>
    second.structure === "other" || (definition.second === "other_function" && first.function !== second.function);
  if (!seconds.length) found.push({ code: "second_missing" });
  else if (assessors.length && !assessors.some((first) => seconds.some((second) => isOther(first, second))))
    found.push({ code: "second_not_other" });
  return found;
}

// -- 8. the examination: what Verifier.verify does, under the same numbers ------------------------------------------

const OB2 = "https://w3id.org/openbadges/v2";

function formOf(data) {
  if ((data[1] === 0x50 && data[2] === 0x4e && data[3] === 0x47) || latin1(data.subarray(12, 16)) === "IHDR")
    return "png";
  if (latin1(data.subarray(0, 5)) === "%PDF-") return "pdf";
  const text = new TextDecoder("latin1").decode(data).replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, "");
  if (!text) return "empty";
  if (text.startsWith("{") || /^\[[ \t\n\r\f\v]*\{/.test(text)) return "json";
  if (text.startsWith("<") || text.startsWith("ï»¿<"))
    return /<svg|:svg/.test(text.slice(0, 65536)) ? "svg" : "unrecognised";
  if (isOfTheWeb(text)) return text.length <= 2048 && !/[\0-\x20]/.test(text) ? "address" : "unrecognised";
  if (/^[^ \t\n\r\f\v.<>{]+\.[^ \t\n\r\f\v.<>{]*\.[^ \t\n\r\f\v.<>{]*$/.test(text)) return "token";
  if (photoFormat(data)) return "photo";
  return text.length <= 24 && parseCode(text) ? "code" : "unrecognised";
}

/** A format that no badge is ever put in, and that telephones and messaging apps make. */
function photoFormat(data) {
  const begins = latin1(data.subarray(0, 12));
  if (begins.startsWith("\xff\xd8\xff")) return "JPEG";
  if (begins.startsWith("GIF8")) return "GIF";
  if (/^RIFF[^]{4}WEBP/.test(begins)) return "WebP";
  return /^[^]{4}ftyp(hei[cxms]|hevc|mif1|msf1|avif)/.test(begins) ? "HEIC" : "";
}

/** The canonical spelling of a code as typed, or null. */
function parseCode(text) {
  const code = text.toUpperCase().replace(/[ -]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  return /^[\0-\x7f]*$/.test(text) && /^[0-9A-HJKMNP-TV-Z]{12}$/.test(code) ? code : null;
}

const spaced = (code) => code.match(/.{4}/g).join(" ");

function formOfCarried(text) {
  if (text.startsWith("eyJ")) return "token";
  if (text.startsWith("{") || /^\[[ \t\n\r\f\v]*\{/.test(text)) return "json";
  if (isOfTheWeb(text)) return "address";
  return /^[\0-\x7f]*$/.test(text) && text.split(".").length === 3 ? "token" : "unrecognised";
}

/** How the payload of a receipt begins, in base64url. */
const isReceipt = (data) => /^\s*eyJ[^.]*\.eyJ0eXBlIjoiVmVyaWZpY2F0aW9uUmVjZWlw/.test(latin1(data.subarray(0, 4096)));

class Examination {
  constructor(data, recipient, known, now) {
    Object.assign(this, { data, recipient, now, trust: known.bundle.trust, bundle: known.bundle, known });
    Object.assign(this, {
      findings: {},
      authentic: false,
      listed: null,
      issuerId: "",
      proof: null,
      recordRefused: null,
    });
    Object.assign(this, {
      entry: null,
      definition: null,
      definitionText: null,
      rule: null,
      committed: null,
      fromSnapshot: false,
    });
  }

  say(check, outcome, code, details = {}, cause = "") {
    this.findings[check] = { check, outcome, code, details, cause };
  }

  stop(...said) {
    this.say(...said);
    throw new Stopped();
  }

  /** What a fetcher would answer here. */
  offline(check, code, address) {
    this.stop(
      check,
      "unknown",
      code,
      { address, reason: "expected a network, found that this verification is offline" },
      "fetch_offline",
    );
  }

  async run() {
    try {
      if (isReceipt(this.data)) await this.readReceipt();
      // 1 and 2. what was given, and what carries it
      this.readInput();
      if (!this.signed) this.readHosted(); // 4 and 5: nothing published can be read here
      // 3 and 4. the token and the Assertion in it
      this.readToken();
      this.readAssertion();
      // 6 and 7. whose signature it is
      await this.findKey();
      await this.checkSignature();
      // 8 and 9. the trust list answers for what the issuer publishes
      await this.readPublished();
      // 10. the definition
      await this.compareDefinition();
      // 11 and 12. dates
      this.checkDates();
      // 13. withdrawal
      this.checkRevocation();
      // 14 and 15. the key and the issuer, on that day
      await this.checkKeyStatus();
      await this.checkRecognition();
      // 16. criteria
      this.replayCriteria();
      // 17 and 18. the person and the picture
      await this.checkRecipient();
      await this.checkPicture();
      // 19 and 20. what is published as a picture, and what others say
      this.checkEndorsements();
    } catch (stopped) {
      if (!(stopped instanceof Stopped)) this.say("input", "unknown", "unexpected", { kind: stopped.name });
    }
    return this;
  }

  /** A receipt is no badge, and is not called a false one: badges/verify/receipt.py, read_receipt. */
  async readReceipt() {
    const judged = (outcome, code) => this.stop("input", outcome, `input_receipt_${code}`);
    let token, document, made;
    try {
      ({ token, document } = takeApart(latin1(this.data), "VerificationReceipt", MAX_JSON));
      textOf(document, "key");
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      judged("failed", "malformed");
    }
    if (this.stale) judged("unknown", "list_stale");
    const listed = this.trust.list.receipts.find(({ id }) => id === document.key);
    if (!listed) judged("unknown", "key_unknown");
    if (!(await isSignedBy(token, await loadKey(listed.pem)))) judged("failed", "forged");
    try {
      made = instantOf(document, "made_at");
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      judged("failed", "malformed");
    }
    judged(...(made > this.now + 5 * LEEWAY ? ["failed", "to_come"] : ["unknown", "genuine"]));
  }

  readInput() {
    const { data } = this;
    if (data.length > MAX_INPUT)
      this.stop("input", "failed", "input_too_large", { expected: String(MAX_INPUT), found: String(data.length) });
    let form = formOf(data);
    if (form === "pdf") this.stop("input", "unknown", "pdf_offline"); // our own page cannot open one
    if (form === "address") {
      const address = strip(new TextDecoder().decode(data));
      this.say("input", "passed", "input_address", { address });
      this.offline("carrier", "address_unreachable", address);
    }
    if (form === "empty" || form === "unrecognised") this.stop("input", "failed", `input_${form}`);
    if (form === "photo") this.stop("input", "failed", "input_photo", { form: photoFormat(data) });
    if (form === "code")
      this.stop("input", "unknown", "input_code", { short: spaced(parseCode(strip(latin1(data)))) });
    this.say("input", "passed", `input_${form}`);
    if (form === "png" || form === "svg") {
      this.readCarrier(form);
      form = formOfCarried(this.text);
      if (form === "unrecognised") this.stop("carrier", "failed", "carrier_content");
    } else {
      this.say("carrier", "not_applicable", "carrier_none");
      try {
        this.text = strip(strictUtf8.decode(data));
      } catch {
        const [check, code] = form === "token" ? ["token", "token_refused"] : ["document", "document_refused"];
        this.stop(check, "failed", code, { reason: "expected UTF-8, found other bytes" }, "not_utf8");
      }
    }
    this.signed = form === "token";
  }

  readCarrier(form) {
    let carrier;
    try {
      carrier = form === "png" ? readPng(this.data) : readSvg(this.data);
      if (form === "png") this.png = this.data;
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      if (refusal.code === "open_badges_3")
        this.stop("carrier", "unknown", "document_version", { found: "Open Badges 3.0" }, refusal.code);
      if (refusal instanceof NotBaked) {
        const code = form === "png" ? readMark(this.data) : null;
        if (code) this.stop("carrier", "failed", "carrier_stripped", { short: spaced(code) }, refusal.code);
        this.stop("carrier", "failed", "carrier_not_baked", {}, refusal.code);
      }
      this.stop("carrier", "failed", "carrier_damaged", { reason: refusal.message }, refusal.code);
    }
    this.say("carrier", "passed", "carrier_sound", { form: carrier.form });
    this.text = strip(carrier.text);
  }

  /** Reading, or a check that stops with the refusal's own code as cause. */
  reading(read, check, code) {
    try {
      return read();
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      return this.stop(check, "failed", code, { reason: refusal.message }, refusal.code);
    }
  }

  readHosted() {
    let address = this.text;
    if (this.text.length > MAX_JSON)
      this.stop("document", "failed", "document_refused", { reason: "too long" }, "json_too_large");
    if (/^[{[]/.test(this.text)) {
      let hint = this.reading(() => this.parsedHint(), "document", "document_refused");
      if (Object.keys(hint).join() !== "id") {
        this.requireOurVersion(hint);
        this.refuseUnsigned(hint);
        this.isFirst = versionOf(hint) === "0.5";
        hint = this.saidHint(hint);
      }
      const said = isObject(hint.verify) ? hint.verify.url : undefined; // 1.0 had no id
      address = "id" in hint ? hint.id : "@id" in hint ? hint["@id"] : said;
    }
    if ((address ?? null) === null && this.isFirst) this.stop("document", "unknown", "document_without_address");
    if (!isText(address) || !isOfTheWeb(address)) {
      this.stop(
        "document",
        "failed",
        "document_invalid",
        { reason: "id: expected the address where the badge is published, found none" },
        "missing",
      );
    }
    this.offline("hosted", "hosted_unreachable", address);
  }

  parsedHint() {
    const hint = aloneIn(strictJson(utf8(this.text)));
    return isObject(hint) ? hint : refuse("document_invalid", "a JSON object", "another value");
  }

  /** The badge in hand by the names of 2.0, where it does not say its address by one of them. */
  saidHint(hint) {
    if ("id" in hint || "@id" in hint || versionOf(hint) !== "2.0") return hint;
    try {
      return inOurWords(hint);
    } catch (refusal) {
      if (refusal instanceof Elsewhere)
        this.stop("document", "unknown", "document_context", { reason: refusal.message }, refusal.code);
      if (!(refusal instanceof Refused)) throw refusal;
      return hint;
    }
  }

  refuseUnsigned(hint) {
    let kind = null;
    try {
      kind = kindOf(
        readDocument("VerificationObject", "verification" in hint ? hint.verification : (hint.verify ?? null)),
      );
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
    }
    if (kind === "SignedBadge") this.stop("document", "failed", "document_unsigned");
  }

  readToken() {
    try {
      this.jws = readUnverified(this.text);
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      if (refusal.code === "jws_algorithm" && page.standard.unread.includes(refusal.alg)) {
        this.stop("token", "unknown", "token_algorithm", { found: refusal.alg }, refusal.code);
      }
      this.stop("token", "failed", "token_refused", { reason: refusal.message }, refusal.code);
    }
    this.say("token", "passed", "token_sound", { algorithm: this.jws.header.alg });
    this.say("hosted", "not_applicable", "hosted_none");
  }

  readAssertion() {
    const document = aloneIn(this.reading(() => strictJson(this.jws.payload), "document", "document_refused"));
    const version = this.requireOurVersion(document);
    if (version === "0.5") this.otherVersion(version); // it knew no signature
    try {
      if (!isObject(document)) refuse("not_object", "a JSON object", "another value");
      this.assertion =
        version === "2.0" ? readAs("Assertion", document) : readDocument("OldAssertion", upgradeAssertion(document));
    } catch (refusal) {
      if (refusal instanceof Elsewhere)
        this.stop("document", "unknown", "document_context", { reason: refusal.message }, refusal.code);
      if (!(refusal instanceof Refused)) throw refusal;
      this.stop("document", "failed", "document_invalid", { reason: refusal.message }, refusal.code);
    }
    const problem = extensionProblem(this.assertion.other, "extensions:criteriaProof");
    if (problem) this.stop("document", "failed", "document_invalid", { reason: problem }, problem);
    const { verification } = this.assertion;
    if (kindOf(verification) !== "SignedBadge")
      this.stop("document", "failed", "document_hosted_in_token", { found: String(kindOf(verification)) });
    this.say("document", "passed", version === "2.0" ? "document_sound" : "document_upgraded");
  }

  /** A badge of another version of the standard is not a bad one. */
  requireOurVersion(document) {
    if (!isObject(document) || document["@context"] === OB2) return "2.0";
    const version = versionOf(document);
    if (version === null) {
      const reason = `@context: expected ${OB2}, found another`;
      this.stop("document", "failed", "document_invalid", { reason }, "wrong_context");
    }
    if (version === "3.0") this.otherVersion(version);
    return version;
  }

  otherVersion(version) {
    this.stop("document", "unknown", "document_version", { found: `Open Badges ${version}` });
  }

  /** From the trust list alone: a hosted Profile cannot be read here, and the badge's own word is never taken. */
  async findKey() {
    const creator = this.assertion.verification.creator;
    this.listed = this.trust.byKey.get(isText(creator) ? creator : creator?.id) ?? null;
    if (!this.listed) this.unpublished("key", "key_unreachable");
    try {
      this.known.keys[this.listed.id] ??= await loadKey(this.listed.pem);
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      this.stop("key", "failed", "key_refused", { reason: refusal.message }, refusal.code);
    }
    this.key = this.known.keys[this.listed.id];
    this.issuerId = this.listed.id;
    this.say("key", "passed", "key_from_trust_list", { key: this.listed.key });
  }

  /** Where the BadgeClass, or the Profile that an embedded one names, would have to be fetched. */
  unpublished(check, code) {
    const { badge } = this.assertion;
    let address = isText(badge) ? badge : badge.id;
    if (!isText(badge)) {
      if (address.toLowerCase().startsWith("urn:uuid:"))
        address = isText(badge.issuer) ? badge.issuer : badge.issuer.id;
      if (!isOfTheWeb(address))
        this.stop(
          "badge_class",
          "failed",
          "badge_class_invalid",
          { address, reason: "expected an http(s) address" },
          "not_url",
        );
    }
    this.offline(check, code, address);
  }

  async checkSignature() {
    const { alg } = this.jws.header;
    if (alg !== this.key.algorithm)
      this.stop("signature", "failed", "signature_algorithm", { expected: this.key.algorithm, found: alg });
    let good;
    try {
      good = await isSignedBy(this.jws, this.key);
    } catch (lacking) {
      if (!(lacking instanceof Unsupported)) throw lacking;
      this.stop("signature", "unknown", "signature_unsupported", { algorithm: this.key.algorithm });
    }
    if (!good) this.stop("signature", "failed", "signature_bad", { key: this.issuerId });
    this.say("signature", "passed", "signature_good", { algorithm: this.key.algorithm });
    this.authentic = true;
  }

  async readPublished() {
    const { badge } = this.assertion;
    await this.readProof();
    const covered =
      this.entry &&
      isText(badge) &&
      badge.startsWith(this.listed.badges) &&
      badge.endsWith(`/${this.entry.slug}/${this.entry.version}`);
    if (!covered) this.unpublished("badge_class", "badge_class_unreachable");
    this.say("badge_class", "passed", "badge_class_by_trust_list");
    this.say("authorisation", "passed", "authorised"); // the prefix is this Profile's
  }

  async readProof() {
    const extension = findExtension(this.assertion.other, "criteriaProof", "CriteriaProof");
    if (extension) {
      try {
        if (!isText(extension.definition)) wrongRecord("definition");
        this.proof = { record: parseRecord(extension.record) };
        this.definitionText = extension.definition;
      } catch (refusal) {
        // a record of a later release, maybe: the definition still says what was asked
        if (!(refusal instanceof Refused)) throw refusal;
        this.recordRefused = refusal;
        const text = this.assertion.other["extensions:criteriaProof"]?.definition;
        this.definitionText = isText(text) ? text : null;
      }
    }
    if (this.definitionText !== null) {
      this.digest = await digestOf(this.definitionText);
      this.entry = this.trust.byDigest.get(this.digest) ?? null;
    }
  }

  async compareDefinition() {
    try {
      this.definition = parseDefinition(this.definitionText);
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      this.say("definition", "failed", "definition_unreadable", { reason: refusal.message }, refusal.code);
      return;
    }
    // the trust list answered for the badge, so the text is one that it holds: is it in force?
    const { slug, version, status, published, retired } = this.entry;
    const issued = this.assertion.issuedOn,
      day = dayText(issued),
      named = { slug, version };
    if (status === "proposition" && !this.trust.list.demo)
      this.say("definition", "failed", "definition_proposition", named);
    else if (dayText(issued + DAY) < published || (retired !== null && day > retired)) {
      this.say("definition", "failed", "definition_not_in_force", {
        ...named,
        period: `${published} → ${retired ?? "…"}`,
        issued: new Date(issued),
      });
    } else this.say("definition", "passed", "definition_published", named);
  }

  checkDates() {
    const { issuedOn, expires } = this.assertion,
      issued = new Date(issuedOn);
    if (issuedOn <= this.now + LEEWAY) this.say("issued_on", "passed", "issued_on_past", { issued });
    else this.say("issued_on", "failed", "issued_on_future", { issued });
    if (expires === undefined) this.say("expires", "passed", "expires_never");
    else if (expires < issuedOn) this.say("expires", "failed", "expires_before_issued");
    else if (this.now > expires + LEEWAY) this.say("expires", "failed", "expired", { expires: new Date(expires) });
    else this.say("expires", "passed", "expires_later", { expires: new Date(expires) });
  }

  checkRevocation() {
    if (this.assertion.revoked) {
      const reason = this.assertion.revocationReason || "…";
      this.say("revocation", "failed", reason === "replaced" ? "replaced" : "revoked", {
        address: this.assertion.id,
        reason,
      });
      return;
    }
    const snapshot = this.bundle.snapshots.get(this.issuerId);
    const { badge } = this.assertion;
    if (!snapshot) {
      const reason = "expected a network, found that this verification is offline";
      this.say(
        "revocation",
        "unknown",
        "revocation_unreachable",
        { address: isText(badge) ? badge : badge.id, reason },
        "fetch_offline",
      );
      return;
    }
    try {
      snapshot.list ??= readDocument("RevocationList", snapshot.document);
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      this.say("revocation", "unknown", "revocation_malformed", { address: snapshot.id, reason: refusal.message });
      return;
    }
    const line = lineFor(snapshot.list, this.assertion);
    if (line) {
      const reason = line.revocationReason || "…";
      this.say("revocation", "failed", reason === "replaced" ? "replaced" : "revoked", {
        address: snapshot.id,
        reason,
      });
      return;
    }
    this.fromSnapshot = true;
    const read = new Date(snapshot.generated);
    if (this.now > snapshot.next + LEEWAY) this.say("revocation", "unknown", "revocation_stale", { read });
    else this.say("revocation", "passed", "not_revoked_snapshot", { read });
  }

  get stale() {
    return this.now > this.trust.list.next + LEEWAY;
  }

  async checkKeyStatus() {
    const {
        listed,
        assertion: { issuedOn },
      } = this,
      since = new Date(listed.since ?? 0);
    if (this.stale) this.say("key_status", "unknown", "trust_stale", { next: new Date(this.trust.list.next) });
    else if (listed.status === "active") this.say("key_status", "passed", "key_active");
    else if (listed.status === "retired") {
      if (issuedOn <= listed.since + DAY) this.say("key_status", "passed", "key_retired", { since });
      else
        this.say("key_status", "failed", "key_used_outside", {
          period: `… → ${dayText(listed.since)}`,
          issued: new Date(issuedOn),
        });
    } else await this.checkCompromised(listed.since, issuedOn);
  }

  /** issuedOn is written by the thief: only what was committed before, under another key, stays good. */
  async checkCompromised(instant, issuedOn) {
    const since = new Date(instant);
    this.known.chain ??= readChain(this.bundle.commitments, this.trust.delegation.listKey);
    this.committed = committedBefore(await digestOf(this.text), instant, await this.known.chain);
    if (issuedOn >= instant || this.committed === false) this.say("key_status", "failed", "key_compromised", { since });
    else if (this.committed) this.say("key_status", "passed", "key_compromised_committed", { since });
    else this.say("key_status", "unknown", "key_compromised_unproven", { since });
  }

  async checkRecognition() {
    const { list } = this.trust;
    if (this.stale) {
      this.say("recognition", "unknown", "trust_stale", { next: new Date(list.next) });
      return;
    }
    const family = this.entry?.family ?? this.definition?.family ?? null;
    const issued = new Date(this.assertion.issuedOn),
      generated = new Date(list.generated),
      told = { family: family ?? "…" };
    const [recognised, why] = await recognitionOf(
      this.trust,
      this.issuerId,
      family,
      this.assertion.issuedOn,
      this.committed,
    );
    if (recognised)
      this.say("recognition", "passed", list.demo ? "recognised_demo" : "recognised", { generated, ...told });
    else if (why === "family_not_stated" || why === "family_not_allowed")
      this.say("recognition", "failed", "not_recognised_family", told, why);
    else if (why.startsWith("key_") || why === "commitment_needed")
      return; // told by key_status
    else this.say("recognition", "failed", "not_recognised_then", { period: why, issued, ...told }, why);
  }

  replayCriteria() {
    if (this.recordRefused) {
      this.say(
        "criteria",
        "unknown",
        "criteria_undetermined",
        { reason: this.recordRefused.message },
        this.recordRefused.code,
      );
      return;
    }
    if (!this.definition) {
      this.say("criteria", "unknown", "criteria_undetermined", { reason: "definition" });
      return;
    }
    const rule = (this.rule = evaluate(this.definition, this.proof.record));
    const latest = dayText(this.assertion.issuedOn + DAY).slice(0, 7); // months begin earlier in Paris
    if (this.proof.record.decided > latest) rule.missing.push({ code: "days_inconsistent" });
    const counts = { met: String(rule.essentialMet), total: String(rule.essentialTotal) };
    if (this.findings.definition.outcome === "failed") this.say("criteria", "failed", "criteria_not_published");
    else if (rule.missing.length) {
      const missing = [...new Set(rule.missing.map(({ code }) => code))].join(", ");
      this.say("criteria", "failed", "criteria_not_met", { missing, ...counts });
    } else if (rule.unknown.length)
      this.say("criteria", "unknown", "criteria_undetermined", { reason: rule.unknown.join(", ") });
    else this.say("criteria", "passed", "criteria_met", counts);
  }

  async checkRecipient() {
    const { type: kind, identity, hashed, salt } = this.assertion.recipient;
    if (!this.recipient) {
      this.say("recipient", "not_applicable", "recipient_not_asked");
      return;
    }
    const typed = strip(this.recipient).normalize("NFC");
    const given = typed.includes("@") && !typed.includes("://") ? "email" : "url";
    const lower = (text) => text.normalize("NFC").toLowerCase().normalize("NFC");
    const spellings = kind === "email" ? [typed, lower(typed)] : [typed];
    const plain = kind === "email" ? lower(strip(identity)) : identity.normalize("NFC");
    const said = hashed ? identity.toLowerCase() : await digestOf(plain);
    if (said.startsWith("md5$")) return; // a browser has no MD5: this point stays « not reached », hence unknown
    const kindOfHash = { sha1: "SHA-1", sha512: "SHA-512" }[said.split("$")[0]] ?? "SHA-256"; // the first two: before 2.0
    const hashOf = async (text) =>
      `${said.split("$")[0]}$${hex(new Uint8Array(await crypto.subtle.digest(kindOfHash, utf8(text))))}`;
    const answers = await Promise.all(spellings.map((spelling) => hashOf(spelling + (hashed ? (salt ?? "") : ""))));
    if (typed && !typed.includes("\0") && answers.includes(said)) this.say("recipient", "passed", "recipient_matches");
    else if (["email", "url"].includes(kind) && kind !== given)
      this.say("recipient", "unknown", "recipient_by_address", { found: kind, expected: given });
    else this.say("recipient", "failed", "recipient_mismatch");
  }

  /** Told, and no part of the verdict: the signature covers the text, not the drawing. */
  async checkPicture() {
    this.code = await shortCode(this.assertion.id);
    if (!this.png) {
      this.say("picture", "not_applicable", "picture_none");
      return;
    }
    const { mark, art } = await readPicture(this.png);
    if (mark === null) this.say("picture", "not_applicable", "picture_unmarked");
    else if (mark !== this.code) this.say("picture", "failed", "picture_differs", { expected: this.code, found: mark });
    else if (this.entry.picture && art !== this.entry.picture)
      this.say("picture", "failed", "picture_art_differs", { expected: this.entry.picture, found: String(art) });
    else this.say("picture", "passed", "picture_matches", { found: mark });
  }

  /** The trust list answered for the issuer, so its images are not asked for; and nobody else can be asked here. */
  checkEndorsements() {
    this.say("image", "not_applicable", "image_unasked");
    const named = this.assertion.endorsement ?? [];
    if (!named.length) {
      this.say("endorsement", "not_applicable", "endorsements_none");
      return;
    }
    const addresses = [...new Set(named.map((each) => (isObject(each) ? ("id" in each ? each.id : each["@id"]) : each)))];
    const told = { count: "0", total: String(addresses.length) };
    if (addresses.slice(0, 3).every(isOfTheWeb))
      this.say("endorsement", "unknown", "endorsements_unread", told);
    else this.say("endorsement", "failed", "endorsements_false", told); // no signature, and nowhere to be read
  }
}

// -- 9. the conclusion: badges/verify/report.py, conclude -----------------------------------------------------------

const REQUIRED = [
  "input",
  "token",
  "document",
  "key",
  "signature",
  "badge_class",
  "authorisation",
  "issued_on",
  "expires",
];
const IF_APPLICABLE = ["carrier", "revocation", "key_status", "recipient"];
const FOR_YES = ["recognition", "definition", "criteria"];
const WITHDRAWN = ["revoked", "replaced"];

function conclude(checks) {
  const found = Object.fromEntries(checks.map((check) => [check.check, check]));
  const required = checks.filter(({ check }) => ![...FOR_YES, "picture", "endorsement"].includes(check));
  const failed = required.filter(({ outcome }) => outcome === "failed");
  if (failed.length) {
    const codes = failed.map(({ code }) => code);
    const grave = codes.some((code) => code !== "expired" && !WITHDRAWN.includes(code));
    const verdict = grave ? "invalid" : codes.some((code) => WITHDRAWN.includes(code)) ? "revoked" : "expired";
    const rank = ({ code }) => 2 * (code === "expired") + WITHDRAWN.includes(code);
    return { verdict, answer: "no", reasons: [...failed].sort((a, b) => rank(a) - rank(b)) };
  }
  const complete =
    REQUIRED.every((name) => found[name].outcome === "passed") &&
    IF_APPLICABLE.every((name) => ["passed", "not_applicable"].includes(found[name].outcome));
  if (!complete) {
    const unknown = required.filter(({ outcome }) => outcome === "unknown");
    const told = [
      ...unknown.filter(({ code }) => code !== "not_reached"),
      ...unknown,
      { check: "input", code: "not_reached", details: {} },
    ];
    return { verdict: "undetermined", answer: "unknown", reasons: told.slice(0, 1) };
  }
  const lacking = FOR_YES.map((name) => found[name]).filter(({ outcome }) => outcome !== "passed");
  if (!lacking.length) return { verdict: "valid", answer: "yes", reasons: [] };
  const definitionTold = lacking.some(({ check, outcome }) => check === "definition" && outcome === "failed");
  const reasons = lacking.filter(
    ({ check, outcome, code }) =>
      !(check === "definition" && outcome !== "failed") &&
      !(check === "criteria" && definitionTold && code === "criteria_not_published"),
  );
  return {
    verdict: "valid",
    answer: lacking.every(({ outcome }) => outcome === "unknown") ? "unknown" : "partly",
    reasons,
  };
}

/** The whole answer about one file. Nothing of an unverified badge is in it. */
async function verify(data, recipient, known, now, refused = null) {
  const badge = new Examination(data, recipient, known, now);
  if (refused) badge.findings.input = refused;
  else await badge.run();
  const checks = Object.keys(known.words.checks).map(
    (check) => badge.findings[check] ?? { check, outcome: "unknown", code: "not_reached", details: {}, cause: "" },
  );
  const structure = badge.authentic ? badge.trust.byProfile.get(badge.issuerId)?.structure : null;
  const { list } = badge.trust;
  const told = badge.authentic ? ["holder", "facts", "evidence", "today"] : [];
  if (badge.authentic && !recipient) told.push("holder_unasked");
  if (badge.authentic && badge.findings.endorsement?.code === "endorsements_unread") told.push("endorsements");
  if (badge.authentic && badge.fromSnapshot) told.push("since_snapshot");
  return {
    checks,
    ...conclude(checks),
    recognised: badge.findings.recognition?.outcome === "passed",
    issuer: structure?.name ?? null,
    demo: Boolean(structure && list.demo),
    verified: badge.authentic ? { assertion: badge.assertion, definition: badge.definition } : null,
    rule: badge.authentic ? badge.rule : null,
    record: badge.proof?.record ?? null,
    notChecked: told,
    sha256: hex(await sha256(data)),
  };
}

// -- 10. sentences: the table is badges/verify/wording.py, put into the page when it was made -----------------------

const page = JSON.parse(document.getElementById("data").textContent);
const words = page.words;
const chrome = JSON.parse(document.getElementById("words").textContent);
const french = page.language === "fr";
const PARIS = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Paris",
  day: "numeric",
  month: "numeric",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const paris = (instant) =>
  Object.fromEntries(PARIS.formatToParts(instant).map(({ type: part, value }) => [part, value]));

function dateInWords(instant) {
  const { day, month, year } = paris(instant);
  return `${french && Number(day) === 1 ? "1er" : Number(day)} ${words.months[month - 1]} ${year}`;
}

function hourInWords(instant) {
  const { hour, minute } = paris(instant);
  return french ? `${Number(hour)}\u00a0h\u00a0${minute}` : `${hour}:${minute}`;
}

const monthInWords = (month) => `${words.months[month.slice(5) - 1]} ${month.slice(0, 4)}`;

function fill(sentence, details, cause = "") {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => {
    if (name === "reason" && "reason" in details && french && words.causes[cause]) return words.causes[cause];
    const value = details[name] ?? "…";
    return value instanceof Date ? dateInWords(value) : value;
  });
}

const said = (check, to) => fill(words.codes[check.code][to], check.details, check.cause);
const small = (text) => text.slice(0, 1).toLowerCase() + text.slice(1);

/** The one sentence: wording.headline. */
function headline(report) {
  const { answer, reasons, issuer, verified, rule } = report;
  const parts = reasons.map((check) =>
    small(fill(words.codes[check.code].employer, check.details).replace(/\.+$/, "")),
  );
  const semicolon = french ? " ; " : "; ";
  let body;
  if (answer === "no" || answer === "unknown" || !verified) body = parts.join(semicolon);
  else {
    const how = issuer ? (report.recognised ? "authentic" : "authentic_claimed") : "authentic_unnamed";
    body = fill(words.headline[how], { issuer, issued: new Date(verified.assertion.issuedOn) });
    if (answer === "yes")
      body +=
        semicolon +
        fill(words.headline[rule.essentialTotal === 1 ? "met_one" : "met"], { total: String(rule.essentialTotal) });
    else body += (french ? ", mais " : ", but ") + parts.join(french ? " et " : " and ");
  }
  const beware = report.checks
    .filter(({ check, outcome }) => check === "picture" && outcome === "failed")
    .map((check) => ` ${words.headline.beware}${small(said(check, "employer"))}`);
  const start = words.opening[answer] + (report.demo && answer === "yes" ? words.headline.trial : "");
  return `${start}${french ? " : " : ": "}${body}.${beware.join("")}`;
}

/** French as it is printed: badges/web/typography.py. */
function typo(text) {
  if (!french) return text;
  return text
    .replace(/[ \u00a0](?=[;!?»])/g, "\u202f")
    .replace(/«[ \u00a0]/g, "«\u202f")
    .replace(/ (?=:(?:\s|$))/g, "\u00a0");
}

const counted = (forms, count) => typo(forms[count === 1 || (french && count === 0) ? 0 : 1].replace("{n}", count));

function ageInWords(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  if (seconds < 60) return chrome.age_now;
  if (seconds < 7200) return counted(chrome.age_minutes, Math.floor(seconds / 60));
  if (seconds < 172800) return counted(chrome.age_hours, Math.floor(seconds / 3600));
  return counted(chrome.age_days, Math.floor(seconds / 86400));
}

// -- 11. the page --------------------------------------------------------------------------------------------------

const element = (id) => document.getElementById(id);
const icon = (name) => element(`icon-${name}`).content.firstElementChild.cloneNode(true);

/** An element with its attributes and children. Text is always text: nothing from a badge is ever read as markup. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

const SIGN = { passed: ["good", "yes"], failed: ["bad", "no"], unknown: ["unknown", "unknown"] };
const STATE = { yes: "good", partly: "partly", no: "bad", unknown: "unknown" };
const state = (kind, sign, text) => make("span", { class: "state", "data-state": kind }, icon(sign), text);
const folded = (title, ...inside) => make("details", {}, make("summary", {}, typo(title)), ...inside);
const label = (table, code) => words.labels[table][code] ?? String(code);
const listed = (items) =>
  make(
    "ul",
    {},
    items.map((text) => make("li", {}, typo(text))),
  );

function sentence(report) {
  const [, start, rest] = /^([^:]*?)\s*:\s*([^]*)$/.exec(headline(report));
  const [, opening, trial] = /^([^(]*)(\(.*)?$/.exec(start);
  return [
    opening,
    trial ? make("small", {}, trial) : null,
    typo(" :"),
    " ",
    make("span", { class: "sentence" }, typo(rest)),
  ];
}

function fact(title, answer, more, wide = "wide") {
  return make(
    "div",
    { class: wide },
    make("dt", {}, typo(title)),
    make("dd", {}, typo(answer), " ", make("small", {}, typo(more))),
  );
}

function facts(report) {
  const { verified, rule } = report;
  if (!verified) return null;
  const { assertion, definition } = verified;
  const of = (name) => report.checks.find(({ check }) => check === name);
  const named = assertion.other["extensions:recipientProfile"]?.name;
  const asked = of("recipient");
  const who =
    asked.outcome !== "not_applicable"
      ? said(asked, "employer")
      : isText(named)
        ? chrome.name_claimed
        : chrome.ask_person;
  const level = definition
    ? [label("levels", definition.level), `${chrome.version} ${definition.version}`].join(" · ")
    : "";
  const told = of("definition").outcome === "failed" ? of("definition") : of("criteria");
  return make(
    "dl",
    { class: "facts who-what-when" },
    fact(chrome.badge, definition?.title ?? chrome.untitled, level),
    fact(chrome.to_whom, isText(named) ? named : chrome.no_name, who),
    fact(chrome.attested_by, report.issuer ?? chrome.unnamed, said(of("recognition"), "employer")),
    fact(
      chrome.awarded_on,
      dateInWords(assertion.issuedOn),
      assertion.expires === undefined ? chrome.no_end : `${chrome.until} ${dateInWords(assertion.expires)}`,
      "wide-code",
    ),
    fact(
      chrome.criteria,
      rule ? `${rule.essentialMet} ${chrome.out_of} ${rule.essentialTotal}` : chrome.not_said,
      said(told, "employer"),
    ),
  );
}

function howObserved({ rule, record }) {
  const seen = rule?.criteria.flatMap(({ observations }) => observations) ?? [];
  if (!seen.length) return null;
  const ranked = (name) => {
    const count = (code) => seen.filter((each) => each[name] === code).length;
    return [...new Set(seen.map((each) => each[name]))].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
  };
  const months = seen.map(({ month }) => month).sort(),
    [first, last] = [months[0], months.at(-1)];
  const days = counted(chrome.days, new Set(seen.map(({ day }) => day)).size);
  const when =
    first === last
      ? monthInWords(first)
      : chrome.between.replace("{first}", monthInWords(first)).replace("{last}", monthInWords(last));
  const by = record.deciders.map(
    ({ function: each, structure }) =>
      label("functions", each) + (structure === "other" ? ` ${chrome.other_structure}` : ""),
  );
  const line = (title, text) => make("div", {}, make("dt", {}, typo(title)), make("dd", {}, typo(text)));
  return [
    make("h3", {}, chrome.how),
    make(
      "dl",
      { class: "members" },
      line(chrome.seen, `${days}, ${when}`),
      line(
        chrome.ways,
        `${ranked("way")
          .map((code) => label("ways", code))
          .join(", ")} (${ranked("kind")
          .map((code) => label("kinds", code))
          .join(", ")})`,
      ),
      line(chrome.decided_by, `${by.join(`, ${chrome.confirmed_by} `)}, ${monthInWords(record.decided)}`),
    ),
  ];
}

function criterionByCriterion({ rule }) {
  if (!rule) return null;
  const lines = rule.criteria.map(({ criterion, met, observations }) =>
    make(
      "li",
      {},
      make(
        "p",
        { lang: "fr" },
        criterion.text,
        criterion.required ? null : make("span", { class: "quiet" }, ` ${chrome.optional}`),
      ),
      make(
        "p",
        { class: "how" },
        met
          ? state("good", "yes", chrome.met)
          : criterion.required
            ? state("bad", "no", chrome.not_met)
            : state("unknown", "unknown", chrome.not_said_one),
        " ",
        typo(observations.map(({ way, month }) => `${label("ways", way)}, ${monthInWords(month)}`).join(" ; ")),
      ),
    ),
  );
  return folded(
    chrome.by_criterion,
    make("ul", { class: "criteria" }, lines),
    rule.missing.length
      ? [make("h3", {}, chrome.missing), listed(rule.missing.map(({ code }) => words.missing[code]))]
      : null,
    make("h3", {}, typo(chrome.replayed)),
    listed(rule.replayed.map((code) => words.clauses[code])),
    make("h3", {}, typo(chrome.attested)),
    listed(rule.attested.map((code) => words.clauses[code])),
  );
}

function everyCheck(report) {
  const rows = report.checks.map((check) => {
    const message = typo(said(check, "employer"));
    const more =
      ["failed", "unknown"].includes(check.outcome) && check.code !== "not_reached"
        ? [
            make("br"),
            make("span", { class: "small" }, typo(said(check, "advice"))),
            make("br"),
            make("span", { class: "small quiet" }, typo(said(check, "technician"))),
          ]
        : null;
    return make(
      "tr",
      { "data-check": check.check, "data-outcome": check.outcome, "data-code": check.code, "data-cause": check.cause },
      make("th", { scope: "row" }, typo(words.checks[check.check])),
      make(
        "td",
        {},
        check.outcome === "not_applicable"
          ? make("span", { class: "quiet" }, message)
          : state(...SIGN[check.outcome], message),
        more,
        make("br"),
        make("code", { class: "small quiet" }, [check.code, check.cause].filter(Boolean).join(" · ")),
      ),
    );
  });
  return folded(chrome.every_check, make("table", { class: "checks" }, make("tbody", {}, rows)));
}

function groundsFor(report, { bundle }) {
  const read = (name, instant) => `${name} : ${dateInWords(instant)}, ${hourInWords(instant)}`;
  return folded(
    chrome.grounds,
    listed([
      read(
        `${chrome.trust_list} ${bundle.trust.list.version}, ${bundle.trust.list.network}`,
        bundle.trust.list.generated,
      ),
      read(chrome.snapshot, bundle.generated),
    ]),
    report.notChecked.length
      ? [make("p", {}, typo(chrome.cannot_tell)), listed(report.notChecked.map((code) => words.not_checked[code]))]
      : null,
    make("p", { class: "small quiet" }, typo(chrome.digest), " ", make("span", { class: "digest" }, report.sha256)),
  );
}

/** One report. Alone, its sentence is the largest of the page; among others, its file's name comes first. */
function answerSection(report, name, at, known, alone) {
  const picture = report.checks.find(({ check, outcome }) => check === "picture" && outcome === "failed");
  const told = { "data-answer": report.answer, "data-verdict": report.verdict, "data-headline": headline(report) };
  const verdict = (size, title) =>
    make(
      "div",
      { class: `verdict ${size}`, "data-state": STATE[report.answer] },
      icon(report.answer),
      make(title, {}, sentence(report)),
    );
  const opening = alone
    ? [verdict("", "h2"), make("p", { class: "quiet file-name" }, name)]
    : [make("h2", { class: "file-name" }, name), verdict("verdict-small", "p")];
  return make(
    "section",
    { class: "answer", id: `badge-${at}`, ...told },
    opening,
    report.reasons.map((check) =>
      make("p", { class: "what-to-do" }, make("strong", {}, typo(chrome.what_to_do)), " ", typo(said(check, "advice"))),
    ),
    picture &&
      make(
        "div",
        { class: "notice" },
        icon("info"),
        make("h3", {}, chrome.picture),
        make("p", {}, typo(said(picture, "employer"))),
      ),
    facts(report),
    howObserved(report),
    criterionByCriterion(report),
    everyCheck(report),
    groundsFor(report, known),
  );
}

/** Another time than the machine's, given by the address (#now=2026-11-20T10:00:00Z): to see what the page says when
 * its data have grown old. The page shows it for as long as it lasts. */
const chosenInstant = readDateTime(/^#now=(.*)$/.exec(location.hash)?.[1]);
const presentInstant = () => chosenInstant ?? Date.now();
if (chosenInstant !== undefined) {
  element("other-time").hidden = false;
  element("other-time-said").textContent = `${dateInWords(chosenInstant)}, ${hourInWords(chosenInstant)}`;
}

function tellAge(bundle, now) {
  const late = now > Math.min(bundle.next, bundle.trust.list.next) + LEEWAY;
  const told = (late ? chrome.data_late : chrome.data_fresh)
    .replace("{age}", ageInWords(now - bundle.generated))
    .replace("{day}", dateInWords(bundle.generated))
    .replace("{next}", dateInWords(Math.min(bundle.next, bundle.trust.list.next)));
  element("age").dataset.state = late ? "bad" : "good";
  element("age").replaceChildren(icon("clock"), make("span", {}, typo(told)));
}

/** The data that came with the page, verified from the root down; null when they cannot be relied upon. */
async function openData(now) {
  try {
    const bundle = await readBundle(page.bundle, page.root, now);
    tellAge(bundle, now);
    return { bundle, words, keys: {}, chain: null };
  } catch (refusal) {
    const cannot = !crypto.subtle || refusal instanceof Unsupported ? chrome.browser_too_old : chrome.data_refused;
    element("age").dataset.state = "bad";
    element("age").replaceChildren(
      icon("no"),
      make("span", {}, typo(cannot), " ", make("code", { class: "small" }, refusal.code ?? refusal.name)),
    );
    return null;
  }
}

/** One byte more than a badge may have, so that this can be told; an archive may be larger. */
async function bytesOfFile(file) {
  const read = async (size) => new Uint8Array(await file.slice(0, size).arrayBuffer());
  const start = await read(MAX_INPUT + 1);
  return start.length > MAX_INPUT && isArchive(start) ? read(MAX_ARCHIVE) : start;
}

async function gather() {
  const files = await Promise.all(
    Array.from(element("file").files, async (file) => ({
      name: file.name,
      data: await bytesOfFile(file),
    })),
  );
  const text = element("text").value;
  return text.trim() ? [...files, { name: chrome.pasted, data: utf8(text) }] : files;
}

async function answer(event) {
  event?.preventDefault();
  const now = presentInstant(),
    known = await openData(now),
    given = await unpacked(await gather());
  const results = element("results");
  results.replaceChildren();
  if (!known || !given.length) {
    element("status").textContent = known ? typo(chrome.nothing_given) : "";
    return;
  }
  const recipient = element("recipient").value.trim() || null;
  const sections = [];
  for (const [at, { name, data, refused }] of given.entries()) {
    element("status").textContent = `${at + 1} / ${given.length}`;
    const report = await verify(data, recipient, known, now, refused);
    sections.push(answerSection(report, name, at + 1, known, given.length === 1));
  }
  element("status").textContent = counted(chrome.verified, given.length);
  if (sections.length > 1) {
    results.append(
      make(
        "ol",
        { class: "answers-list" },
        sections.map(({ dataset, id }, at) =>
          make(
            "li",
            {},
            state(STATE[dataset.answer], dataset.answer, words.opening[dataset.answer]),
            " ",
            make("a", { href: `#${id}` }, given[at].name),
          ),
        ),
      ),
    );
  }
  results.append(...sections);
  results.dataset.done = String(given.length);
  results.focus({ preventScroll: true });
  results.scrollIntoView();
}

element("form").addEventListener("submit", answer);
element("file").addEventListener("change", () => {
  if (element("file").files.length) answer();
});
document.documentElement.dataset.ready = String((await openData(presentInstant())) !== null);
