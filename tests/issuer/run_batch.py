"""A process that runs one batch to its end: ``python -m tests.issuer.run_batch DATABASE BATCH``. Killed by a test.

Its key is made anew in each process: what was signed before a kill must nevertheless stay as it was stored.
"""

from __future__ import annotations

import sys
import time

from badges.addresses import Addresses
from badges.clock import SystemClock
from badges.issuer.database import open_database
from badges.issuer.issuer import Issuer

from .builders import TestSigner, the_catalogue


def main(database: str, batch: str) -> None:
    issuer = Issuer(
        open_database(database), the_catalogue(), TestSigner, Addresses("https://badges.example"), SystemClock(),
        demo=True,
    )  # fmt: skip
    while issuer.batches.run(batch, chunk=10).batch.state != "done":
        time.sleep(0.2)  # rows that a killed process had taken come back when their lease ends


if __name__ == "__main__":
    main(*sys.argv[1:])
