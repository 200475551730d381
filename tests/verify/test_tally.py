"""Verifications are counted by answer and day; nothing else of them is kept."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from badges.clock import FixedClock
from badges.verify.tally import Tally, read_tally
from tests.world import DAY, NOW


def test_what_was_counted_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "verifications.json"
    for day in range(2):
        tally = Tally(file, FixedClock(NOW + day * DAY))
        tally.add(["yes", "no", "yes"])
        tally.save()
        tally.add(["unknown"])
        tally.save()
    counts = {"yes": 2, "no": 1, "unknown": 1}
    assert read_tally(file) == {"2026-11-20": counts, "2026-11-21": counts}
    assert Tally(file, FixedClock(NOW)).totals() == {"no": 2, "unknown": 2, "partly": 0, "yes": 4}


def test_two_processes_share_one_file(tmp_path: Path) -> None:
    tallies = [Tally(tmp_path / "v.json", FixedClock(NOW)) for _ in range(2)]
    for _ in range(3):
        for tally in tallies:
            tally.add(["yes"])
            tally.save()
    assert tallies[0].totals()["yes"] == 6


def test_threads_lose_nothing(tmp_path: Path) -> None:
    tally = Tally(tmp_path / "v.json", FixedClock(NOW))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: tally.save() if number % 50 == 0 else tally.add(["yes"]), range(1000)))
    assert tally.totals()["yes"] == 980


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    folder = tmp_path / "not yet"
    tally = Tally(folder / "v.json", FixedClock(NOW))
    tally.add(["no"])
    with pytest.raises(OSError, match="not yet"):
        tally.save()
    folder.mkdir()
    tally.save()
    assert read_tally(folder / "v.json") == {"2026-11-20": {"no": 1}}


@pytest.mark.parametrize("content", ["", "[]", '{"2026-11-20": 3}', '{"2026-11-20": {"amina@example.org": 1}}', "\0"])
def test_a_file_that_is_no_tally_counts_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "v.json"
    file.write_text(content)
    tally = Tally(file, FixedClock(NOW + timedelta(hours=1)))
    tally.add(["yes"])
    assert tally.totals() == {"no": 0, "unknown": 0, "partly": 0, "yes": 1}
    tally.save()
    assert "amina" not in file.read_text()


def test_the_file_says_nothing_but_days_answers_and_numbers(tmp_path: Path) -> None:
    file = tmp_path / "v.json"
    tally = Tally(file, FixedClock(NOW))
    tally.add(["partly"])
    tally.save()
    assert json.loads(file.read_text()) == {"2026-11-20": {"partly": 1}}
    assert file.stat().st_mode & 0o077 == 0
