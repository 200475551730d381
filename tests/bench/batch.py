"""A batch of 3,000: rule checked, signed, stored durably. The floor is as many signatures with the same live key.

Each worker is a process that has already run a small batch, as a server has. Between two chunks it times some bare
signatures, which are left out of the batch's time: floor and batch see the same neighbours, one process or two. What
is counted is the wall clock until the last worker has nothing left to do, on each of the processors that were given.
"""

from __future__ import annotations

import gc
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from badges.issuer.database import open_database
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Structure
from tests.issuer.builders import PLANTER, Office, grid_of, rows
from tests.world import a_key

from . import Measure, Ratio
from .sign import signature

COUNT, SMALL = 3_000, 20
ROUNDS = 5
AT_ONCE = 50  # bare signatures between two chunks
KEY = a_key("bench", "RS256", 3072)
_forked = multiprocessing.get_context("fork")


@dataclass
class BenchOffice(Office):
    """An office whose Profiles sign with the key that is also the floor's."""

    def open_profile(self, structure: Structure) -> str:
        signer: Any = replace(KEY, key_id=f"profile-{len(self.keys)}")
        self.keys[signer.key_id] = signer
        self.clock.advance(seconds=1)
        return self.issuer.open_profile(OPERATOR, structure.id, signer).id

    def a_confirmed_batch(self, count: int) -> str:
        batches = self.issuer.batches
        plan = batches.plan(self.eti, slug=PLANTER, grid=grid_of(self.entry()), rows=rows(count))
        return batches.confirm(self.eti, plan.batch.id, ready=plan.ready, told_otherwise=True).batch.id

    def open_again(self, address: str) -> None:
        """For a process of its own: no connection survives a fork."""
        batches = self.issuer.batches
        self.storage = batches._storage = batches.desk.storage = open_database(address)


class Spent(NamedTuple):
    """The seconds of one worker, those of its bare signatures among them."""

    total: float
    bare: float
    signatures: int


def measures() -> Iterator[Measure]:
    rounds = [(in_floors(processes=1), in_floors(processes=2)) for _ in range(ROUNDS)]
    yield Measure(
        f"batch of {COUNT}, rule checked, signed, stored / as many signatures",
        ratio([one for one, _ in rounds]),
        goal=1.4,
    )
    yield Measure(
        "the same in two processes: its gain / the gain of bare signing",
        ratio([one / two for one, two in rounds]),
        goal=0.9,
        at_least=True,
    )


def in_floors(processes: int) -> float:
    """What an award costs, in signatures made by the same processes meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'badges.sqlite3'}"
        office = BenchOffice(open_database(address))
        small = [office.a_confirmed_batch(SMALL) for _ in range(processes)]
        batch = office.a_confirmed_batch(COUNT)
        office.storage.close()  # type: ignore[attr-defined]
        together = _forked.Barrier(processes)

        def work(number: int) -> Spent:
            office.open_again(address)
            office.issuer.batches.run(small[number])
            gc.collect()
            gc.freeze()  # as badges.issuer.runner does in a server
            together.wait(timeout=60)
            return timed(office, batch)

        spent = in_processes(processes, work)
        office.open_again(address)
        report = office.issuer.batches.report(office.eti, batch)
        assert (report.done, report.batch.state) == (COUNT, "done"), report.counts
    bare = sum(worker.bare for worker in spent)
    floor = bare / sum(worker.signatures for worker in spent)
    return (processes * max(worker.total for worker in spent) - bare) / COUNT / floor


def timed(office: Office, batch: str) -> Spent:
    sign = signature(KEY)
    bare: list[float] = []

    def between_two_chunks() -> bool:
        bare.append(wall(lambda: [sign() for _ in range(AT_ONCE)]))
        return True

    total = wall(lambda: office.issuer.batches.run(batch, keep_going=between_two_chunks))
    return Spent(total, sum(bare), AT_ONCE * len(bare))


def wall(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_processes(count: int, work: Callable[[int], Spent]) -> list[Spent]:
    """``work`` in ``count`` copies of this process at once."""
    answers = _forked.SimpleQueue()
    children = [_forked.Process(target=lambda number=number: answers.put(work(number))) for number in range(count)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * count
    return [answers.get() for _ in children]


def ratio(values: list[float]) -> Ratio:
    return Ratio(statistics.median(values), min(values), max(values))
