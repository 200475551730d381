"""A batch of 3,000: rule checked, signed, stored durably. The floor is 3,000 signatures with the same live key."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from badges.issuer.database import open_database
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Structure
from tests.issuer.builders import PLANTER, Office, grid_of, rows
from tests.world import a_key

from . import Measure, Ratio
from .sign import signature

COUNT = 3_000
ROUNDS = 3
KEY = a_key("bench", "RS256", 3072)


@dataclass
class BenchOffice(Office):
    """An office whose Profiles sign with the key that is also the floor's."""

    def open_profile(self, structure: Structure) -> str:
        signer: Any = replace(KEY, key_id=f"profile-{len(self.keys)}")
        self.keys[signer.key_id] = signer
        self.clock.advance(seconds=1)
        return self.issuer.open_profile(OPERATOR, structure.id, signer).id


def measures() -> Iterator[Measure]:
    sign = signature(KEY)
    alone, gains = [], []
    for _ in range(ROUNDS):
        bare = wall(lambda: times(sign, COUNT))
        one = timed_batch(processes=1)
        bare_two = wall(lambda: in_processes(2, lambda: times(sign, COUNT // 2)))
        two = timed_batch(processes=2)
        alone.append(2 * one / (bare + wall(lambda: times(sign, COUNT))))
        gains.append((one / two) / (bare / bare_two))
    yield Measure(f"batch of {COUNT}, rule checked, signed, stored / as many signatures", ratio(alone), goal=1.4)
    yield Measure(
        "the same in two processes: its gain / the gain of bare signing", ratio(gains), goal=0.9, at_least=True
    )


def timed_batch(processes: int) -> float:
    """Seconds from "confirmed" to "all signed and stored"."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'badges.sqlite3'}"
        office = BenchOffice(open_database(address))
        batches = office.issuer.batches
        plan = batches.plan(office.eti, slug=PLANTER, grid=grid_of(office.entry()), rows=rows(COUNT))
        batches.confirm(office.eti, plan.batch.id, ready=plan.ready)
        office.storage.close()  # type: ignore[attr-defined]

        def run() -> None:
            office.storage = office.issuer.batches._storage = office.issuer.batches.desk.storage = open_database(
                address
            )
            office.issuer.batches.run(plan.batch.id)

        taken = wall(run if processes == 1 else lambda: in_processes(processes, run))
        storage = open_database(address)
        office.issuer.batches._storage = storage
        report = office.issuer.batches.run(plan.batch.id)
        assert (report.done, report.batch.state) == (COUNT, "done"), report.counts
        return taken


def times(call: Callable[[], object], count: int) -> None:
    for _ in range(count):
        call()


def wall(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_processes(count: int, work: Callable[[], object]) -> None:
    """``work`` in ``count`` copies of this process at once."""
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work()
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert all(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 for child in children)


def ratio(values: list[float]) -> Ratio:
    return Ratio(statistics.median(values), min(values), max(values))
