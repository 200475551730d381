"""What a badge asks: the digested, published, never edited part of a criteria version.

The text of a definition is its canonical JSON (RFC 8785); its digest is SHA-256 of those UTF-8 bytes. The text
travels verbatim in every badge, so that a reader in twenty years needs nobody's server to know what was asked.
Shape: ``docs/decisions/0001-what-is-signed.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, NamedTuple

from ..errors import CatalogueError
from ..openbadges import strict_json

DEFINITION_TYPE = "CriteriaDefinition"

FAMILIES = ("permanents", "metiers-hybrides", "techniques", "transverses")
KINDS_OF_BADGE = ("competence", "participation")
LEVELS = (1, 2, 3, 4)
WAYS = ("ENT", "JUR", "MES", "OBS", "PRO", "QOR", "REF", "TEM")
"""Ways of assessing a criterion; labels in :mod:`.taxonomy`."""
KINDS = ("ATT", "AUT", "BIL", "DOC", "FRX", "GRI", "PHO", "REL", "TMG")
"""Kinds of evidence."""
DECIDING_FUNCTIONS = ("ASP", "COORD", "DIR", "ETI", "EXT")
WITNESS_FUNCTIONS = ("CLI", "TUT")
"""A customer and a company tutor bring facts; they decide nothing."""
FUNCTIONS = DECIDING_FUNCTIONS + WITNESS_FUNCTIONS
SECONDS = ("none", "other_function", "other_structure")


class Criterion(NamedTuple):
    """One thing that a person on the shop floor can see or hear."""

    id: str
    text: str
    required: bool
    ways: tuple[str, ...]
    kinds: tuple[str, ...]


class AwardRule(NamedTuple):
    """The closed rule language. ``unknown`` names clauses that this version of the product cannot evaluate."""

    optional_at_least: int = 0
    distinct_days: int = 0
    observed_ways: tuple[str, ...] = ()
    max_age_months: int | None = None
    ageless_kinds: tuple[str, ...] = ()
    never_alone: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A parsed definition. Equal texts give equal definitions; the text, not this object, is what is signed."""

    slug: str
    version: str
    language: str
    family: str
    kind: str
    title: str
    description: str
    level: int
    criteria: tuple[Criterion, ...]
    rule: AwardRule
    assessors: tuple[str, ...]
    second: str
    validity_months: int | None
    prerequisites: tuple[str, ...]
    by_id: Mapping[str, Criterion] = field(compare=False, repr=False)

    @property
    def essential(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.required)

    @property
    def optional(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.required)

    def require(self, criterion_id: str) -> Criterion:
        """The criterion of that id; raises :class:`CatalogueError` when the definition has none."""
        try:
            return self.by_id[criterion_id]
        except KeyError:
            raise CatalogueError(
                f"Un critère de {self.slug} {self.version} était attendu "
                f"({', '.join(self.by_id)}), « {criterion_id} » a été trouvé.",
                code="criterion_unknown",
            ) from None


_MEMBERS = {"type"} | {item.name for item in fields(Definition)} - {"by_id"}
_RULE_MEMBERS = {"essential", *AwardRule._fields} - {"unknown"}


def canonical(value: Any) -> str:
    """The one text of a JSON value (RFC 8785): members sorted, no space, shortest numbers."""
    import rfc8785

    return rfc8785.dumps(value).decode()


@lru_cache(maxsize=256)
def digest(text: str) -> str:
    """``sha256$`` and 64 hexadecimal digits of the UTF-8 bytes of a definition's text."""
    return "sha256$" + hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1024)
def parse_definition(text: str) -> Definition:
    """Read the text of a definition.

    The shape is checked, the codes are not: a definition of a later release may use a way of assessing that this
    one has no words for, and its badges must still replay. An unknown *clause of the rule* is kept in
    ``rule.unknown`` and makes every evaluation undetermined. Raises :class:`CatalogueError`.
    """
    try:
        value = strict_json.loads(text.encode())
    except UnicodeEncodeError:
        raise _refused("du texte Unicode", "un caractère isolé") from None
    return read_definition(value)


def read_definition(value: Any) -> Definition:
    """The same from parsed JSON or TOML. Raises :class:`CatalogueError` with what was expected and found."""
    members = _object(value, "la définition")
    if members.get("type") != DEFINITION_TYPE:
        raise _refused(f"type « {DEFINITION_TYPE} »", repr(members.get("type")))
    unknown = set(members) - _MEMBERS
    if unknown:
        raise _refused(f"les seuls membres {', '.join(sorted(_MEMBERS))}", ", ".join(sorted(unknown)))
    criteria = tuple(_criterion(item) for item in _list(members, "criteria"))
    by_id = {criterion.id: criterion for criterion in criteria}
    if len(by_id) != len(criteria):
        raise _refused("un identifiant différent pour chaque critère", "un identifiant répété")
    if not any(criterion.required for criterion in criteria):
        raise _refused("au moins un critère essentiel", "aucun")
    second = _text(members, "second")
    if second not in SECONDS:
        raise _refused(f"second parmi {', '.join(SECONDS)}", second)
    return Definition(
        slug=_text(members, "slug"),
        version=_text(members, "version"),
        language=_text(members, "language"),
        family=_text(members, "family"),
        kind=_text(members, "kind"),
        title=_text(members, "title"),
        description=_text(members, "description"),
        level=_count(members, "level"),
        criteria=criteria,
        rule=_rule(members.get("rule")),
        assessors=_texts(members, "assessors"),
        second=second,
        validity_months=_count_or_none(members, "validity_months"),
        prerequisites=_texts(members, "prerequisites"),
        by_id=by_id,
    )


def to_json(definition: Definition) -> dict[str, Any]:
    """The definition as JSON, ready for :func:`canonical`. Raises when the rule has clauses unknown to us."""
    rule = definition.rule
    if rule.unknown:
        raise _refused("une règle que cette version sait écrire", ", ".join(rule.unknown))
    return {
        "type": DEFINITION_TYPE,
        "slug": definition.slug,
        "version": definition.version,
        "language": definition.language,
        "family": definition.family,
        "kind": definition.kind,
        "title": definition.title,
        "description": definition.description,
        "level": definition.level,
        "criteria": [
            {
                "id": criterion.id,
                "text": criterion.text,
                "required": criterion.required,
                "ways": list(criterion.ways),
                "kinds": list(criterion.kinds),
            }
            for criterion in definition.criteria
        ],
        "rule": {
            "essential": "all",
            "optional_at_least": rule.optional_at_least,
            "distinct_days": rule.distinct_days,
            "observed_ways": list(rule.observed_ways),
            "max_age_months": rule.max_age_months,
            "ageless_kinds": list(rule.ageless_kinds),
            "never_alone": list(rule.never_alone),
        },
        "assessors": list(definition.assessors),
        "second": definition.second,
        "validity_months": definition.validity_months,
        "prerequisites": list(definition.prerequisites),
    }


def _criterion(value: Any) -> Criterion:
    members = _object(value, "un critère")
    required = members.get("required")
    if not isinstance(required, bool):
        raise _refused("required : vrai ou faux", repr(required))
    return Criterion(
        id=_text(members, "id"),
        text=_text(members, "text"),
        required=required,
        ways=_texts(members, "ways"),
        kinds=_texts(members, "kinds"),
    )


def _rule(value: Any) -> AwardRule:
    members = _object(value, "la règle")
    if members.get("essential") != "all":
        raise _refused("essential « all »", repr(members.get("essential")))
    return AwardRule(
        optional_at_least=_count(members, "optional_at_least"),
        distinct_days=_count(members, "distinct_days"),
        observed_ways=_texts(members, "observed_ways"),
        max_age_months=_count_or_none(members, "max_age_months"),
        ageless_kinds=_texts(members, "ageless_kinds"),
        never_alone=_texts(members, "never_alone"),
        unknown=tuple(sorted(set(members) - _RULE_MEMBERS)),
    )


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _refused(f"{what} : un objet", type(value).__name__)
    return value


def _list(members: Mapping[str, Any], name: str) -> list[Any]:
    value = members.get(name)
    if not isinstance(value, list):
        raise _refused(f"{name} : une liste", repr(value))
    return value


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise _refused(f"{name} : un texte", repr(value))
    return value


def _texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = _list(members, name)
    if not all(isinstance(value, str) and value for value in values):
        raise _refused(f"{name} : une liste de textes", repr(values))
    return tuple(values)


def _count(members: Mapping[str, Any], name: str) -> int:
    value = members.get(name)
    if type(value) is not int or value < 0:
        raise _refused(f"{name} : un nombre entier positif", repr(value))
    return value


def _count_or_none(members: Mapping[str, Any], name: str) -> int | None:
    return None if members.get(name) is None else _count(members, name)


def _refused(expected: str, found: str) -> CatalogueError:
    return CatalogueError(
        f"Définition de critères : {expected} attendu, {found[:80]} trouvé.", code="definition_malformed"
    )
