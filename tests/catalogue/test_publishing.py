"""Publishing freezes a version: what is refused, what is written, what a difference says."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from badges.catalogue.criteria_files import definition_text
from badges.catalogue.definition import Definition, digest, parse_definition
from badges.catalogue.library import Catalogue, read_published
from badges.catalogue.publishing import (
    Step,
    check,
    check_report,
    diff,
    diff_report,
    needed_step,
    publish,
    publish_report,
)
from badges.errors import CatalogueError, NotFound

from .builders import a_definition, a_definition_json
from .folders import definition_members, write_version

PLANTING = "tec-maraichage-planter"
DAY = date(2026, 11, 20)
NEXT_DAY = date(2026, 12, 1)


def criteria(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    """The usual three criteria; ``c2={"text": "…"}`` changes one of them."""
    return [{**item, **changes.get(item["id"], {})} for item in a_definition_json()["criteria"]]


def optional(**changes: Any) -> dict[str, Any]:
    return {"id": "c4", "text": "Arrose", "required": False, "ways": ["OBS"], "kinds": ["GRI"], **changes}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    write_version(tmp_path)
    publish(tmp_path, PLANTING, "0.1.0", DAY)
    return tmp_path


# --- what is written --------------------------------------------------------------------------------------------


def test_publishing_appends_one_line_with_the_digest_and_the_day(tmp_path: Path) -> None:
    write_version(tmp_path)
    done = publish(tmp_path, PLANTING, "0.1.0", DAY)
    expected = digest(definition_text(definition_members()))
    assert (tmp_path / "PUBLISHED").read_text(encoding="utf-8").splitlines()[-1] == (
        f"{PLANTING} 0.1.0 {expected} 2026-11-20"
    )
    assert read_published(tmp_path) == (done.line,)
    assert publish_report(done) == f"{PLANTING} 0.1.0 est publié le 20/11/2026 : {expected}."


def test_lines_already_written_stay_as_they_are(published: Path) -> None:
    before = (published / "PUBLISHED").read_text(encoding="utf-8")
    write_version(published, version="0.1.1", title="Planter")
    done = publish(published, PLANTING, "0.1.1", NEXT_DAY)
    assert (published / "PUBLISHED").read_text(encoding="utf-8") == f"{before}{done.line}\n"
    assert done.previous == "0.1.0"
    assert [str(change) for change in done.differences] == [
        "titre : « Préparer le sol et planter (maraîchage) » devient « Planter »"
    ]
    assert check(published) == ()
    assert list(published.glob(".PUBLISHED*")) == []


# --- what is refused --------------------------------------------------------------------------------------------


def refused(folder: Path, version: str, slug: str = PLANTING) -> CatalogueError:
    """The refusal, after looking that nothing was written."""
    before = read_published(folder)
    with pytest.raises(CatalogueError, match=r"ttendu : [\s\S]* ; trouvé : ") as caught:
        publish(folder, slug, version, NEXT_DAY)
    assert read_published(folder) == before
    assert caught.value.advice
    return caught.value


def test_a_version_is_published_once(published: Path) -> None:
    refusal = refused(published, "0.1.0")
    assert refusal.code == "already_published"
    assert "publiée le 20/11/2026" in refusal.message


def test_a_version_must_be_greater_than_every_published_one(published: Path) -> None:
    write_version(published, version="0.3.0", title="Planter")
    publish(published, PLANTING, "0.3.0", DAY)
    write_version(published, version="0.2.9", title="Planter un peu")
    assert refused(published, "0.2.9").code == "version_not_greater"


@pytest.mark.parametrize("status", ["brouillon", "relecture", "retire"])
def test_only_a_proposition_or_an_adopted_badge_is_published(tmp_path: Path, status: str) -> None:
    write_version(tmp_path, around={"status": status})
    assert refused(tmp_path, "0.1.0").code == "status_not_ready"


def test_the_committee_adopts_with_version_one(published: Path) -> None:
    write_version(published, version="1.0.0", around={"status": "adopte"})
    assert publish(published, PLANTING, "1.0.0", NEXT_DAY).differences == ()


def test_a_folder_with_a_mistake_publishes_nothing(tmp_path: Path) -> None:
    write_version(tmp_path)
    write_version(tmp_path, slug="tec-autre", level=7)
    assert "level" in refused(tmp_path, "0.1.0").message


def test_a_version_that_nobody_wrote_is_not_found(published: Path) -> None:
    with pytest.raises(NotFound, match=r"trouvé : tec-maraichage-planter 0\.9\.0"):
        publish(published, PLANTING, "0.9.0", DAY)


def test_a_shipped_badge_is_not_published_again_at_home(published: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_version(home, slug="loc-compost", prerequisites=[PLANTING])
    with pytest.raises(CatalogueError, match="dans le catalogue livré"):
        publish(home, PLANTING, "0.1.0", DAY, beside=(published,))
    assert publish(home, "loc-compost", "0.1.0", DAY, beside=(published,)).previous is None


# --- how far a number must move ---------------------------------------------------------------------------------

CHANGES: list[tuple[str, dict[str, Any], Step]] = [
    ("a title", {"title": "Planter"}, Step.PATCH),
    ("a description", {"description": "La personne plante."}, Step.PATCH),
    ("an optional criterion's text", {"criteria": criteria(c3={"text": "Reconnaît six plants"})}, Step.MINOR),
    ("an optional criterion more", {"criteria": [*criteria(), optional()]}, Step.MINOR),
    ("an optional criterion less", {"criteria": criteria()[:2]}, Step.MINOR),
    ("a validity", {"validity_months": 24}, Step.MINOR),
    ("an essential criterion's text", {"criteria": criteria(c2={"text": "Prépare deux planches"})}, Step.MAJOR),
    ("an essential criterion's ways", {"criteria": criteria(c1={"ways": ["OBS", "QOR"]})}, Step.MAJOR),
    ("an essential criterion's evidence", {"criteria": criteria(c1={"kinds": ["AUT"]})}, Step.MAJOR),
    ("an essential criterion more", {"criteria": [*criteria(), optional(required=True)]}, Step.MAJOR),
    ("an essential criterion less", {"criteria": criteria()[1:]}, Step.MAJOR),
    ("an optional that becomes essential", {"criteria": criteria(c3={"required": True})}, Step.MAJOR),
    ("an essential that becomes optional", {"criteria": criteria(c2={"required": False})}, Step.MAJOR),
    ("the level", {"level": 1}, Step.MAJOR),
    ("who decides", {"assessors": ["ETI"]}, Step.MAJOR),
    ("the second validator", {"second": "other_function"}, Step.MAJOR),
    ("the nature", {"kind": "participation"}, Step.MAJOR),
    ("the days", {"rule": {"distinct_days": 3}}, Step.MAJOR),
    ("the age of evidence", {"rule": {"max_age_months": 12}}, Step.MAJOR),
    ("the optional asked for", {"rule": {"optional_at_least": 1}}, Step.MAJOR),
    ("whose word is not enough", {"rule": {"never_alone": ["CLI"]}}, Step.MAJOR),
]
NEXT = {
    ("0.1.0", Step.PATCH): "0.1.1",
    ("0.1.0", Step.MINOR): "0.1.1",
    ("0.1.0", Step.MAJOR): "0.2.0",
    ("1.0.0", Step.PATCH): "1.0.1",
    ("1.0.0", Step.MINOR): "1.1.0",
    ("1.0.0", Step.MAJOR): "2.0.0",
}
TOO_SMALL = {
    ("0.1.0", Step.MAJOR): ("0.1.1",),
    ("1.0.0", Step.MINOR): ("1.0.1",),
    ("1.0.0", Step.MAJOR): ("1.0.1", "1.1.0"),
}


@pytest.mark.parametrize("first", ["0.1.0", "1.0.0"])
@pytest.mark.parametrize(("what", "changes", "step"), CHANGES, ids=[what for what, _, _ in CHANGES])
def test_a_change_asks_for_its_step(tmp_path: Path, first: str, what: str, changes: dict[str, Any], step: Step) -> None:
    around = {"status": "adopte" if first == "1.0.0" else "proposition"}
    write_version(tmp_path, version=first, around=around)
    publish(tmp_path, PLANTING, first, DAY)
    enough = NEXT[first, step]
    for version in TOO_SMALL.get((first, step), ()):
        draft = write_version(tmp_path, version=version, around=around, **changes)
        refusal = refused(tmp_path, version)
        assert refusal.code == "step_too_small"
        assert f"Numéro possible : {enough}." in refusal.advice
        shutil.rmtree(draft)
    write_version(tmp_path, version=enough, around=around, **changes)
    assert publish(tmp_path, PLANTING, enough, NEXT_DAY).line.version == enough


def test_an_essential_text_whose_meaning_stays_is_a_patch_when_its_author_says_so(published: Path) -> None:
    reworded = criteria(c1={"text": "Choisit ses outils"})
    write_version(published, version="0.1.1", criteria=reworded)
    assert "same_meaning = true" in refused(published, "0.1.1").advice
    said = {"changelog": [{"date": DAY, "text": "Style.", "same_meaning": True}]}
    write_version(published, version="0.1.2", around=said, criteria=reworded)
    assert publish(published, PLANTING, "0.1.2", DAY).line.version == "0.1.2"


def test_saying_that_the_meaning_stays_excuses_words_only(published: Path) -> None:
    said = {"changelog": [{"date": DAY, "text": "Style.", "same_meaning": True}]}
    write_version(published, version="0.1.1", around=said, level=3)
    assert refused(published, "0.1.1").code == "step_too_small"


def test_a_removed_criterion_id_is_never_used_again(published: Path) -> None:
    write_version(published, version="0.2.0", criteria=criteria()[:2])
    publish(published, PLANTING, "0.2.0", DAY)
    write_version(published, version="0.3.0")
    refusal = refused(published, "0.3.0")
    assert refusal.code == "criterion_reused"
    assert "0.3.0/definition.toml, critère c3 : attendu : un identifiant jamais utilisé" in refusal.message


# --- checking ---------------------------------------------------------------------------------------------------


def codes(folder: Path, **keywords: Any) -> list[str]:
    return [problem.code for problem in check(folder, **keywords)]


def test_a_sound_folder_has_no_problem(published: Path) -> None:
    assert check(published) == ()
    assert check_report((), 1) == "1 version lue, aucun problème."


def test_every_edited_publication_is_told(tmp_path: Path) -> None:
    for slug in ("tec-a", "tec-b", "tec-c"):
        write_version(tmp_path, slug=slug)
        publish(tmp_path, slug, "0.1.0", DAY)
    for slug in ("tec-a", "tec-c"):
        path = tmp_path / "techniques" / slug / "0.1.0" / "definition.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("outils", "gants"), encoding="utf-8")
    problems = check(tmp_path)
    assert [problem.code for problem in problems] == ["published_changed", "published_changed"]
    report = check_report(problems, 3)
    assert "techniques/tec-a/0.1.0/definition.toml : attendu : la définition publiée le 20/11/2026" in report
    assert report.endswith("2 problèmes.")


def test_a_publication_that_disappeared_is_told(published: Path) -> None:
    (published / "techniques" / PLANTING / "0.1.0" / "definition.toml").unlink()
    assert codes(published) == ["published_gone"]


def test_an_unknown_prerequisite_is_told_unless_another_folder_has_it(published: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_version(home, slug="loc-compost", prerequisites=[PLANTING])
    assert codes(home) == ["prerequisite_unknown"]
    assert codes(home, beside=(published,)) == []


def test_a_rival_of_a_shipped_version_is_told(published: Path, tmp_path: Path) -> None:
    write_version(tmp_path / "home", title="Planter autrement")
    assert codes(tmp_path / "home", beside=(published,)) == ["version_replaced"]


def test_criteria_in_a_place_where_nobody_reads_them_are_told(tmp_path: Path) -> None:
    write_version(tmp_path, at="jardins/tec-maraichage-planter/0.1.0")
    write_version(tmp_path, at="techniques/tec-maraichage-planter/v1")
    assert codes(tmp_path) == ["folder_mismatch", "folder_mismatch"]
    assert codes(tmp_path / "absent") == ["folder_missing"]


def test_one_code_has_one_label_in_the_whole_catalogue(tmp_path: Path) -> None:
    write_version(tmp_path)
    other = {"framework": "ROME 4.0 métier", "framework_version": "4.60", "code": "A1433", "label": "Jardinier"}
    write_version(tmp_path, slug="tec-autre", around={"alignments": [other | {"checked": DAY}]})
    assert codes(tmp_path) == ["alignment_label"]


def test_a_damaged_register_is_told(published: Path) -> None:
    with (published / "PUBLISHED").open("a", encoding="utf-8") as register:
        register.write("n’importe quoi\n")
    assert codes(published) == ["published_malformed"]


# --- differences ------------------------------------------------------------------------------------------------


def later(**changes: Any) -> Definition:
    return a_definition(version="0.2.0", **changes)


def test_a_difference_is_a_sentence_by_criterion() -> None:
    after = later(
        level=3,
        criteria=[*criteria(c1={"text": "Choisit ses outils", "kinds": ["GRI", "PHO"]})[:2], optional()],
        validity_months=24,
    )
    assert diff_report(a_definition(), after).splitlines() == [
        "Préparer le sol et planter (maraîchage) : de 0.1.0 à 0.2.0",
        "- niveau : « niveau 2, selon les consignes » devient « niveau 3, en autonomie »",
        "- durée : « sans limite » devient « 24 mois »",
        "- critère c3 (facultatif) : retiré, « Reconnaît cinq plants »",
        "- critère c1 (essentiel), texte : « Choisit les outils » devient « Choisit ses outils »",
        "- critère c1 (essentiel), preuves : « grille d’observation datée » devient "
        "« grille d’observation datée, photo ou vidéo du travail, sans personne »",
        "- critère c4 (facultatif) : ajouté, « Arrose »",
        "Pas demandé : majeur. Un texte de critère essentiel change : relire que le sens reste le même.",
    ]


def test_two_equal_definitions_have_no_difference() -> None:
    assert diff(a_definition(), later()) == ()
    assert diff_report(a_definition(), later()).endswith("Aucune différence.")


def test_criteria_in_another_order_are_a_difference_of_wording() -> None:
    (change,) = diff(a_definition(), later(criteria=criteria()[::-1]))
    assert str(change) == "ordre des critères : « c1, c2, c3 » devient « c3, c2, c1 »"
    assert needed_step((change,)) is Step.PATCH


def test_every_member_of_a_definition_shows_in_a_difference() -> None:
    """A change that no difference tells could be published under any number."""
    for _, changes, step in CHANGES:
        assert needed_step(diff(a_definition(), later(**changes))) is step
    rest = {"family": "transverses", "prerequisites": ["tec-a"]}
    rules = {"observed_ways": ["OBS"], "ageless_kinds": ["ATT", "DOC"]}
    for name, value in rest.items():
        assert needed_step(diff(a_definition(), later(**{name: value}))) is Step.MAJOR
    for name, value in rules.items():
        assert needed_step(diff(a_definition(), later(rule={name: value}))) is Step.MAJOR


def test_the_catalogue_reads_what_was_published(published: Path) -> None:
    entry = Catalogue.open(published).latest(PLANTING)
    assert parse_definition(entry.text) == entry.definition
    assert entry.published_on == DAY
