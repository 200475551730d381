"""The two doors of the room, put together as the application does; asked in this process, without a network."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI

from badges.catalogue.picture import PictureTemplate, bake_svg
from badges.issuer import api, publishing
from badges.web import errors

from ..web.building import pages_of
from .builders import Office


class Pictures:
    """Bakes the shipped pictures."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._prefix = office.addresses.short_prefix()

    def picture(self, slug: str, version: str, token: str, code: str, form: str) -> bytes:
        folder = self._office.catalogue.require(slug, version).folder
        if form == "svg":
            return bake_svg((folder / "picture.svg").read_bytes(), token, code, self._prefix)
        return PictureTemplate.from_png((folder / "picture.png").read_bytes(), self._prefix).bake(token, code)


def a_site(office: Office, *, wake: Any = lambda: None) -> FastAPI:
    pages = pages_of(base_url=office.addresses.base_url)
    app = FastAPI()
    app.include_router(publishing.router(office.issuer, office.endorsing, office.addresses, pages))
    app.include_router(api.router(office.issuer, Pictures(office), wake=wake))
    errors.install(app, pages)
    return app


class Client:
    """A program: ``client.get("/api/v1/awards")``."""

    def __init__(self, app: FastAPI, token: str = "", *, acting_for: str = "") -> None:
        self._app = app
        self._headers = {"accept": "application/json"}
        if token:
            self._headers["authorization"] = f"Bearer {token}"
        if acting_for:
            self._headers["acting-for"] = acting_for

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.ask("POST", path, headers, json=body)

    def ask(self, method: str, path: str, headers: dict[str, str], **content: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="https://badges.example") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers=self._headers | named, **content)

        return asyncio.run(ask())
