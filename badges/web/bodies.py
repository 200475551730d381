"""How much a stranger may send: a bound for each request, and one for all of them together, while it arrives.

Outside of every route, because a framework reads a body before anybody asks whose it is. Refusals: 413 for one that is
too large, 429 when the large ones of this moment fill the room there is; one of usual size always finds room.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIB = 1024 * 1024
MAX_BODY = 8 * MIB
"""A batch of 10,000 rows."""
USUAL = MIB
TOGETHER = 96 * MIB


class BodyLimit:
    """Bounds the bodies that ``app`` receives; ``larger`` are the paths that may take more than the others."""

    def __init__(self, app: ASGIApp, *, larger: Mapping[str, int] | None = None, together: int = TOGETHER) -> None:
        self._app = app
        self._larger = dict(larger or {})
        self._together = together
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], MAX_BODY)
        announced = dict(scope["headers"]).get(b"content-length", b"")
        too_large = announced.isdigit() and int(announced[:15]) > limit
        size = held = 0

        async def receive_bounded() -> Message:
            nonlocal size, held
            if too_large:
                raise HTTPException(413)
            message = await receive()
            if message["type"] == "http.request":
                size += len(message.get("body", b""))
                if size > limit:
                    raise HTTPException(413)
                if size > USUAL:
                    self._held += size - USUAL - held
                    held = size - USUAL
                    if self._held > self._together:
                        raise HTTPException(429, headers={"Retry-After": "10"})
            return message

        try:
            await self._app(scope, receive_bounded, send)
        finally:
            self._held -= held
