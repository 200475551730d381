"""One file that verifies badges without a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from badges.errors import TrustError, quoted
from badges.trust.documents import (
    LEEWAY,
    MAX_TRUST,
    Json,
    array_of,
    aware,
    in_words,
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

_BUNDLE_AGAIN = "Téléchargez de nouveau le paquet, en entier."


class RevocationSnapshot(NamedTuple):
    """A revocation list as it was: ``document`` is the RevocationList that Open Badges 2.0 describes."""

    id: str
    issuer: str
    generated_at: datetime
    next_update: datetime
    document: Json

    def is_stale(self, now: datetime) -> bool:
        return aware(now) > self.next_update + LEEWAY


class Bundle(NamedTuple):
    """One file that verifies badges without a network. ``commitments`` are for :mod:`badges.commitments`."""

    trusted: Trusted
    generated_at: datetime
    next_update: datetime
    revocations: Mapping[str, RevocationSnapshot]
    """By the address of the list."""
    commitments: tuple[str, ...]

    def is_stale(self, now: datetime) -> bool:
        return aware(now) > self.next_update + LEEWAY or self.trusted.is_stale(now)


def list_inside(text: str) -> str:
    """The signed list of a bundle that :func:`read_bundle` has believed."""
    _, document = take_apart(text, "Bundle", MAX_BUNDLE)
    return text_of(document, "trust", longest=MAX_TRUST)


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
            f"Un paquet fait avant le {in_words(now)} était attendu ; celui-ci, du {in_words(generated_at)}, a été "
            "trouvé.",
            code="trust_future",
            advice="Vérifiez l’heure de cette machine.",
        )
    if generated_at < trusted.list.generated_at:
        raise TrustError(
            "Une liste plus ancienne que son paquet était attendue ; une plus récente a été trouvée.",
            code="bundle_mixed",
            advice=_BUNDLE_AGAIN,
        )
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
            raise malformed("Chaque liste de retraits était attendue une fois", f"deux fois {snapshot.id}")
        revocations[snapshot.id] = snapshot
    return Bundle(trusted, generated_at, next_update, revocations, tuple(array_of(document, "commitments", str)))


def _require_of_one_piece(snapshot: RevocationSnapshot, trusted: Trusted, made: datetime) -> None:
    profile = trusted.find_profile(snapshot.issuer)
    entries = snapshot.document.get("revokedAssertions")
    if profile is None or snapshot.document.get("id") != snapshot.id or not isinstance(entries, list):
        raise TrustError(
            f"La liste de retraits {quoted(snapshot.id, 200)} d’un émetteur de la liste était attendue ; un autre "
            "document a été trouvé.",
            code="bundle_mixed",
            advice=_BUNDLE_AGAIN,
        )
    if snapshot.document.get("issuer") not in (snapshot.issuer, {"id": snapshot.issuer}):
        raise TrustError(
            f"La liste de retraits de {quoted(snapshot.issuer, 200)} était attendue ; celle d’un autre a été trouvée.",
            code="bundle_mixed",
            advice=_BUNDLE_AGAIN,
        )
    if len(entries) < profile.revocations_at_least or snapshot.generated_at > made:
        raise TrustError(
            f"Une liste de retraits d’au moins {profile.revocations_at_least} lignes, pas plus récente que son paquet, "
            f"était attendue ; {len(entries)} lignes, du {in_words(snapshot.generated_at)}, ont été trouvées.",
            code="bundle_mixed",
            advice=_BUNDLE_AGAIN,
        )
