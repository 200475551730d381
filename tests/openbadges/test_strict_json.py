from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from badges.errors import DocumentRefused
from badges.openbadges import strict_json

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**32) + 1, 10**32 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b'{"a":1,"a":1}', "json_duplicate", id="the same member twice"),
        pytest.param(b'{"a":{"b":1,"b":2}}', "json_duplicate", id="twice, deeper"),
        pytest.param(b'{"a":1,"\\u0061":2}', "json_duplicate", id="twice, once escaped"),
        pytest.param(b"\xef\xbb\xbf{}", "json_encoding", id="byte order mark"),
        pytest.param(b'"\xff"', "json_encoding", id="not UTF-8"),
        pytest.param(b'"\xed\xa0\x80"', "json_encoding", id="a surrogate in UTF-8"),
        pytest.param('{"a":1}'.encode("utf-16"), "json_encoding", id="UTF-16"),
        pytest.param(b"", "json_syntax", id="nothing"),
        pytest.param(b"{} {}", "json_syntax", id="two documents"),
        pytest.param(b"{'a':1}", "json_syntax", id="single quotes"),
        pytest.param(b'{"a":1,}', "json_syntax", id="trailing comma"),
        pytest.param(b"01", "json_syntax", id="leading zero"),
        pytest.param(b'"\x01"', "json_syntax", id="control character"),
        pytest.param(b'"\x00"', "json_syntax", id="raw NUL"),
        pytest.param(b"NaN", "json_number", id="NaN"),
        pytest.param(b"[-Infinity]", "json_number", id="infinity"),
        pytest.param(b"1e999", "json_number", id="infinity in disguise"),
        pytest.param(b"-1e999", "json_number", id="minus infinity in disguise"),
        pytest.param(b"1" * 33, "json_number", id="33 digits"),
        pytest.param(b"1" * 100_000, "json_number", id="100,000 digits"),
        pytest.param(b'"\\u0000"', "json_character", id="escaped NUL"),
        pytest.param(b'{"\\u0000":1}', "json_character", id="NUL in a name"),
        pytest.param(b'"\\ud800"', "json_character", id="half a surrogate pair"),
        pytest.param(b'[["\\uDC00"]]', "json_character", id="the other half"),
        pytest.param(b"[" * 65 + b"]" * 65, "json_depth", id="65 levels"),
        pytest.param(b'{"a":' * 65 + b"1" + b"}" * 65, "json_depth", id="65 objects"),
        pytest.param(b"[" * 300 + b"]" * 300, "json_depth", id="300 levels"),
        pytest.param(b"[" * 200_000 + b"]" * 200_000, "json_depth", id="200,000 levels"),
        pytest.param(b" " + b"[" * 200_000, "json_depth", id="200,000 levels that never end"),
    ],
)
def test_what_is_not_strict_json_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        strict_json.loads(data)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b"[" * 64 + b"]" * 64, None, id="64 levels"),
        pytest.param(b"1" * 32, int("1" * 32), id="32 digits"),
        pytest.param(b"-" + b"1" * 32, -int("1" * 32), id="32 digits and a sign"),
        pytest.param(b'"\\ud83d\\ude00"', "😀", id="a whole surrogate pair"),
        pytest.param(b'"\\\\u0000"', "\\u0000", id="a backslash before u0000"),
        pytest.param(b' {"a" : [1, 2.50] } \n', {"a": [1, 2.5]}, id="white space"),
        pytest.param(b'{"a":{"a":1},"b":{"a":1}}', {"a": {"a": 1}, "b": {"a": 1}}, id="same name, other objects"),
        pytest.param(b"18446744073709551616", 2**64, id="beyond 64 bits"),
    ],
)
def test_what_is_strict_json_is_read(data: bytes, value: object) -> None:
    found = strict_json.loads(data)
    assert value is None or found == value


@given(VALUES)
def test_every_document_is_read_as_it_was_written(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert strict_json.loads(text.encode()) == value


@given(VALUES)
def test_both_paths_read_the_same(value: object) -> None:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert strict_json.loads(data) == strict_json._read_any(data)


@given(st.binary() | st.text(alphabet='{}[],:"0123456789eE.+-\\u aé').map(str.encode))
@example(b'{"a":1e400}')
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = strict_json.loads(data)
    except DocumentRefused:
        return
    assert strict_json.loads(json.dumps(value).encode()) == value


@given(st.text(alphabet='{}[],:"0123456789.-\\uabc ', max_size=40))
def test_nothing_is_read_that_other_readers_refuse(text: str) -> None:
    """A document that means nothing to others must mean nothing to us."""
    try:
        ours = strict_json.loads(text.encode())
    except DocumentRefused:
        return
    assert ours == json.loads(text)


def test_a_member_said_twice_among_very_many_is_found_at_once() -> None:
    names = ",".join(f'"a{number}":0' for number in range(100_000))
    began = time.process_time()
    with pytest.raises(DocumentRefused) as refused:
        strict_json.loads(f'{{{names},"a99999":1}}'.encode())
    assert refused.value.code == "json_duplicate"
    assert "'a99999'" in refused.value.message
    assert time.process_time() - began < 2  # looking at each name again for each name took minutes
