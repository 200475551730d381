"""The real application, asked in this process by somebody who means harm."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from badges.app import create_app
from badges.settings import read_settings
from badges.web.bodies import MAX_BODY

from .conftest import Demonstration


@pytest.fixture(scope="module")
def app(demo: Demonstration) -> FastAPI:
    return create_app(read_settings(demo.home))


def ask(app: FastAPI, method: str, address: str, **request: object) -> httpx.Response:
    async def one() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://badges.example") as client:
            return await client.request(method, address, **request)  # type: ignore[arg-type]

    return asyncio.run(one())


@pytest.mark.parametrize(
    "path", ["/criteres/", "/mes-badges/", "/b/", "/issuers/", "/api/v1/awards/", "//autre.example/"]
)
def test_no_answer_leads_to_the_host_that_a_request_names(app: FastAPI, path: str) -> None:
    response = ask(app, "GET", path, headers={"host": "autre.example"})
    assert "autre.example" not in response.headers.get("location", "")
    assert "autre.example" not in response.text


@pytest.mark.parametrize("path", ["/api/v1/people", "/api/v1/awards", "/api/v1/batches"])
def test_a_large_body_is_refused_before_anybody_asks_who_sends_it(app: FastAPI, path: str) -> None:
    async def pieces() -> object:
        for _ in range(MAX_BODY // 1024 // 1024 + 2):
            yield b" " * 1024 * 1024

    response = ask(app, "POST", path, content=pieces(), headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "path", ["/", "/verifier", "/metrics", "/mes-badges/x", "/trust.jws", "/assertions/x", "/api/v1/verify"]
)
@pytest.mark.parametrize("spelled", ["{}", "HTTP{}", "hTTp{}"])
def test_the_service_never_asks_itself(demo: Demonstration, app: FastAPI, path: str, spelled: str) -> None:
    address = spelled.format(demo.base_url if spelled == "{}" else demo.base_url.removeprefix("http")) + path
    for body in (address.encode(), json.dumps({"id": address}).encode()):
        response = ask(app, "POST", "/api/v1/verify", content=body)
        (report,) = response.json()["reports"]
        assert report["answer"] in ("unknown", "no")
        causes = {check["cause"] for check in report["checks"]}
        assert not causes & {"fetch_connection", "fetch_timeout"}  # nobody listens there: a question would have failed


def test_a_body_says_nothing_of_what_went_wrong_inside(app: FastAPI) -> None:
    for address in ("/nope", "/api/v1/awards", "/assertions/%00", "/issuers/..%2f", "/mes-badges/" + "a" * 5000):
        text = ask(app, "GET", address).text
        assert not any(word in text for word in ("Traceback", "sqlalchemy", 'File "', "site-packages"))


DAMAGE: dict[str, Callable[[str], str]] = {
    "nothing": lambda text: "",
    "not a list": lambda text: "bonjour",
    "cut short": lambda text: text[: len(text) // 2],
    "another signature": lambda text: text[:-8] + "AAAAAAAA",
    "another byte": lambda text: text[:200] + ("A" if text[200] != "A" else "B") + text[201:],
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_trust_list_makes_nothing_false_and_stops_no_door(
    demo: Demonstration, tmp_path: Path, how: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    file = home / "trust.jws"
    damaged = create_app(read_settings(home))
    answers = {}
    for slug in demo.told["badges"]:
        answers[slug] = ask(damaged, "POST", "/api/v1/verify", content=demo.badge(slug)).json()["reports"][0]["answer"]
    badge = demo.badge(next(slug for slug, answer in answers.items() if answer == "yes"))
    file.write_text(DAMAGE[how](file.read_text("ascii")), "ascii")
    answer = ask(damaged, "POST", "/api/v1/verify", content=badge)
    (report,) = answer.json()["reports"]
    assert (answer.status_code, report["answer"], report["verdict"]) == (200, "unknown", "undetermined")
    assert "trust_damaged" in {check["code"] for check in report["checks"]}
    page = ask(damaged, "POST", "/verifier", files=[("file", ("a.png", badge, "image/png"))])
    assert (page.status_code, 'data-answer="unknown"' in page.text) == (200, True)
    assert ask(damaged, "GET", "/verifier").status_code == 200
