"""What the verifier found, and the one function that turns findings into an answer.

Start at :func:`conclude`: pure, total, and it fails closed. Verdict, answer, exit code, « reconnu » and « critères
remplis » are all derived from the checks, so a report cannot contradict itself; a required check that is missing
or unknown makes the verdict ``undetermined``. The JSON is a contract (design, §4): extend it, rename nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..addresses import short_code
from ..clock import to_text
from . import wording

if TYPE_CHECKING:
    from ..catalogue.definition import Definition
    from ..catalogue.rule import RuleOutcome
    from ..openbadges.model import Assertion, BadgeClass
    from .receipt import Finding

Outcome = Literal["passed", "failed", "unknown", "not_applicable"]
Verdict = Literal["valid", "invalid", "revoked", "expired", "undetermined"]
Answer = Literal["yes", "partly", "no", "unknown"]
CriteriaStatus = Literal["met", "not_met", "not_stated", "undetermined"]
About = Literal["award", "badge", "issuer"]

CHECKS = tuple(wording.CHECK_NAMES)
"""Every check, in the order of the specification; a report holds each of them once."""

EXIT_CODES: Mapping[Answer, int] = {"yes": 0, "no": 1, "unknown": 3, "partly": 4}
GRAVEST_FIRST: tuple[Answer, ...] = ("no", "unknown", "partly", "yes")
"""Several files answer with the worst, in the order 1, 3, 4, 0 (design, §4)."""

_SIGNED = ("input", "token", "document", "key", "signature", "badge_class", "authorisation", "issued_on", "expires")
_HOSTED = ("input", "document", "hosted", "badge_class", "authorisation", "issued_on", "expires", "revocation")
_IF_APPLICABLE = ("carrier", "revocation", "key_status", "recipient")
"""Required too, but a badge may have nothing to check there: no picture, no list, no trust, nobody named."""

_WITHDRAWN = frozenset(("revoked", "replaced"))
_OUTDATED = frozenset(("expired",))
_NO_DETAILS: wording.Details = MappingProxyType({})


class Check(NamedTuple):
    """One thing that was looked at. ``details`` fill the sentences; ``cause`` is the code of the refusal beneath.

    A tuple, as are the other small facts below: a report is made of two dozen, and tuples are made in no time.
    """

    check: str
    outcome: Outcome
    code: str
    details: wording.Details = _NO_DETAILS
    cause: str = ""

    @property
    def message(self) -> dict[str, str]:
        return wording.CODES[self.code].employer.fill(wording.in_words(self.details, self.cause))

    @property
    def technical(self) -> dict[str, str]:
        return wording.CODES[self.code].technician.fill(wording.in_words(self.details, self.cause))

    @property
    def advice(self) -> dict[str, str]:
        return wording.CODES[self.code].advice.fill(wording.in_words(self.details, self.cause))

    def to_json(self) -> dict[str, Any]:
        """Plain values. Do not change them: the same finding on another badge shares its sentences."""
        return _check_json(self.check, self.outcome, self.code, self.cause, tuple(self.details.items()))


@lru_cache(maxsize=1024)
def _check_json(
    check: str, outcome: Outcome, code: str, cause: str, details: tuple[tuple[str, str | datetime], ...]
) -> dict[str, Any]:
    said, told = wording.CODES[code], wording.in_words(dict(details), cause)
    return {
        "check": check,
        "outcome": outcome,
        "code": code,
        "message": said.employer.fill(told),
        "advice": said.advice.fill(told),
        "technical": said.technician.fill(told),
        "cause": cause or None,
    }


class Conclusion(NamedTuple):
    """What the checks amount to. ``reasons`` keep the answer from being yes, gravest first."""

    verdict: Verdict
    answer: Answer
    recognised: bool | None
    criteria: CriteriaStatus
    reasons: tuple[Check, ...] = ()

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.answer]


def conclude(checks: Iterable[Check]) -> Conclusion:
    """The verdict and the answer that these checks allow.

    1. one required check *failed*: not valid; withdrawn and expired have names of their own;
    2. else, one missing, unknown or inapplicable where it must apply: undetermined;
    3. else valid: signed, or hosted, with everything that each demands;
    4. *yes* asks for more, three facts that stay apart: recognised, criteria published, criteria met. What is known
       to be lacking makes it *partly*; what could not be established makes it *unknown*.
    """
    checks = tuple(checks)
    if _is_plain_yes(tuple(map(_NAME, checks)), tuple(map(_OUTCOME, checks))):
        return _YES
    found = {check.check: check for check in checks}
    recognised = _recognised(found.get("recognition"))
    criteria = _criteria_status(found.get("criteria"))

    # 1. what is known to be wrong, every reason and not only the first.
    required = [found[name] for name in CHECKS if name in found and name not in _NO_VERDICT]
    failed = [check for check in required if check.outcome == "failed"]
    if failed:
        return Conclusion(_bad_verdict(failed), "no", recognised, criteria, _gravest_first(failed))
    # 2. what is missing, unknown or silent.
    if not (_complete(found, _SIGNED) or _complete(found, _HOSTED)):
        unknown = [check for check in required if check.outcome == "unknown"]
        told = [check for check in unknown if check.code != "not_reached"] or unknown or [_SILENCE]
        return Conclusion("undetermined", "unknown", recognised, criteria, (told[0],))
    # 3 and 4. authentic; recognised, published, met?
    wanted = [found.get(name, Check(name, "unknown", "not_reached")) for name in _FOR_YES]
    lacking = [check for check in wanted if check.outcome != "passed"]
    if not lacking:
        return Conclusion("valid", "yes", recognised, criteria)
    answer: Answer = "unknown" if all(check.outcome == "unknown" for check in lacking) else "partly"
    return Conclusion("valid", answer, recognised, criteria, tuple(_told_once(lacking)))


_NAME, _OUTCOME = itemgetter(Check._fields.index("check")), itemgetter(Check._fields.index("outcome"))


@lru_cache(maxsize=256)
def _is_plain_yes(names: tuple[str, ...], outcomes: tuple[Outcome, ...]) -> bool:
    """Nothing failed, nothing unknown, nothing missing among what the answer rests on: so it is for most badges.

    The same few patterns of outcomes come again and again; to remember them takes up to 6 µs off a badge.
    """
    found = {name: outcome for name, outcome in zip(names, outcomes, strict=True) if name not in _ONLY_TOLD}
    passed = {name for name, outcome in found.items() if outcome == "passed"}
    silent = {name for name, outcome in found.items() if outcome == "not_applicable"}
    return len(passed) + len(silent) == len(found) and passed >= _ALL_FOR_YES and passed | silent >= _NEVER_ABSENT


_FOR_YES = ("recognition", "definition", "criteria")
_ONLY_TOLD = frozenset(("picture", "endorsement"))
_NO_VERDICT = _ONLY_TOLD.union(_FOR_YES)
_ALL_FOR_YES = frozenset((*_SIGNED, *_FOR_YES))
_NEVER_ABSENT = frozenset(_IF_APPLICABLE)
_YES = Conclusion("valid", "yes", True, "met")
_SILENCE = Check("input", "unknown", "not_reached")


def _misleads(check: Check) -> bool:
    """A picture of another badge changes no verdict, and yet the reader has it before their eyes."""
    return check.check == "picture" and check.outcome == "failed"


def _complete(found: Mapping[str, Check], demanded: tuple[str, ...]) -> bool:
    for name in demanded:
        check = found.get(name)
        if check is None or check.outcome != "passed":
            return False
    for name in _IF_APPLICABLE:
        check = found.get(name)
        if check is None or check.outcome not in ("passed", "not_applicable"):
            return False
    return True


def _bad_verdict(failed: Iterable[Check]) -> Verdict:
    codes = {check.code for check in failed}
    if codes - _WITHDRAWN - _OUTDATED:
        return "invalid"
    return "revoked" if codes & _WITHDRAWN else "expired"


def _gravest_first(failed: Iterable[Check]) -> tuple[Check, ...]:
    return tuple(sorted(failed, key=lambda check: (check.code in _OUTDATED, check.code in _WITHDRAWN)))


def _told_once(lacking: list[Check]) -> Iterable[Check]:
    """Criteria replayed on a definition that nobody published are one reason, not two."""
    definition_told = any(check.check == "definition" and check.outcome == "failed" for check in lacking)
    for check in lacking:
        if check.check == "definition" and check.outcome != "failed":
            continue
        if not (check.check == "criteria" and definition_told and check.code == "criteria_not_published"):
            yield check


def _recognised(check: Check | None) -> bool | None:
    if check is None or check.outcome in ("unknown", "not_applicable"):
        return None
    return check.outcome == "passed"


def _criteria_status(check: Check | None) -> CriteriaStatus:
    if check is None:
        return "undetermined"
    return {
        "passed": "met",
        "failed": "not_met",
        "unknown": "undetermined",
        "not_applicable": "not_stated",
    }[check.outcome]  # type: ignore[return-value]


class Issuer(NamedTuple):
    """Who attests. ``name`` is the trust list's where it recognises the issuer, else what the Profile claims."""

    id: str | None = None
    name: str | None = None
    demo: bool = False


_NOBODY = Issuer()


class Verified(NamedTuple):
    """The documents that were verified, and therefore may be shown: nothing else of the file ever is."""

    assertion: Assertion
    badge_class: BadgeClass | None = None
    definition: Definition | None = None

    def to_json(self) -> dict[str, Any]:
        assertion, published, definition = self.assertion, self.badge_class, self.definition
        badge = assertion.badge if isinstance(assertion.badge, str) else assertion.badge.id
        return {
            "id": assertion.id,
            "code": short_code(assertion.id),
            "name": definition.title if definition else published.name if published else None,
            "description": definition.description if definition else published.description if published else None,
            "kind": definition.kind if definition else None,
            "family": definition.family if definition else None,
            "level": definition.level if definition else None,
            "slug": definition.slug if definition else None,
            "version": definition.version if definition else None,
            "badge_class": badge,
            "criteria": _address_of(published.criteria) if published else None,
            "image": _address_of(published.image) if published else None,
            "issued_on": to_text(assertion.issued_on),
            "expires": to_text(assertion.expires) if assertion.expires else None,
            "narrative": assertion.narrative,
            "recipient": {"type": assertion.recipient.type, "name": _name_of(assertion)},
        }


def _address_of(value: Any) -> str | None:
    return value if isinstance(value, str) else value.id


def _name_of(assertion: Assertion) -> str | None:
    """The name that the person asked to have in the badge (``extensions:recipientProfile``)."""
    profile = assertion.other.get("extensions:recipientProfile")
    name = profile.get("name") if isinstance(profile, Mapping) else None
    return name if isinstance(name, str) else None


class Source(NamedTuple):
    """A document that the answer rests on, and when it was read."""

    url: str
    fetched_at: datetime


class File(NamedTuple):
    """What was given: a name for the reader's list, and the digest of the bytes."""

    name: str | None
    sha256: str


class Endorsed(NamedTuple):
    """What another says of the badge, of its description or of its issuer. Only one that *passed* counts, and shows
    its ``comment``; ``issuer`` is who says it, once that is proven."""

    about: About
    id: str
    outcome: Outcome
    code: str
    issuer: Issuer = _NOBODY
    recognised: bool | None = None
    issued_on: datetime | None = None
    comment: str | None = None
    reason: str = ""
    cause: str = ""

    @property
    def message(self) -> dict[str, str]:
        details: dict[str, str | datetime] = {"reason": self.reason or "…"}
        return wording.ENDORSED[self.code].fill(wording.in_words(details, self.cause))

    def to_json(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "id": self.id,
            "outcome": self.outcome,
            "code": self.code,
            "message": self.message,
            "issuer": {"id": self.issuer.id, "name": self.issuer.name, "recognised": self.recognised},
            "issued_on": to_text(self.issued_on) if self.issued_on else None,
            "comment": self.comment,
        }


class Report(NamedTuple):
    """The whole answer. What it shows of the badge comes from ``verified``, which is empty before authenticity."""

    checks: tuple[Check, ...]
    conclusion: Conclusion
    verified_at: datetime
    file: File
    issuer: Issuer = _NOBODY
    verified: Verified | None = None
    rule: RuleOutcome | None = None
    sources: tuple[Source, ...] = ()
    not_checked: tuple[str, ...] = ()
    endorsements: tuple[Endorsed, ...] = ()
    receipt: Finding | None = None

    @property
    def answer(self) -> Answer:
        return self.conclusion.answer

    @property
    def verdict(self) -> Verdict:
        return self.conclusion.verdict

    @property
    def exit_code(self) -> int:
        """What ``badges verify`` ends with: 0 yes, 1 no, 3 unknown, 4 partly."""
        return self.conclusion.exit_code

    @property
    def headline(self) -> dict[str, str]:
        """One sentence for somebody who has a minute."""
        return wording.headline(
            self.answer,
            tuple((check.code, check.details) for check in self.conclusion.reasons),
            issuer=self.issuer.name,
            recognised=self.conclusion.recognised is True,
            demo=self.issuer.demo,
            issued=self.verified.assertion.issued_on if self.verified else None,
            essential=self.rule.essential_total if self.rule else 0,
            beware=tuple((check.code, check.details) for check in self.checks if _misleads(check)),
        )

    def require(self, check: str) -> Check:
        """The check of that name; every report holds each of :data:`CHECKS`."""
        return next(item for item in self.checks if item.check == check)

    def to_json(self) -> dict[str, Any]:
        """The contract of design §4, as plain values."""
        return {
            "answer": self.answer,
            "headline": self.headline,
            "verdict": self.verdict,
            "issuer": {
                "recognised": self.conclusion.recognised,
                "id": self.issuer.id,
                "name": self.issuer.name,
                "why": self.require("recognition").to_json()["message"],
                "demo": self.issuer.demo,
            },
            "criteria": self._criteria_json(),
            "checks": [check.to_json() for check in self.checks],
            "badge": self.verified.to_json() if self.verified else None,
            "sources": [self._source_json(source) for source in self.sources],
            "not_checked": [_told(code, wording.NOT_CHECKED[code]) for code in self.not_checked],
            "endorsements": [endorsed.to_json() for endorsed in self.endorsements],
            "receipt": self.receipt.to_json() if self.receipt else None,
            "verified_at": to_text(self.verified_at),
            "file": {"name": self.file.name, "sha256": self.file.sha256},
        }

    def _source_json(self, source: Source) -> dict[str, Any]:
        age = max(0, int((self.verified_at - source.fetched_at).total_seconds()))
        return {"url": source.url, "fetched_at": to_text(source.fetched_at), "age_seconds": age}

    def _criteria_json(self) -> dict[str, Any]:
        rule, definition = self.rule, self.verified.definition if self.verified else None
        return {
            "status": self.conclusion.criteria,
            "essential_met": rule.essential_met if rule else None,
            "essential_total": rule.essential_total if rule else None,
            "optional_met": rule.optional_met if rule else None,
            "version": definition.version if definition else None,
            "replayed": [_told(name, wording.CLAUSES[name]) for name in rule.replayed] if rule else [],
            "attested": [_told(name, wording.CLAUSES[name]) for name in rule.attested] if rule else [],
            "items": [_item_json(item, rule) for item in rule.criteria] if rule else [],
            "missing": [
                {
                    **_told(missing.code, wording.MISSING[missing.code]),
                    "criterion": missing.criterion,
                    "expected": missing.expected,
                    "found": missing.found,
                }
                for missing in (rule.missing if rule else ())
            ],
        }


def _item_json(item: Any, rule: RuleOutcome) -> dict[str, Any]:
    return {
        "id": item.criterion.id,
        "text": item.criterion.text,
        "required": item.criterion.required,
        "result": item.result,
        "met": item.met,
        "observations": [
            {"month": seen.month, "day": seen.day, "way": seen.way, "kind": seen.kind, "function": seen.function}
            for seen in item.observations
        ],
        "missing": [missing.code for missing in rule.missing if missing.criterion == item.criterion.id],
    }


def _told(code: str, text: wording.Text) -> dict[str, Any]:
    return {"code": code, "fr": text.fr, "en": text.en}


def worst(answers: Iterable[Answer]) -> Answer:
    """The answer for several files together. Nothing verified is not an answer: *unknown*."""
    given = set(answers)
    return next((answer for answer in GRAVEST_FIRST if answer in given), "unknown")
