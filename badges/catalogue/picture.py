"""A badge's picture, and what an award makes of it without drawing a pixel: the token inside, the strip below.

The committed ``picture.png`` is an ordinary PNG whose compressed data was cut in two where the art ends::

    IHDR  PLTE  IDAT (art, up to a full flush)                    IDAT (empty last block, Adler-32)   IEND    template
    IHDR  iTXt (the token)  PLTE  IDAT (art, the same bytes)      IDAT (strip, Adler-32 chained)      IEND    awarded

so that awarding is a concatenation, and what an awarded picture says of itself can be told from its bytes
(:mod:`.marks`). Start with ``PictureTemplate``. What a carrier of badges must refuse in general is in
``openbadges.png``; here only our own pictures are read.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from badges.catalogue.marks import FLUSHED, FORM, ROW, SIGNATURE, WIDTH, Parts
from badges.catalogue.strip import SHADES, Strip, strip_for
from badges.errors import CatalogueError

PICTURES_FILE = "PICTURES"
_COMMAND = "badges criteria draw"
_KEYWORD = b"iTXt" + b"openbadges\0" + b"\0\0" + b"\0" + b"\0"  # not compressed, no language, no translated keyword
_KEYWORD_CRC = zlib.crc32(_KEYWORD)
_LAST_BLOCK = b"\x03\0"
_END = b"\0\0\0\0IEND\xaeB`\x82"


def encode_template(palette: list[tuple[int, int, int]], rows: bytes, height: int) -> bytes:
    """A template from packed rows of 4-bit pixels (300 bytes each): the form that an award can continue."""
    width = WIDTH // 2
    raw = b"".join(b"\0" + rows[at : at + width] for at in range(0, len(rows), width))
    compressor = zlib.compressobj(9, memLevel=9)
    art = compressor.compress(raw) + compressor.flush(zlib.Z_FULL_FLUSH)
    closing = _LAST_BLOCK + struct.pack(">I", zlib.adler32(raw))
    colours = b"".join(map(bytes, palette))
    return b"".join(
        (SIGNATURE, _header(height), _chunk(b"PLTE", colours), _chunk(b"IDAT", art), _chunk(b"IDAT", closing), _END)
    )


@dataclass(frozen=True)
class PictureTemplate:
    """One badge version's picture under one deployment's addresses, ready to be awarded many times."""

    head: bytes
    art: bytes
    adler: int
    strip: Strip

    @classmethod
    def from_png(cls, png: bytes, address_prefix: str) -> PictureTemplate:
        """Opens a template that ``encode_template`` wrote, checking every byte once.

        Raises CatalogueError for any other file: draw it again.
        """
        parts = Parts.of(png)
        height = parts.height if parts and parts.art.endswith(FLUSHED) else 0
        if parts is None or not height:
            raise _not_ours("un autre fichier")
        shades = [tuple(parts.palette[at : at + 3]) for at in range(0, 3 * len(SHADES), 3)]
        if shades != list(SHADES):
            raise _not_ours("d’autres couleurs")
        try:
            rows = zlib.decompress(parts.art + parts.last)
        except zlib.error as error:
            raise _not_ours("des données abîmées") from error
        if png != _joined(parts) or len(rows) != height * ROW:
            raise _not_ours("des données abîmées")
        strip = strip_for(address_prefix)
        return cls(
            head=SIGNATURE + _header(height + strip.height),
            art=_chunk(b"PLTE", parts.palette) + _chunk(b"IDAT", parts.art),
            adler=zlib.adler32(rows),
            strip=strip,
        )

    def bake(self, token: str, code: str) -> bytes:
        """The awarded picture: the token right after the header, the art untouched, the strip of this code below."""
        text = token.encode()
        return b"".join(
            (
                self.head,
                struct.pack(">I", len(_KEYWORD) - 4 + len(text)),
                _KEYWORD,
                text,
                struct.pack(">I", zlib.crc32(text, _KEYWORD_CRC)),
                self.art,
                _chunk(b"IDAT", self.strip.compressed(code, self.adler)),
                _END,
            )
        )


def bake_svg(drawing: bytes, token: str, code: str, address_prefix: str) -> bytes:
    """The awarded drawing: the strip in vectors below the art, the token inside.

    Raises CatalogueError when the drawing is not one that ``badges criteria draw`` made.
    """
    from badges.openbadges import svg  # not above: reading a picture, which verifying does, needs none of it

    opening = f'width="{WIDTH}" height="{WIDTH}" viewBox="0 0 {WIDTH} {WIDTH}"'
    text = drawing.decode()
    body = text.removesuffix("</svg>\n")
    if text.count(opening) != 1 or body == text:
        raise _not_ours("un autre fichier", "un dessin")
    strip = strip_for(address_prefix)
    height = WIDTH + strip.height
    body = body.replace(opening, f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"')
    return svg.bake(f"{body}{strip.drawing(code, WIDTH)}</svg>\n".encode(), token)


@dataclass(frozen=True)
class PictureDigests:
    """One line of ``PICTURES``: what a version's drawing, its PNG and the art in every award of it must hash to."""

    slug: str
    version: str
    svg: str
    png: str
    art: str

    def __str__(self) -> str:
        return f"{self.slug} {self.version} {self.svg} {self.png} {self.art}"


def read_pictures(criteria: Path) -> dict[tuple[str, str], PictureDigests]:
    """The lines of ``PICTURES`` in a folder of criteria, by slug and version; none without that file.

    Raises CatalogueError on a line that is not five words.
    """
    try:
        lines = (criteria / PICTURES_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    if wrong := next((line for line in lines if len(line.split()) != 5), None):
        raise CatalogueError(
            f"Attendu dans {PICTURES_FILE} : nom, version et trois empreintes ; trouvé : {wrong}",
            advice=f"Ce fichier s’écrit avec « {_COMMAND} ».",
        )
    found = (PictureDigests(*line.split()) for line in lines)
    return {(line.slug, line.version): line for line in found}


def sha256(data: bytes) -> str:
    return "sha256$" + hashlib.sha256(data).hexdigest()


def _not_ours(found: str, kind: str = "une image") -> CatalogueError:
    return CatalogueError(
        f"Attendu : {kind} du catalogue ; trouvé : {found}.",
        advice=f"Refaites les images avec « {_COMMAND} ».",
    )


def _joined(parts: Parts) -> bytes:
    chunks = (_chunk(b"PLTE", parts.palette), _chunk(b"IDAT", parts.art), _chunk(b"IDAT", parts.last))
    return b"".join((SIGNATURE, _header(parts.height), *chunks, _END))


def _header(height: int) -> bytes:
    return _chunk(b"IHDR", struct.pack(">II", WIDTH, height) + FORM)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))
