"""What the world reads: the documents of the standard at their addresses."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from badges.catalogue.library import Catalogue, shipped_criteria
from badges.catalogue.proof import read_definition_extension, read_proof
from badges.issuer.access import Access
from badges.issuer.accounts import Accounts
from badges.issuer.database import Database
from badges.issuer.publishing import preferred
from badges.openbadges import jws
from badges.openbadges.model import Assertion, BadgeClass, CryptographicKey, Profile, RevocationList
from badges.own_documents import OwnDocuments
from badges.verify.fetcher import CachingFetcher, NoNetwork

from .builders import PLANTER, Office
from .doors import Client, a_site

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def office(sqlite_storage: Database) -> Office:
    return Office(sqlite_storage)


@pytest.fixture
def web(office: Office) -> Client:
    return Client(a_site(office))


def path(address: str) -> str:
    return urlsplit(address).path


def read(web: Client, address: str) -> Any:
    answer = web.get(path(address), accept="application/ld+json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/ld+json"
    document = answer.json()
    assert document["id"] == address
    return document


def test_a_stranger_follows_a_badge_to_its_issuer_and_its_key(office: Office, web: Client) -> None:
    award = office.an_award()
    token = jws.read_unverified(office.issuer.require_token(award.uuid))
    signed = office.assertion(award)
    assertion = Assertion.from_json(signed)
    badge_class = read(web, str(assertion.badge))
    profile = read(web, badge_class["issuer"])
    key = read(web, str(profile["publicKey"]))
    assert key["owner"] == profile["id"]
    assert signed["verification"]["creator"] == key["id"]
    jws.verify(token, jws.load_public_key(key["publicKeyPem"]))
    assert BadgeClass.from_json(badge_class).name == office.entry().definition.title
    assert Profile.from_json(profile).name == "Les Jardins de Limoges"
    assert CryptographicKey.from_json(key).owner == profile["id"]
    proof = read_proof(signed)
    assert proof is not None
    assert read_definition_extension(badge_class) == proof.definition_text


def test_a_profile_shows_the_logo_of_its_structure_where_there_is_one(office: Office, web: Client) -> None:
    address = office.addresses.profile(office.an_award().profile)
    assert "image" not in read(web, address)
    assert web.ask("GET", path(address) + "/image", {}).status_code == 404
    out = io.BytesIO()
    Image.new("RGB", (80, 40), (10, 120, 40)).save(out, "JPEG")
    Access(office.issuer.desk, Accounts(office.issuer.desk)).change_logo(
        office.director, office.jardins.id, out.getvalue()
    )
    picture = web.ask("GET", path(read(web, address)["image"]), {})
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.content.startswith(b"\x89PNG")


def test_a_badge_class_says_its_version_picture_criteria_alignments_and_creator(office: Office, web: Client) -> None:
    profile = office.an_award().profile
    document = read(web, office.addresses.badge_class(profile, PLANTER, "0.1.0"))
    assert document["version"] == "0.1.0"
    assert document["image"]["id"] == f"https://badges.example/criteres/{PLANTER}/0.1.0/picture.png"
    assert document["image"]["caption"]
    assert "Nettoie et range les outils" in document["criteria"]["narrative"]
    assert all(alignment["targetUrl"].startswith("http") for alignment in document["alignment"])
    assert document["extensions:originalCreator"]["type"] == ["Extension", "extensions:originalCreator"]


@pytest.mark.parametrize("damaged", ["definition.toml", "around.toml"])
def test_a_published_definition_that_was_edited_is_said_to_be_so_and_logged_once(
    sqlite_storage: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture, damaged: str
) -> None:
    criteria = Path(shutil.copytree(shipped_criteria(), tmp_path / "criteria"))
    office = Office(sqlite_storage, catalogue=Catalogue.open(criteria))
    address = office.addresses.badge_class(office.keys[next(iter(office.keys))].key_id, PLANTER, "0.1.0")
    (file,) = criteria.glob(f"*/{PLANTER}/0.1.0/{damaged}")
    file.write_text(file.read_text("utf-8").replace("title = ", "titel = ").replace("status = ", "statut = "), "utf-8")

    web = Client(a_site(office))
    own = OwnDocuments(
        CachingFetcher(NoNetwork(), office.clock), office.issuer, office.endorsing, office.addresses, office.clock
    )
    told, page = web.get(path(address)), web.get(path(address), accept=BROWSER)
    assert (told.status_code, told.json()["code"], page.status_code) == (404, "definition_damaged", 404)
    assert "Le badge n’est pas en cause" in page.text
    assert own.get(address, "application/ld+json", 100_000).status == 404, "what a stranger gets"
    (line,) = [record.getMessage() for record in caplog.records if record.name == "badges.issuer"]
    assert f"{PLANTER}/0.1.0/{damaged}" in line
    unknown = web.get(path(address).replace("0.1.0", "9.9.9"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown")


def test_a_list_never_has_one_entry_and_only_grows(office: Office, web: Client) -> None:
    award = office.an_award()
    address = office.addresses.revocations(award.profile)
    seen: list[list[str]] = []
    for code in (None, "awarded_in_error", "replaced"):
        if code == "replaced":
            office.issuer.replace(office.eti, office.an_award().uuid)
        elif code:
            office.issuer.revoke(office.director, award.uuid, code)
        document = read(web, address)
        RevocationList.from_json(document)
        seen.append([entry["id"] for entry in document["revokedAssertions"]])
    assert [len(entries) for entries in seen] == [2, 3, 4]
    assert seen[0] == seen[1][:2] == seen[2][:2]
    assert seen[1] == seen[2][:3]
    last = document["revokedAssertions"][-1]
    assert last["revocationReason"] == "replaced"
    assert last["related"].startswith("urn:uuid:")


def test_a_revocation_is_seen_at_once_and_never_cached_for_long(office: Office, web: Client) -> None:
    award = office.an_award()
    address = path(office.addresses.revocations(award.profile))
    before = web.get(address)
    assert before.headers["cache-control"] == "public, max-age=60"
    assert web.get(address, if_none_match=before.headers["etag"]).status_code == 304
    office.issuer.revoke(office.director, award.uuid, "not_current")
    after = web.get(address, if_none_match=before.headers["etag"])
    assert after.status_code == 200
    assert award.uuid in after.text


def test_any_site_may_read_the_documents(office: Office, web: Client) -> None:
    profile = office.an_award().profile
    addresses = office.addresses
    for address in (
        addresses.profile(profile),
        addresses.key(profile),
        addresses.revocations(profile),
        addresses.badge_class(profile, PLANTER, "0.1.0"),
        addresses.proof_context(),
        addresses.schema("criteria-proof"),
    ):
        answer = web.get(path(address))
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*"), address
        assert web.get(path(address), if_none_match=f"W/{answer.headers['etag']}").status_code == 304
        assert web.ask("HEAD", path(address), {}).status_code == 200


def test_a_browser_reads_the_same_addresses_as_pages(office: Office, web: Client) -> None:
    award = office.an_award()
    office.issuer.ask_hosted_twin(award.uuid)
    addresses = office.addresses
    for address in (
        addresses.profile(award.profile),
        addresses.revocations(award.profile),
        addresses.badge_class(award.profile, PLANTER, "0.1.0"),
        addresses.assertion(award.uuid),
    ):
        page = web.get(path(address), accept=BROWSER)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "Accept" in page.headers["vary"]
        assert 'lang="fr"' in page.text


@pytest.mark.parametrize(
    ("accept", "html", "answer"),
    [
        ("", True, "application/ld+json"),
        ("*/*", True, "application/ld+json"),
        (BROWSER, True, "text/html"),
        (BROWSER, False, "application/ld+json"),
        ("application/json", True, "application/json"),
        ("application/json, application/ld+json", True, "application/ld+json"),
        ("application/json, */*", True, "application/ld+json"),
        ("text/html;q=0.5, application/ld+json", True, "application/ld+json"),
        ("text/html;q=nonsense, application/json", True, "application/json"),
        ("image/png", True, "application/ld+json"),
    ],
)
def test_each_reader_gets_the_form_they_prefer(accept: str, html: bool, answer: str) -> None:
    assert preferred(accept, html=html) == answer


def test_a_hosted_twin_is_there_for_those_who_asked_and_gone_when_revoked(office: Office, web: Client) -> None:
    award, other = office.an_award(), office.an_award()
    office.issuer.ask_hosted_twin(award.uuid)
    address = office.addresses.assertion(award.uuid)
    twin = read(web, address)
    assert twin["verification"] == {"type": "HostedBadge"}
    assert twin["recipient"] == office.assertion(award)["recipient"]
    Assertion.from_json(twin)
    office.issuer.revoke(office.director, award.uuid, "not_current")
    gone = web.get(path(address))
    assert gone.status_code == 410
    assert gone.json() == {
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": address, "revoked": True,
    }  # fmt: skip
    absent = [web.get(path(office.addresses.assertion(uuid))) for uuid in (other.uuid, "nothing")]
    assert [answer.status_code for answer in absent] == [404, 404]
    assert absent[0].content == absent[1].content


def test_every_profile_and_every_version_stays_published_after_a_rotation(office: Office, web: Client) -> None:
    before = office.an_award()
    office.open_profile(office.jardins)
    for address in (
        office.addresses.profile(before.profile),
        office.addresses.key(before.profile),
        office.addresses.badge_class(before.profile, PLANTER, "0.1.0"),
    ):
        read(web, address)


def test_what_does_not_exist_is_not_found_and_said_alike(office: Office, web: Client) -> None:
    profile = office.an_award().profile
    for address in (
        "/issuers/nobody",
        "/issuers/nobody/key",
        "/issuers/nobody/revocations",
        f"/issuers/{profile}/badges/nothing/0.1.0",
        f"/issuers/{profile}/badges/{PLANTER}/9.9.9",
        f"/issuers/{profile}/badges/{PLANTER}/..%2f..",
        "/contexts/nothing/v1.json",
    ):
        answer = web.get(address)
        assert answer.status_code == 404, address
        assert answer.headers["content-type"] == "application/problem+json"
