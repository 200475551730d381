"""What an awarded picture of ours says of itself, read from its bytes: which art it carries, which code its edge bears.

Apart from :mod:`.picture` and :mod:`.strip`, which make pictures: whoever only reads one, as every verification does,
needs none of their tables. Nothing is inflated, and CRCs are not checked here (``openbadges.png.check`` does).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import NamedTuple

from badges.addresses import CODE_ALPHABET

WIDTH = 600
"""Pixels across every picture; two pixels a byte, so a row is a filter byte and 300 more."""

ROW = 1 + WIDTH // 2
SIGNATURE = b"\x89PNG\r\n\x1a\n"
FORM = bytes([4, 3, 0, 0, 0])  # IHDR after width and height: 4 bits, palette, deflate, filters, not interlaced
FLUSHED = b"\0\0\xff\xff"
"""How the art of a template ends, so that an award can continue it."""

MARK_ROWS = 4
TICKS = {"0": "0004444000", "1": "0444444440"}  # a short or a long stitch of the perforation, ten pixels each
MARK_OF = {
    letter: bytes.fromhex("".join(TICKS[bit] for bit in format(value, "05b")))
    for value, letter in enumerate(CODE_ALPHABET)
}
_LETTER_OF = {mark: letter for letter, mark in MARK_OF.items()}
_MARK_BLOCK = struct.pack("<BHHB", 0, ROW, ROW ^ 0xFFFF, 0)
"""How every strip begins: a stored block of one row, the row's filter byte. The sixty stitches follow."""


class Parts(NamedTuple):
    """What our pictures are made of: everything before the last IDAT's data is the art."""

    height: int
    palette: bytes
    art: bytes
    last: bytes

    @classmethod
    def of(cls, png: bytes) -> Parts | None:
        """The parts of a picture in our form; None for any other."""
        chunks = list(_chunks(png))
        kinds = [kind for kind, _ in chunks if kind != b"iTXt"]
        if kinds != [b"IHDR", b"PLTE", b"IDAT", b"IDAT", b"IEND"]:
            return None
        header, palette, art, last, _ = (data for kind, data in chunks if kind != b"iTXt")
        width, height = struct.unpack_from(">II", header) if len(header) == 13 else (0, 0)
        return cls(height, palette, art, last) if width == WIDTH and header[8:] == FORM else None

    @property
    def digest(self) -> str | None:
        """``sha256$…`` of the art alone; None when another program wrote it."""
        return "sha256$" + hashlib.sha256(self.palette + self.art).hexdigest() if self.art.endswith(FLUSHED) else None


def art_digest(png: bytes) -> str | None:
    """``sha256$…`` of the art alone: the same for a template and for every award made of it.

    None when the file is not one of ours, or no longer: a picture drawn or saved again by another program. It says
    which art a file *carries*; what was signed is the token.
    """
    parts = Parts.of(png)
    return parts.digest if parts else None


def read_mark(png: bytes) -> str | None:
    """The code that the strip was made for, read from the stored row at its edge; None when there is no such strip."""
    parts = Parts.of(png)
    return read_mark_of(parts.last) if parts else None


def read_picture(png: bytes) -> tuple[str | None, str | None]:
    """Both at once: the code of its strip (:func:`read_mark`) and the digest of its art (:func:`art_digest`)."""
    parts = Parts.of(png)
    return (read_mark_of(parts.last), parts.digest) if parts else (None, None)


def read_mark_of(compressed: bytes) -> str | None:
    """The code that a strip's compressed data says at its edge, without inflating anything; None if it is no strip."""
    start = len(_MARK_BLOCK)
    if not compressed.startswith(_MARK_BLOCK) or len(compressed) < start + ROW - 1:
        return None
    letters = [_LETTER_OF.get(compressed[at : at + 25]) for at in range(start, start + ROW - 1, 25)]
    return "".join(letter for letter in letters if letter) if all(letters) else None


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while png.startswith(SIGNATURE) and at + 12 <= len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if at + 12 + size > len(png):
            return
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size
