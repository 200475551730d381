"""From facts to a signed token. The only place of the product that signs an Assertion.

:class:`Edition` is what all awards of one definition under one Profile share, worked out once; :class:`AwardFacts` is
what is particular to one; :func:`write_award` checks the rule and writes the Assertion, :func:`sign_awards` signs what
was written. Both are pure: the same facts and an RSA or Ed25519 key give the same token.
Shape of what is signed: ``docs/decisions/0001-what-is-signed.md``.
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from ..addresses import Addresses
from ..catalogue.definition import Definition
from ..catalogue.proof import PROOF_TERM, PROOF_TYPE
from ..catalogue.record import Record
from ..catalogue.rule import Missing, RuleOutcome, evaluate
from ..clock import to_text
from ..commitments import token_digest
from ..errors import AwardRefused
from ..openbadges import jws
from ..openbadges.identity import hash_identity
from .narrative import evidence, narrative
from .wording import missing_sentence, refusal

CONTEXT = "https://w3id.org/openbadges/v2"
RECIPIENT_PROFILE_TERM = "extensions:recipientProfile"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the badge is for, in the standard's words: an e-mail, or the inert address ``/p/{opaque}``."""

    type: str
    identity: str = field(repr=False)
    salt: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    """In the badge only if the person asked for it before the signature."""


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """All that one award says beyond its :class:`Edition`."""

    uuid: str
    recipient: Recipient
    issued_on: datetime
    record: Record


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """A record in French and in JSON, but for its commitment: what the rows of a batch share, written once."""

    record: Record
    narrative: str
    evidence: orjson.Fragment
    members: Mapping[str, Any]

    @classmethod
    def of(cls, definition: Definition, record: Record, outcome: RuleOutcome) -> WrittenOut:
        members = record.to_json()
        return cls(
            record=record,
            narrative=narrative(definition, record, outcome),
            evidence=orjson.Fragment(orjson.dumps(evidence(definition, record))),
            members=members | {"criteria": orjson.Fragment(orjson.dumps(members["criteria"]))},
        )

    def fits(self, record: Record) -> bool:
        """Whether ``record`` differs from this one by its commitment at most: it shares the very same parts."""
        mine = self.record
        return (
            record.criteria is mine.criteria
            and record.deciders is mine.deciders
            and record.prerequisites is mine.prerequisites
            and record.decided == mine.decided
        )


@dataclass(frozen=True)
class Edition:
    """One definition under one Profile."""

    definition: Definition
    profile: str
    badge: str
    verification: Mapping[str, str]
    proof: Mapping[str, Any]
    profile_extension: Mapping[str, Any]
    _last: list[WrittenOut] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def of(cls, definition: Definition, text: str, profile: str, addresses: Addresses) -> Edition:
        context = addresses.proof_context()
        return cls(
            definition=definition,
            profile=profile,
            badge=addresses.badge_class(profile, definition.slug, definition.version),
            verification={"type": "SignedBadge", "creator": addresses.key(profile)},
            proof={
                "@context": context,
                "type": ["Extension", PROOF_TYPE],
                "definition": orjson.Fragment(orjson.dumps(text)),
            },
            profile_extension={"@context": context, "type": ["Extension", "extensions:RecipientProfile"]},
        )

    def written_out(self, record: Record, outcome: RuleOutcome) -> WrittenOut:
        """The last one is kept, for the next award is often of the same session."""
        for last in self._last:
            if last.fits(record):
                return last
        written = WrittenOut.of(self.definition, record, outcome)
        self._last[:] = (written,)
        return written

    def expires(self, issued_on: datetime) -> datetime | None:
        months = self.definition.validity_months
        return None if months is None else add_months(issued_on, months)


class WrittenAward(NamedTuple):
    """An award whose rule holds, as the very bytes to sign. Only :func:`write_award` makes one."""

    facts: AwardFacts
    payload: bytes
    expires: datetime | None


class SignedAward(NamedTuple):
    """The token, with what the register keeps beside it."""

    facts: AwardFacts
    token: str
    token_digest: str
    expires: datetime | None


def write_award(edition: Edition, facts: AwardFacts) -> WrittenAward:
    """The Assertion, if the award rule holds on the very record that it says.

    Raises :class:`AwardRefused` with everything that is missing, and writes nothing.
    """
    outcome = require_met(edition.definition, facts.record)
    expires = edition.expires(facts.issued_on)
    return WrittenAward(facts, orjson.dumps(assertion(edition, facts, expires, outcome)), expires)


def sign_awards(written: Iterable[WrittenAward], signer: jws.SigningKey) -> list[SignedAward]:
    """The signed badges. Many are better written first and signed together: the code that writes an Assertion was
    measured at about twice its time when each one comes right after an RSA signature.
    """
    signed = [(award, jws.sign(award.payload, signer)) for award in written]
    return [SignedAward(award.facts, token, token_digest(token), award.expires) for award, token in signed]


def sign_award(edition: Edition, facts: AwardFacts, signer: jws.SigningKey) -> SignedAward:
    """One badge, checked, written and signed. Raises :class:`AwardRefused`, and signs nothing."""
    (signed,) = sign_awards((write_award(edition, facts),), signer)
    return signed


def require_met(definition: Definition, record: Record) -> RuleOutcome:
    """The outcome of the rule, which holds. Raises :class:`AwardRefused` with every reason."""
    outcome = evaluate(definition, record)
    if not outcome.met:
        raise unmet(definition, outcome)
    return outcome


def unmet(definition: Definition, outcome: RuleOutcome) -> AwardRefused:
    """The refusal to raise, with every reason: as the rule gives it, and in a sentence for whoever must act."""
    refused = refusal(AwardRefused, "award_refused")
    refused.missing = all_missing(outcome)
    refused.members = {"missing": [told(missing, definition) for missing in refused.missing]}
    return refused


def told(missing: Missing, definition: Definition) -> dict[str, str]:
    """One reason as the doors tell it."""
    return {
        "code": missing.code,
        "criterion": missing.criterion or "",
        "expected": missing.expected,
        "found": missing.found,
        "message": missing_sentence(missing, definition),
    }


def all_missing(outcome: RuleOutcome) -> tuple[Missing, ...]:
    """What is missing, a clause that we cannot evaluate included: the issuer takes "undetermined" for a no."""
    unknown = (Missing("unknown_clause", None, clause) for clause in outcome.unknown_clauses)
    return (*outcome.missing, *unknown)


def assertion(edition: Edition, facts: AwardFacts, expires: datetime | None, outcome: RuleOutcome) -> dict[str, Any]:
    """The payload, members in the order of the specification."""
    recipient = facts.recipient
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": f"urn:uuid:{facts.uuid}",
        "recipient": {
            "type": recipient.type,
            "hashed": True,
            "salt": recipient.salt,
            "identity": hash_identity(recipient.identity, recipient.salt),
        },
        "badge": edition.badge,
        "verification": edition.verification,
        "issuedOn": to_text(facts.issued_on),
    }
    if expires is not None:
        document["expires"] = to_text(expires)
    written = edition.written_out(facts.record, outcome)
    document["narrative"] = written.narrative
    document["evidence"] = written.evidence
    document[PROOF_TERM] = {
        **edition.proof,
        "record": {**written.members, "commitment": facts.record.commitment},
    }
    if recipient.name:
        document[RECIPIENT_PROFILE_TERM] = {**edition.profile_extension, "name": recipient.name}
    return document


def payload_of(token: str) -> dict[str, Any]:
    """The Assertion inside a token of our own register, which we signed ourselves and need not verify again."""
    document: dict[str, Any] = orjson.loads(jws.read_unverified(token).payload)
    return document


def commit(facts: Mapping[str, Any], salt: str) -> tuple[str, str]:
    """The exact facts as canonical text, and their commitment: SHA-256 over the salt, then that text.

    Members are sorted and hold no number with a fraction, so that this is also their RFC 8785 spelling.
    """
    text = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()
    return text, "sha256$" + hashlib.sha256((salt + text).encode()).hexdigest()


def add_months(instant: datetime, months: int) -> datetime:
    """The same day that many months later, or the last day of a shorter month."""
    year, month = divmod(instant.year * 12 + instant.month - 1 + months, 12)
    day = min(instant.day, calendar.monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)
