"""Who supports a badge or a structure: asked by a link, signed once, published for ever, withdrawn by a new fact."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from badges.errors import Forbidden, Misuse, NotFound
from badges.issuer.database import Database
from badges.issuer.endorsing import LASTS, NAMED_BY_A_BADGE, Support
from badges.issuer.permissions import Caller
from badges.issuer.storage import Message, OneTimeLink
from badges.openbadges import jws
from badges.openbadges.model import CryptographicKey, Endorsement, Profile

from .builders import EVERYTHING, PLANTER, Office
from .doors import Client, a_site

UNTIL = date(2027, 11, 20)
WORDS = "Des critères que nos chefs d’équipe reconnaissent sur le terrain."


class Partners:
    """An office whose network asks organisations for their support."""

    def __init__(self, storage: Database) -> None:
        self.office = Office(storage)
        self.endorsing = self.office.endorsing
        self.network = self.office.add_staff(self.office.reseau, "COORD", permissions=("network",))
        self.client = Client(a_site(self.office))
        self.profile = self.office.issuer.list_profiles()[0].profile.id

    def ask(self, **about: Any) -> str:
        about = about or {"slug": PLANTER}
        return self.endorsing.ask(self.network, name="Claire", **about)[1]

    def support(self, **about: Any) -> Support:
        return self.endorsing.endorse(
            self.ask(**about), comment=WORDS, until=UNTIL, name="Maraîchers d’ici", url="https://m.example/",
            email="contact@m.example",
        )  # fmt: skip

    def badge_class(self, version: str = "0.1.0", slug: str = PLANTER) -> dict[str, Any]:
        return dict(self.client.get(f"/issuers/{self.profile}/badges/{slug}/{version}").json())


@pytest.fixture
def partners(sqlite_storage: Database) -> Partners:
    return Partners(sqlite_storage)


def path_of(address: str) -> str:
    return address.removeprefix("https://badges.example")


def test_a_support_is_an_endorsement_of_the_standard_signed_with_a_key_of_its_own(partners: Partners) -> None:
    said = partners.support()
    (address,) = partners.badge_class()["endorsement"]
    answer = partners.client.get(path_of(address), accept="application/ld+json, application/jose")
    assert answer.headers["content-type"].startswith("application/jose")
    token = jws.read_unverified(answer.text)
    document = json.loads(token.payload)
    read = Endorsement.from_json(document)
    assert read.id == address
    assert read.claim.id == f"https://badges.example/issuers/{partners.profile}/badges/{PLANTER}/0.1.0"
    assert read.claim.endorsement_comment == WORDS
    assert document["expires"] == "2027-11-20T22:59:59Z"
    profile = Profile.from_json(partners.client.get(path_of(document["issuer"])).json())
    assert (profile.name, profile.url) == ("Maraîchers d’ici", "https://m.example/")
    (key,) = profile.public_key
    assert isinstance(key, CryptographicKey)
    published = partners.client.get(path_of(key.id or "")).json()
    assert published["owner"] == key.owner == profile.id == document["issuer"]
    assert published["publicKeyPem"] == key.public_key_pem
    jws.verify(token, jws.load_public_key(published["publicKeyPem"]))
    assert said.endorser.id != partners.profile


def test_who_reads_json_gets_the_document_and_who_verifies_its_signature(partners: Partners) -> None:
    partners.support()
    (address,) = partners.badge_class()["endorsement"]
    plain = partners.client.get(path_of(address), accept="application/ld+json")
    signed = partners.client.get(path_of(address), accept="application/jose")
    assert plain.json() == json.loads(jws.read_unverified(signed.text).payload)
    assert plain.headers["vary"] == signed.headers["vary"] == "Accept"


def test_each_structure_publishes_the_same_word_about_its_own_badge(partners: Partners) -> None:
    said = partners.support()
    one, another = (
        json.loads(jws.read_unverified(partners.endorsing.require_token(said.endorsement.id, each.profile.id)).payload)
        for each in partners.office.issuer.list_profiles()[:2]
    )
    assert one["claim"]["id"] != another["claim"]["id"]
    assert one["id"] != another["id"]
    assert {**one, "id": "", "claim": ""} == {**another, "id": "", "claim": ""}


def test_what_was_signed_is_never_signed_again(partners: Partners) -> None:
    said = partners.support()
    first = partners.endorsing.require_token(said.endorsement.id, partners.profile)
    partners.office.keys.pop(said.endorser.id)
    partners.office.clock.advance(days=30)
    assert partners.endorsing.require_token(said.endorsement.id, partners.profile) == first


def test_a_structure_is_supported_on_its_profile_and_nowhere_else(partners: Partners) -> None:
    said = partners.support(structure=partners.office.jardins.id)
    profile = partners.client.get(f"/issuers/{partners.profile}").json()
    assert profile["endorsement"] == [f"https://badges.example/endorsements/{said.endorsement.id}/{partners.profile}"]
    assert "endorsement" not in partners.badge_class()
    other = partners.office.issuer.list_profiles()[1].profile.id
    with pytest.raises(NotFound):
        partners.endorsing.require_token(said.endorsement.id, other)


def test_a_withdrawn_support_is_listed_and_no_longer_named(partners: Partners) -> None:
    said = partners.support()
    (address,) = partners.badge_class()["endorsement"]
    partners.client.get(path_of(address), accept="application/jose")
    partners.endorsing.withdraw(partners.network, said.endorsement.id)
    assert "endorsement" not in partners.badge_class()
    revoked = partners.client.get(f"/endorsers/{said.endorser.id}/revocations").json()["revokedAssertions"]
    assert len(revoked) == 3  # two inert lines: a list of one is overlooked
    assert revoked[-1] == {"id": address, "revoked": True}
    assert partners.client.get(path_of(address), accept="application/jose").status_code == 200


def test_what_was_withdrawn_is_signed_for_nobody_who_asks_later(partners: Partners) -> None:
    said = partners.support()
    partners.endorsing.withdraw(partners.network, said.endorsement.id)
    with pytest.raises(NotFound):
        partners.endorsing.require_token(said.endorsement.id, partners.profile)


def test_a_support_that_is_over_is_no_longer_named(partners: Partners) -> None:
    partners.support()
    partners.office.clock.advance(days=364)
    assert "endorsement" in partners.badge_class()
    partners.office.clock.advance(days=2)
    assert "endorsement" not in partners.badge_class()


def test_a_badge_names_the_latest_supports_and_its_page_all(partners: Partners) -> None:
    said = []
    for _ in range(NAMED_BY_A_BADGE + 1):
        partners.office.clock.advance(days=1)
        said.append(partners.support().endorsement.id)
    named = [address.split("/")[-2] for address in partners.badge_class()["endorsement"]]
    assert named == said[:0:-1]
    assert len(partners.endorsing.of_badge(PLANTER, "0.1.0")) == len(said)


def test_an_organisation_that_is_known_keeps_its_key(partners: Partners) -> None:
    first = partners.support()
    secret = partners.ask(structure=partners.office.jardins.id, endorser=first.endorser.id)
    again = partners.endorsing.endorse(secret, comment="Une équipe attentive.", until=UNTIL, name="Quelqu’un d’autre")
    assert again.endorser == first.endorser


def test_the_link_opens_once_and_for_thirty_days(partners: Partners) -> None:
    secret = partners.ask()
    assert partners.endorsing.require_asked(secret).title == "Préparer le sol et planter (maraîchage)"
    partners.endorsing.endorse(secret, comment=WORDS, until=UNTIL, name="M", url="https://m.example", email="c@m.fr")
    with pytest.raises(NotFound):
        partners.endorsing.require_asked(secret)
    old = partners.ask()
    partners.office.clock.advance(seconds=LASTS.total_seconds())
    with pytest.raises(NotFound):
        partners.endorsing.require_asked(old)


def test_a_link_that_was_called_off_opens_nothing(partners: Partners) -> None:
    secret = partners.ask()
    (asked,) = partners.endorsing.list_asked(partners.network)
    partners.endorsing.call_off(partners.network, asked.link.id)
    assert partners.endorsing.list_asked(partners.network) == ()
    with pytest.raises(NotFound):
        partners.endorsing.require_asked(secret)


def test_a_message_carries_the_link_where_there_is_an_email(partners: Partners) -> None:
    _, secret = partners.endorsing.ask(partners.network, name="Claire", slug=PLANTER, email="claire@m.example")
    with partners.office.storage.reading() as register:
        (message,) = register.list(Message, kind="endorsement_request")
        (link,) = register.list(OneTimeLink, purpose="endorsement_request")
    assert message.values["link"] == f"https://badges.example/soutien/{secret}"
    assert secret not in link.digest
    assert message.about == link.id


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": date(2026, 11, 19)}, "Une fin à venir"),
        ({"until": date(2030, 11, 20)}, "Une fin à venir"),
        ({"comment": "Le 1 85 05 78 006 084 36 travaille bien"}, "numéro"),
    ],
)
def test_an_end_that_is_past_or_far_and_a_persons_number_are_refused(
    partners: Partners, changes: dict[str, Any], said: str
) -> None:
    values = {"comment": WORDS, "until": UNTIL, "name": "M", "url": "https://m.example", "email": "c@m.fr"} | changes
    secret = partners.ask()
    with pytest.raises(Misuse, match=said):
        partners.endorsing.endorse(secret, **values)
    assert partners.endorsing.require_asked(secret)


def test_only_the_network_asks_reads_and_withdraws(partners: Partners) -> None:
    said = partners.support()
    director: Caller = partners.office.add_staff(partners.office.reseau, "DIR", permissions=EVERYTHING)
    for act in (
        lambda: partners.endorsing.ask(director, name="Claire", slug=PLANTER),
        lambda: partners.endorsing.list_asked(director),
        lambda: partners.endorsing.list_supports(director),
        lambda: partners.endorsing.list_endorsers(director),
        lambda: partners.endorsing.withdraw(director, said.endorsement.id),
    ):
        with pytest.raises(Forbidden):
            act()


def test_one_thing_is_supported_at_a_time(partners: Partners) -> None:
    with pytest.raises(Misuse):
        partners.endorsing.ask(partners.network, name="Claire")
    with pytest.raises(Misuse):
        partners.ask(slug=PLANTER, structure=partners.office.jardins.id)
