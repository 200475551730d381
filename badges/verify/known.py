"""What the reader brought, and what was read for them already: shared by all the badges of one :class:`.Verifier`.

Everything here is only ever added to or replaced whole, so threads may share it. What was published is kept for as
long as asking again would bring the same answer, never longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..errors import TrustError
from ..openbadges.model import BadgeClass, Profile, RevocationList
from ..trust import Bundle, CatalogueEntry, RevocationSnapshot, Trusted
from .pictures import Pictures
from .report import Check, Source

if TYPE_CHECKING:
    from ..commitments import Chain


class Published(NamedTuple):
    """A BadgeClass and its Profile as they were read, and for how long reading them again would change nothing."""

    badge_class: BadgeClass
    profile: Profile
    definition: str | None
    sources: tuple[Source, ...]
    since: datetime
    until: datetime


class ReadList(NamedTuple):
    """The same for a revocation list."""

    revocations: RevocationList
    source: Source
    until: datetime | None


REMEMBERED = 4096


@dataclass
class Known:
    """What the reader brought, arranged so that one badge finds its part at once."""

    trusted: Trusted | None
    bundle: Bundle | None
    revocation_max_age: timedelta
    offline: bool
    by_digest: Mapping[str, CatalogueEntry]
    snapshots: Mapping[str, RevocationSnapshot]
    damaged: str = ""

    @classmethod
    def of(cls, trusted: Trusted | None, bundle: Bundle | None, max_age: timedelta, offline: bool) -> Known:
        catalogue = trusted.list.catalogue if trusted else ()
        snapshots = bundle.revocations.values() if bundle else ()
        return cls(
            trusted=trusted,
            bundle=bundle,
            revocation_max_age=max_age,
            offline=offline,
            by_digest={entry.digest: entry for entry in catalogue},
            snapshots={snapshot.issuer: snapshot for snapshot in snapshots},
        )

    def __post_init__(self) -> None:
        trust = self.trusted.list if self.trusted else None
        self.trust_source = (
            Source(f"trust list {trust.version}, {trust.network}", trust.generated_at) if trust else None
        )
        self.pictures = Pictures()
        self.said: dict[tuple[str, ...], Check] = {}
        self.published: dict[str, Published] = {}
        self.read_lists: dict[str, ReadList] = {}
        self._lists: dict[str, RevocationList] = {}

    @cached_property
    def chain(self) -> Chain | None:
        """The dated commitments of the bundle; None when there are none, or none that can be relied upon."""
        if self.bundle is None or not self.bundle.commitments:
            return None
        from ..commitments import Chain

        try:
            return Chain.read(self.bundle.commitments, self.bundle.trusted.list_key)
        except TrustError:
            return None

    def snapshot_list(self, snapshot: RevocationSnapshot) -> RevocationList:
        """The list in a snapshot, read once. Raises :class:`DocumentInvalid`."""
        known = self._lists.get(snapshot.issuer)
        if known is None:
            known = self._lists[snapshot.issuer] = RevocationList.from_json(dict(snapshot.document))
        return known
