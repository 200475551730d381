"""One badge under examination: each step looks at one or two things, says what it found, and may stop the rest.

Read :meth:`badges.verify.verifier.Verifier.verify` first: it numbers the steps and puts them in order. A step that
finds the ground gone from under those that follow raises :class:`Stopped`; checks that were not reached are
*unknown*. « Bad is not unknown »: :class:`BadgeRejected` becomes *failed*, :class:`FetchError` becomes *unknown*.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from ..addresses import parse_code, short_code, spaced
from ..catalogue.definition import Definition, digest, parse_definition
from ..catalogue.marks import read_mark
from ..catalogue.proof import PROOF_TERM, CriteriaProof, read_definition_extension, read_proof
from ..catalogue.record import Record, month_of
from ..catalogue.rule import Missing, RuleOutcome, evaluate
from ..errors import (
    AlgorithmMismatch,
    BadgeRejected,
    CarrierRefused,
    CatalogueError,
    DocumentInvalid,
    DocumentRefused,
    FetchError,
    JwsRefused,
    KeyRefused,
    NotBaked,
    SignatureInvalid,
)
from ..openbadges import jws, png, strict_json
from ..openbadges.expansion import in_our_words
from ..openbadges.extensions import problems_of_extensions
from ..openbadges.identity import matches
from ..openbadges.jws import PublicKey, UnverifiedJws
from ..openbadges.model import (
    Assertion,
    BadgeClass,
    CryptographicKey,
    Document,
    Endorsement,
    Profile,
    RevocationList,
    RevokedAssertion,
    VerificationObject,
)
from ..openbadges.primitives import is_of_the_web
from ..trust import CatalogueEntry, RevocationSnapshot, Trusted, TrustedProfile
from ..trust.trusted import ROTATION_GRACE
from . import findings
from .documents import ACCEPT, Documents, Parsed, alone, first_problem, read_as, read_json
from .fetcher import DOCUMENT_BYTES, Fetched, Fetcher, Limits
from .formats import OPEN_BADGES_V2, unread_algorithm, version_of
from .known import REMEMBERED, Known, Published, ReadList
from .reading import NOT_A_BADGE_YET, form_of, form_of_carried, is_receipt, photo_format
from .report import CHECKS, Check, Endorsed, File, Issuer, Outcome, Report, Source, Verified, conclude
from .wording import Details

if TYPE_CHECKING:
    from ..openbadges.legacy import First
    from .receipt import Finding

D = TypeVar("D", bound=Document)

MAX_INPUT = 5 * 1024 * 1024
LEEWAY = timedelta(seconds=60)
"""Two honest clocks differ by this much."""

MAX_KEYS = 5
"""How many keys of one Profile are tried for a badge that names none."""

_ACCEPT_BADGE = f"{ACCEPT}, image/png, image/svg+xml, text/plain"
_NO_DETAILS: Details = MappingProxyType({})


class Stopped(Exception):
    """Nothing that follows would mean anything; the check that stopped it has said why."""


class _IdDiffers(DocumentInvalid):
    """A document that calls itself otherwise than the address it was read at."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected the document {expected}, found {found}", code="id_differs")
        self.expected, self.found = expected, found


class Examination:
    """State of one verification. Attributes are filled in by the steps, in order."""

    inside: bytes | None = None
    """The badge attached to a PDF, where somebody has taken it out already."""
    receipt: Finding | None = None
    text = ""
    is_signed = False
    is_old = False
    """A badge of 0.5 or 1.x, read in the words of 2.0."""
    first: First | None = None
    authentic = False
    from_snapshot = False
    png: bytes | None = None
    answer: Fetched | None = None
    jws: UnverifiedJws
    assertion: Assertion
    key: PublicKey
    listed: TrustedProfile | None = None
    badge_class: BadgeClass | None = None
    profile: Profile | None = None
    hosted_definition: str | None = None
    asked = ""
    unreachable: FetchError | None = None
    issuer_id = ""
    proof: CriteriaProof | None = None
    definition_text: str | None = None
    digest = ""
    record_refused: DocumentInvalid | None = None
    entry: CatalogueEntry | None = None
    definition: Definition | None = None
    rule: RuleOutcome | None = None
    committed: bool | None = None
    stale: bool | None = None
    endorsements: tuple[Endorsed, ...] = ()

    def __init__(
        self,
        data: bytes,
        recipient: str | None,
        *,
        now: datetime,
        known: Known,
        fetcher: Fetcher,
        parsed: Parsed,
        limits: Limits,
    ) -> None:
        self.data = data
        self.recipient = recipient
        self.now = now
        self.known = known
        self.documents = Documents(fetcher, parsed, limits)
        self.findings: dict[str, Check] = {}

    # -- saying ------------------------------------------------------------------------------------------------

    def say(self, check: str, outcome: Outcome, code: str, cause: str = "", **details: str | datetime) -> None:
        self.findings[check] = Check(check, outcome, code, details or _NO_DETAILS, cause)

    def say_once(self, finding: Check) -> None:
        self.findings[finding.check] = finding

    def _stop(self, check: str, outcome: Outcome, code: str, cause: str = "", **details: str | datetime) -> NoReturn:
        self.say(check, outcome, code, cause, **details)
        raise Stopped

    def report(self, name: str | None, sha256: str) -> Report:
        checks = tuple([self.findings.get(check) or findings.NOT_REACHED[check] for check in CHECKS])
        return Report(
            checks=checks,
            conclusion=conclude(checks),
            verified_at=self.now,
            file=File(name, sha256),
            issuer=self._issuer() if self.authentic else Issuer(),
            verified=Verified(self.assertion, self.badge_class, self.definition) if self.authentic else None,
            rule=self.rule if self.authentic else None,
            sources=self._sources(),
            not_checked=self._not_checked(),
            endorsements=self.endorsements,
            receipt=self.receipt,
        )

    def _is_stale(self, trusted: Trusted) -> bool:
        if self.stale is None:
            self.stale = trusted.is_stale(self.now)
        return self.stale

    def _say_kept(self, name: tuple[str, ...], check: str, code: str, **details: str | datetime) -> None:
        """A finding that many badges share: said once, kept with what the reader brought."""
        kept = self.known.said.get(name)
        if kept is None:
            kept = self.known.said[name] = Check(check, "passed", code, details)
        self.findings[check] = kept

    def _issuer(self) -> Issuer:
        trusted = self.known.trusted
        structure = trusted.structure_of(self.listed) if trusted and self.listed else None
        claimed = self.profile.name if self.profile else None
        name = structure.name if structure else claimed
        return Issuer(self.issuer_id or None, name, bool(trusted and structure and trusted.list.demo))

    def _sources(self) -> tuple[Source, ...]:
        sources = list(self.documents.sources)
        if self.known.trust_source is not None:
            sources.append(self.known.trust_source)
        if self.from_snapshot:
            snapshot = self.known.snapshots[self.issuer_id]
            sources.append(Source(snapshot.id, snapshot.generated_at))
        return tuple(sources)

    def _not_checked(self) -> tuple[str, ...]:
        if not self.authentic:
            return ()
        told = ["holder", "facts", "evidence", "today"]
        if self.recipient is None:
            told.append("holder_unasked")
        if self.findings.get("revocation") is findings.REVOCATION_NOT_OFFERED:
            told.append("withdrawal")
        if any(endorsed.outcome == "unknown" for endorsed in self.endorsements):
            told.append("endorsements")
        if self.from_snapshot:
            told.append("since_snapshot")
        return tuple(told)

    # -- 1 and 2. what was given, and what carries it ----------------------------------------------------------

    def read_input(self) -> None:
        data = self.data
        form = form_of(data)
        if form == "pdf":
            data = self._read_pdf(data)
            form = form_of(data)
        if len(data) > MAX_INPUT:
            self._stop("input", "failed", "input_too_large", expected=str(MAX_INPUT), found=str(len(data)))
        if form == "address":
            data = self._read_address(data)
            form = form_of(data)
            if form in NOT_A_BADGE_YET:
                self._stop("carrier", "failed", "address_content")
        elif form in ("empty", "unrecognised"):
            self._stop("input", "failed", f"input_{form}")
        elif form == "token" and is_receipt(data):
            self._read_receipt(data)
        elif form == "photo":
            self._stop("input", "failed", "input_photo", form=photo_format(data) or "")
        elif form == "code":
            code = parse_code(data.decode("ascii").strip()) or ""
            self._stop("input", "unknown", "input_code", short=spaced(code))
        elif "input" not in self.findings:
            self.say_once(findings.INPUT[form])
        if form in ("png", "svg"):
            self._read_carrier(data, form)
            form = form_of_carried(self.text)
            if form == "unrecognised":
                self._stop("carrier", "failed", "carrier_content")
        else:
            self.say_once(findings.CARRIER_NONE)
            try:
                self.text = data.decode("utf-8").strip()
            except UnicodeDecodeError:
                refused = "token_refused" if form == "token" else "document_refused"
                check = "token" if form == "token" else "document"
                self._stop(check, "failed", refused, "not_utf8", reason="expected UTF-8, found other bytes")
        self.is_signed = form == "token"

    def _read_pdf(self, data: bytes) -> bytes:
        """The one badge attached to a PDF."""
        if self.inside is None:
            from .pdf import PdfRefused, open_pdf

            try:
                opened = open_pdf(data)
            except PdfRefused as refusal:
                self.say_once(refusal.check)
                raise Stopped from None
            found = opened.badges or opened.receipts
            if len(found) > 1:
                self._stop("input", "unknown", "pdf_several", found=str(len(found)))
            self.inside = found[0].data
        self.say_once(findings.INPUT["pdf"])
        return self.inside

    def _read_receipt(self, data: bytes) -> NoReturn:
        """A receipt is no badge, and is not called a false one: it is judged as what it is."""
        from .receipt import read_receipt

        finding = self.receipt = read_receipt(data.decode("ascii", "replace"), self.known.trusted, self.now)
        outcome: Outcome = "failed" if finding.outcome == "forged" else "unknown"
        self._stop("input", outcome, f"input_{finding.code}")

    def _read_address(self, data: bytes) -> bytes:
        address = data.decode("utf-8", "replace").strip()
        self.say("input", "passed", "input_address", address=address)
        try:
            answer = self.documents.answer(address, _ACCEPT_BADGE, MAX_INPUT)
        except FetchError as refusal:
            self._stop(
                "carrier", "unknown", "address_unreachable", refusal.code, address=address, reason=refusal.message
            )
        if answer.status == 410:
            self._withdrawn(address, "410")
        if answer.status != 200:
            reason = f"expected an answer 200, found {answer.status}"
            self._stop("carrier", "unknown", "address_unreachable", "fetch_status", address=address, reason=reason)
        self.answer = answer
        return answer.body

    def _read_carrier(self, data: bytes, form: str) -> None:
        try:
            if form == "png":
                carrier = png.extract(data)
                self.png = data
            else:
                from ..openbadges import svg

                carrier = svg.extract(data)
        except NotBaked as refusal:
            if refusal.code == "open_badges_3":
                self._stop("carrier", "unknown", "document_version", refusal.code, found="Open Badges 3.0")
            if form == "png" and (code := read_mark(data)):
                self._stop("carrier", "failed", "carrier_stripped", refusal.code, short=spaced(code))
            self._stop("carrier", "failed", "carrier_not_baked", refusal.code)
        except CarrierRefused as refusal:
            self._stop("carrier", "failed", "carrier_damaged", refusal.code, reason=refusal.message)
        self.say_once(findings.CARRIER_SOUND[carrier.form])
        self.text = carrier.text.strip()

    # -- 3 and 4. signed: the token and the Assertion in it ----------------------------------------------------

    def read_token(self) -> None:
        try:
            self.jws = jws.read_unverified(self.text)
        except JwsRefused as refusal:
            if refusal.code == "jws_algorithm" and (name := unread_algorithm(self.text)):
                self._stop("token", "unknown", "token_algorithm", refusal.code, found=name)
            self._stop("token", "failed", "token_refused", refusal.code, reason=refusal.message)
        self.say_once(findings.TOKEN_SOUND[self.jws.header["alg"]])
        self.say_once(findings.HOSTED_NONE)

    def read_assertion(self) -> None:
        try:
            document = alone(strict_json.loads(self.jws.payload))
        except DocumentRefused as refusal:
            self._stop("document", "failed", "document_refused", refusal.code, reason=refusal.message)
        self._read_assertion(document)
        verification = self.assertion.verification
        if verification.type != ("SignedBadge",) and verification.kind != "SignedBadge":
            self._stop("document", "failed", "document_hosted_in_token", found=str(verification.kind))
        self.say_once(findings.DOCUMENT_UPGRADED if self.is_old else findings.DOCUMENT_SOUND)

    def _read_assertion(self, document: Any, address: str = "") -> None:
        """``address`` is where a hosted one was read."""
        version = self._require_our_version(document)
        try:
            if type(document) is not dict:
                raise DocumentInvalid("expected a JSON object, found another value", code="not_object")
            self.assertion = read_as(Assertion, document) if version == "2.0" else self._upgraded(document, address)
        except FetchError as refusal:
            self._stop("document", "unknown", "document_context", refusal.code, reason=refusal.message)
        except DocumentInvalid as refusal:
            cause = refusal.problems[0].code if refusal.problems else refusal.code
            self._stop("document", "failed", "document_invalid", cause, reason=first_problem(refusal))
        if problems := problems_of_extensions(self.assertion.other, PROOF_TERM):
            reason = first_problem(DocumentInvalid("extensions", problems=problems))
            self._stop("document", "failed", "document_invalid", problems[0].code, reason=reason)

    def _upgraded(self, document: dict[str, Any], address: str) -> Assertion:
        """A badge of an older version; 0.5 knew no signature, and all of it is in one document."""
        from ..openbadges.legacy import OldAssertion, upgrade_assertion, upgrade_first

        self.is_old = True
        if version_of(document) == "1.x":
            return OldAssertion.from_json(upgrade_assertion(document, address))
        if not address:
            self._stop("document", "unknown", "document_version", found="Open Badges 0.5")
        self.first = upgrade_first(document, address)
        return OldAssertion.from_json(self.first.assertion)

    def _require_our_version(self, document: Any) -> str:
        """``2.0``, ``1.x`` or ``0.5``. A badge of another version of the standard is not a bad one."""
        if type(document) is not dict or document.get("@context") == OPEN_BADGES_V2:
            return "2.0"
        version = version_of(document)
        if version is None:
            reason = f"@context: expected {OPEN_BADGES_V2}, found another"
            self._stop("document", "failed", "document_invalid", "wrong_context", reason=reason)
        if version == "3.0":
            self._stop("document", "unknown", "document_version", found=f"Open Badges {version}")
        return version

    # -- 4 and 5. hosted: the Assertion as it is published -----------------------------------------------------

    def read_hosted(self) -> None:
        address = self._hosted_address()
        try:
            answer = self.answer if self.answer and self.answer.url == address else self.documents.answer(address)
            document = self._hosted_document(answer)
        except FetchError as refusal:
            self._stop("hosted", "unknown", "hosted_unreachable", refusal.code, address=address, reason=refusal.message)
        except BadgeRejected as refusal:
            self._stop("hosted", "failed", "hosted_invalid", refusal.code, address=address, reason=refusal.message)
        if answer.status == 410 or document.get("revoked") is True:
            reason = document.get("revocationReason")
            self._withdrawn(address, reason if isinstance(reason, str) else str(answer.status))
        self._read_assertion(document, address)
        if self.assertion.revoked:
            self._withdrawn(address, self.assertion.revocation_reason or str(answer.status))
        if self.assertion.id != address:
            self._stop("hosted", "failed", "hosted_id_differs", expected=address, found=self.assertion.id)
        if self.assertion.verification.kind != "HostedBadge":
            self._stop("document", "failed", "document_unsigned")
        for finding in findings.HOSTED_FINDINGS:
            self.say_once(finding)
        if self.is_old:
            self.say_once(findings.DOCUMENT_UPGRADED)
        self.authentic = True

    def _hosted_address(self) -> str:
        """Where the badge in hand says it is published: a hint, and the only thing taken from it."""
        if len(self.text) > DOCUMENT_BYTES:  # told before it is parsed: no document of the standard is as long
            reason = f"expected at most {DOCUMENT_BYTES} characters of JSON, found {len(self.text)}"
            self._stop("document", "failed", "document_refused", "json_too_large", reason=reason)
        try:
            hint = read_json(self.text.encode()) if self.text.startswith(("{", "[")) else {"id": self.text}
        except BadgeRejected as refusal:
            self._stop("document", "failed", "document_refused", refusal.code, reason=refusal.message)
        if hint.keys() != {"id"}:
            self._require_our_version(hint)
            self._refuse_unsigned(hint)
            hint = self._said(hint)
        verify = hint.get("verify")  # 1.0 had no id: the address is where it says it is verified
        address = hint.get("id", hint.get("@id", verify.get("url") if type(verify) is dict else None))
        if address is None and version_of(hint) == "0.5":
            if self.answer is not None and self.findings["carrier"] is findings.CARRIER_NONE:
                return self.answer.url  # 0.5 says nowhere where it is: it was read there
            self._stop("document", "unknown", "document_without_address")
        if not isinstance(address, str) or not is_of_the_web(address):
            reason = "id: expected the address where the badge is published, found none"
            self._stop("document", "failed", "document_invalid", "missing", reason=reason)
        return address

    def _said(self, hint: dict[str, Any]) -> dict[str, Any]:
        """The badge in hand by the names of 2.0, where it does not say its address by one of them."""
        if "id" in hint or "@id" in hint or version_of(hint) != "2.0":
            return hint
        try:
            return in_our_words(hint)
        except FetchError as refusal:
            self._stop("document", "unknown", "document_context", refusal.code, reason=refusal.message)
        except BadgeRejected:
            return hint

    def _refuse_unsigned(self, hint: Mapping[str, Any]) -> None:
        try:
            kind = VerificationObject.from_json(hint.get("verification", hint.get("verify"))).kind
        except DocumentInvalid:
            return  # the published document will tell
        if kind == "SignedBadge":
            self._stop("document", "failed", "document_unsigned")

    def _hosted_document(self, answer: Fetched) -> dict[str, Any]:
        if answer.status == 200:
            return self.documents.read(answer, read_json)
        try:
            document = read_json(answer.body)
        except BadgeRejected:
            document = {}
        if answer.status == 410 or document.get("revoked") is True:
            return document
        raise FetchError(f"expected an answer 200, found {answer.status}", code="fetch_status")

    def _withdrawn(self, address: str, reason: str) -> NoReturn:
        self.say("hosted", "passed", "hosted_withdrawn")
        self._stop("revocation", "failed", "revoked", address=address, reason=reason)

    # -- 6 and 7. whose signature it is ------------------------------------------------------------------------

    def find_key(self) -> None:
        """From the trust list when it knows the key's address, else from the hosted Profile. Never from the badge."""
        creator = self._creator()
        trusted = self.known.trusted
        self.listed = trusted.find_key(creator) if trusted and creator else None
        try:
            if trusted and self.listed:
                self.key = trusted.public_key(self.listed)
                self.issuer_id = self.listed.id
                self._say_kept(("key", self.listed.key), "key", "key_from_trust_list", key=self.listed.key)
            else:
                self._find_hosted_key(creator)
        except KeyRefused as refusal:
            self._stop("key", "failed", "key_refused", refusal.code, reason=refusal.message)
        except FetchError as refusal:
            self._stop("key", "unknown", "key_unreachable", refusal.code, address=self.asked, reason=refusal.message)

    def _creator(self) -> str | None:
        creator = self.assertion.verification.creator
        return creator.id if isinstance(creator, CryptographicKey) else creator

    def _find_hosted_key(self, creator: str | None) -> None:
        try:
            self._fetch_published()
        except BadgeRejected as refusal:
            self._stop_published(refusal)
        profile, trusted = self.profile, self.known.trusted
        assert profile is not None
        if trusted and (listed := trusted.find_profile(profile.id)):
            if creator is not None:  # the trust list names this Profile's one key, and it is another
                self._stop("key", "failed", "key_not_listed", expected=profile.id, found=creator)
            self.listed, self.key = listed, trusted.public_key(listed)
            self.say("key", "passed", "key_from_trust_list", key=listed.key)
            return
        offered = {key if isinstance(key, str) else key.id or profile.id: key for key in profile.public_key}
        if creator is not None and creator not in offered:
            self._stop("key", "failed", "key_not_listed", expected=profile.id, found=creator)
        candidates = [creator] if creator is not None else list(offered)[:MAX_KEYS]
        if not candidates:
            self._stop("key", "failed", "key_not_listed", expected=profile.id, found="no publicKey")
        for address in candidates:
            self.key = self._read_key(address, offered[address], profile)
            self.say("key", "passed", "key_from_profile", key=address)
            if len(candidates) > 1 and self._signature_problem() is None:
                return

    def _read_key(self, address: str, offered: str | CryptographicKey, profile: Profile) -> PublicKey:
        """The key that the hosted Profile names, if it names that Profile back (CryptographicKey, two-way link)."""
        self.asked = address
        try:
            key = self._fetch_key(address, profile) if isinstance(offered, str) else offered
            if isinstance(offered, str) and key.id != address:
                raise _IdDiffers(address, str(key.id))
        except BadgeRejected as refusal:
            self._stop("key", "failed", "key_refused", refusal.code, reason=refusal.message)
        owner = key.owner if isinstance(offered, str) else key.owner or profile.id
        if owner != profile.id:
            self._stop("key", "failed", "key_owner_differs", expected=profile.id, found=str(owner))
        return jws.load_public_key(key.public_key_pem or "")

    def _fetch_key(self, address: str, profile: Profile) -> CryptographicKey:
        answer = self.documents.answer(address)
        if self.is_old and answer.status == 200 and answer.body.lstrip().startswith(b"-----BEGIN PUBLIC KEY-----"):
            # 1.x published keys as they are, which cannot name anybody back
            pem = answer.body.decode("ascii", "replace")
            return CryptographicKey(id=address, owner=profile.id, public_key_pem=pem)
        return self.documents.read(answer, read_key)

    def check_signature(self) -> None:
        problem = self._signature_problem()
        if isinstance(problem, AlgorithmMismatch):
            found = str(self.jws.header["alg"])
            self._stop("signature", "failed", "signature_algorithm", expected=self.key.algorithm, found=found)
        if problem is not None:
            self._stop("signature", "failed", "signature_bad", key=self.issuer_id)
        self.say_once(findings.SIGNATURE_GOOD[self.key.algorithm])
        self.authentic = True

    def _signature_problem(self) -> SignatureInvalid | AlgorithmMismatch | None:
        try:
            jws.verify(self.jws, self.key)
        except (SignatureInvalid, AlgorithmMismatch) as problem:
            return problem
        return None

    # -- 8 and 9. what the issuer publishes --------------------------------------------------------------------

    def read_published(self) -> None:
        """BadgeClass and Profile where they are published. The trust list answers for them when they are away: the
        definition is one it holds, and the address is that definition's under this Profile's own prefix."""
        try:
            if self.profile is None:
                self._fetch_published()
        except BadgeRejected as refusal:
            self._stop_published(refusal)
        except FetchError as refusal:
            self.unreachable = refusal.with_traceback(None)  # or it would hold this very examination
            if self._is_covered():
                self.say_once(findings.BY_TRUST_LIST)
            else:
                self._stop(
                    "badge_class",
                    "unknown",
                    "badge_class_unreachable",
                    refusal.code,
                    address=self.asked,
                    reason=refusal.message,
                )
            return
        inside = not isinstance(self.assertion.badge, str) and self.badge_class is self.assertion.badge
        self.say_once(findings.BADGE_CLASS_INSIDE if inside else findings.BADGE_CLASS_SOUND)

    def _fetch_published(self) -> None:
        """Raises :class:`FetchError`, :class:`BadgeRejected`; ``asked`` is the address it happened at."""
        badge = self.assertion.badge
        if self.first is not None:
            from ..openbadges.legacy import OldProfile

            self.asked = self.assertion.id
            self.badge_class = BadgeClass.from_json(self.first.badge_class)
            self.profile = OldProfile.from_json(self.first.issuer)
        elif isinstance(badge, str):
            if self.known.offline:
                self.asked = badge
                raise FetchError("expected a network, found that this verification is offline", code="fetch_offline")
            kept = None if self.is_old else self.known.published.get(badge)
            if kept is None or not kept.since <= self.now <= kept.until:
                kept = self._read_published(badge)
            else:
                self.documents.sources.extend(kept.sources)
            self.badge_class, self.profile, self.hosted_definition = kept[:3]
        elif self.is_signed and badge.id.lower().startswith("urn:uuid:"):
            self.asked = badge.id  # an id that nobody can publish: the signed copy is the only one
            self.badge_class = badge
            self.profile = self._fetch_issuer(badge)
        else:
            self.badge_class, self.profile, self.hosted_definition = self._read_published(badge.id)[:3]
        if not self.issuer_id:
            self.issuer_id = self.profile.id

    def _read_published(self, address: str) -> Published:
        """From the network or its memory; remembered for as long as the memory would give the same answers."""
        answers = len(self.documents.answers)
        badge_class: BadgeClass = self._fetch(address, _read_badge_class)
        profile = self._fetch_issuer(badge_class)
        read = self.documents.answers[answers:]
        published = Published(
            badge_class,
            profile,
            read_definition_extension(badge_class.other),
            tuple(self.documents.sources[-2:]),
            max(answer.fetched_at for answer in read),
            min(answer.good_until or _NEVER for answer in read),
        )
        if self.is_old:  # what may be said in the words of 1.x is remembered for no badge of 2.0
            return published
        if len(self.known.published) >= REMEMBERED:
            self.known.published.clear()
        self.known.published[address] = published
        return published

    def _fetch_issuer(self, badge_class: BadgeClass) -> Profile:
        issuer = badge_class.issuer
        profile: Profile = self._fetch(issuer if isinstance(issuer, str) else issuer.id, read_profile)
        return profile

    def _fetch(self, address: str, reader: Any) -> Any:
        self.asked = address
        if not is_of_the_web(address):
            raise DocumentInvalid(f"expected an http(s) address, found {address[:80]}", code="not_url")
        document = self._read_old(address, reader) if self.is_old else self.documents.get(address, reader)
        if document.id != address:
            raise _IdDiffers(address, document.id)
        return document

    def _read_old(self, address: str, reader: Any) -> BadgeClass | Profile:
        """What a badge of 1.x names: of the same age, or of 2.0 since."""
        from ..openbadges.legacy import OldProfile, upgrade_badge_class, upgrade_issuer

        answer = self.documents.answer(address)
        document = self.documents.read(answer, read_json)
        if document.get("@context") is not None and version_of(document) != "1.x":
            return self.documents.read(answer, reader)  # type: ignore[no-any-return]
        if reader is _read_badge_class:
            return BadgeClass.from_json(upgrade_badge_class(document, address))
        return OldProfile.from_json(upgrade_issuer(document, address))

    def _stop_published(self, refusal: BadgeRejected) -> NoReturn:
        if isinstance(refusal, _IdDiffers):
            self._stop(
                "badge_class", "failed", "badge_class_id_differs", expected=refusal.expected, found=refusal.found
            )
        reason = first_problem(refusal)
        self._stop("badge_class", "failed", "badge_class_invalid", refusal.code, address=self.asked, reason=reason)

    def _is_covered(self) -> bool:
        self._read_proof()
        if self.listed is None or self.entry is None or not isinstance(self.assertion.badge, str):
            return False
        address = self.assertion.badge
        return address.startswith(self.listed.badges) and address.endswith(f"/{self.entry.slug}/{self.entry.version}")

    def check_authority(self) -> None:
        if self.profile is None:  # the trust list answered: the prefix is this Profile's
            self.say_once(findings.AUTHORISED)
            return
        if not self.is_signed:
            self._check_scope(self.profile)
        elif self.profile.id != self.issuer_id:
            self._stop("authorisation", "failed", "not_authorised", expected=self.profile.id, found=self.issuer_id)
        else:
            self.say_once(findings.AUTHORISED)

    def _check_scope(self, profile: Profile) -> None:
        """HostedBadge Verification: where this issuer says that its Assertions are (docs/decisions/0005)."""
        address = self.assertion.id
        assert self.badge_class is not None
        if not in_scope(address, profile, self.badge_class.id):
            self._stop("authorisation", "failed", "outside_scope", expected=profile.id, found=address)
        self.say_once(findings.AUTHORISED_SCOPE)
        trusted = self.known.trusted
        self.listed = trusted.find_profile(profile.id) if trusted else None

    # -- 10. the definition ------------------------------------------------------------------------------------

    def _read_proof(self) -> None:
        """The proof in the Assertion, and the published version that its definition is, if it is one."""
        if self.proof is not None or self.record_refused is not None:
            return
        try:
            self.proof = read_proof(self.assertion.other)
            if self.proof is not None:
                text, published = self.proof.definition_text, self.hosted_definition
                # equal texts, but Python knows the hash of the one that it has looked up before: 2 µs less
                self.definition_text = published if published is not None and text == published else text
        except (
            DocumentInvalid
        ) as refusal:  # a record of a later release, maybe: the definition still says what was asked
            self.record_refused = refusal
            extension = self.assertion.other.get(PROOF_TERM)
            said = extension.get("definition") if isinstance(extension, dict) else None
            self.definition_text = said if isinstance(said, str) else None
        if self.definition_text is not None:
            self.digest = digest(self.definition_text)
            self.entry = self.known.by_digest.get(self.digest)

    def compare_definition(self) -> None:
        self._read_proof()
        if self.definition_text is None:
            self.say_once(findings.DEFINITION_NONE if self.record_refused is None else findings.DEFINITION_UNCONFIRMED)
            return
        try:
            definition = self.definition = parse_definition(self.definition_text)
        except (CatalogueError, DocumentRefused) as refusal:
            self.say("definition", "failed", "definition_unreadable", refusal.code, reason=refusal.message)
            return
        hosted = self.hosted_definition
        if hosted is not None and hosted != self.definition_text:
            self._differs("definition_differs_hosted", digest(hosted))
        elif self.entry is not None:
            self._check_in_force(self.entry)
        elif self.known.trusted is not None:
            published = self.known.trusted.find_criteria(definition.slug, definition.version)
            if published is not None:
                self._differs("definition_differs_published", published.digest)
            else:
                self.say(
                    "definition",
                    "failed",
                    "definition_not_published",
                    slug=definition.slug,
                    version=definition.version,
                )
        else:
            self.say_once(findings.DEFINITION_AS_HOSTED if hosted is not None else findings.DEFINITION_UNCONFIRMED)

    def _differs(self, code: str, expected: str) -> None:
        self.say("definition", "failed", code, expected=expected, found=self.digest)

    def _check_in_force(self, entry: CatalogueEntry) -> None:
        """Days are days of UTC and a publication is dated in Paris: one day of grace at the beginning."""
        assert self.known.trusted is not None
        day = self.assertion.issued_on.date()
        named = {"slug": entry.slug, "version": entry.version}
        if entry.status == "proposition" and not self.known.trusted.list.demo:
            self.say("definition", "failed", "definition_proposition", **named)
        elif day + timedelta(days=1) < entry.published_on or (entry.retired_on is not None and day > entry.retired_on):
            period = f"{entry.published_on} → {entry.retired_on or '…'}"
            issued = self.assertion.issued_on
            self.say("definition", "failed", "definition_not_in_force", period=period, issued=issued, **named)
        else:
            self._say_kept(("definition", entry.digest), "definition", "definition_published", **named)

    # -- 11 and 12. dates --------------------------------------------------------------------------------------

    def check_dates(self) -> None:
        issued, expires = self.assertion.issued_on, self.assertion.expires
        past = issued <= self.now + LEEWAY
        self.say(
            "issued_on",
            "passed" if past else "failed",
            "issued_on_past" if past else "issued_on_future",
            issued=issued,
        )
        if expires is None:
            self.say_once(findings.EXPIRES_NEVER)
        elif expires < issued:
            self.say("expires", "failed", "expires_before_issued")
        elif self.now > expires + LEEWAY:
            self.say("expires", "failed", "expired", expires=expires)
        else:
            self.say("expires", "passed", "expires_later", expires=expires)

    # -- 13. withdrawal ----------------------------------------------------------------------------------------

    def check_revocation(self) -> None:
        """In the list that the hosted Profile names; else in the bundle's copy, while it is current. To be listed in
        either is to be withdrawn: nothing is ever un-withdrawn."""
        if not self.is_signed:
            self.say_once(findings.NOT_REVOKED_HOSTED)
            return
        if self.assertion.revoked:
            self._revoked(self.assertion.id, RevokedAssertion(revocation_reason=self.assertion.revocation_reason))
            return
        snapshot = self.known.snapshots.get(self.issuer_id)
        line = self._line_in_snapshot(snapshot) if snapshot else None
        if snapshot and line:
            self._revoked(snapshot.id, line)
        elif self.profile is None:
            refusal = self.unreachable or FetchError("expected the Profile, found none")
            self._fall_back(snapshot, self.asked, refusal)
        elif self.profile.revocation_list is not None:
            self._check_published_list(self.profile.revocation_list, snapshot)
        elif self.listed is None:
            self.say_once(findings.REVOCATION_NOT_OFFERED)
        else:
            missing = FetchError("expected a revocationList in the Profile, found none", code="list_missing")
            self._fall_back(snapshot, self.profile.id, missing)

    def _check_published_list(self, address: str, snapshot: RevocationSnapshot | None) -> None:
        try:
            revocations, source, _ = self._read_list(address)
            line = revocations.find(self.assertion)
            if line is not None:
                self._revoked(address, line)
                return
            issuer = revocations.issuer
            if issuer is not None and (issuer if isinstance(issuer, str) else issuer.id) != self.issuer_id:
                raise DocumentInvalid(f"expected the list of {self.issuer_id}, found another's", code="list_of_another")
        except FetchError as refusal:
            self._fall_back(snapshot, address, refusal)
            return
        except BadgeRejected as refusal:
            reason = first_problem(refusal)
            self.say("revocation", "unknown", "revocation_malformed", refusal.code, address=address, reason=reason)
            return
        at_least = self.listed.revocations_at_least if self.listed else 0
        read = source.fetched_at
        if self.now - read > self.known.revocation_max_age or len(revocations.revoked_assertions) < at_least:
            self.say("revocation", "unknown", "revocation_stale", read=read)
        else:
            self.say("revocation", "passed", "not_revoked", address=address, read=read)

    def _read_list(self, address: str) -> ReadList:
        if self.is_old:
            from ..openbadges.legacy import upgrade_revocations

            answer = self.documents.list_of_withdrawn(address)
            document = upgrade_revocations(self.documents.read(answer, read_json), address)
            return ReadList(_read_linked(document, RevocationList), self.documents.sources[-1], None)
        kept = self.known.read_lists.get(address)
        if kept is not None and kept.until is not None and kept.source.fetched_at <= self.now <= kept.until:
            self.documents.sources.append(kept.source)
            return kept
        answer = self.documents.list_of_withdrawn(address)
        kept = ReadList(self.documents.read(answer, read_revocations), self.documents.sources[-1], answer.good_until)
        if len(self.known.read_lists) >= REMEMBERED:
            self.known.read_lists.clear()
        self.known.read_lists[address] = kept
        return kept

    def _line_in_snapshot(self, snapshot: RevocationSnapshot) -> RevokedAssertion | None:
        try:
            return self.known.snapshot_list(snapshot).find(self.assertion)
        except DocumentInvalid:
            return None  # _fall_back will not rely on it either

    def _fall_back(self, snapshot: RevocationSnapshot | None, address: str, refusal: FetchError) -> None:
        if snapshot is None:
            self.say(
                "revocation", "unknown", "revocation_unreachable", refusal.code, address=address, reason=refusal.message
            )
            return
        read = snapshot.generated_at
        try:
            self.known.snapshot_list(snapshot)
        except DocumentInvalid as invalid:
            reason = first_problem(invalid)
            self.say("revocation", "unknown", "revocation_malformed", address=snapshot.id, reason=reason)
            return
        self.from_snapshot = True
        if snapshot.is_stale(self.now):
            self.say("revocation", "unknown", "revocation_stale", read=read)
        else:
            self.say("revocation", "passed", "not_revoked_snapshot", read=read)

    def _revoked(self, address: str, line: RevokedAssertion) -> None:
        reason = line.revocation_reason or "…"
        code = "replaced" if reason == "replaced" else "revoked"
        self.say("revocation", "failed", code, address=address, reason=reason)

    # -- 14 and 15. the key and the issuer, on that day --------------------------------------------------------

    def check_key_status(self) -> None:
        listed, trusted, issued = self.listed, self.known.trusted, self.assertion.issued_on
        if self.known.damaged:
            self.say("key_status", "unknown", "trust_damaged", self.known.damaged, reason=self.known.damaged)
        elif listed is None or trusted is None or not self.is_signed:
            self.say_once(findings.KEY_STATUS_UNTOLD)
        elif self._is_stale(trusted):
            self.say("key_status", "unknown", "trust_stale", next=trusted.list.next_update)
        elif listed.status == "active" or listed.since is None:
            self.say_once(findings.KEY_ACTIVE)
        elif listed.status == "retired":
            since = listed.since
            if issued <= listed.since + ROTATION_GRACE:
                self.say("key_status", "passed", "key_retired", since=since)
            else:
                period, day = f"… → {listed.since.date()}", issued
                self.say("key_status", "failed", "key_used_outside", period=period, issued=day)
        else:
            self._check_compromised(listed.since, issued)

    def _check_compromised(self, since: datetime, issued: datetime) -> None:
        """``issuedOn`` is written by the thief: only what was committed before, under another key, stays good (K7)."""
        from ..commitments import committed_before, token_digest

        chain = self.known.chain
        self.committed = committed_before(token_digest(self.text), since, chain) if chain else None
        if issued >= since or self.committed is False:
            self.say("key_status", "failed", "key_compromised", since=since)
        elif self.committed:
            self.say("key_status", "passed", "key_compromised_committed", since=since)
        else:
            self.say("key_status", "unknown", "key_compromised_unproven", since=since)

    def check_recognition(self) -> None:
        trusted = self.known.trusted
        if self.known.damaged:
            self.say("recognition", "unknown", "trust_damaged", self.known.damaged, reason=self.known.damaged)
            return
        if trusted is None:
            self.say_once(findings.TRUST_NOT_GIVEN)
            return
        if self._is_stale(trusted):
            self.say("recognition", "unknown", "trust_stale", next=trusted.list.next_update)
            return
        family = self.entry.family if self.entry else self.definition.family if self.definition else None
        answer = trusted.recognition(self.issuer_id, family, self.assertion.issued_on, committed=self.committed)
        told = {"family": family or "…"}
        generated = trusted.list.generated_at
        if answer.recognised:
            code = "recognised_demo" if trusted.list.demo else "recognised"
            self._say_kept((code, told["family"]), "recognition", code, generated=generated, **told)
        elif answer.why == "issuer_unknown":
            self.say("recognition", "failed", "not_recognised", answer.why, found=self.issuer_id, generated=generated)
        elif answer.why == "shard_missing":
            shard = trusted.missing_shard(self.issuer_id)
            self.say("recognition", "unknown", "trust_part_missing", prefix=shard.prefix if shard else "…")
        elif answer.why in ("family_not_stated", "family_not_allowed"):
            self.say("recognition", "failed", "not_recognised_family", answer.why, **told)
        elif answer.why.startswith("key_") or answer.why == "commitment_needed":
            pass  # told by key_status
        else:
            issued = self.assertion.issued_on
            self.say(
                "recognition", "failed", "not_recognised_then", answer.why, period=answer.why, issued=issued, **told
            )

    # -- 16. the criteria --------------------------------------------------------------------------------------

    def replay_criteria(self) -> None:
        if self.record_refused is not None:
            reason = self.record_refused.message
            self.say("criteria", "unknown", "criteria_undetermined", self.record_refused.code, reason=reason)
        elif self.proof is None:
            self.say_once(findings.CRITERIA_NOT_STATED)
        elif self.definition is None:
            self.say("criteria", "unknown", "criteria_undetermined", reason="definition")
        else:
            rule = self.rule = self._evaluate(self.definition, self.proof.record)
            counts = {"met": str(rule.essential_met), "total": str(rule.essential_total)}
            if self.findings["definition"].outcome == "failed":
                self.say("criteria", "failed", "criteria_not_published")
            elif rule.status == "met":
                self.say("criteria", "passed", "criteria_met", **counts)
            elif rule.status == "not_met":
                missing = ", ".join(dict.fromkeys(missing.code for missing in rule.missing))
                self.say("criteria", "failed", "criteria_not_met", missing=missing, **counts)
            else:
                self.say("criteria", "unknown", "criteria_undetermined", reason=", ".join(rule.unknown_clauses))

    def _evaluate(self, definition: Definition, record: Record) -> RuleOutcome:
        """The rule reads no clock: that the decision came before the badge is for who knows the badge's date."""
        rule = evaluate(definition, record)
        latest = month_of((self.assertion.issued_on + timedelta(days=1)).date())  # months begin earlier in Paris
        if record.decided <= latest:
            return rule
        return rule._replace(missing=(*rule.missing, Missing("days_inconsistent", None, latest, record.decided)))

    # -- 17 and 18. the person and the picture -----------------------------------------------------------------

    def check_recipient(self) -> None:
        named = self.assertion.recipient
        if self.recipient is None:
            self.say_once(findings.RECIPIENT_NOT_ASKED)
            return
        given = "email" if "@" in self.recipient and "://" not in self.recipient else "url"
        if matches(named, self.recipient):
            self.say("recipient", "passed", "recipient_matches")
        elif named.type in ("email", "url") and named.type != given:
            self.say("recipient", "unknown", "recipient_by_address", found=named.type, expected=given)
        else:
            self.say("recipient", "failed", "recipient_mismatch")

    def check_picture(self) -> None:
        """Told, and no part of the verdict: the signature covers the text, not the drawing."""
        if self.png is None:
            self.say_once(findings.PICTURE_NONE)
            return
        mark, art = self.known.pictures.read(self.png)
        code = short_code(self.assertion.id)
        if mark is None:
            self.say_once(findings.PICTURE_UNMARKED)
        elif mark != code:
            self.say("picture", "failed", "picture_differs", expected=code, found=mark)
        elif self.entry is not None and self.entry.picture and art != self.entry.picture:
            self.say("picture", "failed", "picture_art_differs", expected=self.entry.picture, found=str(art))
        else:
            self.say("picture", "passed", "picture_matches", found=mark)

    # -- 19 and 20. what is published as a picture, and what others say -----------------------------------------

    def check_images(self) -> None:
        """Of strangers only: for whom the trust list knows, it knows the art too (``picture``)."""
        if self.listed is not None:
            self.say_once(findings.IMAGE_UNASKED)
            return
        from .published_images import check_images

        check_images(self)

    def check_endorsements(self) -> None:
        read = (self.assertion, self.badge_class, self.profile)
        if not any(document is not None and document.endorsement for document in read):
            self.say_once(findings.ENDORSEMENTS_NONE)
            return
        from .endorsements import check_endorsements

        self.endorsements = check_endorsements(self)


# -- readers of published documents: one function each, so that what they read is remembered ------------------------


def _read_badge_class(body: bytes) -> BadgeClass:
    return _read_linked(read_json(body), BadgeClass)


def read_profile(body: bytes) -> Profile:
    return _read_linked(read_json(body), Profile)


def read_key(body: bytes) -> CryptographicKey:
    return _read_linked(read_json(body), CryptographicKey)


def read_revocations(body: bytes) -> RevocationList:
    return _read_linked(read_json(body), RevocationList)


def read_endorsement(document: Any) -> Endorsement:
    """An endorsement already parsed, by the same rules."""
    return _read_linked(document, Endorsement)


def _read_linked(document: Any, kind: type[D]) -> D:
    """One document of its own address. In words that lead elsewhere it is one that we cannot read, and no bad one."""
    if type(document) is not dict:
        raise DocumentInvalid("expected a JSON object, found another value")
    version = "2.0" if document.get("@context") == OPEN_BADGES_V2 else version_of(document)
    if version not in ("2.0", "1.x"):
        raise DocumentInvalid(f"@context: expected {OPEN_BADGES_V2}, found another", code="wrong_context")
    read = read_as(kind, document) if version == "2.0" else kind.from_json(document)
    if problems := problems_of_extensions(read.other):
        raise DocumentInvalid("expected the extensions that the standard publishes, found others", problems=problems)
    return read


def in_scope(address: str, profile: Profile, *beside: str) -> bool:
    """Whether this Profile answers for what is hosted at ``address``; where it says nothing, all is of its origin."""
    scope = profile.verification
    if scope and (scope.starts_with or scope.allowed_origins):
        hosts = {host.lower() for host in scope.allowed_origins}
        return (urlsplit(address).hostname or "") in hosts or any(
            address.startswith(prefix) and _origin(address) == _origin(prefix) for prefix in scope.starts_with
        )
    return all(_origin(each) == _origin(profile.id) for each in (address, *beside))


def _origin(address: str) -> tuple[str, str, int]:
    """Scheme, host and port (RFC 6454): what « same origin » compares."""
    parts = urlsplit(address)
    scheme = parts.scheme.lower()
    try:
        port = parts.port
    except ValueError:
        port = 0
    return scheme, parts.hostname or "", (443 if scheme == "https" else 80) if port is None else port


_NEVER = datetime.min.replace(tzinfo=UTC)
