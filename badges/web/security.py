"""What every answer carries, whatever route made it: one pure ASGI layer, headers computed once.

Outermost of all, so that a refusal, a 500 and a picture carry theirs too (``security.md`` W7). A route that needs
something else sets the header itself: what is there is never replaced, but for ``no-store`` on personal pages.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PERSONAL = ("/mes-badges", "/partage/", "/equipe", "/temoignage", "/soutien/", "/p/")
"""Addresses whose answers are somebody's own: never stored."""

WITHOUT_SECRET = ("/equipe",)
"""Personal addresses that open nothing by themselves: their forms may say where they come from."""

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self' blob:",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "media-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
"""``blob:`` is for the picture that a person has just chosen on the verification page; nothing may run from it."""

PICTURE_POLICY = "default-src 'none'; sandbox"
"""A picture opened alone is a picture: an SVG has no scripts, no origin, and asks for nothing."""

_Header = tuple[bytes, bytes]
_ORDINARY, _PERSONAL, _SECRET = range(3)


class SecurityHeaders:
    """Adds the headers to the answers of ``app``."""

    def __init__(self, app: ASGIApp, *, https: bool, personal: Iterable[str] = PERSONAL) -> None:
        self._app = app
        self._personal = tuple(personal)
        common: list[_Header] = [
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
            (b"x-frame-options", b"DENY"),
        ]
        if https:
            common.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))
        page = (b"content-security-policy", PAGE_POLICY.encode())
        picture = (b"content-security-policy", PICTURE_POLICY.encode())
        # The Origin header of a form is "null" under no-referrer: ordinary pages keep theirs for the site itself.
        ordinary = (b"referrer-policy", b"same-origin")
        silent = (b"referrer-policy", b"no-referrer")
        own = (b"cross-origin-resource-policy", b"same-origin")
        kinds = {_ORDINARY: [ordinary], _PERSONAL: [ordinary, own], _SECRET: [silent, own]}
        self._headers = {
            (kind, is_picture): [*common, picture if is_picture else page, *more]
            for kind, more in kinds.items()
            for is_picture in (False, True)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        kind = _ORDINARY
        if path.startswith(self._personal):
            kind = _PERSONAL if path.startswith(WITHOUT_SECRET) else _SECRET

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._dressed(kind, message.get("headers", ()))
            await send(message)

        await self._app(scope, receive, send_dressed)

    def _dressed(self, kind: int, given: Iterable[_Header]) -> list[_Header]:
        personal = kind != _ORDINARY
        headers = [header for header in given if not (personal and header[0] == b"cache-control")]
        names = dict(headers)
        is_picture = names.get(b"content-type", b"").startswith(b"image/")
        headers.extend(header for header in self._headers[kind, is_picture] if header[0] not in names)
        if personal:
            headers.append((b"cache-control", b"no-store"))
        return headers
