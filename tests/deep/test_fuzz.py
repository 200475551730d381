"""Whatever bytes come in: a search for those that an entry point does not expect, led by the code that they reach."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from .conftest import RESULTS, SEED, Tell, size
from .fuzz import KEPT, ROOT, TARGETS

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("fuzz")]

SECONDS = size("FUZZ_SECONDS", 600)


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_unexpected_is_found(target: str, tell: Tell) -> None:
    pytest.importorskip("atheris", reason="coverage-guided fuzzing needs atheris (Linux, Python 3.11 to 3.13)")
    corpus = RESULTS / "corpus" / target
    command = [sys.executable, "-m", "tests.deep.fuzz", target, f"--seconds={SECONDS}", f"--seed={SEED}"]
    done = subprocess.run(
        [*command, f"--corpus={corpus}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=SECONDS + 120,
        check=False,
    )
    assert done.returncode == 0, f"kept in {KEPT / target}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    executed = re.search(r"number_of_executed_units: +(\d+)", done.stderr)
    reached = re.findall(r"cov: (\d+) ft: (\d+)", done.stderr)
    assert executed, done.stderr[-2000:]
    tell(f"{int(executed[1]):,} inputs in {SECONDS} s, {reached[-1][0] if reached else '?'} places reached, no finding")
