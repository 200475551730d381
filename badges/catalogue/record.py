"""What was seen: the signed half of the proof, in exactly the terms that the award rule needs.

An observation keeps the month and the *ordinal of its day* among all the days of this award (1st, 2nd distinct
day…), never the date: equal dates would link one person's badges, and name the only ETI of a small structure.
Exact dates and evidence stay with the structure, under the salted ``commitment``.
Shape: ``docs/decisions/0001-what-is-signed.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from ..errors import DocumentInvalid

RESULTS = ("acquired", "not_yet", "not_observed")
ROLES = ("decides", "second")
STRUCTURES = ("same", "other")

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z", re.ASCII)
_COMMITMENT = re.compile(r"sha256\$[0-9a-f]{64}\Z", re.ASCII)


class SeenOn(NamedTuple):
    """An observation as the badge tells it."""

    month: str
    day: int
    way: str
    kind: str
    function: str


class CriterionRecord(NamedTuple):
    """The decision on one criterion, and the observations it rests on."""

    criterion: str
    result: str
    observations: tuple[SeenOn, ...]


class Decider(NamedTuple):
    """Who decided, as a letter and a function; ``structure`` is relative to the structure that issues."""

    who: str
    role: str
    function: str
    structure: str


class PrerequisiteSeen(NamedTuple):
    """A badge that the issuer says it checked: attested, not replayed."""

    slug: str
    version: str
    checked: str


class Record(NamedTuple):
    """The proof. ``decided`` is the month of the decision; ``commitment`` seals the private facts."""

    decided: str
    criteria: tuple[CriterionRecord, ...]
    deciders: tuple[Decider, ...]
    prerequisites: tuple[PrerequisiteSeen, ...]
    commitment: str

    def to_json(self) -> dict[str, Any]:
        return {
            "decided": self.decided,
            "criteria": [
                {
                    "criterion": item.criterion,
                    "result": item.result,
                    "observations": [
                        {
                            "month": seen.month,
                            "day": seen.day,
                            "way": seen.way,
                            "kind": seen.kind,
                            "function": seen.function,
                        }
                        for seen in item.observations
                    ],
                }
                for item in self.criteria
            ],
            "deciders": [
                {
                    "who": decider.who,
                    "role": decider.role,
                    "function": decider.function,
                    "structure": decider.structure,
                }
                for decider in self.deciders
            ],
            "prerequisites": [
                {"slug": seen.slug, "version": seen.version, "checked": seen.checked} for seen in self.prerequisites
            ],
            "commitment": self.commitment,
        }


def parse_record(value: Any) -> Record:
    """Read the record of a badge. Closed: an unknown member is refused, so nothing unread rides along.

    Raises :class:`DocumentInvalid` (``record_malformed``).
    """
    members = _members(value, _OF_RECORD)
    return Record(
        decided=_match(members["decided"], _MONTH, "un mois AAAA-MM"),
        criteria=tuple([_criterion(item) for item in _list(members["criteria"])]),
        deciders=tuple([_decider(item) for item in _list(members["deciders"])]),
        prerequisites=tuple([_prerequisite(item) for item in _list(members["prerequisites"])]),
        commitment=_match(members["commitment"], _COMMITMENT, "un engagement sha256$…"),
    )


def month_of(day: date) -> str:
    return day.isoformat()[:7]


@lru_cache(maxsize=4096)
def months_before(month: str, count: int) -> str:
    """The month ``count`` calendar months before an ``AAAA-MM``; before the year 0 comes what sorts before it."""
    year, rest = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 - count, 12)
    return f"{year:04d}-{rest + 1:02d}" if year >= 0 else ""


class Fact(NamedTuple):
    """A private, exactly dated observation of one criterion: what the structure knows, before it is told."""

    criterion: str
    on: date
    way: str
    kind: str
    function: str


def make_record(
    *,
    decided: date,
    results: Mapping[str, str],
    facts: Iterable[Fact],
    deciders: Iterable[Decider],
    prerequisites: Iterable[PrerequisiteSeen],
    commitment: str,
) -> Record:
    """Tell the facts as a badge may tell them.

    Only *acquired* criteria go out: « pas encore » is never published. Facts later than the decision stay out.
    The result depends on what was seen and never on the order in which it was noted.
    """
    told = [fact for fact in facts if results.get(fact.criterion) == "acquired" and fact.on <= decided]
    ordinals = day_ordinals(fact.on for fact in told)
    seen: dict[str, set[SeenOn]] = {}
    for fact in told:
        observation = SeenOn(month_of(fact.on), ordinals[fact.on], fact.way, fact.kind, fact.function)
        seen.setdefault(fact.criterion, set()).add(observation)
    return Record(
        decided=month_of(decided),
        criteria=tuple(
            CriterionRecord(
                criterion,
                "acquired",
                tuple(sorted(seen.get(criterion, ()), key=lambda s: (s.day, s.way, s.kind, s.function))),
            )
            for criterion, result in sorted(results.items())
            if result == "acquired"
        ),
        deciders=tuple(deciders),
        prerequisites=tuple(prerequisites),
        commitment=commitment,
    )


def day_ordinals(days: Iterable[date]) -> dict[date, int]:
    """1 for the first distinct day, 2 for the second…: how exact dates leave the record."""
    return {day: ordinal for ordinal, day in enumerate(sorted(set(days)), start=1)}


# The members that each object must have, and no others.
_OF_RECORD, _OF_CRITERION = frozenset(Record._fields), frozenset(CriterionRecord._fields)
_OF_OBSERVATION, _OF_DECIDER = frozenset(SeenOn._fields), frozenset(Decider._fields)
_OF_PREREQUISITE = frozenset(PrerequisiteSeen._fields)


def _criterion(value: Any) -> CriterionRecord:
    members = _members(value, _OF_CRITERION)
    return CriterionRecord(
        _text(members["criterion"]),
        _one_of(members["result"], RESULTS),
        tuple([_observation(item) for item in _list(members["observations"])]),
    )


def _observation(value: Any) -> SeenOn:
    members = _members(value, _OF_OBSERVATION)
    month, day, way = members["month"], members["day"], members["way"]
    kind, function = members["kind"], members["function"]
    if type(day) is not int:
        raise _refused("un rang de jour (1, 2…)", repr(day))
    if not type(month) is type(way) is type(kind) is type(function) is str:
        raise _refused("des textes", repr(value))
    return _seen(month, day, way, kind, function)


@lru_cache(maxsize=4096)
def _seen(month: str, day: int, way: str, kind: str, function: str) -> SeenOn:
    """The same observation is the same object: badges of a network say few different ones, thousands of times."""
    if not 1 <= day <= 10_000:
        raise _refused("un rang de jour (1, 2…)", repr(day))
    return SeenOn(_match(month, _MONTH, "un mois AAAA-MM"), day, _text(way), _text(kind), _text(function))


def _decider(value: Any) -> Decider:
    members = _members(value, _OF_DECIDER)
    return Decider(
        _text(members["who"]),
        _one_of(members["role"], ROLES),
        _text(members["function"]),
        _one_of(members["structure"], STRUCTURES),
    )


def _prerequisite(value: Any) -> PrerequisiteSeen:
    members = _members(value, _OF_PREREQUISITE)
    return PrerequisiteSeen(
        slug=_text(members["slug"]),
        version=_text(members["version"]),
        checked=_match(members["checked"], _MONTH, "un mois AAAA-MM"),
    )


def _members(value: Any, names: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != names:
        found = ", ".join(map(str, value)) if isinstance(value, dict) else repr(value)
        raise _refused(f"un objet avec {', '.join(sorted(names))}", found)
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _refused("une liste", repr(value))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _refused("un texte", repr(value))
    return value


def _one_of(value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _refused(" ou ".join(allowed), repr(value))
    return str(value)


def _match(value: Any, pattern: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not pattern.match(value):
        raise _refused(what, repr(value))
    return value


def _refused(expected: str, found: str) -> DocumentInvalid:
    return DocumentInvalid(f"Preuve des critères : {expected} attendu, {found[:80]} trouvé.", code="record_malformed")
