"""Badges delivered by a structure, as its staff looks for them, and the messages that were sent about them.

A name, a title, a code or a state finds an award; pages are read from the newest on, and a page says where the next one
begins. Who was erased has no name here any more, and no page of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..addresses import parse_code
from ..catalogue.library import Entry
from ..catalogue.taxonomy import fold
from ..errors import Conflict
from .audit import Deed
from .batches import Word, said_in
from .desk import RENEWABLE_DAYS, Desk, Once
from .issuer import AwardView
from .notices import WAITING
from .permissions import Actor, Caller, require
from .storage import (
    Award,
    Batch,
    BatchRow,
    Message,
    Person,
    Profile,
    Proposal,
    Register,
    Renewal,
    Revocation,
    Structure,
)
from .wording import refusal

PAGE = 30
_AT_ONCE = 200
STATES = ("valid", "ending", "expired", "replaced", "revoked")
Place = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Delivered:
    """An award, of which badge, to whom (None once erased), and how it stands now."""

    view: AwardView
    entry: Entry
    person: Person | None
    state: str

    @property
    def award(self) -> Award:
        return self.view.award


@dataclass(frozen=True, slots=True)
class Page:
    found: tuple[Delivered, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Whole:
    """All that the page of one award says. ``issuer`` is the name that it was delivered under."""

    delivered: Delivered
    issuer: Structure
    replaced_by: str | None
    renews: str | None
    messages: tuple[Message, ...]
    word: Word | None = None
    """What the person said of it before it was signed; None where nothing was noted, and once it is forgotten."""


class Deliveries:
    """What was delivered, for the staff of the structure that did."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, by: Caller, *, text: str = "", state: str = "", beyond: Place | None = None) -> Page:
        """The next thirty that hold every word of ``text`` and stand so, newest first."""
        now, words = self._desk.now(), fold(text).split()
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            found: list[Delivered] = []
            for one in self._newest_first(register, actor, beyond, now):
                if state in ("", one.state) and _holds(one, words, text):
                    found.append(one)
                    if len(found) > PAGE:
                        last = found[PAGE - 1].award
                        return Page(tuple(found[:PAGE]), (last.issued_on, last.uuid))
        return Page(tuple(found), None)

    def require(self, by: Caller, award: str) -> Whole:
        """Raises :class:`NotFound`, also for another structure's."""
        now = self._desk.now()
        with self._desk.storage.reading() as register:
            found = self._own(register, by, "see", award)
            (one,) = self._views(register, (found,), now)
            profile = self._desk.require(register, Profile, id=found.profile)
            renewal = register.find(Renewal, proposal=found.proposal) if found.proposal else None
            return Whole(
                delivered=one,
                issuer=self._desk.require(register, Structure, id=profile.structure),
                replaced_by=one.view.revocation.replaced_by if one.view.revocation else None,
                renews=renewal.award if renewal else None,
                messages=register.list(Message, order="created_at", newest=True, about=award),
                word=_word(register, found),
            )

    def chosen(self, by: Caller, awards: Iterable[str]) -> tuple[Delivered, ...]:
        """These awards of the caller's structure, those of others left out, in force or not."""
        now, ids = self._desk.now(), sorted(set(awards))
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            return tuple(self._views(register, register.list(Award, uuid=ids, structure=actor.structure), now))

    # -- messages -------------------------------------------------------------------------------------------------

    def resend(self, by: Caller, award: str, *, once: Once | None = None) -> Message:
        """The badge again, to the address that the person has now. Raises :class:`Conflict` where there is none, or
        the badge is not in force."""
        now = self._desk.now()
        with self._desk.storage.writing() as register:
            found = self._own(register, by, "hand_over", award)
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, Message, id=done)
            if register.find(Revocation, award=award) is not None:
                raise refusal(Conflict, "already_revoked")
            person = register.find(Person, id=found.person, erased_at=None) if found.person else None
            if person is None or not person.email:
                raise refusal(Conflict, "no_email")
            name = self._desk.under_the_name_of(register, found)
            message = self._desk.message("badge_awarded", found, name, person, person.email, now)
            register.add(message)
            actor = self._desk.actor(register, by)
            self._desk.close(register, now, once, message.id, Deed(actor.staff, found.structure, "award.resend", award))
            return message

    def messages(
        self, by: Caller, *, state: str = "", beyond: Place | None = None, limit: int = PAGE
    ) -> tuple[Message, ...]:
        """What the structure sent or is about to, newest first."""
        only: dict[str, Any] = {"state": state} if state else {}
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            return register.list(
                Message, order="created_at", newest=True, beyond=beyond, limit=limit, structure=actor.structure, **only
            )

    def message(self, by: Caller, message: str) -> Message:
        """Raises :class:`NotFound`, also for another structure's."""
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.require(register, Message, id=message)
            require(actor, "see", structure=found.structure)
            return found

    def try_now(self, by: Caller, message: str) -> Message:
        """A message that waits is due at once. One that was settled stays so."""
        now = self._desk.now()
        with self._desk.storage.writing() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.require(register, Message, id=message)
            require(actor, "hand_over", structure=found.structure)
            return register.change(found, due=now) if found.state == WAITING and found.due > now else found

    def undelivered(self, by: Caller) -> int:
        """How many messages of the structure were refused or came back in the last thirty days."""
        since = self._desk.now() - timedelta(days=30)
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            lost = register.list(
                Message, order="created_at", newest=True, limit=PAGE, structure=actor.structure,
                state=["refused", "bounced"],
            )  # fmt: skip
        return sum(message.created_at >= since for message in lost)

    # -- steps ----------------------------------------------------------------------------------------------------

    def _own(self, register: Register, by: Caller, action: str, award: str) -> Award:
        actor = self._desk.actor(register, by)
        found = self._desk.require(register, Award, uuid=award)
        require(actor, action, structure=found.structure)
        return found

    def _newest_first(
        self, register: Register, actor: Actor, beyond: Place | None, now: datetime
    ) -> Iterator[Delivered]:
        while awards := register.list(
            Award, order="issued_on", newest=True, beyond=beyond, limit=_AT_ONCE, structure=actor.structure
        ):
            yield from self._views(register, awards, now)
            beyond = (awards[-1].issued_on, awards[-1].uuid)

    def _views(self, register: Register, awards: tuple[Award, ...], now: datetime) -> Iterator[Delivered]:
        gone = {line.award: line for line in register.list(Revocation, award=[award.uuid for award in awards])}
        ids = sorted({award.person for award in awards if award.person})
        people = {person.id: person for person in register.list(Person, id=ids)}
        soon = now + timedelta(days=RENEWABLE_DAYS)
        for award in awards:
            person = people.get(award.person or "")
            view = AwardView(award, gone.get(award.uuid), award.person is not None)
            state = view.state(now)
            if state == "valid" and award.expires and award.expires <= soon:
                state = "ending"
            yield Delivered(view, self._desk.catalogue.require(award.slug, award.version), person, state)


def _word(register: Register, award: Award) -> Word | None:
    """In its file, or in its row of a batch."""
    file = register.find(Proposal, id=award.proposal) if award.proposal else None
    if file is not None and file.word:
        return Word(file.word, file.word_comment)
    row = register.find(BatchRow, id=award.batch_row) if award.batch_row else None
    batch = register.find(Batch, id=row.batch) if row is not None and row.recipient else None
    return said_in(row, batch) if row is not None and batch is not None else None


def _holds(one: Delivered, words: list[str], text: str) -> bool:
    """Every word begins a word of the name or of the title; or the text is the code."""
    if not words or parse_code(text) == one.award.code:
        return True
    name = one.person.name if one.person else None
    there = f" {fold(name or '')} {fold(one.entry.definition.title)}".replace("-", " ").replace("’", " ")
    return all(f" {word}" in there for word in words)
