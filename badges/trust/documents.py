"""The signed documents of the network: a compact JWS whose payload says its ``type``, and how its members are read."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from badges.errors import DocumentRefused, JwsRefused, KeyRefused, Misuse, SignatureInvalid, TrustError
from badges.openbadges import jws, strict_json
from badges.openbadges.jws import PublicKey, UnverifiedJws, load_public_key

if TYPE_CHECKING:
    from badges.keyring import Signer

Json = dict[str, Any]

MAX_TRUST = 5 * 1024 * 1024
MAX_LIFETIME = timedelta(days=7)
LEEWAY = timedelta(seconds=60)

_FINGERPRINT = re.compile(r"(?:sha256[:$])?([0-9a-f]{64})", re.IGNORECASE | re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?", re.ASCII)
DIGEST = re.compile(r"sha256\$[0-9a-f]{64}", re.ASCII)


def sign_document(kind: str, members: Json, signer: Signer, *, max_size: int = jws.MAX_TOKEN) -> str:
    """A document of ours as a compact JWS; ``kind`` becomes its ``type``."""
    return jws.sign(compact({"type": kind} | members), signer, max_size=max_size)


def open_document(text: str, kind: str, key: PublicKey, *, max_size: int = jws.MAX_TOKEN) -> Json:
    """The payload, if it is of this kind and ``key`` signed it. Raises :class:`TrustError`."""
    token, document = take_apart(text, kind, max_size)
    require_signature(token, key, kind)
    return document


def normalise_fingerprint(text: str) -> str:
    """``sha256:`` and 64 lower-case digits, from any case, with ``:`` or ``$`` or bare. Raises :class:`Misuse`."""
    found = _FINGERPRINT.fullmatch(text.strip())
    if found is None:
        raise Misuse(
            f"expected a root fingerprint, sha256: and 64 hexadecimal digits, found {text[:80]!r}",
            code="root_fingerprint",
            advice="Recopiez l’empreinte que le réseau publie : « sha256: » et 64 chiffres hexadécimaux.",
        )
    return "sha256:" + found[1].lower()


def take_apart(text: str, kind: str, max_size: int) -> tuple[UnverifiedJws, Json]:
    """The token and its payload, both unverified: only to learn which key must have signed them."""
    text = text.strip() if len(text) <= max_size + 16 else text
    if len(text) > max_size:
        raise TrustError(f"expected at most {max_size} characters, found {len(text)}", code="trust_too_large")
    try:
        token = jws.read_unverified(text, max_size=max_size)
    except JwsRefused as refused:
        raise TrustError(f"expected a compact JWS; {refused.message}", code="trust_malformed") from None
    document = strict(token.payload)
    require_type(document, kind)
    return token, document


def strict(data: bytes) -> Json:
    try:
        document = strict_json.loads(data)
    except DocumentRefused as refused:
        raise TrustError(f"expected strict JSON; {refused.message}", code="trust_malformed") from None
    if not isinstance(document, dict):
        raise malformed("a JSON object", document)
    return document


def require_type(document: Json, kind: str) -> None:
    if document.get("type") != kind:
        raise TrustError(
            f"expected a document of type {kind}, found {str(document.get('type'))[:40]!r}",
            code="trust_type",
            advice="Ce document a été signé pour un autre usage.",
        )


def require_signature(token: UnverifiedJws, key: PublicKey, kind: str) -> None:
    try:
        jws.verify(token, key)
    except SignatureInvalid as refused:
        raise TrustError(
            f"expected {kind} signed by {key.fingerprint}; {refused.message}", code="trust_signature"
        ) from None


def require_lifetime(generated_at: datetime, next_update: datetime) -> None:
    if not timedelta(0) < next_update - generated_at <= MAX_LIFETIME:
        raise TrustError(
            f"expected a next update within {MAX_LIFETIME.days} days, found {next_update - generated_at}",
            code="trust_lifetime",
        )


def require_origin(origin: str) -> str:
    if not _ORIGIN.fullmatch(origin):
        raise malformed("an origin, http or https, host and port", origin)
    return origin


def origin_of(address: str) -> str:
    return "/".join(address.split("/", 3)[:3])


def spki_digest(pem: str) -> bytes:
    """Of the key itself, however its PEM is folded."""
    try:
        _, begin, body, end, rest = pem.split("-----")
        if (begin, end, rest.strip()) != ("BEGIN PUBLIC KEY", "END PUBLIC KEY", ""):
            raise ValueError
        return hashlib.sha256(b64decode("".join(body.split()), validate=True)).digest()
    except (Base64Error, ValueError):
        raise malformed("a public key in PEM", pem) from None


def aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"expected an instant with its zone, found {instant.isoformat()}")
    return instant


def compact(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def malformed(expected: str, found: object) -> TrustError:
    return TrustError(f"expected {expected}, found {str(found)[:80]!r}", code="trust_malformed")


def text_of(document: Json, member: str, *, longest: int = 500, default: str | None = None) -> str:
    value = document.get(member, default)
    if type(value) is not str or len(value) > longest:
        raise malformed(f"a text of at most {longest} characters as {member}", value)
    return value


def integer_of(document: Json, member: str, *, least: int = 0, default: int | None = None) -> int:
    value = document.get(member, default)
    if type(value) is not int or not least <= value < 2**53:
        raise malformed(f"an integer from {least} as {member}", value)
    return value


def boolean_of(document: Json, member: str) -> bool:
    value = document.get(member)
    if type(value) is not bool:
        raise malformed(f"true or false as {member}", value)
    return value


def array_of(document: Json, member: str, kind: type[Any], *, optional: bool = False) -> list[Any]:
    value = document.get(member, [] if optional else None)
    if type(value) is not list or any(type(item) is not kind for item in value):
        raise malformed(f"an array of {kind.__name__} as {member}", value)
    return value


def object_of(document: Json, member: str) -> Json:
    value = document.get(member)
    if type(value) is not dict:
        raise malformed(f"an object as {member}", value)
    return value


def one_of(document: Json, member: str, allowed: tuple[str, ...]) -> str:
    value = document.get(member)
    if value not in allowed:
        raise malformed(f"{member} among {', '.join(allowed)}", value)
    return str(value)


def key_of(document: Json, member: str) -> PublicKey:
    try:
        return load_public_key(text_of(document, member, longest=4096))
    except KeyRefused as refused:
        raise TrustError(f"expected a public key as {member}; {refused.message}", code="trust_malformed") from None


@lru_cache(maxsize=4096)
def _read_instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text)


@lru_cache(maxsize=4096)
def _read_day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def instant_of(document: Json, member: str) -> datetime:
    value = document.get(member)
    try:
        return _read_instant(value)
    except (TypeError, ValueError):
        raise malformed(f"an instant such as 2026-11-20T10:00:00Z as {member}", value) from None


def day_of(document: Json, member: str) -> date | None:
    value = document.get(member)
    if value is None:
        return None
    try:
        return _read_day(value)
    except (TypeError, ValueError):
        raise malformed(f"a day such as 2026-11-20 as {member}", value) from None
