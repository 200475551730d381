"""The pages alone, put together as ``app.py`` does: no issuer, no verifier, no database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from badges.catalogue.library import Catalogue
from badges.web import criteria, errors, home
from badges.web.pages import Pages
from badges.web.security import SecurityHeaders

BASE_URL = "https://badges.example"


@cache
def pages_of(**values: Any) -> Pages:
    """Made once: pages that were built only render, and reading every language takes longer than most tests."""
    return Pages(**values)


@cache
def the_catalogue() -> Catalogue:
    return Catalogue.open()


def some_pages(**changes: Any) -> Pages:
    values: dict[str, Any] = {"network": "Réseau régional de l’IAE", "base_url": BASE_URL, "demo": True}
    return pages_of(**{**values, **changes})


def a_site(*routers: APIRouter, pages: Pages | None = None, catalogue: Catalogue | None = None) -> FastAPI:
    """The public pages and whatever routers a test adds, behind the same layers as the real application."""
    pages = pages or some_pages()
    catalogue = catalogue or the_catalogue()
    app = FastAPI(openapi_url=None)
    for router in (pages.static.router(), home.router(pages, catalogue), criteria.router(pages, catalogue), *routers):
        app.include_router(router)
    errors.install(app, pages)
    app.add_middleware(SecurityHeaders, https=pages.site.base_url.startswith("https:"))
    return app


class Browser:
    """Asks an application as a browser would, in this process; keeps cookies, follows nothing."""

    def __init__(self, app: FastAPI, language: str = "fr") -> None:
        self._app = app
        self._headers = {"accept": "text/html,*/*;q=0.8", "accept-language": language}
        self.cookies = httpx.Cookies()

    def get(self, address: str, **headers: str) -> httpx.Response:
        return self.ask("GET", address, headers=headers)

    def post(self, address: str, fields: Mapping[str, Any] | None = None, **body: Any) -> httpx.Response:
        """Sends a form of this site; ``files`` goes through."""
        return self.ask("POST", address, headers={"sec-fetch-site": "same-origin"}, data=dict(fields or {}), **body)

    def ask(self, method: str, address: str, headers: Mapping[str, str] | None = None, **body: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url=BASE_URL, headers=self._headers, cookies=self.cookies
            ) as client:
                response = await client.request(
                    method,
                    address,
                    headers={name.replace("_", "-"): value for name, value in (headers or {}).items()},
                    **body,
                )
                self.cookies = client.cookies
                return response

        return asyncio.run(ask())
