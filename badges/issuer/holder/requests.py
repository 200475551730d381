"""What the person asks of their structure, and what it answers in writing: another look, a correction, a re-issue.

Another look and a correction of the name are owed an answer within 30 days (``domain.md``, §5, "Appeal"; GDPR,
article 12(3)). The structure reads what waits by :meth:`Requests.pending`, and answers by
:meth:`~badges.issuer.issuer.Issuer.answer_request`, which does what is accepted in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...clock import in_paris
from ...errors import Conflict, Misuse
from ..audit import Deed
from ..desk import Desk, new_id
from ..permissions import Actor, Caller, require
from ..storage import ISSUES_AS, Award, HolderRequest, Person, Register, Structure
from ..wording import day_in_words, refusal
from .cards import Opened
from .choices import own_award

ANOTHER_LOOK, NAME, REISSUE = "another_look", "name", "reissue"
KINDS = (ANOTHER_LOOK, NAME, REISSUE)
OUTCOMES = ("accepted", "declined")
DUE_IN = timedelta(days=30)
LONGEST_WORDS = 2_000
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request as the structure reads it. ``late`` once the 30 days are over."""

    request: HolderRequest
    person: Person
    award: Award | None
    late: bool


class Requests:
    """From the person to the structure, and back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    # -- the person -----------------------------------------------------------------------------------------------

    def ask_another_look(self, opened: Opened, award: str, words: str) -> HolderRequest:
        """They do not agree with a badge, or with what it says. ``words`` are theirs, and may be empty."""
        return self._ask(opened, ANOTHER_LOOK, award, {}, words)

    def ask_name(self, opened: Opened, name: str) -> HolderRequest:
        """Their name is to be written so. Raises :class:`Misuse` for an empty or endless one."""
        if not name.strip() or len(name) > LONGEST_NAME:
            raise refusal(Misuse, "name_needed")
        return self._ask(opened, NAME, None, {"name": name.strip()}, "")

    def ask_reissue(self, opened: Opened, award: str, *, named: bool, issued_as: str) -> HolderRequest:
        """The same badge again, with or without their name, under the structure's or the network's."""
        self._desk.one_of(issued_as, ISSUES_AS)
        return self._ask(opened, REISSUE, award, {"named": named, "issued_as": issued_as}, "")

    def of(self, opened: Opened) -> tuple[HolderRequest, ...]:
        """All they asked, newest first, with the answers."""
        with self._storage.reading() as register:
            return register.list(HolderRequest, order="made_at", newest=True, person=list(opened.ids))

    def _ask(self, opened: Opened, kind: str, award: str | None, wish: Mapping[str, Any], words: str) -> HolderRequest:
        """Asked twice while the first waits is asked once: the second gives the first."""
        now = self._desk.now()
        with self._storage.writing() as register:
            about = own_award(self._desk, register, opened, award) if award else None
            person = about.person if about and about.person else opened.person.id
            waiting = register.list(HolderRequest, person=person, kind=kind, award=award, answered_at=None)
            if waiting:
                return waiting[0]
            file = self._desk.require(register, Person, id=person)
            request = HolderRequest(
                id=new_id(),
                kind=kind,
                person=person,
                structure=about.structure if about else file.structure,
                award=award,
                wish=dict(wish),
                words=words[:LONGEST_WORDS],
                made_at=now,
                due_at=now + DUE_IN,
            )
            register.add(request)
            structure = self._desk.require(register, Structure, id=request.structure)
            if structure.email:
                self._desk.outbox.put(
                    register,
                    kind="objection_received",
                    to=structure.email,
                    values={
                        "structure": structure.name,
                        "until": day_in_words(in_paris(request.due_at).date()),
                        "link": f"{self._desk.addresses.base_url}/equipe/demandes",
                    },
                    structure=structure.id,
                    about=request.id,
                    person=person,
                    now=now,
                )
            deed = Deed("holder", request.structure, f"holder.ask.{kind}", request.id)
            self._desk.close(register, now, None, "", deed)
            return request

    # -- the structure ----------------------------------------------------------------------------------------------

    def pending(self, by: Caller) -> tuple[Waiting, ...]:
        """What waits for an answer of the caller's structure, the most urgent first."""
        now = self._desk.now()
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            asked = register.list(HolderRequest, order="due_at", structure=actor.structure, answered_at=None)
            people = {one.id: one for one in register.list(Person, id=[request.person for request in asked])}
            awards = {one.uuid: one for one in register.list(Award, uuid=[one.award for one in asked if one.award])}
        return tuple(
            Waiting(one, people[one.person], awards.get(one.award or ""), late=one.due_at < now) for one in asked
        )

    def count_pending(self, by: Caller) -> int:
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            return register.count(HolderRequest, structure=actor.structure, answered_at=None)

    def answer(
        self, register: Register, actor: Actor, request: str, *, outcome: str, words: str, now: datetime
    ) -> HolderRequest:
        """The written answer that the person reads on their page, inside the transaction that does what it says.

        Raises :class:`Conflict` when there was one, and :class:`~badges.errors.NotFound` for another structure's.
        """
        self._desk.one_of(outcome, OUTCOMES)
        if not words.strip():
            raise refusal(Misuse, "answer_needed")
        found = self._desk.require(register, HolderRequest, id=request)
        require(actor, "hand_over", structure=found.structure)
        if found.answered_at is not None:
            raise refusal(Conflict, "already_answered")
        person = self._desk.require(register, Person, id=found.person)
        if person.email:
            structure = self._desk.require(register, Structure, id=found.structure)
            self._desk.outbox.put(
                register,
                kind="objection_answered",
                to=person.email,
                values={"structure": structure.name, "link": f"{self._desk.addresses.base_url}/mes-badges"},
                structure=structure.id,
                about=request,
                person=person.id,
                now=now,
            )
        return register.change(
            found, answered_at=now, answered_by=actor.staff, outcome=outcome, answer=words[:LONGEST_WORDS]
        )


def is_late(request: HolderRequest, now: datetime) -> bool:
    return request.answered_at is None and request.due_at < now
