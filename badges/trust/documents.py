"""The signed documents of the network: a compact JWS whose payload says its ``type``, and how its members are read."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from badges.errors import (
    AlgorithmMismatch,
    DocumentRefused,
    JwsRefused,
    KeyRefused,
    Misuse,
    SignatureInvalid,
    TrustError,
    quoted,
)
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
_ARRAY_WORDS: dict[type[Any], str] = {str: "de textes", dict: "d’objets"}
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?", re.ASCII)

ASK_AGAIN = "Demandez de nouveau ce document au réseau : celui-ci est abîmé, ou n’est pas le bon."
DIGEST = re.compile(r"sha256\$[0-9a-f]{64}", re.ASCII)


def sign_document(kind: str, members: Json, signer: Signer, *, max_size: int = jws.MAX_TOKEN) -> str:
    """A document of ours as a compact JWS; ``kind`` becomes its ``type``. Raises :class:`TrustError`, too large."""
    try:
        return jws.sign(compact({"type": kind} | members), signer, max_size=max_size)
    except JwsRefused:
        raise TrustError(
            f"Un document {kind} de {max_size} signes au plus était attendu ; il en faudrait davantage.",
            code="trust_too_large",
            advice="Rien n’a été signé. Retirez de ce document ce qui n’a plus à y être.",
        ) from None


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
            f"L’empreinte d’une clé racine était attendue (« sha256: » et 64 signes) ; {found_words(text)}",
            code="root_fingerprint",
            advice="Recopiez l’empreinte que le réseau publie.",
        )
    return "sha256:" + found[1].lower()


def take_apart(text: str, kind: str, max_size: int) -> tuple[UnverifiedJws, Json]:
    """The token and its payload, both unverified: only to learn which key must have signed them."""
    text = text.strip() if len(text) <= max_size + 16 else text
    if len(text) > max_size:
        raise TrustError(
            f"Un document de {max_size} signes au plus était attendu ; {len(text)} ont été trouvés.",
            code="trust_too_large",
            advice=ASK_AGAIN,
        )
    try:
        token = jws.read_unverified(text, max_size=max_size)
    except JwsRefused as refused:
        raise malformed("Un document signé (JWS compact) était attendu", text, why=refused.code) from None
    document = strict(token.payload)
    require_type(document, kind)
    return token, document


def strict(data: bytes) -> Json:
    try:
        document = strict_json.loads(data)
    except DocumentRefused as refused:
        raise malformed("Du JSON strict était attendu", data.decode(errors="replace"), why=refused.code) from None
    if not isinstance(document, dict):
        raise malformed("Un objet JSON était attendu", document)
    return document


def require_type(document: Json, kind: str) -> None:
    if document.get("type") != kind:
        raise TrustError(
            f"Un document de type {kind} était attendu ; {found_words(document.get('type'))}",
            code="trust_type",
            advice="Ce document a été signé pour un autre usage : donnez celui qui convient ici.",
        )


def require_signature(token: UnverifiedJws, key: PublicKey, kind: str) -> None:
    try:
        jws.verify(token, key)
    except SignatureInvalid as refused:
        raise TrustError(
            f"Un document {kind} signé par {normalise_fingerprint(key.fingerprint)} était attendu ; "
            + (
                f"une signature {quoted(token.header.get('alg'))} a été trouvée."
                if isinstance(refused, AlgorithmMismatch)
                else "une autre signature a été trouvée."
            ),
            code="trust_signature",
            advice="Ne vous y fiez pas : demandez ce document au réseau par un autre chemin.",
        ) from None


def require_lifetime(generated_at: datetime, next_update: datetime) -> None:
    if not timedelta(0) < next_update - generated_at <= MAX_LIFETIME:
        raise TrustError(
            f"Une durée de {MAX_LIFETIME.days} jours au plus était attendue ; du {in_words(generated_at)} au "
            f"{in_words(next_update)} a été trouvé.",
            code="trust_lifetime",
            advice="Le réseau doit signer de nouveau ce document.",
        )


def require_origin(origin: str) -> str:
    if not _ORIGIN.fullmatch(origin):
        raise malformed("Un début d’adresse (http ou https, hôte, port) était attendu", origin)
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
        raise malformed("Une clé publique au format PEM était attendue", pem) from None


def aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"expected an instant with its zone, found {instant.isoformat()}")
    return instant


def compact(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def malformed(expected: str, found: object, *, why: str = "") -> TrustError:
    """``expected`` is the first half of the sentence; ``why`` is the code of a refusal beneath."""
    reason = f" ({why})" if why else ""
    return TrustError(f"{expected}{reason} ; {found_words(found)}", code="trust_malformed", advice=ASK_AGAIN)


def found_words(value: object) -> str:
    """The second half of a sentence of refusal."""
    return "rien n’a été trouvé." if value in (None, "") else f"{quoted(value)} a été trouvé."


def in_words(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%d/%m/%Y à %H:%M} UTC"


def text_of(document: Json, member: str, *, longest: int = 500, default: str | None = None) -> str:
    value = document.get(member, default)
    if type(value) is not str or len(value) > longest:
        raise malformed(f"Un texte de {longest} signes au plus était attendu pour « {member} »", value)
    return value


def integer_of(document: Json, member: str, *, least: int = 0, default: int | None = None) -> int:
    value = document.get(member, default)
    if type(value) is not int or not least <= value < 2**53:
        raise malformed(f"Un entier d’au moins {least} était attendu pour « {member} »", value)
    return value


def boolean_of(document: Json, member: str) -> bool:
    value = document.get(member)
    if type(value) is not bool:
        raise malformed(f"Un « true » ou un « false » était attendu pour « {member} »", value)
    return value


def array_of(document: Json, member: str, kind: type[Any], *, optional: bool = False) -> list[Any]:
    value = document.get(member, [] if optional else None)
    if type(value) is not list or any(type(item) is not kind for item in value):
        raise malformed(f"Un tableau {_ARRAY_WORDS[kind]} était attendu pour « {member} »", value)
    return value


def object_of(document: Json, member: str) -> Json:
    value = document.get(member)
    if type(value) is not dict:
        raise malformed(f"Un objet était attendu pour « {member} »", value)
    return value


def one_of(document: Json, member: str, allowed: tuple[str, ...]) -> str:
    value = document.get(member)
    if value not in allowed:
        raise malformed(f"Un « {member} » parmi {', '.join(allowed)} était attendu", value)
    return str(value)


def key_of(document: Json, member: str) -> PublicKey:
    try:
        return load_public_key(text_of(document, member, longest=4096))
    except KeyRefused as refused:
        raise malformed(
            f"Une clé publique était attendue pour « {member} »", document.get(member), why=refused.code
        ) from None


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
        raise malformed(f"Un instant tel que 2026-11-20T10:00:00Z était attendu pour « {member} »", value) from None


def day_of(document: Json, member: str) -> date | None:
    value = document.get(member)
    if value is None:
        return None
    try:
        return _read_day(value)
    except (TypeError, ValueError):
        raise malformed(f"Un jour tel que 2026-11-20 était attendu pour « {member} »", value) from None
