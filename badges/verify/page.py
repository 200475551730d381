"""``/verifier``: drop a file, read one sentence. Works without JavaScript; nothing that was sent is kept."""

from __future__ import annotations

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ..catalogue import taxonomy
from ..errors import Misuse
from ..web import limits
from ..web.pages import Pages
from . import wording
from .archive import unpack
from .codes import BadgeOfCode, FindByCode, code_given, code_left
from .desk import Desk
from .expected import compare
from .observed import observed
from .pdf import is_pdf
from .reading import is_receipt
from .receipt import Receipts
from .receipt_page import STATES, find_receipt, show
from .reception import MAX_BODY, receive
from .report import GRAVEST_FIRST, Report, worst

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


def router(
    desk: Desk,
    pages: Pages,
    receipts: Receipts | None = None,
    find_by_code: FindByCode | None = None,
    *,
    max_body: int = MAX_BODY,
) -> APIRouter:
    """The form and its answer. ``find_by_code`` knows the badges of this service, and says no more than ``/b`` does."""
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
        if len(received.given) == 1 and is_pdf(received.given[0].data):
            received.given = await run_sync(unpack, received.given)
            received.admit(len(received.given) - 1)
        if receipts is not None and len(received.given) == 1 and is_receipt(received.given[0].data):
            return show(request, pages, receipts, received.given[0].data.decode("ascii", "replace").strip())
        alone = received.given[0] if len(received.given) == 1 else None
        if find_by_code and alone and (code := code_given(alone, pages.site.base_url)):
            return RedirectResponse(f"/b/{code}", 303, headers=_PRIVATE)
        reports = await desk.verify_all(received.given, received.recipient, received.admit)
        reports.sort(key=lambda report: GRAVEST_FIRST.index(report.answer))
        return pages.render(
            request,
            "verify/answer.html" if len(reports) == 1 else "verify/answers.html",
            headers=_PRIVATE,
            reports=reports,
            comparison=compare(reports[0], received.expected) if received.expected and len(reports) == 1 else None,
            left=await run_sync(_left, request, reports, find_by_code) if find_by_code else {},
            receipt=await find_receipt(receipts, reports),
            worst=worst(report.answer for report in reports),
            **TO_SHOW_A_REPORT,
        )

    return router


def _left(request: Request, reports: list[Report], find: FindByCode) -> dict[str, BadgeOfCode | None]:
    """By the digest of the file: the badge whose code is all that a file still holds, None where no badge bears it.

    A code in what was sent is a guess like one in an address, and counts as ``/b`` counts: after too many wrong ones
    nothing more is looked up, and nothing is said.
    """
    left: dict[str, BadgeOfCode | None] = {}
    for report in reports:
        code = code_left(report)
        if code and limits.allows(request, limits.WRONG_CODES):
            left[report.file.sha256] = find(code)
            if left[report.file.sha256] is None:
                limits.spend(request, limits.WRONG_CODES)
    return left
