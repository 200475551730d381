"""The grid of a session as a form: days, and for each criterion on which of them it was seen, how, and on what trace.

A form says it in fields (``day1``…, ``seen`` = ``c1:2``, ``way:c1``, ``kind:c1``); :func:`read` makes observations of
it, and :attr:`Grid.fields` the same fields again, for the pages that carry it along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ...catalogue.definition import Criterion, Definition
from ...typography import N_
from ...web.forms import Form
from ..batches import Seen
from ..storage import ISSUES_AS

DAYS = 4
"""How many days a session may tell; a longer one is told by the days when something was seen."""


DAY_MISSING = N_("Donnez le jour : des cases de ce jour sont cochées.")
DAY_TO_COME = N_("Une date passée ou celle du jour était attendue.")
DAY_TWICE = N_("Ce jour est déjà donné plus haut.")
NOTHING_SEEN = N_("Cochez au moins un critère vu, à un jour de la session.")
STRUCTURE_NEEDED = N_("Choisissez la structure qui regardera ce lot.")


@dataclass(frozen=True, slots=True)
class Grid:
    """What was filled in: the observations, and what comes with them."""

    seen: tuple[Seen, ...]
    days: tuple[date, ...]
    issued_as: str
    second_structure: str | None
    fields: tuple[tuple[str, str], ...]


def days_needed(definition: Definition) -> int:
    return min(DAYS, max(1, definition.rule.distinct_days))


def first_form(definition: Definition, issued_as: str) -> Form:
    """What most sessions were: every essential criterion seen on each of the days that the rule asks for."""
    ticked = [
        f"{criterion.id}:{day}" for criterion in definition.essential for day in range(1, days_needed(definition) + 1)
    ]
    return Form.blank(seen=ticked, issued_as=issued_as)


def usual_way(definition: Definition, criterion: Criterion) -> str:
    """The first accepted way that counts as observed work, observation at work before all."""
    observed = [way for way in criterion.ways if way in definition.rule.observed_ways]
    return next((way for way in ("OBS", *observed, *criterion.ways) if way in criterion.ways), "")


def usual_kind(criterion: Criterion) -> str:
    return next((kind for kind in ("GRI", *criterion.kinds) if kind in criterion.kinds), "")


def read(form: Form, definition: Definition, today: date, structures: Sequence[str]) -> Grid | None:
    """The grid, or None with what is wrong in ``form.wrong``."""
    boxes = [f"{criterion.id}:{day}" for criterion in definition.criteria for day in range(1, DAYS + 1)]
    ticked = form.many("seen", boxes)
    days = {number: day for number in range(1, DAYS + 1) if (day := _day(form, number, today))}
    for number in {int(box.rpartition(":")[2]) for box in ticked} - days.keys():
        form.refuse(f"day{number}", DAY_MISSING)
    for number, day in days.items():
        if day in [days[earlier] for earlier in days if earlier < number]:
            form.refuse(f"day{number}", DAY_TWICE)
    if not ticked:
        form.refuse("seen", NOTHING_SEEN)
    ways = {item.id: form.choice(f"way:{item.id}", item.ways, needed="") for item in definition.criteria}
    kinds = {item.id: form.choice(f"kind:{item.id}", item.kinds, needed="") for item in definition.criteria}
    issued_as = form.choice("issued_as", ISSUES_AS, needed="") or ""
    second = form.choice("second_structure", structures, needed="")
    if definition.second == "other_structure" and second is None:
        form.refuse("second_structure", STRUCTURE_NEEDED)
    if form.wrong:
        return None
    seen = tuple(
        Seen(
            criterion.id,
            day,
            ways[criterion.id] or usual_way(definition, criterion),
            kinds[criterion.id] or usual_kind(criterion),
        )
        for criterion in definition.criteria
        for number, day in days.items()
        if f"{criterion.id}:{number}" in ticked
    )
    used = tuple(sorted({item.on for item in seen}))
    fields = [(f"day{number}", day.isoformat()) for number, day in days.items()]
    fields += [("seen", box) for box in ticked]
    fields += [(f"way:{name}", way) for name, way in ways.items() if way]
    fields += [(f"kind:{name}", kind) for name, kind in kinds.items() if kind]
    fields += [("issued_as", issued_as), ("second_structure", second or "")]
    return Grid(seen, used, issued_as, second, tuple(fields))


def _day(form: Form, number: int, today: date) -> date | None:
    day = form.day(f"day{number}", needed="")
    if day is not None and day > today:
        form.refuse(f"day{number}", DAY_TO_COME)
    return day


def find(text: str) -> date | None:
    """A day of an address, or None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def on_days(definition: Definition, days: Sequence[date]) -> tuple[Seen, ...]:
    """A grid of which only the days count."""
    first = definition.criteria[0]
    return tuple(Seen(first.id, day, usual_way(definition, first), usual_kind(first)) for day in days)
