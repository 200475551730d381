"""Passwords: Argon2id with the figures of RFC 9106 for small machines, and what a password must be (CNIL, 2022-100).

The only module that knows argon2.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..errors import Misuse
from .wording import refusal

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_password(password: str, *known: str) -> None:
    """Raises :class:`Misuse` for one that is too short, or made of what everybody knows of this account."""
    text = _same_spelling(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise refusal(Misuse, "password_length", shortest=SHORTEST)
    lowered = text.lower()
    if len(set(lowered)) < 6 or any(part and part.lower() in lowered and len(part) >= 5 for part in known):
        raise refusal(Misuse, "password_easy")


def hash_password(password: str) -> str:
    """The salted hash to keep; some 20 milliseconds, and 19 MiB while it lasts."""
    return _HASHER.hash(_same_spelling(password))


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the one. Costs the same where nothing is kept, so that time does not tell who has an account."""
    try:
        return _HASHER.verify(kept or _nobodys(), _same_spelling(password)[: 4 * LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash("\0")


def _same_spelling(password: str) -> str:
    """One word for the eye is one word here, whatever keyboard wrote its accents."""
    return unicodedata.normalize("NFKC", password)
