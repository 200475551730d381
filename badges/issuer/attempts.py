"""How often something secret may be tried, counted in the register so that every process counts together (W2, W14).

A subject is kept as a digest: nobody reads in it who was tried. Time is cut in slots, and the slot before the window
counts too, so that nobody ever gets more than their number.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import BadgesError
from .storage import Attempt, Register
from .wording import refusal

SLOT = timedelta(minutes=5)
_FORGOTTEN_AFTER = 300
"""Slots; one day, and some."""


class TooManyTries(BadgesError):
    code = "rate_limited"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many tries of ``what`` for one subject within ``window``."""

    what: str
    most: int
    window: timedelta = timedelta(minutes=15)

    def require(self, register: Register, subject: str, now: datetime) -> None:
        """Raises :class:`TooManyTries` (429) when there were enough; counts nothing."""
        slot = _slot(now)
        slots = range(slot - self.window // SLOT, slot + 1)
        tried = register.list(Attempt, subject=self._digest(subject), slot=list(slots))
        if sum(attempt.count for attempt in tried) >= self.most:
            raise refusal(TooManyTries, "too_many_tries", minutes=self.window // timedelta(minutes=1))

    def spend(self, register: Register, subject: str, now: datetime) -> None:
        """One more try. What is a day old is forgotten on the way."""
        slot, digest = _slot(now), self._digest(subject)
        before = register.find(Attempt, subject=digest, slot=slot)
        if before:
            register.change(before, count=before.count + 1)
            return
        register.remove(Attempt, slot=list(range(slot - 2 * _FORGOTTEN_AFTER, slot - _FORGOTTEN_AFTER)))
        register.add(Attempt(subject=digest, slot=slot, count=1))

    def forgive(self, register: Register, subject: str) -> None:
        """They were right after all."""
        register.remove(Attempt, subject=self._digest(subject))

    def _digest(self, subject: str) -> str:
        return hashlib.sha256(f"{self.what}\0{subject}".encode()).hexdigest()


def _slot(now: datetime) -> int:
    return int(now.timestamp() // SLOT.total_seconds())
