"""What follows an award, in a real Chromium: every page at 320 px, light and dark, and a badge taken back by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browsing import a_browser, follow, objections, width

from .conftest import Service

pytestmark = pytest.mark.browser

PAGES = {
    "encadrante": ("/equipe/badges", "/equipe/messages", "/equipe/historique", "/equipe/chiffres",
                  "/equipe/renouvellements"),
    "reseau": ("/equipe/chiffres/reseau",),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def signed_in(browser: Any, service: Service) -> Iterator[Callable[..., Any]]:
    contexts = []

    def signed_in(role: str, **options: Any) -> Any:
        context = browser.new_context(**{"locale": "fr-FR", "viewport": {"width": 320, "height": 720}, **options})
        contexts.append(context)
        page = context.new_page()
        told = service.demo.told["staff"][role]
        page.goto(f"{service.demo.base_url}/equipe/connexion")
        page.locator("input[type=email]").fill(told["email"])
        page.locator("input[type=password]").fill(told["password"])
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_url("**/equipe")
        return page

    yield signed_in
    for context in contexts:
        context.close()


def look_at(page: Any) -> list[str]:
    """What is wrong with the page that is open, in both schemes, and whether it is wider than a small phone."""
    wrong = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wrong += [f"{scheme}: {each}" for each in objections(page)]
    return wrong + ([f"{page.url} is {width(page)} px wide"] if width(page) > 320 else [])


def test_every_page_after_an_award_is_accessible_on_a_small_phone(signed_in: Any, service: Service) -> None:
    wrong = []
    for role, addresses in PAGES.items():
        page = signed_in(role)
        for address in addresses:
            assert page.goto(service.demo.base_url + address).status == 200
            wrong += look_at(page)
        if role == "encadrante":
            page.goto(service.demo.base_url + "/equipe/badges")
            award = page.locator(".listing a").first.get_attribute("href")
            for act in ("", "/retirer", "/corriger"):
                page.goto(service.demo.base_url + award + act)
                wrong += look_at(page)
            page.goto(service.demo.base_url + "/equipe/messages")
            follow(page.locator(".rows a").first)
            wrong += look_at(page)
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_badges_are_taken_back_from_the_list(signed_in: Any, service: Service, scripts: bool) -> None:
    page = signed_in("encadrante", java_script_enabled=scripts)
    page.goto(service.demo.base_url + "/equipe/badges?etat=valid")
    boxes = page.locator(".listing input[type=checkbox]")
    chosen = [boxes.nth(number).get_attribute("name") for number in (0, 1)]
    for number in (0, 1):
        boxes.nth(number).check()
    follow(page.get_by_role("button", name="Retirer les badges cochés"))
    assert page.get_by_role("heading", level=1).inner_text().replace("\u202f", " ") == "Pourquoi retirer ces 2 badges ?"
    page.get_by_label("La compétence n’est plus à jour").check()
    follow(page.get_by_role("button", name="Retirer ces 2 badges"))
    assert "retirés" in page.get_by_role("status").inner_text()
    page.goto(service.demo.base_url + "/equipe/badges?etat=valid")
    left = [page.locator(f".listing input[name='{each}']").count() for each in chosen]
    assert (left, boxes.count() > 0) == ([0, 0], True)
