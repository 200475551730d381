"""``POST /api/v1/verify``: any number of badges in, as many reports out; and the JSON Schema of a report.

Always 200 when the question was understood, whatever the verdicts (design, §4); 413 for too much, 422 for nothing.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from ..typography import N_
from .desk import Desk
from .reception import FORM_SCHEMA, MAX_BODY, receive
from .report import CHECKS, EXIT_CODES, GRAVEST_FIRST
from .wording import CODES

_TEXT = {"type": "object", "required": ["fr", "en"], "properties": {"fr": {"type": "string"}, "en": {"type": "string"}}}
_REPORT = {
    "type": "object",
    "externalDocs": {"url": "/api/v1/report.schema.json"},
    "required": ["answer", "headline", "verdict", "issuer", "criteria", "checks", "verified_at", "file"],
    "properties": {
        "answer": {"enum": list(GRAVEST_FIRST), "description": f"Code de fin de la commande : {dict(EXIT_CODES)}"},
        "headline": _TEXT,
        "verdict": {"enum": ["valid", "invalid", "revoked", "expired", "undetermined"]},
        "issuer": {"type": "object"},
        "criteria": {"type": "object"},
        "checks": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "check": {"enum": list(CHECKS)},
                    "outcome": {"enum": ["passed", "failed", "unknown", "not_applicable"]},
                    "code": {"enum": list(CODES)},
                    "message": _TEXT,
                    "advice": _TEXT,
                    "technical": _TEXT,
                },
            },
        },
        "badge": {"type": ["object", "null"]},
        "sources": {"type": "array"},
        "not_checked": {"type": "array"},
        "verified_at": {"type": "string", "format": "date-time"},
        "file": {"type": "object"},
    },
}
_ADDRESS = "https://badges.example/assertions/1"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": FORM_SCHEMA,
                "example": {"text": [_ADDRESS], "recipient": "amina@courriel.example"},
            },
            "image/png": _BINARY,
            "image/svg+xml": _BINARY,
            "application/pdf": _BINARY,
            "application/zip": _BINARY,
            "application/json": {"schema": {"type": "object"}},
            "text/plain": {"schema": {"type": "string"}, "example": _ADDRESS},
        },
    },
    "responses": {
        "200": {
            "description": N_("Un rapport par badge, dans l’ordre reçu ; un ZIP en donne un par fichier, à sa place."),
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["reports"],
                        "properties": {"reports": {"type": "array", "items": _REPORT}},
                    }
                }
            },
        },
        "413": {"description": N_("Plus de 20 Mo en un envoi")},
        "422": {"description": N_("Rien à vérifier, ou formulaire illisible")},
    },
}
_HEADERS = {"Cache-Control": "no-store"}


class _Door(APIRoute):
    """Hands the request to its endpoint as it came: what FastAPI would look for in it, and keep open around it, costs
    as much as its hash."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response: Response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


def router(desk: Desk, *, max_body: int = MAX_BODY) -> APIRouter:
    """The route of the API."""
    router = APIRouter(route_class=_Door)

    async def verify(request: Request) -> Response:
        received = await receive(request, max_body=max_body)
        reports = await desk.verify_all(received.given, received.recipient, received.admit)
        body = orjson.dumps({"reports": [report.to_json() for report in reports]})
        return Response(body, media_type="application/json", headers=_HEADERS)

    router.add_api_route(
        "/api/v1/verify",
        verify,
        methods=["POST"],
        response_class=Response,
        responses={},
        openapi_extra=_OPENAPI,
        summary=N_("Vérifier des badges"),
        description=N_(
            "Images PNG ou SVG, PDF, ZIP, JWS, JSON ou adresses ; signés ou hébergés, de tout émetteur. Sans jeton. "
            "La réponse est 200 quand la question a été comprise, quel que soit le verdict."
        ),
        tags=["verify"],
    )

    async def schema(_request: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
        return Response(report_schema(), media_type="application/schema+json", headers=headers)

    router.add_api_route("/api/v1/report.schema.json", schema, methods=["GET", "HEAD"], include_in_schema=False)
    return router


@cache
def report_schema() -> bytes:
    """The JSON Schema of a report, as it is published."""
    return files(__package__).joinpath("report.schema.json").read_bytes()
