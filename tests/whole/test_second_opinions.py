"""What three verifiers that nobody here wrote say of a badge that this service awarded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from badges.addresses import Addresses
from badges.openbadges import jws, png
from tests.second_opinions import (
    Document,
    bakery,
    needs_bakery,
    needs_openbadgeslib,
    needs_reference_validator,
    openbadgeslib,
    reference_validator,
)

from .conftest import Demonstration, Service


class Web(dict[str, Document]):
    """What a stranger reads at our addresses, fetched as it is needed."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        addresses = Addresses(base_url)
        self.read(addresses.proof_context())
        for extension in ("criteria-proof", "criteria-definition", "recipient-profile", "original-creator"):
            self.read(addresses.schema(extension))

    def read_all_of(self, token: str) -> Web:
        """The documents that a verifier of this badge will ask for."""
        assertion = json.loads(jws.read_unverified(token).payload)
        badge_class = self.read(assertion["badge"])
        self.read(assertion["verification"]["creator"])
        profile = self.read(badge_class["issuer"])
        self.read(profile["revocationList"])
        self.read(badge_class["image"]["id"])
        for named in (*badge_class.get("endorsement", ()), *profile.get("endorsement", ())):
            endorser = self.read(self.read(named)["issuer"])
            self.read(endorser["publicKey"]["id"])
            self.read(endorser["revocationList"])
        return self

    def read(self, address: str) -> dict[str, Any]:
        answer = httpx.get(address, headers={"accept": "application/ld+json, */*"}, trust_env=False)
        assert answer.status_code == 200, address
        kind = answer.headers["content-type"]
        self[address] = Document(answer.content, kind)
        return dict(answer.json()) if "json" in kind else {}


@pytest.fixture(scope="module")
def web(service: Service) -> Web:
    return Web(service.demo.base_url)


BADGES = ("tec-maraichage-planter", "tec-espaces-verts-entretenir", "eti-connaitre-iae")


@needs_reference_validator
@pytest.mark.parametrize("slug", BADGES)
def test_the_reference_validator_finds_no_error_and_no_warning(demo: Demonstration, web: Web, slug: str) -> None:
    badge = demo.badge(slug)
    report = reference_validator(badge, web.read_all_of(png.extract(badge).text))
    assert report.valid
    assert report.errors == 0
    assert report.warnings == 0


@needs_reference_validator
def test_the_reference_validator_sees_that_a_badge_was_revoked(demo: Demonstration, web: Web) -> None:
    badge = Path(demo.told["revoked"]).read_bytes()
    report = reference_validator(badge, web.read_all_of(png.extract(badge).text))
    assert not report.valid


@needs_openbadgeslib
@pytest.mark.parametrize("slug", BADGES)
def test_openbadgeslib_accepts_it_with_the_key_pinned(demo: Demonstration, slug: str) -> None:
    key = Path(demo.told["issuer_public_keys"]["jardins"]).read_text("ascii")
    answer = openbadgeslib(demo.badge(slug), key)
    assert answer.valid, answer.why


@needs_bakery
@pytest.mark.parametrize("slug", BADGES)
def test_the_bakery_of_mozilla_extracts_the_same_token(demo: Demonstration, slug: str) -> None:
    badge = demo.badge(slug)
    assert bakery(badge) == png.extract(badge).text


@needs_reference_validator
def test_the_reference_validator_accepts_the_hosted_twin_of_who_asked_for_one(demo: Demonstration, web: Web) -> None:
    token = png.extract(demo.badge("tec-espaces-verts-entretenir")).text
    signed = json.loads(jws.read_unverified(token).payload)
    twin = f"{demo.base_url}/assertions/{signed['id'].removeprefix('urn:uuid:')}"
    documents = web.read_all_of(token)
    assert documents.read(twin)["verification"]["type"] == "HostedBadge"
    report = reference_validator(twin, documents)
    assert (report.valid, report.errors, report.warnings) == (True, 0, 0)


def test_nobody_has_a_hosted_twin_who_did_not_ask(demo: Demonstration, service: Service) -> None:
    signed = json.loads(jws.read_unverified(png.extract(demo.badge("tec-maraichage-planter")).text).payload)
    twin = f"{demo.base_url}/assertions/{signed['id'].removeprefix('urn:uuid:')}"
    assert httpx.get(twin, headers={"accept": "application/ld+json"}, trust_env=False).status_code == 404
