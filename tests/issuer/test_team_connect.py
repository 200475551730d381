"""Signing in with a real OpenID provider, certified, in a process of its own: what it says lets people in, or not."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from badges.errors import FetchError
from badges.issuer.accounts import Accounts
from badges.issuer.database import Database
from badges.issuer.identity_service import Client, NotSignedIn, Question
from badges.issuer.openid import OpenId
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Account
from badges.issuer.team import connect, entry
from badges.issuer.team.door import Team

from ..second_opinions import needs_openid_provider
from ..web.building import Browser, a_site, some_pages
from .builders import Office

pytestmark = [needs_openid_provider, pytest.mark.xdist_group("openid")]

SCRIPT = Path(__file__).parents[1] / "second_opinions" / "openid_provider.mjs"
SITE = "https://badges.example"
BACK = SITE + connect.BACK


class RealClock:
    """The provider dates its tokens by the machine's clock."""

    @staticmethod
    def now():
        from datetime import UTC, datetime

        return datetime.now(UTC)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = ["node", str(SCRIPT), str(port), BACK, "nadia@jardins.example"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def client(issuer: str) -> Client:
    return Client(issuer, "badges", "a secret of thirty-two characters", BACK, scope="openid email profile")


def visit(address: str, login: str) -> Mapping[str, str]:
    """What somebody does at the provider: sign in, agree; then the answer that their browser brings back."""
    with httpx.Client(trust_env=False) as browser:
        page = browser.get(address, follow_redirects=True)
        for _ in range(2):
            action = re.search(r'action="([^"]+)"', page.text)
            assert action, page.text
            prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
            fields = {"prompt": prompt[1] if prompt else "login", "login": login, "password": "x"}
            answer = browser.post(page.url.join(action[1]), data=fields)
            while answer.is_redirect and not answer.headers["location"].startswith(BACK):
                answer = browser.get(answer.url.join(answer.headers["location"]))
            if answer.is_redirect:
                return {
                    name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()
                }
            page = answer
    raise AssertionError("the provider did not send anybody back")


def asked(provider: OpenId, login: str = "nadia@jardins.example") -> tuple[Mapping[str, str], Question]:
    address, question = provider.ask("/equipe")
    return visit(address, login), question


def test_the_provider_tells_the_email_of_whoever_signed_in_there(client: Client) -> None:
    provider = OpenId(client, RealClock())
    assert provider.email_of(*asked(provider, "Nadia@Jardins.example")) == "nadia@jardins.example"


def test_an_answer_is_good_once(client: Client) -> None:
    provider = OpenId(client, RealClock())
    answer, question = asked(provider)
    provider.email_of(answer, question)
    with pytest.raises(NotSignedIn):
        provider.email_of(answer, question)


@pytest.mark.parametrize("member", ["state", "nonce", "verifier"])
def test_an_answer_to_another_question_lets_nobody_in(client: Client, member: str) -> None:
    provider = OpenId(client, RealClock())
    answer, question = asked(provider)
    with pytest.raises(NotSignedIn):
        provider.email_of(answer, replace(question, **{member: "x" * 43}))


def test_an_answer_said_to_be_from_another_provider_is_refused(client: Client) -> None:
    provider = OpenId(client, RealClock())
    answer, question = asked(provider)
    with pytest.raises(NotSignedIn):
        provider.email_of({**answer, "iss": "https://evil.example"}, question)


def test_an_email_that_nobody_verified_lets_nobody_in(client: Client) -> None:
    provider = OpenId(client, RealClock())
    with pytest.raises(NotSignedIn, match="email"):
        provider.email_of(*asked(provider, "nadia@jardins.example?unverified"))


def test_a_token_made_for_another_client_is_refused(client: Client) -> None:
    provider = OpenId(client, RealClock())
    answer, question = asked(provider)
    with pytest.raises(NotSignedIn):
        OpenId(replace(client, client_secret="another secret altogether, as long"), RealClock()).email_of(
            answer, question
        )


def test_a_provider_that_does_not_answer_is_told_as_such(client: Client) -> None:
    with pytest.raises(FetchError):
        OpenId(replace(client, issuer="http://127.0.0.1:9"), RealClock()).ask("/equipe")


class TestThePages:
    @pytest.fixture
    def office(self, sqlite_storage: Database) -> Office:
        office = Office(sqlite_storage)
        office.issuer.add_staff(
            OPERATOR,
            structure=office.jardins.id,
            name="Nadia Roux",
            function="ETI",
            permissions=("read", "note"),
            email="nadia@jardins.example",
        )
        return office

    @pytest.fixture
    def browser(self, office: Office, client: Client) -> Browser:
        pages = some_pages()
        team = Team(office.issuer, Accounts(office.issuer.desk), pages)
        team.identity_service = "ProConnect"
        service = connect.routes(OpenId(client, RealClock()))
        return Browser(a_site(entry.router(team), service(team), pages=pages))

    def go_and_come_back(self, browser: Browser, login: str, suite: str = "") -> httpx.Response:
        away = browser.post(connect.AWAY + suite)
        assert away.status_code == 303
        answer = visit(away.headers["location"], login)
        return browser.get(connect.BACK + "?" + str(httpx.QueryParams(dict(answer))))

    def test_somebody_of_the_staff_is_let_in_and_goes_where_they_were_going(self, browser: Browser) -> None:
        assert "Se connecter avec ProConnect" in browser.get("/equipe/connexion").text
        back = self.go_and_come_back(browser, "nadia@jardins.example", "?suite=/equipe/personnes")
        assert (back.status_code, back.headers["location"]) == (303, "/equipe/personnes")
        assert "Bonjour Nadia" in browser.get("/equipe").text

    def test_another_subject_with_the_same_email_is_the_same_person(self, browser: Browser, office: Office) -> None:
        for login in ("nadia@jardins.example", "nadia@jardins.example?another-subject"):
            assert self.go_and_come_back(browser, login).status_code == 303
        with office.storage.reading() as register:
            assert register.count(Account) == 1

    def test_somebody_without_a_place_is_told_to_ask_for_an_invitation(self, browser: Browser) -> None:
        back = self.go_and_come_back(browser, "personne@ailleurs.example")
        assert back.status_code == 403
        assert "Demandez une invitation" in back.text
        assert browser.get("/equipe").status_code == 303

    def test_an_answer_brought_to_a_browser_that_did_not_ask_lets_nobody_in(self, browser: Browser) -> None:
        away = browser.post(connect.AWAY)
        answer = visit(away.headers["location"], "nadia@jardins.example")
        browser.cookies.clear()
        back = browser.get(connect.BACK + "?" + str(httpx.QueryParams(dict(answer))))
        assert back.status_code == 403
        assert browser.get("/equipe").status_code == 303
