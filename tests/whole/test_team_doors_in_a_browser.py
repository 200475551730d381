"""The doors of the staff, their accounts, their structure and what supports a file, in a real Chromium: nothing that
axe-core objects to, light and dark, on a screen of 320 pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsing import a_browser, follow, objections, width

from .conftest import Service
from .staff_at_work import AtWork

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 700}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


def looked_at(page: Any) -> list[str]:
    """What is wrong with the page that is open, its folded parts open too."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    wide = [f"{page.url}: {width(page)} px wide"] if width(page) > SMALL["width"] else []
    return wide + objections(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_doors_of_the_staff_satisfy_axe_and_fit_a_small_screen(browser: Any, service: Service, scheme: str) -> None:
    context = browser.new_context(locale="fr-FR", viewport=SMALL, color_scheme=scheme)
    page, found = context.new_page(), []
    at = service.demo.base_url
    for address in ("connexion", "mot-de-passe", "aide", "invitation/rien-de-tel", "mot-de-passe/rien-de-tel"):
        page.goto(f"{at}/equipe/{address}")
        found += looked_at(page)
    page.goto(f"{at}/equipe/connexion")
    page.get_by_label("Votre e-mail").fill("personne@nulle-part.example")
    page.get_by_label("Votre mot de passe").fill("ce n’est pas celui-là")
    follow(page.get_by_role("button", name="Se connecter", exact=True))
    found += looked_at(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accounts_structure_and_what_supports_a_file_satisfy_axe(browser: Any, service: Service, scheme: str) -> None:
    context = browser.new_context(locale="fr-FR", viewport=SMALL, color_scheme=scheme)
    page, found = context.new_page(), []
    director = AtWork(service, page, "direction").sign_in()
    for address in ("/equipe", "/equipe/compte", "/equipe/structure", "/equipe/afest"):
        director.go(address)
        found += looked_at(page)
    director.go("/equipe/compte")
    director.press("Ajouter un code")
    found += looked_at(page)
    director.go("/equipe/structure")
    place = page.get_by_role("main").get_by_role("link", name=re.compile("^Changer")).last.get_attribute("href")
    director.go(place)
    found += looked_at(page)

    director.go("/equipe/personnes")
    person = page.locator("a[href^='/equipe/personnes/']:not([href$='nouvelle'])").first.get_attribute("href")
    for what in ("preuves", "temoin", "afest", "jury", "titre"):
        director.go(f"{person}/{what}")
        found += looked_at(page)
    for what in ("afest", "jury", "titre"):
        director.go(f"{person}/{what}")
        follow(page.get_by_role("main").get_by_role("button", name="Continuer"))
        found += looked_at(page)
    director.go(f"{person}/temoin")
    page.locator("#slug").select_option(index=1)
    page.get_by_label("Son nom").fill("Mme Martin")
    director.press("Faire le lien")
    found += looked_at(page)
    page.goto(page.locator(".secret-shown code").inner_text())
    found += looked_at(page)
    page.get_by_role("button", name="Envoyer ma réponse").evaluate("button => button.form.noValidate = true")
    follow(page.get_by_role("button", name="Envoyer ma réponse"))
    found += looked_at(page)
    context.close()
    assert found == []
