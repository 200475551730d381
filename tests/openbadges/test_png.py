from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.errors import BadgesError, CarrierRefused, NotBaked
from badges.openbadges import png
from badges.openbadges.carrier import MAX_TEXT, Carrier
from tests.openbadges.making import a_png, png_of

HEADER = struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)
PIXELS = zlib.compress(b"\0" * 5)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=300)
LONGEST = b"openbadges\0https://a.test/".ljust(11 + 2048, b"a")
KINDS = st.sampled_from([b"tEXt", b"iTXt", b"zTXt", b"gAMA", b"pHYs", b"teSt"])
BODIES = st.binary(max_size=40).filter(lambda body: not body.startswith(b"openbadge"))
OTHER_CHUNKS = st.lists(st.tuples(KINDS, BODIES), max_size=5)


def itxt(text: bytes, *, keyword: bytes = b"openbadges", middle: bytes = b"\0\0\0\0") -> tuple[bytes, bytes]:
    """``middle``: flag, method, language, translated keyword."""
    return b"iTXt", keyword + b"\0" + middle + text


def a_header(**members: int) -> tuple[bytes, bytes]:
    made = {"width": 1, "height": 1, "depth": 8, "colour": 6, "compression": 0, "filtering": 0, "interlace": 0}
    return b"IHDR", struct.pack(">IIBBBBB", *(made | members).values())


IDAT, IEND, PLTE = (b"IDAT", PIXELS), (b"IEND", b""), (b"PLTE", b"\0\0\0")


@given(TEXT)
def test_what_is_baked_is_read_back(text: str) -> None:
    assert png.extract(png.bake(a_png(), text)) == Carrier(text, "iTXt")


@given(TEXT, OTHER_CHUNKS)
def test_baking_touches_no_other_byte(text: str, others: list[tuple[bytes, bytes]]) -> None:
    picture = a_png(*others)
    assert png.bake(picture, text).replace(png.text_chunk(text), b"", 1) == picture


@given(TEXT, TEXT)
def test_baking_again_replaces(first: str, second: str) -> None:
    assert png.bake(png.bake(a_png(), first), second) == png.bake(a_png(), second)


def test_baking_replaces_every_form_that_a_badge_can_have() -> None:
    carriers = [itxt(b"a"), (b"tEXt", b"openbadges\0http://a"), (b"zTXt", b"openbadges\0\0x"), (b"iTXt", b"openbadges")]
    carriers += [itxt(b"{}", keyword=b"openbadgecredential")]
    assert png.bake(a_png(*carriers, *carriers), "x.y.z") == png.bake(a_png(), "x.y.z")


def test_the_chunk_comes_right_after_the_header() -> None:
    kinds = [chunk.kind for chunk in png.check(png.bake(a_png((b"gAMA", b"1234")), "a"))]
    assert kinds == [b"IHDR", b"iTXt", b"gAMA", b"IDAT", b"IEND"]


def test_the_chunk_is_the_one_that_the_standard_describes() -> None:
    body = b"openbadges\0" + b"\0" + b"\0" + b"\0" + b"\0" + "é".encode()
    assert png.text_chunk("é") == struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(
        ">I", zlib.crc32(b"iTXt" + body)
    )


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_template_bakes_like_bake(texts: list[str]) -> None:
    template = png.Template(a_png((b"gAMA", b"1234")))
    for text in texts:
        assert template.bake(text) == png.bake(a_png((b"gAMA", b"1234")), text)


@pytest.mark.parametrize("text", ["", "a\0b", "\ud800", "a" * (MAX_TEXT + 1)], ids=["nothing", "NUL", "half", "long"])
def test_a_text_that_cannot_be_carried_is_refused(text: str) -> None:
    with pytest.raises(CarrierRefused) as refusal:
        png.bake(a_png(), text)
    assert refusal.value.code == "png_text"


def test_the_address_of_old_pictures_is_read() -> None:
    for address in ("https://example.org/a/1", "http://example.org/a/1"):
        old = a_png((b"tEXt", b"openbadges\0" + address.encode()))
        assert png.extract(old) == Carrier(address, "tEXt")
    assert len(png.extract(a_png((b"tEXt", LONGEST))).text) == 2048


def test_language_and_translated_keyword_mean_nothing() -> None:
    assert png.extract(a_png(itxt(b"a", middle="\0\0fr\0écusson\0".encode()))).text == "a"


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(a_png(), id="nothing of the kind"),
        pytest.param(a_png((b"tEXt", b"OpenBadges\0http://a")), id="another spelling of the keyword"),
        pytest.param(a_png((b"tEXt", b"openbadges2\0http://a")), id="a longer keyword"),
        pytest.param(a_png((b"gAMA", b"openbadges\0http://a")), id="not a text chunk"),
    ],
)
def test_a_sound_picture_without_a_badge_says_so(picture: bytes) -> None:
    with pytest.raises(NotBaked) as refusal:
        png.extract(picture)
    assert refusal.value.code == "not_baked"


def test_a_badge_of_open_badges_3_is_told_apart() -> None:
    with pytest.raises(NotBaked) as refusal:
        png.extract(a_png(itxt(b"{}", keyword=b"openbadgecredential")))
    assert refusal.value.code == "open_badges_3"


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        pytest.param(a_png(itxt(b"a"), itxt(b"a")), "png_duplicate", id="the same badge twice"),
        pytest.param(a_png(itxt(b"a"), itxt(b"b")), "png_duplicate", id="two badges"),
        pytest.param(
            a_png(itxt(b"a"), (b"tEXt", b"openbadges\0http://a")), "png_duplicate", id="a badge and an address"
        ),
        pytest.param(a_png(itxt(b"a"), (b"zTXt", b"openbadges\0\0x")), "png_duplicate", id="and a compressed one"),
        pytest.param(a_png(itxt(b"a"), (b"iTXt", b"openbadges")), "png_duplicate", id="and a damaged one"),
        pytest.param(a_png(itxt(b"a"), itxt(b"b", keyword=b"openbadgecredential")), "png_duplicate", id="2.0 and 3.0"),
        pytest.param(
            png_of(a_header(), itxt(b"a"), IDAT, itxt(b"b"), IEND),
            "png_duplicate",
            id="one before, one after the pixels",
        ),
        pytest.param(a_png(itxt(zlib.compress(b"a"), middle=b"\1\0\0\0")), "png_compressed", id="compressed iTXt"),
        pytest.param(a_png((b"zTXt", b"openbadges\0\0" + zlib.compress(b"a"))), "png_compressed", id="zTXt"),
        pytest.param(a_png(itxt(b"a", middle=b"\2\0\0\0")), "png_text", id="flag 2"),
        pytest.param(a_png(itxt(b"a", middle=b"\0\1\0\0")), "png_text", id="method 1"),
        pytest.param(a_png(itxt(b"", middle=b"\0\0fr")), "png_text", id="no text field"),
        pytest.param(a_png((b"iTXt", b"openbadges")), "png_text", id="keyword alone"),
        pytest.param(a_png((b"iTXt", b"openbadges\0")), "png_text", id="keyword and NUL"),
        pytest.param(a_png(itxt(b"")), "png_text", id="empty"),
        pytest.param(a_png(itxt(b"\xff")), "png_text", id="not UTF-8"),
        pytest.param(a_png(itxt(b"a\0b")), "png_text", id="NUL in the text"),
        pytest.param(a_png(itxt(b"a" * (MAX_TEXT + 1))), "png_text", id="too long"),
        pytest.param(a_png((b"tEXt", b"openbadges\0{}")), "png_text", id="JSON in tEXt"),
        pytest.param(a_png((b"tEXt", b"openbadges\0file:///etc/passwd")), "png_text", id="file address in tEXt"),
        pytest.param(a_png((b"tEXt", b"openbadges\0http://a b")), "png_text", id="space in the address"),
        pytest.param(a_png((b"tEXt", b"openbadges\0http://a\xe9")), "png_text", id="accent in the address"),
        pytest.param(a_png((b"tEXt", LONGEST + b"a")), "png_text", id="endless address"),
    ],
)
def test_a_doubtful_badge_is_refused(picture: bytes, code: str) -> None:
    with pytest.raises(CarrierRefused) as refusal:
        png.extract(picture)
    assert refusal.value.code == code


BROKEN = [
    pytest.param(b"", "png_signature", id="nothing"),
    pytest.param(a_png()[1:], "png_signature", id="first byte lost"),
    pytest.param(a_png().replace(b"\r\n", b"\n", 1), "png_signature", id="sent as text"),
    pytest.param(b"GIF89a", "png_signature", id="a GIF"),
    pytest.param(png.SIGNATURE, "png_truncated", id="the signature alone"),
    pytest.param(a_png()[:-1], "png_truncated", id="last byte lost"),
    pytest.param(a_png()[:-12], "png_truncated", id="no IEND"),
    pytest.param(png.SIGNATURE + b"\xff\xff\xff\xffIHDR", "png_truncated", id="a length beyond the file"),
    pytest.param(a_png()[:-4] + b"\0\0\0\0", "png_crc", id="wrong CRC of IEND"),
    pytest.param(a_png().replace(PIXELS, PIXELS[::-1]), "png_crc", id="pixels changed"),
    pytest.param(a_png((b"te\0t", b"")), "png_type", id="a name that is not letters"),
    pytest.param(a_png((b"te5t", b"")), "png_type", id="a name with a digit"),
    pytest.param(a_png(end=b"\0"), "png_trailing", id="one byte after IEND"),
    pytest.param(a_png(end=a_png()), "png_trailing", id="a second picture"),
    pytest.param(a_png(end=b"<script>alert(1)</script>"), "png_trailing", id="a script after IEND"),
    pytest.param(png_of(IEND), "png_order", id="no IHDR"),
    pytest.param(png_of(IDAT, a_header(), IEND), "png_order", id="IHDR second"),
    pytest.param(png_of(itxt(b"a"), a_header(), IDAT, IEND), "png_order", id="a badge before IHDR"),
    pytest.param(png_of(a_header(), a_header(), IDAT, IEND), "png_order", id="two IHDR"),
    pytest.param(png_of(a_header(), IEND), "png_order", id="no IDAT"),
    pytest.param(png_of(a_header(), IDAT, itxt(b"a"), IDAT, IEND), "png_order", id="IDAT in two runs"),
    pytest.param(png_of(a_header(), IDAT, PLTE, IEND), "png_order", id="PLTE after IDAT"),
    pytest.param(png_of(a_header(), PLTE, PLTE, IDAT, IEND), "png_order", id="two PLTE"),
    pytest.param(png_of(a_header(colour=3), IDAT, IEND), "png_order", id="indexed without PLTE"),
    pytest.param(png_of(a_header(colour=0), PLTE, IDAT, IEND), "png_order", id="grey with PLTE"),
    pytest.param(png_of(a_header(), IDAT, (b"IEND", b"a")), "png_order", id="IEND with a body"),
    pytest.param(png_of((b"IHDR", HEADER + b"\0"), IDAT, IEND), "png_header", id="IHDR too long"),
    pytest.param(png_of((b"IHDR", b""), IDAT, IEND), "png_header", id="IHDR empty"),
    pytest.param(png_of(a_header(depth=3), IDAT, IEND), "png_header", id="3 bits"),
    pytest.param(png_of(a_header(colour=1), IDAT, IEND), "png_header", id="colour type 1"),
    pytest.param(png_of(a_header(colour=2, depth=4), IDAT, IEND), "png_header", id="4 bits a colour"),
    pytest.param(png_of(a_header(compression=1), IDAT, IEND), "png_header", id="another compression"),
    pytest.param(png_of(a_header(filtering=1), IDAT, IEND), "png_header", id="another filter"),
    pytest.param(png_of(a_header(interlace=2), IDAT, IEND), "png_header", id="another interlace"),
    pytest.param(a_png(width=4097), "png_dimensions", id="4097 wide"),
    pytest.param(a_png(height=4097), "png_dimensions", id="4097 high"),
    pytest.param(a_png(width=0), "png_dimensions", id="no width"),
    pytest.param(a_png(height=0), "png_dimensions", id="no height"),
    pytest.param(a_png(width=2**32 - 1, height=2**32 - 1), "png_dimensions", id="a pixel flood"),
    pytest.param(a_png((b"CRIT", b"")), "png_critical", id="an unknown critical chunk"),
    pytest.param(a_png(*[(b"teSt", b"")] * 9_998), "png_too_many_chunks", id="10,001 chunks"),
    pytest.param(a_png((b"teSt", b"\0" * 5 * 1024 * 1024)), "png_too_large", id="beyond 5 MiB"),
]


@pytest.mark.parametrize(("picture", "code"), BROKEN)
def test_what_is_not_a_sound_picture_is_neither_read_nor_baked(picture: bytes, code: str) -> None:
    for use in (png.check, png.extract, png.Template):
        with pytest.raises(CarrierRefused) as refusal:
            use(picture)
        assert refusal.value.code == code
        assert not isinstance(refusal.value, NotBaked)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(a_png(width=4096, height=4096), id="4096 a side"),
        pytest.param(a_png((b"teSt", b"\0" * (5 * 1024 * 1024 - len(a_png()) - 12))), id="5 MiB"),
        pytest.param(a_png(*[(b"teSt", b"")] * 9_997), id="10,000 chunks"),
        pytest.param(png_of(a_header(interlace=1), IDAT, IEND), id="interlaced"),
        pytest.param(png_of(a_header(colour=3), PLTE, IDAT, IDAT, IEND), id="indexed, two IDAT"),
        pytest.param(png_of(a_header(colour=2), PLTE, IDAT, (b"tIME", b"1234567"), IEND), id="suggested palette"),
    ],
)
def test_what_is_sound_is_accepted(picture: bytes) -> None:
    assert len(picture) <= 5 * 1024 * 1024
    assert png.check(picture)[-1].kind == b"IEND"


def test_the_kinds_of_picture_are_those_of_the_standard() -> None:
    """Table 11.1 of PNG: colour type, and the bit depths that it allows."""
    allowed = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
    for colour in range(8):
        for depth in range(18):
            palette = [PLTE] if colour == 3 else []
            picture = png_of(a_header(colour=colour, depth=depth), *palette, IDAT, IEND)
            if depth in allowed.get(colour, set()):
                png.check(picture)
            else:
                with pytest.raises(CarrierRefused, match="expected a picture of the PNG standard"):
                    png.check(picture)


def test_a_picture_with_no_room_for_a_badge_is_refused() -> None:
    with pytest.raises(CarrierRefused, match="expected room for one more chunk"):
        png.Template(a_png(*[(b"teSt", b"")] * 9_997))
    with pytest.raises(CarrierRefused) as refusal:
        png.bake(a_png((b"teSt", b"\0" * (5 * 1024 * 1024 - 200))), "a" * 300)
    assert refusal.value.code == "png_too_large"


def test_an_address_may_hold_every_character_of_an_address() -> None:
    address = "https://a.example/!#$&'()*+,-./~"
    assert png.extract(a_png((b"tEXt", b"openbadges\0" + address.encode()))) == Carrier(address, "tEXt")


def test_a_text_of_the_very_size_is_baked_and_read() -> None:
    longest = "a" * MAX_TEXT
    assert png.extract(png.bake(a_png(), longest)).text == longest


def test_pixels_are_never_inflated() -> None:
    assert png.extract(png_of(a_header(), itxt(b"a"), (b"IDAT", b"not zlib at all"), IEND)).text == "a"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for picture in (data, png.SIGNATURE + data, a_png()[:33] + data):
        with pytest.raises(BadgesError):
            png.extract(picture)


@given(st.data())
def test_no_single_byte_of_a_baked_picture_can_be_changed(data: st.DataObject) -> None:
    picture = png.bake(a_png(), "a.b.c")
    place = data.draw(st.integers(0, len(picture) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != picture[place]))
    with pytest.raises(CarrierRefused):
        png.extract(picture[:place] + bytes([byte]) + picture[place + 1 :])


@given(OTHER_CHUNKS, st.integers(0, 300), st.binary(max_size=30))
def test_a_picture_cut_and_filled_is_read_or_refused(
    others: list[tuple[bytes, bytes]], place: int, filling: bytes
) -> None:
    picture = png.bake(a_png(*others), "a.b.c")
    try:
        carrier = png.extract(picture[:place] + filling + picture[place:])
    except BadgesError:
        return
    assert carrier.text == "a.b.c"


def test_a_badge_has_256_kibibytes_and_a_picture_five_mebibytes() -> None:
    assert png.extract(png.bake(a_png(), "a" * 262_144)).text == "a" * 262_144
    with pytest.raises(CarrierRefused, match="expected 1 to 262144 bytes"):
        png.bake(a_png(), "a" * 262_145)
    largest = 5 * 1024 * 1024 - len(a_png((b"teSt", b"")))
    with pytest.raises(NotBaked):
        png.extract(a_png((b"teSt", bytes(largest))))
    with pytest.raises(CarrierRefused) as refused:
        png.extract(a_png((b"teSt", bytes(largest + 1))))
    assert refused.value.code == "png_too_large"


def test_a_compressed_badge_is_refused_by_its_name() -> None:
    with pytest.raises(CarrierRefused, match=r"^expected plain text, found zTXt$"):
        png.extract(a_png((b"zTXt", b"openbadges\0\0" + zlib.compress(b"a"))))
    with pytest.raises(CarrierRefused, match=r"^expected plain text, found compressed iTXt"):
        png.extract(a_png((b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(b"a"))))
