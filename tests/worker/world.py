"""A person with a badge in every state, in a real register, and the room that shows it to them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from badges.catalogue.library import Catalogue
from badges.deployment import Pictures
from badges.issuer.database import open_database
from badges.issuer.holder.cards import Card
from badges.issuer.storage import Award, Person
from badges.paper.press import Press
from badges.web import law
from badges.web.pages import Pages
from badges.worker import routes
from badges.worker.door import Room
from tests.issuer.builders import NOW, Office, the_catalogue
from tests.web.building import a_site, some_pages

SECURITE = "trv-securite-gestes"
DEBUT = datetime(2024, 6, 3, 9, tzinfo=UTC)


class Household:
    """An office, and three people of it: one who has a badge in every state, one with a badge, one with none."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(open_database(f"sqlite:///{folder / 'badges.sqlite3'}"))
        self.issuer, self.clock = self.office.issuer, self.office.clock
        office = self.office
        self.marie = office.a_person(name="Marie Canari")
        self.paul = office.a_person(name="Paul Canari", email="paul@canari.example")
        self.nobody = office.a_person(name=None)
        self.clock.instant = DEBUT
        self.expired = self._award(self.marie, SECURITE)
        self.clock.instant = NOW
        self.valid = self._award(self.marie, "tec-maraichage-planter")
        self.ending = self._award(self.marie, SECURITE)
        self.revoked = self._award(self.marie, "trv-travail-equipe")
        self.issuer.revoke(office.director, self.revoked.uuid, "awarded_in_error")
        self.replaced = self._award(self.marie, "trv-fiabilite")
        self.new = self.issuer.replace(office.eti, self.replaced.uuid, name_in_badge=True)
        self.others = self._award(self.paul, "tec-peinture")
        self.secret = self.link(self.marie)
        self.others_secret = self.link(self.paul)
        self.empty_secret = self.link(self.nobody)

    def _award(self, person: Person, slug: str) -> Award:
        entry, office = self.office.entry(slug), self.office
        today = self.clock.instant
        for criterion in entry.definition.essential:
            for day in (20, 6):
                office.issuer.note_observation(
                    office.eti, person=person.id, slug=slug, criterion=criterion.id,
                    on=datetime.fromtimestamp(today.timestamp() - day * 86_400, UTC).date(), way=criterion.ways[0],
                    kind=criterion.kinds[0],
                )  # fmt: skip
        return office.an_award(person, slug=slug)

    def link(self, person: Person) -> str:
        """The secret of a link without a code."""
        return self.issuer.new_personal_link(self.office.eti, person.id).rpartition("/")[2]

    def card(self, person: Person) -> Card:
        return self.issuer.holder.cards.hand_over(self.office.eti, person.id)

    def room(self, pages: Pages, verify: Any = None) -> Room:
        addresses = self.office.addresses
        return Room(
            self.issuer, Pictures(the_catalogue(), addresses), Press(addresses, "Réseau"), pages, the_catalogue(),
            self.clock, addresses, verify or believe,
        )  # fmt: skip

    def site(self, pages: Pages | None = None, verify: Any = None) -> FastAPI:
        pages = pages or some_pages()
        return a_site(
            law.router(pages, law.DEMONSTRATION),
            routes.router(self.room(pages, verify)),
            pages=pages,
            catalogue=Catalogue.open(),
        )


async def believe(tokens: Sequence[bytes]) -> Sequence[Mapping[str, Any]]:
    """A verifier's public answer, without its checks: what this room does with it is looked at here, no more."""
    return [
        {
            "answer": "yes",
            "headline": {"fr": "Oui : c’est un badge authentique.", "en": "Yes: this badge is authentic."},
            "criteria": {"items": [{"id": "c1", "result": "acquired"}]},
        }
        for _ in tokens
    ]


@cache
def the_household() -> Household:
    """One for all tests that only read."""
    return Household(Path(tempfile.mkdtemp(prefix="badges-worker-")))
