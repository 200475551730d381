"""Runs confirmed batches in the background of a process: those just confirmed, and those that a kill left behind."""

from __future__ import annotations

import gc
import logging
import threading

from ..errors import BadgesError
from .batches import Batches

log = logging.getLogger("badges.issuer")

LOOKS_AGAIN_AFTER = 5.0
"""Seconds; the length of a lease, after which the rows of a killed process are free."""


class Runner:
    """One thread. Any number of processes may have one: they share the rows of a batch."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
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
            try:
                for batch in self._batches.unfinished():
                    self._batches.run(batch, keep_going=lambda: not self._stopping.is_set())
            except BadgesError as error:  # a key that is locked, a database that is away: said, then tried again
                log.warning("batch paused: %s", error.code)
            self._work.wait(LOOKS_AGAIN_AFTER)
