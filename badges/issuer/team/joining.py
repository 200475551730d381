"""Ways in for those who have no password yet, or no longer: an invitation, a link for a new one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...errors import BadgesError, Misuse, NotFound
from ...typography import N_
from ...web import limits
from ...web.forms import MISSING, Form, filled_in
from ..accounts import WrongSignIn
from .door import HOME, SIGN_IN, Team
from .entry import device_of

Filled = Annotated[Form, Depends(filled_in)]


NOT_TWICE_THE_SAME = N_("Les deux mots de passe étaient attendus pareils.")


def router(team: Team) -> APIRouter:
    router = team.router()
    team.tells(
        joined=N_("Votre place est prise : connectez-vous."),
        password_changed=N_("Votre mot de passe est changé. Connectez-vous avec le nouveau."),
    )

    @router.get("/equipe/invitation/{secret}")
    def invitation_page(request: Request, secret: str) -> Response:
        try:
            invitation = team.access.require_invitation(secret)
        except NotFound as refusal:
            return _over(request, refusal)
        return team.render(request, None, "team/invitation.html", invitation=invitation, refusal=None)

    @router.post("/equipe/invitation/{secret}")
    def accept(request: Request, secret: str, form: Filled) -> Response:
        try:
            invitation = team.access.require_invitation(secret)
            password = "" if invitation.has_account else _new_password(form)
            if not form.wrong:
                team.access.accept(secret, password)
                if invitation.has_account:
                    return team.back(SIGN_IN, "joined")
                return _enter(request, invitation.email, password)
        except NotFound as refusal:
            return _over(request, refusal)
        except Misuse as error:
            return team.render(
                request, None, "team/invitation.html", 422, invitation=invitation, form=form, refusal=error
            )
        return team.render(request, None, "team/invitation.html", 422, invitation=invitation, form=form, refusal=None)

    @router.get("/equipe/mot-de-passe")
    def forgotten_page(request: Request) -> Response:
        return team.render(request, None, "team/forgotten.html", asked=False)

    @router.post("/equipe/mot-de-passe")
    def forgotten(request: Request, form: Filled) -> Response:
        email = form.text("email", longest=320, needed=MISSING)
        if form.wrong:
            return team.render(request, None, "team/forgotten.html", 422, form=form, asked=False)
        team.access.ask_password_link(email)
        return team.render(request, None, "team/forgotten.html", form=form, asked=True)

    @router.get("/equipe/mot-de-passe/{secret}")
    def new_password_page(request: Request, secret: str) -> Response:
        try:
            team.access.require_password_link(secret)
        except NotFound as refusal:
            return _over(request, refusal)
        return team.render(request, None, "team/new_password.html", refusal=None)

    @router.post("/equipe/mot-de-passe/{secret}")
    def new_password(request: Request, secret: str, form: Filled) -> Response:
        refusal: BadgesError | None = None
        try:
            password = _new_password(form)
            if not form.wrong:
                team.access.use_password_link(secret, password)
                return team.back(SIGN_IN, "password_changed")
        except NotFound as error:
            return _over(request, error)
        except Misuse as error:
            refusal = error
        return team.render(request, None, "team/new_password.html", 422, form=form, refusal=refusal)

    def _over(request: Request, refusal: NotFound) -> Response:
        return team.render(request, None, "team/link_over.html", 404, refusal=refusal)

    def _enter(request: Request, email: str, password: str) -> Response:
        try:
            address, device = limits.address_of(request), device_of(request)
            secret = team.accounts.sign_in(email, password, address=address, device=device, stays=False)
        except WrongSignIn:
            return team.back(SIGN_IN, "joined")
        return team.let_in(secret, HOME, stays=False)

    return router


def _new_password(form: Form) -> str:
    """The password typed twice alike, or what is wrong said in the form."""
    password, again = form.secret("password"), form.secret("again")
    if password != again:
        form.refuse("again", NOT_TWICE_THE_SAME)
    return password
