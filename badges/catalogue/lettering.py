"""Letters as data: outlines and small bitmaps of an open font, so that nothing here needs a font file at run time.

``lettering.json`` was cut once from Atkinson Hyperlegible Next and Mono (SIL Open Font License 1.1, in the file's
``licence``) by ``artwork.cut_letters``: outlines in font units for drawings, bitmaps in the strip's own palette.
Start with ``Face.outline``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("lettering.json")

_SAME_LETTER = str.maketrans({"\u202f": "\u00a0", "'": "’"})


@dataclass(frozen=True)
class Face:
    """The outlines of one face: glyph → (advance, contours), a contour being x, y and relative path commands."""

    units: int
    glyphs: dict[str, tuple[int, list[tuple[int, int, str]]]]
    kerning: dict[str, int]

    def width(self, text: str, size: float, spacing: float = 0) -> float:
        """The advance of ``text`` set at ``size`` pixels, with ``spacing`` pixels after each letter but the last."""
        return sum(step for _, step in self._set(text)) * size / self.units + spacing * (len(text) - 1)

    def outline(self, text: str, size: float, x: float, y: float, spacing: float = 0) -> str:
        """An SVG ``d`` and its ``transform`` for ``text`` starting at (x, y), the baseline: see ``path``."""
        commands, pen, extra = [], 0, round(spacing * self.units / size)
        for glyph, step in self._set(text):
            commands += [f"M{pen + left} {up}{rest}" for left, up, rest in self.glyphs[glyph][1]]
            pen += step + extra
        scale = f"{size / self.units:g}"
        return f'transform="translate({x:g} {y:g}) scale({scale} -{scale})" d="{"".join(commands)}"'

    def _set(self, text: str) -> list[tuple[str, int]]:
        text = text.translate(_SAME_LETTER)
        letters = [letter if letter in self.glyphs else "?" for letter in text]
        pairs = [first + second for first, second in zip(letters, [*letters, ""][1:], strict=True)]
        return [
            (letter, self.glyphs[letter][0] + self.kerning.get(pair, 0))
            for letter, pair in zip(letters, pairs, strict=True)
        ]


@dataclass(frozen=True)
class Bitmaps:
    """One size of one face as rows of hexadecimal digits, a digit per pixel (palette indexes of the strip)."""

    height: int
    baseline: int
    glyphs: dict[str, list[str]]

    def width(self, text: str) -> int:
        return sum(len(self._rows(letter)[0]) for letter in text)

    def rows(self, text: str) -> list[str]:
        """The pixel rows of ``text``, digits side by side."""
        columns = [self._rows(letter) for letter in text]
        return ["".join(column[row] for column in columns) for row in range(self.height)]

    def _rows(self, letter: str) -> list[str]:
        return self.glyphs.get(letter) or self.glyphs["?"]


@dataclass(frozen=True)
class Lettering:
    faces: dict[str, Face]
    bitmaps: dict[str, Bitmaps]


@cache
def lettering() -> Lettering:
    """The committed letters, read when first drawn with: ``bold``, ``medium``, ``mono``; bitmaps ``code``, ``text``."""
    data: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return Lettering(
        faces={name: Face(**face) for name, face in data["faces"].items()},
        bitmaps={name: Bitmaps(**bitmaps) for name, bitmaps in data["bitmaps"].items()},
    )
