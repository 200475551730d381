"""The shelves: found, ordered, searched, and never silently replaced."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from badges.catalogue.criteria_files import version_key
from badges.catalogue.definition import digest, parse_definition
from badges.catalogue.library import Catalogue, read_published, shipped_criteria
from badges.catalogue.publishing import publish
from badges.errors import CatalogueError, NotFound

from .folders import around_members, definition_members, to_toml, write_version

PLANTING = "tec-maraichage-planter"
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return Catalogue.open(shipped_criteria())


def slugs(entries: object) -> list[str]:
    return [entry.slug for entry in entries]  # type: ignore[attr-defined]


# --- reading ----------------------------------------------------------------------------------------------------


def test_opening_a_catalogue_reads_nothing(tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "later")
    write_version(tmp_path / "later")
    assert catalogue.versions(PLANTING) == ("0.1.0",)


def test_an_entry_holds_the_text_that_is_signed(shipped: Catalogue) -> None:
    entry = shipped.require(PLANTING, "0.1.0")
    assert parse_definition(entry.text) == entry.definition
    assert digest(entry.text) == entry.digest
    assert (entry.slug, entry.version, entry.status, entry.published_on) == (PLANTING, "0.1.0", "proposition", DAY)
    assert shipped.require(PLANTING, "0.1.0") is entry


def test_find_may_return_nothing_and_require_refuses(shipped: Catalogue) -> None:
    assert shipped.find(PLANTING, "9.0.0") is None
    assert shipped.find("../../etc", "passwd") is None
    with pytest.raises(NotFound, match=r"trouvé : tec-maraichage-planter 9\.0\.0") as refused:
        shipped.require(PLANTING, "9.0.0")
    assert "0.1.0" in refused.value.advice
    with pytest.raises(NotFound):
        shipped.latest("tec-inconnu")


def test_versions_are_ordered_as_numbers(tmp_path: Path) -> None:
    for version in ("0.10.0", "0.2.0", "0.9.1"):
        write_version(tmp_path, version=version)
    assert Catalogue.open(tmp_path).versions(PLANTING) == ("0.2.0", "0.9.1", "0.10.0")


@pytest.mark.parametrize("version", ["1", "1.0", "01.0.0", "1.0.0-rc1", "", "1.0.0\n"])
def test_what_is_no_version_has_no_order(version: str) -> None:
    with pytest.raises(ValueError, match=re.escape(version) or "^$"):
        version_key(version)


def test_the_latest_version_is_a_published_one(tmp_path: Path) -> None:
    write_version(tmp_path)
    publish(tmp_path, PLANTING, "0.1.0", DAY)
    write_version(tmp_path, version="0.2.0", around={"status": "brouillon"})
    catalogue = Catalogue.open(tmp_path)
    assert catalogue.latest(PLANTING).version == "0.1.0"
    assert slugs(catalogue.published()) == slugs(catalogue.current()) == [PLANTING]
    assert len(list(catalogue.entries())) == 2
    assert catalogue.require(PLANTING, "0.2.0").published_on is None


def test_a_published_definition_that_was_edited_is_never_served(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    publish(tmp_path, PLANTING, "0.1.0", DAY)
    edited = to_toml(definition_members(title="Planter"))
    (folder / "definition.toml").write_text(edited, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"la définition publiée le 20/11/2026.* ; trouvé : sha256\$") as refused:
        Catalogue.open(tmp_path).require(PLANTING, "0.1.0")
    assert refused.value.code == "published_changed"


def test_what_stands_around_a_published_definition_may_change(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    publish(tmp_path, PLANTING, "0.1.0", DAY)
    retired = around_members(definition_members(), status="retire")
    (folder / "around.toml").write_text(to_toml(retired), encoding="utf-8")
    assert Catalogue.open(tmp_path).latest(PLANTING).status == "retire"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("tec-a 0.1.0 sha256$00", "published_malformed"),
        ("tec-a 0.1 sha256$00 2026-11-20", "published_malformed"),
        ("tec-a 0.1.0 sha256$00 20/11/2026", "published_malformed"),
        ("tec-a 0.1.0 sha256$00 2026-11-20\ntec-a 0.1.0 sha256$00 2026-11-21", "published_twice"),
    ],
)
def test_a_damaged_register_is_told_with_its_line(tmp_path: Path, line: str, code: str) -> None:
    (tmp_path / "PUBLISHED").write_text(f"# des lignes\n{line}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"PUBLISHED, ligne \d : attendu") as refused:
        read_published(tmp_path)
    assert refused.value.code == code


# --- several folders --------------------------------------------------------------------------------------------


def test_a_later_folder_adds_badges_and_versions(tmp_path: Path) -> None:
    common, home = tmp_path / "common", tmp_path / "home"
    write_version(common)
    publish(common, PLANTING, "0.1.0", DAY)
    write_version(home, slug="loc-compost")
    write_version(home, version="0.2.0")
    catalogue = Catalogue.open(common, home, tmp_path / "absent")
    assert catalogue.slugs() == ("loc-compost", PLANTING)
    assert catalogue.versions(PLANTING) == ("0.1.0", "0.2.0")
    assert catalogue.require(PLANTING, "0.2.0").folder.is_relative_to(home)


def test_a_later_folder_cannot_replace_a_version(tmp_path: Path) -> None:
    common, home = tmp_path / "common", tmp_path / "home"
    write_version(common)
    publish(common, PLANTING, "0.1.0", DAY)
    write_version(home, title="Planter autrement")
    with pytest.raises(CatalogueError, match="un autre texte sous le même numéro") as refused:
        Catalogue.open(common, home).find(PLANTING, "0.1.0")
    assert refused.value.code == "version_replaced"


def test_the_same_words_in_a_later_folder_change_nothing(tmp_path: Path) -> None:
    common, home = tmp_path / "common", tmp_path / "home"
    write_version(common)
    write_version(home, around={"status": "retire"})
    entry = Catalogue.open(common, home).require(PLANTING, "0.1.0")
    assert entry.folder.is_relative_to(common)
    assert entry.status == "proposition"


def test_a_later_register_cannot_bless_an_edited_definition(tmp_path: Path) -> None:
    common, home = tmp_path / "common", tmp_path / "home"
    folder = write_version(common)
    first = publish(common, PLANTING, "0.1.0", DAY).line
    edited = to_toml(definition_members(title="Planter"))
    (folder / "definition.toml").write_text(edited, encoding="utf-8")
    other = publish(write_version(home / "x", title="Planter").parents[2], PLANTING, "0.1.0", DAY).line
    assert other.digest != first.digest
    (home / "PUBLISHED").write_text(f"{other}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="la définition publiée"):
        Catalogue.open(common, home).require(PLANTING, "0.1.0")


def test_a_badge_stays_in_its_family(tmp_path: Path) -> None:
    write_version(tmp_path / "common")
    write_version(tmp_path / "home", version="0.2.0", family="transverses")
    with pytest.raises(CatalogueError, match="une seule famille, « techniques »"):
        Catalogue.open(tmp_path / "common", tmp_path / "home").slugs()


# --- searching --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["MARAICHAGE planter", "maraîchage", "preparer le sol", "A1433", "122730"])
def test_a_search_ignores_accents_case_and_order(shipped: Catalogue, words: str) -> None:
    assert PLANTING in slugs(shipped.search(words))


def test_a_search_ignores_the_kind_of_apostrophe(shipped: Catalogue) -> None:
    assert slugs(shipped.search("l'encadrant")) == slugs(shipped.search("l’encadrant")) != []


def test_titles_come_first(shipped: Catalogue) -> None:
    assert slugs(shipped.search("vélo"))[0] == "tec-cycles-reviser"


def test_a_word_is_found_by_how_it_starts_and_not_inside_another(shipped: Catalogue) -> None:
    assert PLANTING in slugs(shipped.search("plant"))
    assert slugs(shipped.search("velo", family="permanents")) == []  # « développer » holds it


def test_no_word_finds_everything_and_an_unknown_one_nothing(shipped: Catalogue) -> None:
    assert len(shipped.search()) == 46
    assert shipped.search("zeppelin") == ()
    assert shipped.search(family="inconnue") == ()


def test_filters_narrow_together(shipped: Catalogue) -> None:
    assert len(shipped.search(family="techniques")) == 15
    assert slugs(shipped.search(sector="cycles")) == ["tec-cycles-reviser"]
    assert {entry.definition.level for entry in shipped.search(level=4)} == {4}
    assert len(shipped.search(status="proposition", kind="competence")) == 46
    assert len(shipped.search(wave=1)) == 28
    assert slugs(shipped.search("velo", family="transverses")) == []
    assert len(shipped.search(action_type="T3")) == 15


# --- alignments -------------------------------------------------------------------------------------------------


def test_each_framework_code_has_one_page_that_names_its_badges(shipped: Catalogue) -> None:
    pages = shipped.alignments()
    gardener = pages["rome-a1433"]
    assert gardener.alignment.label == "Maraîcher / Maraîchère"
    assert PLANTING in slugs(gardener.entries)
    assert "rncp39794" in pages
    assert "clea-7" in pages
    for page, aligned in pages.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", page)
        assert aligned.entries
        assert aligned.alignment.page == page


def test_two_codes_never_share_a_page(shipped: Catalogue) -> None:
    seen = {
        (alignment.page, alignment.framework, alignment.code, alignment.label)
        for entry in shipped.current()
        for alignment in entry.around.alignments
    }
    assert len(seen) == len(shipped.alignments())
