"""Signing in with the account of another service: there, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import astuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ...errors import BadgesError
from ...web.errors import status_of
from ...web.forms import Form
from ..identity_service import NotSignedIn, Provider, Question
from ..wording import refusal
from .door import Team, local_path
from .entry import device_of

AWAY = "/equipe/connexion/service"
BACK = "/equipe/connexion/retour"
MINUTES = 10


def routes(provider: Provider) -> Callable[[Team], APIRouter]:
    """The routes of a deployment that has such a service."""

    def router(team: Team) -> APIRouter:
        router = team.router()
        cookie = team.cookie + "-question"

        @router.post(AWAY)
        def away(request: Request) -> Response:
            try:
                address, question = provider.ask(local_path(request.query_params.get("suite", "")))
            except BadgesError as error:
                return _refused(request, error)
            response = RedirectResponse(address, status_code=303)
            response.set_cookie(
                cookie,
                _sealed(question),
                max_age=MINUTES * 60,
                secure=team.is_secure,
                httponly=True,
                samesite="lax",
                path="/",
            )
            return response

        @router.get(BACK)
        def back(request: Request) -> Response:
            try:
                question = _opened(request.cookies.get(cookie, ""))
                email = provider.email_of(dict(request.query_params), question)
                secret = team.accounts.sign_in_as(email, device=device_of(request))
            except BadgesError as error:
                response = _refused(request, error)
            else:
                response = team.let_in(secret, local_path(question.after), stays=False)
            response.delete_cookie(cookie, path="/", secure=team.is_secure, httponly=True, samesite="lax")
            return response

        def _refused(request: Request, error: BadgesError) -> Response:
            form = Form()
            return team.render(
                request, None, "team/sign_in.html", status_of(error), form=form, again=False, refusal=error
            )

        return router

    return router


def _sealed(question: Question) -> str:
    return base64.urlsafe_b64encode(json.dumps(astuple(question)).encode()).decode()


def _opened(text: str) -> Question:
    """Raises :class:`NotSignedIn` when this browser was not sent away by us, or too long ago."""
    try:
        state, nonce, verifier, after = json.loads(base64.urlsafe_b64decode(text[:2000].encode()))
        return Question(str(state), str(nonce), str(verifier), str(after))
    except (ValueError, TypeError):
        raise refusal(NotSignedIn, "not_signed_in", found="state") from None
