"""``/partage/{secret}``: what the person chose to show to an employer, each badge with its verdict.

The verdict is the one that anybody gets from the file: the signed badges go through the service's verifier, which
knows nothing of this room. An unknown address, a withdrawn one and one whose day has passed are the same 404.
"""

from __future__ import annotations

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response

from ..issuer.storage import Share
from ..web import limits
from . import matching
from .door import Room, file_name, nothing
from .shelf import HeldBadge, held

LONGEST_QUESTION = 200


def router(room: Room) -> APIRouter:
    router = APIRouter()

    def open_share(request: Request, secret: str, count: bool) -> tuple[Share, list[tuple[HeldBadge, bytes]]]:
        limits.require(request, limits.WRONG_SECRETS)
        share = room.issuer.holder.choices.open_share(secret, count=count)
        if share is None:
            limits.spend(request, limits.WRONG_SECRETS)
            raise nothing()
        found = []
        for award in share.awards:
            view = room.issuer.find_award(award)
            for badge in held(room.issuer, room.catalogue, [view] if view else [], room.now()):
                found.append((badge, room.issuer.require_token(award).encode()))
        return share, found

    @router.api_route("/partage/{secret}", methods=["GET", "HEAD"])
    async def what_is_shared(request: Request, secret: str) -> Response:
        question = " ".join(request.query_params.get("metier", "").split())[:LONGEST_QUESTION]
        count = request.method == "GET" and "metier" not in request.query_params
        share, found = await run_sync(open_share, request, secret, count)
        reports = await room.verify([token for _, token in found])
        badges = [badge for badge, _ in found]
        return await run_sync(
            lambda: room.render(
                request,
                "worker/shared.html",
                secret=secret,
                share=share,
                shown=list(zip(badges, reports, strict=True)),
                question=question,
                answer=matching.match(question, [badge.entry for badge in badges]) if question else None,
            )
        )

    @router.api_route("/partage/{secret}/{uuid}.png", methods=["GET", "HEAD"])
    def file(request: Request, secret: str, uuid: str) -> Response:
        _, found = open_share(request, secret, count=False)
        badge = next((badge for badge, _ in found if badge.uuid == uuid), None)
        if badge is None:
            raise nothing()
        headers = {"Content-Disposition": f'attachment; filename="{file_name(badge, "png")}"'}
        return Response(room.picture(badge, "png"), media_type="image/png", headers=headers)

    return router
