"""The page of a witness: a company tutor or a client says what they saw, in five minutes, without an account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...errors import BadgesError, Misuse, NotFound
from ...typography import N_
from ...web.forms import Form, filled_in
from ..noting import LONGEST_LINE
from ..private_text import NEVER_HERE
from ..witnesses import ANSWERS, Testimony
from .door import Team

TESTIMONY = "/temoignage"
Filled = Annotated[Form, Depends(filled_in)]


ANSWER_EACH = N_("Choisissez une réponse pour ce critère.")


def router(team: Team) -> APIRouter:
    router = team.router()
    witnesses = team.issuer.witnesses

    def shown(
        request: Request, asked: Testimony, form: Form, status: int = 200, refusal: BadgesError | None = None
    ) -> Response:
        return team.render(
            request,
            None,
            "team/testimony.html",
            status,
            asked=asked,
            form=form,
            refusal=refusal,
            never=NEVER_HERE,
            longest_line=LONGEST_LINE,
        )

    @router.get(TESTIMONY + "/{secret}")
    def page(request: Request, secret: str) -> Response:
        try:
            return shown(request, witnesses.require_testimony(secret), Form())
        except NotFound:
            return team.render(request, None, "team/testimony_over.html", 404)

    @router.post(TESTIMONY + "/{secret}")
    def answer(request: Request, secret: str, form: Filled) -> Response:
        try:
            asked = witnesses.require_testimony(secret)
        except NotFound:
            return team.render(request, None, "team/testimony_over.html", 404)
        answers = {
            criterion.id: form.choice(f"answer-{criterion.id}", ANSWERS, needed=ANSWER_EACH)
            for criterion in asked.criteria
        }
        on, line = form.day("on"), form.text("line", longest=LONGEST_LINE)
        if form.wrong or on is None:
            return shown(request, asked, form, 422)
        try:
            witnesses.answer(secret, on=on, answers={one: told for one, told in answers.items() if told}, line=line)
        except Misuse as refusal:
            return shown(request, asked, form, 422, refusal)
        return team.render(request, None, "team/testimony_thanks.html", asked=asked)

    return router
