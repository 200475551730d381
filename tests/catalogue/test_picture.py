"""Awarding a picture: the art untouched, the strip readable by a phone, the token where every wallet looks."""

from __future__ import annotations

import io
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from badges.addresses import Addresses, short_code
from badges.catalogue.library import shipped_criteria
from badges.catalogue.marks import art_digest, read_mark
from badges.catalogue.picture import PictureTemplate, bake_svg, encode_template, read_pictures
from badges.catalogue.strip import SHADES
from badges.errors import CatalogueError
from badges.openbadges import svg

PREFIX = Addresses("https://badges.example.org").short_prefix()
CODE = short_code("urn:uuid:0191c0de-0000-4000-8000-000000000000")
TOKEN = "eyJhbGciOiJSUzI1NiJ9." + "QmFkZ2Vz" * 900 + "." + "c2ln" * 128


def a_template(colour: tuple[int, int, int] = (32, 64, 110)) -> bytes:
    """A square of one colour on paper: any art will do here."""
    row = bytes(50) + b"\x55" * 200 + bytes(50)
    return encode_template([*SHADES, colour], (bytes(300) * 100 + row * 400 + bytes(300) * 100), 600)


@pytest.fixture
def template() -> bytes:
    return a_template()


@pytest.fixture
def awarded(template: bytes) -> bytes:
    return PictureTemplate.from_png(template, PREFIX).bake(TOKEN, CODE)


def test_the_template_is_an_ordinary_png(template: bytes) -> None:
    with Image.open(io.BytesIO(template)) as image:
        image.load()
        assert (image.size, image.mode) == ((600, 600), "P")
        assert image.convert("RGB").getpixel((300, 300)) == (32, 64, 110)


def test_the_art_of_an_award_is_the_template_s_pixel_for_pixel(template: bytes, awarded: bytes) -> None:
    with Image.open(io.BytesIO(template)) as before, Image.open(io.BytesIO(awarded)) as after:
        assert after.size == (600, 800)
        assert after.convert("RGB").crop((0, 0, 600, 600)).tobytes() == before.convert("RGB").tobytes()


def test_the_token_is_in_the_chunk_after_the_header_as_it_was_given(awarded: bytes) -> None:
    with Image.open(io.BytesIO(awarded)) as image:
        image.load()
        assert image.text["openbadges"] == TOKEN  # type: ignore[attr-defined]
    assert awarded[37:41] == b"iTXt"


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_phone_reads_the_address_from_the_picture(awarded: bytes, scale: int, form: str) -> None:
    with Image.open(io.BytesIO(awarded)) as image:
        seen = image.convert("RGB").resize((600 // scale, 800 // scale), Image.Resampling.LANCZOS)
    saved = io.BytesIO()
    seen.save(saved, form, quality=60)
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(saved))] == [PREFIX + CODE]


def test_the_mark_tells_which_award_the_picture_was_made_for(awarded: bytes, template: bytes) -> None:
    assert read_mark(awarded) == CODE
    assert read_mark(template) is None


def test_the_art_has_one_digest_in_the_template_and_in_every_award(template: bytes, awarded: bytes) -> None:
    assert art_digest(awarded) == art_digest(template)
    assert art_digest(a_template((90, 30, 80))) != art_digest(template)


def test_a_picture_saved_by_another_program_has_no_known_art_and_no_mark(awarded: bytes) -> None:
    again = io.BytesIO()
    Image.open(io.BytesIO(awarded)).save(again, "PNG")
    assert (art_digest(again.getvalue()), read_mark(again.getvalue())) == (None, None)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40])
def test_hostile_bytes_have_no_art_and_no_mark(data: bytes) -> None:
    assert (art_digest(data), read_mark(data)) == (None, None)


def test_a_damaged_template_is_refused_when_it_is_opened(template: bytes) -> None:
    for at in range(8, len(template), 7):
        damaged = template[:at] + bytes([template[at] ^ 1]) + template[at + 1 :]
        with pytest.raises(CatalogueError, match="image du catalogue"):
            PictureTemplate.from_png(damaged, PREFIX)


def test_an_awarded_picture_is_not_taken_for_a_template(awarded: bytes) -> None:
    with pytest.raises(CatalogueError):
        PictureTemplate.from_png(awarded, PREFIX)


def test_the_same_award_gives_the_same_bytes(template: bytes, awarded: bytes) -> None:
    assert PictureTemplate.from_png(template, PREFIX).bake(TOKEN, CODE) == awarded


def test_the_checksums_are_those_of_an_independent_count(awarded: bytes) -> None:
    data, at = b"", 8
    while at < len(awarded):
        size, kind = int.from_bytes(awarded[at : at + 4], "big"), awarded[at + 4 : at + 8]
        chunk = awarded[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + chunk) == int.from_bytes(awarded[at + 8 + size : at + 12 + size], "big")
        data += chunk if kind == b"IDAT" else b""
        at += 12 + size
    assert len(zlib.decompress(data)) == 800 * 301  # inflating to the end verifies Adler-32


@pytest.mark.skipif(not shutil.which("pngcheck"), reason="pngcheck is not installed")
def test_pngcheck_has_nothing_to_say(template: bytes, awarded: bytes, tmp_path: Path) -> None:
    for name, data in {"template.png": template, "awarded.png": awarded}.items():
        (tmp_path / name).write_bytes(data)
        seen = subprocess.run(["pngcheck", "-q", str(tmp_path / name)], capture_output=True, text=True, check=False)
        assert (seen.returncode, seen.stdout) == (0, "")


@pytest.fixture
def drawing() -> bytes:
    return (shipped_criteria() / "techniques" / "tec-peinture" / "0.1.0" / "picture.svg").read_bytes()


def test_an_awarded_drawing_carries_the_token_and_a_code_that_a_phone_reads(drawing: bytes) -> None:
    import resvg_py

    awarded = bake_svg(drawing, TOKEN, CODE, PREFIX)
    assert svg.extract(awarded).text == TOKEN
    pixels = bytes(resvg_py.svg_to_bytes(svg_string=awarded.decode(), skip_system_fonts=True))
    with Image.open(io.BytesIO(pixels)) as image:
        assert image.size == (600, 800)
        assert [code.text for code in zxingcpp.read_barcodes(image.convert("RGB"))] == [PREFIX + CODE]


def test_mark_and_qr_are_the_same_in_pixels_and_in_vectors(drawing: bytes, awarded: bytes) -> None:
    import resvg_py

    pixels = bytes(resvg_py.svg_to_bytes(svg_string=bake_svg(drawing, TOKEN, CODE, PREFIX).decode()))
    with Image.open(io.BytesIO(pixels)) as vectors, Image.open(io.BytesIO(awarded)) as rows:
        one, other = (image.convert("L").crop((0, 600, 600, 800)) for image in (vectors, rows))
    for mark_or_qr in [(0, 0, 600, 4), (410, 4, 600, 200)]:
        seen = ImageChops.difference(one.crop(mark_or_qr), other.crop(mark_or_qr))
        assert sum(seen.histogram()[8:]) == 0


def test_a_drawing_from_elsewhere_is_refused() -> None:
    with pytest.raises(CatalogueError, match="dessin du catalogue"):
        bake_svg(b"<svg xmlns='http://www.w3.org/2000/svg'/>", TOKEN, CODE, PREFIX)


def test_pictures_recorded_wrong_are_refused_and_none_at_all_is_none(tmp_path: Path) -> None:
    assert read_pictures(tmp_path) == {}
    (tmp_path / "PICTURES").write_text("tec-peinture 0.1.0 sha256$00\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="trois empreintes"):
        read_pictures(tmp_path)
