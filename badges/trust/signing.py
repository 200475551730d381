"""How the network makes what :mod:`.trusted` and :mod:`.bundle` read. Everything signed here is read back first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from badges.clock import to_text
from badges.errors import TrustError, quoted
from badges.openbadges import jws
from badges.openbadges.jws import load_public_key
from badges.trust.bundle import MAX_BUNDLE, RevocationSnapshot, read_bundle
from badges.trust.documents import (
    MAX_TRUST,
    compact,
    key_of,
    normalise_fingerprint,
    sign_document,
    take_apart,
    text_of,
)
from badges.trust.trust_list import Shard, Structure, TrustedProfile, TrustList, structure_to_json
from badges.trust.trusted import Rotation, read_delegation, read_trust

if TYPE_CHECKING:
    from badges.keyring import Signer


def sign_delegation(root: Signer, list_pem: str, *, serial: int, valid_from: datetime, valid_until: datetime) -> str:
    """The root's one regular act (``keys/README.md``). What is returned was read back and found good."""
    text = sign_document(
        "TrustDelegation",
        {
            "root": root.public_pem,
            "list_key": list_pem,
            "serial": serial,
            "valid_from": to_text(valid_from),
            "valid_until": to_text(valid_until),
        },
        root,
    )
    read_delegation(text, load_public_key(root.public_pem).fingerprint, valid_from)
    return text


def sign_rotation(old: Signer, new: Signer, *, on: datetime) -> Rotation:
    """The old and the new root say together that the one follows the other."""
    said = {"old": old.public_pem, "new": new.public_pem, "on": to_text(on)}
    return Rotation(sign_document("RootRotation", said, old), sign_document("RootRotation", said, new))


def sign_trust(trust: TrustList, signer: Signer, delegation: str, rotations: Iterable[Rotation] = ()) -> str:
    """The signed list. Nothing is returned that :func:`read_trust` would refuse at the moment it is made.

    Raises :class:`TrustError` or :class:`KeyRefused` for a list that says what a list may not say, a key in it that
    cannot be used, or a signer that is not the delegated key.
    """
    _, said = take_apart(delegation, "TrustDelegation", jws.MAX_TOKEN)
    delegated = key_of(said, "list_key")
    if load_public_key(signer.public_pem) != delegated:
        raise TrustError(
            f"La clé de liste {normalise_fingerprint(delegated.fingerprint)}, que la racine a déléguée, était "
            f"attendue ; une autre, {quoted(signer.key_id)}, a été trouvée.",
            code="trust_signature",
            advice="Faites signer par la racine une délégation pour cette clé : badges trust delegate",
        )
    members = trust.to_json() | {
        "delegation": delegation,
        "rotations": [rotation._asdict() for rotation in rotations],
    }
    text = sign_document("TrustList", members, signer, max_size=MAX_TRUST)
    root = normalise_fingerprint(key_of(said, "root").fingerprint)
    trusted = read_trust(text, root, trust.generated_at)
    for structure in trusted.list.structures:
        for profile in structure.profiles:
            load_public_key(profile.pem)
    return text


def sign_bundle(
    trust: str,
    signer: Signer,
    *,
    generated_at: datetime,
    next_update: datetime,
    revocations: Sequence[RevocationSnapshot] = (),
    commitments: Sequence[str] = (),
    shards: Sequence[str] = (),
) -> str:
    """The signed bundle, read back and found of one piece."""
    text = sign_document(
        "Bundle",
        {
            "generated_at": to_text(generated_at),
            "next_update": to_text(next_update),
            "trust": trust,
            "revocations": [
                {
                    "id": snapshot.id,
                    "issuer": snapshot.issuer,
                    "generated_at": to_text(snapshot.generated_at),
                    "next_update": to_text(snapshot.next_update),
                    "document": snapshot.document,
                }
                for snapshot in revocations
            ],
            "commitments": list(commitments),
            "shards": list(shards),
        },
        signer,
        max_size=MAX_BUNDLE,
    )
    _, document = take_apart(trust, "TrustList", MAX_TRUST)
    _, said = take_apart(text_of(document, "delegation", longest=jws.MAX_TOKEN), "TrustDelegation", jws.MAX_TOKEN)
    read_bundle(text, key_of(said, "root").fingerprint, generated_at)
    return text


def shard_out(trust: TrustList, digits: int = 1) -> tuple[TrustList, dict[str, str]]:
    """A list too long for one document, as a short list and its parts by digest (16 of them, or 256).

    Twenty thousand RSA keys do not fit in 5 MiB, however written. A verifier needs the short list and one part.
    """
    parts: dict[str, list[Structure]] = {}
    for structure in trust.structures:
        places: dict[str, list[TrustedProfile]] = {}
        for profile in structure.profiles:
            address = hashlib.sha256(profile.id.encode()).hexdigest()
            places.setdefault(address[:digits], []).append(profile)
        for prefix, profiles in places.items():
            parts.setdefault(prefix, []).append(structure._replace(profiles=tuple(profiles)))
    shards, texts = [], {}
    for prefix, structures in sorted(parts.items()):
        text = compact(
            {"type": "TrustShard", "structures": [structure_to_json(structure) for structure in structures]}
        ).decode()
        digest = "sha256$" + hashlib.sha256(text.encode()).hexdigest()
        shards.append(Shard(prefix, digest, len(text.encode())))
        texts[digest] = text
    return trust._replace(structures=(), shards=tuple(shards)), texts
