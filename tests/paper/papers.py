"""What the tests print from: badges really signed and baked, read back as any caller would; valid by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from badges.addresses import Addresses, short_code
from badges.catalogue.library import Catalogue, Entry
from badges.catalogue.picture import PictureTemplate
from badges.catalogue.record import Decider, Fact, PrerequisiteSeen, Record, make_record
from badges.issuer.assertion import AwardFacts, Edition, Recipient, sign_award
from badges.paper.facts import Badge, Card, Ceremony, Passport, Receipt, ReceiptResult
from badges.paper.language import FRENCH, Language
from badges.paper.press import Press
from badges.web import languages
from tests.openbadges.making import a_key

ADDRESSES = Addresses("https://badges.example")
NETWORK = "Réseau d’essai"
ISSUED = datetime(2026, 11, 20, 10, tzinfo=UTC)
UUID = "4b9d3c1e-2f60-4c58-9a86-3f0f7a1f2d11"
CODE = short_code(f"urn:uuid:{UUID}")
SLUG = "tec-maraichage-planter"
FILE_NAME = "badge-preparer-le-sol-et-planter-2026-11-20.png"
LINK = ADDRESSES.worker("unsecretdecent-vingt-huit-bits-a")
RECEIPT = "eyJhbGciOiJFZERTQSJ9.eyJ0eXBlIjoiVmVyaWZpY2F0aW9uUmVjZWlwdCJ9.c2lnbmF0dXJl"


@cache
def the_catalogue() -> Catalogue:
    return Catalogue.open()


def a_press() -> Press:
    return Press(ADDRESSES, NETWORK)


def a_language(code: str) -> Language:
    return Language(code, languages.available()[code])


def the_record(entry: Entry) -> Record:
    """Everything acquired, seen on one day more than the rule asks."""
    definition = entry.definition
    days = [date(2026, 9, 14) + timedelta(days=9 * at) for at in range(definition.rule.distinct_days + 1)]
    facts = [
        Fact(criterion.id, day, way, criterion.kinds[0], "ETI")
        for criterion in definition.criteria
        for day in days
        for way in criterion.ways
    ]
    deciders = [Decider("a1", "decides", definition.assessors[0], "same")]
    if definition.second != "none":
        deciders.append(Decider("a2", "second", "EXT", "other"))
    return make_record(
        decided=date(2026, 11, 18),
        results={criterion.id: "acquired" for criterion in definition.criteria},
        facts=facts,
        deciders=deciders,
        prerequisites=[PrerequisiteSeen(slug, "0.1.0", "2026-11") for slug in definition.prerequisites],
        commitment="sha256$" + "0" * 64,
    )


@cache
def signed(slug: str = SLUG, name: str | None = None, uuid: str = UUID) -> tuple[str, bytes]:
    """The token and the awarded picture."""
    entry = the_catalogue().latest(slug)
    edition = Edition.of(entry.definition, entry.text, "p1", ADDRESSES)
    recipient = Recipient("url", ADDRESSES.recipient("x"), "sel", name)
    token = sign_award(edition, AwardFacts(uuid, recipient, ISSUED, the_record(entry)), a_key("EdDSA")).token
    template = PictureTemplate.from_png((entry.folder / "picture.png").read_bytes(), ADDRESSES.short_prefix())
    return token, template.bake(token, short_code(f"urn:uuid:{uuid}"))


def a_badge(
    slug: str = SLUG,
    *,
    name: str | None = None,
    issuer: str = "Les Jardins du Loir",
    uuid: str = UUID,
    file_name: str = FILE_NAME,
    **changes: Any,
) -> Badge:
    """A badge as it is read from what was signed; ``changes`` replace what was read."""
    token, png = signed(slug, name, uuid)
    entry = the_catalogue().latest(slug)
    return replace(Badge.read(token, png, entry=entry, issuer=issuer, file_name=file_name), **changes)


def a_card(first_name: str = "Nadia", **changes: Any) -> Card:
    card = Card(first_name, LINK, "badges.example/mes-badges", "Les Jardins du Loir", told_by="Claire, accompagnatrice")
    return replace(card, **changes)


def a_passport(*badges: Badge, **changes: Any) -> Passport:
    return replace(Passport(badges or (a_badge(), a_badge("trv-fiabilite", file_name="b.png")), ISSUED), **changes)


def a_receipt(**changes: Any) -> Receipt:
    results = (
        ReceiptResult("a" * 64, "yes", "La structure atteste ce badge depuis le 20 novembre 2026.", ISSUED),
        ReceiptResult("b" * 64, "unknown", "On ne sait pas : la liste des retraits n’a pas pu être lue.", ISSUED,
                      (("https://badges.example/issuers/p1/revocations", ISSUED),)),
    )  # fmt: skip
    receipt = Receipt(f"urn:uuid:{UUID}", "https://badges.example", ISSUED, results, ("Réseau", 12, ISSUED), RECEIPT)
    return replace(receipt, **changes)


PAPERS: dict[str, Callable[[Language], bytes]] = {
    "attestation": lambda language: a_press().attestation(a_badge(name="Nadia B."), language),
    "attestations": lambda language: a_press().attestations([a_badge(), a_badge("trv-fiabilite")], ISSUED, language),
    "ceremony": lambda language: a_press().ceremony(
        [Ceremony(a_badge(), name="Nadia B.", place="Vendôme"), Ceremony(a_badge("trv-fiabilite"))], ISSUED, language
    ),
    "cards": lambda language: a_press().cards([a_card(), a_card("Jean-Baptiste", told_by=None)], ISSUED, language),
    "badge cards": lambda language: a_press().badge_cards([a_badge(name="Nadia B."), a_badge()], ISSUED, language),
    "passport": lambda language: a_press().passport(a_passport(name="Nadia B."), language),
    "criteria": lambda language: a_press().criteria(the_catalogue().latest(SLUG), the_catalogue(), language),
    "receipt": lambda language: a_press().receipt(a_receipt(), language),
}
"""Every paper there is, each with ordinary facts."""


@cache
def printed(paper: str, language: Language = FRENCH) -> bytes:
    return PAPERS[paper](language)
