"""A badge proposed in a form, or taken over from another network: files that publish as they are, or a sentence."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from badges.addresses import Addresses
from badges.catalogue import publishing
from badges.catalogue.criteria_files import Origin
from badges.catalogue.definition import AwardRule, Criterion, to_json
from badges.catalogue.drafting import (
    Draft,
    around_toml,
    as_zip,
    definition_of,
    definition_toml,
    draft_of,
    problems_of,
    read_badge_class,
    slug_for,
    tidy,
)
from badges.catalogue.library import Catalogue, shipped_criteria
from badges.errors import CatalogueError
from badges.issuer import documents

TODAY = date(2026, 11, 21)
SLUG = "tec-maraichage-planter"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.open(shipped_criteria())


def a_draft(**changes: Any) -> Draft:
    values: dict[str, Any] = {
        "slug": "tec-tailler-haie",
        "family": "techniques",
        "title": "Tailler une haie",
        "description": "La personne taille droit, range et laisse propre.",
        "simple": "Je sais tailler une haie.",
        "sector": "espaces-verts",
        "creator": "Comité du catalogue",
        "change": "Première rédaction.",
        "criteria": (
            Criterion("c1", "Taille droit, au cordeau", True, ("OBS",), ("GRI", "PHO")),
            Criterion("c2", "Laisse le chantier propre", False, ("OBS", "QOR"), ("GRI",)),
        ),
    }
    return Draft(**values | changes)


def unzipped(draft: Draft, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(as_zip(draft, TODAY))) as archive:
        archive.extractall(folder)
    return folder / "criteria"


def test_what_is_downloaded_publishes_as_it_is(catalogue: Catalogue, tmp_path: Path) -> None:
    draft = a_draft()
    assert problems_of(draft, catalogue, TODAY) == ()
    criteria = unzipped(draft, tmp_path)
    assert publishing.check(criteria, beside=catalogue.folders) == ()
    publishing.publish(criteria, draft.slug, draft.version, TODAY, beside=catalogue.folders)
    entry = Catalogue.open(*catalogue.folders, criteria).latest(draft.slug)
    assert entry.definition == definition_of(draft)
    assert entry.status == "proposition"
    assert entry.around.simple == draft.simple


def test_every_badge_of_the_catalogue_written_again_says_the_same(catalogue: Catalogue) -> None:
    for entry in catalogue.current():
        draft = replace(draft_of(entry), version=entry.version)
        assert to_json(definition_of(draft)) == to_json(entry.definition)


def test_a_new_version_keeps_what_stands_around_and_asks_to_reread_it(catalogue: Catalogue, tmp_path: Path) -> None:
    draft = replace(draft_of(catalogue.latest(SLUG)), change="Un mot plus simple.")
    assert draft.version == "0.2.0"
    criteria = unzipped(draft, tmp_path)
    publishing.publish(criteria, SLUG, draft.version, TODAY, beside=catalogue.folders)
    before, after = (Catalogue.open(*catalogue.folders, criteria).require(SLUG, one) for one in ("0.1.0", "0.2.0"))
    assert after.around.alignments == before.around.alignments
    assert after.around.picture_icon == before.around.picture_icon
    assert set(after.around.translations) == set(before.around.translations)
    assert not any(one.reviewed for one in after.around.translations.values())


def test_a_translation_without_a_criterion_is_left_out(catalogue: Catalogue) -> None:
    draft = draft_of(catalogue.latest(SLUG))
    more = (*draft.criteria, Criterion("c9", "Compte les plants", False, ("OBS",), ("GRI",)))
    assert "translations" not in tomllib.loads(around_toml(replace(draft, criteria=more, change="x"), TODAY))


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert as_zip(a_draft(), TODAY) == as_zip(a_draft(), TODAY)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"criteria": (Criterion("c1", "Taille", True, (), ("GRI",)),)}, "Critère c1, regardé par"),
        ({"criteria": (Criterion("c1", "Taille", False, ("OBS",), ("GRI",)),)}, "au moins un critère essentiel"),
        ({"rule": AwardRule(3, 2, ("OBS",), 6, (), ())}, "Critères facultatifs demandés"),
        ({"assessors": ()}, "Qui décide"),
        ({"prerequisites": ("tec-inconnu",)}, "Badges à détenir avant"),
        ({"slug": SLUG}, "un autre texte"),
        ({"slug": SLUG, "version": "0.1.1"}, "un pas majeur"),
        ({"slug": "../../x"}, "un nom court"),
        ({"family": "autres"}, "une famille"),
        ({"version": "1.0"}, "trois nombres"),
        ({"validity_months": 999}, "Durée du badge"),
    ],
)
def test_what_the_rule_language_refuses_is_told_without_naming_a_file(
    catalogue: Catalogue, changes: dict[str, Any], said: str
) -> None:
    problems = problems_of(a_draft(**changes), catalogue, TODAY)
    assert problems
    assert any(said in str(problem) for problem in problems), problems
    assert not any("techniques/tec-" in str(problem) for problem in problems)


def test_nothing_is_left_of_a_trial(catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    problems_of(a_draft(), catalogue, TODAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ['Un "mot" \\ et \\n', "# [rule]", "« é »\u202f!", "🍅 tomate", 'a"""b', "'''"])
def test_whatever_is_typed_stays_inside_its_own_line(text: str) -> None:
    read = tomllib.loads(definition_toml(a_draft(title=text, description=text)))
    assert (read["title"], read["description"], read["rule"]["distinct_days"]) == (text, text, 2)


@pytest.mark.parametrize(
    ("typed", "set_as"),
    [
        ("l'outil", "l’outil"),
        ('dit "oui" au client', "dit « oui » au client"),
        ("Range: tout  est propre...", "Range : tout est propre…"),
        ("deux\nlignes", "deux lignes"),
        ("à 8:30 précises", "à 8:30 précises"),
    ],
)
def test_what_a_keyboard_cannot_type_is_set(typed: str, set_as: str) -> None:
    assert tidy(typed) == set_as


def test_a_short_name_says_the_family_and_the_title() -> None:
    assert slug_for("techniques", "Tailler une haie au cordeau") == "tec-tailler-une-haie-cordeau"
    assert slug_for("", "???") == "loc-badge"


# -- another network's badge ------------------------------------------------------------------------------------------


def a_badge_class(**changes: Any) -> dict[str, Any]:
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": "https://ailleurs.example/badges/7",
        "name": "Travailler en équipe",
        "description": "Coopérer au quotidien",
        "image": "https://ailleurs.example/7.png",
        "criteria": {"narrative": "Il faut :\n\n- **Prévenir** d'un retard\n- Aider un collègue\n"},
        "issuer": {
            "type": "Issuer",
            "id": "https://ailleurs.example/i",
            "name": "Réseau d’ailleurs",
            "url": "https://ailleurs.example/",
            "email": "a@ailleurs.example",
        },
    } | changes


def test_a_badge_taken_over_keeps_who_wrote_it(catalogue: Catalogue, tmp_path: Path) -> None:
    draft = read_badge_class(json.dumps(a_badge_class(license="CC BY-SA 4.0")).encode())
    assert [one.text for one in draft.criteria] == ["Prévenir d’un retard", "Aider un collègue"]
    assert draft.origin == Origin(
        "Réseau d’ailleurs", "https://ailleurs.example/", "CC BY-SA 4.0", "https://ailleurs.example/badges/7"
    )
    whole = replace(draft, family="transverses", slug="trv-equipe-ailleurs", simple="Je sais travailler à plusieurs.")
    assert problems_of(whole, catalogue, TODAY) == ()
    criteria = unzipped(whole, tmp_path)
    publishing.publish(criteria, whole.slug, whole.version, TODAY, beside=catalogue.folders)
    entry = Catalogue.open(*catalogue.folders, criteria).latest(whole.slug)
    assert entry.around.origin == draft.origin
    published = documents.badge_class("p1", entry, Addresses("https://b.example"))
    assert published["extensions:originalCreator"]["name"] == "Réseau d’ailleurs"
    assert published["extensions:originalCreator"]["url"] == "https://ailleurs.example/"


def test_a_badge_of_ours_comes_with_its_definition_whole(catalogue: Catalogue) -> None:
    entry = catalogue.latest(SLUG)
    published = documents.badge_class("p1", entry, Addresses("https://b.example"))
    draft = read_badge_class(json.dumps(published).encode())
    assert (draft.criteria, draft.rule, draft.second) == (
        entry.definition.criteria,
        entry.definition.rule,
        entry.definition.second,
    )
    assert draft.origin is not None
    assert draft.origin.name == entry.around.creator


def altered(entry_of: Catalogue) -> bytes:
    published = documents.badge_class("p1", entry_of.latest(SLUG), Addresses("https://b.example"))
    definition = published["extensions:criteriaDefinition"]
    definition["definition"] = definition["definition"].replace('"distinct_days":2', '"distinct_days":0')
    return json.dumps(published).encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "un document JSON"),
        (b"[1]", "un objet JSON"),
        (b"<html></html>", "un document JSON"),
        (b'{"type": "BadgeClass", "type": "Assertion"}', "un document JSON"),
        (b" " * 300_000, "256 Kio"),
        (json.dumps({"type": "Assertion"}).encode(), "« Assertion »"),
        (json.dumps({"type": ["Achievement"]}).encode(), "Achievement"),
        (json.dumps({"name": "x"}).encode(), "un BadgeClass"),
        (json.dumps(a_badge_class(name=5)).encode(), "name"),
        (json.dumps({**a_badge_class(), "criteria": None}).encode(), "criteria"),
    ],
)
def test_what_is_no_badge_class_is_refused_exactly(body: bytes, said: str) -> None:
    with pytest.raises(CatalogueError, match="Attendu") as refused:
        read_badge_class(body)
    assert said in refused.value.message
    assert refused.value.advice


def test_a_definition_that_was_changed_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="empreinte"):
        read_badge_class(altered(catalogue))
