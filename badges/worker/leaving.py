"""Leaving: the file of everything that is held, and erasure in two steps that say before what they do."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request, Response

from ..typography import N_
from ..web.forms import Form, filled_in
from .door import Room

KEEP, WITHDRAW = "keep", "withdraw"
NOT_SURE = N_("Cochez la case pour dire que vous êtes sûr.")
CHOOSE = N_("Choisissez ce qui arrive à vos badges.")


def router(room: Room) -> APIRouter:
    router = APIRouter()
    holder = room.issuer.holder

    @router.api_route("/mes-badges/{secret}/moi/donnees.json", methods=["GET", "HEAD"])
    def export(request: Request, secret: str) -> Response:
        told = holder.leaving.export(room.opened(request, secret))
        headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"'}
        return Response(orjson.dumps(told, option=orjson.OPT_INDENT_2), media_type="application/json", headers=headers)

    @router.api_route("/mes-badges/{secret}/moi/effacer", methods=["GET", "HEAD"])
    def before(request: Request, secret: str) -> Response:
        opened = room.opened(request, secret)
        badges = room.badges(opened)
        return room.render(
            request, "worker/erase.html", secret=secret, opened=opened, form=Form(), badges=badges, sure=False
        )

    @router.post("/mes-badges/{secret}/moi/effacer")
    def erase(request: Request, secret: str, form: Annotated[Form, Depends(filled_in)]) -> Response:
        opened = room.opened(request, secret)
        badges = room.badges(opened)
        what = form.choice("what", (KEEP, WITHDRAW), needed=CHOOSE)
        second = form.kept("step") == "2"
        if what is not None and second and not form.ticked("sure"):
            form.refuse("sure", NOT_SURE)
        if form.wrong or not second:
            status = 422 if form.wrong else 200
            return room.render(
                request, "worker/erase.html", status, secret=secret, opened=opened, form=form, badges=badges,
                sure=what is not None,
            )  # fmt: skip
        holder.leaving.erase(opened, withdraw=what == WITHDRAW)
        response = room.render(request, "worker/erased.html", withdrawn=what == WITHDRAW)
        room.forget(response)
        return response

    return router
