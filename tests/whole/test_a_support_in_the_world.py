"""What others say of our badges, read as a stranger reads it: by our verifier inside and out, and by the reference."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from badges.deployment import Deployment
from badges.issuer.permissions import Caller
from badges.openbadges import jws, png
from badges.settings import Settings
from badges.verify.command import main
from tests.second_opinions import needs_reference_validator, reference_validator

from .conftest import Demonstration, Service
from .test_second_opinions import Web

SUPPORTED = "tec-espaces-verts-entretenir"


def supports(report: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    return [(one["about"], one["outcome"], one["code"], one["issuer"]["name"]) for one in report["endorsements"]]


EXPECTED = [
    ("badge", "passed", "endorsement_of_stranger", "Paysages du Val (entreprise inventée)"),
    ("issuer", "passed", "endorsement_of_stranger", "Organisme de formation du Val (inventé)"),
]


def verified_from_outside(demo: Demonstration) -> tuple[int, dict[str, Any]]:
    """``badges verify`` in this process: it asks the service over HTTP, as any stranger."""
    out = io.StringIO()
    options = ("--trust", demo.told["trust"], "--root", demo.told["root"], "--json")
    code = main([demo.told["badges"][SUPPORTED], *options], stdout=out, environment={})
    return code, json.loads(out.getvalue())


def test_a_stranger_finds_both_supports_and_the_answer_stays_yes(service: Service) -> None:
    code, report = verified_from_outside(service.demo)
    assert (code, report["answer"], report["verdict"]) == (0, "yes", "valid")
    assert supports(report) == EXPECTED
    assert report["endorsements"][0]["comment"].startswith("Nous embauchons")


def test_the_service_says_the_same_of_its_own_badge(service: Service) -> None:
    files = [("file", ("badge.png", service.demo.badge(SUPPORTED), "image/png"))]
    answer = httpx.post(f"{service.demo.base_url}/api/v1/verify", files=files, trust_env=False)
    (report,) = answer.json()["reports"]
    assert (report["answer"], supports(report)) == ("yes", EXPECTED)


def test_the_pages_of_the_badge_and_of_the_structure_say_who_supports_them(service: Service) -> None:
    base = service.demo.base_url
    web = Web(base)
    badge_class = web.read_all_of(png.extract(service.demo.badge(SUPPORTED)).text)
    addresses = [address for address in badge_class if address.endswith(f"{SUPPORTED}/0.1.0") or "/issuers/" in address]
    pages = [f"{base}/criteres/{SUPPORTED}/0.1.0", *addresses]
    told = {page: httpx.get(page, headers={"accept": "text/html"}, trust_env=False).text for page in pages}
    assert "Paysages du Val" in told[f"{base}/criteres/{SUPPORTED}/0.1.0"]
    assert any("/badges/" in page and "Paysages du Val" in text for page, text in told.items())
    assert any("/badges/" not in page and "Organisme de formation du Val" in text for page, text in told.items())


@needs_reference_validator
def test_the_reference_validator_still_finds_no_error_and_no_warning(service: Service) -> None:
    badge = service.demo.badge(SUPPORTED)
    web = Web(service.demo.base_url).read_all_of(png.extract(badge).text)
    assert sum("/endorsements/" in address for address in web) == 2
    report = reference_validator(badge, web)
    assert report.valid
    assert (report.errors, report.warnings) == (0, 0)


@pytest.fixture
def network(demo: Demonstration) -> Caller:
    return Caller(str(demo.told["staff"]["reseau"]["id"]))


def test_a_support_that_was_taken_back_is_seen_by_who_kept_its_address(
    service: Service, network: Caller, tmp_path: Path
) -> None:
    web = Web(service.demo.base_url)
    token = png.extract(service.demo.badge("trv-consignes")).text
    deployment = Deployment(Settings(home=service.demo.home))
    endorsing = deployment.endorsing
    _, secret = endorsing.ask(network, name="Léa", slug="trv-consignes")
    now = deployment.clock.now()
    said = endorsing.endorse(
        secret, comment="Utile.", until=now.replace(year=now.year + 1).date(), name="Atelier", url="https://a.example",
        email="a@a.example",
    )  # fmt: skip
    (address,) = web.read_all_of(token).read(json.loads(jws.read_unverified(token).payload)["badge"])["endorsement"]
    signed = httpx.get(address, headers={"accept": "application/jose"}, trust_env=False).text
    endorsing.withdraw(network, said.endorsement.id)
    deployment.close()
    assert "endorsement" not in web.read(json.loads(jws.read_unverified(token).payload)["badge"])
    assert httpx.get(address, headers={"accept": "application/jose"}, trust_env=False).text == signed
    revoked = web.read(web.read(json.loads(jws.read_unverified(signed).payload)["issuer"])["revocationList"])
    assert {"id": address, "revoked": True} in revoked["revokedAssertions"]
