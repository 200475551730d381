"""What supports a file and stays inside: photos, documents, notes. Private to the structure, and not for long.

Who may see the person may see these; nobody else, not even whoever looks again from another structure. They are deleted
three months after the decision they served, or two years after they were added when none came (:meth:`Evidence.purge`);
what remains is a line that says when. A badge never carries them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import Misuse, NotFound
from .audit import Deed
from .desk import Desk, Once, new_id
from .permissions import Actor, Caller, require
from .private_files import kept
from .private_text import holds_a_persons_number
from .storage import Award, EvidenceFile, Person, Piece, Register
from .wording import refusal

KEPT_AFTER_THE_DECISION = timedelta(days=92)
KEPT_WITHOUT_A_DECISION = timedelta(days=730)
MOST_FOR_A_PERSON = 60
LONGEST_CONTEXT = 200


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did: how many were deleted because their badge was decided long ago, or never."""

    decided: int
    undecided: int


class Evidence:
    """The private pieces of one deployment."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    def add(
        self,
        by: Caller,
        *,
        person: str,
        slug: str,
        context: str,
        content: bytes = b"",
        note: str = "",
        once: Once | None = None,
    ) -> Piece:
        """A photo, a PDF, or a note. ``context`` is its one line: what it shows. What is kept of a file was written
        anew (:mod:`.private_files`). Raises :class:`~badges.errors.Misuse`."""
        now = self._desk.now()
        self._desk.catalogue.latest(slug)
        if holds_a_persons_number(context) or holds_a_persons_number(note):
            raise refusal(Misuse, "number_of_a_person")
        if bool(content) == bool(note):
            raise refusal(Misuse, "file_or_note")
        body, media_type = kept(content) if content else (note.encode(), "text/plain")
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, Piece, id=done)
            actor = self._desk.actor(register, by)
            found = self._desk.person(register, actor, "note", person)
            if register.count(Piece, person=person, removed_at=None) >= MOST_FOR_A_PERSON:
                raise refusal(Misuse, "too_many_pieces", most=MOST_FOR_A_PERSON)
            piece = Piece(
                id=new_id(),
                structure=found.structure,
                person=person,
                slug=slug,
                context=context[:LONGEST_CONTEXT],
                media_type=media_type,
                size=len(body),
                digest=hashlib.sha256(body).hexdigest(),
                added_by=actor.staff,
                added_at=now,
            )
            register.add(piece, EvidenceFile(id=piece.id, person=person, content=body))
            self._desk.close(
                register, now, once, piece.id, Deed(actor.staff, found.structure, "evidence.add", piece.id)
            )
            return piece

    def list(self, by: Caller, person: str, slug: str | None = None) -> tuple[Piece, ...]:
        """Those of a person, the removed ones too, oldest first."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            self._desk.person(register, actor, "see", person)
            if slug:
                return register.list(Piece, order="added_at", person=person, slug=slug)
            return register.list(Piece, order="added_at", person=person)

    def read(self, by: Caller, piece: str) -> tuple[Piece, bytes]:
        """The bytes. A line of the journal says who read what. Raises :class:`NotFound`, also once it was removed."""
        now = self._desk.now()
        with self._storage.writing() as register:
            found, actor = self._piece(register, by, piece, "see")
            file = register.find(EvidenceFile, id=piece)
            if file is None:
                raise refusal(NotFound, "unknown")
            self._desk.close(register, now, None, "", Deed(actor.staff, found.structure, "evidence.read", piece))
            return found, file.content

    def remove(self, by: Caller, piece: str) -> Piece:
        """At once, before its time. Twice is once."""
        now = self._desk.now()
        with self._storage.writing() as register:
            found, actor = self._piece(register, by, piece, "note")
            if found.removed_at:
                return found
            removed = self._remove(register, found, now)
            self._desk.close(register, now, None, "", Deed(actor.staff, found.structure, "evidence.remove", piece))
            return removed

    def purge(self, *, dry: bool = False) -> Purged:
        """Delete those whose time has come; ``dry`` only counts them. For a scheduled command: run twice, it deletes
        once."""
        now = self._desk.now()
        decided = undecided = 0
        with self._storage.writing() as register:
            deeds = []
            for piece in register.list(Piece, order="added_at", removed_at=None):
                served = self._decided_at(register, piece)
                if served is not None and served + KEPT_AFTER_THE_DECISION <= now:
                    decided += 1
                elif served is None and piece.added_at + KEPT_WITHOUT_A_DECISION <= now:
                    undecided += 1
                else:
                    continue
                if dry:
                    continue
                self._remove(register, piece, now)
                deeds.append(Deed("retention", piece.structure, "evidence.expire", piece.id))
            if deeds:
                self._desk.close(register, now, None, "", *deeds)
        return Purged(decided, undecided)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _piece(self, register: Register, by: Caller, piece: str, action: str) -> tuple[Piece, Actor]:
        actor = self._desk.actor(register, by)
        found = self._desk.require(register, Piece, id=piece)
        person = self._desk.require(register, Person, id=found.person)
        require(actor, action, structure=found.structure, recipient=person)
        return found, actor

    def _decided_at(self, register: Register, piece: Piece) -> datetime | None:
        """When the badge that this piece supports was first awarded after the piece was added."""
        awards = register.list(Award, order="issued_on", person=piece.person, slug=piece.slug)
        return next((award.issued_on for award in awards if award.issued_on >= piece.added_at), None)

    def _remove(self, register: Register, piece: Piece, now: datetime) -> Piece:
        register.remove(EvidenceFile, id=piece.id)
        return register.change(piece, removed_at=now, context="")
