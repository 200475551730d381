"""Every public page, in every language: well made, in good French, nothing inline."""

from __future__ import annotations

import ast
import itertools
import re
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import quote

import jinja2
import pytest
from fastapi import APIRouter, Request, Response

from badges.errors import Misuse
from badges.issuer.wording import refusal
from badges.typography import N_, french
from badges.web import languages

from . import published_documents
from .building import Browser, a_site, some_pages
from .reading_pages import PageRead

PAGES = some_pages()
SITE = a_site(published_documents.router(PAGES), pages=PAGES)
ADDRESSES = [
    "/",
    "/criteres",
    "/criteres?q=peinture",
    "/criteres?q=zzz",
    "/criteres?famille=transverses&niveau=1",
    "/criteres/tec-maraichage-planter/0.1.0",
    "/criteres/eti-socle-encadrant/0.1.0",
    "/criteres/trv-autonomie-initiative/0.1.0",
    "/alignements/clea-7",
    "/rien-ici",
    *published_documents.SHOWN,
]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_well_made(address: str, language: str) -> None:
    response = Browser(SITE, language).get(address)
    page = PageRead(response.text)
    assert page.faults == []
    assert page.all("html")[0]["lang"] == language == response.headers["content-language"]
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert all("alt" in image for image in page.all("img"))
    identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_inline(address: str) -> None:
    page = PageRead(Browser(SITE).get(address).text)
    assert page.all("style") == []
    assert all("src" in script for script in page.all("script"))
    for _, attributes in page.elements:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)


@pytest.mark.parametrize("address", ADDRESSES)
def test_headings_go_down_one_step_at_a_time(address: str) -> None:
    levels = [
        int(tag[1]) for tag, _ in PageRead(Browser(SITE).get(address).text).elements if re.fullmatch("h[1-6]", tag)
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("address", ADDRESSES)
def test_french_is_set_as_french_is_printed(address: str) -> None:
    text = PageRead(Browser(SITE).get(address).text).text
    assert re.findall(r".{12} [;!?»].{0,12}|.{12}« .{0,12}|.{12} :\s.{0,12}", text) == []
    assert re.findall(r"\w+'\w+", text) == []


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Oui : ce badge", "Oui\u00a0: ce badge"),
        ("Qui ? Vous !", "Qui\u202f? Vous\u202f!"),
        ("« acquis »", "«\u202facquis\u202f»"),
        ("l'insertion", "l’insertion"),
        ("à 10:30, https://x.fr/a:b", "à 10:30, https://x.fr/a:b"),
        ("24 mois", "24\u00a0mois"),
        ("sans rien", "sans rien"),
    ],
)
def test_typography(typed: str, printed: str) -> None:
    assert french(typed) == printed
    assert french(printed) == printed


def test_no_sentence_is_missing_in_another_language() -> None:
    """Of every page for a language that covers them all, of the person's pages for any other."""
    for language, translations in languages.available().items():
        if not isinstance(translations, languages.Translated):
            continue
        covers = languages.ALL if translations.whole else languages.PERSON
        missing = [
            f"{file}:{line}: {message}"
            for file, line, message, _ in languages.messages_for(covers)
            if not translations.knows(message)
        ]
        assert missing == [], f"run python -m badges.web.languages, then translate {language}"


def marked_sentences() -> set[str]:
    """Those of the code, in every room."""
    return {
        ast.literal_eval(call.args[0])
        for path in languages.PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "N_"
    }


def test_every_marked_sentence_is_given_to_the_translators_and_known_in_english() -> None:
    given = {message for _, _, message, _ in languages.messages()}
    english = languages.available()["en"]
    assert isinstance(english, languages.Translated)
    assert sorted(marked_sentences() - given) == []
    assert [sentence for sentence in sorted(marked_sentences()) if not english.knows(sentence)] == []


def test_a_refusal_is_in_the_language_of_the_page_with_what_it_holds() -> None:
    refused = refusal(Misuse, "too_many_shares", most=20)
    template = "{{ r.message|said }} {{ r.advice|said }} {{ _(r.message) }}"
    english = some_pages()._environments["en"].from_string(template).render(r=refused)
    told = "20 shares at most were expected at the same time."
    assert english == f"{told} First stop a share that is no longer of use. {told}"
    assert shown("{{ r.message|said }}", r=refused) == "20 partages au plus étaient attendus en même temps."


@pytest.mark.parametrize("language", [code for code in languages.available() if languages.tag(code) != "fr"])
def test_every_badge_has_its_title_and_simple_sentence_in_each_language(language: str) -> None:
    known = languages.catalogue_words()[language]
    assert [text for _, text in languages.catalogue_messages(language) if not known.get(text)] == []


def test_words_that_are_filled_in_are_the_same_in_every_language() -> None:
    """A translation that lost ``%(day)s`` would fail the page, and one with a tag of its own would break it."""
    filled = re.compile(r"%\(\w+\)s|\{\w+\}|</?\w+[^>]*>")
    for language, translations in languages.available().items():
        if not isinstance(translations, languages.Translated):
            continue
        for _, _, message, _ in languages.messages():
            singular = message if isinstance(message, str) else message[-1]
            found = translations._messages.get(message if isinstance(message, str) else message[0])
            for text in (found,) if isinstance(found, str) else found or ():
                holes = set(filled.findall(text))
                assert holes <= set(filled.findall(singular)), f"{language}: {text}"
                assert isinstance(found, tuple) or holes == set(filled.findall(singular)), f"{language}: {text}"


def test_a_page_that_is_not_translated_yet_is_french_and_says_so() -> None:
    answer = Browser(SITE).get("/criteres?lang=ar")
    page = PageRead(answer.text)
    assert (page.all("html")[0]["lang"], page.all("html")[0]["dir"]) == ("fr", "ltr")
    assert "هذه الصفحة لم تُترجم بعد" in page.text
    assert "langue=ar" in answer.headers["set-cookie"], "the next page that is in Arabic will be"


@pytest.mark.parametrize(("language", "words"), [("ar", "لم يراجع هذه الترجمة"), ("en", "has not yet been read again")])
def test_a_translation_that_nobody_read_again_says_so(language: str, words: str) -> None:
    assert words in PageRead(Browser(SITE).get(f"/?lang={language}").text).text
    assert "relue" not in PageRead(Browser(SITE).get("/").text).text


def test_the_language_is_the_one_asked_for() -> None:
    browser = Browser(SITE, "de, en;q=0.7, fr;q=0.3")
    assert browser.get("/").headers["content-language"] == "en"
    assert browser.get("/?lang=fr").headers["content-language"] == "fr"
    assert browser.get("/").headers["content-language"] == "fr", "the choice is kept"
    assert browser.get("/?lang=xx").headers["content-language"] == "fr"
    assert Browser(SITE, "de").get("/").headers["content-language"] == "fr"
    assert Browser(SITE, "en;q=abc,;q=,,fr").get("/").headers["content-language"] == "fr"


def test_a_published_document_is_shown_whole_as_text_with_links_of_the_web_only() -> None:
    pages = some_pages()
    router = APIRouter()
    hostile = {
        **published_documents.PROFILE,
        "name": "<b>Moi</b>",
        "url": "javascript:alert(1)",
        "publicKey": {"id": "x"},
    }

    @router.get("/hostile")
    def hostile_profile(request: Request) -> Response:
        return pages.render(request, "published/profile.html", document=hostile)

    page = PageRead(Browser(a_site(router, pages=pages)).get("/hostile").text)
    assert page.all("b") == []
    assert not any(str(link["href"]).startswith("javascript") for link in page.all("a"))


def test_a_link_to_the_other_language_keeps_the_question() -> None:
    page = PageRead(Browser(SITE).get("/criteres?q=vélo&famille=techniques").text)
    link = next(link for link in page.all("a") if link.get("hreflang") == "en")
    assert link["href"] == "?q=v%C3%A9lo&famille=techniques&lang=en"


def test_what_a_person_typed_is_text() -> None:
    response = Browser(SITE).get("/criteres?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E{{7*7}}")
    assert response.status_code == 200
    assert "<script>" not in response.text
    assert "49" not in response.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("typed", ["<img src=x>", "50 %i", "%(name)s", "{name}"])
def test_a_refusal_that_repeats_what_was_typed_shows_it_as_text(typed: str, language: str) -> None:
    response = Browser(SITE).get(f"/criteres/{quote(typed)}/1.0.0?lang={language}")
    assert response.status_code == 404
    assert french(typed) in PageRead(response.text).text
    assert "<img src=x>" not in response.text


@pytest.mark.parametrize("typed", ["<img src=x>", "50 %i", "%(name)s", "{name}"])
@pytest.mark.parametrize("template", ["{{ m|said }}", "{{ _(m) }}", "{{ gettext(m)|typo }}"])
def test_a_sentence_that_was_filled_in_is_text_in_every_template(template: str, typed: str) -> None:
    sentence = N_("Une valeur était attendue : {found}.").format(found=typed)
    assert unescape(shown(template, m=sentence)) == french(f"Une valeur était attendue : {typed}.")
    assert "<img" not in shown(template, m=sentence)


def shown(template_text: str, **values: object) -> str:
    """A tiny template, with the filters of the French pages."""
    pages = some_pages()
    return pages._environments["fr"].from_string(template_text).render(**values)


def test_dates_are_in_full() -> None:
    assert shown("{{ d|day }}", d=date(2026, 11, 20)) == "20 novembre 2026"
    assert shown("{{ d|day }}", d=date(2027, 3, 1)) == "1er mars 2027"
    assert shown("{{ d|day }}", d=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1er janvier 2027", "the day in Paris"
    assert shown("{{ d|day }}", d="2026-11-20T10:00:00Z") == "20 novembre 2026"
    assert shown("{{ d|month }}", d="2026-10") == "octobre 2026"
    assert shown("{{ n|number }}", n=3000) == "3\u202f000"


def test_an_undefined_variable_fails_the_page() -> None:
    with pytest.raises(jinja2.UndefinedError):
        shown("{{ nobody }}")


def test_a_page_with_a_broken_link_to_a_static_file_fails() -> None:
    with pytest.raises(KeyError):
        shown("{{ static('gone.css') }}")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="tlh"):
        some_pages(language="tlh")


def test_the_demonstration_says_so_and_the_rest_does_not() -> None:
    assert "Données fictives" in Browser(SITE).get("/").text
    assert "Données fictives" not in Browser(a_site(pages=some_pages(demo=False))).get("/").text


def test_style_sheets_never_change_under_their_name() -> None:
    browser = Browser(SITE)
    address = PageRead(browser.get("/").text).all("link")[0]["href"]
    assert address is not None
    response = browser.get(address, accept_encoding="gzip")
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["content-encoding"] == "gzip"
    assert "--paper" in response.text
    assert browser.get(address, accept_encoding="identity").text == response.text
    assert browser.get("/static/badges-000000000000.css").status_code == 404
    assert browser.get("/static/../pages.py").status_code == 404


def test_a_page_weighs_little_without_its_pictures() -> None:
    browser = Browser(SITE)
    sheet = browser.get(some_pages().static.address("badges.css"), accept_encoding="gzip")
    for address in ADDRESSES:
        assert len(browser.get(address).content) + int(sheet.headers["content-length"]) < 60_000


def test_a_room_may_render_with_a_status_and_headers() -> None:
    pages = some_pages()
    router = APIRouter()

    @router.get("/somewhere")
    def somewhere(request: Request) -> Response:
        values = {"title": "Titre", "detail": "", "advice": "", "usual_advice": "Avis", "reference": ""}
        return pages.render(request, "web/refusal.html", 410, headers={"X-Here": "yes"}, **values)

    response = Browser(a_site(router, pages=pages)).get("/somewhere")
    assert (response.status_code, response.headers["x-here"]) == (410, "yes")
