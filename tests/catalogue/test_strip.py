"""The strip: made from tables, it says exactly what an ordinary QR library and an ordinary inflater would say."""

from __future__ import annotations

import random
import zlib

import pytest
import segno

from badges.addresses import CODE_ALPHABET, Addresses, parse_code
from badges.catalogue.lettering import lettering
from badges.catalogue.marks import ROW, read_mark_of
from badges.catalogue.strip import QrTable, Strip, strip_for

HOSTS = {
    "a usual host, pairs of letters": "https://badges.example.org",
    "an odd prefix, the first letter pairs with the stroke": "https://badge.example.org",
    "the demonstration": "http://127.0.0.1:8000",
    "a short host, the smallest symbol": "https://a.fr",
    "a long host under a path": "https://badges.insertion-par-activite.exemple.org/reseau",
    "a host that needs the byte mode": "https://my_host.example.org",
    "the longest that fits": "https://" + "a-long-name." * 12 + "fr",
}


def codes(number: int) -> list[str]:
    draw = random.Random(20261120)
    return ["".join(draw.choices(CODE_ALPHABET, k=12)) for _ in range(number)]


@pytest.fixture(params=list(HOSTS.values()), ids=list(HOSTS))
def strip(request: pytest.FixtureRequest) -> Strip:
    return strip_for(Addresses(request.param).short_prefix())


def inflated(strip: Strip, code: str, before: bytes = b"") -> bytes:
    """The strip's rows as any PNG reader would get them, its checksum verified after other rows."""
    start = zlib.compressobj(9)
    stream = start.compress(before) + start.flush(zlib.Z_FULL_FLUSH)
    return zlib.decompress(stream + strip.compressed(code, zlib.adler32(before)))[len(before) :]


def test_the_table_gives_the_symbol_that_segno_draws() -> None:
    prefix = Addresses("https://badges.example.org").short_prefix()
    table = QrTable.for_prefix(prefix)
    for code in codes(200):
        drawn = segno.make_qr(
            prefix + code, version=table.version, error=table.level, mask=3, mode=table.mode, boost_error=False
        )
        assert table.rows(code) == ["".join(map(str, row)) for row in drawn.matrix]


def test_the_table_is_right_for_every_kind_of_address(strip: Strip) -> None:
    qr = strip.qr
    for code in codes(12):
        drawn = segno.make_qr(
            strip.prefix + code, version=qr.version, error=qr.level, mask=3, mode=qr.mode, boost_error=False
        )
        assert qr.rows(code) == ["".join(map(str, row)) for row in drawn.matrix]


def test_any_inflater_reads_the_rows_and_agrees_with_the_checksum(strip: Strip) -> None:
    before = bytes(range(256)) * 301
    for code in codes(5):
        assert len(inflated(strip, code, before)) == strip.height * ROW
        assert inflated(strip, code, before) == inflated(strip, code)


def test_only_what_belongs_to_the_code_changes_with_it(strip: Strip) -> None:
    one, other = (inflated(strip, code) for code in codes(2))
    changed = {at % ROW for at in range(len(one)) if one[at] != other[at] and at > 4 * ROW}
    text_and_qr = set(range(1 + 14, 1 + 188)) | set(range(1 + 180, 1 + 286))
    assert changed <= text_and_qr


def test_the_mark_at_the_edge_says_the_code(strip: Strip) -> None:
    for code in codes(20):
        assert read_mark_of(strip.compressed(code, 1)) == code


def test_what_is_not_a_strip_has_no_mark() -> None:
    data = strip_for("HTTPS://A.FR/B/").compressed("0123456789AB", 1)
    assert read_mark_of(b"") is None
    assert read_mark_of(zlib.compress(b"anything")) is None
    assert read_mark_of(data[:200]) is None
    assert read_mark_of(data[:50] + b"\x77" + data[51:]) is None


def test_the_strip_keeps_its_height_but_for_the_longest_addresses() -> None:
    heights = {name: strip_for(Addresses(host).short_prefix()).height for name, host in HOSTS.items()}
    assert heights.pop("the longest that fits") == 212
    assert set(heights.values()) == {200}


def test_an_address_too_long_for_a_symbol_is_refused_with_its_length() -> None:
    with pytest.raises(ValueError, match=r"short enough .* found 2\d\d letters"):
        strip_for("HTTPS://" + "A" * 200 + ".FR/B/")


def test_a_strip_costs_what_a_strip_should() -> None:
    assert len(strip_for("HTTPS://BADGES.EXAMPLE.ORG/B/").compressed("0123456789AB", 1)) < 14_000


def test_the_letters_of_a_code_are_all_there_and_all_different() -> None:
    shapes = lettering().bitmaps["code"].glyphs
    assert len({tuple(shapes[letter]) for letter in CODE_ALPHABET}) == 32
    assert all(parse_code(letter * 12) == letter * 12 for letter in CODE_ALPHABET)
