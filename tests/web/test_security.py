"""What every answer carries, whatever made it."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, Response

from badges.errors import NotFound
from badges.web.security import PAGE_POLICY

from .building import Browser, a_site, some_pages

router = APIRouter()


@router.get("/picture")
@router.get("/mes-badges/{secret}/{award}.svg")
def picture() -> Response:
    return Response(b"<svg/>", media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=9"})


@router.get("/mes-badges/{secret}")
def personal(secret: str) -> str:
    raise NotFound("Rien.")


@router.get("/own-policy")
def own_policy() -> Response:
    return Response("", headers={"Content-Security-Policy": "sandbox"})


@router.get("/broken")
@router.get("/api/broken")
def broken() -> None:
    raise RuntimeError


SITE = a_site(router)
EVERYWHERE = [
    "/",
    "/criteres",
    "/criteres/tec-peinture",
    "/static/x",
    "/nope",
    "/broken",
    "/api/broken",
    "/api/nope",
    "/picture",
]


@pytest.mark.parametrize("address", EVERYWHERE)
def test_every_answer_carries_its_headers(address: str) -> None:
    headers = Browser(SITE).get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=63072000")
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert "unsafe" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    for name in ("content-security-policy", "cache-control", "referrer-policy"):
        assert len(headers.get_list(name)) <= 1
    assert "server" not in headers


def test_the_policy_of_pages_closes_what_could_run() -> None:
    for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert directive in PAGE_POLICY


def test_a_picture_opened_alone_is_in_a_sandbox() -> None:
    headers = Browser(SITE).get("/picture").headers
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cache-control"] == "public, max-age=9"


@pytest.mark.parametrize("address", ["/mes-badges/abc", "/mes-badges/abc/def.svg", "/mes-badges/abc/def/ghi"])
def test_what_is_somebodys_own_is_never_kept_nor_told(address: str) -> None:
    headers = Browser(SITE).get(address).headers
    assert headers.get_list("cache-control") == ["no-store"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_route_may_have_its_own_policy() -> None:
    assert Browser(SITE).get("/own-policy").headers["content-security-policy"] == "sandbox"


def test_plain_http_does_not_promise_https() -> None:
    site = a_site(pages=some_pages(base_url="http://127.0.0.1:8000"))
    assert "strict-transport-security" not in Browser(site).get("/").headers
