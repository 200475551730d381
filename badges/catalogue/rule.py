"""The award rule: one pure function, shared by the issuer (who refuses to sign) and the verifier (who replays).

What must hold, in this order; each number stands again above the code that looks at it.

1. every clause of the rule is one that this release knows: otherwise nothing is *met*, it is *undetermined*;
2. the record is consistent: known criteria, each once; one person once; days that are ordinals 1…n of rising
   months;
3. every essential criterion is *acquired* on at least one **admissible** observation: a way and a kind that the
   criterion accepts, not seen after the decision, and not older at the decision than ``max_age_months`` whole
   calendar months, unless its kind is ageless;
4. on each of them somebody else than ``never_alone`` (a customer, a company tutor) has seen it;
5. at least ``optional_at_least`` optional criteria meet 3 and 4 too;
6. the admissible observations of work (``observed_ways``) fall on at least ``distinct_days`` distinct days;
7. somebody whose function may assess this badge decided;
8. a second validator, another person, of another function or another structure, where the badge asks for one;
9. each prerequisite is told.

Not checked here, because a badge cannot prove it: that ``a1`` and ``a2`` are two people and neither is the
recipient, which structure they belong to, that the prerequisites were seen, that the facts happened. The issuer
knows it and says so: *attested*, never *replayed*.

Two properties follow from how it is written, and are tested: one more observation never turns a yes into a no,
and the order of observations never matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from .definition import DECIDING_FUNCTIONS, AwardRule, Criterion, Definition
from .record import CriterionRecord, Decider, Record, SeenOn, months_before

MISSING_CODES = (
    "unknown_criterion",
    "repeated_criterion",
    "repeated_person",
    "days_inconsistent",
    "seen_after_decision",
    "not_acquired",
    "without_observation",
    "way_or_kind_not_accepted",
    "too_old",
    "word_alone",
    "optional_missing",
    "days_missing",
    "decider_missing",
    "second_missing",
    "second_not_other",
    "prerequisite_missing",
)
"""Everything that can be missing; one sentence each in the words of the reader (issuer and verifier)."""


class Missing(NamedTuple):
    """One reason why the rule does not hold. ``expected`` and ``found`` are counts or codes, never a name."""

    code: str
    criterion: str | None = None
    expected: str = ""
    found: str = ""


class CriterionOutcome(NamedTuple):
    """How one criterion fares. ``result`` is ``not_stated`` where the record says nothing of it."""

    criterion: Criterion
    result: str
    met: bool
    observations: tuple[SeenOn, ...]


class RuleOutcome(NamedTuple):
    """The answer, with every reason and not only the first."""

    criteria: tuple[CriterionOutcome, ...]
    missing: tuple[Missing, ...]
    unknown_clauses: tuple[str, ...] = ()
    essential_met: int = 0
    essential_total: int = 0
    optional_met: int = 0
    days: int = 0
    replayed: tuple[str, ...] = ()
    attested: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        return not self.missing and not self.unknown_clauses

    @property
    def status(self) -> str:
        """``met``, ``not_met`` or ``undetermined``; what is known to be missing weighs more than the unknown."""
        if self.missing:
            return "not_met"
        return "undetermined" if self.unknown_clauses else "met"


def evaluate(definition: Definition, record: Record) -> RuleOutcome:
    """Whether ``record`` meets the award rule of ``definition``. Pure, total: never raises, reads no clock."""
    rule = definition.rule
    # 1. clauses we do not know are carried to the outcome and keep it from being met.
    # 2. the record is consistent.
    missing = list(_inconsistencies(definition, record))
    stated = {item.criterion: item for item in record.criteria}

    # 3 and 4, criterion by criterion.
    oldest = "" if rule.max_age_months is None else months_before(record.decided, rule.max_age_months)
    outcomes = []
    essential_met = essential_total = optional_met = 0
    for criterion in definition.criteria:
        item = stated.get(criterion.id)
        admissible = _admissible(criterion, item, rule, oldest, record.decided) if item else ()
        reason = _reason_unmet(criterion, item, admissible, rule, record.decided)
        if criterion.required:
            essential_total += 1
            essential_met += reason is None
            if reason is not None:
                missing.append(reason)
        else:
            optional_met += reason is None
        outcomes.append(CriterionOutcome(criterion, item.result if item else "not_stated", reason is None, admissible))

    # 5. enough optional criteria.
    if optional_met < rule.optional_at_least:
        missing.append(Missing("optional_missing", None, str(rule.optional_at_least), str(optional_met)))
    # 6. enough distinct days of observed work.
    observed = rule.observed_ways
    days = {seen.day for outcome in outcomes for seen in outcome.observations if seen.way in observed}
    if len(days) < rule.distinct_days:
        missing.append(Missing("days_missing", None, str(rule.distinct_days), str(len(days))))
    # 7 and 8. who decided, and the second look.
    missing.extend(_decisions_missing(definition, record.deciders))
    # 9. prerequisites are told.
    told = {seen.slug for seen in record.prerequisites}
    missing.extend(Missing("prerequisite_missing", None, slug) for slug in definition.prerequisites if slug not in told)
    return RuleOutcome(
        criteria=tuple(outcomes),
        missing=tuple(missing),
        unknown_clauses=rule.unknown,
        essential_met=essential_met,
        essential_total=essential_total,
        optional_met=optional_met,
        days=len(days),
        replayed=_replayed(definition),
        attested=_attested(definition),
    )


def _admissible(
    criterion: Criterion, item: CriterionRecord, rule: AwardRule, oldest: str, decided: str
) -> tuple[SeenOn, ...]:
    """The observations that count. One that does not is left out, never held against the person.

    Months are compared as they are written: ``AAAA-MM`` sorts as time goes.
    """
    _, _, _, ways, kinds = criterion
    admissible = []
    for seen in item.observations:
        month, _, way, kind, _ = seen
        in_time = month <= decided and (oldest <= month or kind in rule.ageless_kinds)
        if in_time and way in ways and kind in kinds:
            admissible.append(seen)
    return tuple(admissible)


def _reason_unmet(
    criterion: Criterion,
    item: CriterionRecord | None,
    admissible: tuple[SeenOn, ...],
    rule: AwardRule,
    decided: str,
) -> Missing | None:
    if item is None or item.result != "acquired":
        found = item.result if item else "not_stated"
        return Missing("not_acquired", criterion.id, "acquired", found)
    if not item.observations:
        return Missing("without_observation", criterion.id, "1", "0")
    if not admissible:
        accepted = [seen for seen in item.observations if seen.way in criterion.ways and seen.kind in criterion.kinds]
        if any(seen.month > decided for seen in accepted):
            return Missing("seen_after_decision", criterion.id, decided)
        if accepted:
            return Missing("too_old", criterion.id, str(rule.max_age_months))
        return Missing("way_or_kind_not_accepted", criterion.id, " ".join((*criterion.ways, "/", *criterion.kinds)))
    if rule.never_alone and all(seen.function in rule.never_alone for seen in admissible):
        return Missing("word_alone", criterion.id, found=" ".join(sorted({s.function for s in admissible})))
    return None


def _inconsistencies(definition: Definition, record: Record) -> Iterator[Missing]:
    seen_criteria: set[str] = set()
    months: dict[int, str] = {}
    consistent = True
    for item in record.criteria:
        if item.criterion not in definition.by_id:
            yield Missing("unknown_criterion", item.criterion)
        if item.criterion in seen_criteria:
            yield Missing("repeated_criterion", item.criterion)
        seen_criteria.add(item.criterion)
        for month, day, _, _, _ in item.observations:
            consistent = consistent and months.setdefault(day, month) == month
    ordinals = sorted(months)
    rising = [months[ordinal] for ordinal in ordinals]
    if not consistent or ordinals != list(range(1, len(ordinals) + 1)) or rising != sorted(rising):
        yield Missing("days_inconsistent")
    if len({decider.who for decider in record.deciders}) != len(record.deciders):
        yield Missing("repeated_person")


def _decisions_missing(definition: Definition, deciders: Iterable[Decider]) -> Iterator[Missing]:
    deciders = tuple(deciders)
    assessors = [d for d in deciders if d.role == "decides" and d.function in definition.assessors]
    if not assessors:
        found = " ".join(d.function for d in deciders if d.role == "decides")
        yield Missing("decider_missing", None, " ".join(definition.assessors), found)
    if definition.second == "none":
        return
    seconds = [d for d in deciders if d.role == "second" and d.function in DECIDING_FUNCTIONS]
    if not seconds:
        yield Missing("second_missing", None, definition.second, "0")
    elif assessors and not any(
        _is_other(definition.second, first, second) for first in assessors for second in seconds
    ):
        yield Missing("second_not_other", None, definition.second, seconds[0].function)


def _is_other(asked: str, first: Decider, second: Decider) -> bool:
    """Of another structure, or, where that is enough, of another function; that it is another person is clause 2.

    A neighbour structure's look serves where another function is asked: a structure with one ETI must be able to
    award (``catalogue-brief``, §5, small structures).
    """
    if second.structure == "other":
        return True
    return asked == "other_function" and first.function != second.function


def _replayed(definition: Definition) -> tuple[str, ...]:
    rule = definition.rule
    return _replayed_clauses(
        rule.optional_at_least > 0,
        rule.distinct_days > 0,
        rule.max_age_months is not None,
        bool(rule.never_alone),
        definition.second != "none",
    )


@cache
def _replayed_clauses(optional: bool, days: bool, age: bool, word_alone: bool, second: bool) -> tuple[str, ...]:
    clauses = {
        "essential": True,
        "ways_and_kinds": True,
        "optional": optional,
        "days": days,
        "age": age,
        "word_alone": word_alone,
        "deciders": True,
        "second": second,
    }
    return tuple(name for name, asked in clauses.items() if asked)


def _attested(definition: Definition) -> tuple[str, ...]:
    return _attested_clauses(definition.second, bool(definition.prerequisites))


@cache
def _attested_clauses(second: str, prerequisites: bool) -> tuple[str, ...]:
    clauses = {
        "facts": True,
        "not_for_oneself": True,
        "distinct_people": second != "none",
        "structures": second == "other_structure",
        "prerequisites": prerequisites,
    }
    return tuple(name for name, asked in clauses.items() if asked)
