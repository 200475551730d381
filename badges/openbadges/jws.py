"""Compact JSON Web Signatures as Open Badges 2.0 uses them: ``header.payload.signature`` (RFC 7515 §3.1).

Where to start: :func:`read_unverified` takes a token apart, :func:`verify` says whose it is, :func:`sign` makes one.

What must hold, and where it is checked:

1. one spelling per token: at most 64 KiB, ASCII, exactly three parts, canonical base64url — ``read_unverified``
2. the header is a strict JSON object; its ``alg`` is RS256, ES256 or EdDSA; no ``crit``, no ``b64`` (RFC 7515
   §4.1.11, RFC 7797) — ``read_unverified``
3. the algorithm is the one of the key (RFC 8725 §3.1); ``kid``, ``jwk``, ``jku``, ``typ``… are never looked at,
   since the standard gives them no meaning — ``verify``
4. the signature has its one length, its numbers are in range, and it belongs to these bytes — ``verify``

Not checked here: whether the key is the issuer's (``badges.verify``), and what the payload says
(:mod:`~badges.openbadges.model`). No code path knows a symmetric algorithm or the absence of one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from badges.errors import AlgorithmMismatch, DocumentRefused, JwsRefused, KeyRefused, SignatureInvalid
from badges.openbadges import strict_json

try:
    from pybase64 import b64decode, b64encode
except ImportError:  # three times slower, no less strict
    from base64 import b64decode, b64encode  # type: ignore[assignment]

MAX_TOKEN = 64 * 1024
MAX_PUBLIC_PEM = 4 * 1024
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
MIN_RSA_EXPONENT, MAX_RSA_EXPONENT = 65537, 2**32 - 1

ALGORITHMS = ("RS256", "ES256", "EdDSA")
"""RS256 because Open Badges 2.0 recommends it and every verifier reads it; the others for those who choose."""

_PADDING, _SHA256, _ECDSA = PKCS1v15(), SHA256(), ECDSA(SHA256())
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PUBLIC_PEM = re.compile(
    r"\s*-----BEGIN (RSA )?PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END (?(1)RSA )PUBLIC KEY-----\s*", re.ASCII
)


class UnverifiedJws(NamedTuple):
    """A well-formed token that nobody has vouched for yet."""

    header: Mapping[str, Any]
    payload: bytes
    signing_input: bytes
    signature: bytes


def read_unverified(token: str, *, max_size: int = MAX_TOKEN) -> UnverifiedJws:
    """Take the token apart without believing it. A longer token is for a document of ours that is no badge.

    :raises JwsRefused: with code ``jws_too_large``, ``jws_parts``, ``jws_base64``, ``jws_header``,
        ``jws_algorithm`` or ``jws_critical``
    """
    if len(token) > max_size:
        raise JwsRefused(f"expected a token of at most {max_size} characters, found {len(token)}", code="jws_too_large")
    try:
        text = token.encode("ascii")
    except UnicodeEncodeError:
        raise JwsRefused("expected a token in base64url, found other characters", code="jws_base64") from None
    header, dot, rest = text.partition(b".")  # five times faster than to split: it looks for one byte, not at each
    payload, another, signature = rest.partition(b".")
    if not dot or not another or b"." in signature:
        raise JwsRefused(f"expected three parts, found {text.count(b'.') + 1}", code="jws_parts")
    return UnverifiedJws(
        header=_OUR_HEADERS.get(header) or _read_header(_decode(header)),
        payload=_decode(payload),
        signing_input=text[: -len(signature) - 1],
        signature=_decode(signature),
    )


def _decode(part: bytes) -> bytes:
    """Decode, then encode again and compare: the one check that leaves no second spelling (RFC 7515 §2)."""
    try:
        if b"+" in part or b"/" in part:  # libraries still read the other alphabet, with a warning
            raise Base64Error
        data = b64decode(part + b"=" * (-len(part) % 4), b"-_", validate=True)
        if _encode(data) != part:
            raise Base64Error
    except Base64Error:
        raise JwsRefused(
            "expected canonical base64url without padding, found another text", code="jws_base64"
        ) from None
    return data


def _encode(data: bytes) -> bytes:
    return b64encode(data, b"-_").rstrip(b"=")


def _read_header(data: bytes) -> Mapping[str, Any]:
    try:
        header = strict_json.loads(data)
    except DocumentRefused as error:
        raise JwsRefused(f"expected a JSON header; {error.message}", code="jws_header") from None
    if not isinstance(header, dict):
        raise JwsRefused(f"expected a JSON object as header, found {type(header).__name__}", code="jws_header")
    if "crit" in header or "b64" in header:
        raise JwsRefused("expected no critical extension, found crit or b64", code="jws_critical")
    if header.get("alg") not in ALGORITHMS:
        raise JwsRefused(
            f"expected alg RS256, ES256 or EdDSA, found {str(header.get('alg'))[:40]!r}", code="jws_algorithm"
        )
    return header


@dataclass(frozen=True)
class PublicKey:
    """A key that may verify, and the one algorithm it verifies with."""

    algorithm: str
    key: RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey = field(compare=False, repr=False)
    pem: str
    """SubjectPublicKeyInfo as we write it, whatever the spelling that was read: equal keys have equal PEM."""

    @cached_property
    def fingerprint(self) -> str:
        """``sha256$`` and the hexadecimal SHA-256 of the SubjectPublicKeyInfo in DER."""
        return "sha256$" + hashlib.sha256(base64.b64decode("".join(self.pem.splitlines()[1:-1]))).hexdigest()


@lru_cache(maxsize=256)
def load_public_key(pem: str) -> PublicKey:
    """Read what ``publicKeyPem`` of a CryptographicKey holds (Open Badges 2.0, CryptographicKey).

    RSA of 2048 to 8192 bits with an exponent from 65537 to 2³² − 1 (ANSSI RGS B1, RecomFact-2), P-256 or Ed25519.
    The last keys that were read are remembered, since one issuer's badges come together.

    :raises KeyRefused: with code ``key_not_pem``, ``key_unreadable``, ``key_size``, ``key_exponent`` or ``key_type``
    """
    if len(pem) > MAX_PUBLIC_PEM or not _PUBLIC_PEM.fullmatch(pem):
        raise KeyRefused("expected one public key in PEM and nothing else", code="key_not_pem")
    try:
        key = serialization.load_pem_public_key(pem.encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyRefused("expected a public key, found a PEM that holds none", code="key_unreadable") from None
    return public_key(key)


def public_key(key: object) -> PublicKey:
    """The same for a key object, such as the public half of one of ours."""
    if isinstance(key, RSAPublicKey):
        _check_rsa(key)
        algorithm = "RS256"
    elif isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        algorithm = "ES256"
    elif isinstance(key, Ed25519PublicKey):
        algorithm = "EdDSA"
    else:
        raise KeyRefused("expected an RSA, P-256 or Ed25519 key, found another type", code="key_type")
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(algorithm, key, pem.decode("ascii"))


def _check_rsa(key: RSAPublicKey) -> None:
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise KeyRefused(
            f"expected an RSA key of {MIN_RSA_BITS} to {MAX_RSA_BITS} bits, found {key.key_size}", code="key_size"
        )
    exponent = key.public_numbers().e
    if not MIN_RSA_EXPONENT <= exponent <= MAX_RSA_EXPONENT:
        raise KeyRefused(f"expected an exponent from 65537 to 2^32 - 1, found {exponent}", code="key_exponent")


def verify(jws: UnverifiedJws, key: PublicKey) -> None:
    """Return if the token was signed with the private half of ``key``.

    :raises AlgorithmMismatch: the header names another algorithm than the key's
    :raises SignatureInvalid: the signature does not belong to this key and these bytes
    """
    if jws.header.get("alg") != key.algorithm:
        raise AlgorithmMismatch(f"expected {key.algorithm}, which is the key's, found {jws.header.get('alg')}")
    try:
        if isinstance(key.key, RSAPublicKey):
            key.key.verify(jws.signature, jws.signing_input, _PADDING, _SHA256)
        elif isinstance(key.key, EllipticCurvePublicKey):
            key.key.verify(_der(jws.signature), jws.signing_input, _ECDSA)
        else:
            key.key.verify(jws.signature, jws.signing_input)
    except (InvalidSignature, ValueError):
        raise SignatureInvalid("expected the signature of this key over these bytes, found another") from None


def _der(signature: bytes) -> bytes:
    """From r‖s, 32 bytes each (RFC 7518 §3.4), both in 1 … n − 1, to what the library takes."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not 0 < r < _P256_ORDER or not 0 < s < _P256_ORDER:
        raise SignatureInvalid("expected 64 bytes of r and s in range, found something else")
    return encode_dss_signature(r, s)


class SigningKey(Protocol):
    """What :func:`sign` needs of a ``badges.keyring.Signer``."""

    @property
    def algorithm(self) -> str: ...

    def sign(self, data: bytes, /) -> bytes:
        """The raw signature of ``data`` as RFC 7518 §3 spells it."""


def sign(payload: bytes, signer: SigningKey, *, max_size: int = MAX_TOKEN) -> str:
    """The token over exactly these bytes; the header is ``{"alg":…}`` and nothing else (``typ: JWT`` stops some
    verifiers of the field)."""
    signing_input = _HEADER_PARTS[signer.algorithm] + b"." + _encode(payload)
    token = signing_input + b"." + _encode(signer.sign(signing_input))
    if len(token) > max_size:
        raise JwsRefused(
            f"expected a token of at most {max_size} characters, made one of {len(token)}", code="jws_too_large"
        )
    return token.decode("ascii")


_HEADER_PARTS = {name: _encode(b'{"alg":"%s"}' % name.encode()) for name in ALGORITHMS}
_OUR_HEADERS = {part: MappingProxyType({"alg": name}) for name, part in _HEADER_PARTS.items()}


class SigningAlgorithm(Protocol):
    """The signing primitive: PyJWT's algorithm objects."""

    def sign(self, msg: bytes, key: Any) -> bytes: ...


@cache
def signing_algorithm(name: str) -> SigningAlgorithm:
    """How the keyring signs with algorithm ``name``: ``signing_algorithm("RS256").sign(data, private_key)``.

    PyJWT is imported by the first call, because verifying needs none of it and a cold start would pay for it.

    :raises KeyRefused: ``name`` is not one of :data:`ALGORITHMS`
    """
    if name not in ALGORITHMS:
        raise KeyRefused(f"expected RS256, ES256 or EdDSA, found {name[:40]!r}", code="key_type")
    from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

    made: dict[str, SigningAlgorithm] = {
        "RS256": RSAAlgorithm(RSAAlgorithm.SHA256),
        "ES256": ECAlgorithm(ECAlgorithm.SHA256, SECP256R1),
        "EdDSA": OKPAlgorithm(),
    }
    return made[name]
