"""What a picture carries: one text, and the form in which it was found. Shared by PNG and SVG."""

from __future__ import annotations

from typing import Literal, NamedTuple

from badges.errors import CarrierRefused

MAX_TEXT = 256 * 1024
"""Bytes of UTF-8: the largest hosted Assertion we read; a signed one is a token of 64 KiB at most."""


class Carrier(NamedTuple):
    """A compact JWS, the JSON of a hosted Assertion, or (legacy) its address: nothing is known of it yet.

    ``form`` is the PNG chunk, or the place in the SVG element, that held the text.
    """

    text: str
    form: Literal["iTXt", "tEXt", "verify", "body"]


def encode_text(text: str, code: str) -> bytes:
    """UTF-8 of a text fit to be baked.

    :raises CarrierRefused: with ``code`` when it is empty, too long, or holds NUL or half a surrogate pair
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        raise CarrierRefused("expected Unicode text to bake, found half a surrogate pair", code=code) from None
    if not data or len(data) > MAX_TEXT or b"\0" in data:
        raise CarrierRefused(f"expected 1 to {MAX_TEXT} bytes without NUL to bake, found {len(data)}", code=code)
    return data
