"""Looks at a PDF as a printer and a scanner would: poppler draws it, Pillow turns and spoils it, zxing reads it."""

from __future__ import annotations

import io
import shutil
import subprocess
from typing import Any

import pytest
import zxingcpp
from PIL import Image


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed (tests/programs)")


def drawn(pdf: bytes, page: int = 1, dpi: int = 150) -> Image.Image:
    """One page in shades of grey, as a laser printer would have it."""
    asked = ["pdftoppm", "-r", str(dpi), "-gray", "-f", str(page), "-l", str(page), "-"]
    done = subprocess.run(asked, input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout)).convert("L")


def scanned(page: Image.Image, degrees: float = 2, quality: int = 50) -> Image.Image:
    """The same page laid crooked on the glass, and saved as scanners do."""
    turned = page.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    saved = io.BytesIO()
    turned.save(saved, "JPEG", quality=quality)
    return Image.open(saved)


def codes(page: Image.Image) -> list[str]:
    return [found.text for found in _found(page)]


def places(page: Image.Image) -> list[float]:
    """How far from the left edge each QR stands, from 0 to 1."""
    return [(found.position.top_left.x + found.position.bottom_right.x) / 2 / page.width for found in _found(page)]


def sides(page: Image.Image, dpi: int) -> list[float]:
    """The side of each QR in millimetres, without its quiet zone."""
    return [(found.position.top_right.x - found.position.top_left.x) / dpi * 25.4 for found in _found(page)]


def _found(page: Image.Image) -> list[Any]:
    return list(zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode))


def margins(page: Image.Image) -> list[float]:
    """What is left white at the left, the top, the right and the bottom of an A4 page, in millimetres."""
    dots = page.width / (297 if page.width > page.height else 210)
    left, top, right, bottom = page.point(lambda shade: 255 if shade < 200 else 0).getbbox() or (0, 0, 0, 0)
    return [edge / dots for edge in (left, top, page.width - right, page.height - bottom)]
