"""The home page: three doors, and what a badge says."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..catalogue.library import Catalogue
from .pages import Pages

SHOWN_AS_EXAMPLE = "tec-maraichage-planter"


def router(pages: Pages, catalogue: Catalogue) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    def home(request: Request) -> Response:
        badges = catalogue.current()
        example = next((entry for entry in badges if entry.slug == SHOWN_AS_EXAMPLE), badges[0] if badges else None)
        return pages.render(request, "web/home.html", example=example, count=len(badges))

    return router
