"""How much may be sent, by one and by all, before anybody asks who sends it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body, Request
from starlette.types import Message

from badges.web.bodies import MAX_BODY, MIB, USUAL, BodyLimit

from .building import Browser, a_site

router = APIRouter()


@router.post("/api/read")
async def read(request: Request) -> int:
    return len(await request.body())


@router.post("/api/parsed")
def parsed(given: Annotated[Any, Body()]) -> str:
    return type(given).__name__


@router.post("/large")
async def large(request: Request) -> int:
    return len(await request.body())


def a_browser() -> Browser:
    site = a_site(router)
    site.add_middleware(BodyLimit, larger={"/large": 2 * MAX_BODY})
    return Browser(site)


async def in_pieces(size: int) -> Any:
    for _ in range(0, size, MIB):
        yield b" " * MIB


@pytest.mark.parametrize("path", ["/api/read", "/api/parsed", "/api/nothing-there"])
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in pieces"])
def test_a_body_is_refused_when_it_is_too_large(path: str, announced: bool) -> None:
    body: Any = b" " * (MAX_BODY + 1) if announced else in_pieces(MAX_BODY + MIB)
    response = a_browser().ask("POST", path, {"content-type": "application/json"}, content=body)
    assert response.status_code == (404 if "nothing" in path else 413)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] in ("too_large", "not_found")


def test_a_body_of_the_very_size_is_taken_and_a_path_may_take_more() -> None:
    assert a_browser().ask("POST", "/api/read", content=b" " * MAX_BODY).json() == MAX_BODY
    assert a_browser().ask("POST", "/large", content=b" " * (MAX_BODY + 1)).json() == MAX_BODY + 1


def test_a_length_that_is_no_number_is_not_believed() -> None:
    for length in ("-1", "x", "9" * 400, "1_0"):
        response = a_browser().ask("POST", "/api/read", {"content-length": length}, content=b"a")
        assert response.status_code in (200, 413)


def test_large_bodies_share_the_room_and_usual_ones_always_find_some() -> None:
    taken: list[int] = []
    release = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        size = 0
        while size < scope["wanted"]:
            size += len((await receive())["body"])
        taken.append(size)
        if scope["wanted"] > USUAL:
            await release.wait()

    async def receive() -> Message:
        return {"type": "http.request", "body": b" " * MIB, "more_body": True}

    async def send(message: Message) -> None: ...

    async def main() -> None:
        limit = BodyLimit(app, together=4 * MIB)

        def one(size: int) -> Any:
            return limit({"type": "http", "path": "/", "headers": [], "wanted": size}, receive, send)

        held = asyncio.create_task(one(5 * MIB))
        await asyncio.sleep(0)
        with pytest.raises(Exception, match="429"):
            await one(2 * MIB)
        await one(USUAL)
        release.set()
        await held
        await one(2 * MIB)

    asyncio.run(main())
    assert taken == [5 * MIB, USUAL, 2 * MIB]
