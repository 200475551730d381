"""What a batch is handed over on: its cards and its attestations, a part at a time, in the order of its table.

A paper says no more than the badge that was signed: no name but the one that the person asked to have in it. Badges
that were taken back are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from ...errors import NotFound
from ...paper.facts import Badge
from ...paper.language import FRENCH
from ...paper.press import Press
from ..wording import refusal
from .door import Team, Visitor

PAPERS = {"cartes": 160, "attestations": 40}
"""How many badges a file of each holds: twenty sheets of eight cards, or forty pages; a second or two to print."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a paper: the rows it holds, counted from 1."""

    address: str
    first: int
    last: int


def parts(batch: str, paper: str, delivered: int) -> list[Part]:
    """All the files of a paper for so many badges."""
    size = PAPERS[paper]
    return [
        Part(f"/equipe/lots/{batch}/{paper}.pdf?partie={number}", start + 1, min(start + size, delivered))
        for number, start in enumerate(range(0, delivered, size), start=1)
    ]


def router(team: Team, press: Press) -> APIRouter:
    """``/equipe/lots/{batch}/cartes.pdf`` and ``attestations.pdf``."""
    router = team.router()
    whole = Depends(team.whole)

    @router.get("/equipe/lots/{batch}/{paper}.pdf")
    def paper(
        request: Request,
        batch: str,
        paper: str,
        partie: Annotated[int, Query(ge=1, le=10_000)] = 1,
        visitor: Visitor = whole,
    ) -> Response:
        if paper not in PAPERS:
            raise refusal(NotFound, "unknown")
        size = PAPERS[paper]
        delivered = team.issuer.batches.delivered(visitor.caller, batch)[(partie - 1) * size : partie * size]
        badges = []
        for award, token in delivered:
            speaker = team.issuer.find_profile(award.profile)
            entry = team.issuer.desk.catalogue.require(award.slug, award.version)
            if token and speaker:
                badges.append(Badge.read(token, b"", entry=entry, issuer=speaker.structure.name, file_name=""))
        if not badges:
            raise refusal(NotFound, "unknown")
        made_on = max(badge.issued_on for badge in badges)
        printed = press.badge_cards if paper == "cartes" else press.attestations
        headers = {"Content-Disposition": f'inline; filename="{paper}-{partie}.pdf"', "Cache-Control": "no-store"}
        return Response(printed(badges, made_on, FRENCH), media_type="application/pdf", headers=headers)

    return router
