"""What the person's room reads from the issuer, and how one award looks to the person who holds it. It writes nothing.

:class:`Shelf` is the part of :class:`~badges.issuer.issuer.Issuer` that this room may use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..catalogue.library import Catalogue, Entry
from ..issuer.issuer import AwardView, IssuerProfile
from ..issuer.storage import Person


class Shelf(Protocol):
    """Six questions. An unknown secret, an erased person and a code never given are the same answer: None."""

    def find_person_by_secret(self, secret: str) -> Person | None: ...

    def awards_of(self, person: str) -> tuple[AwardView, ...]: ...

    def find_award(self, uuid: str) -> AwardView | None: ...

    def find_award_by_code(self, code: str) -> AwardView | None: ...

    def find_profile(self, profile: str) -> IssuerProfile | None: ...

    def require_token(self, uuid: str) -> str:
        """The signed badge, the same bytes each time. Raises :class:`~badges.errors.NotFound`."""


@dataclass(frozen=True, slots=True)
class HeldBadge:
    """One award as its holder and those they show it to may see it. Nothing here names the holder."""

    entry: Entry
    uuid: str
    code: str
    issuer_name: str
    issued_on: datetime
    expires: datetime | None
    state: str
    """``valid``, ``expired``, ``revoked`` or ``replaced``."""
    withdrawn_at: datetime | None
    withdrawn_why: str | None
    successor_code: str | None

    @property
    def title(self) -> str:
        return self.entry.definition.title


def find_by_code(shelf: Shelf, catalogue: Catalogue, code: str, now: datetime) -> HeldBadge | None:
    """The badge of a code in its canonical spelling: all that anybody holding the code may know of it."""
    found = shelf.find_award_by_code(code)
    return next(iter(held(shelf, catalogue, [found] if found else [], now)), None)


def held(shelf: Shelf, catalogue: Catalogue, views: Iterable[AwardView], now: datetime) -> tuple[HeldBadge, ...]:
    """The badges of these awards, in their order; those whose file was erased are nobody's any more."""
    return tuple(_held(shelf, catalogue, view, now) for view in views if view.kept)


def _held(shelf: Shelf, catalogue: Catalogue, view: AwardView, now: datetime) -> HeldBadge:
    award, revocation = view.award, view.revocation
    issuer = shelf.find_profile(award.profile)
    successor = shelf.find_award(revocation.replaced_by) if revocation and revocation.replaced_by else None
    return HeldBadge(
        entry=catalogue.require(award.slug, award.version),
        uuid=award.uuid,
        code=award.code,
        issuer_name=issuer.structure.name if issuer else "",
        issued_on=award.issued_on,
        expires=award.expires,
        state=view.state(now),
        withdrawn_at=revocation.at if revocation else None,
        withdrawn_why=revocation.code if revocation else None,
        successor_code=successor.award.code if successor and successor.kept else None,
    )
