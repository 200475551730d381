"""Figures of the structure, and of the network for those who administer it: on a page, as CSV, as a workbook.

The files say what the page says, at the same day: an address holds all that is needed to ask for it again.
"""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Depends, Request, Response

from ...errors import NotFound
from ..figure_rows import csv_rows, workbook
from ..figures import Figures, Report
from ..sheets import to_csv, to_xlsx
from ..wording import refusal
from .door import Team, Visitor

FIGURES = "/equipe/chiffres"
NETWORK = FIGURES + "/reseau"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def router(team: Team, figures: Figures) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)

    def report_for(request: Request, visitor: Visitor, network: bool) -> Report:
        day = _day(request)
        return figures.of_network(visitor.caller, day) if network else figures.of_structure(visitor.caller, day)

    def page(request: Request, visitor: Visitor, network: bool) -> Response:
        return team.render(
            request,
            visitor,
            "team/figures.html",
            report=report_for(request, visitor, network),
            address=NETWORK if network else FIGURES,
            today=figures.today(),
        )

    @router.get(FIGURES)
    def of_structure(request: Request, visitor: Visitor = whole) -> Response:
        return page(request, visitor, network=False)

    @router.get(NETWORK)
    def of_network(request: Request, visitor: Visitor = whole) -> Response:
        return page(request, visitor, network=True)

    @router.get(FIGURES + "/{whose}.{form}")
    def file(request: Request, whose: str, form: str, visitor: Visitor = whole) -> Response:
        if whose not in ("structure", "reseau") or form not in TYPES:
            raise refusal(NotFound, "unknown")
        report = report_for(request, visitor, whose == "reseau")
        content = to_csv(csv_rows(report)) if form == "csv" else to_xlsx(*workbook(report))
        name = f"chiffres-{whose}-{report.day.isoformat()}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(content, media_type=TYPES[form], headers=headers)

    return router


def _day(request: Request) -> date | None:
    """The day asked for; none, or one that cannot be read, is today."""
    try:
        return date.fromisoformat(request.query_params.get("au", ""))
    except ValueError:
        return None
