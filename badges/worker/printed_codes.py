"""``/b/{code}``: what a printed code opens. ``/p/{opaque}``: the inert address of a person, which opens nothing.

A badge that its holder hides, one that was erased and a code that never was are the same 404.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from ..addresses import parse_code
from ..catalogue import taxonomy
from ..errors import NotFound
from ..issuer.attempts import TooManyTries
from ..typography import N_
from ..web import limits
from ..web.forms import MISSING, Form, filled_in
from .door import Room
from .shelf import HeldBadge, find_by_code
from .way_in import TOO_MANY

LEVELS = (N_("Avec aide"), N_("Selon les consignes"), N_("En autonomie"), N_("Organise et transmet"))
"""The four words of the catalogue, marked so that every language of these pages has them."""


def router(room: Room) -> APIRouter:
    router = APIRouter()

    def badge_of(request: Request, code: str) -> HeldBadge:
        limits.require(request, limits.WRONG_CODES)
        canonical = parse_code(code)
        badge = find_by_code(room.issuer, room.catalogue, canonical, room.now()) if canonical else None
        if badge is None:
            limits.spend(request, limits.WRONG_CODES)
            raise NotFound(
                N_("Aucun badge ne porte ce code."),
                advice=N_(
                    "Un code a 12 lettres et chiffres. Relisez-le sur l’image ou le papier, "
                    "ou demandez l’image du badge et vérifiez-la."
                ),
            )
        return badge

    def page(request: Request, badge: HeldBadge, form: Form, status: int = 200, them: bool | None = None) -> Response:
        return room.render(
            request,
            "worker/code.html",
            status,
            badge=badge,
            form=form,
            them=them,
            shown=bool(room.issuer.holder.choices.is_shown(badge.uuid)),
            level_labels=taxonomy.LEVEL_LABELS,
        )

    @router.api_route("/b", methods=["GET", "HEAD"])
    def ask_for_a_code(request: Request) -> Response:
        typed = request.query_params.get("code", "")[:64]
        code = parse_code(typed)
        if code is not None:
            return RedirectResponse(f"/b/{code}", status_code=303)
        return room.render(request, "worker/ask_code.html", 422 if typed.strip() else 200, typed=typed)

    @router.api_route("/b/{code}", methods=["GET", "HEAD"])
    @router.api_route("/B/{code}", methods=["GET", "HEAD"])
    def what_a_code_opens(request: Request, code: str) -> Response:
        return page(request, badge_of(request, code), Form())

    @router.post("/b/{code}/personne")
    def is_it_them(request: Request, code: str, form: Annotated[Form, Depends(filled_in)]) -> Response:
        """« Est-ce bien cette personne ? »: yes or no, to the code that she shows now; kept nowhere."""
        badge = badge_of(request, code)
        shown = form.text("present", longest=40, needed=MISSING)
        if form.wrong:
            return page(request, badge, form, 422)
        try:
            return page(request, badge, Form(), them=room.issuer.holder.cards.is_present(badge.code, shown))
        except TooManyTries:
            form.refuse("present", TOO_MANY)
            return page(request, badge, form, 429)

    @router.api_route("/p/{opaque}", methods=["GET", "HEAD"])
    def inert(request: Request, opaque: str) -> Response:
        # The register is not even asked: known or not, the page is the same.
        return room.render(request, "worker/inert.html")

    return router
