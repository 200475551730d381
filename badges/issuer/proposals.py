"""A file in the making: told, marked, looked at again, agreed to, shown as it will be read; then awarded, or not yet.

What is promised:

1. a look speaks of the file as it was: marks changed since, or a person who disagreed, ask for another one;
2. « pas d’accord » holds the award back until somebody else confirms *and* the person says another word;
3. the award that a page confirms is the one it showed (:func:`seal_of`): what changed meanwhile is told, not signed;
4. what the person told stays in the structure: it is in no badge, and it goes with the file;
5. whoever looks again sees the file while they are asked, and no name where the structure asked for none.

:meth:`.issuer.Issuer.propose`, ``record_word``, ``second_look`` and ``award`` are the acts that programs know too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from ..catalogue.library import Entry
from ..catalogue.record import RESULTS, Decider, PrerequisiteSeen, Record, month_of
from ..catalogue.rule import RuleOutcome, evaluate
from ..clock import in_paris
from ..errors import Conflict, Forbidden, Misuse, NotFound
from .assertion import AwardFacts, all_missing, assertion
from .audit import Deed
from .casefile import NO_COMMITMENT, CaseFile, Deciding
from .desk import Desk, relative
from .permissions import Actor, Caller, require
from .private_text import holds_a_persons_number, without_name
from .storage import (
    Award,
    Observation,
    Person,
    Profile,
    Proposal,
    Register,
    SecondLook,
    StaffMember,
    Structure,
)
from .wording import refusal

QUESTIONS = ("situation", "steps", "unforeseen", "result")
"""What helps somebody describe one piece of work that they did (entretien d’explicitation); words in the pages."""
LONGEST_ANSWER = 2_000
MOST_LISTED = 200

STAGES = (
    "to_mark", "disagreed", "look_awaited", "came_back", "to_complete", "to_send", "word_awaited", "to_decide",
    "awarded", "not_yet",
)  # fmt: skip
"""Where a file is; the first five of an open one hold the rest back."""

_SECOND = ("second_missing", "second_not_other")
_DECISION = (*_SECOND, "decider_missing")


@dataclass(frozen=True, slots=True)
class Look:
    """A second look and who looked; ``fresh`` unless the file changed since."""

    look: SecondLook
    member: StaffMember
    elsewhere: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """A file as its own structure sees it; the outcome is that of a decision by whoever asks."""

    file: Proposal
    entry: Entry
    person: Person
    proposer: StaffMember
    sent_to: Structure | None
    looks: tuple[Look, ...]
    observations: tuple[Observation, ...]
    outcome: RuleOutcome
    stage: str
    award: Award | None

    def seen(self, criterion: str) -> tuple[Observation, ...]:
        return tuple(each for each in self.observations if each.criterion == criterion)

    @property
    def asks_a_look(self) -> bool:
        return self.entry.definition.second != "none" or (self.file.word == "disagrees")


@dataclass(frozen=True, slots=True)
class Asked:
    """A file as whoever looks again sees it. ``name`` and ``structure`` are None where no name is to be known."""

    file: Proposal
    entry: Entry
    name: str | None
    structure: Structure | None
    kind: str
    function: str
    told: Mapping[str, str]
    observations: tuple[Observation, ...]
    outcome: RuleOutcome

    def seen(self, criterion: str) -> tuple[Observation, ...]:
        return tuple(each for each in self.observations if each.criterion == criterion)


@dataclass(frozen=True, slots=True)
class Shown:
    """The badge before it is signed: the very Assertion, but for its id, salt and commitment. ``seal`` names it."""

    entry: Entry
    issuer: Structure
    name: str | None
    document: Mapping[str, Any]
    record: Record
    outcome: RuleOutcome
    expires: datetime | None
    seal: str


class Proposals:
    """Files in the making."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    # -- reading ------------------------------------------------------------------------------------------------------

    def require(self, by: Caller, proposal: str) -> Dossier:
        """A file of the caller's own structure. Raises :class:`NotFound` for any other, sent to them or not."""
        now = self._desk.now()
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            return self._dossier(register, actor, self._own(register, actor, "see", proposal), now)

    def files(self, by: Caller, *, state: str = "open", person: str | None = None) -> tuple[Dossier, ...]:
        """The structure's files in this state, the latest first."""
        now = self._desk.now()
        only: dict[str, Any] = {"person": person} if person else {}
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            found = register.list(
                Proposal, order="created_at", newest=True, limit=MOST_LISTED, structure=actor.structure, state=state,
                **only,
            )  # fmt: skip
            return tuple(self._dossier(register, actor, each, now) for each in found)

    def shown(self, by: Caller, proposal: str) -> Shown:
        """The badge as it would be signed if the caller decided now, whether or not the rule holds yet."""
        now = self._desk.now()
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            file = self._own(register, actor, "see", proposal)
            entry = self._desk.catalogue.require(file.slug, file.version)
            person = self._desk.require(register, Person, id=file.person)
            structure = self._desk.require(register, Structure, id=file.structure)
            profile = self._desk.profile_for(register, structure, file.issued_as)
            issuer = self._desk.require(register, Structure, id=profile.structure)
            record = case_of(self._desk, register, entry, file, actor, now).record(NO_COMMITMENT)
        recipient = self._desk.recipient(person, named=file.name_in_badge)
        edition, outcome = self._desk.edition(entry, profile.id), evaluate(entry.definition, record)
        expires = edition.expires(now)
        facts = AwardFacts("0" * 8, recipient, now, record)
        document = orjson.loads(orjson.dumps(assertion(edition, facts, expires, outcome)))
        seal = seal_of(file, record, profile, person)
        return Shown(entry, issuer, recipient.name, document, record, outcome, expires, seal)

    def who_may_look(self, by: Caller, proposal: str) -> tuple[tuple[StaffMember, ...], tuple[Structure, ...]]:
        """Colleagues who may look again, and structures where somebody may."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            file = self._own(register, actor, "propose", proposal)
            first = self._desk.require(register, StaffMember, id=file.proposed_by)
            present = register.list(StaffMember, order="joined_at", left_at=None)
            able = [each for each in present if "second" in each.permissions and each.account != first.account]
            places = {each.structure for each in able} - {file.structure}
            others = register.list(Structure, order="name", id=sorted(places), closed_at=None)
        asked = self._desk.catalogue.require(file.slug, file.version).definition.second
        colleagues = tuple(each for each in able if each.structure == file.structure and asked != "other_structure")
        return colleagues, others

    def network_name(self) -> str:
        """Under which name an award may be made instead of the structure's; empty where there is no network."""
        with self._storage.reading() as register:
            found = register.list(Structure, order="created_at", limit=1, kind="RESEAU", closed_at=None)
        return found[0].name if found else ""

    # -- making the file ----------------------------------------------------------------------------------------------

    def revise(
        self,
        by: Caller,
        proposal: str,
        *,
        told: Mapping[str, str] | None = None,
        results: Mapping[str, str] | None = None,
        prerequisites: Iterable[Mapping[str, str]] | None = None,
    ) -> Proposal:
        """Tell more, or mark otherwise. Other marks ask the looks and the agreement again; a disagreement stays."""
        now = self._desk.now()
        check_told(told or {})
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            file = self._open(register, actor, "propose", proposal)
            changes: dict[str, Any] = {} if told is None else {"told": dict(told)}
            if results is not None or prerequisites is not None:
                marks = dict(file.results if results is None else results)
                definition = self._desk.catalogue.require(file.slug, file.version).definition
                for criterion, result in marks.items():
                    definition.require(criterion)
                    self._desk.one_of(result, RESULTS)
                seen = file.prerequisites if prerequisites is None else tuple(map(dict, prerequisites))
                if (marks, seen) != (file.results, file.prerequisites):
                    word = file.word if file.word == "disagrees" else None
                    changes |= {"results": marks, "prerequisites": seen, "word": word, "sent_at": None}
                    changes["since_look"] = register.count(SecondLook, proposal=file.id)
            revised = register.change(file, **changes) if changes else file
            deed = Deed(actor.staff, file.structure, "proposal.revise", proposal)
            self._desk.close(register, now, None, "", deed)
            return revised

    def send(
        self, by: Caller, proposal: str, *, structure: str | None, staff: str | None = None, anonymised: bool = False
    ) -> Proposal:
        """Ask for a second look: of a colleague, or of another structure. Looks made before no longer count."""
        now = self._desk.now()
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            file = self._open(register, actor, "propose", proposal)
            if not file.results:
                raise refusal(Conflict, "nothing_marked")
            first = self._desk.require(register, StaffMember, id=file.proposed_by)
            if structure in (None, file.structure):
                structure = None
                colleague = self._desk.require(
                    register, StaffMember, id=staff or "", structure=file.structure, left_at=None
                )
                if colleague.account == first.account:
                    raise refusal(Misuse, "same_person")
            else:
                self._desk.require(register, Structure, id=structure or "", closed_at=None)
                staff = None
            sent = register.change(
                file,
                second_structure=structure,
                second_staff=staff,
                anonymised=anonymised,
                sent_at=now,
                since_look=register.count(SecondLook, proposal=file.id),
            )
            tell_look_asked(self._desk, register, sent, now)
            self._desk.close(register, now, None, "", Deed(actor.staff, file.structure, "proposal.send", proposal))
            return sent

    def set_aside(self, by: Caller, proposal: str, *, on: date | None, who: str, words: str) -> Proposal:
        """« Pas encore »: when to look again, who helps, in which words it was told. Never visible outside."""
        now = self._desk.now()
        if holds_a_persons_number(f"{who} / {words}"):
            raise refusal(Misuse, "number_of_a_person")
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            file = self._open(register, actor, "propose", proposal)
            ending = {"on": on.isoformat() if on else "", "who": who, "words": words}
            aside = register.change(file, state="not_yet", ending=ending, sent_at=None)
            self._desk.close(register, now, None, "", Deed(actor.staff, file.structure, "proposal.aside", proposal))
            return aside

    def reopen(self, by: Caller, proposal: str) -> Proposal:
        """Trying again costs nothing: what was told and marked is still there, looks and agreement are asked again."""
        now = self._desk.now()
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            file = self._own(register, actor, "propose", proposal)
            if file.state != "not_yet":
                raise refusal(Conflict, "not_open", state=file.state)
            looks = register.count(SecondLook, proposal=file.id)
            word = file.word if file.word == "disagrees" else None
            again = register.change(file, state="open", word=word, since_look=looks, sent_at=None)
            self._desk.close(register, now, None, "", Deed(actor.staff, file.structure, "proposal.reopen", proposal))
            return again

    # -- the second look --------------------------------------------------------------------------------------------

    def awaiting_a_look(self, by: Caller) -> tuple[Asked, ...]:
        """The files that wait for the caller's own look, the oldest first."""
        now = self._desk.now()
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            if "second" not in actor.permissions:
                return ()
            return tuple(self._asked(register, file, now) for file in self._sent(register, actor) if file.sent_at)

    def count_awaiting(self, by: Caller) -> int:
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            return len(self._sent(register, actor)) if "second" in actor.permissions else 0

    def require_asked(self, by: Caller, proposal: str) -> Asked:
        """A file that waits for the caller's look. Raises :class:`NotFound` for any other, and once it was given."""
        now = self._desk.now()
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            file = self._desk.require(register, Proposal, id=proposal)
            require_look(self._desk, register, actor, file)
            if not self._awaits(register, file):
                raise refusal(NotFound, "unknown")
            return self._asked(register, file, now)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _own(self, register: Register, actor: Actor, action: str, proposal: str) -> Proposal:
        file = self._desk.require(register, Proposal, id=proposal)
        person = self._desk.require(register, Person, id=file.person)
        require(actor, action, structure=file.structure, recipient=person)
        return file

    def _open(self, register: Register, actor: Actor, action: str, proposal: str) -> Proposal:
        file = self._own(register, actor, action, proposal)
        if file.state != "open":
            raise refusal(Conflict, "not_open", state=file.state)
        return file

    def _dossier(self, register: Register, actor: Actor, file: Proposal, now: datetime) -> Dossier:
        entry = self._desk.catalogue.require(file.slug, file.version)
        looks = tuple(
            Look(look, member, member.structure != file.structure, look.number > file.since_look)
            for look in register.list(SecondLook, order="number", proposal=file.id)
            for member in (self._desk.require(register, StaffMember, id=look.by),)
        )
        record = case_of(self._desk, register, entry, file, actor, now).record(NO_COMMITMENT)
        outcome = evaluate(entry.definition, record)
        sent_to = register.find(Structure, id=file.second_structure) if file.second_structure else None
        return Dossier(
            file=file,
            entry=entry,
            person=self._desk.require(register, Person, id=file.person),
            proposer=self._desk.require(register, StaffMember, id=file.proposed_by),
            sent_to=sent_to,
            looks=looks,
            observations=self._observations(register, file),
            outcome=outcome,
            stage=stage_of(file, looks, outcome),
            award=register.find(Award, proposal=file.id) if file.state == "awarded" else None,
        )

    def _observations(self, register: Register, file: Proposal) -> tuple[Observation, ...]:
        return register.list(Observation, order="on", person=file.person, slug=file.slug, withdrawn_at=None)

    def _sent(self, register: Register, actor: Actor) -> list[Proposal]:
        """Open files sent to the actor or to their structure that still wait, and that they may look at."""
        own = register.list(
            Proposal, order="created_at", structure=actor.structure, state="open", second_structure=None
        )
        sent = register.list(Proposal, order="created_at", second_structure=actor.structure, state="open")
        asked = []
        for file in (*sent, *own):
            if file.second_staff in (None, actor.staff) and file.sent_at and self._awaits(register, file):
                try:
                    require_look(self._desk, register, actor, file)
                except (Forbidden, NotFound):
                    continue
                asked.append(file)
        return asked

    def _awaits(self, register: Register, file: Proposal) -> bool:
        looked = register.highest(SecondLook, "number", proposal=file.id) or 0
        return file.state == "open" and file.sent_at is not None and looked <= file.since_look

    def _asked(self, register: Register, file: Proposal, now: datetime) -> Asked:
        entry = self._desk.catalogue.require(file.slug, file.version)
        person = self._desk.require(register, Person, id=file.person)
        structure = self._desk.require(register, Structure, id=file.structure)
        first = self._desk.require(register, StaffMember, id=file.proposed_by)
        hidden = person.name if file.anonymised else None
        observations = self._observations(register, file)
        as_proposed = Actor(first.id, first.account, first.structure, first.function, frozenset())
        record = case_of(self._desk, register, entry, file, as_proposed, now).record(NO_COMMITMENT)
        return Asked(
            file=file,
            entry=entry,
            name=None if file.anonymised else person.name,
            structure=None if file.anonymised else structure,
            kind=structure.kind,
            function=first.function,
            told={about: without_name(text, hidden, "la personne") for about, text in file.told.items()},
            observations=tuple(_without_name(each, hidden) for each in observations),
            outcome=evaluate(entry.definition, record),
        )


def stage_of(file: Proposal, looks: Iterable[Look], outcome: RuleOutcome) -> str:
    """One of :data:`STAGES`: what the file waits for."""
    if file.state != "open":
        return file.state
    if not file.results:
        return "to_mark"
    fresh = [look.look for look in looks if look.fresh]
    if file.sent_at is not None and not fresh:
        return "look_awaited"
    if fresh and not fresh[-1].confirms:
        return "came_back"
    if file.word == "disagrees" and not fresh:
        return "disagreed"
    missing = {missing.code for missing in all_missing(outcome)}
    if missing - set(_DECISION):
        return "to_complete"
    if missing & set(_SECOND):
        return "to_send"
    return "word_awaited" if file.word in (None, "disagrees") else "to_decide"


def field_work_missing(outcome: RuleOutcome) -> tuple[Any, ...]:
    """What is still to be seen or shown, whoever decides and looks again."""
    return tuple(missing for missing in all_missing(outcome) if missing.code not in _DECISION)


def check_told(told: Mapping[str, str]) -> None:
    """Raises :class:`Misuse` for an answer to no question, one too long, or the number of a person."""
    for question, answer in told.items():
        if question not in QUESTIONS or len(answer) > LONGEST_ANSWER:
            raise refusal(Misuse, "not_in_list", found=question, known=", ".join(QUESTIONS))
        if holds_a_persons_number(answer):
            raise refusal(Misuse, "number_of_a_person")


def require_look(desk: Desk, register: Register, actor: Actor, file: Proposal) -> None:
    """Raises unless ``actor`` may look again at this file: somebody else than who proposed it, and than its person."""
    person = desk.require(register, Person, id=file.person)
    first = desk.require(register, StaffMember, id=file.proposed_by)
    require(
        actor,
        "look_again",
        structure=file.structure,
        sent_to=file.second_structure,
        recipient=person,
        other_than=first.account,
    )


def tell_look_asked(desk: Desk, register: Register, file: Proposal, now: datetime) -> None:
    """A message to whom the file is sent, a colleague or another structure; nothing of the person is in it."""
    asked: StaffMember | Structure
    if file.second_structure:
        asked = desk.require(register, Structure, id=file.second_structure)
    else:
        asked = desk.require(register, StaffMember, id=file.second_staff)
    if asked.email:
        desk.outbox.put(
            register,
            kind="second_look_request",
            to=asked.email,
            values={
                "structure": desk.require(register, Structure, id=file.structure).name,
                "badge": desk.catalogue.require(file.slug, file.version).definition.title,
                "link": f"{desk.addresses.base_url}/equipe/regards",
            },
            structure=file.structure,
            about=file.id,
            person=file.person,
            now=now,
        )


def case_of(desk: Desk, register: Register, entry: Entry, file: Proposal, actor: Actor, now: datetime) -> CaseFile:
    """The facts, decided by ``actor`` on the results of the file, today: the day that is noted too, in Paris."""
    first = Decider("a1", "decides", actor.function, relative(actor.structure, file.structure))
    return CaseFile(
        decided=in_paris(now).date(),
        results=file.results,
        facts=desk.facts(register, file.person, entry),
        deciders=(
            Deciding(actor.staff, first),
            *desk.seconds(register, actor, file.structure, after=file.since_look, proposal=file.id),
        ),
        prerequisites=prerequisites_of(desk, register, entry, file.person, file.prerequisites, now),
    )


def prerequisites_of(
    desk: Desk, register: Register, entry: Entry, person: str, shown: Iterable[Mapping[str, str]], now: datetime
) -> tuple[PrerequisiteSeen, ...]:
    """Those the register knows, then those the assessor says they saw."""
    seen: dict[str, str] = {item["slug"]: item["version"] for item in shown}
    for slug in entry.definition.prerequisites:
        for award in desk.live_awards(register, (person,), slug, now):
            seen[slug] = award.version
    checked = month_of(in_paris(now).date())
    return tuple(PrerequisiteSeen(slug, seen[slug], checked) for slug in entry.definition.prerequisites if slug in seen)


def seal_of(file: Proposal, record: Record, profile: Profile, person: Person) -> str:
    """What a page shows of an award before it is made: equal seals, equal badges but for chance and time."""
    told = [
        file.id, file.slug, file.version, file.word, file.issued_as, profile.id, person.email or person.opaque,
        person.name if file.name_in_badge else None, record.to_json(),
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _without_name(seen: Observation, name: str | None) -> Observation:
    return replace(seen, note=without_name(seen.note, name, "la personne")) if name else seen
