"""What was given: bytes of a form that nobody announced, told by their beginning and never by a file's name."""

from __future__ import annotations

import re
from typing import Literal

Form = Literal["png", "svg", "token", "json", "address", "empty", "unrecognised"]

_TOKEN = re.compile(rb"[^\s.<>{]+\.[^\s.<>{]*\.[^\s.<>{]*")
_MAX_ADDRESS = 2048


def form_of(data: bytes) -> Form:
    """The form, before anything in it is believed: a file that only looks like a badge is refused by its reader."""
    if data[1:4] == b"PNG" or data[12:16] == b"IHDR":  # even with its signature damaged
        return "png"
    text = data.strip()
    if not text:
        return "empty"
    if text.startswith(b"{"):
        return "json"
    if text.startswith((b"<", b"\xef\xbb\xbf<")):
        return "svg" if b"<svg" in text[:65536] or b":svg" in text[:65536] else "unrecognised"
    if text[:8].lower().startswith((b"https://", b"http://")):
        whole = len(text) <= _MAX_ADDRESS and not any(byte <= 0x20 for byte in text)
        return "address" if whole else "unrecognised"
    return "token" if _TOKEN.fullmatch(text) else "unrecognised"


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
    if text.startswith("{"):
        return "json"
    if text[:8].lower().startswith(("https://", "http://")):
        return "address"
    return "token" if text.isascii() and text.count(".") == 2 else "unrecognised"
