"""The public doors: the documents of :mod:`.documents` over HTTP, as JSON for programs and as a page for people."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..web.pages import Pages
from .documents import LD_JSON, Documents, Published, require

OPEN_TO_ALL = {
    # Published facts: any page of any site may read them, none may send credentials.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Vary": "Accept, Accept-Language, Cookie",
}


def router(documents: Documents, pages: Pages) -> APIRouter:
    """``/issuers…``, ``/assertions/{uuid}`` and ``/contexts…``."""
    router = APIRouter(include_in_schema=False)

    def show(request: Request) -> Response:
        return answer(request, require(documents.find(request.url.path)), pages)

    for path in (
        "/issuers/{profile}",
        "/issuers/{profile}/key",
        "/issuers/{profile}/revocations",
        "/issuers/{profile}/badges/{slug}/{version}",
        "/assertions/{uuid}",
        "/contexts/{extension}/{name}",
    ):
        router.add_api_route(path, show, methods=["GET", "HEAD"])
    return router


def answer(request: Request, found: Published, pages: Pages) -> Response:
    """The document in the form that this caller prefers; 304 when they have it already."""
    if found.page and prefers_page(request.headers.get("accept", "")):
        headers = OPEN_TO_ALL | {"Cache-Control": "private, max-age=0, must-revalidate"}
        return pages.render(request, found.page, found.status, headers=headers, document=found.document, **found.values)
    headers = OPEN_TO_ALL | {"ETag": found.etag, "Cache-Control": found.cache}
    if request.headers.get("if-none-match") == found.etag and found.status == 200:
        return Response(status_code=304, headers=headers)
    return Response(found.body, found.status, headers, _media_type(request, found))


def prefers_page(accept: str) -> bool:
    """A browser asks for ``text/html`` first; a program that takes JSON, or says nothing, gets the document."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return "text/html" in kinds and not any("json" in kind for kind in kinds)


def _media_type(request: Request, found: Published) -> str:
    """``application/ld+json``, unless plain JSON is the only kind taken (Open Badges 2.0, "Content-Type")."""
    accept = request.headers.get("accept", "*/*")
    only_plain = "application/json" in accept and LD_JSON not in accept and "*/*" not in accept
    return "application/json" if only_plain and found.media_type == LD_JSON else found.media_type
