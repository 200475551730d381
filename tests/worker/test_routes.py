"""The person's own pages: what they show, to whom, and that everything else is one same refusal."""

from __future__ import annotations

import re

import pytest

from badges.issuer.wording import REVOCATION_REASONS
from badges.worker.routes import WITHDRAWN_WHY
from tests.web.building import Browser
from tests.web.reading_pages import PageRead

from .shelf_in_memory import EMPTY_SECRET, OTHER_SECRET, SECRET, ShelfInMemory, a_workers_site

SHELF = ShelfInMemory()
SITE = a_workers_site(SHELF)
MINE = f"/mes-badges/{SECRET}"
ADDRESSES = [
    MINE,
    f"/mes-badges/{EMPTY_SECRET}",
    "/mes-badges",
    "/mes-badges/inconnu",
    "/b",
    "/b?code=trop+court",
    "/b/000000000000",
    "/p/abcdef",
    *(f"/b/{award.code}" for award in (SHELF.valid, SHELF.ending, SHELF.expired, SHELF.replaced, SHELF.revoked)),
]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_well_made(address: str, language: str) -> None:
    response = Browser(SITE, language).get(address)
    page = PageRead(response.text)
    assert page.faults == []
    assert page.all("html")[0]["lang"] == language
    assert len(page.all("h1")) == 1
    assert page.all("style") == []
    assert not any("style" in attributes for _, attributes in page.elements)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(level <= before + 1 for before, level in zip([0, *levels], levels, strict=False))
    if language == "fr":
        assert re.findall(r".{12} [;!?»].{0,12}|.{12}« .{0,12}|.{12} :\s.{0,12}", page.text) == []
        assert re.findall(r"\w+'\w+", page.text) == []


def test_each_badge_says_who_when_until_when_and_its_state() -> None:
    text = PageRead(Browser(SITE).get(MINE).text).text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Vous avez 3 badges." in text, "a withdrawn badge is told, and counts no more"
    assert "Préparer le sol et planter (maraîchage)" in text
    assert "Je sais préparer la terre et planter." in text
    assert "Les Jardins du Val d’Or" in text
    assert "18 novembre 2026" in text
    assert "1er mars 2028" in text
    for words in ("En cours de validité", "Date dépassée", "Remplacé par un autre badge", "Retiré"):
        assert words in text
    assert "Il avait été délivré par erreur." in text
    assert "Marie" not in text


def test_the_badges_that_one_can_show_come_first_and_one_of_them_is_the_example() -> None:
    text = Browser(SITE).get(MINE).text
    places = [text.index(f"{award.code[:4]} {award.code[4:8]}") for award in (SHELF.expired, SHELF.replaced)]
    assert text.index(f"{SHELF.valid.code[:4]} {SHELF.valid.code[4:8]}") < places[0] < places[1]
    assert f"/b/{SHELF.valid.code}" in text.partition("Mettre dans un CV")[2]


def test_only_badges_that_are_still_good_are_to_take_away() -> None:
    links = {str(link["href"]) for link in PageRead(Browser(SITE).get(MINE).text).all("a")}
    assert f"{MINE}/{SHELF.valid.uuid}.png" in links
    assert f"{MINE}/{SHELF.expired.uuid}.svg" in links
    assert not any(SHELF.revoked.uuid in link for link in links)
    assert f"/b/{SHELF.valid.code}" in links, "the replaced badge leads to the one that replaces it"


@pytest.mark.parametrize(("form", "media_type"), [("png", "image/png"), ("svg", "image/svg+xml")])
def test_a_file_is_taken_away_under_a_readable_name(form: str, media_type: str) -> None:
    address = f"{MINE}/{SHELF.valid.uuid}.{form}"
    response = Browser(SITE).get(address)
    assert response.headers["content-type"] == media_type
    assert response.headers["content-disposition"] == (
        f'attachment; filename="badge-preparer-le-sol-et-planter-maraichage-2026-11-18.{form}"'
    )
    expected = f"{form} tec-maraichage-planter 0.1.0 token-of-{SHELF.valid.uuid} {SHELF.valid.code}"
    assert response.text == expected
    assert Browser(SITE).get(address).content == response.content
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


def test_what_may_not_be_shown_is_one_same_refusal() -> None:
    refused = [
        "/mes-badges/inconnu",
        f"/mes-badges/{SECRET.upper()}",
        f"{MINE}/{SHELF.others.uuid}.png",
        f"/mes-badges/{OTHER_SECRET}/{SHELF.erased.uuid}.png",
        f"/mes-badges/{OTHER_SECRET}/{SHELF.valid.uuid}.png",
        f"{MINE}/{SHELF.valid.uuid}.pdf",
        f"{MINE}/00000000-0000-0000-0000-000000000000.png",
    ]
    answers = [Browser(SITE).get(address) for address in refused]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {re.sub(r'aria-current="\w+"', "", answer.text) for answer in answers}
    assert len(bodies) == 1
    assert {tuple(sorted(answer.headers.keys())) for answer in answers} == {tuple(sorted(answers[0].headers.keys()))}
    assert SECRET not in answers[2].text


def test_a_person_without_a_badge_reads_what_comes_next() -> None:
    text = PageRead(Browser(SITE).get(f"/mes-badges/{EMPTY_SECRET}").text).text
    assert "Pas encore de badge ici" in text


@pytest.mark.parametrize("spelling", [str.upper, str.lower, lambda code: f"{code[:4]}-{code[4:8]} {code[8:]}"])
@pytest.mark.parametrize("door", ["/b/", "/B/"])
def test_a_code_is_read_in_any_spelling(door: str, spelling: object) -> None:
    assert callable(spelling)
    assert Browser(SITE).get(door + spelling(SHELF.valid.code)).status_code == 200


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("valid", "Ce code est celui d’un badge en cours de validité"),
        ("expired", "Ce code est celui d’un badge dont la date est dépassée"),
        ("replaced", "Ce code est celui d’un badge remplacé"),
        ("revoked", "Ce code est celui d’un badge retiré"),
    ],
)
def test_a_code_tells_the_state_in_words_and_never_a_name(name: str, words: str) -> None:
    award = getattr(SHELF, name)
    page = PageRead(Browser(SITE).get(f"/b/{award.code.lower()}").text)
    assert words in page.text
    assert "/verifier" in {link["href"] for link in page.all("a")}
    for personal in ("Marie", "Jardins", award.uuid):
        assert personal not in page.text


def test_a_code_opens_nothing_once_its_badge_is_erased() -> None:
    erased, unknown = (Browser(SITE).get(f"/b/{code}") for code in (SHELF.erased.code, "0" * 12))
    assert (erased.status_code, erased.text) == (unknown.status_code, unknown.text)
    assert erased.status_code == 404


def test_a_typed_code_leads_to_its_page() -> None:
    code = SHELF.valid.code
    answer = Browser(SITE).get(f"/b?code={code[:4].lower()}+{code[4:]}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/b/{code}")


def test_what_was_typed_wrong_is_kept_and_explained() -> None:
    answer = Browser(SITE).get('/b?code="><b>zzz')
    page = PageRead(answer.text)
    assert answer.status_code == 422
    typed = next(field for field in page.all("input") if field.get("name") == "code")
    assert typed["value"] == '"><b>zzz'
    assert typed["aria-invalid"] == "true"
    assert "il en faut 12" in page.text


def test_the_address_of_a_person_says_nothing_of_anybody() -> None:
    known, unknown = (Browser(SITE).get(f"/p/{opaque}") for opaque in ("ow1", "nobody"))
    assert known.text == unknown.text
    assert known.status_code == 200


def test_each_reason_of_the_issuer_is_said_to_the_person() -> None:
    assert set(WITHDRAWN_WHY) == set(REVOCATION_REASONS)


def test_the_page_of_a_code_asks_for_the_file_and_says_which_badge_is_expected() -> None:
    page = PageRead(Browser(SITE).get(f"/b/{SHELF.valid.code}").text)
    (form,) = [each for each in page.all("form") if each.get("action") == "/verifier"]
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    assert [each["value"] for each in page.all("input") if each.get("name") == "expected"] == [SHELF.valid.code]
    assert [each["type"] for each in page.all("input") if each.get("name") == "file"] == ["file"]
