"""Where the page and the API hand in badges: at once when everything is at hand, in a thread when it is not.

A badge whose documents are remembered takes a tenth of a millisecond: handing it to a thread would cost more. One
that is large goes to a thread. One that asks the network goes to a thread kept for that: however many wait for mute
hosts, pages and other badges have theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from ..trust import Trusted
from .archive import Given, Packed, holds_others, unpack
from .fetcher import CachedOnly, Fetcher, Memory, NeedsNetwork, OneRequest, TooMany
from .report import Report
from .verifier import Verifier

AT_ONCE = 256 * 1024
ON_THE_NETWORK = 40
"""Verifications that may wait for other sites at the same time; one more is answered *unknown* at once."""


class Desk:
    """``verifier`` is asked for at each request, because the trust list changes while the service runs; ``memory`` is
    the fetcher it was built with; ``count`` is told the answers, and nothing else of what was verified."""

    def __init__(
        self,
        verifier: Callable[[], Verifier],
        memory: Memory,
        count: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._count = count
        self._verifier = verifier
        self._memory = memory
        self._at_hand = CachedOnly(memory)
        self._threads = CapacityLimiter(ON_THE_NETWORK)
        self._busy = 0

    @property
    def trusted(self) -> Trusted | None:
        """The trust list that the next badge will be judged by."""
        return self._verifier().policy.trusted

    async def verify_all(
        self,
        given: Iterable[Given],
        recipient: str | None = None,
        admit: Callable[[int], None] = lambda _: None,
    ) -> list[Report]:
        """A report for each, in order, and for each file of an archive in its place.

        Together they have the time on the network that one badge has. ``admit`` is told how many more badges archives
        held, and may raise.
        """
        brought = badges = list(given)
        if any(holds_others(item.data) for item in brought):
            badges = await run_sync(unpack, brought)
            admit(len(badges) - len(brought))
        verifier = self._verifier()
        limits = verifier.policy.limits
        network = OneRequest(self._memory, seconds=limits.badge_seconds, document_seconds=limits.seconds)
        reports = [await self._verify(verifier, item, recipient, network) for item in badges]
        self._count(report.answer for report in reports)
        return reports

    async def _verify(self, verifier: Verifier, given: Given, recipient: str | None, network: Fetcher) -> Report:
        if isinstance(given, Packed):
            given = await run_sync(given.taken)
        if given.refused is not None:
            return verifier.refuse(given.data, given.refused, name=given.name)

        def with_fetcher(fetcher: Fetcher) -> Report:
            return verifier.verify(given.data, recipient, name=given.name, fetcher=fetcher, inside=given.inside)

        try:
            at_once = given.data if given.inside is None else given.inside
            if len(at_once) <= AT_ONCE and at_once.lstrip()[:1] != b"<":
                return with_fetcher(self._at_hand)
            return await run_sync(with_fetcher, self._at_hand)
        except NeedsNetwork:
            if self._busy >= ON_THE_NETWORK:
                return await run_sync(with_fetcher, TooMany(self._memory))
        self._busy += 1
        try:
            return await run_sync(with_fetcher, network, limiter=self._threads)
        finally:
            self._busy -= 1
