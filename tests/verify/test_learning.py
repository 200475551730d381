"""What an employer may read to learn: every page well made, in both languages, without a script."""

from __future__ import annotations

import pytest

from badges.verify import learning
from tests.web.building import Browser, a_site, some_pages
from tests.web.reading_pages import PageRead

PAGES = some_pages()
SITE = a_site(learning.router(PAGES), pages=PAGES)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_for_employers_is_well_made_and_says_the_four_answers(language: str) -> None:
    response = Browser(SITE, language).get("/verifier/comprendre")
    page = PageRead(response.text)
    assert (response.status_code, page.faults, len(page.all("h1"))) == (200, [], 1)
    assert page.all("script") == []
    answers = {
        "fr": ("Oui", "En partie", "Non", "On ne sait pas", "ni un diplôme"),
        "en": ("Yes", "In part", "No", "Not known", "diploma"),
    }
    assert [words for words in answers[language] if words not in page.text] == []


def test_the_page_for_employers_leads_to_verifying_and_to_practising() -> None:
    links = {attributes.get("href") for attributes in PageRead(Browser(SITE).get("/verifier/comprendre").text).all("a")}
    assert {"/verifier", "/verifier/entrainement", "/b", "/criteres", "/bundle"} <= links
