"""Noting what was seen, in under a minute: several criteria in one act, taken back as one, and what comes within reach.

A note is one act: all its observations are kept or none, the same form sent twice is noted once. What the caller noted
lately comes first the next time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..catalogue.definition import KINDS, WAYS, WITNESS_FUNCTIONS
from ..clock import in_paris
from ..errors import Misuse, NotFound
from .audit import Deed
from .desk import Desk, Once, new_id
from .permissions import Caller, require
from .private_text import holds_a_persons_number
from .storage import Observation
from .wording import refusal

MOST_AT_ONCE = 40
LONGEST_LINE = 300
_RECENT = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """One criterion that was seen, and how."""

    slug: str
    criterion: str
    way: str
    kind: str


@dataclass(frozen=True, slots=True)
class Recent:
    """Whom and which badges the caller noted lately, the latest first."""

    people: tuple[str, ...]
    slugs: tuple[str, ...]


class Noting:
    """Observations, from the side of whoever writes them down."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    def note(
        self,
        by: Caller,
        *,
        person: str,
        seen: Iterable[Seen],
        on: date,
        function: str | None = None,
        line: str = "",
        once: Once | None = None,
    ) -> tuple[Observation, ...]:
        """Positive dated facts of one person on one day. ``function`` is the caller's own, or a witness's (tutor,
        customer) they heard. Raises :class:`~badges.errors.Misuse` and notes nothing."""
        now = self._desk.now()
        seen = tuple(dict.fromkeys(seen))
        if not 0 < len(seen) <= MOST_AT_ONCE:
            raise refusal(Misuse, "nothing_seen", most=MOST_AT_ONCE)
        if holds_a_persons_number(line):
            raise refusal(Misuse, "number_of_a_person")
        versions = {each.slug: self._desk.catalogue.latest(each.slug) for each in seen}
        for each in seen:
            versions[each.slug].definition.require(each.criterion)
            check_codes(self._desk, each.way, each.kind, on, in_paris(now).date())
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                ids = done.split(",")
                return register.list(Observation, order="criterion", id=ids)
            actor = self._desk.actor(register, by)
            found = self._desk.person(register, actor, "note", person)
            if function not in (None, actor.function, *WITNESS_FUNCTIONS):
                raise refusal(Misuse, "function_of_another", found=function)
            noted = tuple(
                Observation(
                    id=new_id(),
                    person=person,
                    structure=found.structure,
                    slug=each.slug,
                    version=versions[each.slug].version,
                    criterion=each.criterion,
                    on=on,
                    way=each.way,
                    kind=each.kind,
                    function=function or actor.function,
                    note=line[:LONGEST_LINE],
                    noted_by=actor.staff,
                    noted_at=now,
                )
                for each in seen
            )
            register.add(*noted)
            deeds = (Deed(actor.staff, found.structure, "observation.note", each.id) for each in noted)
            self._desk.close(register, now, once, ",".join(each.id for each in noted), *deeds)
            return noted

    def withdraw(self, by: Caller, observations: Iterable[str]) -> tuple[Observation, ...]:
        """They no longer count, all of them or none; awards already signed on them are not changed."""
        now = self._desk.now()
        ids = sorted(set(observations))[:MOST_AT_ONCE]
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            withdrawn, deeds = [], []
            for id in ids:
                found = self._desk.require(register, Observation, id=id)
                require(actor, "note", structure=found.structure)
                if found.withdrawn_at is None:
                    found = register.change(found, withdrawn_at=now)
                    deeds.append(Deed(actor.staff, found.structure, "observation.withdraw", id))
                withdrawn.append(found)
            if not withdrawn:
                raise refusal(NotFound, "unknown")
            self._desk.close(register, now, None, "", *deeds)
            return tuple(withdrawn)

    def read(self, by: Caller, observations: Iterable[str]) -> tuple[Observation, ...]:
        """These, all of the caller's structure. Raises :class:`NotFound` when one is not."""
        ids = sorted(set(observations))[:MOST_AT_ONCE]
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            found = tuple(self._desk.require(register, Observation, id=id) for id in ids)
            for each in found:
                require(actor, "see", structure=each.structure)
        if not found:
            raise refusal(NotFound, "unknown")
        return found

    def recent(self, by: Caller) -> Recent:
        """What to offer first."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            latest = register.list(
                Observation, order="noted_at", newest=True, limit=_RECENT, noted_by=actor.staff, withdrawn_at=None
            )
        people = tuple(dict.fromkeys(each.person for each in latest if each.structure == actor.structure))
        return Recent(people, tuple(dict.fromkeys(each.slug for each in latest)))


def check_codes(desk: Desk, way: str, kind: str, on: date, today: date) -> None:
    """Raises :class:`Misuse` for a code that the catalogue has not, or a day that has not come."""
    desk.one_of(way, WAYS)
    desk.one_of(kind, KINDS)
    if on > today:
        raise refusal(Misuse, "future_date", found=on.isoformat())
