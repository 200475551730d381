"""The clock is an argument: one use case reads it once and passes ``now`` down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where a use case asks what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still; for replaying a decision at a stated instant."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def to_text(instant: datetime) -> str:
    """``2026-11-20T10:00:00Z``: the one spelling of an instant in what we sign (Open Badges 2.0, DateTime)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
