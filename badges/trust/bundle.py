"""One file that verifies badges without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from badges.clock import to_text
from badges.errors import TrustError
from badges.trust.documents import (
    LEEWAY,
    MAX_TRUST,
    Json,
    array_of,
    aware,
    instant_of,
    malformed,
    object_of,
    require_lifetime,
    require_signature,
    take_apart,
    text_of,
)
from badges.trust.trusted import Seen, Trusted, read_trust

MAX_BUNDLE = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RevocationSnapshot:
    """A revocation list as it was: ``document`` is the RevocationList that Open Badges 2.0 describes."""

    id: str
    issuer: str
    generated_at: datetime
    next_update: datetime
    document: Json

    def is_stale(self, now: datetime) -> bool:
        return aware(now) > self.next_update + LEEWAY


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file that verifies badges without a network. ``commitments`` are for :mod:`badges.commitments`."""

    trusted: Trusted
    generated_at: datetime
    next_update: datetime
    revocations: Mapping[str, RevocationSnapshot]
    """By the address of the list."""
    commitments: tuple[str, ...]

    def is_stale(self, now: datetime) -> bool:
        return aware(now) > self.next_update + LEEWAY or self.trusted.is_stale(now)


def read_bundle(text: str, root: str, now: datetime, *, seen_version: Seen | None = None) -> Bundle:
    """The bundle and the list inside it, if the key that this list stands under signed both.

    Raises what :func:`read_trust` raises, and :class:`TrustError` ``bundle_mixed`` for parts that do not belong
    together: taken from different days, or older than the list says they are (T5).
    """
    now = aware(now)
    token, document = take_apart(text, "Bundle", MAX_BUNDLE)
    trusted = read_trust(
        text_of(document, "trust", longest=MAX_TRUST), root, now, seen_version=seen_version, max_size=MAX_TRUST
    )
    require_signature(token, trusted.list_key, "Bundle")
    trusted = trusted.with_shards(*array_of(document, "shards", str, optional=True))
    generated_at, next_update = instant_of(document, "generated_at"), instant_of(document, "next_update")
    require_lifetime(generated_at, next_update)
    if generated_at > now + LEEWAY:
        raise TrustError(
            f"expected a bundle made before {to_text(now)}, found one of {to_text(generated_at)}",
            code="trust_future",
        )
    if generated_at < trusted.list.generated_at:
        raise TrustError("expected a list older than its bundle, found a newer one", code="bundle_mixed")
    revocations = {}
    for item in array_of(document, "revocations", dict):
        snapshot = RevocationSnapshot(
            id=text_of(item, "id", longest=2000),
            issuer=text_of(item, "issuer", longest=2000),
            generated_at=instant_of(item, "generated_at"),
            next_update=instant_of(item, "next_update"),
            document=object_of(item, "document"),
        )
        require_lifetime(snapshot.generated_at, snapshot.next_update)
        _require_of_one_piece(snapshot, trusted, generated_at)
        if snapshot.id in revocations:
            raise malformed("each revocation list once", f"{snapshot.id} twice")
        revocations[snapshot.id] = snapshot
    return Bundle(trusted, generated_at, next_update, revocations, tuple(array_of(document, "commitments", str)))


def _require_of_one_piece(snapshot: RevocationSnapshot, trusted: Trusted, made: datetime) -> None:
    profile = trusted.find_profile(snapshot.issuer)
    entries = snapshot.document.get("revokedAssertions")
    if profile is None or snapshot.document.get("id") != snapshot.id or not isinstance(entries, list):
        raise TrustError(
            f"expected the RevocationList {snapshot.id} of an issuer of the list, found another document",
            code="bundle_mixed",
        )
    if snapshot.document.get("issuer") not in (snapshot.issuer, {"id": snapshot.issuer}):
        raise TrustError(f"expected the revocation list of {snapshot.issuer}, found another's", code="bundle_mixed")
    if len(entries) < profile.revocations_at_least or snapshot.generated_at > made:
        raise TrustError(
            f"expected at least {profile.revocations_at_least} entries in {snapshot.id}, no newer than its bundle, "
            f"found {len(entries)}",
            code="bundle_mixed",
        )
