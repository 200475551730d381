"""What the law asks every service to say: who publishes it, what it does with personal data, how accessible it is.

Filled from settings by :mod:`badges.app`; a service that is not a demonstration does not start while one is empty
(``badges serve``). Sources: loi n° 2004-575, article 6, III (legal notice); GDPR, articles 13 and 14; loi n° 2005-102,
article 47 and décret n° 2019-768 (accessibility declaration, RGAA 4.1.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from .pages import Pages

SOME_MINUTES = {"Cache-Control": "public, max-age=300"}


@dataclass(frozen=True, slots=True)
class Law:
    """Each in a line, as it is read. ``audit`` alone may be empty: then no audit was made, and the page says so."""

    publisher: str
    """Who publishes: name, legal form, number."""
    address: str
    director: str
    """Who answers for what is published (directeur de la publication)."""
    host: str
    """Who hosts: name, address, telephone."""
    controller: str
    """Who decides why and how personal data are used."""
    dpo: str
    """Whom to write to about them."""
    contact: str
    """E-mail or telephone for everything else, accessibility included."""
    audit: str = ""
    """What the last audit of accessibility found, who made it and when."""


DEMONSTRATION = Law(
    publisher="Personne : ce service est une démonstration",
    address="—",
    director="—",
    host="La machine où la démonstration tourne",
    controller="Personne : toutes les données sont inventées",
    dpo="—",
    contact="—",
)


def router(pages: Pages, law: Law) -> APIRouter:
    """``/mentions-legales``, ``/donnees-personnelles``, ``/accessibilite`` and ``/contact``."""
    router = APIRouter(include_in_schema=False)

    def shown(request: Request, name: str) -> Response:
        return pages.render(request, f"law/{name}.html", headers=SOME_MINUTES, law=law)

    @router.api_route("/mentions-legales", methods=["GET", "HEAD"])
    def legal_notice(request: Request) -> Response:
        return shown(request, "notice")

    @router.api_route("/donnees-personnelles", methods=["GET", "HEAD"])
    def personal_data(request: Request) -> Response:
        return shown(request, "personal_data")

    @router.api_route("/accessibilite", methods=["GET", "HEAD"])
    def accessibility(request: Request) -> Response:
        return shown(request, "accessibility")

    @router.api_route("/contact", methods=["GET", "HEAD"])
    def contact(request: Request) -> Response:
        return shown(request, "contact")

    return router
