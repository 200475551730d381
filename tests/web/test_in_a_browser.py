"""The pages in a real Chromium: nothing that axe objects to, light and dark, and no page wider than its screen."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from badges.catalogue.library import Catalogue
from badges.worker import routes
from tests.browsing import a_browser, objections, width
from tests.worker.world import the_household

from . import published_documents
from .building import a_site, some_pages

pytestmark = pytest.mark.browser

HOME = the_household()
ADDRESSES = [
    "/",
    "/criteres",
    "/criteres?q=zzz",
    "/criteres/tec-maraichage-planter/0.1.0",
    "/criteres/eti-socle-encadrant/0.1.0",
    "/criteres/tec-peinture/0.1.0?lang=en",
    "/alignements/clea-7",
    "/rien",
    f"/mes-badges/{HOME.secret}",
    f"/mes-badges/{HOME.empty_secret}",
    "/mes-badges",
    "/b?code=zz",
    f"/b/{HOME.valid.code}",
    f"/b/{HOME.revoked.code}",
    "/p/x",
    *published_documents.SHOWN,
]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    # TCP by name: asyncio sends small answers at once only then, instead of 40 ms later.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        pages, catalogue = some_pages(base_url=address), Catalogue.open()
        worker = routes.router(HOME.room(pages))
        app = a_site(worker, published_documents.router(pages), pages=pages, catalogue=catalogue)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 10
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield address
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, site: str, scheme: str) -> None:
    found = []
    context = browser.new_context(
        locale="fr-FR", viewport={"width": 1024, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    for address in ADDRESSES:
        page.goto(site + address)
        found += objections(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("screen", [320, 360, 768, 1280])
def test_no_page_is_wider_than_its_screen(browser: Any, site: str, screen: int) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": screen, "height": 800})
    page = context.new_page()
    wide = {}
    for address in ADDRESSES:
        page.goto(site + address)
        if width(page) > screen:
            wide[address] = width(page)
    context.close()
    assert wide == {}


def test_what_one_touches_is_large_enough(browser: Any, site: str) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 800})
    page = context.new_page()
    small = []
    for address in ADDRESSES:
        page.goto(site + address)
        small += page.evaluate(
            """() => [...document.querySelectorAll("a.button, button, input, select, summary, nav a, a.door")]
                .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
                .filter(([_, box]) => box.height > 0 && box.height < 47.5)
                .map(([html, box]) => `${html}: ${box.height}`)"""
        )
    context.close()
    assert small == []


def test_a_page_loads_under_its_own_policy_without_a_complaint(browser: Any, site: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    for address in [
        "/",
        "/criteres",
        "/criteres/tec-peinture/0.1.0",
        f"/mes-badges/{HOME.secret}",
        f"/b/{HOME.valid.code}",
    ]:
        page.goto(site + address)
        page.wait_for_load_state("networkidle")
        pictures = "[...document.images].filter(each => each.complete && each.naturalWidth === 0).map(each => each.src)"
        said += page.evaluate(pictures)
    context.close()
    assert said == []


def test_search_works_with_the_keyboard_and_without_scripts(browser: Any, site: str) -> None:
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/criteres")
    page.get_by_label("Mots cherchés").fill("velo")
    page.get_by_label("Famille", exact=True).select_option("techniques")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.get_by_role("button", name="Chercher").press("Enter")
    assert "Réviser et réparer un vélo" in page.get_by_role("main").inner_text()
    assert page.get_by_label("Mots cherchés").input_value() == "velo"
    page.goto(site + "/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Aller au contenu"
    context.close()
