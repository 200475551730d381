"""``/verifier``: drop a file, read one sentence. Works without JavaScript; nothing that was sent is kept."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from ..catalogue import taxonomy
from ..errors import Misuse
from ..web.pages import Pages
from . import wording
from .desk import Desk
from .observed import observed
from .reading import is_receipt
from .receipt import Receipts
from .receipt_page import find_receipt, show
from .reception import MAX_BODY, receive
from .report import worst

STATES = {"yes": "good", "partly": "partly", "no": "bad", "unknown": "unknown"}
"""The answer in the words of ``web/parts.html``."""
OUTCOMES = {"passed": "good", "failed": "bad", "unknown": "unknown", "not_applicable": "unknown"}

TO_SHOW_A_REPORT: dict[str, Any] = {
    "states": STATES,
    "outcomes": OUTCOMES,
    "check_names": wording.CHECK_NAMES,
    "opening": wording.opening,
    "labels": taxonomy,
    "observed": observed,
}
"""What ``verify/parts.html`` needs, besides the report."""

_PRIVATE = {"Cache-Control": "no-store"}


def router(desk: Desk, pages: Pages, receipts: Receipts | None = None, *, max_body: int = MAX_BODY) -> APIRouter:
    """The form and its answer."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/verifier", methods=["GET", "HEAD"])
    def ask(request: Request) -> Response:
        return pages.render(request, "verify/ask.html", refusal=None)

    @router.post("/verifier")
    async def answer(request: Request) -> Response:
        try:
            received = await receive(request, max_body=max_body)
        except Misuse as refusal:
            status = 413 if refusal.code == "too_large" else 422
            return pages.render(request, "verify/ask.html", status, headers=_PRIVATE, refusal=refusal)
        if receipts is not None and len(received.given) == 1 and is_receipt(received.given[0].data):
            return show(request, pages, receipts, received.given[0].data.decode("ascii", "replace").strip())
        reports = await desk.verify_all(received.given, received.recipient)
        return pages.render(
            request,
            "verify/answer.html" if len(reports) == 1 else "verify/answers.html",
            headers=_PRIVATE,
            reports=reports,
            receipt=await find_receipt(receipts, reports),
            worst=worst(report.answer for report in reports),
            **TO_SHOW_A_REPORT,
        )

    return router
