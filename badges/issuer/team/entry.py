"""In and out: signing in, changing structure, signing out; and the first page: what people come for, what waits."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...errors import BadgesError
from ...web import limits
from ...web.errors import status_of
from ...web.forms import MISSING, Form, filled_in
from ..accounts import WrongSignIn
from ..attempts import TooManyTries
from ..private_text import NEVER_HERE
from .door import HOME, SECOND_STEP, SIGN_IN, Team, Visitor, local_path

HELP = "/equipe/aide"
Filled = Annotated[Form, Depends(filled_in)]


def router(team: Team) -> APIRouter:
    router = team.router()
    whole, noter = Depends(team.whole), Depends(team.noter)

    @router.get(SIGN_IN)
    def sign_in_page(request: Request) -> Response:
        signed_in = team.signed_in(request)
        after = local_path(request.query_params.get("suite", ""))
        if signed_in and signed_in.whole:
            return team.back(after)
        known = signed_in.member.email if signed_in else ""
        form = Form.blank(email=known or "", suite=after)
        return team.render(request, None, "team/sign_in.html", form=form, again=signed_in is not None, refusal=None)

    @router.post(SIGN_IN)
    def sign_in(request: Request, form: Filled) -> Response:
        email = form.text("email", longest=320, needed=MISSING)
        password = form.secret("password")
        after, stays = local_path(form.kept("suite")), form.ticked("stays")
        refusal: BadgesError | None = None
        if not form.wrong:
            try:
                secret = team.accounts.sign_in(
                    email, password, address=limits.address_of(request), device=device_of(request), stays=stays
                )
            except (WrongSignIn, TooManyTries) as error:
                refusal = error
            else:
                return team.let_in(secret, after, stays=stays)
        status = status_of(refusal) if refusal else 422
        return team.render(request, None, "team/sign_in.html", status, form=form, again=False, refusal=refusal)

    @router.get(SECOND_STEP)
    def code_page(request: Request) -> Response:
        after = local_path(request.query_params.get("suite", ""))
        if team.accounts.find_half_way(team.secret(request)) is None:
            return team.back(SIGN_IN)
        return team.render(request, None, "team/code.html", form=Form.blank(suite=after), refusal=None)

    @router.post(SECOND_STEP)
    def give_code(request: Request, form: Filled) -> Response:
        waiting = team.accounts.find_half_way(team.secret(request))
        if waiting is None:
            return team.back(SIGN_IN)
        try:
            secret = team.accounts.second_step(team.secret(request), form.text("code", longest=12))
        except (WrongSignIn, TooManyTries) as refusal:
            return team.render(request, None, "team/code.html", status_of(refusal), form=form, refusal=refusal)
        response = team.back(local_path(form.kept("suite")))
        team.remember(response, secret, stays=waiting.stays)
        return response

    @router.post("/equipe/deconnexion")
    def sign_out(request: Request) -> Response:
        if secret := team.secret(request):
            team.accounts.sign_out(secret)
        response = team.back(SIGN_IN, "signed_out")
        team.forget(response)
        return response

    @router.post("/equipe/structure-active")
    def switch(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        secret = team.accounts.switch(team.secret(request), form.text("structure", longest=60))
        response = team.back(HOME, "switched")
        team.remember(response, secret, stays=visitor.signed_in.session.stays)
        return response

    @router.api_route(HOME, methods=["GET", "HEAD"])
    def home(request: Request, visitor: Visitor = noter) -> Response:
        return team.render(request, visitor, "team/home.html", queues=team.waiting(visitor))

    @router.api_route(HELP, methods=["GET", "HEAD"])
    def help_page(request: Request) -> Response:
        signed_in = team.signed_in(request)
        return team.render(request, Visitor(signed_in) if signed_in else None, "team/help.html", never=NEVER_HERE)

    return router


def device_of(request: Request) -> str:
    """How people call the thing in their hand, from what the browser says of it: never its whole description."""
    said = request.headers.get("user-agent", "")
    kinds = (
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("Macintosh", "Mac"), ("Linux", "Linux"),
    )  # fmt: skip
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    kind = next((name for mark, name in kinds if mark in said), "Appareil")
    browser = next((name for mark, name in browsers if mark in said), "")
    return f"{kind}, {browser}" if browser else kind
