"""What people ask of the structure: read what waits, the most urgent first, and answer in writing.

Accepting does what was asked for in the same breath (the name is corrected, the badge is made again); another look is
done by people, and only its answer is written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...errors import BadgesError, NotFound
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import Form, filled_in
from ..holder.requests import LONGEST_WORDS, OUTCOMES, Waiting
from ..wording import refusal
from .door import Team, Visitor

ASKED = "/equipe/demandes"
Filled = Annotated[Form, Depends(filled_in)]


CHOOSE = N_("Choisissez : accepter, ou ne pas accepter.")
IN_WRITING = N_("La personne a droit à une réponse écrite : dites ce qui a été décidé, et pourquoi.")


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    requests = team.issuer.holder.requests
    team.tells(request_answered=N_("La réponse est envoyée : la personne la lit sur sa page."))
    team.awaits(ASKED, N_("Demandes de personnes, à répondre"), lambda visitor: requests.count_pending(visitor.caller))

    def waiting(visitor: Visitor, request: str) -> Waiting:
        found = next((one for one in requests.pending(visitor.caller) if one.request.id == request), None)
        if found is None:
            raise refusal(NotFound, "unknown")
        return found

    @router.get(ASKED)
    def asked(request: Request, visitor: Visitor = whole) -> Response:
        pending = requests.pending(visitor.caller)
        return team.render(request, visitor, "team/asked.html", pending=pending, titles=titles(pending))

    def titles(asked: Iterable[Waiting]) -> dict[str, str]:
        catalogue = team.issuer.desk.catalogue
        return {
            one.award.uuid: catalogue.require(one.award.slug, one.award.version).definition.title
            for one in asked
            if one.award
        }

    def shown(
        request: Request, visitor: Visitor, one: Waiting, status: int = 200, form: Form | None = None,
        refused: BadgesError | None = None,
    ) -> Response:  # fmt: skip
        return team.render(
            request, visitor, "team/asked_one.html", status, form=form or Form(), one=one, titles=titles([one]),
            refusal=refused,
        )  # fmt: skip

    @router.get(ASKED + "/{id}")
    def asked_one(request: Request, id: str, visitor: Visitor = whole) -> Response:
        return shown(request, visitor, waiting(visitor, id))

    @router.post(ASKED + "/{id}")
    def answer(request: Request, id: str, form: Filled, visitor: Visitor = whole) -> Response:
        one = waiting(visitor, id)
        outcome = form.choice("outcome", OUTCOMES, needed=CHOOSE)
        words = form.lines("words", longest=LONGEST_WORDS, needed=IN_WRITING)
        if form.wrong or outcome is None:
            return shown(request, visitor, one, 422, form)
        try:
            team.issuer.answer_request(visitor.caller, id, outcome=outcome, words=words)
        except BadgesError as refused:
            if isinstance(refused, NotFound):
                raise
            return shown(request, visitor, one, status_of(refused), form, refused)
        return team.back(ASKED, "request_answered")

    return router
