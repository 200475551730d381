"""Cards, ceremony sheets, passports, criteria sheets and receipts: what they say, and what they never say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from badges.addresses import spaced
from badges.catalogue.taxonomy import FAMILY_LABELS
from badges.paper.facts import Ceremony
from badges.paper.wording import WHAT_IT_IS_NOT
from tests.paper.papers import (
    CODE,
    FILE_NAME,
    ISSUED,
    LINK,
    RECEIPT,
    UUID,
    a_badge,
    a_card,
    a_passport,
    a_press,
    a_receipt,
    printed,
    the_catalogue,
)
from tests.paper.reading import PdfRead
from tests.paper.seeing import codes, drawn, margins, needs

EVERY_BADGE = the_catalogue().slugs()
LONG_NAMES = ["Anticonstitutionnellement", "Marie-Antoinette-Joséphine", "Maximilien François Marie Isidore", "M" * 60]


# -- cards ---------------------------------------------------------------------------------------------------------


def test_a_card_gives_the_first_name_the_short_address_and_who_tells_the_code() -> None:
    text = PdfRead(printed("cards")).text()

    assert "Nadia" in text
    assert "badges.example/mes-badges" in text
    assert "Code secret : il vous est dit par Claire, accompagnatrice. Ne l’écrivez pas ici." in text
    assert "Code secret : il vous est dit en personne." in text
    assert "demandez une autre carte à Les Jardins du Loir." in text


def test_the_secret_link_is_in_the_square_alone() -> None:
    assert LINK.rpartition("/")[2] not in PdfRead(printed("cards")).text()
    assert LINK.rpartition("/")[2].encode() not in printed("cards")


def test_a_card_carries_the_code_only_where_it_was_asked_for() -> None:
    text = PdfRead(a_press().cards([a_card(secret_code="482 913")], ISSUED)).text()

    assert "Code secret : 482 913. Ne donnez cette carte à personne." in text
    assert "Claire" not in text


@pytest.mark.parametrize(("number", "pages"), [(1, 1), (8, 1), (9, 2), (300, 38)])
def test_cards_go_eight_to_a_page(number: int, pages: int) -> None:
    read = PdfRead(a_press().cards([a_card(f"Prénom {at}") for at in range(number)], ISSUED))

    assert read.pages == pages
    assert f"Prénom {number - 1}" in read.text(pages - 1)


@needs("pdftoppm")
def test_cards_are_cut_where_the_marks_are() -> None:
    """85.6 × 54 mm (ISO/IEC 7810 ID-1), two across and four down, in the middle of the page."""
    left, top, right, bottom = margins(drawn(a_press().cards([a_card()] * 8, ISSUED), dpi=200))

    assert (left, right) == pytest.approx(((210 - 2 * 85.6) / 2 - 9,) * 2, abs=0.3)
    assert bottom == pytest.approx((297 - 4 * 54) / 2 - 9, abs=0.3)
    assert top == pytest.approx(20, abs=0.5), "how to print stands above, outside what is cut"


@needs("pdftoppm")
@pytest.mark.parametrize("name", LONG_NAMES)
def test_a_long_name_stays_beside_the_square_and_leaves_it_readable(name: str) -> None:
    pdf = a_press().cards([a_card(name, structure="Association " * 12, told_by="Marie-Christine " * 4)], ISSUED)

    assert codes(drawn(pdf)) == [LINK]
    assert "".join(name.split()) in "".join(PdfRead(pdf).text().split())


def test_a_badge_card_has_the_title_the_short_code_and_who_gave_it() -> None:
    text = PdfRead(printed("badge cards")).text()

    for words in ("Nadia B.", "Préparer le sol et planter", "Les Jardins du Loir, le 20 novembre 2026", spaced(CODE)):
        assert words in text


# -- ceremony ------------------------------------------------------------------------------------------------------


def test_a_ceremony_sheet_names_the_person_the_structure_the_day_and_who_signs() -> None:
    text = PdfRead(printed("ceremony")).text(0)

    assert "La structure Les Jardins du Loir reconnaît le travail de Nadia B. et lui remet ce badge." in text
    assert "À Vendôme, le 20 novembre 2026" in text
    assert "Pour la structure" in text
    assert "La personne" in text
    assert WHAT_IT_IS_NOT in text


def test_a_ceremony_sheet_without_a_name_thanks_whoever_earned_it() -> None:
    assert "remet ce badge à la personne qui l’a obtenu." in PdfRead(printed("ceremony")).text(1)


def test_the_day_of_the_ceremony_may_be_another_than_that_of_the_award() -> None:
    pdf = a_press().ceremony([Ceremony(a_badge(), day=date(2026, 12, 1))], ISSUED)

    assert "Le 1er décembre 2026" in PdfRead(pdf).text()


def test_every_badge_of_the_catalogue_has_a_ceremony_on_one_page() -> None:
    name = "Marie-Françoise Antoinette de La Tour d’Auvergne-Lauraguais"
    badges = [a_badge(slug, issuer="Association pour l’emploi du Pays de Vendôme " * 3) for slug in EVERY_BADGE]

    read = PdfRead(a_press().ceremony([Ceremony(badge, name=name, place=name) for badge in badges], ISSUED))

    assert read.pages == len(badges) == 46


# -- passport ------------------------------------------------------------------------------------------------------


def test_a_passport_begins_with_its_contents_and_each_line_leads_to_its_page() -> None:
    read = PdfRead(printed("passport"))
    links = [note for note in read.pdf.pages[0].Annots if note.Subtype == "/Link"]

    assert read.pages == 3
    assert "Mon passeport de badges Nadia B. 2 badges · Fait le 20 novembre 2026 Sommaire" in read.text(0)
    for at, title in enumerate(("Préparer le sol et planter (maraîchage)", "Être fiable : horaires et engagements"), 2):
        assert f"{title} Les Jardins du Loir, le 20 novembre 2026 page {at}" in read.text(0)
        assert title in read.text(at - 1)
    assert len(links) == 2


def test_every_badge_of_a_passport_is_inside_under_a_name_of_its_own() -> None:
    one, other = a_badge(), a_badge(uuid="0d9b7f0e-58f4-4c5e-8f5a-0a2f3d1c9e77")
    read = PdfRead(a_press().passport(a_passport(one, other)))

    assert read.files() == {FILE_NAME: one.png, FILE_NAME.replace(".png", f"-{other.code}.png"): other.png}


def test_a_passport_of_every_badge_has_a_page_for_each() -> None:
    badges = [a_badge(slug, file_name=f"{slug}.png") for slug in EVERY_BADGE]
    read = PdfRead(a_press().passport(a_passport(*badges)))

    contents = read.pages - len(badges)
    assert contents == 4
    assert len(read.files()) == len(badges)
    for at, badge in enumerate(badges):
        assert spaced(badge.code) in read.text(contents + at)


def test_a_passport_without_a_name_names_nobody() -> None:
    assert "Nadia" not in PdfRead(a_press().passport(a_passport())).text()


# -- criteria ------------------------------------------------------------------------------------------------------


def test_a_criteria_sheet_tells_what_is_asked_how_it_may_be_seen_and_leaves_room_to_write() -> None:
    read = PdfRead(printed("criteria"))
    text = read.text()

    for words in (
        "Critère Vu le Vu le Par",
        "Choisit et prépare les bons outils pour la tâche",
        "Observation au poste. Preuve : grille d’observation datée.",
        "Le travail a été observé au moins 2 jours différents.",
        "Décide : coordonnateur, ou encadrant technique, pédagogique et social. Personne ne décide pour soi-même.",
        "A1433 Maraîcher / Maraîchère",
        "version 0.1.0 · Proposition",
    ):
        assert words in text
    assert read.pages == 1
    assert {"Table", "TH", "TD"} <= set(read.tags())


@pytest.mark.parametrize("slug", EVERY_BADGE[::5])
def test_every_criterion_of_every_badge_is_on_its_sheet(slug: str) -> None:
    entry = the_catalogue().latest(slug)
    read = PdfRead(a_press().criteria(entry, the_catalogue()))
    text = "".join(read.text().split())

    assert read.pages <= 2
    for criterion in entry.definition.criteria:
        assert "".join(criterion.text.split()) in text
    assert "".join(FAMILY_LABELS[entry.definition.family].fr.split()) in text


def test_badges_asked_for_before_are_told_by_their_titles() -> None:
    text = PdfRead(a_press().criteria(the_catalogue().latest("eti-socle-encadrant"), the_catalogue())).text()

    assert "La personne a déjà : Connaître l’insertion par l’activité économique" in text


# -- receipt -------------------------------------------------------------------------------------------------------


def test_a_receipt_says_each_answer_in_words_and_carries_what_was_signed() -> None:
    read = PdfRead(printed("receipt"))
    text = read.text()

    assert "Le 20 novembre 2026 à 11 h 00, badges.example a vérifié et répondu :" in text
    assert "Oui La structure atteste ce badge" in text
    assert "On ne sait pas On ne sait pas : la liste des retraits" in text
    assert "a" * 64 in text.replace(" ", "")
    assert UUID in text
    assert "pas ce qui est vrai aujourd’hui" in text
    assert read.files() == {"verification.receipt.jws": RECEIPT.encode()}
    assert read.root.AF[0].EF.F.Subtype == "/application/jose"


def test_a_receipt_of_nobody_s_list_says_so() -> None:
    text = PdfRead(a_press().receipt(a_receipt(trust=None))).text()

    assert "Aucune : les émetteurs n’ont pas pu être reconnus." in text


def test_a_receipt_of_fifty_files_goes_on_from_page_to_page() -> None:
    receipt = a_receipt()
    read = PdfRead(a_press().receipt(replace(receipt, results=receipt.results * 25)))

    assert read.pages > 5
    assert read.text().count("Oui La structure") == 25
