"""Badges in PNG pictures: the ``openbadges`` iTXt chunk (Open Badges 2.0, Baking, "PNGs").

Where to start: :func:`check` walks a file and refuses the first thing that is not a sound PNG, :func:`extract`
reads what it carries, :func:`bake` and :class:`Template` make it carry something.

A file is sound when (PNG, third edition, §5 and §11; the bounds are ours):

1. it starts with the signature, and has at most 5 MiB         png_signature, png_too_large
2. each chunk is whole, named, and has its CRC; there are at
   most 10,000                                                 png_truncated, png_type, png_crc, png_too_many_chunks
3. IEND is last, and nothing comes after it                    png_trailing
4. one IHDR comes first and makes sense, with at most
   4096 pixels a side                                          png_order, png_header, png_dimensions
5. PLTE is where its kind of picture wants it, IDAT is one
   run, IEND is empty, no other critical chunk is there        png_order, png_critical

It carries a badge when

6. exactly one chunk says so                                   png_duplicate, not_baked, open_badges_3
7. its text is not compressed, and readable                    png_compressed, png_text

Not checked, on purpose: pixels are never inflated. They prove nothing about the badge and can be a bomb.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple, NoReturn
from zlib import crc32

from badges.errors import CarrierRefused, NotBaked
from badges.openbadges.carrier import MAX_TEXT, Carrier, encode_text

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_FILE = 5 * 1024 * 1024
MAX_CHUNKS = 10_000
MAX_SIDE = 4096
"""Pixels; so 16 Mpx at most."""

_CHUNK_START = Struct(">I4s")
_CHUNK_END = Struct(">I")
_HEADER = Struct(">IIBBBBB")
_AFTER_HEADER = len(SIGNATURE) + 8 + _HEADER.size + 4

_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_TEXT_KINDS = {b"iTXt", b"tEXt", b"zTXt"}
_BIT_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}

_KEYWORDS = (b"openbadges", b"openbadgecredential")
_PREFIX = b"openbadges\0\0\0\0\0"  # keyword, then flag, method, language and translated keyword: all nothing
_PREFIX_CRC = crc32(b"iTXt" + _PREFIX)


class Chunk(NamedTuple):
    kind: bytes
    start: int
    """Where the body starts in the file; the chunk itself starts 8 bytes earlier."""
    end: int
    """Where the body ends; the CRC follows."""


def check(data: bytes) -> list[Chunk]:
    """The chunks of a sound PNG file, every CRC verified.

    :raises CarrierRefused: with the codes of points 1 to 5 above
    """
    # 1. Signature and size.
    if not data.startswith(SIGNATURE):
        _refuse("png_signature", "the signature of a PNG file", "other bytes")
    if len(data) > MAX_FILE:
        _refuse("png_too_large", f"at most {MAX_FILE} bytes", str(len(data)))
    # 2. Chunks, up to IEND.
    chunks: list[Chunk] = []
    view, size, position, kind = memoryview(data), len(data), len(SIGNATURE), b""
    while kind != b"IEND":
        start = position + 8
        if start + 4 > size:
            _refuse("png_truncated", "another chunk before the end", f"the end at byte {size}")
        length, kind = _CHUNK_START.unpack_from(data, position)
        end = start + length
        if end + 4 > size:
            _refuse("png_truncated", f"{length} bytes in the chunk at byte {position}", "the end of the file")
        if crc32(view[position + 4 : end]) != _CHUNK_END.unpack_from(data, end)[0]:
            _refuse("png_crc", f"the CRC of the chunk at byte {position}", "another")
        if not kind.isalpha():
            _refuse("png_type", f"four letters at byte {position + 4}", repr(kind))
        chunks.append(Chunk(kind, start, end))
        if len(chunks) > MAX_CHUNKS:
            _refuse("png_too_many_chunks", f"at most {MAX_CHUNKS} chunks", "more")
        position = end + 4
    # 3. Nothing after IEND.
    if position != size:
        _refuse("png_trailing", "nothing after IEND", f"{size - position} bytes")
    # 4 and 5. What comes in which order.
    _check_order(data, chunks)
    return chunks


def _check_order(data: bytes, chunks: list[Chunk]) -> None:
    kinds = [chunk.kind for chunk in chunks]
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") != 1:
        _refuse("png_order", "one IHDR, first", f"{kinds[0].decode()} first, {kinds.count(b'IHDR')} IHDR")
    colour = _check_header(data, chunks[0])

    if unknown := {kind for kind in set(kinds) - _CRITICAL if kind[:1].isupper()}:
        _refuse("png_critical", "no critical chunk but IHDR, PLTE, IDAT, IEND", repr(min(unknown)))
    idats = kinds.count(b"IDAT")
    first = kinds.index(b"IDAT") if idats else 0
    if not idats or kinds[first : first + idats].count(b"IDAT") != idats:
        _refuse("png_order", "one run of IDAT", f"{idats} IDAT, with others between" if idats else "none")
    palettes = kinds[:first].count(b"PLTE")
    if kinds.count(b"PLTE") != palettes or palettes not in {3: (1,), 0: (0,), 4: (0,)}.get(colour, (0, 1)):
        _refuse("png_order", "PLTE before IDAT, where the kind of picture wants one", f"{kinds.count(b'PLTE')} PLTE")
    if chunks[-1].start != chunks[-1].end:
        _refuse("png_order", "an empty IEND", f"{chunks[-1].end - chunks[-1].start} bytes in it")


def _check_header(data: bytes, chunk: Chunk) -> int:
    """The colour type, once IHDR makes sense."""
    if chunk.end - chunk.start != _HEADER.size:
        _refuse("png_header", f"{_HEADER.size} bytes in IHDR", str(chunk.end - chunk.start))
    width, height, depth, colour, compression, filtering, interlace = _HEADER.unpack_from(data, chunk.start)
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        _refuse("png_dimensions", f"1 to {MAX_SIDE} pixels a side", f"{width} x {height}")
    if depth not in _BIT_DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        _refuse("png_header", "a picture of the PNG standard", f"depth {depth}, colour type {colour}")
    return int(colour)


def extract(data: bytes) -> Carrier:
    """The text that a baked picture carries.

    :raises NotBaked: a sound PNG without a badge; code ``open_badges_3`` when it is one of Open Badges 3.0
    :raises CarrierRefused: with the codes of points 1 to 7 above
    """
    texts = [chunk for chunk in check(data) if chunk.kind in _TEXT_KINDS]
    carriers = [(chunk, keyword) for chunk in texts if (keyword := _keyword(data, chunk))]
    if not carriers:
        raise NotBaked("expected a chunk named openbadges, found none")
    if len(carriers) > 1:
        _refuse("png_duplicate", "one chunk with a badge", str(len(carriers)))
    (chunk, keyword), *_ = carriers
    if keyword != b"openbadges":
        raise NotBaked("expected an Open Badges 2.0 badge, found one of Open Badges 3.0", code="open_badges_3")
    body = data[chunk.start + len(keyword) + 1 : chunk.end]
    if chunk.kind == b"zTXt":
        _refuse("png_compressed", "plain text", "zTXt")
    return _read_address(body) if chunk.kind == b"tEXt" else _read_itxt(body)


def _keyword(data: bytes, chunk: Chunk) -> bytes | None:
    """The keyword that makes this chunk a carrier, even a damaged one."""
    if chunk.kind not in _TEXT_KINDS:
        return None
    keyword = data[chunk.start : min(chunk.end, chunk.start + 80)].partition(b"\0")[0]
    return keyword if keyword in _KEYWORDS else None


def _read_itxt(body: bytes) -> Carrier:
    """Flag, method, language, translated keyword, text (PNG §11.3.3.4). The two in the middle mean nothing here."""
    if body[:1] == b"\1":
        _refuse("png_compressed", "plain text", "compressed iTXt")
    fields = body[2:].split(b"\0", 2)
    if body[:2] != b"\0\0" or len(fields) != 3:
        _refuse("png_text", "flag 0, method 0, language, keyword and text", "another iTXt")
    try:
        text = fields[2].decode("utf-8")
    except UnicodeDecodeError:
        _refuse("png_text", "UTF-8", "other bytes")
    if not 0 < len(fields[2]) <= MAX_TEXT or "\0" in text:
        _refuse("png_text", f"1 to {MAX_TEXT} bytes without NUL", f"{len(fields[2])} bytes")
    return Carrier(text, "iTXt")


def _read_address(body: bytes) -> Carrier:
    """Pictures of the first years name the hosted Assertion by its address in tEXt (Baking, "Legacy PNGs")."""
    if not body.startswith((b"https://", b"http://")) or not body.isascii() or len(body) > 2048:
        _refuse("png_text", "an http address in tEXt", "other text")
    if any(byte <= 0x20 or byte == 0x7F for byte in body):
        _refuse("png_text", "an http address in tEXt", "white space or control characters")
    return Carrier(body.decode("ascii"), "tEXt")


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk as it stands in a file: length, kind, body, CRC."""
    return b"".join((_CHUNK_START.pack(len(body), kind), body, _CHUNK_END.pack(crc32(body, crc32(kind)))))


def text_chunk(text: str) -> bytes:
    """The chunk that carries ``text``: never compressed, as the standard demands.

    :raises CarrierRefused: ``png_text``, for a text that cannot be carried
    """
    data = encode_text(text, "png_text")
    length = _CHUNK_START.pack(len(_PREFIX) + len(data), b"iTXt")
    return b"".join((length, _PREFIX, data, _CHUNK_END.pack(crc32(data, _PREFIX_CRC))))


class Template:
    """A picture checked once and then baked many times: each badge is one CRC of its text and one join.

    The chunk goes right after IHDR. Carriers that the picture already held are left out; every other byte of it
    stays as it was.
    """

    def __init__(self, image: bytes) -> None:
        """:raises CarrierRefused: with the codes of points 1 to 5 above"""
        kept = [chunk for chunk in check(image) if not _keyword(image, chunk)]
        if len(kept) == MAX_CHUNKS:
            _refuse("png_too_many_chunks", f"room for one more chunk below {MAX_CHUNKS}", "none")
        self.head = image[:_AFTER_HEADER]
        self.tail = b"".join(image[chunk.start - 8 : chunk.end + 4] for chunk in kept[1:])

    def bake(self, text: str) -> bytes:
        """The picture carrying ``text``, and nothing else that could be taken for a badge.

        :raises CarrierRefused: ``png_text``, or ``png_too_large`` when the result would be
        """
        image = b"".join((self.head, text_chunk(text), self.tail))
        if len(image) > MAX_FILE:
            _refuse("png_too_large", f"at most {MAX_FILE} bytes once baked", str(len(image)))
        return image


def bake(image: bytes, text: str) -> bytes:
    """One picture, once; see :class:`Template`. A picture already baked is baked anew."""
    return Template(image).bake(text)


def _refuse(code: str, expected: str, found: str) -> NoReturn:
    raise CarrierRefused(f"expected {expected}, found {found}", code=code)
