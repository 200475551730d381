"""Whether somebody is waiting for an answer, for work in the background that gives way."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Presence:
    """How many requests this process is answering now."""

    def __init__(self) -> None:
        self.waiting = 0

    def anybody(self) -> bool:
        return self.waiting > 0


class Counted:
    """Counts in ``presence`` the requests that ``app`` has not answered to the end."""

    def __init__(self, app: ASGIApp, *, presence: Presence) -> None:
        self._app = app
        self._presence = presence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._presence.waiting += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._presence.waiting -= 1
