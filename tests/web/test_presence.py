"""Who waits for an answer is counted until it is given, or until it fails."""

from __future__ import annotations

from fastapi import APIRouter, Response

from badges.web.presence import Counted, Presence

from .building import Browser, a_site


def test_a_request_is_counted_until_it_is_answered() -> None:
    presence, seen, router = Presence(), [], APIRouter()

    @router.get("/here")
    async def here() -> Response:
        seen.append((presence.anybody(), presence.waiting))
        return Response()

    @router.get("/broken")
    async def broken() -> Response:
        seen.append((presence.anybody(), presence.waiting))
        raise RuntimeError("for the test")

    site = a_site(router)
    site.add_middleware(Counted, presence=presence)
    browser = Browser(site)
    assert not presence.anybody()
    assert browser.ask("GET", "/here").status_code == 200
    assert browser.ask("GET", "/broken").status_code == 500
    assert seen == [(True, 1), (True, 1)]
    assert not presence.anybody()
