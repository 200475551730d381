"""How a refusal is told: a page that says what happened and what to do, or a problem document (RFC 9457).

Which one depends on the door: ``/api/`` and the documents of the standard speak to programs, every other address to
people, unless the caller says otherwise in ``Accept``. Call :func:`install` once, before
:class:`.security.SecurityHeaders` is added around the application.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import errors
from ..typography import N_
from .pages import Pages

log = logging.getLogger("badges.web")

FOR_PROGRAMS = (
    "/api/",
    "/issuers/",
    "/assertions/",
    "/contexts/",
    "/trust.jws",
    "/bundle",
    "/healthz",
    "/readyz",
    "/metrics",
)
STATUSES: tuple[tuple[type[errors.BadgesError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Forbidden, 403),
    (errors.Conflict, 409),
    (errors.FetchError, 502),
    (errors.KeyringLocked, 503),
    (errors.StorageUnavailable, 503),
    (errors.TrustError, 503),
    (errors.AwardRefused, 422),
    (errors.BadgeRejected, 422),
    (errors.CatalogueError, 422),
    (errors.Misuse, 422),
    (errors.KeyringError, 500),
)
"""The first class that fits decides; a code named in :data:`STATUS_OF_CODE` decides before."""
STATUS_OF_CODE: Mapping[str, int] = {
    "too_large": 413,
    "token_missing": 401,
    "token_unknown": 401,
    "rate_limited": 429,
    "too_many_tries": 429,
    "gone": 410,
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """What happened, and what to do now, to somebody who did nothing wrong."""

    title: str
    advice: str


SENTENCES: Mapping[int, Sentences] = {
    400: Sentences(
        N_("Cette demande n’a pas été comprise"),
        N_("Revenez à la page précédente et recommencez."),
    ),
    401: Sentences(
        N_("Il faut dire qui vous êtes"),
        N_("Connectez-vous, ou donnez un jeton d’accès valable."),
    ),
    403: Sentences(
        N_("Cette action ne vous est pas ouverte"),
        N_("Demandez à la personne qui gère les accès de votre structure."),
    ),
    404: Sentences(
        N_("Il n’y a rien à cette adresse"),
        N_("Vérifiez l’adresse, lettre par lettre. Si elle vient d’une carte, essayez de scanner le code."),
    ),
    405: Sentences(
        N_("Cette adresse ne s’utilise pas ainsi"),
        N_("Revenez à l’accueil et suivez le chemin proposé."),
    ),
    406: Sentences(
        N_("Cette page n’existe pas sous la forme demandée"),
        N_("Demandez la page (HTML) ou le document (JSON)."),
    ),
    409: Sentences(
        N_("Cette demande en contredit une autre"),
        N_("Relisez ce qui est déjà enregistré, puis recommencez."),
    ),
    410: Sentences(
        N_("Ce document a été retiré"),
        N_("Demandez à la structure qui l’a publié."),
    ),
    413: Sentences(
        N_("Ce fichier est trop gros"),
        N_("L’image d’un badge pèse moins de 200 ko. Choisissez l’image reçue, pas une photo de l’écran."),
    ),
    415: Sentences(
        N_("Ce format n’est pas lu ici"),
        N_("Envoyez une image PNG ou SVG, un texte JWS ou un document JSON."),
    ),
    422: Sentences(
        N_("Il manque quelque chose pour répondre"),
        N_("Relisez ce qui a été envoyé, puis recommencez."),
    ),
    429: Sentences(
        N_("Trop de demandes en peu de temps"),
        N_("Attendez une minute, puis recommencez. Rien n’est perdu."),
    ),
    500: Sentences(
        N_("Le service a rencontré une difficulté"),
        N_("Ce n’est pas vous. Réessayez dans quelques minutes ; si cela dure, donnez la référence ci-dessous."),
    ),
    502: Sentences(
        N_("Un autre site n’a pas répondu"),
        N_("Réessayez dans quelques minutes. Votre badge n’est pas en cause."),
    ),
    503: Sentences(
        N_("Le service n’est pas prêt"),
        N_("Réessayez dans quelques minutes."),
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal, ready to be told in either form. ``detail`` is French as the code wrote it, or empty."""

    status: int
    code: str
    detail: str = ""
    advice: str = ""
    reference: str = ""
    members: Mapping[str, Any] | None = None


def status_of(error: errors.BadgesError) -> int:
    """The HTTP status of a refusal of ours."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def speaks_to_people(request: Request) -> bool:
    """Whether the answer should be a page."""
    path, accept = request.url.path, request.headers.get("accept", "*/*")
    if path.startswith("/api/"):
        return False
    if "text/html" in accept:
        return True
    return "json" not in accept and not path.startswith(FOR_PROGRAMS)


def answer(pages: Pages, request: Request, refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    """The refusal as this caller reads it."""
    sentences = SENTENCES.get(refusal.status) or SENTENCES[500 if refusal.status >= 500 else 400]
    if speaks_to_people(request):
        return pages.render(
            request,
            "web/refusal.html",
            refusal.status,
            headers=headers,
            title=sentences.title,
            detail=refusal.detail,
            advice=refusal.advice,
            usual_advice=sentences.advice,
            reference=refusal.reference,
        )
    language = pages.language(request)
    problem: dict[str, Any] = {
        "type": f"urn:badges-iae:problem:{refusal.code}",
        "title": pages.sentence(language, sentences.title),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail or pages.sentence(language, sentences.title),
        "advice": refusal.advice or pages.sentence(language, sentences.advice),
    }
    if refusal.reference:
        problem["instance"] = f"urn:badges-iae:reference:{refusal.reference}"
    return JSONResponse(
        problem | dict(refusal.members or {}),
        status_code=refusal.status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 429: "rate_limited"}


def install(app: FastAPI, pages: Pages) -> None:
    """Every refusal of the application is told through :func:`answer`; nothing else reaches a reader."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.BadgesError)
        status = status_of(error)
        if status == 500:
            return unexpected(request, error)
        members = getattr(error, "members", None)
        return answer(pages, request, Refusal(status, error.code, error.message, error.advice, members=members))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _CODES.get(error.status_code, "http_error")
        return answer(pages, request, Refusal(error.status_code, code), error.headers)

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        # Where and what was expected; never the value found, which may be somebody's (W15, P3).
        wrong = [
            {"where": "/".join(str(step) for step in item["loc"]), "expected": item["msg"]} for item in error.errors()
        ]
        detail = "Une demande conforme était attendue ; à revoir : " + ", ".join(item["where"] for item in wrong) + "."
        return answer(pages, request, Refusal(422, "request_invalid", detail, members={"errors": wrong}))

    def unexpected(request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(6)
        route = getattr(request.scope.get("route"), "path", "?")
        # Where it broke, never the message of the exception: it may quote what somebody sent (P3).
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s %s on %s %s\n%s", reference, type(error).__name__, request.method, route, where)
        return answer(pages, request, Refusal(500, "internal", reference=reference))

    app.add_exception_handler(errors.BadgesError, refused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_middleware(_Unexpected, answer=unexpected)


class _Unexpected:
    """The last net. Starlette's own stands outside of our headers; this one stands inside."""

    def __init__(self, app: ASGIApp, answer: Any) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if begun:
                raise
            response: Response = self._answer(Request(scope), error)
            await response(scope, receive, send)
