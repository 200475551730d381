"""The documents of Open Badges 2.0 that we publish, each a fact of the register or the catalogue seen from outside.

:meth:`Documents.find` is the one door: an address in, what is published there out. The web routes and the service's own
verifier both ask it, so that we are verified by what a stranger reads. Addresses:
``docs/decisions/0002-published-addresses.md``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from ..addresses import Addresses
from ..catalogue.library import Catalogue, Entry
from ..catalogue.proof import DEFINITION_TERM, definition_extension
from ..catalogue.taxonomy import FAMILY_LABELS, SECTOR_LABELS, level_words
from ..catalogue.vocabulary import published as published_vocabulary
from ..clock import to_text
from ..errors import NotFound
from ..openbadges import jws
from .assertion import CONTEXT
from .issuer import AwardView, Issuer, IssuerProfile
from .storage import Revocation
from .wording import REVOCATION_REASONS

LD_JSON = "application/ld+json"
SCHEMA_JSON = "application/schema+json"
FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
A_MINUTE = "public, max-age=60"

LEAST_ENTRIES = 2
"""The 1EdTech reference validator overlooks a revocation in a list of exactly one entry: inert lines stand beside."""

WHAT_A_BADGE_IS_NOT = "Ce badge n’est ni un diplôme, ni un CQP, ni un CACES, ni un certificat de santé."

_ISSUER = re.compile(r"/issuers/([A-Za-z0-9_-]{1,64})(/.*)?\Z")
_BADGE = re.compile(r"/badges/([a-z0-9-]{1,80})/([0-9.]{1,20})\Z")
_TWIN = re.compile(r"/assertions/([0-9a-f-]{36})\Z")


@dataclass(frozen=True, slots=True)
class Published:
    """What one address answers. ``document`` is the JSON in ``body``; ``page`` names its HTML view and its values."""

    body: bytes
    document: Mapping[str, Any]
    cache: str
    status: int = 200
    media_type: str = LD_JSON
    page: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


class Documents:
    """Everything published under ``/issuers``, ``/assertions`` and ``/contexts``."""

    def __init__(self, issuer: Issuer, catalogue: Catalogue, addresses: Addresses) -> None:
        self._issuer = issuer
        self._catalogue = catalogue
        self._addresses = addresses
        self._badge_class = lru_cache(maxsize=4096)(self._make_badge_class)

    def find(self, path: str) -> Published | None:
        """What is published at this path of ours, or None: never was, or may not be seen."""
        if found := _ISSUER.match(path):
            speaker = self._issuer.find_profile(found[1])
            return self._of_issuer(speaker, found[2] or "") if speaker else None
        if found := _TWIN.match(path):
            return self._twin(found[1])
        return self._vocabulary(path)

    # -- issuers ------------------------------------------------------------------------------------------------------

    def _of_issuer(self, speaker: IssuerProfile, rest: str) -> Published | None:
        if rest == "":
            return _published(self.profile(speaker), AN_HOUR, "published/profile.html")
        if rest == "/key":
            return _published(self.key(speaker), FOR_EVER)
        if rest == "/revocations":
            values = {"issuer_name": speaker.structure.name}
            return _published(self.revocations(speaker.profile.id), A_MINUTE, "published/revocations.html", values)
        if found := _BADGE.match(rest):
            entry = self._catalogue.find(found[1], found[2])
            if entry is not None and entry.published_on is not None:
                values = {"issuer_name": speaker.structure.name}
                document = self.badge_class(speaker.profile.id, entry)
                return _published(document, FOR_EVER, "published/badge_class.html", values)
        return None

    def profile(self, speaker: IssuerProfile) -> dict[str, Any]:
        """The Profile of an issuer (Open Badges 2.0, Profile). Its id stands for one key."""
        profile, structure = speaker.profile, speaker.structure
        return {
            "@context": CONTEXT,
            "type": "Issuer",
            "id": self._addresses.profile(profile.id),
            "name": structure.name,
            "url": structure.url,
            "email": structure.email,
            "publicKey": self._addresses.key(profile.id),
            "revocationList": self._addresses.revocations(profile.id),
        }

    def key(self, speaker: IssuerProfile) -> dict[str, Any]:
        """The CryptographicKey, with its link back to the Profile that owns it."""
        return {
            "@context": CONTEXT,
            "type": "CryptographicKey",
            "id": self._addresses.key(speaker.profile.id),
            "owner": self._addresses.profile(speaker.profile.id),
            "publicKeyPem": speaker.profile.public_pem,
        }

    def revocations(self, profile: str) -> dict[str, Any]:
        """The RevocationList: append only, in the order of withdrawal, and never of exactly one entry."""
        entries: list[dict[str, Any]] = [_entry(line) for line in self._issuer.list_revocations(profile)]
        address = self._addresses.revocations(profile)
        while len(entries) < LEAST_ENTRIES:
            placeholder = uuid5(NAMESPACE_URL, f"{address}#placeholder-{len(entries)}")
            entries.append({"id": f"urn:uuid:{placeholder}", "revocationReason": "Ligne réservée : aucun badge"})
        return {
            "@context": CONTEXT,
            "type": "RevocationList",
            "id": address,
            "issuer": self._addresses.profile(profile),
            "revokedAssertions": entries,
        }

    def badge_class(self, profile: str, entry: Entry) -> dict[str, Any]:
        """The BadgeClass of one published version under one Profile: never edited, hosted for ever."""
        return self._badge_class(profile, entry)

    def _make_badge_class(self, profile: str, entry: Entry) -> dict[str, Any]:
        addresses, definition, around = self._addresses, entry.definition, entry.around
        criteria = addresses.criteria(entry.slug, entry.version)
        return {
            "@context": CONTEXT,
            "type": "BadgeClass",
            "id": addresses.badge_class(profile, entry.slug, entry.version),
            "name": definition.title,
            "description": definition.description,
            "image": {
                "type": "schema:ImageObject",
                "id": addresses.badge_image(entry.slug, entry.version),
                "caption": around.picture_alt,
            },
            "criteria": {"type": "Criteria", "id": criteria, "narrative": _criteria_narrative(entry)},
            "issuer": addresses.profile(profile),
            "alignment": [
                {
                    "type": "AlignmentObject",
                    "targetName": alignment.label,
                    "targetUrl": alignment.url or addresses.alignment(alignment.page),
                    "targetFramework": alignment.framework,
                    **({"targetCode": alignment.code} if alignment.code else {}),
                }
                for alignment in around.alignments
            ],
            "tags": [
                str(FAMILY_LABELS[definition.family]),
                str(SECTOR_LABELS[around.sector]),
                level_words(definition.level),
            ],
            "version": entry.version,
            "extensions:originalCreator": {
                "@context": addresses.proof_context(),
                "type": ["Extension", "extensions:OriginalCreator"],
                "url": criteria,
                "name": around.creator,
            },
            DEFINITION_TERM: definition_extension(entry.text, addresses.proof_context()),
        }

    # -- hosted twins -------------------------------------------------------------------------------------------------

    def _twin(self, uuid: str) -> Published | None:
        """The award at an address of its own, for wallets that read nothing else; only if its holder asked for it.

        Revoked: 410, and no more than that it is (Open Badges 2.0, "Revoking Hosted Assertions"). Erased: as if it had
        never been, because 410 would say *revoked*.
        """
        view = self._issuer.find_hosted_twin(uuid)
        if view is None or not view.kept:
            return None
        address = self._addresses.assertion(uuid)
        if view.revocation is not None:
            document = {"@context": CONTEXT, "type": "Assertion", "id": address, "revoked": True}
            reason = REVOCATION_REASONS[view.revocation.code]
            return _published(document | {"revocationReason": reason}, A_MINUTE, status=410)
        document = self._hosted(view, address)
        entry = self._catalogue.require(view.award.slug, view.award.version)
        speaker = self._issuer.find_profile(view.award.profile)
        values = {
            "badge_class": self.badge_class(view.award.profile, entry),
            "issuer_name": speaker.structure.name if speaker else "",
        }
        return _published(document, A_MINUTE, "published/assertion.html", values)

    def _hosted(self, view: AwardView, address: str) -> dict[str, Any]:
        signed: dict[str, Any] = orjson.loads(jws.read_unverified(self._issuer.require_token(view.award.uuid)).payload)
        return signed | {"id": address, "verification": {"type": "HostedBadge"}}

    # -- vocabulary -------------------------------------------------------------------------------------------------

    def _vocabulary(self, path: str) -> Published | None:
        body = published_vocabulary(self._addresses).get(self._addresses.base_url + path)
        if body is None:
            return None
        kind = SCHEMA_JSON if path.endswith(".schema.json") else LD_JSON
        return Published(body, orjson.loads(body), FOR_EVER, media_type=kind)


def require(found: Published | None) -> Published:
    """Raises :class:`NotFound`, in one sentence for every reason why there is nothing."""
    if found is None:
        raise NotFound(
            "Un document publié était attendu à cette adresse ; il n’y en a pas.",
            advice="Vérifiez l’adresse : elle est recopiée telle quelle dans le badge.",
        )
    return found


def _entry(line: Revocation) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{line.award}",
        "revoked": True,
        "revocationReason": REVOCATION_REASONS[line.code],
        **({"replacedBy": f"urn:uuid:{line.replaced_by}"} if line.replaced_by else {}),
        "revokedOn": to_text(line.at),
    }


def _criteria_narrative(entry: Entry) -> str:
    """The criteria in Markdown, for those who show a BadgeClass without opening our page."""
    definition = entry.definition
    lines = [f"**{definition.title}** ({level_words(definition.level)})", ""]
    lines += [f"- {criterion.text}" for criterion in definition.essential]
    if definition.optional:
        lines += ["", "Facultatifs :", ""]
        lines += [f"- {criterion.text}" for criterion in definition.optional]
    return "\n".join([*lines, "", WHAT_A_BADGE_IS_NOT])


def _published(
    document: Mapping[str, Any], cache: str, page: str = "", values: Mapping[str, Any] | None = None, status: int = 200
) -> Published:
    return Published(orjson.dumps(document), document, cache, status, page=page, values=values or {})
