"""The door for programs: ``/api/v1/``. Each route says who may call it, parses, calls one method, shows the result.

A program holds a token (``Authorization: Bearer badges_…``) that belongs to one structure and has scopes. It speaks for
the person its token names, or for the one of its structure that it names itself (``Acting-For``). What another
structure has is answered like what does not exist. ``Idempotency-Key`` makes a POST safe to send again.
Refusals are problem documents (RFC 9457), told by :mod:`badges.web.errors`.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple, Protocol

from fastapi import APIRouter, Depends, Query, Request, Response, Security
from fastapi import Path as InPath
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from ..clock import to_text
from ..errors import Forbidden, Misuse, NotFound
from ..typography import N_
from .desk import Once
from .forms import (
    AwardForm,
    AwardOut,
    AwardsOut,
    BatchForm,
    BatchOut,
    ConfirmForm,
    LinkView,
    ObservationForm,
    ObservationView,
    PeopleOut,
    PersonForm,
    PersonView,
    Problem,
    ProgressView,
    ProposalForm,
    ProposalView,
    ReplaceForm,
    RevokeForm,
    SecondLookForm,
    SecondLookView,
    StaffView,
    StructureView,
    WordForm,
)
from .issuer import PAGE, AwardView, Issuer
from .permissions import Caller
from .wording import refusal

MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml", "jws": "application/jose"}


_bearer = HTTPBearer(auto_error=False, description=N_("Un jeton de structure : badges_…"))
_acting_for = APIKeyHeader(
    name="Acting-For", auto_error=False, scheme_name="Acting-For", description=N_("La personne de l’équipe qui agit.")
)
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in {
        401: N_("Jeton absent, inconnu ou terminé"),
        403: N_("Permission absente, ou « personne pour soi-même »"),
        404: N_("Rien de ce nom, ou rien que vous puissiez voir"),
        409: N_("Contredit ce qui est enregistré"),
        422: N_("Demande incomplète, ou règle non remplie (missing)"),
        503: N_("Le registre ou les clés ne répondent pas : réessayez"),
    }.items()
}
_ONCE: dict[str, Any] = {
    "openapi_extra": {
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 8, "maxLength": 128},
                "description": N_("De votre choix : la même clé avec le même envoi est un seul acte."),
            }
        ]
    }
}
"""For the routes that remember what was done under a key."""

_ID = r"^[A-Za-z0-9_-]{1,80}$"
_VERSION = r"^[A-Za-z0-9._-]{1,20}$"
Id = Annotated[str, InPath(pattern=_ID, description=N_("Un id reçu d’une réponse d’avant."))]
Slug = Annotated[str, InPath(pattern=_ID, description=N_("Le nom court d’un badge du catalogue."))]
After = Annotated[str | None, Query(max_length=120, description=N_("Le next de la page d’avant."))]


class Baker(Protocol):
    """Puts a signed token into the picture of its badge; the same bytes each time."""

    def picture(self, slug: str, version: str, token: str, code: str, form: str) -> bytes:
        """``form`` is ``png`` or ``svg``."""


class Asking(NamedTuple):
    """Who asks, and under which idempotency key."""

    by: Caller
    structure: str
    once: Once | None


def router(issuer: Issuer, baker: Baker, *, wake: Callable[[], None] = lambda: None) -> APIRouter:
    """All of ``/api/v1/`` but ``verify``. ``wake`` tells whoever runs batches that one was confirmed."""
    router = APIRouter(prefix="/api/v1", responses=_REFUSALS)
    addresses, clock = issuer.desk.addresses, issuer.desk.clock

    def asking(
        request: Request,
        body: Annotated[bytes, Depends(_body)],
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
        acting_for: Annotated[str | None, Security(_acting_for)],
    ) -> Asking:
        if credentials is None:
            raise refusal(Forbidden, "token_missing")
        token = issuer.find_api_token(credentials.credentials)
        if token is None:
            raise refusal(Forbidden, "token_unknown")
        by = issuer.speaks_for(token, acting_for)
        return Asking(by, token.structure, _once(request, body, token.id, by))

    Ask = Annotated[Asking, Depends(asking)]  # noqa: N806

    def out(view: AwardView) -> AwardOut:
        return AwardOut.of(view, clock.now(), addresses)

    # -- structures and people

    @router.get("/structures", tags=["structures"], summary=N_("Votre structure"))
    def structures(ask: Ask) -> list[StructureView]:
        return [StructureView.of(structure) for structure in issuer.list_structures(ask.by)]

    @router.get("/staff", tags=["structures"], summary=N_("L’équipe de votre structure"))
    def staff(ask: Ask) -> list[StaffView]:
        return [StaffView.of(member) for member in issuer.list_staff(ask.by)]

    @router.post("/people", status_code=201, tags=["personnes"], summary=N_("Ajouter une personne"), **_ONCE)
    def add_person(ask: Ask, form: PersonForm) -> PersonView:
        return PersonView.of(issuer.add_person(ask.by, name=form.name, email=form.email, once=ask.once))

    @router.get("/people", tags=["personnes"], summary=N_("Les personnes de la structure, les dernières d’abord"))
    def people(ask: Ask, after: After = None) -> PeopleOut:
        found = issuer.list_people(ask.by, beyond=_read_cursor(after))
        return PeopleOut(
            people=tuple(map(PersonView.of, found)),
            next=_cursor(found[-1].created_at, found[-1].id) if len(found) == PAGE else None,
        )

    @router.get("/people/{person}", tags=["personnes"], summary=N_("Une personne"))
    def person(ask: Ask, person: Id) -> PersonView:
        return PersonView.of(issuer.require_person(ask.by, person))

    @router.post(
        "/people/{person}/link",
        status_code=201,
        tags=["personnes"],
        summary=N_("Un nouveau lien personnel"),
        description=N_("Le lien d’avant ne s’ouvre plus. Avec with_code, il demande un code, à dire de vive voix."),
    )
    def personal_link(
        ask: Ask,
        person: Id,
        with_code: Annotated[bool, Query(description=N_("Faire aussi un code, demandé à l’ouverture."))] = False,
    ) -> LinkView:
        card = issuer.holder.cards.hand_over(ask.by, person, with_code=with_code)
        return LinkView(link=card.link, code=card.code)

    # -- observations

    @router.post(
        "/people/{person}/observations",
        status_code=201,
        tags=["observations"],
        summary=N_("Noter une observation"),
        **_ONCE,
    )
    def note_observation(ask: Ask, person: Id, form: ObservationForm) -> ObservationView:
        seen = issuer.note_observation(ask.by, person=person, once=ask.once, **form.model_dump())
        return ObservationView.of(seen)

    @router.get("/people/{person}/observations", tags=["observations"], summary=N_("Ce qui a été vu"))
    def observations(
        ask: Ask,
        person: Id,
        slug: Annotated[str | None, Query(pattern=_ID, description=N_("Pour ce badge seulement."))] = None,
    ) -> list[ObservationView]:
        return [ObservationView.of(seen) for seen in issuer.list_observations(ask.by, person, slug)]

    @router.post("/observations/{observation}/withdraw", tags=["observations"], summary=N_("Retirer une observation"))
    def withdraw_observation(ask: Ask, observation: Id) -> ObservationView:
        return ObservationView.of(issuer.withdraw_observation(ask.by, observation))

    @router.get("/people/{person}/progress/{slug}", tags=["observations"], summary=N_("Ce que la règle demande encore"))
    def progress(
        ask: Ask,
        person: Id,
        slug: Slug,
        version: Annotated[
            str | None, Query(pattern=_VERSION, description=N_("La dernière, sauf mention contraire."))
        ] = None,
    ) -> ProgressView:
        return ProgressView.of(issuer.progress(ask.by, person, slug, version))

    # -- proposals

    @router.post("/proposals", status_code=201, tags=["propositions"], summary=N_("Proposer un badge"), **_ONCE)
    def propose(ask: Ask, form: ProposalForm) -> ProposalView:
        values = form.model_dump() | {"prerequisites": [seen.model_dump() for seen in form.prerequisites]}
        proposal = issuer.propose(ask.by, once=ask.once, **values)
        return ProposalView.of(*_with_progress(issuer.require_proposal(ask.by, proposal.id), ask.structure))

    @router.get("/proposals", tags=["propositions"], summary=N_("Les dossiers ouverts, et ceux qui vous sont envoyés"))
    def proposals(ask: Ask) -> list[ProposalView]:
        return [ProposalView.of(found, ask.structure) for found in issuer.list_proposals(ask.by)]

    @router.get("/proposals/{proposal}", tags=["propositions"], summary=N_("Un dossier et ce qu’il lui manque"))
    def proposal(ask: Ask, proposal: Id) -> ProposalView:
        return ProposalView.of(*_with_progress(issuer.require_proposal(ask.by, proposal), ask.structure))

    @router.post("/proposals/{proposal}/word", tags=["propositions"], summary=N_("La parole de la personne"))
    def record_word(ask: Ask, proposal: Id, form: WordForm) -> ProposalView:
        return ProposalView.of(issuer.record_word(ask.by, proposal, **form.model_dump()), ask.structure)

    @router.post(
        "/proposals/{proposal}/second-look",
        status_code=201,
        tags=["propositions"],
        summary=N_("Un second regard"),
        **_ONCE,
    )
    def second_look(ask: Ask, proposal: Id, form: SecondLookForm) -> SecondLookView:
        look = issuer.second_look(ask.by, proposal, confirms=form.confirms, comment=form.comment, once=ask.once)
        return SecondLookView.of(look)

    # -- awards

    @router.post(
        "/awards",
        status_code=201,
        tags=["badges"],
        summary=N_("Délivrer"),
        **_ONCE,
        description=N_(
            "Rien n’est signé si la règle n’est pas remplie : la réponse 422 dit tout ce qui manque (missing)."
        ),
    )
    def award(ask: Ask, form: AwardForm) -> AwardOut:
        made = issuer.award(ask.by, form.proposal, once=ask.once)
        return out(issuer.require_award(ask.by, made.uuid))

    @router.get("/awards", tags=["badges"], summary=N_("Les badges délivrés, les derniers d’abord"))
    def awards(
        ask: Ask,
        after: After = None,
        person: Annotated[str | None, Query(pattern=_ID, description=N_("De cette personne seulement."))] = None,
    ) -> AwardsOut:
        found = issuer.list_awards(ask.by, person=person, beyond=_read_cursor(after))
        last = found[-1].award if len(found) == PAGE else None
        return AwardsOut(awards=tuple(map(out, found)), next=_cursor(last.issued_on, last.uuid) if last else None)

    @router.get("/awards/{award}", tags=["badges"], summary=N_("Un badge et son état"))
    def one_award(ask: Ask, award: Id) -> AwardOut:
        return out(issuer.require_award(ask.by, award))

    @router.get(
        "/awards/{award}/badge.{form}",
        tags=["badges"],
        summary=N_("Le badge lui-même : image PNG, dessin SVG, ou JWS"),
        response_class=Response,
        responses={
            200: {
                "description": N_("Le fichier, le même à chaque fois."),
                "content": {each: {} for each in MEDIA_TYPES.values()},
            }
        },
    )
    def badge(
        ask: Ask, award: Id, form: Annotated[str, InPath(pattern="^(png|svg|jws)$", description=N_("png, svg ou jws."))]
    ) -> Response:
        found = issuer.require_award(ask.by, award).award
        token = issuer.require_token(award)
        body = token.encode() if form == "jws" else baker.picture(found.slug, found.version, token, found.code, form)
        headers = {
            "Content-Disposition": f'attachment; filename="badge-{found.slug}-{found.code}.{form}"',
            "Cache-Control": "private, no-store",
        }
        return Response(body, media_type=MEDIA_TYPES[form], headers=headers)

    @router.post(
        "/awards/{award}/revoke",
        tags=["badges"],
        summary=N_("Retirer"),
        **_ONCE,
        description=N_("Deux fois vaut une fois. Il n’y a pas de retour : une erreur se répare par un nouveau badge."),
    )
    def revoke(ask: Ask, award: Id, form: RevokeForm) -> AwardOut:
        issuer.revoke(ask.by, award, form.reason, once=ask.once)
        return out(issuer.require_award(ask.by, award))

    @router.post(
        "/awards/{award}/replace",
        status_code=201,
        tags=["badges"],
        summary=N_("Corriger et délivrer à nouveau"),
        **_ONCE,
    )
    def replace(ask: Ask, award: Id, form: ReplaceForm) -> AwardOut:
        made = issuer.replace(ask.by, award, once=ask.once, **form.model_dump())
        return out(issuer.require_award(ask.by, made.uuid))

    # -- batches

    @router.post("/batches", status_code=201, tags=["lots"], summary=N_("Préparer un lot : rien n’est signé"), **_ONCE)
    def plan(ask: Ask, form: BatchForm) -> BatchOut:
        report = issuer.batches.plan(
            ask.by,
            slug=form.slug,
            version=form.version,
            grid=[item.seen() for item in form.grid],
            rows=[row.row() for row in form.rows],
            results=form.results,
            decided_on=form.decided_on,
            second_structure=form.second_structure,
            issued_as=form.issued_as,
            told_on=form.told_on,
            once=ask.once,
        )
        return BatchOut.of(report)

    @router.get("/batches/{batch}", tags=["lots"], summary=N_("Où en est un lot"))
    def batch(
        ask: Ask, batch: Id, rows: Annotated[bool, Query(description=N_("false : les nombres seulement."))] = True
    ) -> BatchOut:
        return BatchOut.of(issuer.batches.report(ask.by, batch, with_rows=rows))

    @router.post(
        "/batches/{batch}/second-look", status_code=201, tags=["lots"], summary=N_("Un second regard sur le lot")
    )
    def second_look_at_batch(ask: Ask, batch: Id, form: SecondLookForm) -> SecondLookView:
        look = issuer.batches.second_look(ask.by, batch, confirms=form.confirms, comment=form.comment)
        return SecondLookView.of(look)

    @router.post(
        "/batches/{batch}/confirm",
        status_code=202,
        tags=["lots"],
        summary=N_("Confirmer : la signature commence"),
        **_ONCE,
    )
    def confirm(ask: Ask, batch: Id, form: ConfirmForm) -> BatchOut:
        report = issuer.batches.confirm(ask.by, batch, ready=form.ready, told_otherwise=True, once=ask.once)
        wake()
        return BatchOut.of(report)

    @router.post("/batches/{batch}/cancel", tags=["lots"], summary=N_("Annuler ce qui n’est pas signé"))
    def cancel(ask: Ask, batch: Id) -> BatchOut:
        return BatchOut.of(issuer.batches.cancel(ask.by, batch))

    return router


def _with_progress(found: tuple[Any, Any], structure: str) -> tuple[Any, str, Any]:
    proposal, progress = found
    return proposal, structure, progress


async def _body(request: Request) -> bytes:
    return await request.body()


def _once(request: Request, body: bytes, token: str, by: Caller) -> Once | None:
    """The same key with the same request, by the same person, is the same act. Raises :class:`Misuse`."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not 8 <= len(key) <= 128 or not key.isascii() or not key.isprintable():
        raise refusal(Misuse, "key_malformed")
    told = f"{request.url.path}\n{by.staff}\n".encode() + body
    return Once(token, key, hashlib.sha256(told).hexdigest())


def _cursor(at: datetime, id: str) -> str:
    return f"{to_text(at)}_{id}"


def _read_cursor(after: str | None) -> tuple[datetime, str] | None:
    if after is None:
        return None
    at, _, id = after.partition("_")
    try:
        instant = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusal(NotFound, "unknown") from None
    if not re.fullmatch(_ID, id):
        raise refusal(NotFound, "unknown")
    return instant, id
