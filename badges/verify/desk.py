"""Where the page and the API hand in badges: at once when everything is at hand, in a thread when it is not.

A badge whose documents are remembered takes a tenth of a millisecond: handing it to a thread would cost more. One
that asks the network, or is large, must not keep the others waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anyio.to_thread import run_sync

from .fetcher import CachedOnly, Memory, NeedsNetwork
from .report import Report
from .verifier import Verifier

AT_ONCE = 256 * 1024


@dataclass(frozen=True)
class Given:
    """One thing to verify. ``name`` is what the visitor calls it; it decides nothing and is never kept."""

    data: bytes
    name: str | None = None


class Desk:
    """``verifier`` is asked for each time, because the trust list changes while the service runs; ``memory`` is the
    fetcher it was built with."""

    def __init__(self, verifier: Callable[[], Verifier], memory: Memory) -> None:
        self._verifier = verifier
        self._at_hand = CachedOnly(memory)

    async def verify(self, given: Given, recipient: str | None = None) -> Report:
        verifier = self._verifier()
        if len(given.data) <= AT_ONCE and given.data.lstrip()[:1] != b"<":
            try:
                return verifier.verify(given.data, recipient, name=given.name, fetcher=self._at_hand)
            except NeedsNetwork:
                pass
        return await run_sync(lambda: verifier.verify(given.data, recipient, name=given.name))
