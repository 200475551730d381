"""Open Badges 1.0 and 1.1 in the words of 2.0, as the standard upgrades them (version history; specification of 1.1).

Members get their new names, dates their one spelling, and documents the ``id`` that 1.0 left to the address they were
read at. Nothing is believed here: what comes out is read and checked like any document of 2.0, but for the e-mail of
an issuer, which was optional.

Only for hosted badges: a signed badge of 1.x names its key by itself, which 2.0 dropped as a hole. Version 0.5, whose
BadgeClass and issuer have no address, is not upgraded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from badges.clock import to_text
from badges.openbadges.contexts import OPEN_BADGES_V2
from badges.openbadges.members import document, member
from badges.openbadges.model import Profile
from badges.openbadges.primitives import EMAIL

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITHOUT_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?")


@document
class OldProfile(Profile):
    """An issuer of 1.x: its e-mail address was optional."""

    email: str | None = member(EMAIL, default=None)  # type: ignore[assignment]


def upgrade_assertion(old: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The Assertion of 1.x that was read at ``address``, in the words of 2.0."""
    new = _begun(old, "Assertion", address)
    verify = new.get("verify")
    if isinstance(verify, dict):
        new["verify"] = {name: value for name, value in verify.items() if name != "url"}
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
