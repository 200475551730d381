"""The doors of receipts: ``POST /api/v1/verify/receipt`` makes one, ``/verifier/recu`` shows one and prints it.

Nothing is kept between the answer and its receipt: the page carries the signed text, and giving it back shows it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ..errors import BadgesError, NotFound, StorageUnavailable
from ..typography import N_
from ..web.pages import Pages
from .desk import Desk
from .receipt import ANSWERED_ONCE, NOT_A_BADGE, Receipts, file_name
from .reception import FORM_SCHEMA, MAX_BODY, Received, receive
from .report import Report

if TYPE_CHECKING:
    from ..paper.press import Press

log = logging.getLogger("badges")

_HEADERS = {"Cache-Control": "no-store"}
_MEDIA_TYPE = "application/jose"
STATES = {"yes": "good", "partly": "partly", "no": "bad", "unknown": "unknown"}
"""The answer in the words of ``web/parts.html``."""
_OUTCOMES = {"genuine": "good", "forged": "bad", "unknown": "unknown"}
_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": FORM_SCHEMA,
                "example": {"text": ["https://badges.example/assertions/1"]},
            },
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    "responses": {
        "200": {
            "description": N_(
                "Le reçu signé : un JWS compact de type VerificationReceipt ; avec Accept: application/pdf, un PDF "
                "auquel il est joint."
            ),
            "content": {
                _MEDIA_TYPE: {"schema": {"type": "string"}},
                "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            },
        },
        "413": {"description": N_("Plus de 20 Mo en un envoi")},
        "422": {"description": N_("Rien à vérifier, ou formulaire illisible")},
        "503": {"description": N_("Ce service ne peut pas signer de reçus pour l’instant")},
    },
}


def router(
    desk: Desk, receipts: Receipts, pages: Pages, press: Press | None = None, *, max_body: int = MAX_BODY
) -> APIRouter:
    """The route of the API, and the pages; ``press`` prints receipts, where there is one."""
    router = APIRouter()

    async def make(request: Request) -> Response:
        received = await receive(request, max_body=max_body)
        reports = await desk.verify_all(received.given, received.recipient, received.admit)
        text = await find_receipt(receipts, reports)
        if text is None:
            raise StorageUnavailable(
                "Une clé pour signer les reçus était attendue ; elle n’est pas disponible.",
                advice="La vérification elle-même répond : POST /api/v1/verify. Réessayez plus tard pour le reçu.",
            )
        if press is not None and "application/pdf" in request.headers.get("accept", ""):
            return await run_sync(_printed, press, receipts, text, pages.language(request))
        return _download(text, reports[0])

    router.add_api_route(
        "/api/v1/verify/receipt",
        make,
        methods=["POST"],
        response_class=Response,
        responses={},
        openapi_extra=_OPENAPI,
        summary=N_("Vérifier des badges et recevoir un reçu signé"),
        description=N_(
            "Le reçu dit l’empreinte de chaque fichier, la réponse, la liste de confiance et l’heure ; ni nom, ni "
            "e-mail. « badges verify » le vérifie. Un reçu n’est pas un badge."
        ),
        tags=["verify"],
    )

    @router.post("/verifier/recu", include_in_schema=False)
    async def show_one(request: Request) -> Response:
        return show(request, pages, receipts, _text(await receive(request)))

    @router.get("/verifier/recu", include_in_schema=False)
    def back() -> Response:
        return RedirectResponse("/verifier", 303)

    @router.post("/verifier/recu/fichier", include_in_schema=False)
    async def download(request: Request) -> Response:
        text = _text(await receive(request))
        found = receipts.read(text).receipt
        if found is None:
            raise NotFound(N_("Un reçu de ce service était attendu ; ce n’en est pas un."))
        return _attached(text, file_name(found.made_at))

    if press is not None:

        @router.post("/verifier/recu/pdf", include_in_schema=False)
        async def paper(request: Request) -> Response:
            text = _text(await receive(request))
            return await run_sync(_printed, press, receipts, text, pages.language(request))

    return router


def _printed(press: Press, receipts: Receipts, text: str, language: str) -> Response:
    from .receipt_paper import paper_name, print_receipt  # the engine that sets type is loaded by the first paper

    found = receipts.read(text).receipt
    if found is None:
        raise NotFound(N_("Un reçu de ce service était attendu ; ce n’en est pas un."))
    disposition = {"Content-Disposition": f'attachment; filename="{paper_name(found)}"'}
    body = print_receipt(press, found, text, language)
    return Response(body, media_type="application/pdf", headers=_HEADERS | disposition)


async def find_receipt(receipts: Receipts | None, reports: Sequence[Report]) -> str | None:
    """The receipt of these answers; None where this service cannot sign any."""
    if receipts is None:
        return None
    try:
        return await run_sync(receipts.issue, reports)
    except BadgesError as refusal:
        log.warning("receipt: %s", refusal.code)
        return None


def show(request: Request, pages: Pages, receipts: Receipts, text: str) -> Response:
    """A receipt as a page, whether it is genuine or not."""
    return pages.render(
        request,
        "verify/receipt.html",
        headers=_HEADERS,
        finding=receipts.read(text),
        text=text,
        not_a_badge=NOT_A_BADGE,
        answered_once=ANSWERED_ONCE,
        states=STATES,
        outcomes=_OUTCOMES,
    )


def _text(received: Received) -> str:
    return received.given[0].data.decode("ascii", "replace").strip()


def _download(text: str, report: Report) -> Response:
    return _attached(text, file_name(report.verified_at))


def _attached(text: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=_MEDIA_TYPE, headers=_HEADERS | disposition)
