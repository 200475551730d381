"""`badges verify FILE --offline`, a whole process, against openbadgeslib's verification of the same file.

Counted in what the processes compute, which a busy neighbour changes least; nothing here waits for a network or a disk.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.second_opinions import HERE, PLACE
from tests.world import World

from . import Measure, against


def measures() -> Iterator[Measure]:
    world = World(bits=3072, now=datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder:
        badge, key, bundle = (Path(folder) / name for name in ("badge.png", "key.pem", "bundle"))
        badge.write_bytes(world.award().png())
        key.write_text(world.issuer.key.public_pem)
        bundle.write_text(world.bundle_text())
        ours = [Path(sys.executable).parent / "badges", "verify", badge, "--offline", "--bundle", bundle]
        ours += ["--root", world.root_fingerprint]
        theirs = [PLACE / "openbadgeslib/bin/python", HERE / "openbadgeslib_verify.py", badge, key]
        run(*ours)
        yield Measure(
            "`badges verify FILE --offline`, cold / openbadgeslib, cold",
            against(lambda: run(*theirs), lambda: run(*ours), times=1, rounds=25, clock=computed),
            goal=1,
            aim=0.6,
        )
        yield Measure(
            "`badges verify FILE --offline`, cold / Python that does nothing",
            against(lambda: run(sys.executable, "-c", "pass"), lambda: run(*ours), times=1, rounds=25, clock=computed),
        )


def computed() -> float:
    """Seconds of a processor that the processes started here have used, up to their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(*words: object) -> None:
    """A process from its start to its end, which must be good."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
