"""What each paper needs to know, and nothing more: plain values that the caller has already decided to show.

A :class:`Badge` is best read from the signed badge itself (:meth:`Badge.read`), so that a paper can say no more than
what was signed. No name is printed that is not given here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from ..addresses import short_code
from ..catalogue.definition import Definition, parse_definition
from ..catalogue.library import Entry
from ..catalogue.proof import read_proof
from ..catalogue.record import Record
from ..errors import DocumentInvalid
from ..openbadges import jws, strict_json

RECIPIENT_PROFILE = "extensions:recipientProfile"


@dataclass(frozen=True)
class Badge:
    """One awarded badge as its papers tell it.

    ``definition`` and ``record`` are what was signed; ``entry`` brings what stands around them (picture, simple words,
    translations). ``png`` is the awarded picture, attached to the paper under ``file_name``. ``name`` is printed as it
    is; None says « la personne qui a reçu ce badge ».
    """

    entry: Entry
    definition: Definition
    record: Record
    code: str
    issuer: str
    issued_on: datetime
    expires: datetime | None
    png: bytes = field(repr=False)
    file_name: str
    name: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, token: str, png: bytes, *, entry: Entry, issuer: str, file_name: str) -> Badge:
        """The facts of a signed badge of our own register, its name included where the person asked for it.

        The signature is not verified here: a register hands out what it signed. Raises :class:`DocumentInvalid` for a
        token without a criteria proof of ours.
        """
        assertion: Mapping[str, Any] = strict_json.loads(jws.read_unverified(token).payload)
        proof = read_proof(assertion)
        if proof is None:
            raise DocumentInvalid("Un badge avec la preuve de ses critères était attendu ; elle manque.")
        profile = assertion.get(RECIPIENT_PROFILE)
        expires = assertion.get("expires")
        return cls(
            entry=entry,
            definition=parse_definition(proof.definition_text),
            record=proof.record,
            code=short_code(assertion["id"]),
            issuer=issuer,
            issued_on=datetime.fromisoformat(assertion["issuedOn"]),
            expires=datetime.fromisoformat(expires) if expires else None,
            png=png,
            file_name=file_name,
            name=profile.get("name") if isinstance(profile, Mapping) else None,
        )


@dataclass(frozen=True)
class Card:
    """A wallet card for one person: their way in, without an account.

    ``link`` goes into the QR; ``address`` is the short address that can be typed, in large letters. ``told_by`` says
    who tells the secret code, where it is told in person. A card never carries both the link and the code, unless
    ``secret_code`` is given on purpose: whoever finds such a card can open the page.
    """

    first_name: str = field(repr=False)
    link: str = field(repr=False)
    address: str
    structure: str
    told_by: str | None = None
    secret_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Ceremony:
    """A sheet to hand over for real, with two signatures. ``name`` is the one that will be read aloud, or None."""

    badge: Badge
    name: str | None = field(default=None, repr=False)
    place: str | None = None
    day: date | None = None
    """The day of the ceremony; by default the one of the award."""


@dataclass(frozen=True)
class Passport:
    """Everything that a person chose to show, in one file. ``made_on`` is the date written in it."""

    badges: tuple[Badge, ...]
    made_on: datetime
    name: str | None = field(default=None, repr=False)


Answer = Literal["yes", "partly", "no", "unknown"]


@dataclass(frozen=True)
class ReceiptResult:
    """What was answered about one file. ``headline`` is in the language of the paper."""

    sha256: str
    answer: Answer
    headline: str
    verified_at: datetime
    sources: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Receipt:
    """A receipt of verification, with the signed text that proves it (``token``), attached under ``file_name``."""

    id: str
    service: str
    made_at: datetime
    results: tuple[ReceiptResult, ...]
    trust: tuple[str, int, datetime] | None
    token: str = field(repr=False)
    file_name: str = "verification.receipt.jws"
