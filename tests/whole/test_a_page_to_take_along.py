"""The offline page of the demonstration, downloaded from the service, then opened where nothing answers."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.browsing import a_browser

from .conftest import Demonstration, Service

pytestmark = pytest.mark.browser


def test_the_badges_of_the_demonstration_are_verified_from_a_file(
    demo: Demonstration, service: Service, tmp_path: Path
) -> None:
    answer = httpx.get(f"{demo.base_url}/verifier/hors-ligne", headers={"Accept-Language": "fr"}, trust_env=False)
    assert answer.headers["content-disposition"].startswith("attachment")
    path = tmp_path / "verifier-hors-ligne.html"
    path.write_bytes(answer.content)
    good = list(demo.told["badges"].values())[:5]
    with a_browser() as browser:
        page = browser.new_context(offline=True).new_page()
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=true]")
        page.set_input_files("#file", [*good, demo.told["revoked"], demo.told["expired"]])
        page.wait_for_selector('#results[data-done="7"]')
        found = page.locator("section.answer").evaluate_all("all => all.map(each => each.dataset.verdict)")
        first = page.locator("section.answer").first.get_attribute("data-headline")
        shown = page.get_by_role("main").inner_text()
    assert found == [*["valid"] * 5, "revoked", "expired"]
    assert first.startswith("Oui (démonstration) : ce badge est authentique")
    assert demo.told["root"].rpartition(":")[2].rpartition("$")[2] in shown
