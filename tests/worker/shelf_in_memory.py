"""A worker's shelf with a badge in every state, without a database: what `Issuer` would answer."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from badges.addresses import Addresses, short_code
from badges.catalogue.library import Catalogue
from badges.clock import FixedClock
from badges.errors import NotFound
from badges.issuer.issuer import AwardView, IssuerProfile
from badges.issuer.storage import Award, Person, Profile, Revocation, Structure
from badges.web.pages import Pages
from badges.worker import routes
from tests.web.building import BASE_URL, a_site, some_pages

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
SECRET = "unsecretdecent-vingt-huit-bits-a"
OTHER_SECRET = "lesecretdune-autre-personne-0000"
EMPTY_SECRET = "unepersonnequina-pas-de-badge-00"

STRUCTURE = Structure(
    id="s1",
    name="Les Jardins du Val d'Or",
    kind="ACI",
    department="45",
    siret="01234567891001",
    issues_as="structure",
    url="https://jardins.example/",
    email="",
    created_at=NOW,
)
PROFILE = Profile(id="p1", structure="s1", algorithm="RS256", public_pem="", created_at=NOW)


class ShelfInMemory:
    """Two people; the first has a badge in every state."""

    def __init__(self) -> None:
        self.people = {SECRET: _person("w1"), OTHER_SECRET: _person("w2"), EMPTY_SECRET: _person("w3")}
        self.valid = self._award("w1", "tec-maraichage-planter", datetime(2026, 11, 18, 9, tzinfo=UTC))
        self.ending = self._award(
            "w1", "trv-securite-gestes", datetime(2026, 3, 1, 9, tzinfo=UTC), expires=datetime(2028, 3, 1, tzinfo=UTC)
        )
        self.expired = self._award(
            "w1", "tec-debroussailler", datetime(2024, 1, 5, 9, tzinfo=UTC), expires=datetime(2026, 1, 5, tzinfo=UTC)
        )
        self.replaced = self._award("w1", "trv-fiabilite", datetime(2026, 5, 4, 9, tzinfo=UTC))
        self.revoked = self._award("w1", "trv-travail-equipe", datetime(2026, 6, 2, 9, tzinfo=UTC))
        self.others = self._award("w2", "tec-peinture", datetime(2026, 6, 2, 9, tzinfo=UTC))
        self.erased = self._award("w2", "tec-peinture", datetime(2025, 6, 2, 9, tzinfo=UTC))
        self.awards = [self.valid, self.ending, self.revoked, self.replaced, self.expired, self.others, self.erased]
        self.revocations = {
            self.replaced.uuid: _revocation(self.replaced, "replaced", self.valid.uuid),
            self.revoked.uuid: _revocation(self.revoked, "awarded_in_error", None),
        }

    def _award(self, person: str, slug: str, issued_on: datetime, **changes: Any) -> Award:
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{person} {slug} {issued_on}"))
        values: dict[str, Any] = {
            "uuid": identity,
            "structure": "s1",
            "profile": "p1",
            "slug": slug,
            "version": "0.1.0",
            "person": person,
            "code": short_code(f"urn:uuid:{identity}"),
            "token_digest": "",
            "commitment": "",
            "issued_on": issued_on,
            "stored_at": issued_on,
            "expires": None,
        }
        return Award(**(values | changes))

    def _view(self, award: Award) -> AwardView:
        return AwardView(award, self.revocations.get(award.uuid), kept=award is not self.erased)

    def find_person_by_secret(self, secret: str) -> Person | None:
        return self.people.get(secret)

    def awards_of(self, person: str) -> tuple[AwardView, ...]:
        return tuple(self._view(award) for award in self.awards if award.person == person)

    def find_award(self, uuid: str) -> AwardView | None:
        return next((self._view(award) for award in self.awards if award.uuid == uuid), None)

    def find_award_by_code(self, code: str) -> AwardView | None:
        return next((self._view(award) for award in self.awards if award.code == code), None)

    def find_profile(self, profile: str) -> IssuerProfile | None:
        return IssuerProfile(PROFILE, STRUCTURE) if profile == "p1" else None

    def require_token(self, uuid: str) -> str:
        if uuid == self.erased.uuid:
            raise NotFound("Effacé.")
        return f"token-of-{uuid}"


class ReadableBaker:
    """Bakes by writing one after the other, so that a test reads what was baked."""

    def picture(self, slug: str, version: str, token: str, code: str, form: str) -> bytes:
        return f"{form} {slug} {version} {token} {code}".encode()


def _person(identity: str) -> Person:
    return Person(
        id=identity,
        structure="s1",
        opaque=f"o{identity}",
        name="Marie T.",
        email=None,
        secret_digest="",
        created_at=NOW,
    )


def _revocation(award: Award, code: str, replaced_by: str | None) -> Revocation:
    return Revocation(award=award.uuid, profile="p1", number=1, code=code, replaced_by=replaced_by, by="m1", at=NOW)


def a_workers_site(shelf: ShelfInMemory, pages: Pages | None = None) -> FastAPI:
    pages, catalogue = pages or some_pages(), Catalogue.open()
    addresses = Addresses(BASE_URL)
    rooms = routes.router(shelf, ReadableBaker(), pages, catalogue, FixedClock(NOW), addresses)
    return a_site(rooms, pages=pages, catalogue=catalogue)
