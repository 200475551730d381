"""``/verifier/comprendre``: what an employer needs to know of a badge, on one page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..web.pages import Pages


def router(pages: Pages) -> APIRouter:
    """The page to read before, or instead of, verifying."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/verifier/comprendre", methods=["GET", "HEAD"])
    def understand(request: Request) -> Response:
        return pages.render(request, "verify/understand.html")

    return router
