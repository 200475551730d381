"""The 46 files of the catalogue, against the brief's data and the public frameworks' own extracts."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.catalogue import definition as d
from badges.catalogue import taxonomy as t
from badges.catalogue.criteria_files import Problem, definition_text, problems_of, read_definition_file
from badges.catalogue.definition import canonical, digest, parse_definition, to_json
from badges.catalogue.library import Catalogue, Entry
from badges.catalogue.publishing import check
from badges.errors import CatalogueError

from .builders import a_definition_json
from .folders import definition_members, to_toml, write_version

ROOT = Path(__file__).resolve().parents[2]
CRITERIA = ROOT / "criteria"
REFERENCE = ROOT.parent / "shared" / "reference"

beside_the_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the frameworks' extracts are not beside this copy"
)


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, ...]:
    return tuple(Catalogue.open(CRITERIA).entries())


def first_versions(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    return {entry.slug: entry for entry in entries if entry.version == "0.1.0"}


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def typographic(text: str) -> str:
    """The brief writes straight apostrophes; our texts do not."""
    return text.replace("'", "’")


# --- the catalogue we ship --------------------------------------------------------------------------------------


def test_every_file_of_the_catalogue_is_valid_and_as_published() -> None:
    assert [str(problem) for problem in check(CRITERIA)] == []


def test_there_are_46_badges_in_four_families_and_28_in_the_first_wave(entries: tuple[Entry, ...]) -> None:
    first = first_versions(entries).values()
    assert Counter(entry.definition.family for entry in first) == {
        "permanents": 14,
        "metiers-hybrides": 8,
        "techniques": 15,
        "transverses": 9,
    }
    assert Counter(entry.around.wave for entry in first) == {1: 28, 2: 18}


def test_every_first_version_is_a_proposition_published_on_20_november_2026(entries: tuple[Entry, ...]) -> None:
    for entry in first_versions(entries).values():
        assert entry.status == "proposition"
        assert entry.published_on is not None
        assert entry.published_on.isoformat() == "2026-11-20"


def test_every_badge_speaks_english_and_says_nobody_has_reread_it(entries: tuple[Entry, ...]) -> None:
    for entry in first_versions(entries).values():
        assert not entry.around.translations["en"].reviewed
        assert not entry.around.simple_reviewed
        french = {entry.definition.title, *(criterion.text for criterion in entry.definition.criteria)}
        english = entry.around.translations["en"]
        assert not french & {english.title, *english.criteria.values()}


@beside_the_reference
def test_texts_and_codes_are_those_of_the_brief(entries: tuple[Entry, ...]) -> None:
    drafts = json.loads((REFERENCE / "catalogue_draft.json").read_text(encoding="utf-8"))
    ours = first_versions(entries)
    assert set(ours) == {draft["id"] for draft in drafts}
    second = {"external": "other_structure", "pair-one-external": "other_structure", "internal": "other_function"}
    for draft in drafts:
        entry = ours[draft["id"]]
        definition, around = entry.definition, entry.around
        assert definition.title == typographic(draft["title"])
        assert definition.description == typographic(draft["description"])
        assert around.simple == typographic(draft["falc"])
        assert around.wave == draft["wave"]
        assert around.notes == typographic(draft["notes"]).replace("TO CHECK", "à vérifier")
        assert (definition.family, definition.level) == (draft["family"], draft["level"])
        assert definition.validity_months == draft["validity_months"]
        assert sorted(definition.prerequisites) == sorted(draft["prerequisites"])
        assert sorted(definition.assessors) == sorted(draft["assessors"])
        assert definition.second == second.get(draft["second_validator"]["code"], "none")
        assert definition.rule.optional_at_least == draft["award_rule"]["min_optional"]
        assert [(c.id, c.text, c.required, list(c.ways), list(c.kinds)) for c in definition.criteria] == [
            (c["id"], typographic(c["text"]), c["required"], sorted(c["modes"]), sorted(c["evidence"]))
            for c in draft["criteria"]
        ]


def test_two_dates_are_asked_where_work_is_watched_and_a_customer_never_decides_alone_from_level_3(
    entries: tuple[Entry, ...],
) -> None:
    for entry in first_versions(entries).values():
        definition, rule = entry.definition, entry.definition.rule
        watched = any("OBS" in criterion.ways for criterion in definition.essential)
        assert rule.distinct_days == (2 if watched else 0)
        assert rule.never_alone == (("CLI", "TUT") if definition.level >= 3 else ())
        assert (rule.max_age_months, rule.ageless_kinds) == (6, ("ATT",))


def test_comments_say_what_the_codes_beside_them_mean(entries: tuple[Entry, ...]) -> None:
    labels = {"ways": t.WAY_LABELS, "kinds": t.EVIDENCE_LABELS, "assessors": t.FUNCTION_LABELS}
    for entry in entries:
        text = (entry.folder / "definition.toml").read_text(encoding="utf-8")
        for name, codes, comment in re.findall(r"^(ways|kinds|assessors) = (\[.*?\])  # (.*)$", text, re.M):
            assert comment == " · ".join(labels[name][code].fr for code in json.loads(codes)), entry.slug
        assert text.count("\nways = ") == len(entry.definition.criteria)
        for required, comment in re.findall(r"^required = (\w+)  # (.*)$", text, re.M):
            assert comment == {"true": "essentiel", "false": "facultatif"}[required]


# --- the frameworks' own words ----------------------------------------------------------------------------------


@beside_the_reference
def test_every_alignment_is_a_verified_one_and_none_is_missing(entries: tuple[Entry, ...]) -> None:
    verified = {
        (row["badge_id"], row["framework"], row["code"], row["label"], row["target_url"])
        for row in rows("catalogue_alignments.csv")
        if row["status"] == "verified"
    }
    ours = {
        (entry.slug, a.framework, a.code, a.label, a.url)
        for entry in first_versions(entries).values()
        for a in entry.around.alignments
    }
    assert ours == verified


@beside_the_reference
def test_codes_and_labels_are_those_of_the_frameworks(entries: tuple[Entry, ...]) -> None:
    transverse = rows("transverse_frameworks.csv")
    certifications = [row for row in rows("certifications.csv") if row["status"].startswith("verified")]
    truth = {
        "ROME 4.0 métier": {row["code_rome"]: row["libelle_rome"] for row in rows("rome_metiers.csv")},
        "ROME 4.0 appellation": {row["code_ogr"]: row["libelle_long"] for row in rows("rome_appellations.csv")},
        "ROME 4.0 compétence": {row["code_ogr"]: row["libelle"] for row in rows("rome_competences.csv")},
        "ROME 4.0 savoir-être": {row["code_ogr"]: row["libelle"] for row in rows("rome_savoir_etre.csv")},
        "ESCO skill": {row["concept_uri"].rpartition("/")[2]: row["label_fr"] for row in rows("esco_skills.csv")},
        "CléA domaine": {row["code"]: row["label"] for row in transverse if row["framework"] == "CléA"},
        "RECTEC": {row["code"]: row["label"] for row in transverse if row["framework"] == "RECTEC"},
        "EU key competences 2018": {
            row["code"]: row["label"] for row in transverse if row["framework"] == "EU key competences"
        },
        "RNCP": {
            row["code"]: row["title"].removesuffix(" (ETAIE)") for row in certifications if row["part"] == "title"
        },
    }
    activities = {row["title"] for row in certifications if row["code"] == "RNCP41402"}
    for entry in entries:
        for alignment in entry.around.alignments:
            if alignment.framework == "RNCP41402 activité":
                assert alignment.label in activities
            elif alignment.framework == "RNCP":
                title = truth["RNCP"][alignment.code].removesuffix(" (ETAIE)")
                assert alignment.label == f"{title} (niveau 4)"
            elif alignment.framework != "Emploi repère branche ACI":  # the branch publishes no list of codes
                assert alignment.label == truth[alignment.framework][alignment.code]


@beside_the_reference
def test_a_framework_is_never_quoted_in_a_version_it_was_not_read_in(entries: tuple[Entry, ...]) -> None:
    for entry in first_versions(entries).values():
        for alignment in entry.around.alignments:
            assert alignment.framework_version == t.FRAMEWORKS[alignment.framework].version


# --- words ------------------------------------------------------------------------------------------------------


def test_every_code_of_a_definition_has_its_words() -> None:
    assert tuple(t.FAMILY_LABELS) == d.FAMILIES
    assert set(t.BADGE_KIND_LABELS) == set(d.KINDS_OF_BADGE)
    assert tuple(t.LEVEL_LABELS) == tuple(t.LEVEL_MEANINGS) == d.LEVELS
    assert set(t.WAY_LABELS) == set(d.WAYS)
    assert set(t.EVIDENCE_LABELS) == set(d.KINDS)
    assert set(t.FUNCTION_LABELS) == set(d.FUNCTIONS)
    assert set(t.SECOND_LABELS) == set(d.SECONDS)


def test_the_read_me_explains_every_code_in_the_same_words() -> None:
    readme = (CRITERIA / "README.md").read_text(encoding="utf-8")
    tables: list[Any] = [
        t.WAY_LABELS,
        t.EVIDENCE_LABELS,
        t.FUNCTION_LABELS,
        t.SECOND_LABELS,
        t.SECTOR_LABELS,
        t.STATUS_LABELS,
    ]
    for table in tables:
        for code, label in table.items():
            assert f"| `{code}` | {label.fr}" in readme
    for level, label in t.LEVEL_LABELS.items():
        assert f"| {level}, « {label.fr} » | {t.LEVEL_MEANINGS[level].fr} |" in readme
    for code in t.ACTION_TYPE_LABELS:
        assert code in readme


def test_a_level_is_never_printed_without_its_words() -> None:
    assert t.level_words(2) == "niveau 2, selon les consignes"


# --- files and texts --------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x7f"), min_size=1, max_size=40)
some_ways = st.lists(st.sampled_from(d.WAYS), min_size=1, max_size=4, unique=True)
some_kinds = st.lists(st.sampled_from(d.KINDS), min_size=1, max_size=4, unique=True)


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 5))
    return a_definition_json(
        title=draw(words),
        description=draw(words),
        level=draw(st.sampled_from(d.LEVELS)),
        criteria=[
            {
                "id": f"c{number}",
                "text": draw(words),
                "required": number == 1 or draw(st.booleans()),
                "ways": draw(some_ways),
                "kinds": draw(some_kinds),
            }
            for number in range(1, count + 1)
        ],
        assessors=draw(st.lists(st.sampled_from(d.DECIDING_FUNCTIONS), min_size=1, unique=True)),
        validity_months=draw(st.none() | st.integers(1, 120)),
        prerequisites=draw(st.lists(st.sampled_from(("tec-a", "tec-b", "tec-c")), unique=True)),
    )


def as_file(members: dict[str, Any]) -> str:
    return to_toml({name: value for name, value in members.items() if name != "type" and value is not None})


@given(definitions())
def test_a_definition_survives_its_journey_from_file_to_text_and_back(members: dict[str, Any]) -> None:
    text = definition_text(tomllib.loads(as_file(members)))
    definition = parse_definition(text)
    assert canonical(to_json(definition)) == text
    assert parse_definition(canonical(to_json(definition))) == definition
    assert definition.title == members["title"]


@given(definitions(), st.randoms(use_true_random=False))
def test_the_digest_depends_on_what_a_file_says_and_not_on_how_it_is_laid_out(
    members: dict[str, Any], random: Any
) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            names = list(value)
            random.shuffle(names)
            return {name: shuffled(value[name]) for name in names}
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return random.sample(value, len(value))
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    laid_out = "# un commentaire\n\n" + as_file(shuffled(members))
    assert definition_text(tomllib.loads(laid_out)) == definition_text(tomllib.loads(as_file(members)))


def test_the_digest_of_a_known_definition_never_moves() -> None:
    text = definition_text(definition_members())
    assert digest(text) == "sha256$aed1f479ce84a04caab39ce22bd6b52b026a1cc03083c2da817733d39ba6b96c"


def test_the_order_of_criteria_is_part_of_the_definition() -> None:
    criteria = definition_members()["criteria"]
    assert definition_text(definition_members()) != definition_text(definition_members(criteria=criteria[::-1]))


# --- one broken thing, one sentence -----------------------------------------------------------------------------


def criterion(**changes: Any) -> dict[str, Any]:
    return {"id": "c1", "text": "Choisit", "required": True, "ways": ["OBS"], "kinds": ["GRI"]} | changes


def rule(**changes: Any) -> dict[str, Any]:
    return {"rule": changes}


BROKEN_DEFINITIONS: list[tuple[str, dict[str, Any], str, str]] = [
    ("an unknown way", {"criteria": [criterion(ways=["OBX"])]}, "code_unknown", "critère c1, ways : attendu : un de"),
    ("an unknown kind", {"criteria": [criterion(kinds=["GRX"])]}, "code_unknown", "trouvé : GRX"),
    ("no way", {"criteria": [criterion(ways=[])]}, "file_invalid", "au moins un de ces choix"),
    ("a way twice", {"criteria": [criterion(ways=["OBS", "OBS"])]}, "file_invalid", "chaque code une seule fois"),
    ("a repeated id", {"criteria": [criterion(), criterion()]}, "criterion_repeated", "c1 deux fois"),
    ("an odd id", {"criteria": [criterion(id="critere-1")]}, "file_invalid", "un identifiant c1, c2, c3…"),
    ("nothing essential", {"criteria": [criterion(required=False)]}, "file_invalid", "au moins un critère essentiel"),
    ("required in words", {"criteria": [criterion(required="oui")]}, "file_invalid", "true (oui) ou false (non)"),
    ("an empty text", {"criteria": [criterion(text="")]}, "file_invalid", "trouvé : un texte vide"),
    ("an unknown function", {"assessors": ["CHEF"]}, "code_unknown", "assessors : attendu"),
    ("a customer who decides", {"assessors": ["CLI"]}, "code_unknown", "trouvé : CLI"),
    ("an unknown level", {"level": 5}, "code_unknown", "level : attendu : un de ces choix : 1, 2, 3, 4 ; trouvé : 5"),
    ("a level in words", {"level": "2"}, "file_invalid", "level : attendu : un nombre entier"),
    ("an unknown second", {"second": "oui"}, "code_unknown", "none, other_function, other_structure"),
    ("an unknown nature", {"kind": "diplome"}, "code_unknown", "competence, participation"),
    ("another language", {"language": "en"}, "code_unknown", "language"),
    ("no end, said as zero", {"validity_months": 0}, "file_invalid", "un nombre de mois, de 1 à 240"),
    ("an end too far", {"validity_months": 10**20}, "file_invalid", "un nombre de mois, de 1 à 240"),
    ("itself before itself", {"prerequisites": ["tec-maraichage-planter"]}, "file_invalid", "d’autres badges"),
    ("an unknown line", {"couleur": "vert"}, "member_unknown", "trouvé : couleur"),
    ("too many optional", rule(optional_at_least=2), "file_invalid", "un nombre entre 0 et 1"),
    ("an unknown rule", rule(bonus=1), "member_unknown", "trouvé : bonus"),
    ("no age", rule(max_age_months=0), "file_invalid", "de 1 à 240 mois"),
    ("days of nothing", {"criteria": [criterion(ways=["QOR"])]}, "file_invalid", "0 quand aucun critère essentiel"),
    ("a straight apostrophe", {"title": "L'outil"}, "typography", "l’apostrophe ’"),
    ("straight quotes", {"title": 'Dit "oui"'}, "typography", "les guillemets « »"),
    ("a hidden space", {"title": "Planter\u00a0bien"}, "typography", "un caractère invisible (U+00A0)"),
    ("a stuck colon", {"title": "Planter: bien"}, "typography", "une espace avant ; : ! ? »"),
    ("a bare capital", {"title": "Ecouter"}, "typography", "une capitale accentuée"),
]


@pytest.mark.parametrize(("broken", "changes", "code", "words"), BROKEN_DEFINITIONS, ids=lambda value: str(value)[:28])
def test_a_mistake_in_a_definition_gets_its_sentence(
    tmp_path: Path, broken: str, changes: dict[str, Any], code: str, words: str
) -> None:
    folder = write_version(tmp_path, **changes)
    problems = problems_of(folder)
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    assert words in str(problems[0])
    assert problems[0].advice
    assert str(problems[0]).startswith("techniques/tec-maraichage-planter/0.1.0/definition.toml")
    if code != "typography":  # a badge with a straight apostrophe still loads; it is not published
        with pytest.raises(CatalogueError, match=r"attendu : .* ; trouvé : "):
            read_definition_file(folder)


BROKEN_AROUND: list[tuple[str, dict[str, Any], str, str]] = [
    ("an unknown status", {"status": "publié"}, "code_unknown", "brouillon, relecture, proposition"),
    ("adopted too soon", {"status": "adopte"}, "file_invalid", "« adopte » à partir de la version 1.0.0"),
    ("an unknown sector", {"sector": "espace"}, "code_unknown", "sector"),
    ("an unknown type of action", {"action_types": ["T6"]}, "code_unknown", "trouvé : T6"),
    ("no simple words", {"simple": None}, "member_missing", "simple : attendu : un texte entre guillemets"),
    ("no alternative text", {"picture": {}}, "member_missing", "picture, alt"),
    ("no history", {"changelog": []}, "file_invalid", "au moins une ligne"),
    ("a date in quotes", {"changelog": [{"date": "hier", "text": "Oui"}]}, "file_invalid", "une date sans guillemets"),
    ("a straight apostrophe", {"simple": "J'apprends."}, "typography", "l’apostrophe ’"),
]


@pytest.mark.parametrize(("broken", "changes", "code", "words"), BROKEN_AROUND, ids=lambda value: str(value)[:28])
def test_a_mistake_around_a_definition_gets_its_sentence(
    tmp_path: Path, broken: str, changes: dict[str, Any], code: str, words: str
) -> None:
    problems = problems_of(write_version(tmp_path, around=changes))
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    assert words in str(problems[0])
    assert "around.toml" in problems[0].message


BROKEN_ALIGNMENTS: list[tuple[dict[str, Any], str, str]] = [
    ({"framework": "ROME 5.0"}, "code_unknown", "ROME 4.0 métier"),
    ({"code": "A14333"}, "code_malformed", "un code de ROME 4.0 métier"),
    ({"code": ""}, "code_malformed", "trouvé : rien"),
    ({"url": "https://example.org/A1433"}, "code_malformed", "une adresse de ROME 4.0 métier"),
    ({"framework": "RECTEC", "code": "org", "url": "https://example.org"}, "code_malformed", "n’a pas d’adresse"),
    ({"framework": "Emploi repère branche ACI"}, "code_malformed", "n’a pas de code"),
]


@pytest.mark.parametrize(("changes", "code", "words"), BROKEN_ALIGNMENTS)
def test_a_malformed_alignment_gets_its_sentence(
    tmp_path: Path, changes: dict[str, Any], code: str, words: str
) -> None:
    alignment = {"framework": "ROME 4.0 métier", "code": "A1433", "label": "X", "checked": date(2026, 11, 20)}
    problems = problems_of(write_version(tmp_path, around={"alignments": [alignment | changes]}))
    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]
    assert words in str(problems[0])


def test_a_translation_that_forgets_a_criterion_is_told(tmp_path: Path) -> None:
    english = {"reviewed": False, "title": "Planting", "description": "Plants.", "criteria": {"c1": "Chooses"}}
    (told,) = problems_of(write_version(tmp_path, around={"translations": {"en": english}}))
    assert "un texte pour chaque critère (c1, c2, c3) ; trouvé : c1" in str(told)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("techniques/tec-maraichage-planter/0.2.0", "version : attendu : « 0.2.0 », le nom du dossier de la version"),
        ("techniques/tec-autre/0.1.0", "slug : attendu : « tec-autre », le nom du dossier du badge"),
        ("transverses/tec-maraichage-planter/0.1.0", "family : attendu : « transverses », le nom du dossier de la"),
    ],
)
def test_a_folder_that_does_not_say_what_its_file_says_is_told(tmp_path: Path, at: str, words: str) -> None:
    (told,) = problems_of(write_version(tmp_path, at=at))
    assert told.code == "folder_mismatch"
    assert words in str(told)


def broken_bytes(folder: Path, data: bytes) -> Problem:
    (folder / "definition.toml").write_bytes(data)
    (told,) = problems_of(folder)
    return told


def test_a_file_that_is_no_toml_says_the_line(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    assert "une erreur ligne 2, colonne" in broken_bytes(folder, b'slug = "tec-a"\ntitle "oubli"\n').message
    assert "des octets qui n’en sont pas" in broken_bytes(folder, b'slug = "\xff"').message
    (folder / "definition.toml").unlink()
    (told,) = problems_of(folder)
    assert told.code == "file_missing"


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    folder = write_version(tmp_path, level=9, second="oui", assessors=["CHEF"])
    assert len(problems_of(folder)) == 3
