"""Documents of the standard as the issuer publishes them, and a router that shows each as a page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from badges.web.pages import Pages

ISSUER = "https://badges.example/issuers/3f9a"
PROFILE: dict[str, Any] = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Issuer",
    "id": ISSUER,
    "name": "Les Jardins du Val d’Or",
    "description": "Atelier et chantier d'insertion : maraîchage et espaces verts.",
    "url": "https://jardins.example/",
    "email": "contact@jardins.example",
    "publicKey": f"{ISSUER}/key",
    "revocationList": f"{ISSUER}/revocations",
}
BADGE_CLASS: dict[str, Any] = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "BadgeClass",
    "id": f"{ISSUER}/badges/tec-maraichage-planter/0.1.0",
    "name": "Préparer le sol et planter (maraîchage)",
    "description": "La personne prépare une planche de culture, sème ou plante selon la consigne.",
    "image": {"id": "/criteres/tec-maraichage-planter/0.1.0/picture.png", "caption": "Badge « Préparer le sol »"},
    "criteria": {"id": "https://badges.example/criteres/tec-maraichage-planter/0.1.0"},
    "issuer": ISSUER,
    "version": "0.1.0",
}
REVOCATIONS: dict[str, Any] = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "RevocationList",
    "id": f"{ISSUER}/revocations",
    "issuer": ISSUER,
    "revokedAssertions": [
        {"id": "urn:uuid:5c1f6a3e-8d0b-4a53-9a5d-1f2c3b4a5d6e", "revocationReason": "Délivré par erreur"},
        "urn:uuid:00000000-0000-4000-8000-000000000000",
    ],
}
ASSERTION: dict[str, Any] = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "https://badges.example/assertions/5c1f6a3e-8d0b-4a53-9a5d-1f2c3b4a5d6e",
    "recipient": {"type": "email", "hashed": True, "salt": "s", "identity": "sha256$0"},
    "badge": BADGE_CLASS["id"],
    "verification": {"type": "HostedBadge"},
    "issuedOn": "2026-11-18T10:00:00Z",
    "expires": "2028-11-18T10:00:00Z",
    "narrative": "Les 5 critères essentiels ont été observés, sur 2 jours différents.",
    "evidence": [{"type": "Evidence", "name": "Choisit les bons outils", "narrative": "Observé au poste, en octobre."}],
}
VALUES: dict[str, dict[str, Any]] = {
    "profile": {"document": PROFILE},
    "badge_class": {"document": BADGE_CLASS, "issuer_name": PROFILE["name"]},
    "revocations": {"document": REVOCATIONS, "issuer_name": PROFILE["name"]},
    "no_revocations": {"document": {**REVOCATIONS, "revokedAssertions": []}, "issuer_name": PROFILE["name"]},
    "assertion": {"document": ASSERTION, "badge_class": BADGE_CLASS, "issuer_name": PROFILE["name"]},
}
SHOWN = tuple(f"/published/{name}" for name in VALUES)


def router(pages: Pages) -> APIRouter:
    router = APIRouter()

    @router.get("/published/{name}")
    def published(request: Request, name: str) -> Response:
        template = f"published/{name.removeprefix('no_')}.html"
        return pages.render(request, template, **VALUES[name])

    return router
