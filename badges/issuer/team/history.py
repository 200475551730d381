"""The history of the structure: every change a line in words, the latest first."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from ..history import PAGE, History
from .door import Team, Visitor

HISTORY = "/equipe/historique"


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    told = History(team.issuer.desk)

    @router.get(HISTORY)
    def history(request: Request, visitor: Visitor = whole) -> Response:
        asked = request.query_params.get("avant", "")
        before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
        events = told.page(visitor.caller, before=before)
        following = f"{HISTORY}?avant={events[-1].line.number}" if len(events) == PAGE else ""
        return team.render(
            request, visitor, "team/history.html", events=events, following=following, first=before is None
        )

    return router
