"""Photos and documents that support a file: what they are by their content, and what is left of them when kept.

What is kept was written anew by us: of a photo the pixels, of a PDF the pages. Where and when it was taken, by whom, on
which device, what was attached or scripted: none of it survives (``security.md``, P2; ``domain.md`` §8, image rights).
Raises :class:`~badges.errors.Misuse` with what was expected; nothing here opens an address or a file.

The only module of the issuer that knows Pillow and pypdf.
"""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from ..errors import Misuse
from .wording import refusal

LARGEST = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
LOGO_SIDE = 400
MOST_PAGES = 30
_PHOTO = ("JPEG", "PNG", "WEBP")


class Kept(NamedTuple):
    """What is left of a file: its bytes, and what they are."""

    content: bytes
    media_type: str


def kept(content: bytes) -> Kept:
    """The photo or the document, written anew. Its name and what its sender says of it count for nothing."""
    if len(content) > LARGEST:
        raise refusal(Misuse, "file_too_large", expected=f"{LARGEST // 1024 // 1024} Mo")
    if content.startswith(b"%PDF-"):
        return Kept(_pages(content), "application/pdf")
    return Kept(_pixels(content), "image/jpeg")


def logo(content: bytes) -> bytes:
    """A logo, drawn anew as a PNG of 400 pixels at most; what is transparent stays so."""
    if len(content) > LARGEST:
        raise refusal(Misuse, "file_too_large", expected=f"{LARGEST // 1024 // 1024} Mo")
    upright = _opened(content).convert("RGBA")
    upright.thumbnail((LOGO_SIDE, LOGO_SIDE))
    bare = Image.new("RGBA", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()


def _pixels(content: bytes) -> bytes:
    upright = _opened(content).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _opened(content: bytes) -> Image.Image:
    """The picture, upright and whole in memory, within bounds."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_PHOTO) as photo:
                if photo.width * photo.height > MOST_PIXELS:
                    raise refusal(Misuse, "photo_too_large")
                photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(photo)
                upright.load()
                return upright
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise refusal(Misuse, "photo_too_large") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise refusal(Misuse, "not_a_photo") from error


def _pages(content: bytes) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise refusal(Misuse, "document_locked")
        if len(reader.pages) > MOST_PAGES:
            raise refusal(Misuse, "document_too_long", most=MOST_PAGES)
        writer = PdfWriter()
        for page in reader.pages:
            for name in ("/AA", "/Annots", "/Metadata", "/PieceInfo", "/AF", "/Thumb"):
                page.pop(name, None)  # before it is copied, so that nothing it led to comes along
            writer.add_page(page)
        writer.metadata = None
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise refusal(Misuse, "not_a_document") from error
    return out.getvalue()
