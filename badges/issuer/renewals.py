"""Badges that end: telling it in time, and opening the file of the badge that takes over.

A renewal is a new award on what was seen *since*: the old one stays good until its own end, and is not withdrawn. It is
told 90, 30 and 7 days before, once for each, to the person where they have an e-mail and, without a name, to the
structure. A service that was stopped says the nearest only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..catalogue.library import Entry
from ..clock import in_paris
from ..errors import Conflict, NotFound
from .audit import Deed
from .beside import going_on
from .desk import RENEWABLE_DAYS, Desk, Once
from .permissions import Caller, require
from .storage import Award, Person, Proposal, Register, Reminder, Renewal, Revocation, Structure
from .wording import day_in_words, refusal

SAID_BEFORE = (90, 30, 7)
"""Days before the end when it is said, furthest first."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """A badge in force that ends soon, and the file that is to take over, if one is open."""

    award: Award
    person: Person
    entry: Entry
    days: int
    file: Proposal | None


class Renewals:
    """What is done about the end of badges."""

    def __init__(self, desk: Desk, page: str) -> None:
        self._desk = desk
        self._page = page  # where the staff finds the list

    def ending(self, by: Caller) -> tuple[Ending, ...]:
        """The badges of the caller's structure that end within 90 days and that nothing took over, nearest first."""
        now = self._desk.now()
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            soon = _until(register, now, now + timedelta(days=RENEWABLE_DAYS), structure=actor.structure)
            return tuple(ending for award in soon if (ending := self._ending(register, award, now)))

    def count(self, by: Caller) -> int:
        return len(self.ending(by))

    def require(self, by: Caller, award: str) -> Award:
        """One that may be renewed now by the caller. Raises :class:`NotFound` and :class:`Conflict`."""
        with self._desk.storage.reading() as register:
            return self.require_renewable(register, by, award, self._desk.now())

    def link(self, by: Caller, award: str, proposal: str, *, once: Once | None = None) -> Renewal:
        """Say that this file is to take over from that award: same person, same badge, and not too early.

        Raises :class:`Conflict` for a badge that was withdrawn or does not end soon.
        """
        now = self._desk.now()
        with self._desk.storage.writing() as register:
            actor = self._desk.actor(register, by)
            old = self.require_renewable(register, by, award, now)
            file = self._desk.require(register, Proposal, id=proposal)
            require(actor, "propose", structure=file.structure)
            if (file.person, file.slug) != (old.person, old.slug):
                raise refusal(NotFound, "unknown")
            if known := register.find(Renewal, proposal=proposal):
                return known
            renewal = Renewal(proposal=proposal, award=award, by=actor.staff, at=now)
            register.add(renewal)
            self._desk.close(register, now, once, proposal, Deed(actor.staff, old.structure, "award.renew", award))
            return renewal

    def require_renewable(self, register: Register, by: Caller, award: str, now: datetime) -> Award:
        """Raises :class:`NotFound`, also for another structure's, and :class:`Conflict`."""
        actor = self._desk.actor(register, by)
        found = self._desk.require(register, Award, uuid=award)
        require(actor, "propose", structure=found.structure)
        if found.person is None:
            raise refusal(NotFound, "erased")
        if register.find(Revocation, award=award):
            raise refusal(Conflict, "already_revoked")
        if found.expires is None or found.expires > now + timedelta(days=RENEWABLE_DAYS):
            raise refusal(Conflict, "not_ending", days=RENEWABLE_DAYS)
        return found

    # -- beside the requests --------------------------------------------------------------------------------------

    def remind(self) -> int:
        """Say what is to be said today; how many badges were spoken of. Twice in a day is once.

        What cannot be said in one structure is told in the log, tried again the next time, and holds no other back.
        """
        now = self._desk.now()
        with self._desk.storage.reading() as register:
            soon = tuple(_until(register, now, now + timedelta(days=SAID_BEFORE[0])))
            steps = {award.uuid: _nearest_step(award, now) for award in soon}
            settled = {line.award for line in register.list(Revocation, award=list(steps))}
            said = register.list(Reminder, award=list(steps))
            settled |= {reminder.award for reminder in said if reminder.days <= steps[reminder.award]}
        due: dict[str, list[Award]] = {}
        for award in soon:
            if award.uuid not in settled:
                due.setdefault(award.structure, []).append(award)
        spoken = 0
        for structure, awards in due.items():
            with going_on(f"reminders of {structure}"):
                spoken += self._say_in_structure(structure, awards, now)
        return spoken

    def _say_in_structure(self, structure: str, awards: Iterable[Award], now: datetime) -> int:
        """To each person, and to the structure how many: in one transaction, with the note that it was said."""
        with self._desk.storage.reading() as register:
            due = [award for award in awards if self._step(register, award, now)]
        if not due:
            return 0
        with self._desk.storage.writing() as register:
            said = 0
            for award in due:
                if step := self._step(register, award, now):  # else another process said it in the meantime
                    self._say(register, award, step, now)
                    said += 1
            if said:
                self._say_to_structure(register, structure, said, now)
            return said

    def _say(self, register: Register, award: Award, step: int, now: datetime) -> None:
        assert award.expires is not None
        register.add(Reminder(award=award.uuid, days=step, at=now))
        person = register.find(Person, id=award.person)
        if person and person.email:
            name, until = self._desk.under_the_name_of(register, award), day_in_words(in_paris(award.expires).date())
            register.add(self._desk.message("expires_soon", award, name, person, person.email, now, until=until))

    def _say_to_structure(self, register: Register, structure: str, count: int, now: datetime) -> None:
        found = self._desk.require(register, Structure, id=structure)
        if found.closed_at is None and found.email:
            self._desk.outbox.put(
                register,
                kind="renewals_due",
                to=found.email,
                values={"structure": found.name, "count": str(count), "link": self._page},
                structure=structure,
                about=structure,
                now=now,
            )

    def _step(self, register: Register, award: Award, now: datetime) -> int | None:
        """The nearest of the days when it is said, unless it was said already or there is nothing to say."""
        step = _nearest_step(award, now)
        said = {reminder.days for reminder in register.list(Reminder, award=award.uuid)}
        if said and min(said) <= step:
            return None
        return step if self._ending(register, award, now) else None

    def _ending(self, register: Register, award: Award, now: datetime) -> Ending | None:
        """None where nothing is to be renewed: withdrawn, erased, or taken over by a later award already."""
        person = register.find(Person, id=award.person, erased_at=None) if award.person else None
        if person is None or register.find(Revocation, award=award.uuid) is not None:
            return None
        live = self._desk.live_awards(register, (person.id,), award.slug, now)
        if any(other.uuid != award.uuid and _ends_later(other, award) for other in live):
            return None
        files = [renewal.proposal for renewal in register.list(Renewal, award=award.uuid)]
        open_ones = register.list(Proposal, id=files, state="open") if files else ()
        entry = self._desk.catalogue.require(award.slug, award.version)
        return Ending(award, person, entry, _days_left(award, now), next(iter(open_ones), None))


def _days_left(award: Award, now: datetime) -> int:
    assert award.expires is not None
    return -((now - award.expires) // timedelta(days=1))


def _nearest_step(award: Award, now: datetime) -> int:
    days = _days_left(award, now)
    return next(step for step in reversed(SAID_BEFORE) if days <= step)


def _ends_later(other: Award, award: Award) -> bool:
    return other.expires is None or (award.expires is not None and other.expires > award.expires)


def _until(register: Register, since: datetime, until: datetime, **only: Any) -> Iterator[Award]:
    """The awards that end between these instants, nearest first."""
    beyond = (since, "")
    while page := register.list(Award, order="expires", beyond=beyond, limit=_PAGE, **only):
        for award in page:
            if award.expires is None or award.expires > until:
                return
            yield award
        last = page[-1]
        assert last.expires is not None
        beyond = (last.expires, last.uuid)
