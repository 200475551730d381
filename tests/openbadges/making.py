"""What the tests of this room are made from: keys, pictures and documents, valid unless told otherwise."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from badges.openbadges import jws, png

ALGORITHMS = ("RS256", "ES256", "EdDSA")


@dataclass(frozen=True)
class Key:
    """A private key that signs, and its public half."""

    algorithm: str
    private: Any

    def sign(self, data: bytes) -> bytes:
        return jws.signing_algorithm(self.algorithm).sign(data, self.private)

    @property
    def public(self) -> jws.PublicKey:
        return jws.public_key(self.private.public_key())


@cache
def a_key(algorithm: str = "RS256", name: str = "") -> Key:
    """The same key each time it is asked for; another ``name`` is another key."""
    made = {
        "RS256": lambda: rsa.generate_private_key(65537, 2048),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }[algorithm]()
    return Key(algorithm, made)


def a_png(*chunks: tuple[bytes, bytes], width: int = 1, height: int = 1, end: bytes = b"") -> bytes:
    """A picture of one pixel, with more chunks after IHDR if wanted."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(b"\0\0\0\0\0")
    parts = [(b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b"")]
    return png_of(*parts) + end


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    return png.SIGNATURE + b"".join(png.chunk(kind, body) for kind, body in chunks)


def an_svg(inside: str = "<circle r='3'/>", *, root: str = "", before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg"{root}>{inside}</svg>'.encode()


def an_assertion(**members: Any) -> dict[str, Any]:
    """A signed Assertion. A member given as None is left out."""
    made = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "urn:uuid:8a2c3b4d-0f5e-4d6c-9b7a-123456789abc",
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": "deadsea",
            "identity": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942",
        },
        "badge": "https://example.org/badges/5",
        "verification": {"type": "SignedBadge", "creator": "https://example.org/key"},
        "issuedOn": "2026-11-20T10:00:00Z",
    } | members
    return {name: value for name, value in made.items() if value is not None}


def a_profile(**members: Any) -> dict[str, Any]:
    made = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Issuer",
        "id": "https://example.org/issuer",
        "name": "Les jardins",
        "url": "https://example.org",
        "email": "contact@example.org",
    } | members
    return {name: value for name, value in made.items() if value is not None}


def a_badge_class(**members: Any) -> dict[str, Any]:
    made = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": "https://example.org/badges/5",
        "name": "Planter",
        "description": "Planter et semer",
        "image": "https://example.org/badges/5.png",
        "criteria": {"narrative": "Plante droit"},
        "issuer": "https://example.org/issuer",
    } | members
    return {name: value for name, value in made.items() if value is not None}
