"""The documents of Open Badges 2.0 that an issuer publishes, as JSON values. No address here ever changes its meaning.

What is published is made from what is stored, each time the same: a BadgeClass from the digested definition and what
stands around it, a RevocationList from the revocations, a hosted twin from the signed badge itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ..addresses import Addresses
from ..catalogue.library import Entry
from ..catalogue.proof import DEFINITION_TERM, definition_extension
from ..catalogue.taxonomy import BADGE_KIND_LABELS, FAMILY_LABELS, FRAMEWORKS, SECTOR_LABELS, level_words
from .assertion import CONTEXT
from .issuer import AwardView, IssuerProfile
from .storage import Revocation

PLACEHOLDERS = 2
ORIGINAL_CREATOR_TERM = "extensions:originalCreator"


def profile(
    issuer: IssuerProfile, addresses: Addresses, endorsed: Sequence[str] = (), *, has_logo: bool = False
) -> dict[str, Any]:
    """Who issues. One Profile, one key: the reference validator refuses two. ``endorsed`` are the addresses of what
    others say of it today."""
    id = issuer.profile.id
    image = {"image": addresses.logo(id)} if has_logo else {}
    return {
        "@context": CONTEXT,
        "type": "Issuer",
        "id": addresses.profile(id),
        "name": issuer.structure.name,
        "url": issuer.structure.url,
        "email": issuer.structure.email,
        "publicKey": addresses.key(id),
        "revocationList": addresses.revocations(id),
    } | (image | _endorsed(endorsed))


def key(issuer: IssuerProfile, addresses: Addresses) -> dict[str, Any]:
    """The key that signs; ``owner`` and ``publicKey`` point at each other (standard, CryptographicKey)."""
    return {
        "@context": CONTEXT,
        "type": "CryptographicKey",
        "id": addresses.key(issuer.profile.id),
        "owner": addresses.profile(issuer.profile.id),
        "publicKeyPem": issuer.profile.public_pem,
    }


def revocation_list(profile_id: str, revocations: tuple[Revocation, ...], addresses: Addresses) -> dict[str, Any]:
    """What was taken back, in the order it was. It only ever grows.

    Two inert placeholders come first: a list of exactly one entry is overlooked by the reference validator, and an
    empty one refused by others. ``related`` leads from a replaced badge to its successor.
    """
    address = addresses.revocations(profile_id)
    inert = [{"id": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{address}#{number}')}"} for number in range(PLACEHOLDERS)]
    return {
        "@context": CONTEXT,
        "type": "RevocationList",
        "id": address,
        "issuer": addresses.profile(profile_id),
        "revokedAssertions": [*inert, *map(_revoked, revocations)],
    }


def _revoked(line: Revocation) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": f"urn:uuid:{line.award}", "revoked": True, "revocationReason": line.code}
    if line.replaced_by:
        entry["related"] = f"urn:uuid:{line.replaced_by}"
    return entry


def _endorsed(addresses: Sequence[str]) -> dict[str, Any]:
    return {"endorsement": list(addresses)} if addresses else {}


def badge_class(profile_id: str, entry: Entry, addresses: Addresses, endorsed: Sequence[str] = ()) -> dict[str, Any]:
    """What one issuer awards under one version of the criteria; hosted for ever. ``endorsed`` are the addresses of what
    others say of it today: the one member that may come and go."""
    definition, around = entry.definition, entry.around
    slug, version = definition.slug, definition.version
    return {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": addresses.badge_class(profile_id, slug, version),
        "@language": definition.language,
        "version": version,
        "name": definition.title,
        "description": definition.description,
        "image": {
            "type": "schema:ImageObject",
            "id": addresses.badge_image(slug, version),
            "caption": around.picture_alt,
        },
        "criteria": {"type": "Criteria", "id": addresses.criteria(slug, version), "narrative": _narrative(entry)},
        "issuer": addresses.profile(profile_id),
        "alignment": [
            {
                "type": "AlignmentObject",
                "targetName": alignment.label,
                "targetUrl": alignment.url or addresses.alignment(alignment.page),
                "targetFramework": FRAMEWORKS[alignment.framework].label.fr,
                **({"targetCode": alignment.code} if alignment.code else {}),
            }
            for alignment in around.alignments
        ],
        "tags": [
            BADGE_KIND_LABELS[definition.kind].fr,
            FAMILY_LABELS[definition.family].fr,
            SECTOR_LABELS[around.sector].fr,
            level_words(definition.level),
        ],
        ORIGINAL_CREATOR_TERM: {
            "@context": addresses.proof_context(),
            "type": ["Extension", ORIGINAL_CREATOR_TERM],
            "name": around.origin.name if around.origin else around.creator,
            "url": around.origin.url if around.origin else f"{addresses.base_url}/criteres",
        },
        DEFINITION_TERM: definition_extension(entry.text, addresses.proof_context()),
    } | _endorsed(endorsed)


def _narrative(entry: Entry) -> str:
    """The criteria in Markdown, for wallets that do not follow links."""
    definition = entry.definition
    lines = [f"{definition.description}", "", f"{level_words(definition.level).capitalize()}.", ""]
    lines += [f"- {criterion.text}" for criterion in definition.essential]
    if definition.optional:
        lines += ["", "Facultatif :", "", *(f"- {criterion.text}" for criterion in definition.optional)]
    return "\n".join(lines)


def hosted_twin(signed: dict[str, Any], uuid: str, addresses: Addresses) -> dict[str, Any]:
    """The same award, hosted: what was signed, under an https ``id`` and a verification by address."""
    return {**signed, "id": addresses.assertion(uuid), "verification": {"type": "HostedBadge"}}


def revoked_twin(view: AwardView, addresses: Addresses) -> dict[str, Any]:
    """What is left of a hosted twin that was revoked (standard, Revoking Hosted Assertions): no reason, no date."""
    return {"@context": CONTEXT, "type": "Assertion", "id": addresses.assertion(view.award.uuid), "revoked": True}
