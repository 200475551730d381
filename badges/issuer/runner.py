"""Runs confirmed batches in the background of a process: those just confirmed, and those that a kill left behind.

It gives way to who waits for an answer: a signature holds the interpreter from its beginning to its end, and a thread
that goes on at once has it again before the one that answers has woken up. Hence :class:`Courteous` and :data:`TURN`.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..keyring import Signer
from .batches import Batches
from .beside import going_on

LOOKS_AGAIN_AFTER = 5.0
"""Seconds; the length of a lease, after which the rows of a killed process are free."""


TURN = 0.001
"""Seconds; how long a thread waits for another to let go, while a batch runs. Python's own 0.005 is five signatures."""


class Courteous:
    """A signer that, while somebody waits, rests after each signature for as long as it took."""

    def __init__(
        self,
        signer: Signer,
        anybody: Callable[[], bool],
        watch: Callable[[], float] = time.perf_counter,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self.algorithm, self.key_id, self.public_pem = signer.algorithm, signer.key_id, signer.public_pem
        self._sign, self._anybody, self._watch, self._rest = signer.sign, anybody, watch, rest

    def sign(self, data: bytes) -> bytes:
        if not self._anybody():
            return self._sign(data)
        began = self._watch()
        signature = self._sign(data)
        self._rest(self._watch() - began)
        return signature


class Runner:
    """One thread. Any number of processes may have one: they share the rows of a batch.

    ``anybody`` says whether this process has somebody to answer.
    """

    def __init__(self, batches: Batches, anybody: Callable[[], bool] = lambda: False) -> None:
        self._batches = batches
        self._anybody = anybody
        self._stopping = threading.Event()
        self._work = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what is unfinished, then wait for more.

        A batch makes thousands of objects that live for a second. What the process has loaded until now stays for
        ever: looking through all of it for garbage, meanwhile, costs as much as every thirtieth signature.
        """
        gc.collect()
        gc.freeze()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """A batch was confirmed."""
        self._work.set()

    def stop(self) -> None:
        """Finish the chunk being signed, and no more: well under a second."""
        self._stopping.set()
        self._work.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._work.clear()
            with going_on("batches paused"):
                for batch in self._batches.unfinished():
                    with going_on(f"batch {batch} paused"), _short_turns():  # one that cannot go on holds no other back
                        self._batches.run(
                            batch,
                            keep_going=lambda: not self._stopping.is_set(),
                            signing=lambda signer: Courteous(signer, self._anybody),
                        )
            self._work.wait(LOOKS_AGAIN_AFTER)


@contextmanager
def _short_turns() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
