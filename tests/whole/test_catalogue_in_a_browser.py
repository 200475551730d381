"""The network’s pages in a real Chromium: axe-core, light and dark, 320 px; a support signed without any script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsing import a_browser, follow, objections, width

from .conftest import Demonstration, Service

BADGE = "tec-espaces-verts-entretenir"
PAGES = (
    "/equipe/catalogue",
    f"/equipe/catalogue/{BADGE}",
    "/equipe/catalogue/proposer",
    f"/equipe/catalogue/proposer?de={BADGE}",
    "/equipe/catalogue/importer",
    "/equipe/soutiens",
    "/equipe/structures",
    f"/criteres/{BADGE}/0.1.0",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def network(chromium: Any, service: Service, demo: Demonstration) -> Iterator[Any]:
    """A window of the network’s coordinator, without JavaScript but for what looks at the page."""
    context = chromium.new_context(locale="fr-FR", base_url=demo.base_url)
    page = context.new_page()
    page.goto("/equipe/connexion")
    page.fill("[name=email]", demo.told["staff"]["reseau"]["email"])
    page.fill("[name=password]", demo.told["staff"]["reseau"]["password"])
    follow(page.locator("main button[type=submit]"))
    yield page
    context.close()


def look_at(page: Any, address: str) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for wide in (320, 1280):
            page.set_viewport_size({"width": wide, "height": 900})
            assert page.goto(address).status == 200
            found += objections(page)
            if width(page) > wide:
                found.append(f"{address}: {width(page)} px wide at {wide}")
    return found


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_in_the_way_of_a_reader(network: Any, address: str) -> None:
    assert look_at(network, address) == []


def test_a_structure_has_a_page_that_anybody_can_read(network: Any) -> None:
    network.goto("/equipe/structures")
    for place in network.locator("ul.rows a.button").evaluate_all("all => all.slice(0, 2).map(one => one.href)"):
        assert look_at(network, place) == []


def test_a_support_is_asked_for_and_signed_without_an_account_and_without_script(
    chromium: Any, network: Any, demo: Demonstration
) -> None:
    network.goto("/equipe/soutiens?sur=badge:tec-peinture")
    network.fill("[name=name]", "Luc Bernard")
    follow(network.locator("text=Préparer le lien"))
    link = network.inner_text(".secret-shown code")
    assert look_at(network, link) == []
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(link)
    page.fill("[name=name]", "Peintures du Pont")
    page.fill("[name=url]", "https://peintures.example")
    page.fill("[name=email]", "contact@peintures.example")
    page.fill("[name=comment]", "C’est ce que nous demandons à un peintre le premier mois.")
    page.check("[name=agreed]")
    follow(page.locator("text=Signer ce soutien"))
    assert "Merci, votre soutien est signé" in page.inner_text("main")
    page.goto(demo.base_url + "/criteres/tec-peinture/0.1.0")
    assert "Peintures du Pont" in page.inner_text(".supports")
    context.close()
