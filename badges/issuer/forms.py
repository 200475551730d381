"""What programs send and receive: closed models, at the border and nowhere else.

Nothing unknown is accepted (``extra="forbid"``), no control character, no text without a bound; what goes out is
listed here member by member, so that a new field of a record is never published by accident.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ..addresses import Addresses
from .batches import Report, Row, Seen
from .issuer import EMAIL, AwardView, Progress
from .storage import Observation, Person, Proposal, SecondLook, StaffMember, Structure
from .wording import missing_sentence

_NO_CONTROL = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _day(value: Any) -> Any:
    """A day is ``AAAA-MM-JJ`` and nothing else: no instant, no number of seconds."""
    if not isinstance(value, date) and not (isinstance(value, str) and len(value) == 10):
        raise ValueError("AAAA-MM-JJ")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_CONTROL)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=_NO_CONTROL)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=EMAIL.pattern)]
Day = Annotated[date, BeforeValidator(_day)]
Result = Literal["acquired", "not_yet", "not_observed"]
IssuesAs = Literal["structure", "network"]


class Form(BaseModel):
    """What comes in: closed, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class View(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)


# -- in


class PersonForm(Form):
    """Either is enough, or neither: a person may have no e-mail and keep their name to themselves."""

    name: Line | None = Field(default=None, description="Prénom et initiale.", examples=["Amina D."])
    email: Email | None = Field(default=None, description="Une adresse à elle, si elle en a une.")


class SeenForm(Form):
    """A positive dated fact. ``function`` is yours, or a witness's (``TUT``, ``CLI``)."""

    criterion: Code = Field(examples=["c1"])
    on: Day = Field(examples=["2026-11-03"])
    way: Code = Field(examples=["OBS"])
    kind: Code = Field(examples=["GRI"])
    function: Code | None = None

    def seen(self) -> Seen:
        return Seen(self.criterion, self.on, self.way, self.kind, self.function)


class ObservationForm(SeenForm):
    slug: Code = Field(examples=["tec-maraichage-planter"])
    version: Code | None = None
    note: Text = Field(default="", description="Reste dans la structure ; jamais dans le badge.")


class PrerequisiteForm(Form):
    slug: Code
    version: Code


class ProposalForm(Form):
    person: Code
    slug: Code = Field(examples=["tec-maraichage-planter"])
    version: Code | None = None
    results: dict[Code, Result] = Field(max_length=50, examples=[{"c1": "acquired", "c2": "acquired", "c6": "not_yet"}])
    prerequisites: tuple[PrerequisiteForm, ...] = Field(default=(), max_length=20)
    second_structure: Code | None = Field(default=None, description="La structure à qui le dossier est envoyé.")
    issued_as: IssuesAs | None = None
    name_in_badge: bool = Field(default=False, description="Vrai seulement si la personne le demande.")


class WordForm(Form):
    """What the person said: d’accord, d’accord avec commentaire, pas d’accord."""

    word: Literal["agrees", "agrees_with_comment", "disagrees"]
    comment: Text = ""
    issued_as: IssuesAs | None = None
    name_in_badge: bool | None = None


class SecondLookForm(Form):
    confirms: bool
    comment: Text = ""


class AwardForm(Form):
    proposal: Code


class RevokeForm(Form):
    reason: Code = Field(examples=["awarded_in_error"])


class ReplaceForm(Form):
    """On a new proposal, or on the facts of the old award with other choices."""

    proposal: Code | None = None
    issued_as: IssuesAs | None = None
    name_in_badge: bool | None = None


class RowForm(Form):
    """One person of the session; ``ref`` is your own name for the row."""

    ref: Line = Field(examples=["ligne-1"])
    person: Code | None = None
    name: Line | None = None
    email: Email | None = None
    name_in_badge: bool = False
    absent_on: tuple[Day, ...] = Field(default=(), max_length=50)
    results: dict[Code, Result] = Field(default_factory=dict, max_length=50)
    observations: tuple[SeenForm, ...] = Field(default=(), max_length=100)

    def row(self) -> Row:
        return Row(
            ref=self.ref,
            person=self.person,
            name=self.name,
            email=self.email,
            name_in_badge=self.name_in_badge,
            absent_on=self.absent_on,
            results=dict(self.results),
            observations=tuple(item.seen() for item in self.observations),
        )


class BatchForm(Form):
    slug: Code = Field(examples=["tec-maraichage-planter"])
    version: Code | None = None
    decided_on: Day | None = None
    grid: tuple[SeenForm, ...] = Field(max_length=200, description="Les observations de toute la session.")
    results: dict[Code, Result] | None = Field(default=None, max_length=50)
    rows: tuple[RowForm, ...] = Field(min_length=1, max_length=10_000)
    second_structure: Code | None = None
    issued_as: IssuesAs | None = None


class ConfirmForm(Form):
    ready: int = Field(ge=0, description="Le nombre de lignes prêtes que le plan annonçait.", examples=[118])


# -- out


class StructureView(View):
    id: str
    name: str
    kind: str
    department: str
    issues_as: str

    @classmethod
    def of(cls, structure: Structure) -> StructureView:
        return cls(
            id=structure.id,
            name=structure.name,
            kind=structure.kind,
            department=structure.department,
            issues_as=structure.issues_as,
        )


class StaffView(View):
    id: str
    name: str
    function: str
    permissions: tuple[str, ...]
    active: bool

    @classmethod
    def of(cls, member: StaffMember) -> StaffView:
        return cls(
            id=member.id,
            name=member.name,
            function=member.function,
            permissions=member.permissions,
            active=member.left_at is None,
        )


class PersonView(View):
    id: str
    name: str | None
    has_email: bool

    @classmethod
    def of(cls, person: Person) -> PersonView:
        return cls(id=person.id, name=person.name, has_email=person.email is not None)


class LinkView(View):
    """Told this once: give it to the person, keep no copy."""

    link: str


class ObservationView(View):
    id: str
    person: str
    slug: str
    version: str
    criterion: str
    on: date
    way: str
    kind: str
    function: str
    note: str
    noted_by: str

    @classmethod
    def of(cls, seen: Observation) -> ObservationView:
        return cls(**{name: getattr(seen, name) for name in cls.model_fields})


class MissingView(View):
    code: str
    criterion: str
    expected: str
    found: str
    message: str


class ProgressView(View):
    """What the award rule says so far, and what it still wants."""

    slug: str
    version: str
    met: bool
    essential_met: int
    essential_total: int
    optional_met: int
    distinct_days: int
    missing: tuple[MissingView, ...]

    @classmethod
    def of(cls, progress: Progress) -> ProgressView:
        outcome, entry = progress.outcome, progress.entry
        return cls(
            slug=entry.slug,
            version=entry.version,
            met=outcome.met,
            essential_met=outcome.essential_met,
            essential_total=outcome.essential_total,
            optional_met=outcome.optional_met,
            distinct_days=outcome.days,
            missing=tuple(
                MissingView(
                    code=item.code,
                    criterion=item.criterion or "",
                    expected=item.expected,
                    found=item.found,
                    message=missing_sentence(item, entry.definition),
                )
                for item in outcome.missing
            ),
        )


class ProposalView(View):
    """``person`` is told to the structure of the file, not to the one that it was sent to for a second look."""

    id: str
    person: str | None
    structure: str
    slug: str
    version: str
    results: dict[str, str]
    second_structure: str | None
    issued_as: str
    name_in_badge: bool
    word: str | None
    state: str
    progress: ProgressView | None = None

    @classmethod
    def of(cls, proposal: Proposal, own: str, progress: Progress | None = None) -> ProposalView:
        return cls(
            id=proposal.id,
            person=proposal.person if proposal.structure == own else None,
            structure=proposal.structure,
            slug=proposal.slug,
            version=proposal.version,
            results=proposal.results,
            second_structure=proposal.second_structure,
            issued_as=proposal.issued_as,
            name_in_badge=proposal.name_in_badge,
            word=proposal.word,
            state=proposal.state,
            progress=ProgressView.of(progress) if progress else None,
        )


class SecondLookView(View):
    id: str
    confirms: bool
    comment: str
    at: datetime

    @classmethod
    def of(cls, look: SecondLook) -> SecondLookView:
        return cls(id=look.id, confirms=look.confirms, comment=look.comment, at=look.at)


class RevocationView(View):
    reason: str
    at: datetime
    replaced_by: str | None


class AwardOut(View):
    """An award and where to find it. The files are the same bytes each time they are asked for."""

    id: str
    assertion_id: str
    person: str | None
    slug: str
    version: str
    profile: str
    code: str
    short_address: str
    issued_on: datetime
    expires: datetime | None
    state: Literal["valid", "expired", "revoked", "replaced"]
    replaces: str | None
    revocation: RevocationView | None
    files: dict[str, str]

    @classmethod
    def of(cls, view: AwardView, now: datetime, addresses: Addresses) -> AwardOut:
        award, revoked = view.award, view.revocation
        here = f"{addresses.base_url}/api/v1/awards/{award.uuid}/badge"
        return cls(
            id=award.uuid,
            assertion_id=f"urn:uuid:{award.uuid}",
            person=award.person,
            slug=award.slug,
            version=award.version,
            profile=addresses.profile(award.profile),
            code=award.code,
            short_address=addresses.short(award.code),
            issued_on=award.issued_on,
            expires=award.expires,
            state=view.state(now),  # type: ignore[arg-type]
            replaces=award.replaces,
            revocation=RevocationView(reason=revoked.code, at=revoked.at, replaced_by=revoked.replaced_by)
            if revoked
            else None,
            files={form: f"{here}.{form}" for form in ("png", "svg", "jws")} if view.kept else {},
        )


class AwardsOut(View):
    """A page of awards, newest first; ``next`` goes in ``after`` to read on."""

    awards: tuple[AwardOut, ...]
    next: str | None


class PeopleOut(View):
    people: tuple[PersonView, ...]
    next: str | None


class RowOut(View):
    ref: str
    state: Literal["ready", "refused", "done", "cancelled"]
    person: str | None
    award: str | None
    problems: tuple[dict[str, str], ...]


class BatchOut(View):
    """The table as it stands: « 118 prêts, 2 à corriger », then how many are done."""

    id: str
    slug: str
    version: str
    state: Literal["planned", "confirmed", "done", "cancelled"]
    ready: int
    done: int
    refused: int
    cancelled: int
    rows: tuple[RowOut, ...]

    @classmethod
    def of(cls, report: Report) -> BatchOut:
        batch = report.batch
        return cls(
            id=batch.id,
            slug=batch.slug,
            version=batch.version,
            state=batch.state,  # type: ignore[arg-type]
            **{name: report.counts[name] for name in ("ready", "done", "refused", "cancelled")},
            rows=tuple(
                RowOut(
                    ref=row.ref,
                    state=row.state,  # type: ignore[arg-type]
                    person=row.person if batch.state == "planned" else row.recipient or None,
                    award=row.award if row.state == "done" else None,
                    problems=row.problems,
                )
                for row in report.rows
            ),
        )


class Problem(View):
    """A refusal (RFC 9457): what was expected, what was found, what to do now."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    advice: str
    missing: tuple[MissingView, ...] = ()
