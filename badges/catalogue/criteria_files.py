"""The files a committee writes: ``definition.toml`` and ``around.toml``, read, checked, explained.

A reviewer who made a mistake gets one French sentence per mistake: the file and the place, what was expected,
what was found, what to do. Start with :func:`read_definition_file` and :func:`read_around_file`, which give everything
or raise; :func:`problems_of` gives every problem of a version, for ``badges criteria check``.

The definition is the digested part, never edited once published; what stands around it may change.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import CatalogueError
from ..openbadges.primitives import is_of_the_web
from . import definition as d
from .definition import Definition, canonical, parse_definition
from .taxonomy import ACTION_TYPE_LABELS, FRAMEWORKS, SECTOR_LABELS, STATUS_LABELS, alignment_page

DEFINITION_FILE = "definition.toml"
AROUND_FILE = "around.toml"

SLUG = re.compile(r"(eti|per|hyb|tec|trv|loc)-[a-z0-9]+(-[a-z0-9]+)*")
"""Stable for ever. ``loc-``: a badge of one structure, added by its own folder."""
VERSION = re.compile(r"(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})")
CRITERION_ID = re.compile(r"c[1-9]\d{0,2}")

_MONTHS = 240
_DAYS = 30
"""Beyond these a number is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, as a sentence for the person who wrote it and what to do now."""

    file: str
    message: str
    advice: str
    code: str

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".rstrip()

    def refusal(self) -> CatalogueError:
        """The same as an exception, for those who cannot go on."""
        return CatalogueError(self.message, code=self.code, advice=self.advice)


def problem(file: str, where: str, expected: str, found: object, advice: str, code: str = "file_invalid") -> Problem:
    """The one shape of these sentences: the place, what was expected, what was found, what to do."""
    place = f"{file}, {where}" if where else file
    return Problem(file, f"{place} : attendu : {expected} ; trouvé : {str(found)[:160]}.", advice, code)


@dataclass(frozen=True, slots=True)
class Alignment:
    """A code of a public framework that the badge relates to: never an equivalence."""

    framework: str
    framework_version: str
    code: str
    label: str
    url: str
    checked: date

    @property
    def page(self) -> str:
        """The last part of our own address ``/alignements/{code}``."""
        return alignment_page(self.framework, self.code, self.label)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a badge that another network wrote was taken from: who, their page, and under which terms."""

    name: str
    url: str
    licence: str
    badge: str = ""
    """The address of their BadgeClass, where it has one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a version's history. ``same_meaning``: reread word for word, the sense has not moved."""

    date: date
    text: str
    same_meaning: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    title: str
    description: str
    criteria: Mapping[str, str]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a definition and outside its digest: it may change without a new version."""

    status: str
    simple: str
    simple_reviewed: bool
    sector: str
    action_types: tuple[str, ...]
    wave: int
    notes: str
    creator: str
    reviewers: tuple[str, ...]
    picture_alt: str
    picture_icon: str
    alignments: tuple[Alignment, ...]
    translations: Mapping[str, Translation]
    changelog: tuple[Change, ...]
    origin: Origin | None = None


def version_key(version: str) -> tuple[int, int, int]:
    """How versions are ordered: as three numbers. Raises ``ValueError`` on anything else."""
    if not VERSION.fullmatch(version):
        raise ValueError(version)
    major, minor, patch = version.split(".")
    return int(major), int(minor), int(patch)


def definition_text(members: Mapping[str, Any]) -> str:
    """The canonical text of a definition as its file gives it.

    The type is added, an absent ``validity_months`` is written ``null``, and lists whose order means nothing are
    sorted, so that two files that say the same have the same digest.
    """
    whole = {**members, "type": d.DEFINITION_TYPE, "validity_months": members.get("validity_months")}
    for name in ("assessors", "prerequisites"):
        whole[name] = _sorted(whole.get(name))
    if isinstance(rule := whole.get("rule"), Mapping):
        whole["rule"] = {name: _sorted(value) for name, value in rule.items()}
    if isinstance(criteria := whole.get("criteria"), list):
        whole["criteria"] = [
            {name: _sorted(value) for name, value in criterion.items()} if isinstance(criterion, Mapping) else criterion
            for criterion in criteria
        ]
    return canonical(whole)


def _sorted(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(value)
    return value


def read_definition_file(folder: Path) -> tuple[Definition, str]:
    """The definition of ``<family>/<slug>/<version>/`` and its text. Raises :class:`CatalogueError`."""
    members = _load(folder / DEFINITION_FILE)
    if isinstance(members, Problem):
        raise members.refusal()
    _refuse(_definition_problems(members, folder))
    text = definition_text(members)
    return parse_definition(text), text


def read_around_file(folder: Path, definition: Definition) -> Around:
    """What stands around that definition. Raises :class:`CatalogueError`."""
    members = _load(folder / AROUND_FILE)
    if isinstance(members, Problem):
        raise members.refusal()
    _refuse(_around_problems(members, folder, definition))
    return Around(
        status=members["status"],
        simple=members["simple"],
        simple_reviewed=members["simple_reviewed"],
        sector=members["sector"],
        action_types=tuple(members["action_types"]),
        wave=members["wave"],
        notes=members.get("notes", ""),
        creator=members["creator"],
        reviewers=tuple(members.get("reviewers", ())),
        picture_alt=members["picture"]["alt"],
        picture_icon=members["picture"].get("icon", ""),
        alignments=tuple(
            Alignment(
                framework=item["framework"],
                framework_version=item.get("framework_version", ""),
                code=item.get("code", ""),
                label=item["label"],
                url=item.get("url", ""),
                checked=item["checked"],
            )
            for item in members.get("alignments", ())
        ),
        translations=MappingProxyType(
            {
                language: Translation(
                    title=item["title"],
                    description=item["description"],
                    criteria=MappingProxyType(dict(item["criteria"])),
                    reviewed=item["reviewed"],
                )
                for language, item in members.get("translations", {}).items()
            }
        ),
        changelog=tuple(
            Change(item["date"], item["text"], item.get("same_meaning", False)) for item in members["changelog"]
        ),
        origin=Origin(**members["origin"]) if "origin" in members else None,
    )


def problems_of(folder: Path) -> list[Problem]:
    """Every problem of the two files of a version, typography included; empty when they can be published."""
    members = _load(folder / DEFINITION_FILE)
    if isinstance(members, Problem):
        return [members]
    problems = _definition_problems(members, folder)
    problems += _typography(members, _shown(folder / DEFINITION_FILE))
    if problems:
        return problems
    definition = parse_definition(definition_text(members))
    members = _load(folder / AROUND_FILE)
    if isinstance(members, Problem):
        return [members]
    ours = {name: members[name] for name in ("simple", "notes", "picture", "changelog") if name in members}
    return [
        *_around_problems(members, folder, definition),
        *_typography(ours, _shown(folder / AROUND_FILE)),
    ]


# --- the definition ---------------------------------------------------------------------------------------------

_DEFINITION_MEMBERS: Mapping[str, type] = MappingProxyType(
    {
        "slug": str,
        "version": str,
        "language": str,
        "family": str,
        "kind": str,
        "level": int,
        "title": str,
        "description": str,
        "assessors": list,
        "second": str,
        "prerequisites": list,
        "rule": dict,
        "criteria": list,
    }
)
_CRITERION_MEMBERS: Mapping[str, type] = MappingProxyType(
    {"id": str, "text": str, "required": bool, "ways": list, "kinds": list}
)
_RULE_MEMBERS: Mapping[str, type] = MappingProxyType(
    {
        "essential": str,
        "optional_at_least": int,
        "distinct_days": int,
        "observed_ways": list,
        "max_age_months": int,
        "ageless_kinds": list,
        "never_alone": list,
    }
)


def _definition_problems(members: Mapping[str, Any], folder: Path) -> list[Problem]:
    say = _Sayer(_shown(folder / DEFINITION_FILE))
    shape = list(say.shape(members, "", _DEFINITION_MEMBERS, {"validity_months": int}))
    if isinstance(members.get("rule"), dict):
        shape += say.shape(members["rule"], "rule", _RULE_MEMBERS, {})
    for place, criterion in say.each(members.get("criteria")):
        shape += say.shape(criterion, place, _CRITERION_MEMBERS, {})
    return shape or list(_definition_meaning(say, members, folder))


def _definition_meaning(say: _Sayer, members: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    slug, version, family = members["slug"], members["version"], members["family"]
    if not SLUG.fullmatch(slug):
        yield say(
            "slug",
            "un nom court sans accent, qui commence par eti-, per-, hyb-, tec-, trv- ou loc-",
            slug,
            "Écrivez-le en minuscules, avec des traits d’union.",
        )
    if not VERSION.fullmatch(version):
        yield say("version", "trois nombres séparés par des points", version, "Par exemple 0.2.0.")
    for name, value, part, what in (
        ("version", version, folder.name, "de la version"),
        ("slug", slug, folder.parent.name, "du badge"),
        ("family", family, folder.parent.parent.name, "de la famille"),
    ):
        if value != part:
            yield say(
                name,
                f"« {part} », le nom du dossier {what}",
                value,
                "Corrigez le fichier, ou renommez le dossier.",
                "folder_mismatch",
            )
    yield from say.known("family", family, d.FAMILIES)
    yield from say.known("kind", members["kind"], d.KINDS_OF_BADGE)
    yield from say.known("level", members["level"], d.LEVELS)
    yield from say.known("language", members["language"], ("fr",))
    yield from say.codes("assessors", members["assessors"], d.DECIDING_FUNCTIONS)
    yield from say.known("second", members["second"], d.SECONDS)
    if not 1 <= members.get("validity_months", 1) <= _MONTHS:
        yield say(
            "validity_months",
            f"un nombre de mois, de 1 à {_MONTHS}",
            members["validity_months"],
            "Supprimez la ligne si le badge n’a pas de fin.",
        )
    yield from say.texts("prerequisites", members["prerequisites"])
    if slug in members["prerequisites"]:
        yield say("prerequisites", "d’autres badges", slug, "Un badge ne se demande pas lui-même : retirez-le.")
    criteria = list(_criteria_meaning(say, members["criteria"]))
    yield from criteria or _rule_meaning(say, members)  # a rule is only as clear as the criteria it counts


def _criteria_meaning(say: _Sayer, criteria: list[dict[str, Any]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for criterion in criteria:
        place = f"critère {criterion['id']}"
        if not CRITERION_ID.fullmatch(criterion["id"]):
            yield say(place, "un identifiant c1, c2, c3…", criterion["id"], "Gardez la lettre c et un nombre.")
        if criterion["id"] in seen:
            yield say(
                place,
                "un identifiant différent pour chaque critère",
                f"{criterion['id']} deux fois",
                "Donnez au nouveau critère le numéro suivant, jamais utilisé.",
                "criterion_repeated",
            )
        seen.add(criterion["id"])
        yield from say.codes(f"{place}, ways", criterion["ways"], d.WAYS)
        yield from say.codes(f"{place}, kinds", criterion["kinds"], d.KINDS)
    if not any(criterion["required"] for criterion in criteria):
        yield say("criteria", "au moins un critère essentiel", "aucun", "Écrivez required = true sur l’un d’eux.")


def _rule_meaning(say: _Sayer, members: Mapping[str, Any]) -> Iterator[Problem]:
    rule, criteria = members["rule"], members["criteria"]
    yield from say.known("rule, essential", rule["essential"], ("all",))
    optional = sum(not criterion["required"] for criterion in criteria)
    if not 0 <= rule["optional_at_least"] <= optional:
        yield say(
            "rule, optional_at_least",
            f"un nombre entre 0 et {optional}, le nombre de critères facultatifs",
            rule["optional_at_least"],
            "Sinon personne ne pourrait recevoir ce badge.",
        )
    yield from say.codes("rule, observed_ways", rule["observed_ways"], d.WAYS)
    yield from say.codes("rule, ageless_kinds", rule["ageless_kinds"], d.KINDS, empty=True)
    yield from say.codes("rule, never_alone", rule["never_alone"], d.WITNESS_FUNCTIONS, empty=True)
    if not 1 <= rule["max_age_months"] <= _MONTHS:
        yield say("rule, max_age_months", f"de 1 à {_MONTHS} mois", rule["max_age_months"], "La règle commune est 6.")
    observed = any(
        criterion["required"] and set(criterion["ways"]) & set(rule["observed_ways"]) for criterion in criteria
    )
    if not 0 <= rule["distinct_days"] <= (_DAYS if observed else 0):
        yield say(
            "rule, distinct_days",
            f"0 quand aucun critère essentiel ne s’observe, sinon un nombre de jours jusqu’à {_DAYS}",
            rule["distinct_days"],
            "La règle commune est 2 dès qu’un critère essentiel s’observe au poste (OBS).",
        )


# --- around it --------------------------------------------------------------------------------------------------

_AROUND_MEMBERS: Mapping[str, type] = MappingProxyType(
    {
        "status": str,
        "simple": str,
        "simple_reviewed": bool,
        "sector": str,
        "action_types": list,
        "wave": int,
        "creator": str,
        "picture": dict,
        "changelog": list,
    }
)
_AROUND_OPTIONAL: Mapping[str, type] = MappingProxyType(
    {"notes": str, "reviewers": list, "alignments": list, "translations": dict, "origin": dict}
)
_ALIGNMENT_MEMBERS: Mapping[str, type] = MappingProxyType({"framework": str, "label": str, "checked": date})
_ALIGNMENT_OPTIONAL: Mapping[str, type] = MappingProxyType({"framework_version": str, "code": str, "url": str})
_TRANSLATION_MEMBERS: Mapping[str, type] = MappingProxyType(
    {"title": str, "description": str, "reviewed": bool, "criteria": dict}
)


def _around_problems(members: Mapping[str, Any], folder: Path, definition: Definition) -> list[Problem]:
    say = _Sayer(_shown(folder / AROUND_FILE))
    shape = list(say.shape(members, "", _AROUND_MEMBERS, _AROUND_OPTIONAL))
    if isinstance(members.get("picture"), dict):
        shape += say.shape(members["picture"], "picture", {"alt": str}, {"icon": str})
    for place, item in say.each(members.get("alignments")):
        shape += say.shape(item, place, _ALIGNMENT_MEMBERS, _ALIGNMENT_OPTIONAL)
    for place, item in say.each(members.get("changelog")):
        shape += say.shape(item, place, {"date": date, "text": str}, {"same_meaning": bool})
    if isinstance(origin := members.get("origin"), dict):
        shape += say.shape(origin, "origin", {"name": str, "url": str, "licence": str}, {"badge": str})
    if isinstance(translations := members.get("translations"), dict):
        for language, item in translations.items():
            shape += say.shape(item, f"translations.{language}", _TRANSLATION_MEMBERS, {})
    return shape or list(_around_meaning(say, members, definition))


def _around_meaning(say: _Sayer, members: Mapping[str, Any], definition: Definition) -> Iterator[Problem]:
    yield from say.known("status", members["status"], tuple(STATUS_LABELS))
    adopted = version_key(definition.version)[0] >= 1
    if members["status"] == ("proposition" if adopted else "adopte"):
        yield say(
            "status",
            "« adopte » à partir de la version 1.0.0, « proposition » avant",
            f"« {members['status']} » en version {definition.version}",
            "Le comité adopte un badge en publiant sa version 1.0.0.",
        )
    yield from say.known("sector", members["sector"], tuple(SECTOR_LABELS))
    yield from say.codes("action_types", members["action_types"], tuple(ACTION_TYPE_LABELS))
    yield from say.known("wave", members["wave"], (1, 2, 3))
    yield from say.texts("reviewers", members.get("reviewers", []))
    for name in ("url", "badge"):
        address = members.get("origin", {}).get(name, "")
        if address and not is_of_the_web(address):
            yield say(f"origin, {name}", "une adresse http(s)", address, "Recopiez celle du badge repris.")
    if not members["changelog"]:
        yield say("changelog", "au moins une ligne", "aucune", "Dites en une phrase ce que cette version apporte.")
    seen: set[tuple[str, str]] = set()
    for item in members.get("alignments", ()):
        yield from _alignment_meaning(say, item)
        key = (item["framework"], item.get("code") or item["label"])
        if key in seen:
            yield say("alignments", "chaque code une seule fois", " ".join(key), "Retirez le doublon.")
        seen.add(key)
    for language, item in members.get("translations", {}).items():
        place = f"translations.{language}"
        if set(item["criteria"]) != set(definition.by_id):
            yield say(
                f"{place}.criteria",
                f"un texte pour chaque critère ({', '.join(definition.by_id)})",
                ", ".join(item["criteria"]) or "rien",
                "Traduisez ce qui manque, retirez ce qui n’existe pas.",
            )
        yield from say.texts(f"{place}.criteria", list(item["criteria"].values()))


def _alignment_meaning(say: _Sayer, item: Mapping[str, Any]) -> Iterator[Problem]:
    name, code, url = item["framework"], item.get("code", ""), item.get("url", "")
    place = f"alignement « {code or item['label']} »"
    if name not in FRAMEWORKS:
        yield from say.known(f"{place}, framework", name, tuple(FRAMEWORKS))
        return
    framework = FRAMEWORKS[name]
    if framework.code is None and code:
        yield say(
            f"{place}, code", f"rien : {name} n’a pas de code", code, "Laissez le libellé seul.", "code_malformed"
        )
    if framework.code is not None and not framework.code.fullmatch(code):
        yield say(
            f"{place}, code",
            f"un code de {name} (forme {framework.code.pattern})",
            code or "rien",
            "Recopiez le code du référentiel.",
            "code_malformed",
        )
    if url and (framework.url is None or not framework.url.fullmatch(url)):
        yield say(
            f"{place}, url",
            f"une adresse de {name}" if framework.url else f"rien : {name} n’a pas d’adresse par code",
            url,
            "Laissez url vide : le service montre sa propre page avec la source.",
            "code_malformed",
        )


# --- typography -------------------------------------------------------------------------------------------------

_UNACCENTED = re.compile(r"\bE(?=(?:tre|valu|labor|tabl|cout|chang|pluch|tape|crit|quip|tat)[a-zé]*)")


def _typography(members: Any, file: str, place: str = "") -> Iterator[Problem]:
    """French texts of ours: ’ and « », one visible space, capitals accented. No-break spaces come with display."""
    if isinstance(members, Mapping):
        name = members.get("id")
        here = f"critère {name}" if isinstance(name, str) else place
        for key, value in members.items():
            yield from _typography(value, file, f"{here}, {key}" if here else key)
    elif isinstance(members, list):
        for value in members:
            yield from _typography(value, file, place)
    elif isinstance(members, str):
        for wrong, expected, advice in (
            ("'", "l’apostrophe ’", "Remplacez ' par ’."),
            ('"', "les guillemets « »", 'Remplacez " par « ou ».'),
            ("...", "le caractère …", "Remplacez les trois points par …"),
            ("  ", "une seule espace", "Retirez l’espace en trop."),
        ):
            if wrong in members:
                yield problem(file, place, expected, f"« {wrong} » dans « {members[:60]} »", advice, "typography")
        hidden = [c for c in members if c != " " and unicodedata.category(c) in ("Cc", "Cf", "Zs", "Zl", "Zp")]
        if hidden:
            names = ", ".join(sorted({f"U+{ord(c):04X}" for c in hidden}))
            yield problem(
                file,
                place,
                "des lettres et des espaces ordinaires",
                f"un caractère invisible ({names})",
                "Retapez le passage au clavier : les espaces insécables sont ajoutées à l’affichage.",
                "typography",
            )
        if re.search(r"[^\s«][;:!?»](?:\s|$)|«\S", members):
            yield problem(
                file,
                place,
                "une espace avant ; : ! ? », et après «",
                f"« {members[:60]} »",
                "Ajoutez l’espace.",
                "typography",
            )
        if _UNACCENTED.search(members):
            yield problem(
                file, place, "une capitale accentuée (É, Ê)", f"« {members[:60]} »", "Ajoutez l’accent.", "typography"
            )


# --- saying it --------------------------------------------------------------------------------------------------

_TYPE_WORDS: Mapping[type, str] = MappingProxyType(
    {
        str: "un texte entre guillemets",
        int: "un nombre entier",
        bool: "true (oui) ou false (non)",
        list: "une liste entre crochets",
        dict: "un bloc",
        date: "une date sans guillemets, par exemple 2026-11-20",
    }
)


@dataclass(frozen=True, slots=True)
class _Sayer:
    file: str

    def __call__(self, where: str, expected: str, found: object, advice: str, code: str = "file_invalid") -> Problem:
        return problem(self.file, where, expected, found, advice, code)

    def shape(
        self, members: Any, place: str, required: Mapping[str, type], optional: Mapping[str, type]
    ) -> Iterator[Problem]:
        if not isinstance(members, Mapping):
            yield self(place, "un bloc", members, "Recopiez la forme d’un badge existant.")
            return
        prefix = f"{place}, " if place else ""
        for name, kind in {**required, **optional}.items():
            if name not in members:
                if name in required:
                    yield self(prefix + name, _TYPE_WORDS[kind], "rien", "Ajoutez cette ligne.", "member_missing")
            elif type(members[name]) is not kind or (members[name] == "" and name in required):
                found = "un texte vide" if members[name] == "" else repr(members[name])
                yield self(prefix + name, _TYPE_WORDS[kind], found, "Corrigez cette ligne.")
        for name in members:
            if name not in required and name not in optional:
                yield self(
                    prefix + name,
                    f"une des lignes {', '.join([*required, *optional])}",
                    name,
                    "Vérifiez l’orthographe, ou retirez cette ligne.",
                    "member_unknown",
                )

    @staticmethod
    def each(items: Any) -> Iterator[tuple[str, Any]]:
        for number, item in enumerate(items if isinstance(items, list) else (), start=1):
            name = item.get("id") or item.get("label") if isinstance(item, Mapping) else None
            yield (f"« {name} »" if isinstance(name, str) and name else f"bloc {number}"), item

    def known(self, place: str, value: object, codes: Iterable[object]) -> Iterator[Problem]:
        if value not in tuple(codes):
            yield self(
                place,
                f"un de ces choix : {', '.join(map(str, codes))}",
                value,
                "La liste et son sens sont dans criteria/README.md.",
                "code_unknown",
            )

    def codes(self, place: str, values: list[Any], codes: tuple[str, ...], *, empty: bool = False) -> Iterator[Problem]:
        if not values and not empty:
            yield self(place, f"au moins un de ces choix : {', '.join(codes)}", "rien", "Complétez la liste.")
        for value in values:
            yield from self.known(place, value, codes)
        if len({str(value) for value in values}) != len(values):
            yield self(place, "chaque code une seule fois", ", ".join(map(str, values)), "Retirez le doublon.")

    def texts(self, place: str, values: list[Any]) -> Iterator[Problem]:
        for value in values:
            if not isinstance(value, str) or not value:
                yield self(place, "des textes", repr(value), "Mettez chaque texte entre guillemets.")


def _load(path: Path) -> dict[str, Any] | Problem:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return problem(_shown(path), "", "ce fichier", "rien", "Copiez celui d’un badge voisin.", "file_missing")
    except UnicodeDecodeError:
        found = "des octets qui n’en sont pas"
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        found = f"une erreur ligne {place[1]}, colonne {place[2]}" if place else "un fichier qui s’arrête trop tôt"
    return problem(
        _shown(path),
        "",
        "un fichier TOML en UTF-8",
        found,
        "Regardez cette ligne et la précédente : il manque souvent un guillemet, un crochet ou un signe =.",
        "file_unreadable",
    )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise problems[0].refusal()


def _shown(path: Path) -> str:
    """``family/slug/version/file``: enough to find it, and nothing of the machine."""
    return "/".join(path.parts[-4:])
