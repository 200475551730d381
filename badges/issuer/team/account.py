"""One's own account: the devices where it is open, the password, the second step of signing in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...errors import BadgesError, Misuse
from ...paper.qr import drawing
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import Form, filled_in
from .. import second_step
from ..accounts import WrongSignIn
from ..attempts import TooManyTries
from .door import SIGN_IN, Team, Visitor
from .joining import NOT_TWICE_THE_SAME

ACCOUNT = "/equipe/compte"
Filled = Annotated[Form, Depends(filled_in)]


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    team.tells(
        device_ended=N_("Cet appareil est déconnecté."),
        second_step_on=N_("Un code vous sera demandé à chaque connexion."),
        second_step_off=N_("Le code n’est plus demandé."),
    )

    def shown(
        request: Request, visitor: Visitor, status: int = 200, refusal: BadgesError | None = None, **values: object
    ) -> Response:
        account = visitor.member.account
        values.setdefault("key", "")
        return team.render(
            request,
            visitor,
            "team/account.html",
            status,
            sessions=team.accounts.list_sessions(account),
            has_second_step=team.accounts.has_second_step(account),
            refusal=refusal,
            **values,
        )

    @router.get(ACCOUNT)
    def account(request: Request, visitor: Visitor = whole) -> Response:
        return shown(request, visitor)

    @router.post(ACCOUNT + "/appareils/{session}/fin")
    def end_device(session: str, visitor: Visitor = whole) -> Response:
        team.accounts.end_session(visitor.member.account, session)
        return team.back(ACCOUNT, "device_ended")

    @router.post(ACCOUNT + "/mot-de-passe")
    def change_password(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        before, after, again = form.secret("before"), form.secret("password"), form.secret("again")
        if after != again:
            form.refuse("again", NOT_TWICE_THE_SAME)
        if form.wrong:
            return shown(request, visitor, 422, form=form)
        try:
            team.accounts.change_password(visitor.member.account, before, after)
        except (WrongSignIn, TooManyTries, Misuse) as refusal:
            return shown(request, visitor, status_of(refusal), refusal, form=form)
        return team.back(SIGN_IN, "password_changed")

    @router.post(ACCOUNT + "/double-verification")
    def begin_second_step(request: Request, visitor: Visitor = whole) -> Response:
        return _with_key(request, visitor, second_step.new_key())

    @router.post(ACCOUNT + "/double-verification/confirmer")
    def take_second_step(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        key = form.text("key", longest=64)
        try:
            team.accounts.take_second_step(visitor.member.account, key, form.text("code", longest=12))
        except WrongSignIn as refusal:
            return _with_key(request, visitor, key, status_of(refusal), refusal)
        return team.back(ACCOUNT, "second_step_on")

    @router.post(ACCOUNT + "/double-verification/fin")
    def leave_second_step(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        try:
            team.accounts.leave_second_step(visitor.member.account, form.text("code", longest=12))
        except (WrongSignIn, TooManyTries) as refusal:
            return shown(request, visitor, status_of(refusal), refusal)
        return team.back(ACCOUNT, "second_step_off")

    def _with_key(
        request: Request, visitor: Visitor, key: str, status: int = 200, refusal: BadgesError | None = None
    ) -> Response:
        email = visitor.member.email or visitor.member.name
        address = second_step.address_for(key, email, team.pages.site.product)
        return shown(request, visitor, status, refusal, key=key, key_address=address, key_drawing=drawing(address))

    return router
