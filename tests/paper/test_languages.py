"""Papers in other languages than French, and from right to left."""

from __future__ import annotations

import gettext

import pytest

from badges.paper.facts import Ceremony
from badges.paper.language import FRENCH, Language
from badges.web import languages
from tests.paper.papers import CODE, ISSUED, PAPERS, SLUG, a_badge, a_language, a_press, printed, the_catalogue
from tests.paper.reading import PdfRead
from tests.paper.seeing import drawn, needs, places

KIND = "شهادة كفاءة"
STATEMENT = "تشهد مؤسسة %(issuer)s، منذ %(day)s، أن %(person)s أظهر في العمل ما تطلبه هذه الشارة."
TITLE = "تحضير التربة والغرس"


class SomeArabic(gettext.NullTranslations):
    """Enough to see the direction and the letters; the words of people are in badges/web/translations."""

    def gettext(self, message: str) -> str:
        if message.startswith("La structure %(issuer)s atteste"):
            return STATEMENT
        return {"Attestation de compétence": KIND, "novembre": "نوفمبر"}.get(message, message)


ARABIC = Language("ar", SomeArabic(), {the_catalogue().latest(SLUG).definition.title: TITLE})


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("code", languages.available())
def test_every_paper_can_be_printed_in_every_language(code: str, paper: str) -> None:
    read = PdfRead(printed(paper, a_language(code)))

    assert read.root.Lang == code.partition("-")[0]
    assert "%(" not in read.text()


def test_english_says_the_same_in_english() -> None:
    text = PdfRead(printed("attestation", a_language("en"))).text()

    assert "Les Jardins du Loir certifies, since 20 November 2026, that Nadia B. has shown at work" in text
    assert "Preparing the soil and planting (market gardening)" in text
    assert "Seen at work on 3 different days, between September and October 2026." in text
    assert "It is not a diploma, a CQP, a CACES or a health certificate." in text


def test_what_is_not_translated_says_that_it_is_french() -> None:
    read = PdfRead(a_press().attestation(a_badge(), Language("de")))

    assert read.root.Lang == "de"
    assert "fr" in {str(element.Lang) for element in read.elements() if "/Lang" in element}


def test_a_paper_in_arabic_says_so_and_is_read_from_the_right() -> None:
    read = PdfRead(a_press().attestation(a_badge(), ARABIC))

    assert read.root.Lang == "ar"
    assert read.root.ViewerPreferences.Direction == "/R2L"
    assert any("Vazirmatn" in name for name in read.fonts())


def test_arabic_letters_are_joined() -> None:
    """Three times the same letter, at the beginning, in the middle and at the end of a word: three drawings of it."""
    read = PdfRead(a_press().attestation(a_badge(issuer="ببب"), ARABIC))
    page = read.pdf.pages[0]
    (font,) = {
        name: font for name, font in page.resources["/Font"].items() if "Vazirmatn-Bold" in str(font.BaseFont)
    }.values()

    shapes = font.ToUnicode.read_bytes().decode("latin-1").count("<0628>")

    assert shapes == 3


@needs("pdftoppm")
def test_a_paper_in_arabic_is_laid_out_the_other_way_round() -> None:
    def place(language: Language) -> float:
        (at,) = places(drawn(a_press().attestation(a_badge(), language)))
        return at

    assert place(FRENCH) > 0.7
    assert place(ARABIC) < 0.3


def test_codes_and_addresses_are_not_turned_round() -> None:
    text = PdfRead(a_press().ceremony([Ceremony(a_badge())], ISSUED, ARABIC)).text()

    assert " ".join((CODE[:4], CODE[4:8], CODE[8:])) in text
    assert "badges.example/b/" in text


def test_the_first_of_a_month_and_the_hour_are_told_as_french_does() -> None:
    from datetime import UTC, datetime

    moment = datetime(2026, 3, 1, 8, 5, tzinfo=UTC)

    assert FRENCH.day(moment) == "1er\u00a0mars 2026"
    assert FRENCH.hour(moment) == "9\u00a0h\u00a005"
    assert a_language("en").day(moment) == "1\u00a0March 2026"
    assert a_language("en").hour(moment) == "9:05"


def test_french_counts_none_as_one() -> None:
    assert FRENCH.ngettext("%(count)s badge", "%(count)s badges", 0) == "0 badge"
    assert FRENCH.ngettext("%(count)s badge", "%(count)s badges", 2) == "2 badges"
    assert Language("fr", languages.French()).ngettext("%(count)s mois", "%(count)s mois", 1) == "1\u00a0mois"


@pytest.mark.parametrize("paper", ["attestation", "ceremony", "passport", "criteria", "receipt"])
def test_words_that_nobody_read_again_say_so(paper: str) -> None:
    class NotReread(gettext.NullTranslations):
        reread = False

    sentence = "Cette traduction n’a pas encore été relue par une personne dont c’est la langue."

    assert sentence in PdfRead(PAPERS[paper](Language("de", NotReread()))).text()
    assert sentence not in PdfRead(printed(paper)).text()


def test_a_list_has_the_comma_of_its_language() -> None:
    assert FRENCH.listed(["vu", "dit"]) == "vu, dit"
    assert ARABIC.listed(["شوهد", "قيل"]) == "شوهد، قيل"
