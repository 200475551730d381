"""The structures of the network, as those who hold it see them: who they are, since when, and no person of theirs.

To open one makes its key and its Profile (the deployment does it, which has the keys), and a place for whoever will
administer it. To close one ends its keys and the places of its staff; what it awarded goes on verifying, and what was
done there stays readable. Recognising it is another decision, taken outside (:mod:`badges.recognition`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import Conflict, Misuse
from .audit import Deed
from .desk import Desk
from .issuer import EMAIL
from .permissions import Caller, require
from .storage import STRUCTURE_KINDS, Award, Profile, Session, StaffMember, Structure, StructureFact
from .wording import refusal

Opens = Callable[..., Structure]
"""A structure with its key and its Profile."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A structure in the list of the network; ``awards`` is how many badges it awarded, ``staff`` who acts for it."""

    structure: Structure
    awards: int
    staff: int


class Network:
    """What is done with structures."""

    def __init__(self, desk: Desk, opens: Opens) -> None:
        self._desk = desk
        self._storage = desk.storage
        self._opens = opens

    def list_structures(self, by: Caller) -> tuple[Listed, ...]:
        """All of them, by name, closed ones last."""
        with self._storage.reading() as register:
            require(self._desk.actor(register, by), "network")
            found = register.list(Structure, order="name")
            awards = register.tally(Award, "structure")
            staff = register.tally(StaffMember, "structure", left_at=None)
        listed = [Listed(one, awards.get((one.id,), 0), staff.get((one.id,), 0)) for one in found]
        return tuple(sorted(listed, key=lambda one: one.structure.closed_at is not None))

    def require_structure(self, by: Caller, structure: str) -> tuple[Listed, tuple[StructureFact, ...]]:
        """One of them, and how it was called since when. Raises :class:`~badges.errors.NotFound`."""
        with self._storage.reading() as register:
            require(self._desk.actor(register, by), "network")
            found = self._desk.require(register, Structure, id=structure)
            facts = register.list(StructureFact, order="since", structure=structure)
            awards = register.count(Award, structure=structure)
            staff = register.count(StaffMember, structure=structure, left_at=None)
        return Listed(found, awards, staff), facts

    def open_structure(
        self, by: Caller, *, name: str, kind: str, department: str, siret: str, url: str, email: str
    ) -> Structure:
        """A structure that can sign, and that nobody recognises yet. Raises :class:`Conflict` when it is there already:
        a SIRET may have several kinds, and each kind once; without a SIRET, the name and the département tell."""
        self._desk.one_of(kind, STRUCTURE_KINDS)
        if not EMAIL.fullmatch(email):
            raise refusal(Misuse, "contact_needed", found=email[:60] or "—")
        with self._storage.reading() as register:
            require(self._desk.actor(register, by), "network")
            same: dict[str, Any] = {"siret": siret} if siret else {"name": name, "department": department}
            if register.list(Structure, kind=kind, closed_at=None, **same):
                raise refusal(Conflict, "structure_known", found=f"{siret or name} ({kind})")
        return self._opens(name=name, kind=kind, department=department, siret=siret, url=url, email=email)

    def close_structure(self, by: Caller, structure: str) -> Structure:
        """It awards no more, from now; what it awarded stays good. Not one's own. Twice is once."""
        now = self._desk.now()
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            require(actor, "network")
            found = self._desk.require(register, Structure, id=structure)
            if structure == actor.structure:
                raise refusal(Misuse, "own_structure")
            if found.closed_at is not None:
                return found
            closed = register.change(found, closed_at=now)
            for profile in register.list(Profile, structure=structure, status="active"):
                register.change(profile, status="retired", since=now)
            for member in register.list(StaffMember, structure=structure, left_at=None):
                register.change(member, left_at=now)
                register.change_all(Session, {"staff": member.id, "ended_at": None}, ended_at=now)
            self._desk.close(register, now, None, "", Deed(actor.staff, structure, "structure.close", structure))
            return closed
