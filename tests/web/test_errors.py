"""A refusal says what happened and what to do, to people as a page, to programs as a problem document."""

from __future__ import annotations

import logging

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from badges import errors
from badges.web.errors import SENTENCES, status_of

from .building import Browser, a_site
from .reading_pages import PageRead


class Order(BaseModel):
    name: str
    count: int


def refusing(error: Exception) -> APIRouter:
    router = APIRouter()

    @router.get("/here")
    @router.get("/api/v1/here")
    @router.get("/issuers/here")
    def here() -> None:
        raise error

    return router


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("a"), 404),
        (errors.Forbidden("a"), 403),
        (errors.Conflict("a"), 409),
        (errors.Misuse("a"), 422),
        (errors.AwardRefused("a"), 422),
        (errors.SignatureInvalid("a"), 422),
        (errors.CarrierRefused("a", code="too_large"), 413),
        (errors.FetchError("a"), 502),
        (errors.KeyringLocked("a"), 503),
        (errors.KeyringError("a"), 500),
        (errors.BadgesError("a"), 500),
    ],
)
def test_each_refusal_has_its_status(error: errors.BadgesError, status: int) -> None:
    assert status_of(error) == status


def test_people_read_a_sentence_and_the_next_step() -> None:
    site = a_site(refusing(errors.AwardRefused("Deux jours attendus, un trouvé.", advice="Observez un autre jour.")))
    response = Browser(site).get("/here")
    page = PageRead(response.text)
    assert response.status_code == 422
    assert "Deux jours attendus, un trouvé." in page.text
    assert "Observez un autre jour." in page.text
    assert "Aller à l’accueil" in page.text


def test_programs_read_a_problem_document() -> None:
    site = a_site(refusing(errors.AwardRefused("Deux jours attendus.", advice="Observez.", code="days_missing")))
    for address, accept in [("/api/v1/here", "text/html"), ("/issuers/here", "*/*"), ("/here", "application/json")]:
        response = Browser(site).get(address, accept=accept)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json() == {
            "type": "urn:badges-iae:problem:days_missing",
            "title": "Il manque quelque chose pour répondre",
            "status": 422,
            "code": "days_missing",
            "detail": "Deux jours attendus.",
            "advice": "Observez.",
        }


def test_a_browser_reads_a_page_even_where_documents_are_published() -> None:
    response = Browser(a_site(refusing(errors.NotFound("a")))).get("/issuers/here")
    assert response.headers["content-type"].startswith("text/html")


def test_an_unexpected_error_tells_nobody_what_it_was(caplog: pytest.LogCaptureFixture) -> None:
    site = a_site(refusing(RuntimeError("marie@exemple.fr")))
    with caplog.at_level(logging.ERROR, "badges.web"):
        for address in ("/here", "/api/v1/here"):
            response = Browser(site).get(address)
            assert response.status_code == 500
            assert "marie" not in response.text
            assert "Traceback" not in response.text
            assert "content-security-policy" in response.headers
    assert "marie" not in caplog.text
    assert "RuntimeError" in caplog.text
    reference = Browser(site).get("/api/v1/here").json()["instance"].rpartition(":")[2]
    assert len(reference) == 12


def test_the_wrong_method_and_an_unknown_address() -> None:
    browser = Browser(a_site())
    assert browser.ask("POST", "/").status_code == 405
    assert "GET" in browser.ask("POST", "/").headers["allow"]
    assert browser.get("/api/v1/rien").json()["code"] == "not_found"


def test_a_malformed_request_is_never_quoted() -> None:
    router = APIRouter()

    @router.post("/api/v1/orders")
    def order(order: Order) -> None: ...

    response = Browser(a_site(router)).ask("POST", "/api/v1/orders", json={"name": "Marie", "count": "Dupont"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["where"] == "body/count"
    assert "Dupont" not in response.text


def test_a_foreign_reader_is_told_in_english_around_the_french_detail() -> None:
    response = Browser(a_site(refusing(errors.NotFound("Rien ici."))), "en").get("/here")
    assert "There is nothing at this address" in response.text
    assert 'lang="fr">Rien ici.' in response.text


def test_each_sentence_has_a_next_step() -> None:
    assert all(sentences.title and sentences.advice.endswith(".") for sentences in SENTENCES.values())
