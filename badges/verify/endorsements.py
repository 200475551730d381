"""What others say of a badge, verified as an Assertion is (specification, Endorsement): start at
:func:`check_endorsements`.

A word counts when it is about the very document that names it, is published or signed by whom it says, is not
withdrawn, and is not the issuer's own. An embedded copy is only a hint of where it is published: a signature does not
fit in JSON, so a signed endorsement is the compact JWS that its address answers. Nothing here changes the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ..errors import BadgeRejected, DocumentInvalid, FetchError, KeyRefused, SignatureInvalid
from ..openbadges import jws, strict_json
from ..openbadges.model import CryptographicKey, Endorsement, Profile
from ..openbadges.primitives import DATE_TIME, is_of_the_web
from ..trust import TrustedProfile
from ..trust.trusted import ROTATION_GRACE
from . import findings
from .documents import ACCEPT, first_problem, read_json
from .examination import in_scope, read_endorsement, read_key, read_profile, read_revocations
from .fetcher import Fetched
from .reading import form_of
from .report import About, Endorsed, Issuer, Outcome

if TYPE_CHECKING:
    from .examination import Examination

MAX_READ = 3
"""Endorsements of one badge that are asked for; each costs two to four documents of its ten."""
LEEWAY = timedelta(seconds=60)
MAX_COMMENT = 2000

_ACCEPT = f"{ACCEPT}, application/jose, text/plain"


class _Told(Exception):
    """Everything is known of one endorsement."""

    def __init__(self, outcome: Outcome, code: str, reason: str = "", cause: str = "") -> None:
        super().__init__(code)
        self.outcome, self.code, self.reason, self.cause = outcome, code, reason, cause


class _Named(NamedTuple):
    """An endorsement as a document names it: where it is published, and what it must be about."""

    about: About
    subject: str
    address: str


def check_endorsements(badge: Examination) -> tuple[Endorsed, ...]:
    """Every endorsement that the verified documents name, each with its own answer; the check says their sum."""
    told = [_verify(badge, named, index) for index, named in enumerate(dict.fromkeys(_named(badge)))]
    others = [each for each in told if each.code != "endorsement_own"]
    good = [each for each in others if each.outcome == "passed"]
    count, total = str(len(good)), str(len(others))
    if any(each.outcome == "failed" for each in others):
        badge.say("endorsement", "failed", "endorsements_false", count=count, total=total)
    elif any(each.outcome == "unknown" for each in others):
        badge.say("endorsement", "unknown", "endorsements_unread", count=count, total=total)
    elif others:
        badge.say("endorsement", "passed", "endorsements_good", count=count, total=total)
    else:
        badge.say_once(findings.ENDORSEMENTS_OWN)
    return tuple(told)


def _named(badge: Examination) -> Iterator[_Named]:
    read: tuple[tuple[About, Any], ...] = (
        ("award", badge.assertion),
        ("badge", badge.badge_class),
        ("issuer", badge.profile),
    )
    for about, document in read:
        for each in document.endorsement if document is not None else ():
            address = each.get("id", each.get("@id")) if isinstance(each, dict) else each
            yield _Named(about, document.id, str(address))


def _verify(badge: Examination, named: _Named, index: int) -> Endorsed:
    one = _One(badge, named)
    try:
        if index >= MAX_READ:
            raise _Told("unknown", "endorsement_over")
        one.verify()
    except _Told as told:
        answer = told
    except FetchError as refusal:
        answer = _Told("unknown", "endorsement_unreachable", refusal.message, refusal.code)
    except BadgeRejected as refusal:
        answer = _Told("failed", "endorsement_invalid", first_problem(refusal), refusal.code)
    counts = answer.outcome == "passed"
    return Endorsed(
        about=named.about,
        id=named.address,
        outcome=answer.outcome,
        code=answer.code,
        issuer=one.issuer if counts else Issuer(),
        recognised=one.recognised if counts else None,
        issued_on=one.endorsement.issued_on if counts else None,
        comment=one.comment if counts else None,
        reason=answer.reason,
        cause=answer.cause,
    )


def _read_signed(body: bytes) -> tuple[str, Endorsement]:
    """The token, and what it says: nobody has vouched for it yet."""
    token = body.decode("ascii", "replace").strip()
    return token, _said_in(strict_json.loads(jws.read_unverified(token).payload))


def _read_published(body: bytes) -> Endorsement:
    return _said_in(read_json(body))


def _said_in(document: Any) -> Endorsement:
    _refuse_revoked(document)
    return read_endorsement(document)


def _refuse_revoked(document: Any) -> None:
    if isinstance(document, dict) and document.get("revoked") is True:
        raise _Told("failed", "endorsement_revoked")


@lru_cache(maxsize=64)
def _verify_once(token: str, key: jws.PublicKey) -> None:
    """As :func:`.jws.verify`. The word that stands on every badge of a kind is good each time it was good once; one
    that is not is asked about again."""
    jws.verify(jws.read_unverified(token), key)


class _One:
    """One endorsement under examination; every way out is an exception, so that none is forgotten."""

    endorsement: Endorsement
    issuer = Issuer()
    recognised: bool | None = None
    token: str | None = None

    def __init__(self, badge: Examination, named: _Named) -> None:
        self.badge = badge
        self.named = named

    @property
    def comment(self) -> str | None:
        said = self.endorsement.claim.endorsement_comment
        return said[:MAX_COMMENT] if said else None

    def verify(self) -> NoReturn:
        self._read()
        self._check_what_it_says()
        issuer = self.endorsement.issuer
        address = issuer if isinstance(issuer, str) else issuer.id
        if address == self.badge.issuer_id:
            raise _Told("not_applicable", "endorsement_own")
        profile = self._profile(address)
        trusted = self.badge.known.trusted
        listed = trusted.find_profile(profile.id) if trusted else None
        if self.token is None:
            if not in_scope(self.named.address, profile):
                raise _Told("failed", "endorsement_forged", cause="outside_scope", reason=self.named.address)
        else:
            self._check_signature(self.token, profile, listed)
            self._check_revocation(profile)
        self._recognise(profile, listed)

    # -- the document ------------------------------------------------------------------------------------------

    def _read(self) -> None:
        address = self.named.address
        if not is_of_the_web(address):
            raise _Told("failed", "endorsement_unsigned")  # an id that nothing can be read at, and no signature
        answer = self.badge.documents.answer(address, _ACCEPT)
        if answer.status == 410:
            raise _Told("failed", "endorsement_revoked")
        if answer.status == 200 and form_of(answer.body) == "token":
            self.token, self.endorsement = self.badge.documents.remembered(answer, _read_signed)
        else:
            self.endorsement = self._read_hosted(answer)
        kind = self.endorsement.verification.kind
        if kind != ("HostedBadge" if self.token is None else "SignedBadge"):
            raise _Told("failed", "endorsement_unsigned")
        if self.token is None and self.endorsement.id != address:
            raise DocumentInvalid(f"expected {address}, found {self.endorsement.id}", code="id_differs")

    def _read_hosted(self, answer: Fetched) -> Endorsement:
        if answer.status == 200:
            return self.badge.documents.read(answer, _read_published)
        with suppress(BadgeRejected):
            _refuse_revoked(read_json(answer.body))
        raise FetchError(f"expected an answer 200, found {answer.status}", code="fetch_status")

    def _check_what_it_says(self) -> None:
        said, now = self.endorsement, self.badge.now
        if said.claim.id != self.named.subject:
            raise _Told("failed", "endorsement_of_another", said.claim.id)
        if said.issued_on > now + LEEWAY:
            raise _Told("failed", "endorsement_to_come")
        expires = said.other.get("expires")  # no member of an Endorsement, and an author who wrote it meant it
        if expires is not None:
            end = DATE_TIME.read(expires)
            if not isinstance(end, datetime):
                raise DocumentInvalid(
                    "expires: expected a date and time with a zone, found another", code="not_date_time"
                )
            if now > end + LEEWAY:
                raise _Told("failed", "endorsement_expired")

    # -- who says it -------------------------------------------------------------------------------------------

    def _profile(self, address: str) -> Profile:
        if not is_of_the_web(address):
            raise DocumentInvalid(f"issuer: expected an http(s) address, found {address[:80]}", code="not_url")
        profile = self.badge.documents.get(address, read_profile)
        if profile.id != address:
            raise DocumentInvalid(f"expected {address}, found {profile.id}", code="id_differs")
        return profile

    def _check_signature(self, token: str, profile: Profile, listed: TrustedProfile | None) -> None:
        creator = self.endorsement.verification.creator
        wanted = creator.id if isinstance(creator, CryptographicKey) else creator
        trusted = self.badge.known.trusted
        try:
            if trusted is not None and listed is not None:
                if wanted is not None and wanted != listed.key:
                    raise _Told("failed", "endorsement_forged", str(wanted), "key_not_listed")
                key = trusted.public_key(listed)
                self._check_key_on_that_day(listed)
            else:
                key = self._published_key(wanted, profile)
            _verify_once(token, key)
        except (KeyRefused, SignatureInvalid) as refusal:
            raise _Told(
                "failed", "endorsement_forged", refusal.message, _CAUSES.get(refusal.code, refusal.code)
            ) from None

    def _check_key_on_that_day(self, listed: TrustedProfile) -> None:
        if listed.since is None:
            return
        if listed.status == "compromised":
            raise _Told("unknown", "endorsement_unproven")
        if self.endorsement.issued_on > listed.since + ROTATION_GRACE:
            raise _Told("failed", "endorsement_forged", listed.key, "key_used_outside")

    def _published_key(self, wanted: str | None, profile: Profile) -> jws.PublicKey:
        """The key that the hosted Profile names, and that names it back; its first one, where none is asked for."""
        offered = {each if isinstance(each, str) else each.id or profile.id: each for each in profile.public_key}
        address = wanted if wanted is not None else next(iter(offered), None)
        if address is None or address not in offered:
            raise _Told("failed", "endorsement_forged", str(address), "key_not_listed")
        named = offered[address]
        key = self.badge.documents.get(address, read_key) if isinstance(named, str) else named
        owner = key.owner if isinstance(named, str) else key.owner or profile.id
        if owner != profile.id or (isinstance(named, str) and key.id != address):
            raise _Told("failed", "endorsement_forged", str(owner), "key_owner_differs")
        return jws.load_public_key(key.public_key_pem or "")

    def _check_revocation(self, profile: Profile) -> None:
        if profile.revocation_list is None:
            return
        documents = self.badge.documents
        answer = documents.list_of_withdrawn(profile.revocation_list)
        try:
            revocations = documents.read(answer, read_revocations)
        except BadgeRejected as refusal:  # what it lists is not known
            raise FetchError(first_problem(refusal), code="list_malformed") from None
        if revocations.line_of(self.endorsement.id) is not None:
            raise _Told("failed", "endorsement_revoked")

    def _recognise(self, profile: Profile, listed: TrustedProfile | None) -> NoReturn:
        trusted = self.badge.known.trusted
        structure = trusted.structure_of(listed) if trusted and listed else None
        self.issuer = Issuer(profile.id, structure.name if structure else profile.name)
        if trusted is None or trusted.is_stale(self.badge.now):
            raise _Told("passed", "endorsement_of_anyone")
        self.recognised = structure is not None and structure.status == "recognised"
        raise _Told("passed", "endorsement_good" if self.recognised else "endorsement_of_stranger")


_CAUSES = {"signature_invalid": "signature_bad", "algorithm_mismatch": "signature_bad"}
