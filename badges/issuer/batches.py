"""Many awards of one badge: planned as a table, confirmed as a number, signed in chunks, resumed after anything.

1. :meth:`Batches.plan` checks every row with the award rule itself and signs nothing: "118 ready, 2 to correct".
   :meth:`Batches.correct` changes rows of a plan and checks all of it again.
   Each person was told what their badge says and chose: one statement says so of everybody (:meth:`Batches.declare`),
   and whoever said a word of their own has it in their row. « Pas d’accord » leaves the row aside.
2. :meth:`Batches.confirm` fixes who decides, on which day, under which key, and checks every row again.
3. :meth:`Batches.run` signs what is ready, chunk by chunk. A chunk is signed outside any transaction, then stored,
   told in the journal and marked done in one.

A row's award id and salts are fixed by the plan, and its date by the confirmation: signing the same row twice gives
the same badge, whether the process was killed in between or two processes took the same row. The lease on a row only
spares work; what keeps an award from being made twice is the database (``awards.batch_row`` is unique).
"""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import orjson

from ..catalogue.definition import KINDS, WAYS, WITNESS_FUNCTIONS, Definition
from ..catalogue.library import Entry
from ..catalogue.record import RESULTS, Decider, Fact, PrerequisiteSeen, month_of
from ..catalogue.rule import Missing, RuleOutcome, evaluate
from ..clock import in_paris, to_text
from ..errors import AwardRefused, BadgesError, Conflict, Forbidden, KeyringError, Misuse, NotFound
from ..keyring import Signer
from ..openbadges.identity import normalise_email
from .assertion import all_missing, told, unmet
from .audit import Deed
from .casefile import NO_COMMITMENT, CaseFile, Deciding
from .desk import Desk, Draft, Once, Sealed, new_id, new_person, relative
from .permissions import Actor, Caller, require
from .private_text import holds_a_persons_number
from .sheets import plain
from .storage import (
    ISSUES_AS,
    WORDS_OF_THE_PERSON,
    Award,
    AwardFile,
    Batch,
    BatchRow,
    Person,
    Register,
    Revocation,
    SecondLook,
    StaffMember,
    Structure,
)
from .wording import REVOCATION_REASONS, day_in_words, problem_sentence, refusal

ROW_STATES = ("ready", "done", "refused", "cancelled")
MAX_ROWS = 10_000
CHUNK, SMALLEST_CHUNK = 500, 50
LEASE = timedelta(seconds=5)
UNSIGNED_KEPT_FOR = timedelta(days=90)
"""How long names stay in rows that became no badge: as long as what supports a decision (``domain.md``, §8)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation of a grid: shared by the session, or particular to a person."""

    criterion: str
    on: date
    way: str
    kind: str
    function: str | None = None


class Unread(NamedTuple):
    """What somebody wrote in a row and that could not be read, kept as it is until it is corrected.

    ``code`` is one of :data:`badges.issuer.wording.ROW_PROBLEMS`, ``field`` where it was written.
    """

    field: str
    code: str
    typed: str


class Word(NamedTuple):
    """What a person said themselves: one of :data:`.storage.WORDS_OF_THE_PERSON`; None where it could not be read."""

    said: str | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the session: known by their id, or new. ``ref`` is the caller's own name for the row.

    Exceptions: days when the person was not there, decisions that differ, observations of theirs alone, their own word
    where the statement for all does not speak for them.
    ``surely_new`` says that somebody of the same name, known already or in another row, is another person; without it
    the row waits until that is said.
    """

    ref: str
    person: str | None = None
    name: str | None = None
    email: str | None = None
    name_in_badge: bool = False
    absent_on: tuple[date, ...] = ()
    results: Mapping[str, str] = field(default_factory=dict)
    observations: tuple[Seen, ...] = ()
    word: Word | None = None
    surely_new: bool = True
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What the people of a plan say of their badge, as far as it is known.

    ``told_on`` and ``told_by`` are the statement for all, if it was made; ``unsaid`` counts the rows ready without a
    word of their own; ``held`` are the rows of those who said « pas d’accord » while no colleague has looked again.
    """

    told_on: date | None
    told_by: str
    unsaid: int
    held: frozenset[str]

    @property
    def awaited(self) -> int:
        return 0 if self.told_on else self.unsaid


@dataclass(frozen=True, slots=True)
class Report:
    """A batch as it stands: what the page and the progress bar show."""

    batch: Batch
    counts: Mapping[str, int]
    rows: tuple[BatchRow, ...] = ()

    @property
    def ready(self) -> int:
        return self.counts["ready"]

    @property
    def done(self) -> int:
        return self.counts["done"]

    @property
    def refused(self) -> int:
        return self.counts["refused"]

    @property
    def total(self) -> int:
        """All rows but those left out."""
        return self.ready + self.done + self.refused


class Cases:
    """The file of each row. Rows without exceptions share one, and what is worked out from it once."""

    def __init__(self, batch: Batch, deciders: tuple[Deciding, ...]) -> None:
        self._batch, self._deciders = batch, deciders
        self._files: dict[tuple[bytes, tuple[PrerequisiteSeen, ...]], CaseFile] = {}
        self._outcomes: dict[int, RuleOutcome] = {}

    def of(self, row: BatchRow, prerequisites: tuple[PrerequisiteSeen, ...]) -> CaseFile:
        """The session's grid, less the days when this person was away, plus what is theirs alone."""
        key = (orjson.dumps({name: said for name, said in row.exceptions.items() if name != "word"}), prerequisites)
        if key not in self._files:
            absent = set(row.exceptions["absent_on"])
            seen = [item for item in self._batch.grid if item["on"] not in absent] + row.exceptions["observations"]
            self._files[key] = CaseFile(
                decided=self._batch.decided_on,
                results=self._batch.results | row.exceptions["results"],
                facts=tuple(
                    Fact(item["criterion"], date.fromisoformat(item["on"]), item["way"], item["kind"], item["function"])
                    for item in seen
                ),
                deciders=self._deciders,
                prerequisites=prerequisites,
            )
        return self._files[key]

    def outcome(
        self, definition: Definition, row: BatchRow, prerequisites: tuple[PrerequisiteSeen, ...]
    ) -> RuleOutcome:
        """What the rule says of the row: for the table. What is signed is evaluated again, each record by itself."""
        case = self.of(row, prerequisites)
        if id(case) not in self._outcomes:
            self._outcomes[id(case)] = evaluate(definition, case.record(NO_COMMITMENT))
        return self._outcomes[id(case)]


class Going(NamedTuple):
    """A batch being run: what is the same for each of its rows."""

    batch: Batch
    entry: Entry
    signer: Signer
    deciders: tuple[Deciding, ...]
    cases: Cases


class Work(NamedTuple):
    """A chunk of rows that this process has taken, and what signing them needs."""

    rows: tuple[BatchRow, ...]
    people: Mapping[str, Person]
    prerequisites: Mapping[str, tuple[PrerequisiteSeen, ...]]
    now: datetime


class Signed(NamedTuple):
    """The same chunk, with a badge or a refusal for each row."""

    work: Work
    made: tuple[Sealed | BadgesError, ...]

    def only(self, rows: set[str]) -> Signed:
        kept = [(row, made) for row, made in zip(self.work.rows, self.made, strict=True) if row.id in rows]
        return Signed(self.work._replace(rows=tuple(row for row, _ in kept)), tuple(made for _, made in kept))


class _Overtaken(Exception):
    """Another process has stored some of these rows."""


class Batches:
    """The acts on batches; ``issuer.batches``."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._storage = desk.storage

    # -- plan ----------------------------------------------------------------------------------------------------

    def plan(
        self,
        by: Caller,
        *,
        slug: str,
        grid: Iterable[Seen],
        rows: Iterable[Row],
        version: str | None = None,
        results: Mapping[str, str] | None = None,
        decided_on: date | None = None,
        second_structure: str | None = None,
        issued_as: str | None = None,
        told_on: date | None = None,
        once: Once | None = None,
    ) -> Report:
        """Store the table with what is wrong in each row. Nothing is signed, and no person is created.

        ``results`` default to *acquired* for every criterion of the grid. ``told_on`` makes the statement of
        :meth:`declare` at once.
        """
        now = self.desk.now()
        today = in_paris(now).date()
        decided = decided_on or today
        entry = self.desk.awardable(slug, version)
        table = tuple(rows)
        self._check_table(table, decided, today)
        with self._storage.writing() as register:
            if done := self.desk.done_before(register, once):
                return self._report(register, self.desk.require(register, Batch, id=done), with_rows=True)
            actor = self.desk.actor(register, by)
            require(actor, "propose")
            structure = self.desk.require(register, Structure, id=actor.structure)
            if second_structure is not None:
                self.desk.require(register, Structure, id=second_structure)
            seen = tuple(self._observation(entry, actor, item, decided) for item in grid)
            batch = Batch(
                id=new_id(),
                structure=actor.structure,
                slug=slug,
                version=entry.version,
                decided_on=decided,
                grid=seen,
                results=self._results(entry, results or {item["criterion"]: "acquired" for item in seen}),
                issued_as=self.desk.one_of(issued_as or structure.issues_as, ISSUES_AS),
                planned_by=actor.staff,
                created_at=now,
                secret=secrets.token_hex(32),
                second_structure=second_structure,
                statement=_statement(actor, seen, told_on, now) if told_on else {},
            )
            planned = [self._row(entry, actor, batch, number, row, now) for number, row in enumerate(table, start=1)]
            planned = self._judge(register, entry, batch, planned, self._as_if_looked_at(entry, actor), (actor,), now)
            register.add(batch)
            register.add(*planned)
            deeds = [Deed(actor.staff, batch.structure, "batch.plan", batch.id)]
            deeds += [Deed(actor.staff, batch.structure, "batch.declare", batch.id)] if told_on else []
            self.desk.close(register, now, once, batch.id, *deeds, *_words_noted(actor, batch, (), planned))
            return Report(batch, _counted(planned), tuple(planned))

    def missing(
        self, by: Caller, *, slug: str, grid: Iterable[Seen], version: str | None = None
    ) -> tuple[dict[str, str], ...]:
        """What a grid lacks for everybody, before anyone is in it: as the problems of a row. Raises what a plan would.

        Not prerequisites, which each person has or has not.
        """
        entry, decided = self.desk.awardable(slug, version), in_paris(self.desk.now()).date()
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "propose")
            seen = tuple(self._observation(entry, actor, item, decided) for item in grid)
        facts = (
            Fact(item["criterion"], date.fromisoformat(item["on"]), item["way"], item["kind"], item["function"])
            for item in seen
        )
        case = CaseFile(
            decided=decided,
            results={item["criterion"]: "acquired" for item in seen},
            facts=tuple(facts),
            deciders=self._as_if_looked_at(entry, actor),
            prerequisites=(),
        )
        lacking = all_missing(evaluate(entry.definition, case.record(NO_COMMITMENT)))
        return _problems(entry, (item for item in lacking if item.code != "prerequisite_missing"))

    def correct(
        self,
        by: Caller,
        batch: str,
        rows: Mapping[str, Row] | None = None,
        *,
        left_out: Collection[str] = (),
        once: Once | None = None,
    ) -> Report:
        """Rows of a plan, by their id, as they should have been, and those to leave out; then all is checked again.

        A row may take a mistake away from another one (the same person twice), and what the register says may have
        changed since the plan: without any row, this is only the check. Where a second look was given already, it was
        on another table: it has to be given again. Whoever said « pas d’accord » says another word once somebody else
        of the structure has looked again.
        """
        now, rows = self.desk.now(), rows or {}
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Batch, id=batch)
            require(actor, "propose", structure=found.structure)
            if self.desk.done_before(register, once):
                return self._report(register, found)
            self._require_state(found, "planned")
            entry = self.desk.awardable(found.slug, found.version)
            before = {row.id: row for row in register.list(BatchRow, order="position", batch=batch)}
            for unknown in (rows.keys() | set(left_out)) - before.keys():
                raise refusal(NotFound, "unknown", found=unknown)
            looks = register.list(SecondLook, order="number", batch=batch)
            table = []
            for row in before.values():
                if row.id in left_out:
                    row = replace(row, state="cancelled", problems=_problem("left_out"))
                elif row.id in rows:
                    row = self._corrected(entry, actor, found, row, rows[row.id], now, looks)
                    self._require_another_look(register, found, before[row.id], row, looks)
                table.append(row)
            planner = self.desk.actor(register, Caller(found.planned_by))
            deciders = self._as_if_looked_at(entry, planner)
            judged = self._judge(register, entry, found, table, deciders, (planner, actor), now)
            changed = [row for row in judged if row != before[row.id]]
            for row in changed:
                register.change(before[row.id], **{name: getattr(row, name) for name in _CORRECTED})
            if changed:
                if looks and looks[-1].confirms:
                    register.add(self.desk.look(register, actor, False, "", now, batch=batch))
                deed = Deed(actor.staff, found.structure, "batch.correct", batch)
                words = _words_noted(actor, found, before.values(), changed)
                self.desk.close(register, now, once, batch, deed, *words)
            return self._report(register, found)

    def declare(self, by: Caller, batch: str, *, on: date | None, once: Once | None = None) -> Report:
        """« Chaque personne a été informée de ce que dit son badge et l’a accepté », and on which day; None takes it
        back. It speaks for everybody who has no word of their own in the table."""
        now = self.desk.now()
        with self._storage.writing() as register:
            actor, found = self._own(register, by, batch, "record_word")
            if self.desk.done_before(register, once):
                return self._report(register, found)
            self._require_state(found, "planned")
            if on is None and not found.statement:
                return self._report(register, found)
            said = _statement(actor, found.grid, on, now) if on else {}
            found = register.change(found, statement=said)
            told = "batch.declare" if on else "batch.undeclare"
            self.desk.close(register, now, once, batch, Deed(actor.staff, found.structure, told, batch))
            return self._report(register, found)

    def second_look(self, by: Caller, batch: str, *, confirms: bool, comment: str = "") -> SecondLook:
        """Another pair of eyes on the whole table."""
        now = self.desk.now()
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Batch, id=batch)
            planner = self.desk.require(register, StaffMember, id=found.planned_by)
            require(
                actor,
                "look_again",
                structure=found.structure,
                sent_to=found.second_structure,
                other_than=planner.account,
            )
            self._require_state(found, "planned")
            look = self.desk.look(register, actor, confirms, comment, now, batch=batch)
            register.add(look)
            told = "batch.confirmed" if confirms else "batch.not_yet"
            self.desk.close(register, now, None, "", Deed(actor.staff, found.structure, told, batch))
            return look

    # -- confirm -------------------------------------------------------------------------------------------------

    def confirm(
        self,
        by: Caller,
        batch: str,
        *,
        ready: int,
        told_on: date | None = None,
        told_otherwise: bool = False,
        once: Once | None = None,
    ) -> Report:
        """Decide for the ``ready`` rows that the table announced: all of them, or none.

        Every row is checked again with the people who really decide. Pressed twice is once. People who were not
        known yet get their file here. Raises :class:`AwardRefused` (``words_awaited``) while neither the statement nor
        the word of each row is there: ``told_on`` makes the statement of :meth:`declare` at once, and a program that
        keeps the words elsewhere attests it (``told_otherwise``).
        """
        now = self.desk.now()
        with self._storage.writing() as register:
            self.desk.done_before(register, once)
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Batch, id=batch)
            require(actor, "award", structure=found.structure)
            if found.state in ("confirmed", "done"):
                return self._report(register, found)
            self._require_state(found, "planned")
            entry = self.desk.awardable(found.slug, found.version)
            structure = self.desk.require(register, Structure, id=found.structure)
            self.desk.check_clock(register, structure.id, now)
            rows = register.list(BatchRow, order="position", batch=batch, state="ready")
            if len(rows) != ready:
                raise refusal(Conflict, "plan_changed", expected=ready, found=len(rows))
            statement = _statement(actor, found.grid, told_on, now) if told_on else found.statement
            if not (told_otherwise or statement) and (unsaid := _unsaid(rows)):
                raise refusal(AwardRefused, "words_awaited", count=unsaid)
            deciders = self._deciders(register, found, actor)
            judged = self._judge(register, entry, found, rows, deciders, (actor,), now)
            if any(row.state == "refused" for row in judged):
                raise self._cannot_confirm(entry, judged, Cases(found, deciders))
            for before, row in zip(rows, judged, strict=True):
                if before != row:  # became known since the plan
                    register.change(before, person=row.person, newcomer=row.newcomer)
            self._welcome(register, found, judged, now)
            profile = self.desk.profile_for(register, structure, found.issued_as)
            self.desk.signers(profile.id)  # a key that cannot be used is told now, not in the middle
            confirmed = register.change(
                found,
                state="confirmed",
                confirmed_by=actor.staff,
                confirmed_at=now,
                profile=profile.id,
                statement=statement,
            )
            acts = ("batch.declare", "batch.confirm") if told_on else ("batch.confirm",)
            deeds = [Deed(actor.staff, found.structure, act, batch) for act in acts]
            self.desk.close(register, now, once, batch, *deeds)
            return self._report(register, confirmed)

    def cancel(self, by: Caller, batch: str) -> Report:
        """What is not signed yet will not be. What is signed stays: revoke it."""
        now = self.desk.now()
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Batch, id=batch)
            require(actor, "award", structure=found.structure)
            if found.state in ("planned", "confirmed"):
                problem = ({"code": "cancelled", "message": problem_sentence("cancelled")},)
                register.change_all(BatchRow, {"batch": batch, "state": "ready"}, state="cancelled", problems=problem)
                found = register.change(found, state="cancelled")
                self.desk.close(register, now, None, "", Deed(actor.staff, found.structure, "batch.cancel", batch))
            return self._report(register, found)

    # -- after -----------------------------------------------------------------------------------------------------

    def revoke(self, by: Caller, batch: str, code: str) -> int:
        """Take back every badge of a batch, for one reason of the closed list; how many were in force until now.

        Twice is once, and after a stop in between the second time does the rest.
        """
        if code not in REVOCATION_REASONS or code == "replaced":
            known = ", ".join(reason for reason in REVOCATION_REASONS if reason != "replaced")
            raise refusal(Misuse, "reason_unknown", found=code[:60], known=known)
        revoked = 0
        while part := self._revoke_some(by, batch, code, first=not revoked):
            revoked += part
        return revoked

    def _revoke_some(self, by: Caller, batch: str, code: str, *, first: bool) -> int:
        now = self.desk.now()
        with self._storage.writing() as register:
            actor, found = self._own(register, by, batch, "revoke")
            rows = [row.award for row in register.list(BatchRow, batch=batch, state="done")]
            gone = {line.award for line in register.list(Revocation, award=rows)}
            awards = register.list(Award, uuid=[uuid for uuid in rows if uuid not in gone][:CHUNK])
            for award in awards:
                self.desk.revoke(register, award, code, actor.staff, now)
                self.desk.tell_withdrawn(register, award, code, now)
            deeds = [Deed(actor.staff, found.structure, f"revoke.{code}", award.uuid) for award in awards]
            if deeds and first:
                deeds.append(Deed(actor.staff, found.structure, "batch.revoke", batch))
            if deeds:
                self.desk.close(register, now, None, "", *deeds)
            return len(awards)

    def forget_unsigned(self, *, dry: bool = False) -> int:
        """Take people out of the rows that became no badge, 90 days after their plan; how many rows, or would be.

        A plan as old as that is cancelled. For a scheduled command; run twice, it forgets once.
        """
        now, forgotten = self.desk.now(), 0
        with self._storage.reading() as register:
            old = [
                batch.id
                for batch in register.list(Batch, order="created_at", state=["planned", "cancelled", "done"])
                if batch.created_at + UNSIGNED_KEPT_FOR <= now
            ]
        for id in old:
            with self._storage.writing() as register:
                batch = self.desk.require(register, Batch, id=id)
                unsigned = register.list(BatchRow, batch=id, state=["ready", "refused", "cancelled"])
                named = [row for row in unsigned if row.person or row.newcomer]
                forgotten += len(named)
                if dry or not named or batch.state == "confirmed":
                    continue
                for row in named:
                    register.change(
                        row,
                        ref=f"effacé-{row.id}",
                        person=None,
                        newcomer=None,
                        exceptions={},
                        problems=(),
                        state="cancelled",
                    )
                if batch.state == "planned":
                    register.change(batch, state="cancelled")
                self.desk.close(register, now, None, "", Deed("retention", batch.structure, "batch.forget", id))
        return forgotten

    # -- run -----------------------------------------------------------------------------------------------------

    def unfinished(self) -> tuple[str, ...]:
        """The batches that were confirmed and are not done: what a process takes up again when it starts."""
        with self._storage.reading() as register:
            return tuple(batch.id for batch in register.list(Batch, order="created_at", state="confirmed"))

    def run(
        self,
        batch: str,
        *,
        chunk: int = CHUNK,
        keep_going: Callable[[], bool] = lambda: True,
        signing: Callable[[Signer], Signer] = lambda signer: signer,
    ) -> Report:
        """Sign and store what is ready, until nothing is, or ``keep_going()`` says no between two chunks.

        Any number of processes may run the same batch. Rows that another one is signing are left to it. ``signing``
        is given the key and says how it is used.
        """
        going = self._begin(batch)
        if going:
            going = going._replace(signer=signing(going.signer))
        work = self._take_turn(going, None, chunk) if going and keep_going() else None
        while going and work:
            signed = self._sign(going, work)
            work = self._take_turn(going, signed, chunk if keep_going() else 0)
        with self._storage.reading() as register:
            return self._report(register, self.desk.require(register, Batch, id=batch))

    def _begin(self, batch: str) -> Going | None:
        """What is the same for every chunk, the key included: a batch ends with the key that it began with.

        None when there is nothing to run: not confirmed, cancelled, or done.
        """
        with self._storage.reading() as register:
            found = self.desk.require(register, Batch, id=batch)
            if found.state != "confirmed":
                return None
            entry = self.desk.awardable(found.slug, found.version)
            actor = self.desk.actor(register, Caller(found.confirmed_by or ""))
            try:
                signer = self.desk.signers(found.profile or "")
            except KeyringError:  # retired while we were away: go on under the structure's new Profile
                structure = self.desk.require(register, Structure, id=found.structure)
                signer = self.desk.signers(self.desk.profile_for(register, structure, found.issued_as).id)
            deciders = self._deciders(register, found, actor)
            return Going(found, entry, signer, deciders, Cases(found, deciders))

    def _sign(self, going: Going, work: Work) -> Signed:
        """Each row checked and written, then all of them signed. Nobody is told of it yet."""
        drafts = [self._draft(going, work, row) for row in work.rows]
        sealed = iter(self.desk.sign((draft for draft in drafts if isinstance(draft, Draft)), going.signer))
        return Signed(work, tuple(next(sealed) if isinstance(draft, Draft) else draft for draft in drafts))

    def _draft(self, going: Going, work: Work, row: BatchRow) -> Draft | BadgesError:
        """The same row always gives the same badge: nothing here is drawn by lot."""
        batch, person = going.batch, work.people.get(row.recipient)
        if person is None:
            return refusal(NotFound, "unknown")
        recipient_salt, facts_salt = (
            hmac.digest(batch.secret.encode(), f"{row.id}:{use}".encode(), "sha256").hex()[:32]
            for use in ("recipient", "facts")
        )
        try:
            return self.desk.draft(
                going.entry,
                going.signer.key_id,
                going.cases.of(row, work.prerequisites.get(person.id, ())),
                person,
                self.desk.recipient(person, named=row.name_in_badge, salt=recipient_salt),
                issued_on=batch.confirmed_at or batch.created_at,
                now=work.now,
                structure=batch.structure,
                uuid=row.award,
                salt=facts_salt,
                batch_row=row.id,
            )
        except AwardRefused as refused:
            return refused

    def _take_turn(self, going: Going, signed: Signed | None, chunk: int) -> Work | None:
        """One transaction: store the chunk that was signed, with its journal, and take the next one."""
        try:
            with self._storage.writing() as register:
                if signed:
                    self._store(register, going, signed)
                return self._claim(register, going, chunk)
        except _Overtaken:  # another process has stored some of these rows: keep only those still to do
            assert signed is not None
            with self._storage.reading() as register:
                ids = [row.id for row in signed.work.rows]
                ready = {row.id for row in register.list(BatchRow, id=ids, state="ready")}
            return self._take_turn(going, signed.only(ready), chunk)

    def _claim(self, register: Register, going: Going, chunk: int) -> Work | None:
        """Take some ready rows for the length of a lease; close the batch when none is left."""
        now = self.desk.now()
        found = self.desk.require(register, Batch, id=going.batch.id)
        if found.state != "confirmed" or chunk == 0:
            return None
        ready: dict[str, Any] = {"batch": found.id, "state": "ready"}
        free = register.count(BatchRow, claimed_until=None, **ready)
        if register.count(BatchRow, **ready) > free:  # we are not alone: a quarter at most, so that all end together
            chunk = min(chunk, max(SMALLEST_CHUNK, free // 4))
        rows = register.list(BatchRow, order="position", limit=chunk, claimed_until=None, **ready)
        if not rows:
            claimed = register.list(BatchRow, order="position", **ready)
            rows = tuple(row for row in claimed if row.claimed_until and row.claimed_until <= now)[:chunk]
            if not claimed:
                register.change(found, state="done")
                deed = Deed(found.confirmed_by or "", found.structure, "batch.done", found.id)
                self.desk.close(register, now, None, "", deed)
        if not rows:
            return None
        register.change_all(BatchRow, {"id": [row.id for row in rows]}, claimed_until=now + LEASE)
        people = {person.id: person for person in register.list(Person, id=[row.recipient for row in rows])}
        return Work(rows, people, self._prerequisites(register, going.entry, people, found), now)

    def _store(self, register: Register, going: Going, signed: Signed) -> None:
        """Rights and holdings are read again in this transaction: what changed meanwhile is refused, row by row."""
        batch, work = going.batch, signed.work
        if self.desk.require(register, Batch, id=batch.id).state != "confirmed":
            return
        decider = self.desk.actor(register, Caller(batch.confirmed_by or ""))
        holding = self.desk.holding(register, work.people, going.entry, work.now)
        good: list[Sealed] = []
        for row, sealed in zip(work.rows, signed.made, strict=True):
            person = work.people.get(row.recipient)
            problem = self._why_not(going.entry, sealed, decider, batch, person, holding)
            if problem:
                register.change(row, state="refused", problems=problem)
            elif isinstance(sealed, Sealed):
                good.append(sealed)
        mine = {"id": [sealed.award.batch_row for sealed in good], "state": "ready"}
        if register.change_all(BatchRow, mine, state="done", claimed_until=None) != len(good):
            raise _Overtaken
        self.desk.store(register, good)
        deeds = (Deed(decider.staff, batch.structure, "award", sealed.award.uuid) for sealed in good)
        self.desk.close(register, self.desk.now(), None, "", *deeds)

    def _why_not(
        self,
        entry: Entry,
        sealed: Sealed | BadgesError,
        decider: Actor,
        batch: Batch,
        person: Person | None,
        holding: set[str],
    ) -> tuple[dict[str, str], ...]:
        if isinstance(sealed, AwardRefused) and sealed.missing:
            return _problems(entry, sealed.missing)
        if person is None or isinstance(sealed, BadgesError):
            return _problem("person_unknown")
        try:
            require(decider, "award", structure=batch.structure, recipient=person)
        except (Forbidden, NotFound) as error:
            return _problem("for_oneself" if error.code == "for_oneself" else "not_permitted")
        return _problem("already_awarded") if person.id in holding else ()

    # -- reading -------------------------------------------------------------------------------------------------

    def report(self, by: Caller, batch: str, *, with_rows: bool = True) -> Report:
        """Raises :class:`NotFound`, also for a batch of another structure that it was not sent to."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Batch, id=batch)
            require(actor, "see", structure=found.structure, sent_to=found.second_structure)
            return self._report(register, found, with_rows=with_rows and actor.structure == found.structure)

    def newest(self, by: Caller, *, beyond: tuple[datetime, str] | None = None, limit: int = 20) -> tuple[Report, ...]:
        """The batches of the structure, newest first, as counts."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            found = register.list(
                Batch, order="created_at", newest=True, beyond=beyond, limit=limit, structure=actor.structure
            )
            return tuple(self._report(register, batch) for batch in found)

    def count_planned(self, by: Caller) -> int:
        """How many of the structure's own wait to be confirmed, or looked at."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            return register.count(Batch, structure=actor.structure, state="planned")

    def list_sent(self, by: Caller) -> tuple[Report, ...]:
        """The planned batches of other structures that were sent to this one for a second look."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            found = register.list(Batch, order="created_at", second_structure=actor.structure, state="planned")
            return tuple(self._report(register, batch) for batch in found)

    def rows(
        self, by: Caller, batch: str, *states: str, beyond: tuple[int, str] | None = None, limit: int | None = None
    ) -> tuple[BatchRow, ...]:
        """The rows in these states, in the order of the table, from (position, id) on. Never for another structure."""
        with self._storage.reading() as register:
            self._own(register, by, batch)
            return register.list(
                BatchRow, order="position", beyond=beyond, limit=limit, batch=batch, state=list(states or ROW_STATES)
            )

    def delivered(self, by: Caller, batch: str) -> tuple[tuple[Award, str], ...]:
        """The awards of a batch in the order of its table, each with its token: empty once revoked or erased."""
        with self._storage.reading() as register:
            self._own(register, by, batch)
            uuids = [row.award for row in register.list(BatchRow, order="position", batch=batch, state="done")]
            awards = {award.uuid: award for award in register.list(Award, uuid=uuids)}
            files = {file.uuid: file.token for file in register.list(AwardFile, uuid=uuids)}
            revoked = {line.award for line in register.list(Revocation, award=uuids)}
            return tuple((awards[uuid], "" if uuid in revoked else files.get(uuid, "")) for uuid in uuids)

    def words(self, by: Caller, batch: str) -> Words:
        """What is known of what the people say, and whose word is awaited."""
        with self._storage.reading() as register:
            _, found = self._own(register, by, batch)
            said = found.statement
            looks = register.list(SecondLook, order="number", batch=batch)
            refused = register.list(BatchRow, batch=batch, state="refused")
            disagree = [row for row in refused if row.word == "disagrees"]
            return Words(
                told_on=date.fromisoformat(said["on"]) if said else None,
                told_by=self.desk.require(register, StaffMember, id=said["by"]).name if said else "",
                unsaid=_unsaid(register.list(BatchRow, batch=batch, state="ready")),
                held=frozenset(row.id for row in disagree if not _looked(register, found, row, looks)),
            )

    def count_revoked(self, by: Caller, batch: str) -> int:
        """How many badges of a batch were taken back since."""
        with self._storage.reading() as register:
            self._own(register, by, batch)
            done = [row.award for row in register.list(BatchRow, batch=batch, state="done")]
            return register.count(Revocation, award=done) if done else 0

    def people(self, by: Caller, rows: Iterable[BatchRow]) -> dict[str, Person]:
        """The people of the structure whom these rows name, by id."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            ids = [row.recipient for row in rows if row.recipient]
            return {person.id: person for person in register.list(Person, id=ids, structure=actor.structure)}

    def namesakes(self, by: Caller, names: Iterable[str]) -> dict[str, tuple[Person, ...]]:
        """Those of the structure who are called so, by their :func:`.sheets.plain` name, accents aside."""
        wanted = {plain(name) for name in names} - {""}
        found: dict[str, tuple[Person, ...]] = {}
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            for person in register.list(Person, order="created_at", structure=actor.structure, erased_at=None):
                if (name := plain(person.name or "")) in wanted:
                    found[name] = (*found.get(name, ()), person)
        return found

    def structures_to_ask(self, by: Caller) -> tuple[Structure, ...]:
        """Those that a batch may be sent to for a second look: open, and another one."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "propose")
            others = register.list(Structure, order="name", closed_at=None)
            return tuple(structure for structure in others if structure.id != actor.structure)

    def looks(self, by: Caller, batch: str) -> tuple[tuple[SecondLook, StaffMember], ...]:
        """The second looks at a batch in the order they were given, and who gave each."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Batch, id=batch)
            require(actor, "see", structure=found.structure, sent_to=found.second_structure)
            looks = register.list(SecondLook, order="number", batch=batch)
            return tuple((look, self.desk.require(register, StaffMember, id=look.by)) for look in looks)

    def _own(self, register: Register, by: Caller, batch: str, action: str = "see") -> tuple[Actor, Batch]:
        actor = self.desk.actor(register, by)
        found = self.desk.require(register, Batch, id=batch)
        require(actor, action, structure=found.structure)
        return actor, found

    def _report(self, register: Register, batch: Batch, *, with_rows: bool = False) -> Report:
        counts = {state: register.count(BatchRow, batch=batch.id, state=state) for state in ROW_STATES}
        rows = register.list(BatchRow, order="position", batch=batch.id) if with_rows else ()
        return Report(batch, counts, rows)

    # -- steps ---------------------------------------------------------------------------------------------------

    def _check_table(self, rows: tuple[Row, ...], decided: date, today: date) -> None:
        if decided > today:
            raise refusal(Misuse, "future_date", found=decided.isoformat())
        if len(rows) > MAX_ROWS:
            raise refusal(Misuse, "batch_too_large", expected=MAX_ROWS, found=len(rows))
        refs: set[str] = set()
        for row in rows:
            if row.ref in refs:
                raise refusal(Misuse, "row_repeated", found=row.ref[:60])
            refs.add(row.ref)

    def _observation(self, entry: Entry, actor: Actor, seen: Seen, decided: date) -> dict[str, str]:
        entry.definition.require(seen.criterion)
        self.desk.one_of(seen.way, WAYS)
        self.desk.one_of(seen.kind, KINDS)
        if seen.on > decided:
            raise refusal(Misuse, "future_date", found=seen.on.isoformat())
        if seen.function not in (None, actor.function, *WITNESS_FUNCTIONS):
            raise refusal(Misuse, "function_of_another", found=seen.function)
        return {
            "criterion": seen.criterion,
            "on": seen.on.isoformat(),
            "way": seen.way,
            "kind": seen.kind,
            "function": seen.function or actor.function,
        }

    def _results(self, entry: Entry, results: Mapping[str, str]) -> dict[str, str]:
        for criterion, result in results.items():
            entry.definition.require(criterion)
            self.desk.one_of(result, RESULTS)
        return dict(results)

    def _row(
        self,
        entry: Entry,
        actor: Actor,
        batch: Batch,
        position: int,
        row: Row,
        now: datetime,
        looks: tuple[SecondLook, ...] = (),
    ) -> BatchRow:
        """The row as it will be kept; what it says of criteria is checked with the rest of the table."""
        wrong: tuple[dict[str, str], ...] = ()
        for criterion in (*row.results, *(seen.criterion for seen in row.observations)):
            if criterion not in entry.definition.by_id:
                wrong = _problem("criterion_unknown", criterion[:60])
        for seen in row.observations:
            if seen.on > batch.decided_on:
                wrong = _problem("future_date", seen.on.isoformat())
        exceptions: dict[str, Any] = {
            "absent_on": [day.isoformat() for day in row.absent_on],
            "results": {} if wrong else self._results(entry, row.results),
            "observations": []
            if wrong
            else [self._observation(entry, actor, seen, batch.decided_on) for seen in row.observations],
        }
        newcomer = None
        if not row.person:
            newcomer = {"id": new_id(), "name": row.name, "email": row.email and normalise_email(row.email)}
            if not row.surely_new:
                newcomer["surely_new"] = None
        if newcomer and not (newcomer["name"] or newcomer["email"] or row.unread):
            wrong = _problem("nobody")
        if row.unread:
            exceptions["unread"] = [list(item) for item in row.unread]
            wrong += tuple(_problem(item.code, item.typed[:60])[0] | {"field": item.field} for item in row.unread)
        if row.word:
            said, comment = row.word.said and self.desk.one_of(row.word.said, WORDS_OF_THE_PERSON), row.word.comment
            if holds_a_persons_number(comment):
                comment, wrong = "", (*wrong, _problem("number_of_a_person")[0] | {"field": "comment"})
            if said == "disagrees":
                wrong += _problem("person_disagrees")
            exceptions["word"] = {"said": said, "comment": comment, "at": to_text(now), "since_look": len(looks)}
        return BatchRow(
            id=new_id(),
            batch=batch.id,
            position=position,
            ref=row.ref,
            person=row.person,
            newcomer=newcomer,
            exceptions=exceptions,
            name_in_badge=row.name_in_badge,
            award=str(uuid4()),
            state="refused" if wrong else "ready",
            problems=wrong,
        )

    def _corrected(
        self,
        entry: Entry,
        actor: Actor,
        batch: Batch,
        before: BatchRow,
        row: Row,
        now: datetime,
        looks: tuple[SecondLook, ...],
    ) -> BatchRow:
        """The same row, filled in otherwise. The badge that waits for it stays the one that the plan drew.

        What the grid was seen as, a catch-up of it may be: whoever corrects speaks with the functions it has.
        """
        functions = {item["function"] for item in batch.grid}
        said = [replace(seen, function=None) if seen.function in functions else seen for seen in row.observations]
        row_again = replace(row, ref=before.ref, observations=tuple(said))
        after = self._row(entry, actor, batch, before.position, row_again, now, looks)
        for kept, seen in zip(after.exceptions["observations"], row.observations, strict=False):
            kept["function"] = seen.function or kept["function"]
        if _same_word(before, after):  # said when it was said
            after.exceptions["word"] = before.exceptions["word"]
        return replace(after, id=before.id, award=before.award)

    def _require_another_look(
        self, register: Register, batch: Batch, before: BatchRow, after: BatchRow, looks: tuple[SecondLook, ...]
    ) -> None:
        if before.word != "disagrees" or after.word == "disagrees":
            return
        if not _looked(register, batch, before, looks):
            raise refusal(Conflict, "another_look_first")

    def _judge(
        self,
        register: Register,
        entry: Entry,
        batch: Batch,
        rows: Iterable[BatchRow],
        deciders: tuple[Deciding, ...],
        actors: tuple[Actor, ...],
        now: datetime,
    ) -> list[BatchRow]:
        """Each row as *ready*, or *refused* with every reason; rows left out stay so. Writes nothing."""
        rows = self._recognised(register, batch, tuple(map(_unjudged, rows)))
        known = [row.person for row in rows if row.person]
        people = {
            person.id: person for person in register.list(Person, id=known, structure=batch.structure, erased_at=None)
        }
        holding = self.desk.holding(register, people, entry, now)
        prerequisites = self._prerequisites(register, entry, people, batch)
        deciding = [self.desk.actor(register, Caller(decider.staff)) for decider in deciders if decider.staff]
        cases = Cases(batch, deciders)
        judged: list[BatchRow] = []
        first_at: dict[str, str] = {}
        named = self._named(register, batch, rows)
        for row in rows:
            if row.state == "cancelled":
                judged.append(row)
                continue
            person = people.get(row.person or "")
            email = person.email if person else (row.newcomer or {}).get("email")
            same = row.person or email or row.id
            problems = row.problems
            if problems:
                pass
            elif row.person and person is None:
                problems, row = _problem("person_unknown"), replace(row, person=None)
            elif same in first_at:
                problems = _problem("person_twice", first_at[same])
            elif any(decider.is_person(row.person or "", email) for decider in (*actors, *deciding)):
                problems = _problem("for_oneself")
            elif row.person in holding:
                problems = _problem("already_awarded")
            elif row.newcomer and "surely_new" in row.newcomer and (first := named.get(_name_of(row), row)) != row:
                problems = _problem("name_twice", first.ref) if first else _problem("homonym")
            else:
                outcome = cases.outcome(entry.definition, row, prerequisites.get(row.person or "", ()))
                problems = _problems(entry, all_missing(outcome))
            first_at.setdefault(same, row.ref)
            judged.append(replace(row, state="refused", problems=problems) if problems else row)
        return judged

    def _named(self, register: Register, batch: Batch, rows: Iterable[BatchRow]) -> dict[str, BatchRow | None]:
        """For each name of which somebody must say who it is: None if the structure knows one, else its first row."""
        asked = [row for row in rows if row.newcomer and "surely_new" in row.newcomer and row.state != "cancelled"]
        if not asked:
            return {}
        first: dict[str, BatchRow | None] = {}
        for row in asked:
            first.setdefault(_name_of(row), row)
        for person in register.list(Person, structure=batch.structure, erased_at=None):
            name = plain(person.name or "")
            if name in first:
                first[name] = None
        first.pop("", None)
        return first

    def _recognised(self, register: Register, batch: Batch, rows: tuple[BatchRow, ...]) -> tuple[BatchRow, ...]:
        """Someone given by an e-mail that the structure knows is not new."""
        emails = [row.newcomer["email"] for row in rows if row.newcomer and row.newcomer["email"]]
        found = register.list(Person, email=emails, structure=batch.structure, erased_at=None)
        known = {person.email: person.id for person in found}
        return tuple(
            replace(row, person=known[row.newcomer["email"]], newcomer=None)
            if row.newcomer and row.newcomer["email"] in known
            else row
            for row in rows
        )

    def _welcome(self, register: Register, batch: Batch, rows: Iterable[BatchRow], now: datetime) -> None:
        """A file for each person who has none yet, under the id that the plan kept for them."""
        register.add(
            *(
                new_person(batch.structure, row.newcomer["name"], row.newcomer["email"], now, id=row.recipient)
                for row in rows
                if row.newcomer
            )
        )

    def _deciders(self, register: Register, batch: Batch, actor: Actor) -> tuple[Deciding, ...]:
        """Who confirms, then who looked again and said yes, if that was the last word."""
        first = Decider("a1", "decides", actor.function, relative(actor.structure, batch.structure))
        return (Deciding(actor.staff, first), *self.desk.seconds(register, actor, batch.structure, batch=batch.id))

    def _as_if_looked_at(self, entry: Entry, actor: Actor) -> tuple[Deciding, ...]:
        """For the plan: a second look, where one is asked, comes later and is not each row's problem."""
        first = Deciding(actor.staff, Decider("a1", "decides", entry.definition.assessors[0], "same"))
        later = Deciding("", Decider("a2", "second", "EXT", "other"))
        return (first,) if entry.definition.second == "none" else (first, later)

    def _prerequisites(
        self, register: Register, entry: Entry, people: Iterable[str], batch: Batch
    ) -> dict[str, tuple[PrerequisiteSeen, ...]]:
        """Those that the register knows, as they stood when the batch was confirmed."""
        at = batch.confirmed_at or self.desk.now()
        people, checked = tuple(people), month_of(in_paris(at).date())
        seen: dict[str, tuple[PrerequisiteSeen, ...]] = {}
        for slug in entry.definition.prerequisites:
            held: dict[str, Award] = {}
            for award in self.desk.live_awards(register, people, slug, at):
                held[award.person or ""] = award
            for person, award in held.items():
                seen[person] = (*seen.get(person, ()), PrerequisiteSeen(slug, award.version, checked))
        return seen

    def _require_state(self, batch: Batch, expected: str) -> None:
        if batch.state != expected:
            raise refusal(Conflict, "batch_state", expected=expected, found=batch.state)

    def _cannot_confirm(self, entry: Entry, judged: list[BatchRow], cases: Cases) -> BadgesError:
        """Every row fails for the deciders' sake, or some changed since the plan: either way nothing is signed."""
        first = next(row for row in judged if row.state == "refused")
        return unmet(entry.definition, cases.outcome(entry.definition, first, ()))


def said_in(row: BatchRow, batch: Batch) -> Word | None:
    """What is known of what this person said: their own word, else the statement for all."""
    if row.word:
        return Word(row.word, row.exceptions["word"]["comment"])
    return Word("agrees") if batch.statement else None


def _statement(actor: Actor, grid: Iterable[Mapping[str, str]], on: date, now: datetime) -> dict[str, str]:
    """Nobody is told on a day to come, nor before the last day of the session what a badge says of it."""
    last = max((item["on"] for item in grid), default="")
    if on > in_paris(now).date():
        raise refusal(Misuse, "future_date", found=on.isoformat())
    if on.isoformat() < last:
        raise refusal(Misuse, "told_too_early", expected=day_in_words(date.fromisoformat(last)), found=day_in_words(on))
    return {"on": on.isoformat(), "by": actor.staff, "at": to_text(now)}


def _unsaid(rows: Iterable[BatchRow]) -> int:
    return sum(row.word is None for row in rows)


def _same_word(one: BatchRow, other: BatchRow) -> bool:
    said = [(row.exceptions.get("word") or {}) for row in (one, other)]
    return bool(said[0]) and [said[0].get(name) for name in _SAID] == [said[1].get(name) for name in _SAID]


def _words_noted(actor: Actor, batch: Batch, before: Iterable[BatchRow], after: Iterable[BatchRow]) -> list[Deed]:
    """A line for each word that is new, about the badge that it will be found with."""
    known = {row.id: row for row in before}
    return [
        Deed(actor.staff, batch.structure, f"batch.{row.word}", row.award)
        for row in after
        if row.word and not (row.id in known and _same_word(known[row.id], row))
    ]


def _looked(register: Register, batch: Batch, row: BatchRow, looks: Iterable[SecondLook]) -> bool:
    """Whether somebody else who can read what this person said, a colleague, has confirmed since."""
    since = row.exceptions.get("word", {}).get("since_look", 0)
    fresh = [look for look in looks if look.confirms and look.number > since]
    return register.count(StaffMember, id=[look.by for look in fresh], structure=batch.structure) > 0


def _counted(rows: Iterable[BatchRow]) -> dict[str, int]:
    counts = Counter(row.state for row in rows)
    return {state: counts[state] for state in ROW_STATES}


_CORRECTED = ("person", "newcomer", "exceptions", "name_in_badge", "state", "problems")
_SAID = ("said", "comment")
_OF_THE_ROW = frozenset(
    ("criterion_unknown", "future_date", "nobody", "person_unknown", "left_out", "person_disagrees")
)
"""Problems that only a correction of the row itself takes away, besides what could not be read in it."""


def _unjudged(row: BatchRow) -> BatchRow:
    """The row before the register was asked about it: with what is wrong in itself, and no more."""
    if row.state == "cancelled":
        return row
    own = tuple(problem for problem in row.problems if problem["code"] in _OF_THE_ROW or "field" in problem)
    if row.person is None and row.newcomer is None and not own:  # whom it was about is erased
        own = _problem("person_unknown")
    return replace(row, state="refused" if own else "ready", problems=own)


def _name_of(row: BatchRow) -> str:
    return plain((row.newcomer or {}).get("name") or "")


def _problem(code: str, found: object = "") -> tuple[dict[str, str], ...]:
    return ({"code": code, "message": problem_sentence(code, found)},)


def _problems(entry: Entry, missing: Iterable[Missing]) -> tuple[dict[str, str], ...]:
    return tuple(told(item, entry.definition) for item in missing)
