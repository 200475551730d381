"""What is a picture and what only says so."""

from __future__ import annotations

import base64
import struct
import zlib
from urllib.parse import quote

import pytest

from badges.errors import DocumentInvalid
from badges.openbadges import images

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
DRAWN = (
    b'<?xml version="1.0"?>\n<!-- Generator -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ENTITY ns "http://www.w3.org/2000/svg">]>\n'
    b'<svg xmlns="&ns;"><g/></svg>'
)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND", b"")
PNG = b"\x89PNG\r\n\x1a\n" + HEADER + PIXELS + END


@pytest.mark.parametrize(
    "data",
    [PNG, PNG + b"after the end", b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"eXIf", b"x")[:-1] + b"\0" + PIXELS + END],
)
def test_what_a_viewer_shows_as_a_png_is_one(data: bytes) -> None:
    assert images.format_of(data) == "PNG"


@pytest.mark.parametrize(
    "data", [SVG, b"\xef\xbb\xbf" + SVG, b"  \n" + SVG, DRAWN, SVG.decode().encode("utf-8"), b"<svg/>"]
)
def test_what_drawing_programs_write_is_an_svg(data: bytes) -> None:
    assert images.format_of(data) == "SVG"


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("nothing", b"", "something else"),
        ("a page", b"<!doctype html><p>Bonjour", "no well-formed XML"),
        ("a page in XHTML", b'<html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>', "XML of"),
        ("a JPEG", b"\xff\xd8\xff\xe0", "a JPEG"),
        ("a text", b"planter.png", "something else"),
        *((f"{letter}, then an SVG", letter.encode() + SVG, "something else") for letter in "x-\0"),
        ("the eight first bytes", PNG[:8], "cut"),
        ("a PNG cut in its picture", PNG[:-14], "cut"),
        ("a PNG whose picture is damaged", PNG.replace(PIXELS, PIXELS[:-1] + b"\0"), "damaged"),
        ("a PNG without picture", b"\x89PNG\r\n\x1a\n" + HEADER + END, "without a picture"),
        ("a PNG of no size", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + PIXELS + END, "without its size"),
        (
            "a PNG of no width",
            PNG.replace(HEADER, chunk(b"IHDR", HEADER[8:21].replace(bytes((0, 0, 0, 1)), bytes(4), 1))),
            "its size",
        ),
        (
            "a PNG of no height",
            PNG.replace(HEADER, chunk(b"IHDR", HEADER[8:12] + bytes(4) + HEADER[16:21])),
            "its size",
        ),
        ("a PNG that begins elsewhere", b"\x89PNG\r\n\x1a\n" + PIXELS + HEADER + END, "without its size"),
        ("a WebP", b"RIFF\0\0\0\0WEBP", "a WebP"),
        ("a GIF", b"GIF89a", "a GIF"),
        ("a bitmap", b"BM", "a bitmap"),
        ("too many chunks", b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"tEXt", b"") * 10_000 + PIXELS + END, "cut"),
        ("an SVG cut short", SVG[:-3], "no well-formed XML"),
        (
            "entities that grow",
            b'<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
            "lead elsewhere",
        ),
        (
            "an entity of a file",
            b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
            "lead elsewhere",
        ),
        ("an encoding of nobody", b'<?xml version="1.0" encoding="klingon"?><svg/>', "no well-formed XML"),
        ("more than two mebibytes", PNG + bytes(images.MAX_IMAGE), "more than"),
    ],
)
def test_what_only_says_that_it_is_a_picture_is_refused(name: str, data: bytes, found: str) -> None:
    with pytest.raises(DocumentInvalid, match=found) as refusal:
        images.format_of(data)
    assert refusal.value.code == "not_image"


def test_entities_in_the_text_are_not_expanded() -> None:
    many = b'<!DOCTYPE svg [<!ENTITY a "' + b"x" * 1000 + b'">]><svg>' + b"&a;" * 100_000 + b"</svg>"
    assert images.format_of(many) == "SVG"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("data:image/png;base64," + base64.b64encode(PNG).decode(), "PNG"),
        ("DATA:image/PNG;BASE64," + quote(base64.b64encode(PNG).decode()), "PNG"),
        ("data:image/svg+xml," + quote(SVG.decode()), "SVG"),
        ("data:image/svg+xml;charset=utf-8," + quote(SVG.decode()), "SVG"),
        ("data:image/svg+xml;base64," + base64.b64encode(SVG).decode(), "SVG"),
        ("data:image/png;base64," + base64.b64encode(SVG).decode(), "SVG"),
    ],
)
def test_a_picture_may_stand_in_its_address(address: str, kind: str) -> None:
    assert images.format_of_data(address) == kind


@pytest.mark.parametrize(
    "address",
    [
        "data:image/png;base64,AAAA",
        "data:image/png;base64,a",
        "data:image/png,bonjour",
        "data:text/html,<svg/>",
        "data:image/svg+xml,%3Chtml/%3E",
        "data:",
    ],
)
def test_an_address_that_only_says_png_or_svg_is_refused(address: str) -> None:
    with pytest.raises(DocumentInvalid, match="expected a PNG or an SVG"):
        images.format_of_data(address)


@pytest.mark.parametrize(("count", "fits"), [(100, True), (101, False)])
def test_a_hundred_entities_and_no_more(count: int, fits: bool) -> None:
    declared = "".join(f'<!ENTITY e{number} "x">' for number in range(count))
    drawing = f"<!DOCTYPE svg [{declared}]>".encode() + SVG
    if fits:
        assert images.format_of(drawing) == "SVG"
    else:
        with pytest.raises(DocumentInvalid, match="lead elsewhere"):
            images.format_of(drawing)


def test_an_entity_may_have_a_thousand_characters() -> None:
    def drawing(size: int) -> bytes:
        return f'<!DOCTYPE svg [<!ENTITY e "{"x" * size}">]>'.encode() + SVG

    assert images.format_of(drawing(1000)) == "SVG"
    with pytest.raises(DocumentInvalid, match="lead elsewhere"):
        images.format_of(drawing(1001))


def test_ten_thousand_chunks_are_a_picture() -> None:
    others = chunk(b"tEXt", b"") * (images.MAX_CHUNKS - 3)
    assert images.format_of(b"\x89PNG\r\n\x1a\n" + HEADER + others + PIXELS + END) == "PNG"


def test_two_mebibytes_are_a_picture_and_not_one_byte_more() -> None:
    room = 2 * 1024 * 1024 - len(PNG)
    assert images.format_of(PNG + bytes(room)) == "PNG"
    with pytest.raises(DocumentInvalid, match="more than"):
        images.format_of(PNG + bytes(room + 1))
