"""How one award looks to the person who holds it, and to those they show it to. Nothing here names the holder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..catalogue.library import Catalogue, Entry
from ..issuer.issuer import AwardView, Issuer


@dataclass(frozen=True, slots=True)
class HeldBadge:
    """One award as its holder and those they show it to may see it."""

    entry: Entry
    uuid: str
    code: str
    issuer_name: str
    issuer_kind: str
    """The kind of the structure that signed; ``RESEAU`` for the network."""
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


def find_by_code(issuer: Issuer, catalogue: Catalogue, code: str, now: datetime) -> HeldBadge | None:
    """The badge of a code in its canonical spelling, unless its holder hides it."""
    found = issuer.find_award_by_code(code)
    if found is None or issuer.holder.choices.is_shown(found.award.uuid) is False:
        return None
    return next(iter(held(issuer, catalogue, [found], now)), None)


def held(issuer: Issuer, catalogue: Catalogue, views: Iterable[AwardView], now: datetime) -> tuple[HeldBadge, ...]:
    """The badges of these awards, in their order; those whose file was erased are nobody's any more."""
    return tuple(_held(issuer, catalogue, view, now) for view in views if view.kept)


def _held(issuer: Issuer, catalogue: Catalogue, view: AwardView, now: datetime) -> HeldBadge:
    award, revocation = view.award, view.revocation
    speaker = issuer.find_profile(award.profile)
    successor = issuer.find_award(revocation.replaced_by) if revocation and revocation.replaced_by else None
    return HeldBadge(
        entry=catalogue.require(award.slug, award.version),
        uuid=award.uuid,
        code=award.code,
        issuer_name=speaker.structure.name if speaker else "",
        issuer_kind=speaker.structure.kind if speaker else "",
        issued_on=award.issued_on,
        expires=award.expires,
        state=view.state(now),
        withdrawn_at=revocation.at if revocation else None,
        withdrawn_why=revocation.code if revocation else None,
        successor_code=successor.award.code if successor and successor.kept else None,
    )
