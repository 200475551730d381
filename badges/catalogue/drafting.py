"""A badge that somebody proposes: written as the files that a committee reviews and publishes, and checked as they are.

A :class:`Draft` becomes ``definition.toml`` and ``around.toml``, commented as those of the catalogue.
:func:`problems_of` publishes them for trial, in a folder that is thrown away, so that what is told here is what
``badges criteria publish`` would tell. Nothing is published from here.

:func:`read_badge_class` makes a draft of a badge of another network.
"""

from __future__ import annotations

import io
import re
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..errors import BadgeRejected, CatalogueError, DocumentInvalid
from ..openbadges import strict_json
from ..openbadges.model import BadgeClass, Criteria, Profile
from . import publishing
from .criteria_files import AROUND_FILE, DEFINITION_FILE, SLUG, VERSION, Origin, Problem, definition_text, problem
from .definition import FAMILIES, AwardRule, Criterion, Definition, parse_definition, to_json
from .definition import digest as digest_of
from .library import Catalogue, Entry
from .proof import read_definition_extension
from .taxonomy import (
    EVIDENCE_LABELS,
    FAMILY_LABELS,
    FUNCTION_LABELS,
    LEVEL_LABELS,
    LEVEL_MEANINGS,
    SECOND_LABELS,
    WAY_LABELS,
    Label,
    fold,
    level_words,
)

PREFIXES: Mapping[str, str] = {
    "permanents": "per",
    "metiers-hybrides": "hyb",
    "techniques": "tec",
    "transverses": "trv",
}
USUAL_RULE = AwardRule(0, 2, ("MES", "OBS"), 6, ("ATT",), ("CLI", "TUT"))
"""The common rule of the catalogue (``catalogue-brief``, form of a badge)."""
LARGEST_DOCUMENT = 256 * 1024
_MOST_CRITERIA = 30


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the two files say. ``carried`` are members of ``around.toml`` that are kept from the version before."""

    slug: str = ""
    version: str = "0.1.0"
    family: str = ""
    kind: str = "competence"
    level: int = 2
    title: str = ""
    description: str = ""
    assessors: tuple[str, ...] = ("ETI",)
    second: str = "none"
    validity_months: int | None = None
    prerequisites: tuple[str, ...] = ()
    rule: AwardRule = USUAL_RULE
    criteria: tuple[Criterion, ...] = ()
    simple: str = ""
    sector: str = "tous"
    action_types: tuple[str, ...] = ("T3",)
    wave: int = 3
    notes: str = ""
    creator: str = ""
    change: str = ""
    origin: Origin | None = None
    carried: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Its folder inside ``criteria/``."""
        return f"{self.family}/{self.slug}/{self.version}"


def draft_of(entry: Entry) -> Draft:
    """A new version that begins as this one: its words, its criteria, what stands around it."""
    definition, around = entry.definition, entry.around
    kept = tomllib.loads((entry.folder / AROUND_FILE).read_text("utf-8"))
    carried: dict[str, Any] = {name: kept[name] for name in ("picture", "alignments", "translations") if name in kept}
    major, minor, patch = map(int, entry.version.split("."))
    return Draft(
        slug=entry.slug,
        version=f"{major}.{minor + 1}.0" if patch == 0 or major == 0 else f"{major}.{minor}.{patch + 1}",
        family=definition.family,
        kind=definition.kind,
        level=definition.level,
        title=definition.title,
        description=definition.description,
        assessors=definition.assessors,
        second=definition.second,
        validity_months=definition.validity_months,
        prerequisites=definition.prerequisites,
        rule=definition.rule,
        criteria=definition.criteria,
        simple=around.simple,
        sector=around.sector,
        action_types=around.action_types,
        wave=around.wave,
        notes=around.notes,
        creator=around.creator,
        origin=around.origin,
        carried=carried,
    )


def slug_for(family: str, title: str) -> str:
    """A short name that says the family and the first words of the title."""
    words = [word for word in re.findall(r"[a-z0-9]+", fold(title)) if len(word) > 2][:4]
    return "-".join([PREFIXES.get(family, "loc"), *(words or ["badge"])])


def tidy(text: str) -> str:
    """French typography for what was typed at a keyboard: ’ « » … and one space before ; : ! ?"""
    text = re.sub(r'"([^"]*)"', r"« \1 »", text.replace("'", "’").replace("...", "…"))
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"«\s*", "« ", re.sub(r"\s*»", " »", text))
    text = re.sub(r"(?<=[^\s«])([;:!?])(?=\s|$)", r" \1", text)
    return text.strip()


# --- the files ------------------------------------------------------------------------------------------------------


def definition_toml(draft: Draft) -> str:
    """``definition.toml``, with the words of each code beside it."""
    rule = draft.rule
    lines = [
        f"# {draft.title}",
        "#",
        f"# La définition, version {draft.version}. Une fois publiée (criteria/PUBLISHED), elle ne change plus :",
        "# un changement se propose dans un nouveau dossier de version. Mode d’emploi : criteria/README.md.",
        "",
        f"slug = {_value(draft.slug)}  # nom court, stable pour toujours, le même que celui du dossier",
        f"version = {_value(draft.version)}",
        'language = "fr"',
        f"family = {_value(draft.family)}  # {_said(FAMILY_LABELS, [draft.family]).lower()}",
        f"kind = {_value(draft.kind)}",
        f"level = {draft.level}  # « {_said(LEVEL_LABELS, [draft.level])} » : {_said(LEVEL_MEANINGS, [draft.level])}",
        "",
        f"title = {_value(draft.title)}",
        f"description = {_value(draft.description)}",
        "",
        "# Qui décide",
        f"assessors = {_value(draft.assessors)}  # {_said(FUNCTION_LABELS, draft.assessors)}",
        f"second = {_value(draft.second)}  # second regard : {_said(SECOND_LABELS, [draft.second])}",
        f"prerequisites = {_value(draft.prerequisites)}",
        "",
        "# Combien de temps le badge est bon",
        "# Pas de ligne validity_months : le badge n’a pas de fin."
        if draft.validity_months is None
        else f"validity_months = {draft.validity_months}",
        "",
        "# Ce qu’il faut pour l’attribuer",
        "[rule]",
        'essential = "all"  # tous les critères essentiels',
        f"optional_at_least = {rule.optional_at_least}",
        f"distinct_days = {rule.distinct_days}",
        f"observed_ways = {_value(rule.observed_ways)}  # {_said(WAY_LABELS, rule.observed_ways)}",
        f"max_age_months = {rule.max_age_months}",
        f"ageless_kinds = {_value(rule.ageless_kinds)}  # {_said(EVIDENCE_LABELS, rule.ageless_kinds)}",
        f"never_alone = {_value(rule.never_alone)}  # {_said(FUNCTION_LABELS, rule.never_alone)}",
    ]
    for one in draft.criteria:
        lines += [
            "",
            "[[criteria]]",
            f"id = {_value(one.id)}",
            f"text = {_value(one.text)}",
            f"required = {_value(one.required)}  # {'essentiel' if one.required else 'facultatif'}",
            f"ways = {_value(one.ways)}  # {_said(WAY_LABELS, one.ways)}",
            f"kinds = {_value(one.kinds)}  # {_said(EVIDENCE_LABELS, one.kinds)}",
        ]
    return "\n".join(line.removesuffix("  # ") for line in lines) + "\n"


def around_toml(draft: Draft, today: date) -> str:
    """``around.toml``. Translations of a version whose criteria have other ids are left out; the others are to be
    reread."""
    adopted = not draft.version.startswith("0.")
    picture = dict(draft.carried.get("picture", {}))
    picture["alt"] = f"Badge « {draft.title} ». {_said(FAMILY_LABELS, [draft.family])}, {level_words(draft.level)}."
    top: dict[str, Any] = {
        "status": "adopte" if adopted else "proposition",
        "simple": draft.simple,
        "simple_reviewed": False,
        "sector": draft.sector,
        "action_types": draft.action_types,
        "wave": draft.wave,
        "creator": draft.creator,
        "reviewers": (),
    }
    if draft.notes:
        top["notes"] = draft.notes
    lines = [
        f"# Autour du badge « {draft.title} », version {draft.version}",
        "#",
        "# Ce fichier n’est pas signé : il peut changer sans nouvelle version. Mode d’emploi : criteria/README.md.",
        "",
        *_members(top),
        "",
        "[picture]",
        *_members(picture),
    ]
    if draft.origin:
        origin = {name: getattr(draft.origin, name) for name in ("name", "url", "licence", "badge")}
        lines += ["", "# Repris d’un autre réseau : qui l’a écrit, et à quelles conditions on le reprend", "[origin]"]
        lines += _members({name: value for name, value in origin.items() if value})
    lines += ["", "[[changelog]]", *_members({"date": today, "text": draft.change})]
    for item in draft.carried.get("alignments", ()):
        lines += ["", "[[alignments]]", *_members(item)]
    ids = {one.id for one in draft.criteria}
    for language, item in draft.carried.get("translations", {}).items():
        if set(item["criteria"]) == ids:
            said = {"reviewed": False, "title": item["title"], "description": item["description"]}
            lines += ["", f"[translations.{language}]", *_members(said)]
            lines += ["", f"[translations.{language}.criteria]", *_members(item["criteria"])]
    return "\n".join(lines) + "\n"


def as_zip(draft: Draft, today: date) -> bytes:
    """The files in their folders, and what to do with them; the same bytes each time."""
    files = {
        f"criteria/{draft.place}/{DEFINITION_FILE}": definition_toml(draft),
        f"criteria/{draft.place}/{AROUND_FILE}": around_toml(draft, today),
        "LISEZ-MOI.txt": _README.format(slug=draft.slug, version=draft.version, place=draft.place),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (today.year, today.month, today.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return out.getvalue()


_README = """\
Un badge proposé : {slug}, version {version}.

1. Placez le dossier criteria/{place} dans les critères du service ($BADGES_HOME/criteria, ou le dépôt).
2. Relisez definition.toml : c’est ce qui sera signé dans chaque badge. Choisissez un pictogramme (picture, icon) dans
   around.toml si vous le voulez.
3. badges criteria --criteria DOSSIER check     contrôle tout
4. badges criteria --criteria DOSSIER draw      dessine les images
5. badges criteria --criteria DOSSIER publish {slug} {version}

Rien n’est publié avant la dernière ligne. Une version publiée ne change plus jamais.
"""


# --- checking it ----------------------------------------------------------------------------------------------------


def problems_of(draft: Draft, catalogue: Catalogue, today: date) -> tuple[Problem, ...]:
    """What publishing it beside this catalogue would refuse; empty when it could be published as it is."""
    if not (SLUG.fullmatch(draft.slug) and VERSION.fullmatch(draft.version) and draft.family in FAMILIES):
        return (
            problem(
                DEFINITION_FILE,
                "slug, version",
                "un nom court (tec-…), trois nombres et une famille",
                f"{draft.slug} {draft.version} {draft.family}",
                "Corrigez ces trois lignes.",
            ),
        )
    with tempfile.TemporaryDirectory(prefix="badges-draft-") as name:
        root = Path(name)
        folder = root / draft.place
        folder.mkdir(parents=True)
        (folder / DEFINITION_FILE).write_text(definition_toml(draft), "utf-8")
        (folder / AROUND_FILE).write_text(around_toml(draft, today), "utf-8")
        try:
            if found := publishing.check(root, beside=catalogue.folders):
                return tuple(replace(one, message=_without_place(one.message, draft)) for one in found)
            publishing.publish(root, draft.slug, draft.version, today, beside=catalogue.folders)
        except CatalogueError as refused:
            message = _without_place(refused.message, draft)
            return (Problem(DEFINITION_FILE, message, refused.advice, refused.code),)
    return ()


def definition_of(draft: Draft) -> Definition:
    """The definition as it would be read from its file. Raises :class:`CatalogueError`."""
    return parse_definition(definition_text(tomllib.loads(definition_toml(draft))))


_PLACES: Mapping[str, str] = {
    "slug": "nom court",
    "title": "titre",
    "description": "en une phrase",
    "simple": "en mots simples",
    "level": "niveau",
    "assessors": "qui décide",
    "second": "second regard",
    "prerequisites": "badges à détenir avant",
    "validity_months": "durée du badge",
    "criteria": "critères",
    "ways": "regardé par",
    "kinds": "trace gardée",
    "text": "texte",
    "optional_at_least": "critères facultatifs demandés",
    "distinct_days": "jours d’observation différents",
    "max_age_months": "âge des preuves",
    "observed_ways": "ce qui compte comme travail observé",
    "ageless_kinds": "preuves sans âge",
    "never_alone": "leur seule parole ne décide jamais",
    "action_types": "type d’action",
    "notes": "à savoir",
    "changelog": "ce que cette version apporte",
    "origin": "d’où il vient",
    "url": "adresse",
}
"""Members of the files → what the form calls them."""


def _without_place(message: str, draft: Draft) -> str:
    """« critère c2, ways : … »: in a form there is no file to name."""
    said = re.sub(rf"^{re.escape(draft.place)}(/[a-z]+\.toml)?(, | : )", "", message)
    where, colon, rest = said.partition(" : ")
    words = [_PLACES.get(name, name) for name in where.removeprefix("rule, ").split(", ")]
    told = ", ".join(words) + colon + rest
    return told[:1].upper() + told[1:]


# --- another network's badge ----------------------------------------------------------------------------------------


def read_badge_class(body: bytes) -> Draft:
    """A draft of the badge that this BadgeClass of Open Badges 2.0 describes, with where it comes from.

    A definition of ours inside it gives the criteria and the rule; otherwise each line of the list in its narrative is
    a criterion to complete. Raises :class:`CatalogueError` for whatever is not a BadgeClass.
    """
    if len(body) > LARGEST_DOCUMENT:
        raise _no(f"un document de {LARGEST_DOCUMENT // 1024} Kio au plus", f"{len(body) // 1024} Kio")
    try:
        document = strict_json.loads(body)
    except BadgeRejected:
        raise _no("un document JSON", "autre chose, ou un JSON incomplet") from None
    if not isinstance(document, Mapping):
        raise _no("un objet JSON", "une autre valeur")
    kinds = document.get("type", document.get("@type"))
    names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    if "BadgeClass" not in names:
        raise _no("un BadgeClass, ce que décrit le badge", f"« {', '.join(names)[:80]} »", _ADVICE.get(names[0], ""))
    try:
        read = BadgeClass.from_json(dict(document))
    except DocumentInvalid as refused:
        path, _, expected, found = refused.problems[0]
        raise _no(f"{path or 'le document'} : {expected}", found) from None
    draft = Draft(
        title=tidy(read.name),
        description=tidy(read.description),
        criteria=tuple(_listed(read.criteria.narrative or "") if isinstance(read.criteria, Criteria) else ()),
        change="Repris d’un autre réseau, à relire par le comité.",
        creator=_creator(document, read)[0],
        origin=Origin(*_creator(document, read), licence=_licence(document), badge=read.id),
    )
    if (text := read_definition_extension(document)) is not None:
        draft = _with_definition(draft, parse_definition(text), document)
    return draft


_ADVICE = {
    "Assertion": "Ceci est le badge d’une personne. Reprenez le document que nomme son membre « badge ».",
    "Achievement": "Ceci est d’Open Badges 3.0 : demandez à ce réseau le BadgeClass 2.0, ou recopiez le texte.",
    "Issuer": "Ceci est l’identité de l’émetteur : reprenez un de ses badges.",
    "Profile": "Ceci est l’identité de l’émetteur : reprenez un de ses badges.",
}


def _with_definition(draft: Draft, definition: Definition, document: Mapping[str, Any]) -> Draft:
    told = document.get("extensions:criteriaDefinition")
    if isinstance(told, Mapping) and told.get("digest") not in (None, digest_of(str(told.get("definition")))):
        raise _no("une définition qui a l’empreinte dite", "une autre", "Le document a été changé : redemandez-le.")
    members = to_json(definition)
    return replace(
        draft,
        family=definition.family if definition.family in FAMILIES else "",
        kind=members["kind"],
        level=definition.level,
        title=definition.title,
        description=definition.description,
        assessors=definition.assessors,
        second=definition.second,
        validity_months=definition.validity_months,
        rule=definition.rule,
        criteria=definition.criteria,
    )


def _creator(document: Mapping[str, Any], read: BadgeClass) -> tuple[str, str]:
    """Name and address of who wrote the badge: who says so, else who issues it."""
    told = document.get("extensions:originalCreator")
    if isinstance(told, Mapping) and isinstance(told.get("url"), str):
        return str(told.get("name") or told["url"])[:200], str(told["url"])[:300]
    if isinstance(read.issuer, Profile):
        return read.issuer.name[:200], (read.issuer.url or read.issuer.id)[:300]
    return "", str(read.issuer)[:300]


def _licence(document: Mapping[str, Any]) -> str:
    found = (document.get(name) for name in ("license", "licence", "rights", "extensions:license"))
    return next((text[:300] for text in found if isinstance(text, str) and text), "")


def _listed(narrative: str) -> Iterator[Criterion]:
    """Each line of a Markdown list; how it is assessed is for the reviewer to say."""
    lines = re.findall(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+(\S.*)$", narrative, re.MULTILINE)
    for number, line in enumerate(lines[:_MOST_CRITERIA], start=1):
        yield Criterion(f"c{number}", tidy(re.sub(r"[*_`]{1,3}", "", line))[:300], True, ("OBS",), ("GRI",))


def _no(expected: str, found: str, advice: str = "") -> CatalogueError:
    return CatalogueError(
        f"Attendu : {expected} ; trouvé : {found}.",
        code="import_refused",
        advice=advice or "Demandez à ce réseau le document JSON de son badge (BadgeClass, Open Badges 2.0).",
    )


# --- writing TOML ---------------------------------------------------------------------------------------------------


def _members(members: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in members.items()]


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime():
            raise ValueError(f"expected a date, found the instant {value}")
        case date():
            return value.isoformat()
        case str():
            return '"' + "".join(_ESCAPES.get(letter) or _escaped(letter) for letter in value) + '"'
        case list() | tuple():
            return "[" + ", ".join(map(_value, value)) + "]"
    raise ValueError(f"expected a value of our files, found {type(value).__name__}")


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() or letter in "\u00a0\u202f" else f"\\U{ord(letter):08X}"


def _said(labels: Mapping[Any, Label], codes: Iterable[Any]) -> str:
    return " · ".join(labels[code].fr for code in codes if code in labels)
