"""How many verifications were answered what, each day: the only thing that is kept of them, and nobody is in it.

A file of the deployment, ``{"2026-11-20": {"yes": 3, …}, …}``, days in UTC. Counting touches memory alone;
:meth:`Tally.save` adds what is new to the file, under a lock, so that several processes share one. What was counted
since the last save is lost when a process is killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..clock import Clock
from ..durable import write_whole
from .report import GRAVEST_FIRST

Days = Mapping[str, Mapping[str, int]]


class Tally:
    """Counts answers. Safe between threads; ``file`` need not exist."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._new: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, answers: Iterable[str]) -> None:
        """Count these answers as given today."""
        today = f"{self._clock.now():%Y-%m-%d}"
        with self._lock:
            self._new.update((today, answer) for answer in answers)

    def save(self) -> None:
        """Write what is new to the disk. What could not be written is kept for the next time; raises OSError."""
        with self._lock:
            new, self._new = self._new, Counter()
        if not new:
            return
        try:
            self._add_to_file(new)
        except OSError:
            with self._lock:
                self._new.update(new)
            raise

    def totals(self) -> dict[str, int]:
        """How many of each answer since the first day, saved or not."""
        with self._lock:
            new = self._new.copy()
        days = [*read_tally(self._file).values(), *({answer: count} for (_, answer), count in new.items())]
        return {answer: sum(day.get(answer, 0) for day in days) for answer in GRAVEST_FIRST}

    def _add_to_file(self, new: Mapping[tuple[str, str], int]) -> None:
        lock = os.open(self._file.with_name(f".{self._file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            days = {day: dict(counts) for day, counts in read_tally(self._file).items()}
            for (day, answer), count in new.items():
                counts = days.setdefault(day, {})
                counts[answer] = counts.get(answer, 0) + count
            write_whole(self._file, json.dumps(days, sort_keys=True) + "\n", mode=0o600)
        finally:
            os.close(lock)


def read_tally(file: Path) -> Days:
    """What is in the file, oldest day first. A file that is not there, or not a tally, counts nothing."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        day: {answer: count for answer, count in counts.items() if answer in GRAVEST_FIRST and isinstance(count, int)}
        for day, counts in sorted(found.items())
        if isinstance(counts, dict)
    }
