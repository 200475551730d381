"""What the trust list says, as frozen records, read strictly and written back."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, NamedTuple

from badges.clock import to_text
from badges.trust.documents import (
    DIGEST,
    MAX_TRUST,
    Json,
    array_of,
    boolean_of,
    day_of,
    instant_of,
    integer_of,
    malformed,
    one_of,
    origin_of,
    require_lifetime,
    require_origin,
    text_of,
)

STRUCTURE_STATUSES = ("recognised", "suspended", "closed")
PROFILE_STATUSES = ("active", "retired", "compromised")
CRITERIA_STATUSES = ("proposition", "adopted", "withdrawn")

_PREFIX = re.compile(r"[0-9a-f]{1,4}", re.ASCII)
_SHORT_NAMES = {"valid_from": "from", "valid_until": "until"}


class Facts(NamedTuple):
    """What a structure was during a period: these change over the years, its ``id`` does not."""

    kind: str
    departement: str
    siret: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


class FamilyRight(NamedTuple):
    """A family of badges that a structure may award; both ends included, an absent end is open."""

    family: str
    valid_from: date | None = None
    valid_until: date | None = None


class TrustedProfile(NamedTuple):
    """One issuer Profile, hence one key.

    ``since`` is when the key was retired, or from when it is compromised. ``revocations_at_least`` is how many entries
    its revocation list had when this list was signed: such a list never shrinks, so a shorter one is an old one.
    """

    id: str
    key: str
    pem: str
    badges: str
    status: str = "active"
    since: datetime | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    revocations_at_least: int = 0


class Structure(NamedTuple):
    """An organisation of the network. From ``since`` on it is suspended or closed; what it awarded before stays."""

    id: str
    name: str
    facts: tuple[Facts, ...] = ()
    status: str = "recognised"
    since: date | None = None
    families: tuple[FamilyRight, ...] = ()
    profiles: tuple[TrustedProfile, ...] = ()

    def facts_on(self, day: date) -> Facts | None:
        return next((facts for facts in self.facts if covers(facts, day)), None)


class CatalogueEntry(NamedTuple):
    """A published version of criteria: the digest of its definition, and of the art of its picture."""

    slug: str
    version: str
    digest: str
    family: str
    status: str
    published_on: date
    retired_on: date | None = None
    picture: str = ""


class ReceiptKey(NamedTuple):
    """A key of the service that signs receipts of verification, and nothing else. A retired one stays listed."""

    id: str
    pem: str


class Shard(NamedTuple):
    """A part of a large list, kept beside it and pinned by its digest: the Profiles whose address, under SHA-256,
    begins with ``prefix`` in hexadecimal."""

    prefix: str
    digest: str
    size: int


class TrustList(NamedTuple):
    """What the network says. ``version`` grows by one at each signature under one delegation.

    ``allowed_origins`` are the extra origins that a verifier may fetch from (a demonstration on loopback).
    """

    version: int
    generated_at: datetime
    next_update: datetime
    network: str
    demo: bool = False
    allowed_origins: tuple[str, ...] = ()
    structures: tuple[Structure, ...] = ()
    catalogue: tuple[CatalogueEntry, ...] = ()
    shards: tuple[Shard, ...] = ()
    receipts: tuple[ReceiptKey, ...] = ()

    def to_json(self) -> Json:
        return {
            "version": self.version,
            "generated_at": to_text(self.generated_at),
            "next_update": to_text(self.next_update),
            "network": self.network,
            "demo": self.demo,
            "allowed_origins": list(self.allowed_origins),
            "structures": [structure_to_json(structure) for structure in self.structures],
            "catalogue": [_to_json(entry) for entry in self.catalogue],
            "shards": [_to_json(shard) for shard in self.shards],
            "receipts": [_to_json(key) for key in self.receipts],
        }

    @classmethod
    def from_json(cls, document: Json) -> TrustList:
        """Raises :class:`TrustError` (``trust_malformed``…) naming the member that is not as it should be."""
        made = cls(
            version=integer_of(document, "version", least=1),
            generated_at=instant_of(document, "generated_at"),
            next_update=instant_of(document, "next_update"),
            network=text_of(document, "network"),
            demo=boolean_of(document, "demo"),
            allowed_origins=tuple(require_origin(origin) for origin in array_of(document, "allowed_origins", str)),
            structures=tuple(map(read_structure, array_of(document, "structures", dict))),
            catalogue=tuple(map(_read_entry, array_of(document, "catalogue", dict))),
            shards=tuple(map(_read_shard, array_of(document, "shards", dict, optional=True))),
            receipts=tuple(map(_read_receipt_key, array_of(document, "receipts", dict, optional=True))),
        )
        require_lifetime(made.generated_at, made.next_update)
        if len({(entry.slug, entry.version) for entry in made.catalogue}) != len(made.catalogue):
            raise malformed("Chaque version du catalogue était attendue une fois", "deux fois la même version")
        if len({len(shard.prefix) for shard in made.shards}) > 1:
            raise malformed("Des parties aux préfixes d’une seule longueur étaient attendues", "plusieurs longueurs")
        return made


def covers(period: FamilyRight | Facts, day: date) -> bool:
    return (period.valid_from is None or period.valid_from <= day) and (
        period.valid_until is None or day <= period.valid_until
    )


def read_structure(document: Json) -> Structure:
    made = Structure(
        id=text_of(document, "id"),
        name=text_of(document, "name"),
        facts=tuple(map(_read_facts, array_of(document, "facts", dict))),
        status=one_of(document, "status", STRUCTURE_STATUSES),
        since=day_of(document, "since"),
        families=tuple(map(_read_family, array_of(document, "families", dict))),
        profiles=tuple(map(_read_profile, array_of(document, "profiles", dict))),
    )
    if (made.status == "recognised") != (made.since is None):
        raise malformed("Une date avec suspended ou closed, et aucune avec recognised, était attendue", made.since)
    return made


def _read_facts(document: Json) -> Facts:
    return Facts(
        text_of(document, "kind"),
        text_of(document, "departement"),
        text_of(document, "siret", default=""),
        day_of(document, "from"),
        day_of(document, "until"),
    )


def _read_family(document: Json) -> FamilyRight:
    return FamilyRight(text_of(document, "family"), day_of(document, "from"), day_of(document, "until"))


def _read_profile(document: Json) -> TrustedProfile:
    profile_id = text_of(document, "id", longest=2000)
    origin = require_origin(origin_of(profile_id))
    made = TrustedProfile(
        profile_id,
        text_of(document, "key", longest=2000),
        text_of(document, "pem", longest=4096),
        text_of(document, "badges", longest=2000),
        one_of(document, "status", PROFILE_STATUSES),
        None if document.get("since") is None else instant_of(document, "since"),
        day_of(document, "from"),
        day_of(document, "until"),
        integer_of(document, "revocations_at_least", default=0),
    )
    # A prefix without its last slash would also cover https://host/a/badges-of-somebody-else.
    if not (made.key.startswith(f"{origin}/") and made.badges.startswith(f"{origin}/") and made.badges[-1] == "/"):
        raise malformed(
            f"Des adresses « key » et « badges » sous {origin}, la seconde finie par /, étaient attendues",
            f"{made.key} {made.badges}",
        )
    if (made.status == "active") != (made.since is None):
        raise malformed("Une date avec retired ou compromised, et aucune avec active, était attendue", made.since)
    return made


def _read_receipt_key(document: Json) -> ReceiptKey:
    return ReceiptKey(text_of(document, "id"), text_of(document, "pem", longest=4096))


def _read_entry(document: Json) -> CatalogueEntry:
    published_on = day_of(document, "published_on")
    digest = text_of(document, "digest")
    if published_on is None or not DIGEST.fullmatch(digest):
        raise malformed("Un jour « published_on » et une empreinte sha256$… étaient attendus", digest)
    return CatalogueEntry(
        text_of(document, "slug"),
        text_of(document, "version"),
        digest,
        text_of(document, "family"),
        one_of(document, "status", CRITERIA_STATUSES),
        published_on,
        day_of(document, "retired_on"),
        text_of(document, "picture", default=""),
    )


def _read_shard(document: Json) -> Shard:
    made = Shard(text_of(document, "prefix"), text_of(document, "digest"), integer_of(document, "size", least=1))
    if not _PREFIX.fullmatch(made.prefix) or not DIGEST.fullmatch(made.digest) or made.size > MAX_TRUST:
        raise malformed("Une partie avec préfixe, empreinte et taille était attendue", made.prefix)
    return made


def structure_to_json(structure: Structure) -> Json:
    return _to_json(structure) | {
        "facts": [_to_json(facts) for facts in structure.facts],
        "families": [_to_json(right) for right in structure.families],
        "profiles": [_to_json(profile) for profile in structure.profiles],
    }


def _to_json(record: Any) -> Json:
    """The members that say something; dates as we write them; ``valid_from`` is ``from``, ``valid_until`` ``until``."""
    document: Json = {}
    for name in record._fields:
        value = getattr(record, name)
        if isinstance(value, datetime):
            value = to_text(value)
        elif isinstance(value, date):
            value = value.isoformat()
        if value not in (None, "", 0, ()):
            document[_SHORT_NAMES.get(name, name)] = value
    return document
