"""The strip under an awarded picture: its QR, its code in large letters, its edge mark. Tens of microseconds each.

Nothing is drawn for an award. At a fixed version and mask a QR symbol is affine in its data bits, so every code's
symbol is the exclusive or of precomputed ones (``QrTable``). And the strip's compressed data is mostly constant:
only the mark, the QR's rows and the code's rows change, and those lie in stored (uncompressed) deflate blocks whose
places never move; the constant blocks between them were compressed once and may repeat a row above, never depend on
one (``Strip``). Start with ``strip_for``.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter, mul

from badges.addresses import CODE_ALPHABET
from badges.catalogue.lettering import lettering
from badges.catalogue.marks import MARK_OF, MARK_ROWS, ROW, TICKS, WIDTH

PAPER, INK = 0, 4
SHADES = ((255, 253, 248), (200, 199, 195), (145, 144, 142), (89, 89, 89), (33, 33, 36))
"""The first five colours of every picture's palette, from paper to ink: what the strip is drawn with."""

LEAST_HEIGHT = 200
TEXT_SIZE, CODE_SIZE, CODE_ADVANCE = 21, 41, 26
"""In pixels, what ``artwork.cut_letters`` cuts the bitmaps at."""
QUIET = 4  # modules of paper around a QR, ISO/IEC 18004
_SIDE = 28  # pixels left of the text and right of the QR
_GROUP_GAP = 18  # pixels between the code's three groups of four
_LABEL = "Vérifier ce badge :"

# --- The QR -----------------------------------------------------------------------------------------------------

_MASK = 3
_LONGEST_VERSION = 7
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@dataclass(frozen=True)
class QrTable:
    """Every code's QR symbol for one address prefix: ``size`` rows of ``stride`` bits in one integer, dark = 1."""

    version: int
    level: str
    mode: str
    size: int
    stride: int
    base: int
    units: tuple[tuple[slice, dict[str, int]], ...]

    @classmethod
    def for_prefix(cls, prefix: str) -> QrTable:
        """Asks segno for about a hundred symbols (0.1 s), then never again.

        A prefix outside the alphanumeric set of QR (an underscore in a host name, say) takes the longer byte mode.
        Raises ValueError when the address fits no version up to 7, the largest that fits beside the code.
        """
        import segno

        mode = "alphanumeric" if set(prefix) <= set(_ALPHANUMERIC) else "byte"
        zeros = CODE_ALPHABET[0] * 12
        try:
            first = segno.make_qr(prefix + zeros, error="m", mode=mode, mask=_MASK)
        except (segno.DataOverflowError, UnicodeError) as error:
            raise ValueError(f"expected an address that fits a QR, found {prefix!r}") from error
        version, level, size = int(first.version), str(first.error), len(first.matrix)
        if version > _LONGEST_VERSION:
            raise ValueError(f"expected an address short enough for a QR of version 7, found {len(prefix)} letters")
        stride = -(-size // 8) * 8

        def symbol(code: str) -> int:
            qr = segno.make_qr(prefix + code, error=level, mode=mode, mask=_MASK, version=version, boost_error=False)
            bits = "".join("".join(map(str, row)).rjust(stride, "0") for row in qr.matrix)
            return int(bits, 2)

        base = symbol(zeros)
        starts = [(0, 12, 1)] if mode == "byte" else _pairs(len(prefix))
        units = []
        for start, stop, step in starts:
            for at in range(start, stop, step):
                place = slice(at, at + step)

                def change(text: str, place: slice = place) -> int:
                    return base ^ symbol(zeros[: place.start] + text + zeros[place.stop :])

                units.append((place, _changes_of_pairs(change) if step == 2 else _changes_of_letters(change)))
        return cls(version, level, mode, size, stride, base, tuple(units))

    def symbol(self, code: str) -> int:
        bits = self.base
        for place, changes in self.units:
            bits ^= changes[code[place]]
        return bits

    def rows(self, code: str) -> list[str]:
        """The symbol as lines of 0 and 1, for a drawing in vectors."""
        lines, step = format(self.symbol(code), f"0{self.size * self.stride}b"), self.stride
        return [lines[at + step - self.size : at + step] for at in range(0, len(lines), step)]


def _pairs(before: int) -> list[tuple[int, int, int]]:
    """How alphanumeric mode cuts the code into units: letters go two by two from the start of the whole address."""
    return [(0, 12, 2)] if before % 2 == 0 else [(0, 1, 1), (1, 11, 2), (11, 12, 1)]


def _changes_of_letters(change: Callable[[str], int]) -> dict[str, int]:
    return {letter: change(letter) for letter in CODE_ALPHABET}


def _changes_of_pairs(change: Callable[[str], int]) -> dict[str, int]:
    """A pair is 45 times the first plus the second, on 11 bits: eleven symbols give all 1,024 pairs."""
    letters = _ALPHANUMERIC
    bits = [change(letters[(1 << bit) // 45] + letters[(1 << bit) % 45]) for bit in range(11)]
    of_value = [0]
    for bit in bits:
        of_value += [known ^ bit for known in of_value]
    value = {letter: letters.index(letter) for letter in CODE_ALPHABET}
    return {a + b: of_value[45 * value[a] + value[b]] for a in CODE_ALPHABET for b in CODE_ALPHABET}


# --- The strip --------------------------------------------------------------------------------------------------

_ADLER = 65521


@dataclass(frozen=True)
class Strip:
    """All that is constant in the strips of one address prefix; ``compressed`` adds what a code changes.

    ``blocks`` are the compressed data with holes (every second item); a hole takes a stored run of pixels: the mark,
    a row of the QR, a row of the code. Adler-32 needs to know, hole by hole, how many bytes follow its places in all
    (``after``), and that a row of the QR appears ``module`` times, the pixels of a module's side; the letters of the
    code always lie in the same places, so what a pair of them adds is known beforehand (``of_pairs``).
    """

    prefix: str
    qr: QrTable
    height: int
    blocks: tuple[bytes, ...]
    order: Callable[[list[bytes]], tuple[bytes, ...]]
    after: tuple[int, ...]
    of_pairs: dict[str, tuple[int, int]]
    constant_sums: tuple[int, int]
    modules: tuple[bytes, ...]
    module: int

    def compressed(self, code: str, adler: int) -> bytes:
        """The rest of a zlib stream whose ``adler`` so far is given: the strip's rows, the last block, the checksum."""
        pixels = self._pixels(code)
        checksum = self._checksum(pixels, code, adler)
        pixels += code_rows(code)
        blocks = list(self.blocks)
        blocks[1::2] = self.order(pixels)
        blocks.append(checksum)
        return b"".join(blocks)

    def drawing(self, code: str, top: int) -> str:
        """The same strip in vectors, as one SVG group whose upper edge is at ``top``."""
        layout, faces, text = _Layout.of(self.prefix, self.qr), lettering().faces, lettering().bitmaps["text"]
        paper, ink = ("#{:02x}{:02x}{:02x}".format(*SHADES[shade]) for shade in (PAPER, INK))
        bits = "".join(format(CODE_ALPHABET.index(letter), "05b") for letter in code)
        mark = "".join(
            f"M{10 * at + TICKS[bit].index('4')} 0h{TICKS[bit].count('4')}v{MARK_ROWS}h-{TICKS[bit].count('4')}z"
            for at, bit in enumerate(bits)
        )
        modules = "".join(
            f"M{layout.qr_left + layout.module * run.start()} {layout.qr_top + layout.module * row}"
            f"h{layout.module * len(run[0])}v{layout.module}h-{layout.module * len(run[0])}z"
            for row, line in enumerate(self.qr.rows(code))
            for run in re.finditer("1+", line)
        )
        lines = [
            faces["medium"].outline(line, TEXT_SIZE, x, y + text.baseline)
            for (x, y, _), line in zip(layout.lines(), [_LABEL, *layout.address], strict=True)
        ]
        baseline = layout.code_top + lettering().bitmaps["code"].baseline
        groups = [
            faces["mono"].outline(code[at : at + 4], CODE_SIZE, _SIDE + x, baseline, spacing=0.1)
            for at, x in ((0, 0), (4, 4 * CODE_ADVANCE + _GROUP_GAP), (8, 8 * CODE_ADVANCE + 2 * _GROUP_GAP))
        ]
        return (
            f'<g transform="translate(0 {top})" fill="{ink}" role="img" aria-label="{_LABEL} {code}">\n'
            f'<path fill="{paper}" d="M0 0h{WIDTH}v{self.height}H0z"/>\n<path d="{mark}"/>\n'
            + "".join(f"<path {outline}/>\n" for outline in lines + groups)
            + f'<path shape-rendering="crispEdges" d="{modules}"/>\n</g>\n'
        )

    def _pixels(self, code: str) -> list[bytes]:
        qr, modules = self.qr, self.modules
        symbol = qr.symbol(code).to_bytes(qr.size * qr.stride // 8, "big")
        eights = iter([modules[eight] for eight in symbol])
        rows = map(b"".join, zip(*[eights] * (qr.stride // 8), strict=True))
        return [b"\0" + b"".join([MARK_OF[letter] for letter in code]), *rows]

    def _checksum(self, pixels: list[bytes], code: str, adler: int) -> bytes:
        """Adler-32 is two sums, each linear in every byte: a hole adds its own sums as often as it appears.

        The second sum weighs a byte by the number of bytes from it to the end. ``pixels`` are the mark and the QR,
        whose rows all appear as often as a module is high.
        """
        sums = [zlib.adler32(run, 0) for run in pixels]
        plain = [both & 0xFFFF for both in sums]
        of_mark, of_qr = plain[0], sum(plain[1:])
        weighed = (sum(sums[1:]) - of_qr) >> 16
        low, high = adler & 0xFFFF, adler >> 16
        high += low * self.height * ROW + self.constant_sums[1] + sum(map(mul, self.after, plain))
        high += MARK_ROWS * (sums[0] >> 16) + self.module * weighed
        low += self.constant_sums[0] + MARK_ROWS * of_mark + self.module * of_qr
        for at, left in _COLUMNS:
            of_pair = self.of_pairs[code[at : at + 2]]
            low += of_pair[0]
            high += of_pair[1] + of_pair[0] * left
        return struct.pack(">HH", high % _ADLER, low % _ADLER)


@lru_cache(maxsize=16)
def strip_for(prefix: str) -> Strip:
    """The strip of one deployment, made once per process (0.1 s). ``prefix`` is ``Addresses.short_prefix()``."""
    qr = QrTable.for_prefix(prefix)
    layout = _Layout.of(prefix, qr)
    digits = [["0"] * WIDTH for _ in range(layout.height)]
    for x, y, rows in layout.lines():
        for row, line in enumerate(rows):
            digits[y + row][x : x + len(line)] = line
    canvas = b"".join(b"\0" + bytes.fromhex("".join(row)) for row in digits)
    holes = layout.holes()
    order = sorted(range(len(holes)), key=lambda hole: holes[hole].places[0])
    modules = tuple(
        bytes.fromhex("".join(str(INK if bit == "1" else PAPER) * layout.module for bit in format(byte, "08b")))
        for byte in range(256)
    )
    sums = zlib.adler32(canvas, 0)
    after = [sum(len(canvas) - place - hole.length for place in hole.places) for hole in holes]
    drawn = 1 + qr.size
    return Strip(
        prefix=prefix,
        qr=qr,
        height=layout.height,
        blocks=_blocks(canvas, [holes[hole] for hole in order]),
        order=itemgetter(*order),
        after=tuple(after[:drawn]),
        of_pairs=_sums_of_pairs(after[drawn:]),
        constant_sums=(sums & 0xFFFF, sums >> 16),
        modules=modules,
        module=layout.module,
    )


@dataclass(frozen=True)
class _Hole:
    """A run of pixels that a code changes: where in the strip's bytes it appears (again), and how long it is."""

    places: tuple[int, ...]
    length: int


@dataclass(frozen=True)
class _Layout:
    """Where things lie in the strip, in pixels from its top left."""

    prefix: str
    qr: QrTable
    module: int
    height: int

    @classmethod
    def of(cls, prefix: str, qr: QrTable) -> _Layout:
        """The largest modules, four pixels at least, that keep the strip at its usual height."""
        modules = qr.size + 2 * QUIET
        module = max(4, LEAST_HEIGHT // modules)
        return cls(prefix, qr, module, max(LEAST_HEIGHT, modules * module))

    @property
    def qr_right(self) -> int:
        return (WIDTH - max(_SIDE, QUIET * self.module)) & ~1

    @property
    def qr_left(self) -> int:
        return self.qr_right - self.qr.size * self.module

    @property
    def qr_top(self) -> int:
        return MARK_ROWS + (self.height - MARK_ROWS - self.qr.size * self.module) // 2

    @property
    def text_right(self) -> int:
        """Where text must end: before the paper around the QR, and before the holes its rows are made in."""
        return min(self.qr_left - QUIET * self.module, self.qr_right - self.qr.stride * self.module)

    @property
    def address(self) -> list[str]:
        """The address to type, in at most three lines."""
        text, room = self.prefix.lower().split("://", 1)[-1], self.text_right - _SIDE
        lines, width = [""], lettering().bitmaps["text"].width
        for part in re.findall("[^./]*[./]?", text):  # cut after a point or a stroke, elsewhere only if need be
            for piece in [part] if width(part) <= room else part:
                if width(lines[-1] + piece) > room:
                    lines.append("")
                lines[-1] += piece
        return lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"]

    @property
    def text_top(self) -> int:
        line = lettering().bitmaps["text"].height
        return MARK_ROWS + (self.height - MARK_ROWS - (1 + len(self.address)) * line - 18 - code_height()) // 2

    @property
    def code_top(self) -> int:
        return self.text_top + (1 + len(self.address)) * lettering().bitmaps["text"].height + 18

    def lines(self) -> list[tuple[int, int, list[str]]]:
        text = lettering().bitmaps["text"]
        return [
            (_SIDE, self.text_top + number * text.height, text.rows(line))
            for number, line in enumerate([_LABEL, *self.address])
        ]

    def holes(self) -> list[_Hole]:
        """The mark, the rows of the QR, the rows of the code, as ``Strip._pixels`` makes them."""
        qr_width = self.qr.stride * self.module // 2
        qr_start = 1 + self.qr_right // 2 - qr_width
        qr_rows = [
            _Hole(
                tuple((self.qr_top + row * self.module + again) * ROW + qr_start for again in range(self.module)),
                qr_width,
            )
            for row in range(self.qr.size)
        ]
        code_width = len(code_rows(CODE_ALPHABET[:12])[0])
        code_start = self.code_top * ROW + 1 + _SIDE // 2
        return [
            _Hole(tuple(row * ROW for row in range(MARK_ROWS)), ROW),
            *qr_rows,
            *(_Hole((code_start + row * ROW,), code_width) for row in range(code_height())),
        ]


_NEVER = 0xFF  # in no row while blocks are made


def _blocks(canvas: bytes, holes: list[_Hole]) -> tuple[bytes, ...]:
    """The compressed strip, a hole at every second place: constant blocks, each ending with the next hole's header.

    While these are compressed the holes are filled with bytes that no constant part contains, so that no match can
    reach into one; where a hole's pixels come again in the rows below, a block of their own repeats them.
    """
    spare = sorted(set(range(_NEVER)) - set(canvas))
    fillings = [bytes(spare[byte % len(spare)] for byte in run) for run in _anything(holes, b"while compressing")]
    filled = _filled(canvas, holes, fillings)
    first = {hole.places[0] for hole in holes}
    blocks: list[bytes] = []
    done, so_far = 0, b""
    for place, length in sorted((place, hole.length) for hole in holes for place in hole.places):
        so_far += _compressed(filled, done, place)
        done = place + length
        if place in first:
            header = so_far.removesuffix(b"\0\0\xff\xff") or b"\0"
            blocks += [header + struct.pack("<HH", length, length ^ 0xFFFF), b""]
            so_far = b""
        else:
            so_far += _compressed(filled, place, done)
    blocks.append(so_far + _compressed(filled, done, len(filled), zlib.Z_FINISH))
    _try(blocks, canvas, holes)
    return tuple(blocks)


def _try(blocks: list[bytes], canvas: bytes, holes: list[_Hole]) -> None:
    """Fills the holes with anything and inflates: whatever compressor is at work, a wrong strip is never made."""
    anything = _anything(holes, b"while trying")
    trial = list(blocks)
    trial[1::2] = anything
    if zlib.decompress(b"".join(trial), wbits=-15) != _filled(canvas, holes, anything):
        raise AssertionError("expected constant blocks that depend on no hole, found one that does")


def _anything(holes: list[_Hole], when: bytes) -> list[bytes]:
    """Bytes without pattern, the same at each start."""
    return [hashlib.shake_128(when + bytes([number])).digest(hole.length) for number, hole in enumerate(holes)]


def _filled(canvas: bytes, holes: list[_Hole], runs: list[bytes]) -> bytes:
    filled = bytearray(canvas)
    for hole, run in zip(holes, runs, strict=True):
        for place in hole.places:
            filled[place : place + hole.length] = run
    return bytes(filled)


def _compressed(rows: bytes, start: int, stop: int, end: int = zlib.Z_SYNC_FLUSH) -> bytes:
    """What continues a deflate stream from ``start`` to ``stop``, up to a byte boundary."""
    if start == stop:
        return b""
    before = rows[max(0, start - 32_000) : start]
    compressor = zlib.compressobj(9, wbits=-15, zdict=bytes([_NEVER]) + before)  # zlib never repeats its first byte
    return compressor.compress(rows[start:stop]) + compressor.flush(end)


# --- The code in large letters ----------------------------------------------------------------------------------


def code_height() -> int:
    return lettering().bitmaps["code"].height


def code_rows(code: str) -> list[bytes]:
    """The pixels of a code, four letters and a gap, row by row."""
    pair, gap = _pair_rows(), _gap_rows()
    columns = (pair[code[0:2]], pair[code[2:4]], gap, pair[code[4:6]], pair[code[6:8]], gap)
    return list(map(b"".join, zip(*columns, pair[code[8:10]], pair[code[10:12]], strict=True)))


_COLUMNS = tuple((at, (10 - at) * CODE_ADVANCE // 2 + (2 - at // 4) * _GROUP_GAP // 2) for at in range(0, 12, 2))
"""Where each pair of letters starts in the code, and how many bytes of the code's row lie to the right of it."""


def _sums_of_pairs(after: list[int]) -> dict[str, tuple[int, int]]:
    """What each pair of letters adds to the two sums of Adler-32, as if it were the last of its row."""
    sums = {}
    for pair, rows in _pair_rows().items():
        each = [zlib.adler32(row, 0) for row in rows]
        plain = [both & 0xFFFF for both in each]
        sums[pair] = (sum(plain), sum(both >> 16 for both in each) + sum(map(mul, plain, after)))
    return sums


@cache
def _pair_rows() -> dict[str, list[bytes]]:
    """All 1,024 pairs: a batch would meet each of them sooner or later."""
    letters = {letter: lettering().bitmaps["code"].rows(letter) for letter in CODE_ALPHABET}
    return {
        a + b: [bytes.fromhex(left + right) for left, right in zip(letters[a], letters[b], strict=True)]
        for a in CODE_ALPHABET
        for b in CODE_ALPHABET
    }


@cache
def _gap_rows() -> list[bytes]:
    return [bytes(_GROUP_GAP // 2)] * code_height()
