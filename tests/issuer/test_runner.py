"""Batches beside the answers: signed to the end, and giving way to who waits."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from badges.errors import KeyringLocked
from badges.issuer.batches import Batches
from badges.issuer.database import Database
from badges.issuer.runner import Courteous, Runner
from tests.world import a_key

from .builders import PLANTER, Office, grid_of, rows


@dataclass
class Morning:
    """A clock that goes on by the second that each signature takes, and keeps every rest."""

    now: float = 0.0
    rests: list[float] = field(default_factory=list)

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)


class Slow:
    def __init__(self, morning: Morning) -> None:
        self.key = a_key("slow", "EdDSA")
        self.algorithm, self.key_id, self.public_pem = self.key.algorithm, self.key.key_id, self.key.public_pem
        self._morning = morning

    def sign(self, data: bytes) -> bytes:
        self._morning.now += 1.0
        return self.key.sign(data)


@pytest.mark.parametrize(("somebody", "rests"), [(True, [1.0]), (False, [])])
def test_who_signs_rests_as_long_as_it_took_when_somebody_waits(somebody: bool, rests: list[float]) -> None:
    morning = Morning()
    slow = Slow(morning)
    signer = Courteous(slow, lambda: somebody, lambda: morning.now, morning.rest)
    assert signer.sign(b"a badge") == slow.key.sign(b"a badge")
    assert morning.rests == rests
    assert (signer.algorithm, signer.key_id, signer.public_pem) == (slow.algorithm, slow.key_id, slow.public_pem)


def test_a_batch_ends_even_when_somebody_always_waits(sqlite_storage: Database) -> None:
    office, waited = Office(sqlite_storage), []
    batches = office.issuer.batches
    plan = batches.plan(office.eti, slug=PLANTER, grid=grid_of(office.entry()), rows=rows(6))
    batch = batches.confirm(office.eti, plan.batch.id, ready=6, told_otherwise=True).batch.id
    usual = sys.getswitchinterval()
    runner = Runner(batches, lambda: not waited.append(True))
    runner.start()
    for _ in range(400):
        if batches.report(office.eti, batch).batch.state == "done":
            break
        threading.Event().wait(0.05)
    runner.stop()
    assert batches.report(office.eti, batch).done == 6
    assert len(waited) == 6, "asked once for each signature"
    assert sys.getswitchinterval() == usual


class OneStopped(Batches):
    """Two batches, of which the first cannot go on."""

    def __init__(self, why: Exception) -> None:
        self.why = why
        self.done = threading.Event()

    def unfinished(self) -> tuple[str, ...]:
        return ("stopped", "open")

    def run(self, batch: str, **how: Any) -> Any:
        if batch == "stopped":
            raise self.why
        self.done.set()


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (KeyringLocked("Une phrase était attendue."), "batch stopped paused: keyring_locked"),
        (ValueError("Amina D., amina@exemple.fr"), "batch stopped paused: ValueError"),
    ],
)
def test_a_batch_that_cannot_go_on_holds_no_other_back(
    caplog: pytest.LogCaptureFixture, why: Exception, told: str
) -> None:
    batches = OneStopped(why)
    runner = Runner(batches)
    runner.start()
    assert batches.done.wait(5)
    runner.stop()
    assert told in caplog.text
    assert "amina" not in caplog.text.lower(), "what an error says may name people"
