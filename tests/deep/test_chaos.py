"""A large batch in the real service, killed with ``kill -9`` again and again: nothing is lost, doubled or changed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from badges.clock import SystemClock
from badges.deployment import Deployment
from badges.issuer.storage import Award as Awarded
from badges.issuer.storage import AwardFile, BatchRow
from badges.settings import read_settings
from badges.trust import read_bundle
from badges.verify.fetcher import NoNetwork
from badges.verify.verifier import Policy, Verifier
from tests.issuer.conftest import postgresql  # noqa: F401  (a fixture)
from tests.whole.conftest import Demonstration, Service, free_port

from .batches import a_batch_is_planned, confirm, state_of
from .conftest import Tell, size

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("chaos")]

PEOPLE = size("CHAOS_PEOPLE", 3_000)
KILLS = size("CHAOS_KILLS", 5)
SECONDS_OF_WORK = PEOPLE / 3_000
"""How long it signs at most before a kill: a chunk of 500 takes about a second. The first kill is in the first chunk,
the others where chance says how many are stored."""
SECONDS_WITHOUT_PROGRESS = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demonstration:
    """A demonstration of its own, in each database in turn."""
    if request.param == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgresql"))
    port = free_port()
    folder = tmp_path / "home"
    filled = badges("demo", "--home", str(folder), "--base-url", f"http://127.0.0.1:{port}", "--json")
    return Demonstration(folder, port, json.loads(filled))


def badges(*words: str) -> str:
    """What the command says, in a process of its own, which ends well."""
    done = subprocess.run([sys.executable, "-m", "badges", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def register(home: Demonstration) -> Iterator[Deployment]:
    deployment = Deployment(read_settings(home.home))
    yield deployment
    deployment.storage.close()


def tokens(register: Deployment) -> dict[str, str]:
    with register.storage.reading() as reading:
        return {file.uuid: file.token for file in reading.list(AwardFile)}


def test_a_batch_killed_at_random_is_finished_with_each_award_once(
    home: Demonstration,
    register: Deployment,
    luck: random.Random,
    tell: Tell,
) -> None:
    before = tokens(register)
    service = Service(home)
    service.start()
    batch = a_batch_is_planned(home, PEOPLE)
    stored: dict[str, str] = {}
    found_at: list[int] = []
    began = time.monotonic()
    asking = threading.Thread(target=confirm_whatever_happens, args=(home, batch))
    asking.start()
    try:
        taken = None
        for aim in (0, *sorted(luck.sample(range(1, PEOPLE), KILLS - 1))):
            taken = wait_until_it_signs(register, batch, taken, len(before) + aim, len(before) + PEOPLE)
            time.sleep(luck.uniform(0, SECONDS_OF_WORK))
            kill_9(service)
            now = tokens(register)
            assert stored.items() <= now.items(), "what was stored before the last kill is gone, or signed again"
            stored = now
            found_at.append(len(now) - len(before))
            service.start()
            confirm(home, batch, PEOPLE)
        while (state := state_of(home, batch))["state"] != "done":
            assert time.monotonic() - began < SECONDS_WITHOUT_PROGRESS * (KILLS + 2), state
            time.sleep(0.05)
    finally:
        service.stop()
        asking.join()
    assert found_at[0] < PEOPLE, "the batch was done before the first kill: nothing is shown"
    tell(f"killed when {found_at} of {PEOPLE} were stored, done after {time.monotonic() - began:.0f} s")

    assert (state["done"], state["refused"]) == (PEOPLE, 0)
    with register.storage.reading() as reading:
        rows = [row for row in reading.list(BatchRow) if row.batch == batch]
        awards = {award.uuid: award for award in reading.list(Awarded)}
    mine = [awards[row.award] for row in rows if row.award]
    assert Counter(row.state for row in rows) == {"done": PEOPLE}
    assert len({award.uuid for award in mine}) == len({award.person for award in mine}) == len(mine) == PEOPLE
    after = tokens(register)
    assert awards.keys() == after.keys()
    assert stored.items() <= after.items()

    bundle = read_bundle(register.bundle(), register.settings.root, SystemClock().now())
    verifier = Verifier(NoNetwork(), SystemClock(), Policy(None, bundle, offline=True))
    assert Counter(verifier.verify(after[award.uuid]).answer for award in mine) == {"yes": PEOPLE}
    assert "mauvais" not in badges("doctor", "--home", str(home.home))


def confirm_whatever_happens(home: Demonstration, batch: str) -> None:
    """The service may be killed before it answers."""
    with suppress(httpx.TransportError):
        confirm(home, batch, PEOPLE)


def wait_until_it_signs(
    register: Deployment, batch: str, before: datetime | None, stored: int, all_of_them: int
) -> datetime | None:
    """Until so many are stored and a process is signing more: it took rows later than ``before``. Or all are stored.

    Reads the register itself, since asking the service would take its time.
    """
    since, found = time.monotonic(), 0
    while True:
        with register.storage.reading() as reading:
            rows = reading.list(BatchRow, batch=batch)
            taken = max((row.claimed_until for row in rows if row.claimed_until), default=None)
            count = reading.count(Awarded)
            if (taken != before and count >= stored) or count == all_of_them:
                return taken
        if count > found:
            since, found = time.monotonic(), count
        assert time.monotonic() - since < SECONDS_WITHOUT_PROGRESS, "nobody took the rows that a killed process had"
        time.sleep(0.02)


def kill_9(service: Service) -> None:
    assert service.process is not None
    service.process.kill()
    service.process.wait()
    service.process = None
