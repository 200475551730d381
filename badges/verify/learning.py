"""``/verifier/comprendre`` and ``/verifier/entrainement``: to learn what a badge is, then to try on false ones.

Each exercise asks for an opinion first. The answer that follows is the real verifier's; no exercise is ever shown
without the word. Works without JavaScript, and keeps no score of anybody.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..errors import NotFound
from ..typography import N_
from ..web.pages import Pages
from . import wording
from .exercises import EXERCISES, NOW, TrainingRoom, file_name
from .page import TO_SHOW_A_REPORT
from .report import Answer

OPINIONS: tuple[Answer, ...] = ("yes", "partly", "no", "unknown")
_KEPT = {"Cache-Control": "public, max-age=3600"}


def router(pages: Pages, room: TrainingRoom | None = None) -> APIRouter:
    """The page to read before, or instead of, verifying; and the training room."""
    router = APIRouter(include_in_schema=False)
    room = room or TrainingRoom()

    @router.api_route("/verifier/comprendre", methods=["GET", "HEAD"])
    def understand(request: Request) -> Response:
        return pages.render(request, "verify/understand.html")

    @router.api_route("/verifier/entrainement", methods=["GET", "HEAD"])
    def exercises(request: Request) -> Response:
        return pages.render(request, "verify/exercises.html", exercises=EXERCISES, today=NOW)

    @router.api_route("/verifier/entrainement/{number}", methods=["GET", "HEAD"])
    def exercise(request: Request, number: str, avis: str = "") -> Response:
        at = _number(number)
        opinion = avis if avis in OPINIONS else ""
        return pages.render(
            request,
            "verify/exercise.html",
            number=at,
            count=len(EXERCISES),
            exercise=EXERCISES[at - 1],
            opinion=opinion,
            opinions=[(each, wording.opening(each)) for each in OPINIONS],
            report=room.report(at) if opinion else None,
            file_name=file_name(at),
            today=NOW,
            **TO_SHOW_A_REPORT,
        )

    @router.api_route("/verifier/entrainement/{number}/{name}", methods=["GET", "HEAD"])
    def picture(number: str, name: str) -> Response:
        at = _number(number)
        if name != file_name(at):
            raise _not_found()
        return Response(room.file(EXERCISES[at - 1].name), media_type="image/png", headers=_KEPT)

    return router


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= len(EXERCISES):
        return int(text)
    raise _not_found()


def _not_found() -> NotFound:
    return NotFound(N_("Un exercice de la salle d’entraînement était attendu ; il n’y en a pas à cette adresse."))
