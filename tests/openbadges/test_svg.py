from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.errors import BadgesError, CarrierRefused, NotBaked
from badges.openbadges import svg
from badges.openbadges.carrier import MAX_TEXT, Carrier
from tests.openbadges.making import an_svg

NAMESPACE = 'xmlns:openbadges="http://openbadges.org"'
TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
ADDRESS = "https://example.org/assertions/1"
IN_XML = st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Co")) | st.sampled_from("\t\n\r")
TEXT = st.text(IN_XML, min_size=1, max_size=200).filter(lambda text: text == text.strip(" \t\r\n"))


def a_badge(inside: str = "", verify: str | None = TOKEN, *, name: str = "openbadges:assertion") -> str:
    attribute = "" if verify is None else f' verify="{verify}"'
    return f"<{name} {NAMESPACE}{attribute}>{inside}</{name}>"


@given(TEXT)
def test_a_token_baked_is_read_back(text: str) -> None:
    assert svg.extract(svg.bake(an_svg(), text)) == Carrier(text, "verify")


@given(TEXT)
def test_a_hosted_assertion_baked_is_read_back(text: str) -> None:
    assert svg.extract(svg.bake(an_svg(), text, ADDRESS)) == Carrier(text, "body")


@pytest.mark.parametrize("text", ['{"a":"]]>"}', "]]>]]>", "\"'<&>", "a\r\nb", "<![CDATA[x]]>", "&amp;", "😀"])
def test_what_xml_finds_special_is_read_back(text: str) -> None:
    assert svg.extract(svg.bake(an_svg(), text)).text == text
    assert svg.extract(svg.bake(an_svg(), text, ADDRESS)).text == text


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(an_svg(), id="plain"),
        pytest.param(an_svg(before='<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- <svg> -->\n'), id="prolog"),
        pytest.param(an_svg(root=' desc="a>b" title=\'"\'\n width="3"'), id="a > in an attribute"),
        pytest.param(an_svg().replace(b"<circle", b"\t <circle") + b"\n<!-- end -->\n", id="white space and comments"),
        pytest.param("é😀".join(["<!--", "-->"]).encode() + an_svg("<text>é</text>"), id="more than ASCII"),
        pytest.param(b"\xef\xbb\xbf" + an_svg(), id="byte order mark of UTF-8"),
        pytest.param(an_svg(root=' xmlns:openbadges="urn:other"'), id="the prefix means something else"),
        pytest.param(b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>', id="a prefix for svg"),
    ],
)
def test_baking_touches_no_other_byte(picture: bytes) -> None:
    for hosted in (None, ADDRESS):
        baked = svg.bake(picture, TOKEN, hosted)
        before, _, rest = baked.partition(b"<openbadges:assertion ")
        after = rest.partition(b"/>" if hosted is None else b"</openbadges:assertion>")[2]
        assert before + after == picture
        assert before.endswith(b">")
        assert svg.extract(baked).text == TOKEN


@pytest.mark.parametrize(
    "old",
    [
        pytest.param(a_badge(), id="a token"),
        pytest.param(a_badge("<![CDATA[{}]]>", ADDRESS), id="a hosted one"),
        pytest.param(f'<openbadges:assertion {NAMESPACE} verify="a>b"/>', id="an empty element"),
        pytest.param(f"<openbadges:assertion {NAMESPACE} verify='a'\n/>", id="another spelling"),
        pytest.param('<b:assertion xmlns:b="http://openbadges.org"></b:assertion\n>', id="another prefix"),
        pytest.param('<c xmlns="https://purl.imsglobal.org/ob/v3p0"/>'.replace("c ", "credential "), id="3.0"),
        pytest.param(a_badge() + a_badge("{}"), id="two of them"),
    ],
)
def test_baking_again_replaces_wherever_the_old_badge_was(old: str) -> None:
    clean = svg.bake(an_svg("<g><g></g></g>"), TOKEN)
    assert svg.bake(an_svg(f"<g><g>{old}</g></g>"), TOKEN) == clean
    assert svg.bake(clean, TOKEN) == clean


@pytest.mark.parametrize(
    ("inside", "carrier"),
    [
        pytest.param(a_badge(), Carrier(TOKEN, "verify"), id="a token in verify"),
        pytest.param(a_badge("\n <![CDATA[{}]]>\n ", ADDRESS), Carrier("{}", "body"), id="JSON in CDATA"),
        pytest.param(a_badge("{}", ADDRESS), Carrier("{}", "body"), id="JSON without CDATA"),
        pytest.param(a_badge("{}", None), Carrier("{}", "body"), id="JSON without verify"),
        pytest.param(a_badge(TOKEN, None), Carrier(TOKEN, "body"), id="a token in the body"),
        pytest.param(a_badge(TOKEN, TOKEN), Carrier(TOKEN, "body"), id="the same token in both"),
        pytest.param(a_badge(" \n ", ADDRESS), Carrier(ADDRESS, "verify"), id="an address alone"),
        pytest.param(a_badge("{<!-- no -->}", ADDRESS), Carrier("{}", "body"), id="a comment is no content"),
        pytest.param(f"<g>{a_badge()}</g>", Carrier(TOKEN, "verify"), id="deeper"),
        pytest.param(f'<x:assertion xmlns:x="http://openbadges.org" verify="{TOKEN}"/>', Carrier(TOKEN, "verify")),
        pytest.param("<assertion verify='x'/>" + a_badge(), Carrier(TOKEN, "verify"), id="another namespace beside"),
    ],
)
def test_what_is_in_the_wild_is_read(inside: str, carrier: Carrier) -> None:
    assert svg.extract(an_svg(inside)) == carrier


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        pytest.param(an_svg(), "not_baked", id="no badge"),
        pytest.param(an_svg('<assertion verify="a.b.c"/>'), "not_baked", id="in the namespace of SVG"),
        pytest.param(
            an_svg('<openbadges:assertion xmlns:openbadges="http://openbadges.com" verify="a"/>'),
            "not_baked",
            id="alike",
        ),
        pytest.param(an_svg(a_badge().replace("assertion", "Assertion")), "not_baked", id="another case"),
        pytest.param(
            an_svg('<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0" verify="a.b.c"/>'), "open_badges_3"
        ),
    ],
)
def test_a_sound_picture_without_a_badge_says_so(picture: bytes, code: str) -> None:
    with pytest.raises(NotBaked) as refusal:
        svg.extract(picture)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        pytest.param(a_badge() + a_badge(), "svg_duplicate", id="the same badge twice"),
        pytest.param(f"{a_badge()}<g>{a_badge(verify='d.e.f')}</g>", "svg_duplicate", id="two badges"),
        pytest.param(
            a_badge() + '<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0"/>',
            "svg_duplicate",
            id="2.0 and 3.0",
        ),
        pytest.param(a_badge(a_badge()), "svg_content", id="a badge in a badge"),
        pytest.param(a_badge("<b>{}</b>"), "svg_content", id="an element in a badge"),
        pytest.param(a_badge("", None), "svg_content", id="nothing in it"),
        pytest.param(a_badge("", " "), "svg_content", id="white space in it"),
        pytest.param(a_badge("a" * (MAX_TEXT + 1), None), "svg_content", id="too long"),
        pytest.param(a_badge("d.e.f", TOKEN), "svg_contradiction", id="two tokens"),
        pytest.param(a_badge("{}", TOKEN), "svg_contradiction", id="a token and JSON"),
        pytest.param(a_badge("{}", "file:///etc/passwd"), "svg_contradiction", id="a file address"),
        pytest.param("</g>", "svg_xml", id="not well-formed"),
        pytest.param("&nbsp;", "svg_xml", id="an entity that XML does not have"),
        pytest.param("<o:assertion verify='a'/>", "svg_xml", id="an undeclared prefix"),
        pytest.param("<g a='1' a='2'/>", "svg_xml", id="the same attribute twice"),
        pytest.param("<g>" * 200 + "</g>" * 200, "svg_depth", id="201 elements deep"),
        pytest.param("<g>" * 100_000, "svg_depth", id="100,000 elements deep"),
        pytest.param("<!-- " + "a" * 1024 * 1024 + " -->", "svg_too_large", id="beyond 1 MiB"),
    ],
)
def test_a_doubtful_badge_is_refused(inside: str, code: str) -> None:
    with pytest.raises(CarrierRefused) as refusal:
        svg.extract(an_svg(inside))
    assert refusal.value.code == code
    assert not isinstance(refusal.value, NotBaked)


LAUGHS = "<!DOCTYPE svg [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        pytest.param(b"", "svg_xml", id="nothing"),
        pytest.param(b"<svg", "svg_xml", id="cut"),
        pytest.param(an_svg() + b"<svg/>", "svg_xml", id="two pictures"),
        pytest.param(an_svg(before="<!DOCTYPE svg>"), "svg_doctype", id="DOCTYPE"),
        pytest.param(an_svg(before="<!DOCTYPE svg SYSTEM 'http://127.0.0.1/x.dtd'>"), "svg_doctype", id="external"),
        pytest.param(
            an_svg("&x;", before="<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"), "svg_doctype", id="a file"
        ),
        pytest.param(an_svg("&i;", before=LAUGHS + "]>"), "svg_doctype", id="a billion laughs"),
        pytest.param(an_svg(before='<?xml version="1.0" encoding="ISO-8859-1"?>'), "svg_encoding", id="Latin 1"),
        pytest.param(an_svg(before='<?xml version="1.0" encoding="UTF-7"?>'), "svg_encoding", id="UTF-7"),
        pytest.param(an_svg().decode().encode("utf-16"), "svg_encoding", id="UTF-16"),
        pytest.param(an_svg().decode().encode("utf-16-le"), "svg_encoding", id="UTF-16 without mark"),
        pytest.param(an_svg("<text>\xe9</text>").decode().encode("latin-1"), "svg_encoding", id="undeclared Latin 1"),
        pytest.param(an_svg("\0"), "svg_encoding", id="NUL"),
        pytest.param(b"<svg><g/></svg>", "svg_root", id="no namespace"),
        pytest.param(b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "svg_root", id="HTML"),
        pytest.param(a_badge().encode(), "svg_root", id="a badge without a picture"),
    ],
)
def test_what_is_not_a_sound_picture_is_neither_read_nor_baked(picture: bytes, code: str) -> None:
    for use in (svg.extract, lambda data: svg.bake(data, TOKEN)):
        with pytest.raises(CarrierRefused) as refusal:
            use(picture)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("<g><script href='x.js'/></g>", id="deep script"),
        pytest.param("<h:script xmlns:h='http://www.w3.org/1999/xhtml'/>", id="script of HTML"),
        pytest.param("<g onload='alert(1)'/>", id="event attribute"),
        pytest.param("<g onLoad='alert(1)'/>", id="event attribute, another case"),
        pytest.param("<a href=' JavaScript:alert(1)'/>", id="javascript address"),
        pytest.param("<a xmlns:x='http://www.w3.org/1999/xlink' x:href='java&#10;script:alert(1)'/>", id="folded"),
        pytest.param("<set attributeName='href' to='javascript:alert(1)'/>", id="javascript by animation"),
    ],
)
def test_a_picture_in_which_something_could_run_is_not_baked(inside: str) -> None:
    with pytest.raises(CarrierRefused) as refusal:
        svg.bake(an_svg(inside), TOKEN)
    assert refusal.value.code == "svg_active"


def test_a_foreign_badge_is_read_whatever_else_is_in_the_picture() -> None:
    """Reading shows nothing of the picture: what could run in it is no reason to doubt the badge."""
    assert svg.extract(an_svg("<script>alert(1)</script>" + a_badge())).text == TOKEN


@pytest.mark.parametrize(
    ("text", "verify"),
    [
        ("", None),
        ("a\0", None),
        ("\ud800", None),
        ("a\x01", None),
        ("\ufffe", ADDRESS),
        (" a", None),
        ("a\n", ADDRESS),
        ("a" * (MAX_TEXT + 1), None),
        ("{}", "\x01"),
        ("{}", " "),
    ],
)
def test_a_text_that_cannot_stand_in_xml_is_refused(text: str, verify: str | None) -> None:
    with pytest.raises(CarrierRefused) as refusal:
        svg.bake(an_svg(), text, verify)
    assert refusal.value.code == "svg_text"


def test_an_empty_picture_is_not_baked() -> None:
    with pytest.raises(
        CarrierRefused, match="expected an svg element with a picture in it, found an empty one"
    ) as refusal:
        svg.bake(b'<svg xmlns="http://www.w3.org/2000/svg"/>', TOKEN)
    assert refusal.value.code == "svg_root"


def test_a_picture_that_would_become_too_large_is_not_baked() -> None:
    with pytest.raises(CarrierRefused, match="once baked"):
        svg.bake(an_svg("<!-- " + "a" * (1024 * 1024 - 100) + " -->"), "a" * 300)


@given(st.binary(max_size=200) | st.text(alphabet="<>/=\"' svgopenbad:x&;![]-?", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for picture in (data, an_svg()[:40] + data, an_svg(a_badge("INSIDE")).replace(b"INSIDE", data)):
        for use in (svg.extract, lambda picture: svg.bake(picture, TOKEN)):
            try:
                use(picture)
            except BadgesError:
                continue


@given(st.data())
def test_a_picture_cut_and_filled_is_read_or_refused(data: st.DataObject) -> None:
    picture = svg.bake(an_svg("<g/>"), json.dumps({"a": 1}), ADDRESS)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(picture))] * 2)))
    try:
        svg.extract(picture[:start] + data.draw(st.binary(max_size=9)) + picture[end:])
    except BadgesError:
        return


def test_a_refusal_says_what_was_expected_and_what_was_found() -> None:
    with pytest.raises(CarrierRefused, match=r"^expected no DOCTYPE, found one$"):
        svg.extract(b'<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>')


def test_two_hundred_elements_inside_each_other_are_read() -> None:
    assert svg.extract(an_svg("<g>" * 198 + a_badge() + "</g>" * 198)).text == TOKEN


def test_many_elements_beside_each_other_are_not_deep() -> None:
    picture = b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g></g>" * 1000 + b"</svg>"
    assert svg.extract(svg.bake(picture, "eyJ.e30.x")).text == "eyJ.e30.x"


def test_a_drawing_has_one_mebibyte_baked_or_not() -> None:
    def of_size(size: int) -> bytes:
        drawing = '<svg xmlns="http://www.w3.org/2000/svg"><!--{}--></svg>'
        return drawing.format("a" * (size - len(drawing) + 2)).encode()

    largest = of_size(1024 * 1024)
    with pytest.raises(NotBaked):
        svg.extract(largest)
    with pytest.raises(CarrierRefused) as refused:
        svg.extract(largest + b" ")
    assert refused.value.code == "svg_too_large"
    room = 1024 * 1024 - (len(svg.bake(of_size(1000), "a.b.c")) - 1000)
    assert len(svg.bake(of_size(room), "a.b.c")) == 1024 * 1024
    with pytest.raises(CarrierRefused, match="once baked"):
        svg.bake(of_size(room + 1), "a.b.c")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (an_svg().decode().encode("utf-16"), "another encoding"),
        (an_svg(before='<?xml version="1.0" encoding="UTF-7"?>'), "UTF-7"),
    ],
)
def test_an_encoding_is_refused_by_its_name(data: bytes, found: str) -> None:
    with pytest.raises(CarrierRefused, match=f"^expected UTF-8, found {found}"):
        svg.extract(data)
