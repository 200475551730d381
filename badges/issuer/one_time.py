"""One-time links: 192 random bits that let whoever holds them do one thing once, and of which a digest is kept.

An invitation, a new password, a lost card, a testimony, a support: each is told once, to one address or in one hand.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from ..errors import NotFound
from .desk import digest_of, new_id
from .storage import OneTimeLink, Register
from .wording import refusal


def add_link(
    register: Register,
    purpose: str,
    *,
    structure: str,
    about: str,
    made_by: str,
    now: datetime,
    lasts: timedelta,
    details: dict[str, Any] | None = None,
) -> tuple[OneTimeLink, str]:
    """The link, and its secret, told this once."""
    secret = secrets.token_urlsafe(24)
    link = OneTimeLink(
        id=new_id(),
        digest=digest_of(secret),
        purpose=purpose,
        structure=structure,
        about=about,
        details=details or {},
        made_by=made_by,
        made_at=now,
        expires_at=now + lasts,
    )
    register.add(link)
    return link, secret


def find_link(register: Register, purpose: str, secret: str, now: datetime) -> OneTimeLink | None:
    """The link of this secret, if it still opens something."""
    link = register.find(OneTimeLink, digest=digest_of(secret), purpose=purpose, used_at=None)
    return link if link is not None and link.expires_at > now else None


def require_link(register: Register, purpose: str, secret: str, now: datetime) -> OneTimeLink:
    """Raises :class:`NotFound`: unknown, used, withdrawn and too old are one answer."""
    link = find_link(register, purpose, secret, now)
    if link is None:
        raise refusal(NotFound, "link_over")
    return link
