"""What the clocks of Paris say, against the time zone database where this machine has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from badges.clock import in_paris

try:
    PARIS: ZoneInfo | None = ZoneInfo("Europe/Paris")
except ZoneInfoNotFoundError:
    PARIS = None


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        (datetime(2026, 11, 20, 23, 34, tzinfo=UTC), "2026-11-21 00:34"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "2026-03-29 01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-03-29 03:00"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "2026-10-25 02:59"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "2026-10-25 02:00"),
        (datetime(2027, 1, 1, 0, 30, tzinfo=UTC), "2027-01-01 01:30"),
    ],
)
def test_an_instant_as_paris_tells_it(instant: datetime, told: str) -> None:
    assert f"{in_paris(instant):%Y-%m-%d %H:%M}" == told
    assert in_paris(instant) == instant


@pytest.mark.skipif(PARIS is None, reason="no time zone database on this machine")
def test_the_changes_of_thirty_years_agree_with_the_time_zone_database() -> None:
    for year in range(2010, 2040):
        start = datetime(year, 3, 24, tzinfo=UTC) if year % 2 else datetime(year, 10, 24, tzinfo=UTC)
        for hours in range(24 * 9):
            instant = start + timedelta(hours=hours)
            assert in_paris(instant).replace(tzinfo=None) == instant.astimezone(PARIS).replace(tzinfo=None)
