"""From the text of a trust list to what may be relied upon: :func:`read_trust`, which gives a :class:`Trusted`."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from badges.errors import SignatureInvalid, TrustError, quoted
from badges.openbadges import jws
from badges.openbadges.jws import PublicKey, load_public_key
from badges.trust.documents import (
    ASK_AGAIN,
    LEEWAY,
    MAX_TRUST,
    Json,
    array_of,
    aware,
    in_words,
    instant_of,
    integer_of,
    key_of,
    malformed,
    normalise_fingerprint,
    require_signature,
    require_type,
    spki_digest,
    strict,
    take_apart,
    text_of,
)
from badges.trust.trust_list import CatalogueEntry, Shard, Structure, TrustedProfile, TrustList, covers, read_structure

MAX_ROTATIONS = 32
MAX_DELEGATION = timedelta(days=400)
ROTATION_GRACE = timedelta(days=1)
"""A batch ends with the key it began with: a retired key's awards are good for one more day."""

_DELEGATE_AGAIN = "Le réseau doit refaire la délégation avec sa clé racine (keys/README.md)."


class Recognition(NamedTuple):
    """``recognised`` is None when this list alone cannot say; ``why`` is a stable code."""

    recognised: bool | None
    why: str


class Seen(NamedTuple):
    """What to remember of the last list believed. Compared in order: a new delegation starts the versions anew, so
    that a thief of the list key who signed version 10¹⁵ does not block the network for ever."""

    delegation: int
    version: int


class Delegation(NamedTuple):
    """The root's word that ``list_key`` may sign lists for a time. ``serial`` grows with each delegation."""

    root_pem: str
    list_key: PublicKey
    serial: int
    valid_from: datetime
    valid_until: datetime


class Rotation(NamedTuple):
    """One statement of a change of root (T6), signed by the old root and by the new."""

    by_old: str
    by_new: str


class Trusted:
    """A list that was checked, with what finds things in it at once. Shared between threads; nothing in it changes."""

    def __init__(self, trust: TrustList, delegation: Delegation, root: str, *, loaded: frozenset[str]) -> None:
        self.list = trust
        self.delegation = delegation
        self.root = root
        """The fingerprint of the root in force: keep this one after a rotation."""
        self._loaded = loaded
        self._by_profile: dict[str, tuple[TrustedProfile, Structure]] = {}
        self._by_key: dict[str, TrustedProfile] = {}
        self._criteria = {(entry.slug, entry.version): entry for entry in trust.catalogue}
        self._keys: dict[str, PublicKey] = {}
        self._index()

    def _index(self) -> None:
        ours = {spki_digest(self.delegation.root_pem), spki_digest(self.delegation.list_key.pem)}
        pems = set()
        count = 0
        for structure in self.list.structures:
            for profile in structure.profiles:
                count += 1
                self._by_profile[profile.id] = (profile, structure)
                self._by_key[profile.key] = profile
                pems.add(spki_digest(profile.pem))
        if not len(self._by_profile) == len(self._by_key) == len(pems) == count:
            raise TrustError(
                "Une clé par profil était attendue ; la même clé a été trouvée deux fois.",
                code="trust_key_roles",
                advice="Donnez à chaque profil une clé à lui : badges keys rotate",
            )
        receipts = {spki_digest(key.pem) for key in self.list.receipts}
        if not len(receipts) == len({key.id for key in self.list.receipts}) == len(self.list.receipts):
            raise TrustError(
                "Des clés de reçus toutes différentes étaient attendues ; la même a été trouvée deux fois.",
                code="trust_key_roles",
                advice="Gardez une seule ligne par clé de reçus.",
            )
        if receipts & (pems | ours):
            raise TrustError(
                "Des clés qui ne servent qu’aux reçus étaient attendues ; la clé d’un profil, de la liste ou de la "
                "racine a été trouvée parmi elles.",
                code="trust_key_roles",
                advice="Donnez aux reçus une clé à eux : badges keys create --purpose receipt",
            )
        if pems & ours:
            raise TrustError(
                "Des clés qui ne servent qu’à délivrer étaient attendues ; la clé racine ou celle de la liste a été "
                "trouvée parmi elles.",
                code="trust_key_roles",
                advice="Donnez à ce profil une clé à lui : badges keys rotate",
            )

    @property
    def list_key(self) -> PublicKey:
        return self.delegation.list_key

    @property
    def seen(self) -> Seen:
        return Seen(self.delegation.serial, self.list.version)

    def is_stale(self, now: datetime) -> bool:
        """Its next update is past: what it says was true, and nobody knows whether it still is."""
        return aware(now) > self.list.next_update + LEEWAY

    def find_profile(self, profile_id: str) -> TrustedProfile | None:
        found = self._by_profile.get(profile_id)
        return found[0] if found else None

    def find_key(self, key_address: str) -> TrustedProfile | None:
        """The Profile whose CryptographicKey is at exactly this address."""
        return self._by_key.get(key_address)

    def structure_of(self, profile: TrustedProfile | str) -> Structure | None:
        found = self._by_profile.get(profile if isinstance(profile, str) else profile.id)
        return found[1] if found else None

    def find_criteria(self, slug: str, version: str) -> CatalogueEntry | None:
        return self._criteria.get((slug, version))

    def public_key(self, profile: TrustedProfile) -> PublicKey:
        """Its key, loaded once. Raises :class:`KeyRefused` for a key too weak to verify with."""
        known = self._keys.get(profile.id)
        if known is None:
            known = self._keys[profile.id] = load_public_key(profile.pem)
        return known

    def receipt_key(self, key_id: str) -> PublicKey | None:
        """The key of that id among those that sign receipts. Raises :class:`KeyRefused` for one too weak."""
        found = next((key for key in self.list.receipts if key.id == key_id), None)
        return load_public_key(found.pem) if found else None

    def recognition(
        self,
        profile: TrustedProfile | str,
        family: str | None,
        on: date | datetime,
        *,
        committed: bool | None = None,
    ) -> Recognition:
        """May this Profile award this family on that day? Staleness is a question of its own.

        ``committed`` says whether the award is in a commitment made before the key was compromised
        (:func:`badges.commitments.committed_before`); it is asked for, by ``commitment_needed``, only then: whoever
        stole a key writes the date of issue they like (K7).

        Codes: ``recognised``; not: ``issuer_unknown``, ``structure_suspended``, ``structure_closed``,
        ``profile_not_yet``, ``profile_ended``, ``key_retired``, ``key_compromised``, ``family_not_stated``,
        ``family_not_allowed``, ``family_not_yet``, ``family_ended``; unknown: ``commitment_needed``, ``shard_missing``.
        """
        profile_id = profile if isinstance(profile, str) else profile.id
        found = self._by_profile.get(profile_id)
        if found is None:
            if self.missing_shard(profile_id):
                return Recognition(None, "shard_missing")
            return Recognition(False, "issuer_unknown")
        known, structure = found
        instant = aware(on) if isinstance(on, datetime) else datetime(on.year, on.month, on.day, tzinfo=UTC)
        day = instant.astimezone(UTC).date()
        if structure.status != "recognised" and structure.since is not None and day >= structure.since:
            return Recognition(False, f"structure_{structure.status}")
        if known.valid_from is not None and day < known.valid_from:
            return Recognition(False, "profile_not_yet")
        if known.valid_until is not None and day > known.valid_until:
            return Recognition(False, "profile_ended")
        family_answer = _family_on(structure, family, day)
        if known.status == "retired" and known.since is not None and instant > known.since + ROTATION_GRACE:
            return Recognition(False, "key_retired")
        if known.status == "compromised" and known.since is not None:
            if instant >= known.since or committed is False:
                return Recognition(False, "key_compromised")
            if committed is None and family_answer == "recognised":
                return Recognition(None, "commitment_needed")
        return Recognition(family_answer == "recognised", family_answer)

    def awardable(self, slug: str, version: str, on: date) -> Recognition:
        """May these criteria be awarded on that day? Propositions only under a list marked ``demo``.

        Codes: ``recognised``, ``criteria_unknown``, ``criteria_not_yet``, ``criteria_retired``,
        ``criteria_proposition``.
        """
        entry = self.find_criteria(slug, version)
        if entry is None:
            return Recognition(False, "criteria_unknown")
        if on < entry.published_on:
            return Recognition(False, "criteria_not_yet")
        if entry.status == "withdrawn" or (entry.retired_on is not None and on >= entry.retired_on):
            return Recognition(False, "criteria_retired")
        if entry.status == "proposition" and not self.list.demo:
            return Recognition(False, "criteria_proposition")
        return Recognition(True, "recognised")

    def missing_shard(self, profile_id: str) -> Shard | None:
        """The part of the list that would hold this Profile and was not given to :meth:`with_shards` yet."""
        address = hashlib.sha256(profile_id.encode()).hexdigest()
        for shard in self.list.shards:
            if address.startswith(shard.prefix) and shard.prefix not in self._loaded:
                return shard
        return None

    def with_shards(self, *texts: str) -> Trusted:
        """The same list with more of its parts.

        Raises :class:`TrustError` (``trust_shard``) for what this list does not pin.
        """
        structures, loaded = list(self.list.structures), set(self._loaded)
        for text in texts:
            shard, data = self._pinned(text)
            if shard.prefix not in loaded:
                structures += _read_shard_of(shard, data)
                loaded.add(shard.prefix)
        if loaded == self._loaded:
            return self
        whole = self.list._replace(structures=tuple(structures))
        return Trusted(whole, self.delegation, self.root, loaded=frozenset(loaded))

    def _pinned(self, text: str) -> tuple[Shard, bytes]:
        data = text.encode("utf-8", "surrogatepass")
        digest = "sha256$" + hashlib.sha256(data).hexdigest()
        for shard in self.list.shards:
            if shard.digest == digest and shard.size == len(data):
                return shard, data
        raise TrustError(
            f"Une partie de cette liste de confiance était attendue ; {digest} a été trouvé.",
            code="trust_shard",
            advice="Téléchargez de nouveau la liste et ses parties : elles vont ensemble.",
        )


def read_trust(
    text: str, root: str, now: datetime, *, seen_version: Seen | None = None, max_size: int = MAX_TRUST
) -> Trusted:
    """The list, if the root we know stands behind it. ``root`` is the fingerprint given once by a way of its own.

    ``seen_version`` is the :attr:`Trusted.seen` of the last list believed. Raises :class:`TrustError`, for the
    reasons and in the order that the module states; :class:`Misuse` for a root that is no fingerprint.
    """
    root, now = normalise_fingerprint(root), aware(now)
    token, document = take_apart(text, "TrustList", max_size)  # 1, 2
    root = _follow_rotations(document, root)  # 3
    delegation = read_delegation(text_of(document, "delegation", longest=jws.MAX_TOKEN), root, now)  # 4
    require_signature(token, delegation.list_key, "TrustList")  # 5
    trust = TrustList.from_json(document)  # 6
    if not delegation.valid_from - LEEWAY <= trust.generated_at <= delegation.valid_until + LEEWAY:
        raise TrustError(
            "Une liste faite pendant le temps de sa délégation était attendue ; une liste du "
            f"{in_words(trust.generated_at)} a été trouvée.",
            code="trust_delegation",
            advice="Le réseau doit signer de nouveau la liste.",
        )
    trusted = Trusted(trust, delegation, root, loaded=frozenset())
    if trust.generated_at > now + LEEWAY:  # 7
        raise TrustError(
            f"Une liste faite avant le {in_words(now)} était attendue ; une liste du {in_words(trust.generated_at)} a "
            "été trouvée.",
            code="trust_future",
            advice="Vérifiez l’heure de cette machine.",
        )
    if seen_version is not None and trusted.seen < seen_version:
        raise TrustError(
            f"Une version d’au moins {seen_version.version}, sous la délégation n° {seen_version.delegation}, était "
            f"attendue ; la version {trust.version}, sous la délégation n° {delegation.serial}, a été trouvée.",
            code="trust_rollback",
            advice="Une liste plus récente a déjà été vue : téléchargez la liste actuelle.",
        )
    return trusted


def read_delegation(text: str, root: str, now: datetime) -> Delegation:
    """The root's word, checked against its fingerprint and the time."""
    token, document = take_apart(text, "TrustDelegation", jws.MAX_TOKEN)
    root_key = key_of(document, "root")
    if normalise_fingerprint(root_key.fingerprint) != normalise_fingerprint(root):
        raise TrustError(
            f"La racine {normalise_fingerprint(root)} était attendue ; "
            f"{normalise_fingerprint(root_key.fingerprint)} a été trouvée.",
            code="trust_root",
            advice="Comparez l’empreinte donnée par le réseau avec celle que vous utilisez.",
        )
    require_signature(token, root_key, "TrustDelegation")
    made = Delegation(
        root_pem=root_key.pem,
        list_key=key_of(document, "list_key"),
        serial=integer_of(document, "serial", least=1),
        valid_from=instant_of(document, "valid_from"),
        valid_until=instant_of(document, "valid_until"),
    )
    if made.list_key == root_key:
        raise TrustError(
            "Une clé de liste autre que la racine était attendue ; la racine a été trouvée.",
            code="trust_key_roles",
            advice="Faites une clé pour la liste : badges keys create --purpose list",
        )
    if not timedelta(0) < made.valid_until - made.valid_from <= MAX_DELEGATION:
        raise TrustError(
            f"Une délégation de {MAX_DELEGATION.days} jours au plus était attendue ; du {in_words(made.valid_from)} au "
            f"{in_words(made.valid_until)} a été trouvé.",
            code="trust_delegation",
            advice=_DELEGATE_AGAIN,
        )
    if now < made.valid_from - LEEWAY:
        raise TrustError(
            f"Une délégation en vigueur était attendue ; une délégation qui commence le {in_words(made.valid_from)} a "
            "été trouvée.",
            code="trust_delegation",
            advice="Vérifiez l’heure de cette machine, ou attendez ce jour.",
        )
    if now > made.valid_until + LEEWAY:
        raise TrustError(
            f"Une délégation en vigueur était attendue ; une délégation finie le {in_words(made.valid_until)} a été "
            "trouvée.",
            code="trust_delegation_expired",
            advice=_DELEGATE_AGAIN,
        )
    return made


def _follow_rotations(document: Json, root: str) -> str:
    """From the root we know to the present one. A link counts only if the old and the new both signed it."""
    links = array_of(document, "rotations", dict, optional=True)
    if len(links) > MAX_ROTATIONS:
        raise TrustError(
            f"Une chaîne de {MAX_ROTATIONS} changements de racine au plus était attendue ; {len(links)} ont été "
            "trouvés.",
            code="trust_rotation",
            advice=ASK_AGAIN,
        )
    for link in links:
        by_old, said = take_apart(text_of(link, "by_old", longest=jws.MAX_TOKEN), "RootRotation", jws.MAX_TOKEN)
        old, new = key_of(said, "old"), key_of(said, "new")
        if normalise_fingerprint(old.fingerprint) != root:
            continue  # a rotation before the root we were given
        by_new, said_again = take_apart(text_of(link, "by_new", longest=jws.MAX_TOKEN), "RootRotation", jws.MAX_TOKEN)
        if said_again != said or old == new:
            raise TrustError(
                "Un changement de racine signé par l’ancienne et la nouvelle était attendu ; deux textes différents "
                "ont été trouvés.",
                code="trust_rotation",
                advice=ASK_AGAIN,
            )
        for token, key in ((by_old, old), (by_new, new)):
            try:
                jws.verify(token, key)
            except SignatureInvalid:
                raise TrustError(
                    "Un changement de racine signé par l’ancienne et la nouvelle était attendu ; une autre signature a "
                    "été trouvée.",
                    code="trust_rotation",
                    advice=ASK_AGAIN,
                ) from None
        root = normalise_fingerprint(new.fingerprint)
    return root


def _read_shard_of(shard: Shard, data: bytes) -> list[Structure]:
    document = strict(data)
    require_type(document, "TrustShard")
    structures = [read_structure(item) for item in array_of(document, "structures", dict)]
    for structure in structures:
        for profile in structure.profiles:
            if not hashlib.sha256(profile.id.encode()).hexdigest().startswith(shard.prefix):
                raise malformed(f"Des profils de la partie {quoted(shard.prefix)} étaient attendus", profile.id)
    return structures


def _family_on(structure: Structure, family: str | None, day: date) -> str:
    if family is None:
        return "family_not_stated"
    rights = [right for right in structure.families if right.family == family]
    if any(covers(right, day) for right in rights):
        return "recognised"
    if not rights:
        return "family_not_allowed"
    started = any(right.valid_from is None or right.valid_from <= day for right in rights)
    return "family_ended" if started else "family_not_yet"
