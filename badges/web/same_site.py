"""What changes something was asked from one of our own pages (W4): for every route that rests on a cookie.

The browser itself says where a request comes from: ``Sec-Fetch-Site``, else ``Origin``. One that says neither is
refused: no browser in use today is so silent, and a form of another site can make it lie about neither.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import Request

from ..errors import Forbidden

_CHANGES_NOTHING = frozenset(("GET", "HEAD", "OPTIONS"))


class OtherSite(Forbidden):
    code = "other_site"


def from_our_pages(base_url: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency for the routes of a room. Raises :class:`OtherSite` (403)."""
    ours = _origin(base_url)

    async def check(request: Request) -> None:
        if request.method in _CHANGES_NOTHING:
            return
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site == "same-origin" or (site is None and origin is not None and _origin(origin) == ours):
            return
        raise OtherSite(
            "Une demande venue d’une page de ce service était attendue ; celle-ci vient d’ailleurs.",
            advice="Ouvrez la page ici même et recommencez.",
        )

    return check


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
