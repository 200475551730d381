"""Whether bytes are a picture of the kinds that Open Badges allows: PNG or SVG (work group, 9 April 2020).

For the pictures that *name* a badge or its issuer (``image`` of a BadgeClass, a Profile, an Assertion), which are of
strangers and prove nothing: only what a viewer needs is asked. Pixels are never inflated, entities never expanded,
nothing is fetched. A file that carries a badge is held to far more by :mod:`.png` and :mod:`.svg`.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from struct import Struct
from typing import Literal, NoReturn
from urllib.parse import unquote_to_bytes
from xml.parsers import expat
from zlib import crc32

from badges.errors import DocumentInvalid

Format = Literal["PNG", "SVG"]

MAX_IMAGE = 2 * 1024 * 1024
MAX_CHUNKS = 10_000
MAX_ENTITIES = 100
"""Drawing programs of the 2000s declare a dozen."""

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK = Struct(">I4s")
_SIZE = Struct(">II")
_CRC = Struct(">I")
_SVG = ("http://www.w3.org/2000/svg svg", "svg")
_OTHERS = {b"\xff\xd8\xff": "a JPEG", b"GIF8": "a GIF", b"RIFF": "a WebP", b"%PDF": "a PDF", b"BM": "a bitmap"}
_DATA = re.compile(r"data:image/(?:png|svg\+xml)((?:;[^;,]*)*),", re.IGNORECASE)


def format_of(data: bytes) -> Format:
    """What kind of picture these bytes are.

    :raises DocumentInvalid: ``not_image``, for anything that is not a whole PNG or a well-formed SVG
    """
    if len(data) > MAX_IMAGE:
        _refuse(f"{len(data)} bytes, more than {MAX_IMAGE}")
    if data.startswith(_PNG):
        _walk(data)
        return "PNG"
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        _parse(data)
        return "SVG"
    return _refuse(next((name for start, name in _OTHERS.items() if data.startswith(start)), "something else"))


def format_of_data(address: str) -> Format:
    """The same of a ``data:`` URI, whose type says PNG or SVG already.

    :raises DocumentInvalid: ``not_image``
    """
    begun = _DATA.match(address)
    if begun is None:
        _refuse("a data URI of another type")
    text = unquote_to_bytes(address[begun.end() :])
    if not begun[1].lower().endswith(";base64"):
        return format_of(text)
    try:
        return format_of(a2b_base64(text))
    except Base64Error:
        _refuse("no base64")


def _walk(data: bytes) -> None:
    """From IHDR to IEND, chunk by chunk; the CRC of those without which nothing can be shown."""
    position, count = len(_PNG), 0
    seen: set[bytes] = set()
    while b"IEND" not in seen:
        if position + 12 > len(data) or count == MAX_CHUNKS:
            _refuse("a PNG cut before its end")
        length, kind = _CHUNK.unpack_from(data, position)
        start, end = position + 8, position + 8 + length
        if end + 4 > len(data):
            _refuse("a PNG cut before its end")
        if kind[:1].isupper() and crc32(memoryview(data)[position + 4 : end]) != _CRC.unpack_from(data, end)[0]:
            _refuse("a damaged PNG")
        if not seen and (kind != b"IHDR" or length != 13 or 0 in _SIZE.unpack_from(data, start)):
            _refuse("a PNG without its size")
        seen.add(kind)
        position, count = end + 4, count + 1
    if b"IDAT" not in seen:
        _refuse("a PNG without a picture")


def _parse(data: bytes) -> None:
    """Well-formed from end to end, and ``svg`` outermost. A page is often well-formed too: its root is ``html``."""
    roots: list[str] = []
    entities = 0

    def start(name: str, _attributes: object) -> None:
        if not roots:
            roots.append(name)
            if name not in _SVG:
                _refuse(f"XML of {name[:80]}")

    def entity(_name: str, _parameter: int, value: str | None, *_: object) -> None:
        nonlocal entities
        entities += 1
        if value is None or "&" in value or "%" in value or len(value) > 1000 or entities > MAX_ENTITIES:
            _refuse("an SVG whose entities lead elsewhere")

    parser = expat.ParserCreate(None, " ")
    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity
    parser.DefaultHandler = lambda _text: None  # entities in the text stay as they are
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        _refuse(f"no well-formed XML ({type(error).__name__})")


def _refuse(found: str) -> NoReturn:
    raise DocumentInvalid(f"expected a PNG or an SVG, found {found}", code="not_image")
