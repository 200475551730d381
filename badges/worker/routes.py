"""The addresses of the person's room. What they may not show gets one same 404, through one same path."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ..addresses import Addresses, parse_code
from ..catalogue import taxonomy
from ..catalogue.library import Catalogue
from ..clock import Clock
from ..errors import NotFound
from ..issuer.api import Baker
from ..web import limits
from ..web.errors import N_
from ..web.pages import Pages
from .shelf import HeldBadge, Shelf, find_by_code, held

PICTURE_TYPES = {"png": "image/png", "svg": "image/svg+xml"}

IN_ORDER = ("valid", "expired", "replaced", "revoked")
"""How a person finds their badges: those they can show first; in each state, the newest first."""
USABLE = ("valid", "expired")

WITHDRAWN_WHY = {
    # The closed list of the issuer (issuer/wording.py, REVOCATION_REASONS), said to the person themselves.
    "replaced": N_("Il a été corrigé : un autre badge le remplace."),
    "awarded_in_error": N_("Il avait été délivré par erreur."),
    "criteria_not_met": N_("Les critères n’étaient pas remplis."),
    "asked_by_holder": N_("Vous avez demandé son retrait."),
    "not_current": N_("La compétence n’est plus à jour."),
    "key_compromised": N_("La clé de signature n’est plus sûre : demandez un nouveau badge, il est à vous."),
}


def router(
    shelf: Shelf, baker: Baker, pages: Pages, catalogue: Catalogue, clock: Clock, addresses: Addresses
) -> APIRouter:
    """``/mes-badges…``, ``/b…`` and ``/p/…``."""
    router = APIRouter(include_in_schema=False)

    def badges_of(request: Request, secret: str) -> tuple[HeldBadge, ...]:
        """What this secret opens. Raises :class:`NotFound`, and after too many wrong ones the 429."""
        limits.require(request, limits.WRONG_SECRETS)
        person = shelf.find_person_by_secret(secret)
        if person is None:
            limits.spend(request, limits.WRONG_SECRETS)
            raise _nothing()
        return held(shelf, catalogue, shelf.awards_of(person.id), clock.now())

    @router.api_route("/mes-badges", methods=["GET", "HEAD"])
    def where_to_find_them(request: Request) -> Response:
        return pages.render(request, "worker/find.html")

    @router.api_route("/mes-badges/{secret}", methods=["GET", "HEAD"])
    def my_badges(request: Request, secret: str) -> Response:
        return pages.render(
            request,
            "worker/badges.html",
            secret=secret,
            badges=sorted(badges_of(request, secret), key=lambda badge: IN_ORDER.index(badge.state)),
            usable=USABLE,
            why=WITHDRAWN_WHY,
            # As one copies it on a CV: without the scheme.
            short_address=lambda code: addresses.short(code).partition("//")[2],
        )

    @router.api_route("/mes-badges/{secret}/{uuid}.{form}", methods=["GET", "HEAD"])
    def file(request: Request, secret: str, uuid: str, form: str) -> Response:
        badge = next((badge for badge in badges_of(request, secret) if badge.uuid == uuid), None)
        if badge is None or form not in PICTURE_TYPES:
            raise _nothing()
        entry = badge.entry
        body = baker.picture(entry.slug, entry.version, shelf.require_token(uuid), badge.code, form)
        headers = {"Content-Disposition": f'attachment; filename="{file_name(badge, form)}"'}
        return Response(body, media_type=PICTURE_TYPES[form], headers=headers)

    @router.api_route("/b", methods=["GET", "HEAD"])
    def ask_for_a_code(request: Request) -> Response:
        typed = request.query_params.get("code", "")[:64]
        code = parse_code(typed)
        if code is not None:
            return RedirectResponse(f"/b/{code}", status_code=303)
        return pages.render(request, "worker/ask_code.html", 422 if typed.strip() else 200, typed=typed)

    @router.api_route("/b/{code}", methods=["GET", "HEAD"])
    @router.api_route("/B/{code}", methods=["GET", "HEAD"])
    def what_a_code_opens(request: Request, code: str) -> Response:
        limits.require(request, limits.WRONG_CODES)
        canonical = parse_code(code)
        badge = find_by_code(shelf, catalogue, canonical, clock.now()) if canonical else None
        if badge is None:
            limits.spend(request, limits.WRONG_CODES)
            raise NotFound(
                "Aucun badge ne porte ce code.",
                advice="Un code a 12 lettres et chiffres. Relisez-le sur l’image ou le papier, "
                "ou demandez l’image du badge et vérifiez-la.",
            )
        return pages.render(request, "worker/code.html", badge=badge, level_labels=taxonomy.LEVEL_LABELS)

    @router.api_route("/p/{opaque}", methods=["GET", "HEAD"])
    def inert(request: Request, opaque: str) -> Response:
        # The register is not even asked: known or not, the page is the same.
        return pages.render(request, "worker/inert.html")

    return router


def file_name(badge: HeldBadge, form: str) -> str:
    """``badge-reviser-et-reparer-un-velo-2026-11-20.png``: readable on a shared phone, and names nobody."""
    words = "-".join(re.findall("[a-z0-9]+", taxonomy.fold(badge.entry.definition.title)))[:60].strip("-")
    return f"badge-{words}-{badge.issued_on:%Y-%m-%d}.{form}"


def _nothing() -> NotFound:
    return NotFound(
        "Ce lien n’ouvre rien.",
        advice="Vérifiez l’adresse, ou scannez votre carte. Si cela ne marche pas, demandez un nouveau lien à la "
        "structure qui vous a donné le badge : vos badges ne sont pas perdus.",
    )
