"""What was given: bytes of a form that nobody announced, told by their beginning and never by a file's name."""

from __future__ import annotations

import re
from typing import Literal

from ..addresses import parse_code
from ..openbadges.primitives import is_of_the_web

Form = Literal["png", "svg", "token", "json", "address", "pdf", "photo", "code", "empty", "unrecognised"]

NOT_A_BADGE_YET = frozenset(("address", "pdf", "photo", "code", "empty", "unrecognised"))
"""What the answer of an address may not be."""

_TOKEN = re.compile(rb"[^\s.<>{]+\.[^\s.<>{]*\.[^\s.<>{]*")
_ALONE = re.compile(rb"\[\s*\{")
"""A document alone in an array, as expanded JSON-LD is written."""
_MAX_ADDRESS = 2048
_MAX_CODE = 24
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif"))


def form_of(data: bytes) -> Form:
    """The form, before anything in it is believed: a file that only looks like a badge is refused by its reader."""
    if data[1:4] == b"PNG" or data[12:16] == b"IHDR":  # even with its signature damaged
        return "png"
    if data.startswith(b"%PDF-"):
        return "pdf"
    text = data.strip()
    if not text:
        return "empty"
    if text.startswith(b"{") or _ALONE.match(text):
        return "json"
    if text.startswith((b"<", b"\xef\xbb\xbf<")):
        return "svg" if b"<svg" in text[:65536] or b":svg" in text[:65536] else "unrecognised"
    if text[:8].lower().startswith((b"https://", b"http://")):
        whole = len(text) <= _MAX_ADDRESS and not any(byte <= 0x20 for byte in text)
        return "address" if whole else "unrecognised"
    if _TOKEN.fullmatch(text):
        return "token"
    if photo_format(data):
        return "photo"
    is_code = len(text) <= _MAX_CODE and text.isascii() and parse_code(text.decode())
    return "code" if is_code else "unrecognised"


def photo_format(data: bytes) -> str | None:
    """The name of a format of pictures that no badge is ever put in, and that telephones and messaging apps make."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"GIF8"):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    return "HEIC" if data[4:8] == b"ftyp" and data[8:12] in _HEIC else None


_RECEIPT = b"eyJ0eXBlIjoiVmVyaWZpY2F0aW9uUmVjZWlw"
"""How the payload of a receipt of ours begins: ``{"type":"VerificationReceip`` in base64url."""


def is_receipt(data: bytes) -> bool:
    """Whether these bytes claim to be a receipt (:mod:`.receipt`), told from a badge without decoding anything."""
    head, dot, payload = data[:4096].lstrip().partition(b".")
    return bool(dot) and head.startswith(b"eyJ") and payload.startswith(_RECEIPT)


def form_of_carried(text: str) -> Form:
    """The same for what a picture carries: anything but another picture."""
    if text.startswith("eyJ"):  # `{"` in base64url: how every JOSE header begins
        return "token"
    if text.startswith("{") or _ALONE.match(text[:80].encode()):
        return "json"
    if is_of_the_web(text):
        return "address"
    return "token" if text.isascii() and text.count(".") == 2 else "unrecognised"
