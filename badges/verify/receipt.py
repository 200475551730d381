"""A receipt: what this service answered about which file, and when, signed so that it can be shown later.

A receipt is not a badge. It is a compact JWS of type ``VerificationReceipt``, signed by a key that the trust list
names for receipts alone; :func:`read_receipt` accepts nothing else, and no reader of badges or lists accepts it. It
holds the digest of the file and the answer: no file name, no e-mail, no name of a person, not the id of the badge.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from ..clock import Clock, to_text
from ..errors import BadgeRejected, BadgesError, TrustError
from ..openbadges import jws
from ..trust import Trusted, sign_document
from ..trust.documents import array_of, instant_of, integer_of, object_of, one_of, take_apart, text_of
from .report import EXIT_CODES, GRAVEST_FIRST, Answer, Report, worst
from .wording import Text, date_in_words, opening

if TYPE_CHECKING:
    from ..keyring import Signer

KIND = "VerificationReceipt"
SUFFIX = ".receipt.jws"
MAX_RECEIPT = 256 * 1024
MAX_HEADLINE = 1000
"""A stranger's name stands in it, and strangers choose long ones."""
MAX_ADDRESS = 2000
LEEWAY = timedelta(minutes=5)

VERDICTS = ("valid", "invalid", "revoked", "expired", "undetermined")
Outcome = Literal["genuine", "forged", "unknown"]

SENTENCES: dict[str, Text] = {
    "receipt_genuine": Text("Reçu authentique : il est bien de ce service.", "Genuine receipt: it is this service’s."),
    "receipt_forged": Text(
        "Reçu faux : sa signature n’est pas celle du service qu’il nomme.",
        "False receipt: its signature is not that of the service it names.",
    ),
    "receipt_malformed": Text("Reçu faux : il est abîmé ou incomplet.", "False receipt: it is damaged or incomplete."),
    "receipt_key_unknown": Text(
        "On ne sait pas : la liste de confiance ne connaît pas la clé qui a signé ce reçu.",
        "Not known: the trust list does not know the key that signed this receipt.",
    ),
    "receipt_untrusted": Text(
        "On ne sait pas : aucune liste de confiance n’a été donnée pour vérifier ce reçu.",
        "Not known: no trust list was given to verify this receipt.",
    ),
    "receipt_list_stale": Text(
        "On ne sait pas : la liste de confiance est trop ancienne pour vérifier ce reçu.",
        "Not known: the trust list is too old to verify this receipt.",
    ),
    "receipt_to_come": Text(
        "Reçu faux : il se dit fait à une date à venir.", "False receipt: it says it was made at a date to come."
    ),
}
NOT_A_BADGE = Text(
    "Ce reçu n’est pas un badge : il dit ce que le service a répondu ce jour-là, pas ce qui est vrai aujourd’hui.",
    "This receipt is not a badge: it says what the service answered on that day, not what is true today.",
)
ANSWERED_ONCE = Text(
    "Le badge a pu être retiré depuis ; vérifiez le fichier lui-même pour le savoir.",
    "The badge may have been withdrawn since; verify the file itself to know.",
)


@dataclass(frozen=True)
class Result:
    """What was answered about one file."""

    sha256: str
    answer: Answer
    verdict: str
    headline: Text
    verified_at: datetime
    sources: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Receipt:
    """``trust`` is the list that the answers rest on: network, version, when it was made; None for nobody's."""

    id: str
    service: str
    made_at: datetime
    results: tuple[Result, ...]
    trust: tuple[str, int, datetime] | None

    @property
    def answer(self) -> Answer:
        return worst(result.answer for result in self.results)


@dataclass(frozen=True)
class Finding:
    """What reading a receipt gave. ``receipt`` is there only when it is genuine; ``document`` is its payload."""

    outcome: Outcome
    code: str
    receipt: Receipt | None = None
    document: Mapping[str, Any] | None = None

    @property
    def message(self) -> Text:
        return SENTENCES[self.code]

    @property
    def exit_code(self) -> int:
        """Never 0, which says that a badge is good: a genuine receipt is *partly*, a false one *no*."""
        return EXIT_CODES[{"genuine": "partly", "forged": "no", "unknown": "unknown"}[self.outcome]]  # type: ignore[index]

    def to_json(self) -> dict[str, Any]:
        """Without ``answer`` or ``verdict``: a program that wants a badge finds none here."""
        return {
            "type": KIND,
            "outcome": self.outcome,
            "code": self.code,
            "message": self.message._asdict(),
            "beware": NOT_A_BADGE._asdict(),
            "receipt": dict(self.document) if self.document else None,
        }


class Receipts:
    """Makes and reads the receipts of one service. ``signer`` and ``trusted`` are asked each time: both change."""

    def __init__(
        self, service: str, signer: Callable[[], Signer], trusted: Callable[[], Trusted | None], clock: Clock
    ) -> None:
        self._service = service
        self._signer = signer
        self._trusted = trusted
        self._clock = clock

    def issue(self, reports: Iterable[Report]) -> str:
        """The receipt of these answers, which :meth:`read` will find genuine.

        Raises :class:`BadgesError` when there is no key to sign with, or the list in force does not name it.
        """
        signer = self._signer()  # before the list is read: the first one puts its key in it
        trusted = self._trusted()
        if trusted is None or trusted.receipt_key(signer.key_id) is None:
            raise TrustError(
                f"Une liste de confiance qui nomme la clé de reçus {signer.key_id} était attendue ; elle n’y est pas.",
                code="receipt_key_unknown",
                advice="Signez de nouveau la liste : badges trust sign",
            )
        return make_receipt(reports, trusted, self._service, signer, self._clock.now())

    def read(self, text: str) -> Finding:
        return read_receipt(text, self._trusted(), self._clock.now())


def make_receipt(
    reports: Iterable[Report], trusted: Trusted | None, service: str, signer: Signer, now: datetime
) -> str:
    """A compact JWS. Raises :class:`TrustError` for more answers than one receipt may hold."""
    members = {
        "id": f"urn:uuid:{uuid.uuid4()}",
        "service": service,
        "key": signer.key_id,
        "made_at": to_text(now),
        "trust": _trust_json(trusted),
        "results": [_result_json(report) for report in reports],
    }
    return sign_document(KIND, members, signer, max_size=MAX_RECEIPT)


def _trust_json(trusted: Trusted | None) -> dict[str, Any] | None:
    if trusted is None:
        return None
    made = trusted.list
    return {"network": made.network, "version": made.version, "generated_at": to_text(made.generated_at)}


def _result_json(report: Report) -> dict[str, Any]:
    said = report.to_json()
    return {
        "sha256": report.file.sha256,
        "answer": report.answer,
        "verdict": report.verdict,
        "headline": {language: text[:MAX_HEADLINE] for language, text in said["headline"].items()},
        "verified_at": said["verified_at"],
        "sources": [{"url": source.url, "read_at": to_text(source.fetched_at)} for source in _impersonal(report)],
    }


def _impersonal(report: Report) -> Iterable[Any]:
    """The documents of the issuer that were read, but for the badge itself, which is somebody's."""
    issuer = report.issuer.id
    own = report.verified.assertion.id if report.verified else None
    ours = [each for each in report.sources if issuer and each.url.startswith(issuer) and each.url != own]
    return [each for each in ours if len(each.url) <= MAX_ADDRESS]


def read_receipt(text: str, trusted: Trusted | None, now: datetime) -> Finding:
    """Whether a service of this network signed it. Nothing is raised.

    1. it is a compact JWS of strict JSON, of this type
    2. there is a list to believe, in force
    3. the list names the key that it claims, for receipts
    4. the signature is that key's
    5. it says what a receipt says, and not tomorrow's
    """
    try:
        token, document = take_apart(text, KIND, MAX_RECEIPT)
        key_id = text_of(document, "key")
    except TrustError:
        return Finding("forged", "receipt_malformed")
    if trusted is None:
        return Finding("unknown", "receipt_untrusted")
    if trusted.is_stale(now):
        return Finding("unknown", "receipt_list_stale")
    try:
        key = trusted.receipt_key(key_id)
        if key is None:
            return Finding("unknown", "receipt_key_unknown")
        jws.verify(token, key)
        receipt = _read(document)
    except BadgeRejected:
        return Finding("forged", "receipt_forged")
    except BadgesError:
        return Finding("forged", "receipt_malformed")
    if receipt.made_at > now + LEEWAY:
        return Finding("forged", "receipt_to_come")
    return Finding("genuine", "receipt_genuine", receipt, document)


def _read(document: dict[str, Any]) -> Receipt:
    trust = None
    if document.get("trust") is not None:
        told = object_of(document, "trust")
        trust = (text_of(told, "network"), integer_of(told, "version", least=1), instant_of(told, "generated_at"))
    return Receipt(
        id=text_of(document, "id"),
        service=text_of(document, "service"),
        made_at=instant_of(document, "made_at"),
        results=tuple(map(_read_result, array_of(document, "results", dict))),
        trust=trust,
    )


def _read_result(document: dict[str, Any]) -> Result:
    headline = object_of(document, "headline")
    answer: Any = one_of(document, "answer", GRAVEST_FIRST)
    return Result(
        sha256=text_of(document, "sha256"),
        answer=answer,
        verdict=one_of(document, "verdict", VERDICTS),
        headline=Text(text_of(headline, "fr", longest=MAX_HEADLINE), text_of(headline, "en", longest=MAX_HEADLINE)),
        verified_at=instant_of(document, "verified_at"),
        sources=tuple(
            (text_of(source, "url", longest=MAX_ADDRESS), instant_of(source, "read_at"))
            for source in array_of(document, "sources", dict)
        ),
    )


def file_name(made_at: datetime) -> str:
    """``verification-20261120-100000.receipt.jws``, in UTC."""
    return f"verification-{made_at.astimezone(UTC):%Y%m%d-%H%M%S}{SUFFIX}"


def in_words(finding: Finding) -> list[str]:
    """The lines of a terminal."""
    receipt = finding.receipt
    if receipt is None:
        return [finding.message.fr, NOT_A_BADGE.fr]
    lines = [
        f"{finding.message.fr} {NOT_A_BADGE.fr}",
        f"  Service    {receipt.service}",
        f"  Fait       le {date_in_words(receipt.made_at).fr} ({to_text(receipt.made_at)})",
    ]
    if receipt.trust:
        network, version, made = receipt.trust
        lines.append(f"  Liste      {network}, version {version} du {date_in_words(made).fr}")
    for result in receipt.results:
        lines += [
            f"  Réponse    « {opening(result.answer).fr} », donnée ce jour-là sur le fichier {result.sha256} :",
            f"             {result.headline.fr}",
        ]
    return [*lines, f"  À faire    {ANSWERED_ONCE.fr}"]
