"""What the room remembers: one frozen dataclass per table, and the seam behind which a database stands.

Records do not act. What happened is a new record; the few fields that may change are named in :data:`CHANGEABLE`.
:class:`Storage` hands out a :class:`Register` for the time of one transaction, to read or to write: what was written
is kept as a whole when the ``with`` block ends, and not at all when it raises. ``badges/issuer/database.py`` is the
implementation, for SQLite and PostgreSQL; ``docs/decisions/0004-storage-and-transactions.md`` says why it is so.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

STRUCTURE_KINDS = ("ACI", "AI", "EI", "EITI", "ETTI", "GEIQ", "RESEAU", "AUTRE")
ISSUES_AS = ("structure", "network")
WORDS_OF_THE_PERSON = ("agrees", "agrees_with_comment", "disagrees")
"""The three answers of the immersion assessments of the State (``domain.md``, §4, PMSMP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A legal person that awards, or the network. Its identity is ``id``: a SIRET may change."""

    id: str
    name: str
    kind: str
    department: str
    siret: str
    issues_as: str
    url: str
    email: str
    created_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFact:
    """A dated attribute of a structure (``siret``, ``kind``, ``department``, ``name``): how it was called, when."""

    id: str
    structure: str
    attribute: str
    value: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The public identity of an issuer: an opaque id that stands for one key (design, "Who issues")."""

    id: str
    structure: str
    algorithm: str
    public_pem: str
    created_at: datetime
    status: str = "active"
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who receives. ``opaque`` is the inert address ``/p/…``; ``secret_digest`` seals the personal link.

    ``code_hash`` is the Argon2id hash of the short code that a link made with one asks for; ``code_by`` says who chose
    it (``structure`` or ``person``). Files of one human being in several structures share a ``collection``.
    """

    id: str
    structure: str
    opaque: str
    name: str | None
    email: str | None
    secret_digest: str | None
    created_at: datetime
    erased_at: datetime | None = None
    code_hash: str | None = None
    code_by: str | None = None
    collection: str | None = None
    seen_at: datetime | None = None
    warned_at: datetime | None = None
    purged_at: datetime | None = None
    hint: str = ""
    """What tells this person from a namesake, for the structure alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Someone's place in one structure. ``account`` is the human being, the same in all their structures."""

    id: str
    account: str
    structure: str
    name: str
    email: str | None
    function: str
    permissions: tuple[str, ...]
    person: str | None
    joined_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A positive dated fact. ``function`` is of who saw it, ``noted_by`` of the staff who wrote it down."""

    id: str
    person: str
    structure: str
    slug: str
    version: str
    criterion: str
    on: date
    way: str
    kind: str
    function: str
    note: str
    noted_by: str
    noted_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A file in the making: what was decided on each criterion, and what the person chose before the signature.

    ``told`` is the experience as the person told it, private. Looks up to the number ``since_look`` speak of a file
    that has changed since, or that the person disagreed with. ``ending`` says what comes after a « pas encore ».
    """

    id: str
    person: str
    structure: str
    slug: str
    version: str
    results: dict[str, str]
    prerequisites: tuple[dict[str, str], ...]
    proposed_by: str
    created_at: datetime
    second_structure: str | None = None
    issued_as: str = "structure"
    name_in_badge: bool = False
    word: str | None = None
    word_comment: str = ""
    state: str = "open"
    told: dict[str, str] = field(default_factory=dict)
    anonymised: bool = False
    second_staff: str | None = None
    sent_at: datetime | None = None
    since_look: int = 0
    word_at: datetime | None = None
    ending: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """Another pair of eyes on a proposal or on a whole batch; the one of the highest ``number`` has the last word."""

    id: str
    proposal: str | None
    batch: str | None
    number: int
    by: str
    confirms: bool
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What stays for ever of an award: no name, no token, no exact fact. The rest is its :class:`AwardFile`."""

    uuid: str
    structure: str
    profile: str
    slug: str
    version: str
    person: str | None
    code: str
    token_digest: str
    commitment: str
    issued_on: datetime
    expires: datetime | None
    stored_at: datetime
    proposal: str | None = None
    batch_row: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardFile:
    """The signed token, and the exact facts sealed by its commitment. Erasing a person deletes it."""

    uuid: str
    token: str
    facts: str
    salt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Append only. ``number`` counts the revocations of a Profile: it is the version of its list."""

    award: str
    profile: str
    number: int
    code: str
    replaced_by: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedTwin:
    """The holder of this award asked for an unsigned copy at an address of its own."""

    award: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A device where a person gave their code. ``stays`` when they said that the device is theirs."""

    id: str
    digest: str
    person: str
    stays: bool
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentCode:
    """The code that a person shows to answer « Is it you? », good for some minutes."""

    person: str
    digest: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person said of one badge: shown or hidden. Without one, nothing was said, and it is private."""

    award: str
    shown: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some badges shown to whoever has the address, until a day. ``secret`` is kept as it is: it opens nothing that
    this register does not hold, and the person must be able to read it again."""

    id: str
    person: str
    secret: str
    label: str
    awards: tuple[str, ...]
    made_at: datetime
    until: datetime
    opened: int = 0
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRequest:
    """What a person asks of their structure, which answers in writing before ``due_at``."""

    id: str
    kind: str
    person: str
    structure: str
    award: str | None
    wish: dict[str, Any]
    words: str
    made_at: datetime
    due_at: datetime
    answered_at: datetime | None = None
    answered_by: str | None = None
    outcome: str | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One grid of dated observations for a session of people. ``secret`` makes each row's badge reproducible.

    ``statement`` says of everybody who has no word of their own that they were told what their badge says and agreed:
    ``on`` which day, ``by`` whom it is said, and ``at`` which instant; empty while nobody says so.
    """

    id: str
    structure: str
    slug: str
    version: str
    decided_on: date
    grid: tuple[dict[str, str], ...]
    results: dict[str, str]
    issued_as: str
    planned_by: str
    created_at: datetime
    secret: str
    second_structure: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    profile: str | None = None
    state: str = "planned"
    statement: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One person of a batch, until it is ``done``, ``refused`` with its ``problems``, or ``cancelled``.

    ``exceptions`` hold what is theirs alone, their own ``word`` among it.
    """

    id: str
    batch: str
    position: int
    ref: str
    person: str | None
    newcomer: dict[str, str | None] | None
    exceptions: dict[str, Any]
    name_in_badge: bool
    award: str
    state: str
    problems: tuple[dict[str, str], ...]
    claimed_until: datetime | None = None

    @property
    def recipient(self) -> str:
        """The person's id; for someone new, the one that the plan keeps for them."""
        return self.person or (self.newcomer or {}).get("id") or ""

    @property
    def word(self) -> str | None:
        """What this person said themselves: one of :data:`WORDS_OF_THE_PERSON`."""
        said: str | None = self.exceptions.get("word", {}).get("said")
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """The right of a program to speak for a structure. Only the digest of the token is kept."""

    id: str
    digest: str
    structure: str
    staff: str | None
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How a human being signs in: ``id`` is the ``account`` of their places. ``password`` is an Argon2id hash;
    ``totp`` the key of their second step and the number of the last code that was used, apart by a colon."""

    id: str
    email: str
    created_at: datetime
    password: str | None = None
    totp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A device where somebody signed in. ``proved_at`` is when they last proved who they are; None: half way there.

    ``stays`` keeps the device good for noting, and for nothing else, once the proof is old.
    """

    id: str
    digest: str
    account: str
    staff: str
    device: str
    stays: bool
    opened_at: datetime
    seen_at: datetime
    proved_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """The right to do one thing once, for whoever holds the link: only its digest is kept. ``about`` is the thing."""

    id: str
    digest: str
    purpose: str
    structure: str
    about: str
    details: dict[str, Any]
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What supports a file and stays inside the structure; its bytes are its :class:`EvidenceFile`."""

    id: str
    structure: str
    person: str
    slug: str
    context: str
    media_type: str
    size: int
    digest: str
    added_by: str
    added_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """The bytes of a :class:`Piece`, until it is removed."""

    id: str
    person: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Afest:
    """The two sequences of a training at work: the situation, then the reflexive talk by somebody else."""

    id: str
    structure: str
    person: str
    slug: str
    situation_on: date
    situation_by: str
    observations: tuple[str, ...]
    begun_at: datetime
    talk_on: date | None = None
    talk_by: str | None = None
    talk_observations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Jury:
    """An exchange before a jury: who was to be there, who was, and how many were needed; functions, never names."""

    id: str
    structure: str
    person: str
    slug: str
    held_on: date
    members: tuple[str, ...]
    present: tuple[str, ...]
    quorum: int
    observations: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureLogo:
    """How a structure is recognised at a glance: a PNG, for as long as it wants one."""

    structure: str
    picture: bytes
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How often something secret was tried for one subject (a digest) in one slot of time."""

    subject: str
    slot: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to tell somebody, written with the act that it tells. A secret among its ``values`` is forgotten once
    it is delivered. ``due`` is when to try, or to try again; ``about`` is the id of what it speaks of."""

    id: str
    message_id: str
    kind: str
    recipient: str
    values: dict[str, str]
    structure: str
    about: str
    person: str | None
    created_at: datetime
    due: datetime
    state: str = "waiting"
    attempts: int = 0
    answer: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """That an award was about to end was said, ``days`` before: once for each of the days when it is said."""

    award: str
    days: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A file that was opened so that the next award takes over from this one before it ends."""

    proposal: str
    award: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """An award as the figures know it, told when it was stored and never changed: nobody in it, so that erasing a
    person, or what is decided later of a structure or of a badge, changes no figure that was sent."""

    award: str
    on: date
    structure: str
    kind: str
    department: str
    slug: str
    family: str
    sector: str
    action_types: str
    ways: str
    kinds: str
    afest: bool
    first_of_person: bool
    replaces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorser:
    """An organisation that supports a badge or a structure: ``id`` is its Profile, which stands for one key."""

    id: str
    name: str
    url: str
    email: str
    algorithm: str
    public_pem: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """What an organisation said of one version of a badge, or of a structure, until when. Withdrawn, never edited."""

    id: str
    endorser: str
    slug: str | None
    version: str | None
    structure: str | None
    comment: str
    issued_on: datetime
    expires: datetime
    link: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementFile:
    """The signed word about what one Profile publishes: its BadgeClass, or itself."""

    endorsement: str
    profile: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request that was carried out, under the idempotency key that its caller chose."""

    scope: str
    key: str
    digest: str
    result: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did what to which id, chained: ``hash`` covers this line and the hash of the one before."""

    number: int
    at: datetime
    actor: str
    structure: str
    action: str
    subject: str
    hash: str


RECORDS: tuple[type[Any], ...] = (
    Structure, StructureFact, Profile, Person, StaffMember, Observation, Proposal, Award, AwardFile, Revocation,
    HostedTwin, Visit, PresentCode, Choice, Share, HolderRequest, Batch, BatchRow, SecondLook, ApiToken, Account,
    Session, OneTimeLink, Attempt, Answered, AuditLine, Piece, EvidenceFile, Afest, Jury, StructureLogo,
    Message, Reminder, Renewal, Counted, Endorser, Endorsement, EndorsementFile,
)  # fmt: skip
"""Every kind of record; each has a table."""

CHANGEABLE: dict[type[Any], frozenset[str]] = {
    Structure: frozenset(("name", "kind", "department", "siret", "issues_as", "url", "email", "closed_at")),
    Profile: frozenset(("status", "since")),
    Person: frozenset(
        (
            "opaque",
            "name",
            "email",
            "secret_digest",
            "created_at",
            "erased_at",
            "code_hash",
            "code_by",
            "collection",
            "seen_at",
            "warned_at",
            "purged_at",
            "hint",
        )
    ),
    StaffMember: frozenset(("name", "email", "function", "permissions", "person", "left_at")),
    Observation: frozenset(("withdrawn_at",)),
    Proposal: frozenset(
        (
            "results",
            "prerequisites",
            "second_structure",
            "issued_as",
            "name_in_badge",
            "word",
            "word_comment",
            "state",
            "told",
            "anonymised",
            "second_staff",
            "sent_at",
            "since_look",
            "word_at",
            "ending",
        )
    ),
    Award: frozenset(("person", "proposal", "batch_row", "issued_on", "stored_at", "expires")),
    AwardFile: frozenset(("facts", "salt")),
    Visit: frozenset(("seen_at",)),
    PresentCode: frozenset(("digest", "made_at", "expires_at")),
    Choice: frozenset(("shown", "at")),
    Share: frozenset(("opened", "withdrawn_at")),
    HolderRequest: frozenset(("answered_at", "answered_by", "outcome", "answer")),
    Batch: frozenset(("state", "confirmed_by", "confirmed_at", "profile", "statement")),
    BatchRow: frozenset(
        ("ref", "person", "newcomer", "exceptions", "name_in_badge", "state", "problems", "claimed_until")
    ),
    ApiToken: frozenset(("revoked_at",)),
    Message: frozenset(("values", "due", "state", "attempts", "answer", "settled_at")),
    Account: frozenset(("email", "password", "totp")),
    Session: frozenset(("staff", "seen_at", "proved_at", "ended_at")),
    OneTimeLink: frozenset(("used_at", "details")),
    Attempt: frozenset(("count",)),
    Piece: frozenset(("removed_at", "context")),
    Afest: frozenset(("talk_on", "talk_by", "talk_observations")),
    Endorsement: frozenset(("withdrawn_at", "withdrawn_by")),
}
"""The only fields that may change after they were written; a kind that is not here never changes."""

REMOVABLE: frozenset[type[Any]] = frozenset(
    (
        AwardFile, HostedTwin, Observation, SecondLook, Proposal, Visit, PresentCode, Choice, Share, HolderRequest,
        OneTimeLink, Answered, Attempt, Message, EvidenceFile, Piece, Afest, Jury, StructureLogo,
        Reminder, Renewal,
    )
)  # fmt: skip
"""What erasing a person deletes (``security.md``, §7), and what grows old.
Awards, revocations and the journal stay for ever."""

R = TypeVar("R")


class Register(Protocol):
    """The records, for the time of one transaction.

    ``equal`` compares fields with values: None is "absent", a list or a set is "one of".
    """

    def add(self, *records: Any) -> None:
        """Write new records. Raises :class:`~badges.errors.Conflict` (``already_there``) when one is there already."""

    def find(self, kind: type[R], /, **equal: Any) -> R | None:
        """The one record that matches, or None."""

    def list(
        self,
        kind: type[R],
        /,
        *,
        order: str | None = None,
        newest: bool = False,
        beyond: tuple[Any, ...] | None = None,
        limit: int | None = None,
        **equal: Any,
    ) -> tuple[R, ...]:
        """Those that match, by the field ``order`` and then by key. ``beyond`` is where the page before ended."""

    def change(self, record: R, /, **values: Any) -> R:
        """Write new values of changeable fields; gives the record as it now is."""

    def change_all(self, kind: type[Any], equal: dict[str, Any], /, **values: Any) -> int:
        """The same new values for all those that match ``equal``; how many there were."""

    def remove(self, kind: type[Any], /, **equal: Any) -> None:
        """Forget those that match: only for :data:`REMOVABLE` kinds."""

    def highest(self, kind: type[Any], /, field: str, **equal: Any) -> Any:
        """The greatest value of a field among those that match, or None."""

    def count(self, kind: type[Any], /, **equal: Any) -> int: ...

    def tally(
        self, kind: type[Any], /, *by: str, until: tuple[str, Any] | None = None, **equal: Any
    ) -> dict[tuple[Any, ...], int]:
        """How many there are for each different value of the fields ``by``, among those that match; ``until`` is a
        field and the highest value of it that counts."""


class Storage(Protocol):
    """Where records are kept."""

    def reading(self) -> AbstractContextManager[Register]:
        """One consistent view. Raises :class:`~badges.errors.StorageUnavailable`."""

    def writing(self) -> AbstractContextManager[Register]:
        """One transaction, durable when the block has ended, nothing when it raised; one writer at a time.

        Raises :class:`~badges.errors.Conflict` and :class:`~badges.errors.StorageUnavailable`.
        """
