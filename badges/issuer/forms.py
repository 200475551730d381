"""What programs send and receive: closed models, at the border and nowhere else.

Nothing unknown is accepted (``extra="forbid"``), no control character, no text without a bound; what goes out is
listed here member by member, so that a new field of a record is never published by accident.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ..addresses import Addresses
from ..typography import N_
from .batches import Report, Row, Seen, Word
from .issuer import EMAIL, AwardView, Progress
from .storage import Observation, Person, Proposal, SecondLook, StaffMember, Structure
from .wording import REVOCATION_REASONS, missing_sentence

_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
"""No control character, no second line, nothing that turns the direction of writing."""
_SOME_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"


def _day(value: Any) -> Any:
    """A day is ``AAAA-MM-JJ`` and nothing else: no instant, no number of seconds."""
    if not isinstance(value, date) and not (isinstance(value, str) and len(value) == 10):
        raise ValueError("AAAA-MM-JJ")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=_SOME_LINES)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=f"^{EMAIL.pattern}$")]
Day = Annotated[date, BeforeValidator(_day)]
Result = Literal["acquired", "not_yet", "not_observed"]
Said = Literal["agrees", "agrees_with_comment", "disagrees"]
IssuesAs = Literal["structure", "network"]


class Form(BaseModel):
    """What comes in: closed, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _example(**members: Any) -> ConfigDict:
    """One whole request, as the description of the API shows it; the tests send each of them."""
    return ConfigDict(json_schema_extra={"examples": [members]})


class View(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def told(cls, record: object, **more: Any) -> Self:
        """What a record says under the same names, and what is said another way."""
        return cls(**{name: getattr(record, name) for name in cls.model_fields if name not in more}, **more)


# -- in

_PLANTER = "tec-maraichage-planter"
_WHICH = N_("Le nom court du badge.")
_LATEST = N_("La version des critères ; la dernière, sinon.")
_RESULTS = N_("Votre décision, critère par critère.")
_SECOND = N_("La structure à qui le dossier est envoyé pour un second regard.")
_ISSUED_AS = N_("Au nom de la structure, ou du réseau.")
_NAMED = N_("Vrai seulement si la personne le demande.")
_KEPT = N_("Reste dans la structure.")


class PersonForm(Form):
    """Either is enough, or neither: a person may have no e-mail and keep their name to themselves."""

    model_config = _example(name="Amina D.")

    name: Line | None = Field(default=None, description=N_("Prénom et initiale."))
    email: Email | None = Field(default=None, description=N_("Une adresse à elle, si elle en a une."))


class SeenForm(Form):
    """A positive dated fact. ``function`` is yours, or a witness's (``TUT``, ``CLI``)."""

    criterion: Code = Field(description=N_("Le critère, comme la page du badge le numérote : c1, c2…"))
    on: Day = Field(description=N_("Le jour : AAAA-MM-JJ. Il reste dans la structure ; le badge dit le mois."))
    way: Code = Field(description=N_("La manière : un des codes plus bas."))
    kind: Code = Field(description=N_("La trace : un des codes plus bas."))
    function: Code | None = Field(default=None, description=N_("La vôtre, ou celle d’un témoin : TUT, CLI."))

    def seen(self) -> Seen:
        return Seen(self.criterion, self.on, self.way, self.kind, self.function)


class ObservationForm(SeenForm):
    model_config = _example(slug=_PLANTER, criterion="c1", on="2026-11-03", way="OBS", kind="GRI")

    slug: Code = Field(description=_WHICH)
    version: Code | None = Field(default=None, description=_LATEST)
    note: Text = Field(default="", description=N_("Reste dans la structure ; jamais dans le badge."))


class PrerequisiteForm(Form):
    slug: Code = Field(description=_WHICH)
    version: Code = Field(description=N_("La version vue."))


class ProposalForm(Form):
    model_config = _example(
        person="8f0e2c5b7a914d36e1c2a4b6d8f0e2",
        slug=_PLANTER,
        results={**dict.fromkeys(("c1", "c2", "c3", "c4", "c5"), "acquired"), "c6": "not_yet"},
    )

    person: Code = Field(description=N_("L’id de la personne."))
    slug: Code = Field(description=_WHICH)
    version: Code | None = Field(default=None, description=_LATEST)
    results: dict[Code, Result] = Field(max_length=50, description=_RESULTS)
    prerequisites: tuple[PrerequisiteForm, ...] = Field(
        default=(), max_length=20, description=N_("Les badges demandés avant celui-ci, que vous avez vus.")
    )
    second_structure: Code | None = Field(default=None, description=_SECOND)
    issued_as: IssuesAs | None = Field(default=None, description=_ISSUED_AS)
    name_in_badge: bool = Field(default=False, description=_NAMED)


class WordForm(Form):
    """What the person said: d’accord, d’accord avec commentaire, pas d’accord."""

    model_config = _example(word="agrees", name_in_badge=False)

    word: Said = Field(description=N_("D’accord, d’accord avec commentaire, pas d’accord."))
    comment: Text = Field(default="", description=_KEPT)
    issued_as: IssuesAs | None = Field(default=None, description=_ISSUED_AS)
    name_in_badge: bool | None = Field(default=None, description=_NAMED)


class SecondLookForm(Form):
    model_config = _example(confirms=True, comment="Vu au poste le 3 novembre.")

    confirms: bool = Field(description=N_("Faux veut dire : pas encore."))
    comment: Text = Field(default="", description=_KEPT)


class AwardForm(Form):
    model_config = _example(proposal="3c5d7e9f1a2b4c6d8e0f1a3b5c7d9e")

    proposal: Code = Field(description=N_("L’id du dossier."))


class RevokeForm(Form):
    model_config = _example(reason="awarded_in_error")

    reason: Code = Field(
        description=N_("Une raison de la liste ; jamais les faits."),
        json_schema_extra={"enum": [each for each in REVOCATION_REASONS if each != "replaced"]},
    )


class ReplaceForm(Form):
    """On a new proposal, or on the facts of the old award with other choices."""

    model_config = _example(name_in_badge=True)

    proposal: Code | None = Field(default=None, description=N_("Un nouveau dossier, si les faits ont changé."))
    issued_as: IssuesAs | None = Field(default=None, description=_ISSUED_AS)
    name_in_badge: bool | None = Field(default=None, description=_NAMED)


class RowForm(Form):
    """One person of the session; ``ref`` is your own name for the row."""

    ref: Line = Field(description=N_("Votre nom pour cette ligne."))
    person: Code | None = Field(default=None, description=N_("Une personne déjà connue ; sinon, son nom."))
    name: Line | None = Field(default=None, description=N_("Prénom et initiale."))
    email: Email | None = Field(default=None, description=N_("Une adresse à elle, si elle en a une."))
    name_in_badge: bool = Field(default=False, description=_NAMED)
    absent_on: tuple[Day, ...] = Field(
        default=(), max_length=50, description=N_("Les jours de la grille où elle n’était pas là.")
    )
    results: dict[Code, Result] = Field(
        default_factory=dict, max_length=50, description=N_("Ce qui diffère des décisions communes.")
    )
    observations: tuple[SeenForm, ...] = Field(
        default=(), max_length=100, description=N_("Ce qui a été vu pour elle seule.")
    )
    word: Said | None = Field(
        default=None,
        description=N_("Ce qu’elle dit de son badge, si vous l’avez noté ; « pas d’accord » laisse la ligne de côté."),
    )
    comment: Text = Field(default="", description=_KEPT)

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
            word=Word(self.word, self.comment) if self.word else None,
        )


class BatchForm(Form):
    model_config = _example(
        slug=_PLANTER,
        grid=[
            {"criterion": criterion, "on": on, "way": "OBS", "kind": "GRI"}
            for on in ("2026-11-03", "2026-11-12")
            for criterion in ("c1", "c2", "c3", "c4", "c5")
        ],
        rows=[{"ref": "ligne-1", "name": "Bakary T."}, {"ref": "ligne-2", "name": "Léa M."}],
    )

    slug: Code = Field(description=_WHICH)
    version: Code | None = Field(default=None, description=_LATEST)
    decided_on: Day | None = Field(default=None, description=N_("Le jour de la décision ; aujourd’hui, sinon."))
    grid: tuple[SeenForm, ...] = Field(max_length=200, description=N_("Les observations de toute la session."))
    results: dict[Code, Result] | None = Field(
        default=None,
        max_length=50,
        description=N_("Les décisions communes ; sinon, ce que la grille montre est acquis."),
    )
    rows: tuple[RowForm, ...] = Field(min_length=1, max_length=10_000, description=N_("Une ligne par personne."))
    second_structure: Code | None = Field(default=None, description=_SECOND)
    issued_as: IssuesAs | None = Field(default=None, description=_ISSUED_AS)
    told_on: Day | None = Field(
        default=None,
        description=N_("Le jour où chaque personne, sauf celles d’un autre avis, a été informée et a accepté."),
    )


class ConfirmForm(Form):
    """Who confirms by program attests that each person was told what their badge says, and agreed."""

    model_config = _example(ready=2)

    ready: int = Field(ge=0, description=N_("Le nombre de lignes prêtes que le plan annonçait."))


# -- out


class StructureView(View):
    id: str
    name: str
    kind: str
    department: str
    issues_as: str

    @classmethod
    def of(cls, structure: Structure) -> StructureView:
        return cls.told(structure)


class StaffView(View):
    id: str
    name: str
    function: str
    permissions: tuple[str, ...]
    active: bool

    @classmethod
    def of(cls, member: StaffMember) -> StaffView:
        return cls.told(member, active=member.left_at is None)


class PersonView(View):
    id: str
    name: str | None
    has_email: bool

    @classmethod
    def of(cls, person: Person) -> PersonView:
        return cls.told(person, has_email=person.email is not None)


class LinkView(View):
    """Told this once: give it to the person, keep no copy. ``code`` is told in person, never written with the link."""

    link: str
    code: str | None = None


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
        return cls.told(seen)


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
        return cls.told(
            proposal,
            person=proposal.person if proposal.structure == own else None,
            progress=ProgressView.of(progress) if progress else None,
        )


class SecondLookView(View):
    id: str
    confirms: bool
    comment: str
    at: datetime

    @classmethod
    def of(cls, look: SecondLook) -> SecondLookView:
        return cls.told(look)


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
    word: Said | None
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
    told_on: date | None
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
            told_on=date.fromisoformat(batch.statement["on"]) if batch.statement else None,
            rows=tuple(
                RowOut(
                    ref=row.ref,
                    state=row.state,  # type: ignore[arg-type]
                    person=row.person if batch.state == "planned" else row.recipient or None,
                    award=row.award if row.state == "done" else None,
                    word=row.word,  # type: ignore[arg-type]
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
