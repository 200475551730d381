"""Open Badges 0.5, 1.0 and 1.1 in the words of 2.0, as the standard upgrades them (version history; 1.1).

Members get their new names, dates their one spelling, and documents the ``id`` that 1.0 left to the address they were
read at. Nothing is believed here: what comes out is read and checked like any document of 2.0, but for the e-mail of
an issuer, which was optional.

What 2.0 dropped stays dropped: a signed badge of 1.x names its key by itself, and that proves nothing unless the
hosted Profile names the same one. In 0.5 the BadgeClass and the issuer stand inside the Assertion and have no address:
they are given the Assertion's and the issuer's ``origin``, which is all that 0.5 said of whose badge it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urljoin

from badges.clock import to_text
from badges.openbadges.contexts import OPEN_BADGES_V2
from badges.openbadges.members import document, member
from badges.openbadges.model import OLD_IDENTITY_HASH, Assertion, IdentityObject, Profile
from badges.openbadges.primitives import EMAIL, IRI, UNFIT

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITHOUT_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?")


@document
class OldProfile(Profile):
    """An issuer of 1.x: its e-mail address was optional."""

    email: str | None = member(EMAIL, default=None)  # type: ignore[assignment]


@document
class OldIdentity(IdentityObject):
    """A recipient of 0.5 to 1.1: hashes of two more kinds were allowed."""

    hash_form: ClassVar[re.Pattern[str]] = OLD_IDENTITY_HASH


@document
class OldAssertion(Assertion):
    """An Assertion of 0.5 to 1.1, once upgraded."""

    recipient: OldIdentity = member(OldIdentity)


def upgrade_assertion(old: Mapping[str, Any], address: str = "") -> dict[str, Any]:
    """The Assertion of 1.x that was read at ``address``, in the words of 2.0; signed ones were read nowhere."""
    uid = old.get("uid")
    new = _begun(old, "Assertion", address or f"urn:badge-uid:{uid if isinstance(uid, str) else ''}")
    for name in ("verify", "verification"):
        if isinstance(new.get(name), dict):
            new[name] = _upgrade_verification(new[name])
    for name in ("issuedOn", "expires"):
        if name in new:
            new[name] = upgrade_date(new[name])
    return new


def upgrade_badge_class(old: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The same for a BadgeClass."""
    new = _begun(old, "BadgeClass", address)
    lines = new.get("alignment")
    if lines is not None:
        new["alignment"] = [_upgrade_alignment(line) for line in (lines if isinstance(lines, list) else [lines])]
    return new


def upgrade_issuer(old: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The same for an issuer."""
    return _begun(old, "Issuer", address)


class First(NamedTuple):
    """A badge of 0.5: three documents of 2.0, of which only the Assertion was ever published alone."""

    assertion: dict[str, Any]
    badge_class: dict[str, Any]
    issuer: dict[str, Any]


def upgrade_first(old: Mapping[str, Any], address: str) -> First:
    """The badge of 0.5 that was read at ``address``. Addresses in it may be relative to the issuer's ``origin``."""
    badge = _object(old.get("badge"))
    issuer = _object(badge.get("issuer"))
    origin = issuer.get("origin")
    whole = {name: _resolved(origin, badge.get(name)) for name in ("image", "criteria")}
    recipient, salt = old.get("recipient"), old.get("salt")
    assertion = {
        "@context": OPEN_BADGES_V2,
        "type": "Assertion",
        "id": address,
        "recipient": {
            "type": "email",
            "hashed": isinstance(recipient, str) and _HASH.match(recipient) is not None,
            "identity": recipient,
            "salt": salt,
        },
        "badge": f"{address}#badge",
        "verification": {"type": "HostedBadge"},
        "issuedOn": upgrade_date(old.get("issued_on", old.get("issuedOn"))),
        "expires": upgrade_date(old.get("expires")),
        "evidence": _resolved(origin, old.get("evidence")),
        "revoked": old.get("revoked"),
    }
    badge_class = {
        "@context": OPEN_BADGES_V2,
        "type": "BadgeClass",
        "id": f"{address}#badge",
        "name": badge.get("name"),
        "description": badge.get("description"),
        "issuer": origin,
    } | whole
    contact = issuer.get("contact")
    profile = {
        "@context": OPEN_BADGES_V2,
        "type": "Issuer",
        "id": origin,
        "name": issuer.get("name"),
        "url": origin,
        "email": None if EMAIL.read(contact) is UNFIT else contact,
    }
    return First(assertion, badge_class, profile)


_HASH = re.compile(r"(?:md5|sha1|sha256|sha512)\$")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _resolved(origin: Any, value: Any) -> Any:
    try:
        return urljoin(origin, value) if isinstance(origin, str) and isinstance(value, str) else value
    except ValueError:
        return value


def _upgrade_verification(verify: Mapping[str, Any]) -> dict[str, Any]:
    """``url`` was where a hosted badge is, which is its id, and where the key of a signed one is."""
    new = {name: value for name, value in verify.items() if name != "url"}
    if verify.get("type") in ("signed", "SignedBadge") and "creator" not in verify and "url" in verify:
        new["creator"] = verify["url"]
    return new


def upgrade_revocations(old: Mapping[str, Any], address: str) -> dict[str, Any]:
    """A list of 1.x: ``uid`` or ``id`` of each withdrawn badge, and why. One of 2.0 is given back as it is."""
    if "revokedAssertions" in old or "@context" in old:
        return dict(old)
    lines = [
        {"uid": name, "revocationReason": reason if isinstance(reason, str) else None}
        | ({} if IRI.read(name) is UNFIT else {"id": name})
        for name, reason in old.items()
    ]
    return {"@context": OPEN_BADGES_V2, "type": "RevocationList", "id": address, "revokedAssertions": lines}


def upgrade_date(value: Any) -> Any:
    """A date of 1.x as a DateTime of 2.0: a day begins at midnight of UTC, a number is seconds since 1970, a time
    without zone is in UTC. Anything else is given back, for the reader of 2.0 to judge."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value):
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return to_text(datetime.fromtimestamp(value, UTC))
        except (ValueError, OverflowError, OSError):
            return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        return f"{value}T00:00:00Z"
    if isinstance(value, str) and _WITHOUT_ZONE.fullmatch(value):
        return f"{value}Z"
    return value


_ALIGNMENT = {"name": "targetName", "url": "targetUrl", "description": "targetDescription"}


def _upgrade_alignment(line: Any) -> Any:
    if not isinstance(line, dict):
        return line
    return {_ALIGNMENT.get(name, name): value for name, value in line.items()}


def _begun(old: Mapping[str, Any], kind: str, address: str) -> dict[str, Any]:
    """With the context of 2.0, a type and an id; what the document says of itself stays, to be compared."""
    new = {"@context": OPEN_BADGES_V2} | {name: value for name, value in old.items() if name != "@context"}
    if "type" not in new and "@type" not in new:
        new["type"] = kind
    if "id" not in new and "@id" not in new:
        new["id"] = address
    return new
