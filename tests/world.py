"""One honest world in memory: issuers on the web, with real keys and real signatures. It *is* a fetcher.

Start at :class:`World`. Everything it makes is valid by default; keywords make it interesting. ``world.cut(url)``,
``world.revoke(id)`` and ``world.answer(url, …)`` change what the web answers; nothing is ever patched. It builds
badges from the frozen shape (``docs/decisions/0001``) and imports nothing of ``badges.issuer``: a stranger could.
"""

from __future__ import annotations

import json
import random
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zlib import crc32

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from badges.addresses import Addresses, short_code
from badges.catalogue.definition import canonical, digest
from badges.catalogue.marks import WIDTH, art_digest
from badges.catalogue.picture import PictureTemplate, encode_template
from badges.catalogue.proof import PROOF_TERM, PROOF_TYPE, definition_extension
from badges.catalogue.record import Record
from badges.catalogue.strip import SHADES
from badges.clock import FixedClock, to_text
from badges.commitments import commit, token_digest
from badges.errors import FetchError
from badges.openbadges import jws, svg
from badges.openbadges.identity import hash_identity
from badges.trust import (
    Bundle,
    CatalogueEntry,
    Facts,
    FamilyRight,
    RevocationSnapshot,
    Structure,
    Trusted,
    TrustedProfile,
    TrustList,
    read_bundle,
    read_trust,
    sign_bundle,
    sign_delegation,
    sign_trust,
)
from badges.verify.fetcher import Fetched
from badges.verify.verifier import Policy, Verifier

from .catalogue.builders import a_definition_json, a_record

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EMAIL = "amina@example.org"
CONTEXT = "https://w3id.org/openbadges/v2"


@dataclass(frozen=True)
class Key:
    """A private key in memory that signs: the ``Signer`` of the keyring, without the keyring."""

    algorithm: str
    private: Any = field(repr=False)
    key_id: str = "key"

    def sign(self, data: bytes) -> bytes:
        return jws.signing_algorithm(self.algorithm).sign(data, self.private)

    @property
    def public_pem(self) -> str:
        return jws.public_key(self.private.public_key()).pem


@cache
def a_key(name: str, algorithm: str = "EdDSA", bits: int = 2048) -> Key:
    """The same key each time it is asked for; another ``name`` is another key."""
    make: dict[str, Callable[[], Any]] = {
        "RS256": lambda: rsa.generate_private_key(65537, bits),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }
    return Key(algorithm, make[algorithm](), name)


@cache
def a_template(seed: int = 1, height: int = 600) -> bytes:
    """An art of about 60 kB: what matters is its size, and that another seed is another art."""
    noise = random.Random(seed)
    half = WIDTH // 2
    rows = b"".join(noise.randbytes(72) + bytes(half - 72) for _ in range(height))
    palette = [*SHADES, *[(noise.randrange(256), noise.randrange(256), 90) for _ in range(16 - len(SHADES))]]
    return encode_template(palette, rows, height)


@cache
def _template(prefix: str, seed: int) -> PictureTemplate:
    return PictureTemplate.from_png(a_template(seed), prefix)


@dataclass
class Issuer:
    """A Profile, its key and its one badge on the web; ``world.publish`` puts them there."""

    addresses: Addresses
    profile_id: str
    key: Key
    definition: str
    slug: str
    version: str
    revoked: list[Any] = field(default_factory=lambda: ["urn:uuid:00000000-0000-4000-8000-000000000000"])

    @property
    def profile(self) -> str:
        return self.addresses.profile(self.profile_id)

    @property
    def key_address(self) -> str:
        return self.addresses.key(self.profile_id)

    @property
    def badge(self) -> str:
        return self.addresses.badge_class(self.profile_id, self.slug, self.version)

    @property
    def revocations(self) -> str:
        return self.addresses.revocations(self.profile_id)

    @property
    def image(self) -> str:
        return self.addresses.badge_image(self.slug, self.version)

    def documents(self) -> dict[str, dict[str, Any]]:
        return {
            self.profile: {
                "@context": CONTEXT,
                "type": "Issuer",
                "id": self.profile,
                "name": f"ACI {self.profile_id}",
                "url": "https://aci.test/",
                "email": "contact@aci.test",
                "publicKey": self.key_address,
                "revocationList": self.revocations,
            },
            self.key_address: {
                "@context": CONTEXT,
                "type": "CryptographicKey",
                "id": self.key_address,
                "owner": self.profile,
                "publicKeyPem": self.key.public_pem,
            },
            self.badge: {
                "@context": CONTEXT,
                "type": "BadgeClass",
                "id": self.badge,
                "name": "Préparer le sol et planter",
                "description": "La personne prépare une planche de culture.",
                "image": self.image,
                "criteria": {"id": self.addresses.criteria(self.slug, self.version), "narrative": "Voir la page."},
                "issuer": self.profile,
                "extensions:criteriaDefinition": definition_extension(self.definition, self.addresses.proof_context()),
            },
            self.revocations: {
                "@context": CONTEXT,
                "type": "RevocationList",
                "id": self.revocations,
                "issuer": self.profile,
                "revokedAssertions": self.revoked,
            },
        }


@dataclass(frozen=True)
class Badge:
    """One award as its holder keeps it."""

    document: dict[str, Any]
    token: str
    world: World = field(repr=False)

    @property
    def id(self) -> str:
        return str(self.document["id"])

    def png(self, *, art: int = 1, code: str | None = None) -> bytes:
        prefix = self.world.addresses.short_prefix()
        return _template(prefix, art).bake(self.token, code or short_code(self.id))

    def svg(self) -> bytes:
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="3"/></svg>'
        return svg.bake(drawing, self.token)

    def json(self) -> bytes:
        return json.dumps(self.document, ensure_ascii=False).encode()


class World:
    """A network that recognises one structure, and a stranger that nobody recognises."""

    def __init__(
        self, *, host: str = "https://badges.test", now: datetime = NOW, algorithm: str = "RS256", bits: int = 2048
    ) -> None:
        self.now = now
        self.addresses = Addresses(host)
        self.root, self.list_key = a_key("root"), a_key("list")
        definition = a_definition_json(version="1.0.0")
        self.definition = canonical(definition)
        self.issuer = Issuer(
            self.addresses,
            "jardins",
            a_key("issuer", algorithm, bits),
            self.definition,
            str(definition["slug"]),
            "1.0.0",
        )
        self.stranger = replace(
            self.issuer,
            addresses=Addresses("https://ailleurs.test"),
            profile_id="inconnue",
            key=a_key("stranger", "ES256"),
            revoked=["urn:uuid:00000000-0000-4000-8000-000000000000"],
        )
        self.fetched: list[str] = []
        self._web: dict[str, Fetched | None] = {}
        self._versions = 0
        self.publish(self.issuer)
        self.publish(self.stranger)

    # -- the web -------------------------------------------------------------------------------------------------

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        """The fetcher: what is published, unless it was cut or answers otherwise."""
        self.fetched.append(url)
        answer = self._web.get(url, Fetched(url, 404, "text/plain", b"", self.now))
        if answer is None:
            raise FetchError(f"expected {url} to answer, found silence", code="fetch_timeout")
        if len(answer.body) > max_bytes:
            raise FetchError(f"expected at most {max_bytes} bytes, found more", code="fetch_too_large")
        return answer

    def publish(self, issuer: Issuer) -> None:
        for url, document in issuer.documents().items():
            self.answer(url, document)
        self.answer(issuer.image, a_template(), content_type="image/png")

    def answer(
        self,
        url: str,
        body: Any = b"",
        *,
        status: int = 200,
        content_type: str = "application/ld+json",
        fetched_at: datetime | None = None,
    ) -> None:
        """From now on ``url`` answers this: bytes, or anything as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self._web[url] = Fetched(url, status, content_type, data, fetched_at or self.now)

    def change(self, url: str, **members: Any) -> None:
        """The document at ``url`` with other members; None takes one away."""
        answer = self._web[url]
        assert answer is not None
        document = json.loads(answer.body) | members
        self.answer(url, {name: value for name, value in document.items() if value is not None})

    def cut(self, *urls: str) -> None:
        """These addresses no longer answer; all of them, when none is named."""
        for url in urls or tuple(self._web):
            self._web[url] = None

    def revoke(self, entry: Any, reason: str = "", issuer: Issuer | None = None) -> None:
        """``entry`` is an id, or a line of the list as it should stand there."""
        issuer = issuer or self.issuer
        issuer.revoked.append({"id": entry, "revocationReason": reason} if reason else entry)
        self.answer(issuer.revocations, issuer.documents()[issuer.revocations])

    # -- awards --------------------------------------------------------------------------------------------------

    def record(self, **changes: Any) -> Record:
        return a_record(**changes)

    def award(
        self,
        *,
        issuer: Issuer | None = None,
        record: Record | None = None,
        proof: dict[str, Any] | None = None,
        definition: str | None = None,
        key: Key | None = None,
        email: str | None = EMAIL,
        payload: bytes | None = None,
        **members: Any,
    ) -> Badge:
        """A badge that is right in every way, but for what is asked. ``members`` are the Assertion's; None omits."""
        issuer = issuer or self.issuer
        document = self.assertion(issuer, record or self.record(), definition or issuer.definition, email)
        if proof is not None:
            document[PROOF_TERM] |= proof
        document |= members
        document = {name: value for name, value in document.items() if value is not None}
        data = (
            payload if payload is not None else json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        )
        return Badge(document, jws.sign(data, key or issuer.key), self)

    def assertion(self, issuer: Issuer, record: Record, definition: str, email: str | None) -> dict[str, Any]:
        salt = uuid.uuid4().hex
        identity = email or issuer.addresses.recipient(uuid.uuid4().hex)
        return {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": f"urn:uuid:{uuid.uuid4()}",
            "recipient": {
                "type": "email" if email else "url",
                "hashed": True,
                "salt": salt,
                "identity": hash_identity(identity, salt),
            },
            "badge": issuer.badge,
            "verification": {"type": "SignedBadge", "creator": issuer.key_address},
            "issuedOn": to_text(self.now - DAY),
            "narrative": "Deux critères essentiels observés sur deux jours.",
            "evidence": [{"type": "Evidence", "name": "Grille d’observation", "narrative": "Vu sur le chantier."}],
            PROOF_TERM: {
                "@context": issuer.addresses.proof_context(),
                "type": ["Extension", PROOF_TYPE],
                "definition": definition,
                "record": record.to_json(),
            },
        }

    def hosted(self, *, issuer: Issuer | None = None, at: str | None = None, **members: Any) -> Badge:
        """The same award as a hosted badge, published at its id."""
        issuer = issuer or self.issuer
        address = at or issuer.addresses.assertion(str(uuid.uuid4()))
        badge = self.award(issuer=issuer, id=address, verification={"type": "HostedBadge"}, **members)
        self.answer(address, badge.document)
        return badge

    # -- trust ---------------------------------------------------------------------------------------------------

    @property
    def root_fingerprint(self) -> str:
        return jws.load_public_key(self.root.public_pem).fingerprint

    def trusted_profile(self, **changes: Any) -> TrustedProfile:
        issuer = self.issuer
        profile = TrustedProfile(issuer.profile, issuer.key_address, issuer.key.public_pem, f"{issuer.profile}/badges/")
        return profile._replace(**changes)

    def structure(self, *profiles: TrustedProfile, **changes: Any) -> Structure:
        structure = Structure(
            "jardins",
            "Les Jardins de la Loire",
            (Facts("ACI", "44", "12345678900012"),),
            families=(FamilyRight("techniques", date(2026, 1, 1)),),
            profiles=profiles or (self.trusted_profile(),),
        )
        return structure._replace(**changes)

    def entry(self, **changes: Any) -> CatalogueEntry:
        entry = CatalogueEntry(
            self.issuer.slug,
            self.issuer.version,
            digest(self.definition),
            "techniques",
            "adopted",
            date(2026, 1, 5),
            picture=art_digest(a_template()) or "",
        )
        return entry._replace(**changes)

    def trust_text(self, *structures: Structure, age: timedelta = timedelta(0), **changes: Any) -> str:
        made = self.now - age
        self._versions += 1
        trust = TrustList(
            self._versions,
            made,
            made + 7 * DAY,
            "Réseau d’essai",
            structures=structures or (self.structure(),),
            catalogue=(self.entry(),),
        )
        delegation = sign_delegation(
            self.root, self.list_key.public_pem, serial=1, valid_from=made - 30 * DAY, valid_until=made + 300 * DAY
        )
        return sign_trust(trust._replace(**changes), self.list_key, delegation)

    def trust(self, *structures: Structure, age: timedelta = timedelta(0), **changes: Any) -> Trusted:
        return read_trust(self.trust_text(*structures, age=age, **changes), self.root_fingerprint, self.now)

    def bundle_text(
        self,
        *structures: Structure,
        age: timedelta = timedelta(0),
        commitments: Iterable[str] = (),
        snapshots: bool = True,
        **changes: Any,
    ) -> str:
        made, issuer = self.now - age, self.issuer
        snapshot = RevocationSnapshot(
            issuer.revocations, issuer.profile, made, made + 7 * DAY, issuer.documents()[issuer.revocations]
        )
        return sign_bundle(
            self.trust_text(*structures, age=age, **changes),
            self.list_key,
            generated_at=made,
            next_update=made + 7 * DAY,
            revocations=[snapshot] if snapshots else [],
            commitments=tuple(commitments),
        )

    def bundle(self, *structures: Structure, **changes: Any) -> Bundle:
        return read_bundle(self.bundle_text(*structures, **changes), self.root_fingerprint, self.now)

    def commitments(self, *days: tuple[datetime, Iterable[Badge]]) -> list[str]:
        """One commitment for each of these days, oldest first."""
        texts: list[str] = []
        for at, badges in days:
            digests = [token_digest(badge.token) for badge in badges]
            texts.append(commit(digests, texts[-1] if texts else None, at, self.list_key))
        return texts

    def policy(self, *, trust: Trusted | str | None = "ours", **changes: Any) -> Policy:
        return Policy(self.trust() if isinstance(trust, str) else trust, **changes)

    def verifier(self, **policy: Any) -> Verifier:
        """A verifier of somebody who trusts this network, unless told otherwise."""
        return Verifier(self, FixedClock(self.now), self.policy(**policy))


# -- damage ------------------------------------------------------------------------------------------------------


def with_token_byte_changed(png: bytes, token: str, *, repair: bool) -> bytes:
    """One character of the token inside a picture changed, the CRC of its chunk made right again or not."""
    at = png.index(token.encode()) + token.index(".") + 40
    changed = bytearray(png)
    changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
    if repair:
        start = png.index(b"iTXt")
        length = int.from_bytes(png[start - 4 : start], "big")
        changed[start + 4 + length : start + 8 + length] = crc32(changed[start : start + 4 + length]).to_bytes(4, "big")
    return bytes(changed)


def with_picture_byte_changed(png: bytes) -> bytes:
    """One byte in the middle of the art changed."""
    changed = bytearray(png)
    changed[len(png) // 2] ^= 1
    return bytes(changed)


def with_signature_changed(token: str) -> str:
    """The same token under another signature of the same length."""
    said, _, signature = token.rpartition(".")
    raw = bytearray(urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    raw[7] ^= 1
    return f"{said}.{urlsafe_b64encode(raw).decode().rstrip('=')}"
