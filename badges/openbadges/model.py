"""The documents of Open Badges 2.0 as frozen dataclasses: one class per table of the specification, in its words.

Attributes are the standard's members in snake case: ``issued_on`` is ``issuedOn``. What a table requires has no
default. Every class reads with ``from_json`` (all problems at once, see :mod:`~badges.openbadges.members`) and
writes with ``to_json``; members the standard does not know are in ``other``.

Not checked here: anything that needs another document, a key, a clock or the network (``badges.verify``).
An embedded document is read like any other, and deserves no more trust than the file around it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Literal

from badges.errors import DocumentInvalid, Problem
from badges.openbadges.members import Document, document, includes_type, member
from badges.openbadges.primitives import (
    ANY,
    BOOLEAN,
    DATE_TIME,
    EMAIL,
    HOST_NAME,
    IRI,
    LANGUAGE,
    TELEPHONE,
    TEXT,
    TEXT_OR_NUMBER,
    UNFIT,
    URL,
    parse_datetime,
)

__all__ = [
    "AlignmentObject",
    "Assertion",
    "BadgeClass",
    "Criteria",
    "CryptographicKey",
    "Document",
    "DocumentInvalid",
    "Endorsement",
    "EndorsementClaim",
    "Evidence",
    "Extension",
    "IdentityObject",
    "Image",
    "Problem",
    "Profile",
    "RevocationList",
    "RevokedAssertion",
    "VerificationObject",
    "extensions_of",
    "parse_datetime",
]

IDENTITY_HASH = re.compile(r"md5\$[0-9A-Fa-f]{32}|sha256\$[0-9A-Fa-f]{64}")
OLD_IDENTITY_HASH = re.compile(rf"{IDENTITY_HASH.pattern}|sha1\$[0-9A-Fa-f]{{40}}|sha512\$[0-9A-Fa-f]{{128}}")
"""Of badges before 2.0, which 2.0 no longer knows."""

Types = tuple[str, ...]


@document
class IdentityObject(Document):
    """Whom a badge was given to, mostly as a salted hash.

    ``hashed`` is required, although the first example of the specification forgets it.
    """

    hash_form: ClassVar[re.Pattern[str]] = IDENTITY_HASH

    type: str = member(TEXT)
    identity: str = member(TEXT)
    hashed: bool = member(BOOLEAN)
    salt: str | None = member(TEXT, default=None)

    def _problems(self) -> list[Problem]:
        is_hash = self.hash_form.fullmatch(self.identity)
        if self.hashed and not is_hash:
            return [Problem("identity", "not_identity_hash", "md5$ or sha256$ and the hash", "another text")]
        if not self.hashed and is_hash:
            return [Problem("identity", "unexpected_hash", "a plain identity, since hashed is false", "a hash")]
        if not self.hashed and self.type == "email" and EMAIL.read(self.identity) is UNFIT:
            return [Problem("identity", EMAIL.code, EMAIL.expected, "another text")]
        return []


@document
class Evidence(Document):
    """What the award rests on. Nothing is required; the type is Evidence where none is said."""

    type: Types = member(TEXT, many=True, default=("Evidence",))
    id: str | None = member(IRI, default=None)
    narrative: str | None = member(TEXT, default=None)
    name: str | None = member(TEXT, default=None)
    description: str | None = member(TEXT, default=None)
    genre: str | None = member(TEXT, default=None)
    audience: str | None = member(TEXT, default=None)


@document
class Criteria(Document):
    """What had to be shown. One of ``id`` and ``narrative`` must say it."""

    type: Types = member(TEXT, many=True, default=("Criteria",))
    id: str | None = member(IRI, default=None)
    narrative: str | None = member(TEXT, default=None)

    def _problems(self) -> list[Problem]:
        if self.id is None and self.narrative is None:
            return [Problem("narrative", "missing", "a narrative where there is no id", "neither")]
        return []


@document
class Image(Document):
    """A picture; ``id`` may be a data URI."""

    type: Types = member(TEXT, many=True, default=("schema:ImageObject",))
    id: str = member(IRI)
    caption: str | None = member(TEXT, default=None)
    author: str | None = member(IRI, default=None)


@document
class AlignmentObject(Document):
    """A line of a framework of skills that the badge relates to."""

    type: Types = member(TEXT, many=True, default=("AlignmentObject",))
    target_name: str = member(TEXT)
    target_url: str = member(URL)
    target_description: str | None = member(TEXT, default=None)
    target_framework: str | None = member(TEXT, default=None)
    target_code: str | None = member(TEXT, default=None)


@document
class CryptographicKey(Document):
    """A public key and its owner. The table requires nothing; a key without PEM is of no use to a verifier."""

    type: Types = member(
        TEXT, many=True, includes=("CryptographicKey", "sec:Key"), default=("CryptographicKey",), required=True
    )
    id: str | None = member(IRI, default=None)
    owner: str | None = member(IRI, default=None)
    public_key_pem: str | None = member(TEXT, default=None)


@document
class VerificationObject(Document):
    """How an Assertion can be verified; in a Profile, which Assertions it answers for."""

    type: Types = member(TEXT, many=True, default=("VerificationObject",))
    creator: str | CryptographicKey | None = member(IRI, CryptographicKey, default=None)
    verification_property: str | None = member(TEXT, default=None)
    starts_with: tuple[str, ...] = member(URL, many=True, default=())
    allowed_origins: tuple[str, ...] = member(HOST_NAME, many=True, default=())

    @property
    def kind(self) -> Literal["HostedBadge", "SignedBadge"] | None:
        """The one way of verification that the types name, or None when they name none or both."""
        if self.type == ("SignedBadge",):
            return "SignedBadge"
        hosted = includes_type(self.type, "HostedBadge", "hosted")
        signed = includes_type(self.type, "SignedBadge", "signed")
        if hosted == signed:
            return None
        return "HostedBadge" if hosted else "SignedBadge"


def _problems_of_kind(verification: VerificationObject) -> list[Problem]:
    if verification.kind is None:
        return [Problem("verification.type", "wrong_type", "HostedBadge or SignedBadge", "neither, or both")]
    return []


def _problems_of_image(image: str | Image | None) -> list[Problem]:
    """All images are PNG or SVG (work group, 9 April 2020); of a data URI that can be told without a network."""
    address = image.id if isinstance(image, Image) else image
    if address is None or address[:5].lower() != "data:":
        return []
    if address[5:].lower().startswith(("image/png;", "image/png,", "image/svg+xml;", "image/svg+xml,")):
        return []
    return [Problem("image", "not_image", "a PNG or an SVG", "a data URI of another type")]


def _problems_of_endorsements(endorsements: tuple[Any, ...]) -> list[Problem]:
    """Embedded ones are read; addresses are only looked at."""
    problems: list[Problem] = []
    for index, each in enumerate(endorsements):
        path = f"endorsement[{index}]"
        if type(each) is dict and not each.keys() <= {"id", "@id"}:
            try:
                Endorsement.from_json(each)
            except DocumentInvalid as refusal:
                problems += [Problem(f"{path}.{name}" if name else path, *told) for name, *told in refusal.problems]
        elif IRI.read(each.get("id", each.get("@id")) if type(each) is dict else each) is UNFIT:
            problems.append(Problem(path, IRI.code, "an absolute IRI or an Endorsement", "another value"))
    return problems


@document
class _Primary(Document):
    """Members that any document with an address may have (Properties usable on several classes)."""

    version: str | int | float | None = member(TEXT_OR_NUMBER, default=None)
    language: str | None = member(LANGUAGE, name="@language", default=None)
    related: tuple[Any, ...] = member(ANY, many=True, default=())
    endorsement: tuple[Any, ...] = member(ANY, many=True, default=())
    """Addresses, or documents that :meth:`Endorsement.from_json` reads."""

    def _problems(self) -> list[Problem]:
        return _problems_of_endorsements(self.endorsement) if self.endorsement else []


@document
class Profile(_Primary):
    """An issuer. ``name``, ``url`` and ``email`` are required of those who issue."""

    type: Types = member(TEXT, many=True, includes=("Issuer", "Profile"), default=("Issuer",), required=True)
    id: str = member(IRI)
    name: str = member(TEXT)
    url: str = member(URL)
    email: str = member(EMAIL)
    telephone: str | None = member(TELEPHONE, default=None)
    description: str | None = member(TEXT, default=None)
    image: str | Image | None = member(IRI, Image, default=None)
    public_key: tuple[str | CryptographicKey, ...] = member(IRI, CryptographicKey, many=True, default=())
    verification: VerificationObject | None = member(VerificationObject, default=None)
    revocation_list: str | None = member(IRI, default=None)

    def _problems(self) -> list[Problem]:
        return _problems_of_image(self.image) + super()._problems()


@document
class BadgeClass(_Primary):
    """What is awarded, apart from any award."""

    type: Types = member(TEXT, many=True, includes=("BadgeClass",), default=("BadgeClass",), required=True)
    id: str = member(IRI)
    name: str = member(TEXT)
    description: str = member(TEXT)
    image: str | Image = member(IRI, Image)
    criteria: str | Criteria = member(IRI, Criteria)
    issuer: str | Profile = member(IRI, Profile)
    alignment: tuple[AlignmentObject, ...] = member(AlignmentObject, many=True, default=())
    tags: tuple[str, ...] = member(TEXT, many=True, default=())

    def _problems(self) -> list[Problem]:
        return _problems_of_image(self.image) + super()._problems()


@document
class Assertion(_Primary):
    """One award to one recipient.

    A hosted Assertion that was revoked may consist of ``id`` and ``revoked`` alone; :class:`RevokedAssertion` reads
    that, so ask ``revoked`` of the JSON before reading it here (Revoking Hosted Assertions).
    """

    type: Types = member(TEXT, many=True, includes=("Assertion",), default=("Assertion",), required=True)
    id: str = member(IRI)
    recipient: IdentityObject = member(IdentityObject)
    badge: str | BadgeClass = member(IRI, BadgeClass)
    verification: VerificationObject = member(VerificationObject)
    issued_on: datetime = member(DATE_TIME)
    expires: datetime | None = member(DATE_TIME, default=None)
    image: str | Image | None = member(IRI, Image, default=None)
    evidence: tuple[str | Evidence, ...] = member(IRI, Evidence, many=True, default=())
    narrative: str | None = member(TEXT, default=None)
    revoked: bool | None = member(BOOLEAN, default=None)
    revocation_reason: str | None = member(TEXT, default=None)
    uid: str | None = member(TEXT, default=None)

    def _problems(self) -> list[Problem]:
        return _problems_of_kind(self.verification) + _problems_of_image(self.image) + super()._problems()


@document
class RevokedAssertion(Document):
    """A line of a RevocationList, or what is left of a revoked hosted Assertion. To be listed is to be revoked."""

    type: Types = member(TEXT, many=True, default=("Assertion",))
    id: str | None = member(IRI, default=None)
    uid: str | None = member(TEXT, default=None)
    revoked: bool | None = member(BOOLEAN, default=None)
    revocation_reason: str | None = member(TEXT, default=None)

    def _problems(self) -> list[Problem]:
        if self.id is None and self.uid is None:
            return [Problem("id", "missing", "an id or a uid", "neither")]
        return []


@document
class RevocationList(Document):
    """What an issuer has taken back. One bare entry is a list of one: the reference validator overlooks it."""

    type: Types = member(TEXT, many=True, includes=("RevocationList",), default=("RevocationList",), required=True)
    id: str | None = member(IRI, default=None)
    issuer: str | Profile | None = member(IRI, Profile, default=None)
    revoked_assertions: tuple[str | RevokedAssertion, ...] = member(IRI, RevokedAssertion, many=True)

    def find(self, assertion: Assertion) -> RevokedAssertion | None:
        """The line that revokes this Assertion, by ``id`` or by the ``uid`` of badges before 1.1."""
        found = self.line_of(assertion.id)
        return found or (self._lines.get(("uid", assertion.uid)) if assertion.uid is not None else None)

    def line_of(self, address: str) -> RevokedAssertion | None:
        """The line that revokes what has this ``id``: endorsements may be listed too."""
        return self._lines.get(("id", address))

    @cached_property
    def _lines(self) -> Mapping[tuple[str, str | None], RevokedAssertion]:
        lines: dict[tuple[str, str | None], RevokedAssertion] = {}
        for entry in self.revoked_assertions:
            line = RevokedAssertion(id=entry) if isinstance(entry, str) else entry
            for key in (("id", line.id), ("uid", line.uid)):
                if key[1] is not None:
                    lines.setdefault(key, line)
        return lines


@document
class EndorsementClaim(Document):
    """What is said of the endorsed document ``id``; anything else claimed is in ``other``."""

    id: str = member(IRI)
    type: Types = member(TEXT, many=True, default=())
    endorsement_comment: str | None = member(TEXT, default=None)


@document
class Endorsement(Document):
    """A dated word of a Profile about another document; verified like an Assertion."""

    type: Types = member(
        TEXT, many=True, includes=("Endorsement", "cred:Credential"), default=("Endorsement",), required=True
    )
    id: str = member(IRI)
    claim: EndorsementClaim = member(EndorsementClaim)
    issuer: str | Profile = member(IRI, Profile)
    issued_on: datetime = member(DATE_TIME)
    verification: VerificationObject = member(VerificationObject)
    revoked: bool | None = member(BOOLEAN, default=None)
    revocation_reason: str | None = member(TEXT, default=None)

    def _problems(self) -> list[Problem]:
        return _problems_of_kind(self.verification)


@document
class Extension(Document):
    """A member that somebody added to the standard: what it says is in ``other``."""

    context: Any = member(ANY, name="@context")
    type: Types = member(TEXT, many=True, includes=("Extension",), required=True, default=("Extension",))


def extensions_of(read: Document) -> dict[str, Extension]:
    """The extensions of a document, by the name of their member.

    Any unknown member that calls itself an Extension is one.

    :raises DocumentInvalid: when one of them is not what section "Extensions" asks for
    """
    return {name: Extension.from_json(value) for name, value in read.other.items() if is_extension(value)}


def is_extension(value: Any) -> bool:
    """Whether a member calls itself an Extension."""
    types = value.get("type", value.get("@type")) if isinstance(value, dict) else None
    texts = [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]
    return includes_type(tuple(texts), "Extension")
