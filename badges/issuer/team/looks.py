"""Looking again at somebody else's file: ten minutes, on facts, without a name where none is to be known."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue.taxonomy import EVIDENCE_LABELS, FUNCTION_LABELS, LEVEL_LABELS, WAY_LABELS
from ...typography import N_
from ...web.forms import Form, filled_in
from ..private_text import NEVER_HERE, NUMBER_FOUND, holds_a_persons_number
from ..proposals import field_work_missing
from ..wording import RESULTS as RESULT_WORDS
from .door import Team, Visitor
from .proposals import ASKED
from .reach import sayer, wanted

LOOKS = "/equipe/regards"
Filled = Annotated[Form, Depends(filled_in)]


CHOOSE = N_("Choisissez : confirmer, ou pas encore.")
SAY_WHAT = N_("Dites ce qui manque : c’est ce qui aide à y arriver.")


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    proposals = team.issuer.proposals
    team.tells(
        look_confirmed=N_("Votre regard est noté : vous confirmez."),
        look_not_yet=N_("Votre regard est noté : pas encore. La structure lit ce qui manque, personne d’autre."),
    )
    team.awaits(LOOKS, N_("Seconds regards à donner"), lambda visitor: proposals.count_awaiting(visitor.caller))

    @router.get(LOOKS)
    def looks(request: Request, visitor: Visitor = whole) -> Response:
        return team.render(
            request, visitor, "team/looks.html", waiting_files=proposals.awaiting_a_look(visitor.caller),
            functions=FUNCTION_LABELS,
        )  # fmt: skip

    def shown(request: Request, visitor: Visitor, file: str, status: int = 200, form: Form | None = None) -> Response:
        asked = proposals.require_asked(visitor.caller, file)
        definition = asked.entry.definition
        return team.render(
            request,
            visitor,
            "team/look.html",
            status,
            form=form or Form(),
            asked=asked,
            entry=asked.entry,
            questions=ASKED,
            missing=wanted(field_work_missing(asked.outcome), definition, sayer(team, request)),
            ways=WAY_LABELS,
            kinds=EVIDENCE_LABELS,
            functions=FUNCTION_LABELS,
            levels=LEVEL_LABELS,
            results=RESULT_WORDS,
            never_here=NEVER_HERE,
        )

    @router.get(LOOKS + "/{file}")
    def look(request: Request, file: str, visitor: Visitor = whole) -> Response:
        return shown(request, visitor, file)

    @router.post(LOOKS + "/{file}")
    def answer(request: Request, file: str, form: Filled, visitor: Visitor = whole) -> Response:
        said = form.choice("answer", ("confirms", "not_yet"), needed=CHOOSE)
        comment = form.lines("comment", longest=1_000, needed=SAY_WHAT if said == "not_yet" else "")
        if holds_a_persons_number(comment):
            form.refuse("comment", NUMBER_FOUND)
        if form.wrong or said is None:
            return shown(request, visitor, file, 422, form)
        confirms = said == "confirms"
        once = visitor.once(form, "look", file)
        team.issuer.second_look(visitor.caller, file, confirms=confirms, comment=comment, once=once)
        return team.back(LOOKS, "look_confirmed" if confirms else "look_not_yet")

    return router
