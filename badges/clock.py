"""The clock is an argument: one use case reads it once and passes ``now`` down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
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
    return instant.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def in_paris(instant: datetime) -> datetime:
    """The same instant as clocks in Paris tell it: what people read, in pages and in verdicts.

    Summer time as Directive 2000/84/EC has it, from the last Sunday of March to that of October, at 01:00 UTC. Reading
    a time zone file would cost the command line more than the signature it verifies.
    """
    instant = instant.astimezone(UTC)
    summer = _last_sunday(instant.year, 3) <= instant < _last_sunday(instant.year, 10)
    return instant.astimezone(_SUMMER if summer else _WINTER)


_WINTER, _SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))


@cache
def _last_sunday(year: int, month: int) -> datetime:
    """01:00 UTC on the last Sunday of a month of 31 days."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=last.isoweekday() % 7)
