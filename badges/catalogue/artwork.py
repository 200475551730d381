"""Drawing: pictures made from each badge's own data, at development time only. Pillow and resvg live here.

Start with ``draw_all``. Nothing that runs in service imports this module: pictures are committed with their digests
in ``criteria/PICTURES``, because another version of a renderer may change bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import Any

import resvg_py
from PIL import Image

from badges.addresses import CODE_ALPHABET
from badges.catalogue import lettering
from badges.catalogue.library import Catalogue, Entry
from badges.catalogue.marks import WIDTH, art_digest
from badges.catalogue.picture import PICTURES_FILE, PictureDigests, encode_template, read_pictures, sha256
from badges.catalogue.strip import CODE_ADVANCE, CODE_SIZE, SHADES, TEXT_SIZE
from badges.catalogue.taxonomy import BADGE_KIND_LABELS, FAMILY_LABELS, LEVEL_LABELS
from badges.errors import CatalogueError

Colour = tuple[int, int, int]
PAPER, GREY, INK = SHADES[0], SHADES[3], SHADES[4]

# --- One badge --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """A family's silhouette: its outline, its colour, and how much room it leaves left and right of the middle."""

    outline: str
    colour: Colour
    half_width: Callable[[float], float]


def _half_disc(y: float) -> float:
    return sqrt(max(0, 253**2 - (y - 283) ** 2))


def _half_hexagon(y: float) -> float:
    return min(232, max(0, (254 - abs(y - 284)) * 232 / 128))


def _half_shield(y: float) -> float:
    return 238 if y < 290 else 238 * sqrt(max(0, 1 - ((y - 290) / 258) ** 2))


SHAPES = {
    "permanents": Shape(
        "M62 32Q190 76 300 32Q410 76 538 32V282C538 412 450 500 300 542C150 500 62 412 62 282z",
        (27, 56, 104),
        _half_shield,
    ),
    "metiers-hybrides": Shape("M300 30L532 156V412L300 538L68 412V156z", (110, 42, 92), _half_hexagon),
    "techniques": Shape(
        "M108 38H492A48 48 0 0 0 540 86V480A48 48 0 0 0 492 528H108A48 48 0 0 0 60 480V86A48 48 0 0 0 108 38z",
        (28, 100, 76),
        lambda _: 240,
    ),
    "transverses": Shape("M300 30A253 253 0 0 1 300 536A253 253 0 0 1 300 30z", (163, 78, 28), _half_disc),
}
"""Shield, hexagon, plate, disc: told apart without colour. Each colour is at least 4.5:1 on paper (a test says so)."""

PICTOGRAM_SIZE, PICTOGRAM_MIDDLE = 201, 156
TITLE_TOP, TITLE_BOTTOM = 260, 425
RIBBON_TOP, RIBBON_BOTTOM = 434, 502
RIBBON_LEFT, TAIL_LEFT, TAIL_DROP = 46, 10, 20


@dataclass(frozen=True)
class Subject:
    """What a picture is drawn from: facts of the badge, nothing else."""

    slug: str
    version: str
    title: str
    family: str
    level: int
    kind: str
    alt: str
    icon: str

    @classmethod
    def of(cls, entry: Entry) -> Subject:
        badge = entry.definition
        return cls(
            slug=badge.slug,
            version=badge.version,
            title=badge.title,
            family=badge.family,
            level=badge.level,
            kind=badge.kind,
            alt=entry.around.picture_alt,
            icon=entry.around.picture_icon,
        )


def draw(badge: Subject) -> str:
    """The badge as an SVG of 600 by 600 that needs no font: the same facts always give the same bytes."""
    shape = SHAPES[badge.family]
    colour, paper = _hex(shape.colour), _hex(PAPER)
    scale = PICTOGRAM_SIZE / 24
    rim = f'stroke="{paper}" stroke-width="5" stroke-linejoin="round" d="{shape.outline}"'
    if badge.kind == "participation":  # stitched instead of drawn: seen in greyscale too
        rim += ' stroke-linecap="round" stroke-dasharray="1 14"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{WIDTH}" viewBox="0 0 {WIDTH} {WIDTH}"'
            f' role="img" aria-labelledby="{badge.slug}-title {badge.slug}-text">',
            f'<title id="{badge.slug}-title">{escape(badge.title)}</title>',
            f'<desc id="{badge.slug}-text">{escape(badge.alt)}</desc>',
            f'<path fill="{paper}" d="M0 0h{WIDTH}v{WIDTH}H0z"/>',
            f'<path fill="{colour}" stroke="{colour}" stroke-width="32" stroke-linejoin="round" d="{shape.outline}"/>',
            f'<path fill="none" {rim}/>',
            f'<path fill="none" stroke="{paper}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
            f' transform="translate({WIDTH / 2 - 12 * scale:g} {PICTOGRAM_MIDDLE - 12 * scale:g}) scale({scale:g})"'
            f' d="{_pictogram(badge)}"/>',
            *_title(badge.title, shape),
            *_ribbon(badge.level, shape),
            _footer(badge),
            "</svg>\n",
        )
    )


def _title(title: str, shape: Shape) -> list[str]:
    bold = lettering.lettering().faces["bold"]
    size, lines = _set_title(title, shape)
    leading = _leading(size)
    baseline = (TITLE_TOP + TITLE_BOTTOM - leading * (len(lines) - 1)) / 2 + size * 0.34
    return [
        f'<path fill="{_hex(PAPER)}" {bold.outline(line, size, _centred(line, size), round(baseline + leading * at))}/>'
        for at, line in enumerate(lines)
    ]


def _set_title(title: str, shape: Shape) -> tuple[int, list[str]]:
    """The size and the lines that look best: large, even, at most three, none ending on a small word, all inside."""
    bold = lettering.lettering().faces["bold"]
    words = title.replace(" :", "\u00a0:").split(" ")
    cuts = [cut for number in range(3) for cut in combinations(range(1, len(words)), number)]
    found = []
    for cut in cuts:
        lines = [" ".join(words[a:b]) for a, b in zip((0, *cut), (*cut, len(words)), strict=True)]
        lengths = [bold.width(line, 1) for line in lines]
        hanging = sum(line.split(" ")[-1] in _SMALL_WORDS for line in lines[:-1])
        for size in range(44, 27, -1):
            rooms = _rooms(len(lines), size, shape)
            if all(length * size <= room for length, room in zip(lengths, rooms, strict=True)):
                uneven = size * sum(max(lengths) - length for length in lengths)
                found.append((uneven + 170 * hanging + 20 * len(lines) + 60 * (44 - size), size, lines))
                break
    if not found:
        raise CatalogueError(
            f"Attendu : un titre qui tient en trois lignes sur l’image ; trouvé : « {title} ».",
            advice="Raccourcissez le titre.",
        )
    return min(found)[1:]


_SMALL_WORDS = {"à", "au", "aux", "d’un", "d’une", "de", "des", "du", "en", "et", "la", "le", "les", "un", "une"}


def _rooms(lines: int, size: int, shape: Shape) -> list[float]:
    """How wide each line may be, at its narrower edge, with a margin from the rim."""
    first = (TITLE_TOP + TITLE_BOTTOM - _leading(size) * (lines - 1)) / 2
    middles = [first + _leading(size) * at for at in range(lines)]
    return [2 * min(shape.half_width(y - size / 3), shape.half_width(y + size / 3)) - 52 for y in middles]


def _leading(size: int) -> int:
    return round(size * 1.16)


def _ribbon(level: int, shape: Shape) -> list[str]:
    """The level in words, and as many dots of four as it counts, for whoever sees the picture small."""
    bold, words, size = lettering.lettering().faces["bold"], LEVEL_LABELS[level].fr, 34
    step, gap, middle = 22, 22, (RIBBON_TOP + RIBBON_BOTTOM) / 2
    dots = 4 * step - 6
    left = round((WIDTH - dots - gap - bold.width(words, size)) / 2)
    colour, ink = _hex(shape.colour), _hex(INK)
    filled = f'r="8" fill="{ink}"'
    empty = f'r="6.5" fill="none" stroke="{ink}" stroke-width="3"'
    return [
        f'<g stroke="{colour}" stroke-width="6" stroke-linejoin="round">',
        _tail(shape),
        f'<g transform="translate({WIDTH} 0) scale(-1 1)">{_tail(shape)}</g>',
        f'<path fill="{_hex(PAPER)}" d="M{RIBBON_LEFT} {RIBBON_TOP}H{WIDTH - RIBBON_LEFT}V{RIBBON_BOTTOM}'
        f'H{RIBBON_LEFT}z"/>',
        "</g>",
        *(
            f'<circle cx="{left + 8 + step * at}" cy="{middle:g}" {filled if at < level else empty}/>'
            for at in range(4)
        ),
        f'<path fill="{ink}" {bold.outline(words, size, left + dots + gap, round(middle + size * 0.34))}/>',
    ]


def _tail(shape: Shape) -> str:
    """The left end of the ribbon, folded behind it: a swallow tail, and a dark fold that means "behind"."""
    top, bottom, fold = RIBBON_TOP + TAIL_DROP, RIBBON_BOTTOM + TAIL_DROP, RIBBON_LEFT + 44
    light, dark = _hex(_between(PAPER, shape.colour, 3 / 6)), _hex(shape.colour)
    return (
        f'<path fill="{light}" d="M{TAIL_LEFT} {top}H{fold}V{bottom}H{TAIL_LEFT}'
        f'L{TAIL_LEFT + 22} {(top + bottom) // 2}z"/>'
        f'<path fill="{dark}" d="M{RIBBON_LEFT} {RIBBON_BOTTOM}H{fold}V{bottom}z"/>'
    )


def _footer(badge: Subject) -> str:
    medium, size = lettering.lettering().faces["medium"], 19
    words = [FAMILY_LABELS[badge.family].fr, BADGE_KIND_LABELS[badge.kind].fr]
    words.append(f"{'Proposition' if badge.version.startswith('0.') else 'Version'} {badge.version.removesuffix('.0')}")
    line = " · ".join(words)
    left = (WIDTH - medium.width(line, size)) / 2
    return f'<path fill="{_hex(GREY)}" {medium.outline(line, size, round(left, 1), 583)}/>'


def _centred(line: str, size: float) -> float:
    return round((WIDTH - lettering.lettering().faces["bold"].width(line, size)) / 2, 1)


PICTOGRAMS = Path(__file__).with_name("pictograms.json")


def pictograms() -> dict[str, str]:
    """Name → path, 24 units square with a stroke of 2. One open set for all, its licence in the file."""
    found: dict[str, str] = json.loads(PICTOGRAMS.read_text(encoding="utf-8"))["pictograms"]
    return found


def _pictogram(badge: Subject) -> str:
    known = pictograms()
    if (icon := badge.icon or "rosette") not in known:
        raise CatalogueError(
            f"Attendu : un pictogramme de {PICTOGRAMS.name} ; trouvé : « {icon} » pour {badge.slug}.",
            advice=f"Choisissez parmi : {', '.join(known)}. Pour un autre, ajoutez-le à ce fichier.",
        )
    return known[icon]


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


# --- Pixels -----------------------------------------------------------------------------------------------------


def render(svg: str, family: str) -> bytes:
    """The template PNG of a drawing: every pixel becomes the nearest of sixteen colours known beforehand."""
    palette = palette_of(family)
    rgb = _pixels(svg, "RGB")
    pixels = list(zip(rgb[0::3], rgb[1::3], rgb[2::3], strict=True))
    nearest = {seen: _nearest(seen, palette) for seen in set(pixels)}
    digits = "".join(f"{nearest[pixel]:x}" for pixel in pixels)
    return encode_template(palette, bytes.fromhex(digits), len(pixels) // WIDTH)


def palette_of(family: str) -> list[Colour]:
    """The strip's shades, the family's colour, and what edges between them are smoothed with."""
    colour = SHAPES[family].colour
    blends = [_between(PAPER, colour, part) for part in (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6)]
    return [*SHADES, colour, *blends]


def _between(one: Colour, other: Colour, part: float) -> Colour:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _nearest(seen: Colour, palette: list[Colour]) -> int:
    return min(range(len(palette)), key=lambda at: sum((a - b) ** 2 for a, b in zip(seen, palette[at], strict=True)))


def _pixels(svg: str, mode: str) -> bytes:
    """An SVG drawn without any font, as raw pixels of a Pillow mode."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    return Image.open(io.BytesIO(png)).convert(mode).tobytes()


# --- All of them ------------------------------------------------------------------------------------------------


def draw_all(criteria: Path) -> list[PictureDigests]:
    """Draws every version in a folder of criteria: its two files, and its line of ``PICTURES``.

    A drawing that did not change keeps its PNG, whatever renderer is at hand: its art was awarded, and the digest of
    that art is relied upon.
    """
    known, lines = read_pictures(criteria), []
    for entry in Catalogue.open(criteria).entries():
        subject, svg_file, png_file = Subject.of(entry), entry.folder / "picture.svg", entry.folder / "picture.png"
        svg = draw(subject).encode()
        line = known.get((entry.slug, entry.version))
        if not (line and line.svg == sha256(svg) and png_file.exists() and line.png == sha256(png_file.read_bytes())):
            png = render(svg.decode(), subject.family)
            line = PictureDigests(entry.slug, entry.version, sha256(svg), sha256(png), art_digest(png) or "")
            svg_file.write_bytes(svg)
            png_file.write_bytes(png)
        lines.append(line)
    (criteria / PICTURES_FILE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return lines


def sheet(criteria: Path, size: int = 300, columns: int = 8, grey: bool = False) -> bytes:
    """All pictures of a folder side by side, as a PNG: for eyes."""
    pictures = [entry.folder / "picture.png" for entry in Catalogue.open(criteria).entries()]
    gap = size // 12
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * (size + gap) + gap, rows * (size + gap) + gap), (226, 224, 219))
    for number, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
        whole.paste(small, (gap + number % columns * (size + gap), gap + number // columns * (size + gap)))
    saved = io.BytesIO()
    (whole.convert("L") if grey else whole).save(saved, "PNG")
    return saved.getvalue()


# --- Letters, cut once ------------------------------------------------------------------------------------------

_LETTERS = "".join(chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x100)] if code != 0xAD) + "œŒŸ’‘“”–—…•€"
_LINE_LETTERS = "".join(letter for letter in _LETTERS if " " <= letter <= "~") + "àâçéèêëîïôùûüœÉÈÀÇ’«»–…·"
_ADDRESS_LETTERS = "".join(letter for letter in _LETTERS if " " <= letter <= "~" and not letter.isupper()) + "Vé…"


def cut_letters(fonts: Path, licence: str) -> str:
    """The text of ``lettering.json`` from a folder of Atkinson Hyperlegible ``.woff`` files (static weights).

    Done once, and again only if the font is changed: fontTools is needed here and nowhere else.
    """
    from fontTools.ttLib import TTFont

    def font(face: str, weight: int) -> Any:
        return TTFont(next(fonts.rglob(f"atkinson-hyperlegible-{face}-latin-{weight}-normal.woff")))

    faces = {
        "bold": _cut_face(font("next", 700), _LETTERS),
        "medium": _cut_face(font("next", 500), _LINE_LETTERS) | {"kerning": {}},
        "mono": _cut_face(font("mono", 700), CODE_ALPHABET + "-?"),
    }
    drawn = {name: lettering.Face(**face) for name, face in faces.items()}
    bitmaps = {
        "code": _cut_bitmaps(drawn["mono"], CODE_ALPHABET + "?", size=CODE_SIZE, advance=CODE_ADVANCE),
        "text": _cut_bitmaps(drawn["medium"], _ADDRESS_LETTERS, size=TEXT_SIZE),
    }
    return _a_line_each({"licence": licence, "faces": faces, "bitmaps": bitmaps})


def _cut_face(font: Any, letters: str) -> dict[str, Any]:
    from fontTools.pens.basePen import BasePen

    class RelativePen(BasePen):  # type: ignore[misc]
        """Contours as x, y and relative commands in whole units, so that a glyph is moved by its two numbers."""

        def __init__(self, glyph_set: Any) -> None:
            super().__init__(glyph_set)
            self.contours: list[tuple[int, int, str]] = []

        def _moveTo(self, point: Any) -> None:  # noqa: N802
            self.start = self.at = _whole(point)
            self.commands = ""

        def _lineTo(self, point: Any) -> None:  # noqa: N802
            self._add("l", point)

        def _qCurveToOne(self, control: Any, point: Any) -> None:  # noqa: N802
            self._add("q", control, point)

        def _closePath(self) -> None:  # noqa: N802
            self.contours.append((*self.start, self.commands + "z"))

        def _add(self, command: str, *points: Any) -> None:
            near = [(x - self.at[0], y - self.at[1]) for x, y in map(_whole, points)]
            self.commands += command + " ".join(f"{x} {y}" for x, y in near)
            self.at = _whole(points[-1])

    names, glyph_set = font.getBestCmap(), font.getGlyphSet()
    glyphs = {}
    for letter in (letter for letter in letters if ord(letter) in names):
        pen = RelativePen(glyph_set)
        glyph_set[names[ord(letter)]].draw(pen)
        glyphs[letter] = (font["hmtx"][names[ord(letter)]][0], pen.contours)
    return {"units": font["head"].unitsPerEm, "glyphs": glyphs, "kerning": _kerning(font, letters)}


def _whole(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _kerning(font: Any, letters: str) -> dict[str, int]:
    """The pairs of ``letters`` that the font moves (GPOS, pair adjustment): the first table that knows wins."""
    glyphs = {font.getBestCmap().get(ord(letter)): letter for letter in letters}
    pairs: dict[str, int] = {}
    if "GPOS" not in font:
        return pairs
    for table in (t for lookup in font["GPOS"].table.LookupList.Lookup for t in lookup.SubTable):
        if type(table).__name__ not in ("PairPos", "PairPosFormat1", "PairPosFormat2", "PairPos1", "PairPos2"):
            continue
        for place, first in enumerate(table.Coverage.glyphs):
            if first not in glyphs:
                continue
            if table.Format == 1:
                moves = {r.SecondGlyph: r.Value1 for r in table.PairSet[place].PairValueRecord}
            else:
                row = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)].Class2Record
                moves = {glyph: row[table.ClassDef2.classDefs.get(glyph, 0)].Value1 for glyph in glyphs}
            for second in moves.keys() & glyphs.keys():
                move = getattr(moves[second], "XAdvance", 0) if moves[second] else 0
                pairs.setdefault(glyphs[first] + glyphs[second], move)
    return {pair: move for pair, move in sorted(pairs.items()) if abs(move) >= 8}


def _cut_bitmaps(face: lettering.Face, letters: str, size: float, advance: int | None = None) -> dict[str, Any]:
    """Each letter rendered alone in the strip's five shades; all cropped to the rows that any of them inks."""
    above, below = round(size), round(size * 0.35)
    shades = "43210"  # palette indexes of ink … paper, see strip.SHADES
    drawn = {}
    for letter in letters:
        width = advance or max(1, round(face.width(letter, size)))
        left = (width - face.width(letter, size)) / 2
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{above + below}">'
            f'<rect width="100%" height="100%" fill="#fff"/><path {face.outline(letter, size, left, above)}/></svg>'
        )
        grey = _pixels(svg, "L")
        digits = "".join(shades[min(4, round(value / 64))] for value in grey)
        drawn[letter] = [digits[row : row + width] for row in range(0, len(digits), width)]
    inked = [row for row in range(above + below) if any(glyph[row].strip("0") for glyph in drawn.values())]
    top, bottom = inked[0], inked[-1] + 1
    return {
        "height": bottom - top,
        "baseline": above - top,
        "glyphs": {letter: rows[top:bottom] for letter, rows in drawn.items()},
    }


def _a_line_each(data: Any, depth: int = 4) -> str:
    """JSON with one glyph on a line: a change of one letter shows as one line in a review."""

    def write(value: Any, level: int) -> str:
        if not isinstance(value, dict) or level == depth:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        items = (f"{json.dumps(key, ensure_ascii=False)}: {write(item, level + 1)}" for key, item in value.items())
        return "{\n" + ",\n".join(items) + "\n}"

    return write(data, 0) + "\n"
