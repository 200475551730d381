"""One badge on one page."""

from __future__ import annotations

from badges.paper.language import Language
from tests.paper.papers import FILE_NAME, a_badge, a_press
from tests.paper.reading import PdfRead


def test_an_attestation_is_one_page_that_says_who_attests_what_to_whom_since_when() -> None:
    read = PdfRead(a_press().attestation(a_badge(name="Nadia B.")))

    assert read.pages == 1
    told = read.text().replace("\u00a0", " ")
    assert "La structure Les Jardins du Loir atteste, depuis le 20 novembre 2026, que Nadia B. a montré" in told


def test_the_awarded_picture_is_inside_as_it_was_signed() -> None:
    badge = a_badge()

    assert PdfRead(a_press().attestation(badge)).files() == {FILE_NAME: badge.png}


def test_the_same_badge_gives_the_same_bytes() -> None:
    assert a_press().attestation(a_badge()) == a_press().attestation(a_badge(), Language())
