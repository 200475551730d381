"""The staff's door: in, out, from one structure to another, and what a page says of what was just done."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

import httpx
import pytest

from badges.issuer.accounts import Accounts
from badges.issuer.database import Database
from badges.issuer.permissions import OPERATOR
from badges.issuer.team import entry
from badges.issuer.team.door import Team, local_path

from ..web.building import Browser, a_site, some_pages
from .builders import EVERYTHING, Office

PASSWORD = "cerfeuil brouette nacelle"
COOKIE = "__Host-equipe"


@dataclass
class Door:
    office: Office
    accounts: Accounts
    browser: Browser

    def sign_in(self, password: str = PASSWORD, **more: str) -> httpx.Response:
        return self.browser.post("/equipe/connexion", {"email": "nadia@jardins.example", "password": password, **more})


@pytest.fixture
def door(sqlite_storage: Database) -> Door:
    office = Office(sqlite_storage)
    accounts = Accounts(office.issuer.desk)
    member = office.issuer.add_staff(
        OPERATOR,
        structure=office.jardins.id,
        name="Nadia Roux",
        function="ETI",
        permissions=EVERYTHING,
        email="nadia@jardins.example",
    )
    accounts.set_password(member.account, PASSWORD)
    office.clock.advance(days=1)
    office.issuer.add_staff(
        OPERATOR,
        structure=office.voisins.id,
        name="Nadia Roux",
        function="COORD",
        permissions=("read", "second"),
        account=member.account,
    )
    pages = some_pages()
    return Door(office, accounts, Browser(a_site(entry.router(Team(office.issuer, accounts, pages)), pages=pages)))


def test_without_a_session_one_is_led_to_the_sign_in_and_back_to_where_one_was_going(door: Door) -> None:
    away = door.browser.get("/equipe")
    assert (away.status_code, away.headers["location"]) == (303, "/equipe/connexion")
    assert 'name="password"' in door.browser.get("/equipe/connexion").text
    inside = door.sign_in(suite="/equipe/personnes?nom=a")
    assert (inside.status_code, inside.headers["location"]) == (303, "/equipe/personnes?nom=a")
    assert "Bonjour Nadia" in door.browser.get("/equipe").text


def test_the_cookie_of_a_session_is_for_this_site_and_no_script(door: Door) -> None:
    cookie = door.sign_in().headers["set-cookie"]
    for part in (f"{COOKIE}=", "Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_wrong_password_is_told_without_saying_what_is_wrong_and_keeps_the_address(door: Door) -> None:
    answer = door.sign_in("je ne sais plus")
    assert answer.status_code == 403
    assert "La connexion n’a pas eu lieu" in answer.text
    assert 'value="nadia@jardins.example"' in answer.text
    assert "je ne sais plus" not in answer.text
    assert "set-cookie" not in answer.headers


def test_the_eleventh_try_is_told_to_wait(door: Door) -> None:
    for _ in range(10):
        door.sign_in("je ne sais plus")
    answer = door.sign_in()
    assert answer.status_code == 429
    assert "quart d’heure" in answer.text


def test_a_session_that_somebody_set_beforehand_is_never_the_one_that_opens(door: Door) -> None:
    door.browser.cookies.set(COOKIE, "chosen-by-somebody-else")
    answer = door.sign_in()
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]
    assert door.accounts.find("chosen-by-somebody-else") is None


def test_after_signing_out_the_old_cookie_opens_nothing(door: Door) -> None:
    door.sign_in()
    kept = door.browser.cookies.get(COOKIE)
    out = door.browser.post("/equipe/deconnexion")
    assert out.headers["location"] == "/equipe/connexion?dit=signed_out"
    assert "déconnecté" in door.browser.get(out.headers["location"]).text
    door.browser.cookies.set(COOKIE, kept)
    assert door.browser.get("/equipe").status_code == 303


def test_one_works_for_one_structure_at_a_time_and_may_change(door: Door) -> None:
    door.sign_in()
    assert "Les Jardins de Limoges" in door.browser.get("/equipe").text
    switched = door.browser.post("/equipe/structure-active", {"structure": door.office.voisins.id})
    page = door.browser.get(switched.headers["location"]).text
    assert "Vous travaillez maintenant pour cette structure." in page
    assert "<strong>Les Voisins</strong>" in page
    refused = door.browser.post("/equipe/structure-active", {"structure": door.office.reseau.id})
    assert refused.status_code == 404


def test_a_device_that_stays_notes_for_a_month_and_asks_the_password_for_the_rest(door: Door) -> None:
    door.sign_in(stays="1")
    door.office.clock.advance(days=3)
    page = door.browser.get("/equipe")
    assert page.status_code == 200
    assert "/equipe/noter" in page.text
    assert "/equipe/proposer" not in page.text
    away = door.browser.post("/equipe/structure-active", {"structure": door.office.voisins.id})
    assert away.headers["location"] == "/equipe/connexion?suite=/equipe/structure-active"
    assert "redites votre mot de passe" in door.browser.get("/equipe/connexion").text


def test_nothing_that_was_not_foreseen_can_be_made_to_appear_in_a_page(door: Door) -> None:
    door.sign_in()
    page = door.browser.get("/equipe?dit=<b>Votre+compte+est+pirate</b>").text
    assert "pirate" not in page.partition("<main")[2]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/equipe/../../evil",
        "/equipe//evil.example",
        "/equipe/%2f%2fevil.example",
        "javascript:alert(1)",
        "/equipement",
        "/verifier",
        "/equipe/\nSet-Cookie: a=b",
        "equipe/personnes",
        "",
    ],
)
def test_after_signing_in_one_never_leaves_the_site(target: str) -> None:
    after = urljoin("https://badges.example/equipe/connexion", local_path(target))
    assert after.startswith("https://badges.example/")
    assert "\n" not in after


def test_what_changes_something_is_asked_from_our_own_pages(door: Door) -> None:
    door.sign_in()
    for address in ("/equipe/deconnexion", "/equipe/structure-active", "/equipe/connexion"):
        answer = door.browser.ask("POST", address, {"sec-fetch-site": "cross-site"}, data={"structure": "x"})
        assert answer.status_code == 403
    assert door.browser.get("/equipe").status_code == 200


def test_the_help_is_there_before_and_after_signing_in(door: Door) -> None:
    before = door.browser.get("/equipe/aide")
    assert before.status_code == 200
    assert "Comment un badge se délivre" in before.text
    assert "Se déconnecter" not in before.text
    door.sign_in()
    assert "Se déconnecter" in door.browser.get("/equipe/aide").text
