"""Leaving: everything that is held about a person in one file, and its erasure.

What goes: name, e-mail, link, code and devices, observations, files and looks at them, the signed files, hosted twins,
choices, shares, requests, letters. What stays (``design.md``, §2, "Words of state"; ``security.md``, §7): for each
award its random id, badge and version, month, Profile, code and digest, none of which names anybody, and the journal,
which knows ids only. A signed file that was handed over goes on verifying: the key and the lists need no person. The
person may also have their badges withdrawn: then the ids stand in the revocation lists for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ...clock import to_text
from ..audit import Deed
from ..desk import Desk, new_id
from ..storage import (
    Afest,
    Answered,
    AuditLine,
    Award,
    AwardFile,
    Batch,
    BatchRow,
    Choice,
    EvidenceFile,
    HolderRequest,
    HostedTwin,
    Jury,
    Message,
    Observation,
    OneTimeLink,
    Person,
    Piece,
    PresentCode,
    Proposal,
    Register,
    Reminder,
    Renewal,
    Revocation,
    SecondLook,
    Share,
    StaffMember,
    Visit,
)
from .cards import Opened
from .erasures import Erasures

GONE_WITH_THE_PERSON: dict[type[Any], str] = {
    Visit: "person",
    PresentCode: "person",
    Share: "person",
    HolderRequest: "person",
    OneTimeLink: "about",
    Observation: "person",
    Message: "person",
    EvidenceFile: "person",
    Piece: "person",
    Afest: "person",
    Jury: "person",
}
"""Records that only make sense with the person, and the field that names them."""
GONE_WITH_THE_AWARD: dict[type[Any], str] = {
    Choice: "award",
    HostedTwin: "award",
    Reminder: "award",
    Renewal: "award",
    AwardFile: "uuid",
}
EXACT_FOR = timedelta(days=2)
"""Until the day's commitment is surely made, the instant of storing stays exact, because it is found by it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did, in numbers and opaque ids: for the page, and for whoever replays it after a restore."""

    people: tuple[str, ...]
    awards: tuple[str, ...]
    withdrawn: bool
    at: datetime


class Leaving:
    """``erasures`` is told of each before it is done, so that a restored backup brings nobody back."""

    def __init__(self, desk: Desk, erasures: Erasures | None = None) -> None:
        self._desk = desk
        self._storage = desk.storage
        self._erasures = erasures

    def erase(self, opened: Opened, *, withdraw: bool = False) -> Erased:
        """Forget these files, all in one transaction. With ``withdraw`` their badges are withdrawn too, for ever."""
        if self._erasures is not None:
            self._erasures.add(opened.ids, withdraw=withdraw, at=self._desk.now())
        return self.erase_people(opened.ids, withdraw=withdraw)

    def erase_people(self, ids: Sequence[str], *, withdraw: bool = False) -> Erased:
        """The same by id: for replaying an erasure on a restored backup. Twice is once."""
        now = self._desk.now()
        with self._storage.reading() as register:
            if not register.list(Person, id=list(ids), erased_at=None):
                return Erased((), (), withdraw, now)
        with self._storage.writing() as register:
            people = register.list(Person, id=list(ids), erased_at=None)
            awards = register.list(Award, person=[person.id for person in people])
            if withdraw:
                self._withdraw(register, awards, now)
            for person in people:
                self._forget(register, person, [award for award in awards if award.person == person.id], now)
            deeds = (Deed("holder", person.structure, "holder.erase", person.id) for person in people)
            self._desk.close(register, now, None, "", *deeds)
        return Erased(tuple(person.id for person in people), tuple(award.uuid for award in awards), withdraw, now)

    def _withdraw(self, register: Register, awards: Iterable[Award], now: datetime) -> None:
        for award in awards:
            if register.find(Revocation, award=award.uuid) is None:
                self._desk.revoke(register, award, "asked_by_holder", "holder", now)
                deed = Deed("holder", award.structure, "revoke.asked_by_holder", award.uuid)
                self._desk.close(register, now, None, "", deed)

    def _forget(self, register: Register, person: Person, awards: list[Award], now: datetime) -> None:
        uuids = [award.uuid for award in awards]
        for kind, field in GONE_WITH_THE_PERSON.items():
            register.remove(kind, **{field: person.id})
        for kind, field in GONE_WITH_THE_AWARD.items():
            register.remove(kind, **{field: uuids})
        proposals = [proposal.id for proposal in register.list(Proposal, person=person.id)]
        register.remove(Answered, result=[person.id, *uuids, *proposals])
        for award in awards:
            register.change(
                award,
                person=None,
                proposal=None,
                batch_row=None,
                issued_on=month_of(award.issued_on),
                expires=award.expires and month_of(award.expires),
                stored_at=month_of(award.stored_at) if now - award.stored_at > EXACT_FOR else award.stored_at,
            )
        register.remove(SecondLook, proposal=proposals)
        register.remove(Proposal, person=person.id)
        forget_rows(register, person.id, uuids)
        register.change_all(StaffMember, {"person": person.id}, person=None)
        register.change(
            person,
            name=None,
            email=None,
            hint="",
            opaque=new_id(),
            secret_digest=None,
            code_hash=None,
            code_by=None,
            collection=None,
            seen_at=None,
            warned_at=None,
            created_at=month_of(person.created_at),
            erased_at=now,
        )

    # -- everything, in one file -------------------------------------------------------------------------------------

    def export(self, opened: Opened) -> dict[str, Any]:
        """All that the register holds about this person, as plain values in a stable order (GDPR, articles 15 and 20).

        Secrets are left out, since a copy of one is a danger: of the link and the code only whether there are.
        """
        ids = list(opened.ids)
        with self._storage.reading() as register:
            awards = register.list(Award, order="issued_on", person=ids)
            uuids = [award.uuid for award in awards]
            files = {file.uuid: file for file in register.list(AwardFile, uuid=uuids)}
            proposals = register.list(Proposal, order="created_at", person=ids)
            looks = register.list(SecondLook, order="number", proposal=[proposal.id for proposal in proposals])
            rows = _rows_about(register, ids, uuids)
            subjects = [*ids, *uuids, *(proposal.id for proposal in proposals), *(row.award for row in rows)]
            journal = register.list(AuditLine, order="number", subject=subjects)
            return {
                "made_at": to_text(self._desk.now()),
                "people": [
                    _plain(person, but=("secret_digest", "code_hash"))
                    | {"has_a_link": person.secret_digest is not None, "has_a_code": person.code_hash is not None}
                    for person in opened.people
                ],
                "awards": [
                    _plain(award)
                    | {"signed": files[award.uuid].token, "facts": files[award.uuid].facts}
                    | {"revocation": _of(register.find(Revocation, award=award.uuid))}
                    for award in awards
                    if award.uuid in files
                ],
                "observations": _all(register.list(Observation, order="on", person=ids), but=("noted_by",)),
                "files": _all(proposals, but=("proposed_by",)),
                "second_looks": _all(looks, but=("by",)),
                "batch_rows": [  # without their problems, which may name the row of somebody else
                    _plain(row, but=("problems",)) | {"said_for_all": _said_for_all(register, row)} for row in rows
                ],
                "choices": _all(register.list(Choice, award=uuids)),
                "hosted": _all(register.list(HostedTwin, award=uuids)),
                "shares": _all(register.list(Share, order="made_at", person=ids), but=("secret",)),
                "requests": _all(register.list(HolderRequest, order="made_at", person=ids), but=("answered_by",)),
                "devices": _all(register.list(Visit, order="opened_at", person=ids), but=("digest",)),
                "journal": [
                    {"at": to_text(line.at), "action": line.action, "subject": line.subject} for line in journal
                ],
            }


def month_of(moment: datetime) -> datetime:
    """The first instant of its month: all that stays of when."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def forget_rows(register: Register, person: str, awards: Iterable[str]) -> None:
    """The lines of batches that were about this person keep that there was one, and what became of it."""
    for row in _rows_about(register, [person], awards):
        state = row.state if row.state in ("done", "refused") else "cancelled"
        register.change(
            row, ref=f"effacé-{row.id}", person=None, newcomer=None, exceptions={}, problems=(), state=state
        )


def _rows_about(register: Register, people: Iterable[str], awards: Iterable[str]) -> tuple[BatchRow, ...]:
    """The lines of batches about these people, whether a badge came of them or not."""
    rows = (*register.list(BatchRow, person=[*people]), *register.list(BatchRow, award=[*awards]))
    return tuple({row.id: row for row in rows}.values())


def _said_for_all(register: Register, row: BatchRow) -> dict[str, str] | None:
    """What the structure said of all who have no word of their own: that they were told what their badge says, and
    agreed."""
    batch = register.find(Batch, id=row.batch)
    said = batch.statement if batch and not row.word else {}
    return {name: said[name] for name in ("on", "at")} if said else None


def _all(records: Iterable[Any], *, but: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [_plain(record, but=but) for record in records]


def _of(record: Any) -> dict[str, Any] | None:
    return None if record is None else _plain(record, but=("by",))


def _plain(record: Any, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """A record as JSON knows values; ``but`` names other people's ids, and secrets."""
    return {name: _value(value) for name, value in asdict(record).items() if name not in but}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    return value.isoformat() if isinstance(value, date) else value
