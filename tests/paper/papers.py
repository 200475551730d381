"""What the tests print from: badges really signed and baked, read back as any caller would; valid by default."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from badges.addresses import Addresses, short_code
from badges.catalogue.library import Catalogue, Entry
from badges.catalogue.picture import PictureTemplate
from badges.catalogue.record import Decider, Fact, PrerequisiteSeen, Record, make_record
from badges.issuer.assertion import AwardFacts, Edition, Recipient, sign_award
from badges.paper.facts import Badge
from badges.paper.press import Press
from tests.openbadges.making import a_key

ADDRESSES = Addresses("https://badges.example")
NETWORK = "Réseau d’essai"
ISSUED = datetime(2026, 11, 20, 10, tzinfo=UTC)
UUID = "4b9d3c1e-2f60-4c58-9a86-3f0f7a1f2d11"
SLUG = "tec-maraichage-planter"
FILE_NAME = "badge-preparer-le-sol-et-planter-2026-11-20.png"


@cache
def the_catalogue() -> Catalogue:
    return Catalogue.open()


def a_press() -> Press:
    return Press(ADDRESSES, NETWORK)


def the_record(entry: Entry, commitment: str = "sha256$" + "0" * 64) -> Record:
    """Everything acquired, seen on as many days as the rule asks and one more."""
    definition = entry.definition
    first = date(2026, 9, 14)
    days = [first + timedelta(days=9 * at) for at in range(definition.rule.distinct_days + 1)]
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
        commitment=commitment,
    )


@cache
def signed(slug: str = SLUG, name: str | None = None, uuid: str = UUID) -> tuple[str, bytes]:
    """The token and the awarded picture."""
    entry = the_catalogue().latest(slug)
    edition = Edition.of(entry.definition, entry.text, "p1", ADDRESSES)
    recipient = Recipient("url", ADDRESSES.recipient("x"), "sel", name)
    key = a_key("EdDSA")
    token = sign_award(edition, AwardFacts(uuid, recipient, ISSUED, the_record(entry)), key).token
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
    from dataclasses import replace

    token, png = signed(slug, name, uuid)
    entry = the_catalogue().latest(slug)
    return replace(Badge.read(token, png, entry=entry, issuer=issuer, file_name=file_name), **changes)
