"""What was given is told by its beginning, and never by a name."""

from __future__ import annotations

import pytest

from badges.addresses import short_code
from badges.verify.reading import form_of, form_of_carried, is_receipt, photo_format
from tests.world import World, a_template

CODE = short_code("urn:uuid:00000000-0000-4000-8000-000000000001")
ADDRESS = b"https://badges.example/assertions/1"


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("png", a_template()),
        ("png", b"\x00PNG\r\n\x1a\n"),
        ("png", b"\x89XXX\r\n\x1a\n\0\0\0\x0dIHDR"),
        ("pdf", b"%PDF-1.7\n"),
        ("empty", b""),
        ("empty", b" \r\n\t"),
        ("json", b' {"id": 1}'),
        ("json", b'[ {"id": 1}]'),
        ("unrecognised", b"[1, 2]"),
        ("svg", b"<svg/>"),
        ("svg", b"\xef\xbb\xbf<?xml version='1.0'?><o:svg/>"),
        ("svg", b"<?xml version='1.0'?>" + b" " * 60_000 + b"<svg/>"),
        ("unrecognised", b"<!doctype html><p>Bonjour"),
        ("unrecognised", b"<?xml version='1.0'?>" + b" " * 66_000 + b"<svg/>"),
        ("address", ADDRESS),
        ("address", b"  HTTP://badges.example/ \n"),
        ("address", b"https://badges.example/!"),
        ("address", b"https://" + b"a" * 2040),
        ("unrecognised", b"https://" + b"a" * 2041),
        ("unrecognised", b"https://badges.example/a b"),
        ("unrecognised", b"ftp://badges.example/ a"),
        ("token", b"a.b.c"),
        ("token", b"\na..\n"),
        ("unrecognised", b"a.b.c.d"),
        ("unrecognised", b"a.b c.d"),
        ("photo", b"\xff\xd8\xff\xe0"),
        ("photo", b"GIF89a"),
        ("code", CODE.encode()),
        ("code", CODE.lower().encode()),
        ("code", "-".join(CODE[:11]).encode() + b" -" + CODE[11:].encode()),
        ("unrecognised", "-".join(CODE[:11]).encode() + b"  -" + CODE[11:].encode()),
        ("unrecognised", CODE[:-1].encode()),
        ("unrecognised", (CODE + " " * 30).encode() + b"x"),
        ("unrecognised", "é".encode()),
        ("unrecognised", b"Bonjour"),
    ],
)
def test_a_form_is_told_by_its_beginning(form: str, data: bytes) -> None:
    assert form_of(data) == form


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("token", "eyJhbGciOiJSUzI1NiJ9.e30.x"),
        ("token", "eyJ"),
        ("json", "{"),
        ("json", "[\n {"),
        ("address", "https://badges.example/"),
        ("address", "HTTP://badges.example/"),
        ("token", "a.b.c"),
        ("unrecognised", "a.b"),
        ("unrecognised", "a.b.c.d"),
        ("unrecognised", "é.b.c"),
        ("unrecognised", "ftps://badges"),
        ("unrecognised", "[1]"),
    ],
)
def test_a_picture_carries_a_token_a_document_or_an_address(form: str, text: str) -> None:
    assert form_of_carried(text) == form


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("JPEG", b"\xff\xd8\xff\xdb"),
        ("GIF", b"GIF87a"),
        ("WebP", b"RIFF\0\0\0\0WEBPVP8 "),
        *[("HEIC", b"\0\0\0\x18ftyp" + brand) for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc")],
        *[("HEIC", b"\0\0\0\x18ftyp" + brand) for brand in (b"mif1", b"msf1", b"avif")],
        (None, b"\0\0\0\x18ftypisom"),
        (None, b"RIFF\0\0\0\0WAVE"),
        (None, b"\0\0\0\x18moovheic"),
        (None, b"\xff\xd8"),
        (None, a_template()),
    ],
)
def test_the_pictures_that_telephones_make_are_known_by_name(name: str | None, data: bytes) -> None:
    assert photo_format(data) == name


def test_a_receipt_is_told_from_a_badge() -> None:
    receipt = b"eyJhbGciOiJFZERTQSJ9.eyJ0eXBlIjoiVmVyaWZpY2F0aW9uUmVjZWlwdCJ9.x"
    assert is_receipt(receipt)
    assert is_receipt(b"  " + receipt)
    assert not is_receipt(receipt.replace(b".", b""))
    assert not is_receipt(receipt[3:])
    assert not is_receipt(receipt.replace(b"eyJ0eXBl", b"eyJ1eXBl"))
    assert not is_receipt(World().award().token.encode())


@pytest.mark.parametrize(
    "found",
    [ADDRESS, b"%PDF-1.7", b"\xff\xd8\xff\xe0", CODE.encode(), b" ", b"<p>Bonjour"],
    ids=["address", "pdf", "photo", "code", "empty", "page"],
)
def test_an_address_leads_to_a_badge_and_to_nothing_else(found: bytes) -> None:
    world = World()
    world.answer(ADDRESS.decode(), found, content_type="application/octet-stream")
    report = world.verifier().verify(ADDRESS)
    assert (report.answer, report.require("carrier").code) == ("no", "address_content")
    assert world.fetched == [ADDRESS.decode()]
