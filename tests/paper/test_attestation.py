"""One badge on one page: what it says, what it carries, and that it fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.addresses import spaced
from badges.catalogue.record import Decider
from badges.errors import DocumentInvalid
from badges.paper.facts import Badge
from badges.paper.language import FRENCH
from badges.paper.wording import WHAT_IT_IS_NOT
from tests.openbadges.making import a_key
from tests.paper.papers import CODE, FILE_NAME, ISSUED, a_badge, a_press, printed, signed, the_catalogue
from tests.paper.reading import PdfRead
from tests.paper.seeing import drawn, margins, needs

LONG_NAME = "Marie-Françoise Antoinette de La Tour d’Auvergne-Lauraguais"
LONG_STRUCTURE = "Association intermédiaire pour l’emploi, la solidarité et l’économie sociale du Pays de Vendôme " * 2


def test_it_says_who_attests_what_to_whom_since_when() -> None:
    read = PdfRead(printed("attestation"))

    assert read.pages == 1
    assert "La structure Les Jardins du Loir atteste, depuis le 20 novembre 2026, que Nadia B. a montré" in read.text()
    assert "Préparer le sol et planter (maraîchage)" in read.text()


def test_it_tells_the_level_in_words_the_criteria_and_how_they_were_seen() -> None:
    text = PdfRead(printed("attestation")).text()

    for words in (
        "Selon les consignes",
        "Les 5 critères essentiels, tous acquis",
        "Choisit et prépare les bons outils pour la tâche",
        "Acquis en plus",
        "Reconnaît au moins cinq plants de la ferme",
        "Vu au travail sur 3 jours différents, entre septembre et octobre 2026.",
        "Observation au poste, mise en situation préparée, questions à l’oral.",
        "Coordonnateur, en novembre 2026.",
        "Sans limite",
    ):
        assert words in text


def test_it_says_what_the_badge_is_not_and_how_to_verify_it() -> None:
    text = PdfRead(printed("attestation")).text()

    assert WHAT_IT_IS_NOT in text
    assert spaced(CODE) in text
    assert "badges.example/b/" in text
    assert "badges.example/verifier" in text


def test_it_names_nobody_who_did_not_ask_for_it() -> None:
    read = PdfRead(a_press().attestation(a_badge()))

    assert "que la personne qui l’a reçu a montré" in read.text()


def test_the_name_that_the_person_asked_for_is_read_from_the_badge() -> None:
    assert a_badge(name="Nadia B.").name == "Nadia B."
    assert a_badge().name is None


def test_what_is_not_acquired_is_not_told() -> None:
    badge = a_badge()
    acquired = tuple(item for item in badge.record.criteria if item.criterion != "c6")

    text = PdfRead(a_press().attestation(replace(badge, record=badge.record._replace(criteria=acquired)))).text()

    assert "Acquis en plus" not in text
    assert "cinq plants" not in text


def test_the_second_look_of_another_structure_is_told() -> None:
    badge = a_badge()
    deciders = (*badge.record.deciders, Decider("a2", "second", "ETI", "other"))

    text = PdfRead(a_press().attestation(replace(badge, record=badge.record._replace(deciders=deciders)))).text()

    assert "second regard : encadrant technique, pédagogique et social (autre structure)" in text


def test_the_months_told_are_those_of_the_days_that_count() -> None:
    """Documents were read in September; the person was seen at work in October alone."""
    badge = a_badge("trv-fiabilite")
    seen = [
        item._replace(
            observations=tuple(
                observation._replace(month="2026-10", day=2)
                if observation.way in badge.definition.rule.observed_ways
                else observation._replace(month="2026-09", day=1)
                for observation in item.observations
            )
        )
        for item in badge.record.criteria
    ]

    text = PdfRead(a_press().attestation(replace(badge, record=badge.record._replace(criteria=tuple(seen))))).text()

    assert "Vu au travail un jour, en octobre 2026." in text


def test_the_end_of_a_badge_is_told() -> None:
    badge = a_badge(expires=datetime(2028, 3, 1, 9, tzinfo=UTC))

    assert "Jusqu’au 1er mars 2028" in PdfRead(a_press().attestation(badge)).text()


def test_the_awarded_picture_is_inside_as_it_was_signed() -> None:
    badge = a_badge()
    read = PdfRead(a_press().attestation(badge))

    assert read.files() == {FILE_NAME: badge.png}
    (attached,) = read.root.AF
    assert attached.AFRelationship == "/Source"
    assert attached.EF.F.Subtype == "/image/png"
    assert str(attached.Desc) == FRENCH.typeset("Le badge signé : le fichier à vérifier")


def test_a_badge_without_a_proof_of_ours_is_refused() -> None:
    from badges.openbadges import jws

    token = jws.sign(b'{"id":"urn:uuid:1","issuedOn":"2026-11-20T10:00:00Z"}', a_key("EdDSA"))

    with pytest.raises(DocumentInvalid, match="preuve de ses critères"):
        Badge.read(token, signed()[1], entry=a_badge().entry, issuer="X", file_name=FILE_NAME)


def test_every_badge_of_the_catalogue_fits_on_one_page_with_the_longest_names() -> None:
    badges = [
        a_badge(slug, name=LONG_NAME, issuer=LONG_STRUCTURE, file_name="badge-" + "mot-" * 15 + "2026-11-20.png")
        for slug in the_catalogue().slugs()
    ]

    read = PdfRead(a_press().attestations(badges, ISSUED))

    assert read.pages == len(badges) == 46


@settings(max_examples=10)
@given(name=st.text(max_size=120), issuer=st.text(min_size=1, max_size=200))
def test_any_name_can_be_printed_on_one_page(name: str, issuer: str) -> None:
    assert (
        PdfRead(
            a_press().attestation(
                a_badge(issuer=issuer),
            )
        ).pages
        == 1
    )
    assert PdfRead(a_press().attestation(replace(a_badge(issuer=issuer), name=name))).pages == 1


@needs("pdftoppm")
@pytest.mark.parametrize("slug", ["tec-maraichage-planter", "eti-socle-encadrant", "hyb-mad-suivre-mission"])
def test_nothing_is_drawn_where_a_printer_cannot(slug: str) -> None:
    badge = a_badge(slug, name="Anticonstitutionnellement" * 4, issuer=LONG_STRUCTURE)

    assert min(margins(drawn(a_press().attestation(badge), dpi=60))) > 9


def test_attestations_of_several_people_are_a_page_each_with_nothing_inside() -> None:
    read = PdfRead(printed("attestations"))

    assert read.pages == 2
    assert read.files() == {}
    assert "Être fiable" in read.text(1)
