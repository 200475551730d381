"""Mes badges: all of them on one page, each on its own, the files to take away, and the passport."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from ..issuer.holder.cards import Locked, Opened
from ..issuer.holder.requests import is_late
from ..typography import N_
from ..web import languages
from ..web.forms import Form
from . import passport
from .door import USABLE, Room, file_name, nothing
from .shelf import HeldBadge

TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}

WITHDRAWN_WHY = {
    # The closed list of the issuer (issuer/wording.py, REVOCATION_REASONS), said to the person themselves.
    "replaced": N_("Il a été corrigé : un autre badge le remplace."),
    "awarded_in_error": N_("Il avait été délivré par erreur."),
    "criteria_not_met": N_("Les critères n’étaient pas remplis."),
    "asked_by_holder": N_("Vous avez demandé son retrait."),
    "not_current": N_("La compétence n’est plus à jour."),
    "key_compromised": N_("La clé de signature n’est plus sûre : demandez un nouveau badge, il est à vous."),
}


def router(room: Room) -> APIRouter:
    router = APIRouter()
    holder = room.issuer.holder

    @router.api_route("/mes-badges/{secret}", methods=["GET", "HEAD"])
    def my_badges(request: Request, secret: str) -> Response:
        opened = room.look(request, secret)
        if isinstance(opened, Locked):
            return room.render(request, "worker/locked.html", secret=secret, form=Form())
        return room.render(
            request,
            "worker/badges.html",
            secret=secret,
            opened=opened,
            badges=room.badges(opened),
            shown=holder.choices.shown(opened),
            usable=USABLE,
            answers=[asked for asked in holder.requests.of(opened) if asked.answered_at is not None][:3],
        )

    @router.api_route("/mes-badges/{secret}/passeport", methods=["GET", "HEAD"])
    def passport_page(request: Request, secret: str) -> Response:
        opened = room.opened(request, secret)
        badges = [badge for badge in room.badges(opened) if badge.state in USABLE]
        shown = holder.choices.shown(opened)
        return room.render(
            request,
            "worker/passport.html",
            secret=secret,
            opened=opened,
            badges=badges,
            chosen=[badge.uuid for badge in badges if shown.get(badge.uuid)],
        )

    @router.api_route("/mes-badges/{secret}/passeport.{form}", methods=["GET", "HEAD"])
    def passport_file(request: Request, secret: str, form: str) -> Response:
        opened = room.opened(request, secret)
        if form not in ("pdf", "zip"):
            raise nothing()
        chosen = _chosen(request, room, opened)
        if not chosen:
            return room.back(f"/mes-badges/{secret}/passeport")
        language = _language_of_paper(request, room)
        if form == "pdf":
            body, media_type = passport.as_pdf(room, chosen, language), TYPES["pdf"]
        else:
            body, media_type = passport.as_zip(room, chosen, language), "application/zip"
        return _file(body, media_type, f"mon-passeport-de-badges.{form}")

    @router.api_route("/mes-badges/{secret}/{uuid}.{form}", methods=["GET", "HEAD"])
    def file(request: Request, secret: str, uuid: str, form: str) -> Response:
        badge = room.badge(room.opened(request, secret), uuid)
        if form not in TYPES:
            raise nothing()
        if form == "pdf":
            body = passport.attestation(room, badge, _language_of_paper(request, room))
        else:
            body = room.picture(badge, form)
        return _file(body, TYPES[form], file_name(badge, form))

    @router.api_route("/mes-badges/{secret}/{uuid}", methods=["GET", "HEAD"])
    def badge_page(request: Request, secret: str, uuid: str) -> Response:
        opened = room.opened(request, secret)
        return badge_page_of(room, request, secret, opened, room.badge(opened, uuid), Form())

    return router


def badge_page_of(
    room: Room, request: Request, secret: str, opened: Opened, badge: HeldBadge, form: Form, status: int = 200
) -> Response:
    """The page of one badge: what it says, taking it away, showing it, asking."""
    holder, now = room.issuer.holder, room.now()
    asked = [one for one in holder.requests.of(opened) if one.award == badge.uuid]
    return room.render(
        request,
        "worker/badge.html",
        status,
        secret=secret,
        opened=opened,
        badge=badge,
        form=form,
        usable=USABLE,
        why=WITHDRAWN_WHY,
        shown=holder.choices.shown(opened).get(badge.uuid),
        hosted=badge.uuid in holder.choices.twins(opened),
        hosted_address=room.addresses.assertion(badge.uuid),
        named=passport.name_in(room.issuer.require_token(badge.uuid)),
        requests=asked,
        late={one.id for one in asked if is_late(one, now)},
        address=room.addresses.short(badge.code),
        linkedin=linkedin(room, badge),
        picture=f"/criteres/{badge.entry.slug}/{badge.entry.version}/picture.png",
    )


def linkedin(room: Room, badge: HeldBadge) -> str:
    """Where a LinkedIn profile asks what to add, the fields filled: nothing is sent before the person says so there."""
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": badge.title,
        "organizationName": badge.issuer_name,
        "issueYear": str(badge.issued_on.year),
        "issueMonth": str(badge.issued_on.month),
        "certUrl": room.addresses.short(badge.code),
        "certId": badge.code,
    }
    if badge.expires:
        fields |= {"expirationYear": str(badge.expires.year), "expirationMonth": str(badge.expires.month)}
    return "https://www.linkedin.com/profile/add?" + urlencode(fields)


def _language_of_paper(request: Request, room: Room) -> str:
    """French, which employers here read, unless the link asks for another: the cookie of the pages decides nothing."""
    asked = request.query_params.get("lang", "")
    return asked if asked in room.pages.languages else languages.SOURCE


def _chosen(request: Request, room: Room, opened: Opened) -> Sequence[HeldBadge]:
    """The badges that the form ticked. Raises :func:`nothing` when one is not theirs, as everywhere."""
    asked = request.query_params.getlist("b")[:500]
    badges = {badge.uuid: badge for badge in room.badges(opened) if badge.state in USABLE}
    if not set(asked) <= set(badges):
        raise nothing()
    return [badge for badge in badges.values() if badge.uuid in asked]


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
