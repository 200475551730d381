"""Working data end 24 months after the last contact, with a notice 30 days before (``domain.md``, §8, "Retention").

A contact is anything that happened between the person and a structure: an observation, a file, a badge, a visit of
their page. What ends: name, e-mail, observations, files, exact facts, lines of batches. What stays: the badges and the
card that opens them, because they are the person's, for life. Whoever opens their page in time keeps everything.

Run by ``badges retention``, every day or every week: what it finds is what is due that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...clock import in_paris
from ..audit import Deed
from ..desk import Desk
from ..storage import (
    Answered,
    Award,
    AwardFile,
    HolderRequest,
    Message,
    Observation,
    OneTimeLink,
    Person,
    PresentCode,
    Proposal,
    Register,
    SecondLook,
    Structure,
    Visit,
)
from ..wording import day_in_words
from .cards import LENT_AT_MOST, STAYS_FOR
from .leaving import EXACT_FOR, forget_rows, month_of

KEPT_FOR = timedelta(days=730)
NOTICE = timedelta(days=30)
_PAGE = 200


@dataclass(slots=True)
class Report:
    """What was done, or would be: opaque ids and numbers, by structure; nothing here names anybody."""

    at: datetime
    dry: bool
    warned: dict[str, list[str]] = field(default_factory=dict)
    purged: dict[str, list[str]] = field(default_factory=dict)
    written_to: int = 0
    """How many of those warned have an e-mail of their own; the others see it on their page, and the structure here."""
    removed: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "dry": self.dry,
            "warned": self.warned,
            "purged": self.purged,
            "written_to": self.written_to,
            "removed": self.removed,
        }


class Retention:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    def run(self, *, dry: bool) -> Report:
        """Warn those whose time comes, end what is due, throw away what is of no use. ``dry`` only says."""
        now = self._desk.now()
        report = Report(now, dry)
        for person, last in self._at_the_end(now):
            if person.warned_at is not None and now - person.warned_at >= NOTICE and now - last >= KEPT_FOR:
                report.purged.setdefault(person.structure, []).append(person.id)
                if not dry:
                    self._purge(person, now)
            elif person.warned_at is None:
                report.warned.setdefault(person.structure, []).append(person.id)
                report.written_to += person.email is not None
                if not dry:
                    self._warn(person, max(last + KEPT_FOR, now + NOTICE), now)
        if not dry:
            report.removed = self._throw_away(now)
        return report

    # -- who --------------------------------------------------------------------------------------------------------

    def _at_the_end(self, now: datetime) -> Iterator[tuple[Person, datetime]]:
        """Those whose last contact is 23 months old or more, oldest files first."""
        until, beyond = now - KEPT_FOR + NOTICE, None
        while True:
            with self._storage.reading() as register:
                page = register.list(
                    Person, order="created_at", beyond=beyond, limit=_PAGE, erased_at=None, purged_at=None
                )
                found = [(person, last_contact(register, person)) for person in page if person.created_at <= until]
            yield from ((person, last) for person, last in found if last <= until)
            if len(page) < _PAGE or page[-1].created_at > until:
                return
            beyond = (page[-1].created_at, page[-1].id)

    # -- what -------------------------------------------------------------------------------------------------------

    def _warn(self, person: Person, on: datetime, now: datetime) -> None:
        with self._storage.writing() as register:
            register.change(person, warned_at=now)
            if person.email is not None:
                structure = self._desk.require(register, Structure, id=person.structure)
                self._desk.outbox.put(
                    register,
                    kind="retention_notice",
                    to=person.email,
                    values={
                        "structure": structure.name,
                        "until": day_in_words(in_paris(on).date()),
                        "link": f"{self._desk.addresses.base_url}/mes-badges",
                    },
                    structure=structure.id,
                    about=person.id,
                    person=person.id,
                    now=now,
                )
            deed = Deed("retention", person.structure, "retention.warn", person.id)
            self._desk.close(register, now, None, "", deed)

    def _purge(self, person: Person, now: datetime) -> None:
        with self._storage.writing() as register:
            found = register.find(Person, id=person.id, erased_at=None, purged_at=None)
            if found is None or found.warned_at is None or last_contact(register, found) > now - KEPT_FOR:
                return  # they came back meanwhile
            awards = register.list(Award, person=person.id)
            proposals = [proposal.id for proposal in register.list(Proposal, person=person.id)]
            register.remove(Observation, person=person.id)
            register.change_all(Award, {"person": person.id}, proposal=None, batch_row=None)
            register.remove(SecondLook, proposal=proposals)
            register.remove(Proposal, person=person.id)
            register.remove(HolderRequest, person=person.id)
            register.remove(Message, person=person.id)
            register.remove(Answered, result=[person.id, *proposals, *(award.uuid for award in awards)])
            register.change_all(AwardFile, {"uuid": [award.uuid for award in awards]}, facts="", salt="")
            forget_rows(register, person.id, [award.uuid for award in awards])
            register.change(found, name=None, email=None, hint="", purged_at=now)
            deed = Deed("retention", person.structure, "retention.purge", person.id)
            self._desk.close(register, now, None, "", deed)

    def _throw_away(self, now: datetime) -> dict[str, int]:
        """What is of no use to anybody any more: visits that ended, codes and letters whose time is over."""
        with self._storage.writing() as register:
            visits = [
                visit.id
                for visit in register.list(Visit)
                if now - visit.opened_at > (STAYS_FOR if visit.stays else LENT_AT_MOST)
            ]
            codes = [code.person for code in register.list(PresentCode) if code.expires_at <= now]
            letters = [link.id for link in register.list(OneTimeLink) if now - link.expires_at > NOTICE]
            register.remove(Visit, id=visits)
            register.remove(PresentCode, person=codes)
            register.remove(OneTimeLink, id=letters)
            coarse = 0
            for award in register.list(Award, person=None):
                if award.stored_at != month_of(award.stored_at) and now - award.stored_at > EXACT_FOR:
                    register.change(award, stored_at=month_of(award.stored_at))
                    coarse += 1
        return {"visits": len(visits), "present_codes": len(codes), "letters": len(letters), "instants": coarse}


def last_contact(register: Register, person: Person) -> datetime:
    """The latest of all that happened between this person and a structure."""
    seen: list[datetime | None] = [
        register.highest(Observation, "noted_at", person=person.id),
        register.highest(Proposal, "created_at", person=person.id),
        register.highest(Award, "stored_at", person=person.id),
        register.highest(HolderRequest, "made_at", person=person.id),
    ]
    return max(moment for moment in (*seen, person.seen_at, person.created_at) if moment is not None)
