"""What a verification may ask of other sites is what its policy says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from badges.errors import FetchError
from badges.verify.fetcher import USUAL, CachingFetcher, OneBadge, OneRequest, SafeFetcher
from badges.verify.report import Report
from tests.world import World


def unknown(report: Report) -> list[str]:
    return [check.check for check in report.checks if check.outcome == "unknown"]


def read(report: Report) -> int:
    """How many documents of other sites were read."""
    return sum(source.url.startswith("https:") for source in report.sources)


def test_a_hosted_badge_needs_more_documents_than_one(world: World) -> None:
    badge = world.hosted()
    assert world.verifier().verify(badge.id).answer == "yes"
    report = world.verifier(limits=USUAL._replace(documents=1)).verify(badge.id)
    assert (report.answer, read(report)) == ("unknown", 1)


def test_a_document_longer_than_the_policy_allows_is_not_read(world: World) -> None:
    badge = world.hosted()
    report = world.verifier(limits=USUAL._replace(document_bytes=100)).verify(badge.json())
    assert (report.verdict, read(report)) == ("undetermined", 0)
    assert "hosted" in unknown(report)


def test_a_list_of_withdrawn_badges_has_a_length_of_its_own(world: World) -> None:
    report = world.verifier(limits=USUAL._replace(list_bytes=10)).verify(world.award().token)
    assert (report.verdict, unknown(report)) == ("undetermined", ["revocation"])


@pytest.mark.parametrize(
    ("limit", "told"), [({"documents": 1}, "at most 1 documents"), ({"seconds": 1.5}, "within 1.5 s")]
)
def test_a_refusal_says_the_limit_that_was_set(world: World, limit: dict[str, float], told: str) -> None:
    address = world.hosted().id
    one = OneBadge(world, **limit)  # type: ignore[arg-type]
    one.get(address, "application/json", 100_000)
    with pytest.raises(FetchError, match=told):
        one.get(address, "application/json", 100_000)


def test_what_is_left_of_a_request_is_counted_with_the_time_of_one_document(world: World) -> None:
    address = world.hosted().id
    for seconds, document_seconds, refused in ((1.5, 3.0, True), (30.0, 3.0, False)):
        one = OneRequest(CachingFetcher(Afresh(world)), seconds=seconds, document_seconds=document_seconds)
        one.get(address, "application/json", 100_000)
        if refused:
            with pytest.raises(FetchError, match=r"within 1\.5 s for all these badges"):
                one.get(address + "?", "application/json", 100_000)
        else:
            one.get(address + "?", "application/json", 100_000)


class Afresh:
    """The world, which remembers nothing."""

    def __init__(self, world: World) -> None:
        self.get = world.get


@contextmanager
def a_site_that_sends_elsewhere() -> Iterator[str]:
    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", "/again")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed in tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("most", [0, 1, 5])
def test_as_many_redirections_are_followed_as_was_said(most: int) -> None:
    with a_site_that_sends_elsewhere() as origin:
        fetcher = SafeFetcher([origin], redirects=most)
        with pytest.raises(FetchError, match=f"at most {most} redirections"):
            fetcher.get(f"{origin}/", "application/json", 1000)
