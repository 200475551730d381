"""What the deep tests share: a size from the environment, one seed for the whole run, and figures told at the end.

``BADGES_SEED=…`` does a run again. Everything that is written lies in ``build/deep``, which is never committed.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.whole.conftest import demo, service  # noqa: F401  (fixtures)

SEED = os.environ.setdefault("BADGES_SEED", str(secrets.randbelow(2**31)))
RESULTS = Path(__file__).resolve().parents[2] / "build" / "deep"
_told: list[str] = []

Tell = Callable[[str], None]


def size(name: str, default: int) -> int:
    """``BADGES_<name>``, else the default."""
    return int(os.environ.get(f"BADGES_{name}", default))


def is_set(name: str) -> bool:
    """Whether ``BADGES_<name>`` says anything."""
    return bool(os.environ.get(f"BADGES_{name}"))


@pytest.fixture
def luck(request: pytest.FixtureRequest) -> random.Random:
    """Chance that comes back with the seed, for each test its own."""
    print(f"BADGES_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Say a figure that is worth reading although nothing failed."""
    return lambda figure: _told.append(f"{request.node.name}: {figure}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _told:
        terminalreporter.section(f"deep, BADGES_SEED={SEED}")
        for line in _told:
            terminalreporter.write_line(line)
