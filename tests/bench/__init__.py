"""Speed and size as ratios within one run: `make bench`, or `python -m tests.bench sign verify …`.

A machine's speed drifts by a third within minutes, so nothing here is a time: each measure is divided by a floor (what
nobody can go below) or by a peer, measured just before and just after it. What is printed is the median of the rounds
and their range. Start with :func:`against`; each measure is a module of this folder with a function ``measures``.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 9


@dataclass(frozen=True)
class Ratio:
    """The rounds' median, with their range."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.lowest:.2f}–{self.highest:.2f}]"


@dataclass(frozen=True)
class Measure:
    """One line of the report; ``goal`` and ``aim`` are what the ratio must stay under, or reach when ``at_least``."""

    what: str
    ratio: Ratio
    goal: float | None = None
    aim: float | None = None
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        if self.goal is None:
            return True
        return self.ratio.median >= self.goal if self.at_least else self.ratio.median <= self.goal

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        goal = "" if self.goal is None else f"{sign} {self.goal:g}"
        aim = "" if self.aim is None else f"(aim {self.aim:g})"
        return f"{self.what:<74} {self.ratio!s:<20} {goal:<8} {aim:<10} {'' if self.is_met else 'OVER'}".rstrip()


def against(
    floor: Callable[[], object],
    subject: Callable[[], object],
    *,
    times: int,
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.process_time,
) -> Ratio:
    """How many floors one call of ``subject`` costs: ``times`` calls a round, the floor taken on both sides.

    The clock counts what this process computes, which a busy neighbour changes least; what waits for a disk or for
    another process needs ``time.perf_counter``.
    """
    for warm in (floor, subject):
        seconds(warm, max(times // 10, 1), clock)
    ratios = []
    before = seconds(floor, times, clock)
    for _ in range(rounds):
        taken = seconds(subject, times, clock)
        after = seconds(floor, times, clock)
        ratios.append(2 * taken / (before + after))
        before = after
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))


def seconds(call: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = clock()
        for _ in range(times):
            call()
        return clock() - start
    finally:
        gc.enable()
