"""An office that awards for real: the shipped catalogue, real keys, a clock that can be moved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from badges.addresses import Addresses
from badges.catalogue.library import Catalogue, Entry, shipped_criteria
from badges.issuer.access import Access
from badges.issuer.accounts import Accounts
from badges.issuer.batches import Row, Seen
from badges.issuer.endorsing import Endorsing, Keys
from badges.issuer.issuer import Issuer
from badges.issuer.permissions import OPERATOR, PERMISSIONS, Caller
from badges.issuer.storage import Award, Person, Proposal, StaffMember, Storage, Structure
from badges.openbadges import jws
from badges.openbadges.jws import PublicKey, load_public_key, public_key

PLANTER = "tec-maraichage-planter"
DEBROUSSAILLER = "tec-debroussailler"  # asks for a second look of another function, valid 24 months
CONNAITRE_IAE = "eti-connaitre-iae"  # asks for a second look of another structure
NOW = datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
FIRST_DAY, SECOND_DAY = date(2026, 11, 3), date(2026, 11, 10)
EVERYTHING = tuple(permission for permission in PERMISSIONS if permission != "network")


@dataclass
class MovingClock:
    """A clock that moves when it is told to."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


@cache
def _rsa(number: int) -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@dataclass(frozen=True)
class TestSigner:
    """A real RSA key, kept in memory."""

    __test__ = False
    key_id: str
    number: int = 0
    algorithm: str = "RS256"

    @property
    def public_pem(self) -> str:
        return public_key(_rsa(self.number).public_key()).pem

    def sign(self, data: bytes) -> bytes:
        return _rsa(self.number).sign(data, PKCS1v15(), SHA256())


@cache
def the_catalogue() -> Catalogue:
    return Catalogue.open(shipped_criteria())


@dataclass
class Office:
    """A structure with an ETI, a coordinator and a director; a neighbour; the network; and what they can do."""

    storage: Storage
    demo: bool = True
    clock: MovingClock = field(default_factory=MovingClock)
    catalogue: Any = field(default_factory=the_catalogue)

    def __post_init__(self) -> None:
        self.keys: dict[str, TestSigner] = {}
        self.asked: list[str] = []
        self.addresses = Addresses("https://badges.example")
        self.issuer = Issuer(self.storage, self.catalogue, self._signer, self.addresses, self.clock, demo=self.demo)
        self.access = Access(self.issuer.desk, Accounts(self.issuer.desk))
        self.endorsing = Endorsing(self.issuer.desk, Keys(self._new_endorser, self._signer))
        self.jardins = self.add_structure("Les Jardins de Limoges", "ACI")
        self.voisins = self.add_structure("Les Voisins", "EI")
        self.reseau = self.add_structure("Réseau IAE", "RESEAU")
        self.eti = self.add_staff(self.jardins, "ETI")
        self.coord = self.add_staff(self.jardins, "COORD")
        self.director = self.add_staff(self.jardins, "DIR")
        self.neighbour = self.add_staff(self.voisins, "ETI")

    def _signer(self, profile: str) -> TestSigner:
        self.asked.append(profile)
        return self.keys[profile]

    def _new_endorser(self, name: str) -> TestSigner:
        signer = TestSigner(f"endorser-{len(self.keys)}", len(self.keys) % 2)
        self.keys[signer.key_id] = signer
        return signer

    def add_structure(self, name: str, kind: str) -> Structure:
        structure = self.issuer.add_structure(OPERATOR, name=name, kind=kind, department="87", email="a@b.example")
        self.open_profile(structure)
        return structure

    def open_profile(self, structure: Structure) -> str:
        signer = TestSigner(f"profile-{len(self.keys)}", len(self.keys) % 2)
        self.keys[signer.key_id] = signer
        self.clock.advance(seconds=1)
        return self.issuer.open_profile(OPERATOR, structure.id, signer).id

    def add_staff(self, structure: Structure, function: str, **changes: Any) -> Caller:
        values: dict[str, Any] = {"name": "Jo", "permissions": EVERYTHING} | changes
        return Caller(self.issuer.add_staff(OPERATOR, structure=structure.id, function=function, **values).id)

    def member(self, caller: Caller) -> StaffMember:
        with self.storage.reading() as register:
            found = register.find(StaffMember, id=caller.staff)
        assert found is not None
        return found

    def a_person(self, by: Caller | None = None, **values: Any) -> Person:
        return self.issuer.add_person(by or self.eti, **({"name": "Amina D."} | values))

    def entry(self, slug: str = PLANTER) -> Entry:
        return self.catalogue.latest(slug)

    def observe(
        self, person: Person, slug: str = PLANTER, *, by: Caller | None = None, but: tuple[str, ...] = ()
    ) -> None:
        """See every essential criterion, on two days in turn, in the first way that it accepts."""
        for seen in grid_of(self.entry(slug)):
            if seen.criterion not in but:
                self.issuer.note_observation(
                    by or self.eti, person=person.id, slug=slug, criterion=seen.criterion, on=seen.on, way=seen.way,
                    kind=seen.kind,
                )  # fmt: skip

    def a_proposal(self, person: Person | None = None, slug: str = PLANTER, **changes: Any) -> Proposal:
        by = changes.pop("by", self.eti)
        if person is None:
            person = self.a_person(by)
            self.observe(person, slug, by=by)
        results = {criterion.id: "acquired" for criterion in self.entry(slug).definition.essential}
        return self.issuer.propose(by, **({"person": person.id, "slug": slug, "results": results} | changes))

    def an_award(self, person: Person | None = None, *, revoked: str | None = None, **changes: Any) -> Award:
        proposal = self.a_proposal(person, **changes)
        award = self.issuer.award(changes.get("by", self.eti), proposal.id)
        if revoked:
            self.issuer.revoke(self.director, award.uuid, revoked)
        return award

    def assertion(self, award: Award) -> dict[str, Any]:
        """What is signed, its signature verified with the published key."""
        token = jws.read_unverified(self.issuer.require_token(award.uuid))
        jws.verify(token, self.public_key(award.profile))
        return orjson.loads(token.payload)

    def public_key(self, profile: str) -> PublicKey:
        found = self.issuer.find_profile(profile)
        assert found is not None
        return load_public_key(found.profile.public_pem)


def grid_of(entry: Entry) -> tuple[Seen, ...]:
    return tuple(
        Seen(criterion.id, (FIRST_DAY, SECOND_DAY)[number % 2], criterion.ways[0], criterion.kinds[0])
        for number, criterion in enumerate(entry.definition.essential)
    )


def rows(count: int, **changes: Any) -> tuple[Row, ...]:
    return tuple(replace(Row(ref=f"ligne-{n}", name=f"Personne {n}"), **changes) for n in range(1, count + 1))
