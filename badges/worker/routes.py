"""The addresses of the person's room, put together. Start at :mod:`.door`: what must hold before any of them answers.

``/mes-badges…``: :mod:`.way_in`, :mod:`.collection`, :mod:`.choosing`, :mod:`.leaving`; ``/partage/…``:
:mod:`.sharing`; ``/b…`` and ``/p/…``: :mod:`.printed_codes`.
"""

from __future__ import annotations

from fastapi import APIRouter

from . import choosing, collection, leaving, printed_codes, sharing, way_in
from .door import Room


def router(room: Room) -> APIRouter:
    """All of them. Fixed words come before ``{uuid}``, which would take them for a badge."""
    router = APIRouter(include_in_schema=False)
    for part in (way_in, leaving, choosing, collection, sharing, printed_codes):
        router.include_router(part.router(room))
    return router
