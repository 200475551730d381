"""The second opinions themselves work: each is shown one sound badge made here by hand, and one that is not."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from badges.addresses import Addresses
from badges.catalogue.definition import canonical
from badges.catalogue.proof import CriteriaProof, definition_extension
from badges.catalogue.vocabulary import published
from badges.openbadges import png, svg
from tests.catalogue.builders import a_definition_json, a_record
from tests.second_opinions import (
    Document,
    bakery,
    needs_bakery,
    needs_openbadgeslib,
    needs_reference_validator,
    openbadgeslib,
    reference_validator,
)

HOST = "https://badges.example.org"
ASSERTION: dict[str, Any] = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c11",
    "recipient": {
        "type": "email",
        "hashed": True,
        "salt": "deadsea",
        "identity": "sha256$c8d32d06746899d78eefe21857f5f8327c15f5f4fe7999d42c5c65fcd71e050e",
    },
    "badge": f"{HOST}/issuers/i1/badges/planter/0.1.0",
    "verification": {"type": "SignedBadge", "creator": f"{HOST}/issuers/i1/key"},
    "issuedOn": "2026-01-20T10:00:00Z",
    "narrative": "A planté.",
    "evidence": [{"type": "Evidence", "name": "Observation", "narrative": "Vu en octobre", "genre": "OBS"}],
}


@dataclass
class SmallWorld:
    """One issuer with one badge, signed and published without any code of the product."""

    public_pem: str
    key: rsa.RSAPrivateKey

    def documents(self, *revoked: str, badge_class: dict[str, Any] | None = None) -> dict[str, Document]:
        """All that is on the web: ``badge_class`` adds to the BadgeClass, ``revoked`` is the list of that name."""
        issuer = f"{HOST}/issuers/i1"
        context = {"@context": "https://w3id.org/openbadges/v2"}
        written: list[dict[str, Any]] = [
            context
            | {
                "type": "BadgeClass",
                "id": ASSERTION["badge"],
                "name": "Planter",
                "description": "Planter des légumes",
                "image": f"{HOST}/art.png",
                "criteria": {"narrative": "Plante droit."},
                "issuer": issuer,
            }
            | (badge_class or {}),
            context
            | {
                "type": "Profile",
                "id": issuer,
                "name": "Les Jardins",
                "url": HOST,
                "email": "contact@example.org",
                "publicKey": f"{issuer}/key",
                "revocationList": f"{issuer}/revocations",
            },
            context
            | {
                "type": "CryptographicKey",
                "id": f"{issuer}/key",
                "owner": issuer,
                "publicKeyPem": self.public_pem,
            },
            context
            | {
                "type": "RevocationList",
                "id": f"{issuer}/revocations",
                "issuer": issuer,
                "revokedAssertions": [{"id": entry} for entry in revoked],
            },
        ]
        published = {document["id"]: Document(json.dumps(document)) for document in written}
        return published | {f"{HOST}/art.png": Document(picture(), "image/png")}

    def sign(self, assertion: dict[str, Any]) -> str:
        head = base64url(b'{"alg":"RS256"}') + "." + base64url(json.dumps(assertion).encode())
        return head + "." + base64url(self.key.sign(head.encode(), padding.PKCS1v15(), SHA256()))


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return SmallWorld(public.decode(), key)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def picture(text: str | None = None) -> bytes:
    """A PNG of one pixel, with ``text`` baked in."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))]
    if text is not None:
        chunks.append((b"iTXt", b"openbadges" + bytes(5) + text.encode()))
    chunks += [(b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def with_another_first_letter(signature: str) -> str:
    return ("B" if signature[0] != "B" else "C") + signature[1:]


@needs_reference_validator
def test_the_reference_validator_accepts_a_sound_badge_and_refuses_a_forged_or_revoked_one(world: SmallWorld) -> None:
    token = world.sign(ASSERTION)
    sound = reference_validator(picture(token), world.documents(), {"email": "mayze@example.org"})
    head, _, signature = token.rpartition(".")
    forged = reference_validator(f"{head}.{with_another_first_letter(signature)}", world.documents())
    revoked = reference_validator(
        token, world.documents(ASSERTION["id"], "urn:uuid:" + "0" * 8 + "-0000-4000-8000-" + "0" * 12)
    )

    assert (sound.valid, sound.messages, sound.errors, sound.warnings) == (True, [], 0, 0)
    assert not forged.valid
    assert "ERROR VERIFY_JWS" in forged.messages[0]
    assert not revoked.valid
    assert any("revoked" in message for message in revoked.messages)


ADDRESSES = Addresses(HOST)
CONTEXT = ADDRESSES.proof_context()
VOCABULARY = {address: Document(body) for address, body in published(ADDRESSES).items()}
TEXT = canonical(a_definition_json())
PROOF = CriteriaProof(TEXT, a_record()).to_json(CONTEXT)
NAME = {"@context": CONTEXT, "type": ["Extension", "extensions:RecipientProfile"], "name": "Nadia B."}
AUTHOR = {"@context": CONTEXT, "type": ["Extension", "extensions:originalCreator"], "url": f"{HOST}/issuers/i1"}


@needs_reference_validator
def test_the_reference_validator_accepts_all_our_extensions(world: SmallWorld) -> None:
    token = world.sign(ASSERTION | {"extensions:criteriaProof": PROOF, "extensions:recipientProfile": NAME})
    on_the_class = {
        "extensions:criteriaDefinition": definition_extension(TEXT, CONTEXT),
        "extensions:originalCreator": AUTHOR,
    }
    report = reference_validator(token, VOCABULARY | world.documents(badge_class=on_the_class))

    assert (report.valid, report.messages, report.warnings) == (True, [], 0)
    assert set(VOCABULARY) <= set(report.asked), "a schema that was not asked for was not checked"


@needs_reference_validator
@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("an exact date in place of a month", {"decided": "2026-11-03"}),
        ("a commitment that is no digest", {"commitment": "secret"}),
        ("no criteria at all", {"criteria": []}),
    ],
)
def test_the_reference_validator_holds_a_record_against_our_schema(
    world: SmallWorld, what: str, change: dict[str, Any]
) -> None:
    wrong = PROOF | {"record": PROOF["record"] | change}
    report = reference_validator(
        world.sign(ASSERTION | {"extensions:criteriaProof": wrong}), VOCABULARY | world.documents()
    )

    assert not report.valid, what
    assert "VALIDATE_EXTENSION_NODE" in report.messages[0]


@needs_openbadgeslib
def test_openbadgeslib_accepts_a_sound_badge_and_refuses_a_forged_one(world: SmallWorld) -> None:
    token = world.sign(ASSERTION)
    sound = openbadgeslib(picture(token), world.public_pem)
    head, _, signature = token.rpartition(".")
    forged = openbadgeslib(f"{head}.{with_another_first_letter(signature)}", world.public_pem)

    assert (sound.valid, sound.token) == (True, token)
    assert not forged.valid
    assert "signature" in str(forged.why)


@needs_bakery
def test_the_bakery_finds_the_text_that_was_baked(world: SmallWorld) -> None:
    token = world.sign(ASSERTION)

    assert bakery(picture(token)) == token


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


@needs_bakery
@needs_openbadgeslib
@needs_reference_validator
def test_all_three_read_what_we_bake_into_a_png(world: SmallWorld) -> None:
    token = world.sign(ASSERTION)
    baked = png.bake(picture("an older badge"), token)

    assert reference_validator(baked, world.documents()).valid
    assert openbadgeslib(baked, world.public_pem).token == token
    assert bakery(baked) == token


@needs_bakery
@needs_openbadgeslib
@needs_reference_validator
def test_all_three_read_what_we_bake_into_an_svg(world: SmallWorld) -> None:
    token = world.sign(ASSERTION)
    baked = svg.bake(SVG, token)

    assert reference_validator(baked, world.documents()).valid
    assert openbadgeslib(baked, world.public_pem).token == token
    assert bakery(baked) == token
