"""Which badge a picture was made for, and with which art: told beside the verdict, never part of it.

The art of one badge is the same bytes in every award of it. Those met before are known again by comparing bytes, ten
times faster than hashing them anew; what is not known is read by :mod:`badges.catalogue.marks`.
"""

from __future__ import annotations

from typing import NamedTuple

from ..catalogue.marks import read_mark_of, read_picture

_AFTER_HEADER = 33
"""Signature, then IHDR: where the token's chunk begins in an awarded picture."""

_REMEMBERED = 128


class _Place(NamedTuple):
    """Where the art stands, from its palette to the end of its data; the strip's chunk begins at ``end``."""

    start: int
    end: int


class Pictures:
    """Reads pictures whose every CRC was verified; remembers 128 arts, 8 MB of them."""

    def __init__(self) -> None:
        self._arts: dict[tuple[int, bytes], tuple[bytes, str]] = {}

    def read(self, png: bytes) -> tuple[str | None, str | None]:
        """The code that the picture was made for, and the digest of its art; None for what is not one of ours."""
        place = _place_of_art(png)
        if place is None:
            return read_picture(png)
        name = (place.end - place.start, png[place.end - 4 : place.end])
        known = self._arts.get(name)
        if known is not None and png.startswith(known[0], place.start):
            return read_mark_of(png[place.end + 8 : _after(png, place.end) - 4]), known[1]
        mark, digest = read_picture(png)
        if digest is not None:
            if len(self._arts) >= _REMEMBERED:
                self._arts.clear()
            self._arts[name] = (png[place.start : place.end], digest)
        return mark, digest


def _place_of_art(png: bytes) -> _Place | None:
    """In the order in which our pictures are written: token, palette, art, strip, end."""
    start = _after(png, _AFTER_HEADER)
    art = _after(png, start)
    end = _after(png, art)
    last = _after(png, end)
    kinds = (png[37:41], png[start + 4 : start + 8], png[art + 4 : art + 8], png[end + 4 : end + 8])
    if kinds != (b"iTXt", b"PLTE", b"IDAT", b"IDAT") or png[last + 4 :] != b"IEND\xaeB`\x82":
        return None
    return _Place(start, end)


def _after(png: bytes, at: int) -> int:
    """Where the chunk after the one at ``at`` begins."""
    return at + 12 + int.from_bytes(png[at : at + 4], "big")
