"""The description of the API, walked through: whole, translated, and every example of it sent to a real service."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from badges.app import create_app
from badges.clock import FixedClock
from badges.demo import fill
from badges.deployment import Deployment
from badges.issuer.permissions import OPERATOR, PERMISSIONS
from badges.settings import Settings
from badges.typography import french
from badges.verify.reading import is_receipt
from badges.web import api_docs, languages

from .building import Browser
from .reading_pages import PageRead

BASE_URL = "http://127.0.0.1:9"
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
"""The examples have dates: they are sent while their observations are recent."""
JARDINS = "Les Jardins de la Vallée"

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("api") / "home"
    return fill(home, BASE_URL, clock=FixedClock(NOW)) | {"home": home}


@pytest.fixture(scope="module")
def app(told: dict[str, Any]) -> FastAPI:
    return create_app(Settings(home=told["home"]), FixedClock(NOW))


@pytest.fixture(scope="module")
def groups(app: FastAPI) -> list[api_docs.Group]:
    return list(api_docs.read(app.openapi()))


def operations(app: FastAPI) -> Iterator[Operation]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_operation_is_told(app: FastAPI) -> None:
    for method, path, operation in operations(app):
        assert method in api_docs.METHODS, path
        assert operation["summary"], path
        assert len(set(operation["tags"]) & set(api_docs.GROUPS)) == 1, path


def test_every_refusal_is_a_problem_document(app: FastAPI) -> None:
    for method, path, operation in operations(app):
        statuses = {int(status) for status in operation["responses"]}
        assert len([status for status in statuses if status < 300]) == 1, path
        assert {422} <= statuses, path
        assert not operation.get("security") or {401, 403, 404, 409, 422, 503} <= statuses, (method, path)
        for status, answer in operation["responses"].items():
            assert answer["description"]
            assert status < "400" or list(answer["content"]) == ["application/problem+json"], (path, status)


def test_every_body_has_an_example_and_every_member_its_words(groups: list[api_docs.Group]) -> None:
    for operation in (each for group in groups for each in group.operations):
        assert bool(operation.media_types) == bool(operation.examples), operation.name
        for member in (*operation.parameters, *operation.body):
            assert member.words, (operation.name, member.name)
            assert member.kind in api_docs.KINDS, (operation.name, member.name)


def test_every_word_of_the_description_is_translated(groups: list[api_docs.Group]) -> None:
    english = languages.available()["en"]
    assert isinstance(english, languages.Translated)
    for operation in (each for group in groups for each in group.operations):
        words = [operation.summary, operation.words]
        words += [member.words for member in (*operation.parameters, *operation.body)]
        words += [answer.words for answer in operation.answers]
        assert [each for each in words if each and each != "Successful Response" and not english.knows(each)] == []


def test_the_page_shows_every_operation(app: FastAPI, groups: list[api_docs.Group]) -> None:
    for language in ("fr", "en"):
        response = Browser(app, language).get("/api/docs")
        page = PageRead(response.text)
        assert (response.status_code, page.faults) == (200, [])
        assert len(page.all("h1")) == 1
        assert len(page.all("details")) == len(list(operations(app)))
        assert page.all("script") == []
        assert "/api/v1/openapi.json" in {link.get("href") for link in page.all("a")}
    french_page = PageRead(Browser(app).get("/api/docs").text).text
    assert all(french(each.summary) in french_page for group in groups for each in group.operations)


# -- the examples, sent --------------------------------------------------------------------------------------------


class Program:
    """Sends the examples of the description, and holds each answer against what the description announces."""

    def __init__(self, app: FastAPI, token: str, *, acting_for: str = "") -> None:
        self._app = app
        self._headers = {"authorization": f"Bearer {token}"} | ({"acting-for": acting_for} if acting_for else {})
        self.sent: set[tuple[str, str]] = set()

    def example(self, path: str) -> dict[str, Any]:
        content = self._app.openapi()["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"]
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        shown: dict[str, Any] = self._app.openapi()["components"]["schemas"][name]["examples"][0]
        return shown

    def post(self, path: str, status: int, *, where: dict[str, str] | None = None, **members: Any) -> httpx.Response:
        """The example of ``path``, with these members in the place of its own; ``where`` fills the path."""
        described = self._app.openapi()["paths"][f"/api/v1/{path}"]["post"]
        body = {**self.example(path), **members} if "requestBody" in described else None
        return self.ask("POST", path, status, where, json=body)

    def get(self, path: str, status: int = 200, **where: str) -> httpx.Response:
        return self.ask("GET", path, status, where)

    def ask(
        self, method: str, path: str, status: int, where: dict[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=self._headers) as client:
                return await client.request(method, f"/api/v1/{path.format(**where or {})}", **content)

        response = asyncio.run(asking())
        assert response.status_code == status, (method, path, response.text[:500])
        documented = self._app.openapi()["paths"][f"/api/v1/{path}"][method.lower()]["responses"]
        assert str(status) in documented
        self.sent.add((method.lower(), f"/api/v1/{path}"))
        return response


def test_every_example_works_in_order(app: FastAPI, told: dict[str, Any]) -> None:
    a, second = Program(app, told["api_token"]), _somebody_else(app, told)
    a.get("structures")
    a.get("staff")
    # a badge, from the person to the picture
    person = a.post("people", 201).json()["id"]
    a.get("people")
    a.get("people/{person}", person=person)
    a.post("people/{person}/link", 201, where={"person": person})
    for criterion in ("c1", "c2", "c3", "c4", "c5"):
        seen = a.post("people/{person}/observations", 201, where={"person": person}, criterion=criterion).json()
    a.post("people/{person}/observations", 201, where={"person": person}, on="2026-11-12")
    again = a.post("people/{person}/observations", 201, where={"person": person}, on="2026-11-13").json()["id"]
    a.post("observations/{observation}/withdraw", 200, where={"observation": again})
    a.get("people/{person}/observations", person=person)
    assert a.get("people/{person}/progress/{slug}", person=person, slug=seen["slug"]).json()["distinct_days"] == 2
    proposal = a.post("proposals", 201, person=person).json()["id"]
    a.get("proposals")
    a.get("proposals/{proposal}", proposal=proposal)
    a.post("proposals/{proposal}/word", 200, where={"proposal": proposal})
    second.post("proposals/{proposal}/second-look", 201, where={"proposal": proposal})
    award = a.post("awards", 201, proposal=proposal).json()["id"]
    a.get("awards")
    assert a.get("awards/{award}", award=award).json()["state"] == "valid"
    picture = a.get("awards/{award}/badge.{form}", award=award, form="png").content
    replaced = a.post("awards/{award}/replace", 201, where={"award": award}).json()["id"]
    assert a.post("awards/{award}/revoke", 200, where={"award": replaced}).json()["state"] == "revoked"
    # a whole session
    planned = a.post("batches", 201).json()
    assert planned["ready"] == a.example("batches/{batch}/confirm")["ready"]
    second.post("batches/{batch}/second-look", 201, where={"batch": planned["id"]})
    a.post("batches/{batch}/confirm", 202, where={"batch": planned["id"]})
    a.get("batches/{batch}", batch=planned["id"])
    other = a.post("batches", 201).json()["id"]
    a.post("batches/{batch}/cancel", 200, where={"batch": other})
    # and verified
    shown = app.openapi()["paths"]["/api/v1/verify"]["post"]["requestBody"]["content"]
    form = shown["multipart/form-data"]["example"]
    # The example stands at an address of nobody: here, at one of ours where there is nothing.
    texts = [text.replace("https://badges.example", BASE_URL) for text in form["text"]]
    parts = [("text", (None, text)) for text in texts] + [("recipient", (None, form["recipient"]))]
    a.ask("POST", "verify", 200, content=shown["text/plain"]["example"].replace("https://badges.example", BASE_URL))
    a.ask("POST", "verify", 200, files=parts)
    answer = a.ask("POST", "verify", 200, content=picture).json()
    assert is_receipt(a.ask("POST", "verify/receipt", 200, content=picture).content)
    assert [report["verdict"] for report in answer["reports"]] != ["invalid"]
    assert a.sent | second.sent == {(method, path) for method, path, _ in operations(app)}


def test_acting_for_nobody_reads_and_no_more(app: FastAPI, told: dict[str, Any]) -> None:
    """As the page says of a token that is not given to a person."""
    nobody = Program(app, _a_token_of_nobody(told))
    nobody.get("people")
    nobody.post("people", 403)


def _somebody_else(app: FastAPI, told: dict[str, Any]) -> Program:
    return Program(app, _a_token_of_nobody(told), acting_for=told["staff"]["accompagnatrice"]["id"])


def _a_token_of_nobody(told: dict[str, Any]) -> str:
    """Of the structure, for whomever it names."""
    deployment = Deployment(Settings(home=told["home"]), FixedClock(NOW))
    structure = next(each for each in deployment.issuer.list_structures(OPERATOR) if each.name == JARDINS)
    _, secret = deployment.issuer.new_api_token(OPERATOR, structure=structure.id, label="essai", scopes=PERMISSIONS)
    deployment.storage.close()
    return secret
