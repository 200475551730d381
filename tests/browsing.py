"""A real Chromium for the tests that look at pages; skipped where none is found."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    candidates = (os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    return next((path for path in candidates if path), None)


@contextmanager
def a_browser() -> Iterator[Any]:
    """Opened, or the test is skipped."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: set CHROMIUM, or install one")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def follow(locator: Any) -> None:
    """Click on what leads to another page, and wait until that page is whole: a click may return before it begins."""
    with locator.page.expect_navigation():
        locator.click()


def objections(page: Any) -> list[str]:
    """What axe-core objects to on the page that is open."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(Axe().axe_script)
    # What is in order is not told: it is most of the answer, and costs as much as looking.
    violations = page.evaluate("axe.run({ resultTypes: ['violations'] }).then((told) => told.violations)")
    return [
        f"{page.url}: {found['id']} ({found['help']}): {[node['html'][:120] for node in found['nodes'][:3]]}"
        for found in violations
    ]


def width(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
