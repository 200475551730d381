"""Style sheets, scripts and small drawings: read once, kept in memory, named by their digest, cached for a year.

A changed file has another name, so nobody ever sees an old style sheet on a new page.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from ..errors import NotFound

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
STYLE_SHEETS = ("tokens.css", "base.css", "components.css", "print.css")
"""Sent as one ``badges.css``, in this order: one request, and tokens before what uses them."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    body: bytes
    zipped: bytes | None
    media_type: str


class Static:
    """The static files of every room. A name is unique across rooms."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._by_address: dict[str, StaticFile] = {}
        self._addresses: dict[str, str] = {}
        for folder in folders:
            sheets = folder / "css"
            if sheets.is_dir():
                self._add("badges.css", b"\n".join((sheets / name).read_bytes() for name in STYLE_SHEETS))
            for path in sorted(folder.iterdir()):
                if path.suffix in TYPES:
                    self._add(path.name, path.read_bytes())

    def _add(self, name: str, body: bytes) -> None:
        if name in self._addresses:
            raise ValueError(f"one static file named {name} expected, a second one found")
        stem, _, extension = name.rpartition(".")
        address = f"{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{extension}"
        media_type = TYPES[f".{extension}"]
        zipped = None if extension == "png" else gzip.compress(body, 9, mtime=0)
        self._addresses[name] = f"/static/{address}"
        self._by_address[address] = StaticFile(body, zipped, media_type)

    def address(self, name: str) -> str:
        """Where a file is served; raises KeyError when no room has it, so that a page with a broken link fails."""
        return self._addresses[name]

    def text(self, name: str) -> str:
        """What a file says, for a page that must stand alone."""
        return self._by_address[self._addresses[name].rpartition("/")[2]].body.decode()

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.api_route("/static/{name}", methods=["GET", "HEAD"])
        async def static_file(request: Request, name: str) -> Response:
            found = self._by_address.get(name)
            if found is None:
                raise NotFound("Un fichier de style ou de dessin était attendu, rien de ce nom n'a été trouvé.")
            headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
            if found.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
                return Response(
                    found.zipped, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"}
                )
            return Response(found.body, media_type=found.media_type, headers=headers)

        return router
