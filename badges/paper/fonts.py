"""The letters of our papers: open fonts carried by the package, never those of the machine, so that bytes never change.

Atkinson Hyperlegible Next and Mono as they are published; Vazirmatn for Arabic letters, and Noto Sans for Greek,
Cyrillic and Vietnamese names, cut to those letters. All under the SIL Open Font License 1.1 (``fonts/LICENSE``).
``fonts/letters.json`` says which letters these files can print: see :func:`printable`.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("fonts")
LETTERS = FOLDER / "letters.json"

UNKNOWN = "\ufffd"
"""Stands for a letter that no font of ours has: the reader sees that one is missing."""

_SPACES = {"\t", "\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"}


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.ttf"))


def printable(text: str) -> str:
    """The text as it can be printed: composed, on one line, without marks that change the direction of others.

    A letter that no font has becomes ``UNKNOWN``. A standard for archives refuses a file in which one is missing, and
    an override of direction could make a code or a name read backwards.
    """
    known = _letters()
    out = []
    for letter in unicodedata.normalize("NFC", text):
        if letter in _SPACES:
            out.append(" ")
        elif unicodedata.category(letter) == "Cc" or letter in _DIRECTIONS:
            continue
        else:
            out.append(letter if ord(letter) in known else UNKNOWN)
    return "".join(out)


_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2060\u00ad")


@cache
def _letters() -> frozenset[int]:
    ranges: list[list[int]] = json.loads(LETTERS.read_text("utf-8"))
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


# --- Cut once ---------------------------------------------------------------------------------------------------

_ARABIC = [
    (0x0600, 0x06FF), (0x0750, 0x077F), (0x200C, 0x200D), (0x25CC, 0x25CC), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF),
]  # fmt: skip
_OTHERS = [
    (0x20, 0x7E), (0xA0, 0xA0), (0x01A0, 0x01A1), (0x01AF, 0x01B0), (0x0300, 0x036F), (0x0370, 0x03FF),
    (0x0400, 0x045F), (0x0490, 0x0491), (0x1E80, 0x1EF9), (0x2000, 0x2015), (0x2018, 0x2026), (0x202F, 0x202F),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0xFFFD, 0xFFFD),
]  # fmt: skip


def cut(sources: Path) -> None:
    """Write ``fonts/`` anew from a folder of ``.ttf`` files as Google Fonts publishes them.

    Done once, and again only if a font is changed: fontTools is needed here and nowhere else.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    def one(name: str) -> Path:
        return next(sources.rglob(f"{name}.ttf"))

    whole = {
        "AtkinsonHyperlegibleNext-Regular": "AtkinsonHyperlegibleNext_400Regular",
        "AtkinsonHyperlegibleNext-Bold": "AtkinsonHyperlegibleNext_700Bold",
        "AtkinsonHyperlegibleMono-Bold": "AtkinsonHyperlegibleMono_700Bold",
    }
    for name, source in whole.items():
        (FOLDER / f"{name}.ttf").write_bytes(one(source).read_bytes())
    parts = {
        "Vazirmatn-Regular": ("Vazirmatn_400Regular", _ARABIC),
        "Vazirmatn-Bold": ("Vazirmatn_700Bold", _ARABIC),
        "NotoSans-Regular": ("NotoSans_400Regular", _OTHERS),
        "NotoSans-Bold": ("NotoSans_700Bold", _OTHERS),
    }
    for name, (source, ranges) in parts.items():
        options = subset.Options(hinting=False, notdef_outline=True, recalc_timestamp=False, name_IDs=["*"])
        font = subset.load_font(str(one(source)), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
        cutter.subset(font)
        font.save(FOLDER / f"{name}.ttf")
    licences = {path.parent.name: path.read_text("utf-8") for path in sorted(sources.rglob("LICENSE_FONT"))}
    heads = [text.partition("\n")[0] for text in licences.values()]
    body = next(iter(licences.values())).partition("\n")[2]
    (FOLDER / "LICENSE").write_text("\n".join(heads) + "\n" + body, encoding="utf-8")
    codes = sorted({code for path in files() for code in TTFont(path).getBestCmap()})
    ranges_found: list[list[int]] = []
    for code in codes:
        if ranges_found and ranges_found[-1][1] == code - 1:
            ranges_found[-1][1] = code
        else:
            ranges_found.append([code, code])
    LETTERS.write_text(json.dumps(ranges_found) + "\n", encoding="utf-8")
