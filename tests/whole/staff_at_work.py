"""The staff of the demonstration at their browser: signing in, noting, and reading what a page says."""

from __future__ import annotations

from typing import Any

from tests.browsing import follow

from .conftest import Service

PHONE = {"width": 360, "height": 740}


class AtWork:
    """One member of the staff, on a device of their own."""

    def __init__(self, service: Service, page: Any, role: str) -> None:
        self.base = service.demo.base_url
        self.page = page
        self.role = role
        self.told = service.demo.told["staff"][role]

    def sign_in(self, *, stays: bool = False) -> AtWork:
        self.go("/equipe/connexion")
        self.page.get_by_label("Votre e-mail").fill(self.told["email"])
        self.page.get_by_label("Votre mot de passe").fill(self.told["password"])
        if stays:
            self.page.get_by_label("Rester connecté sur ce téléphone").check()
        self.press("Se connecter")
        return self

    def go(self, address: str) -> int:
        """The page at this address; gives its status."""
        answer = self.page.goto(self.base + address)
        return int(answer.status) if answer else 0

    def press(self, name: str) -> None:
        """A button of the page, and the page that follows."""
        follow(self.page.get_by_role("main").get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        follow(self.page.get_by_role("main").get_by_role("link", name=name).first)

    @property
    def said(self) -> str:
        text: str = self.page.get_by_role("main").inner_text()
        return text.replace("\u202f", " ").replace("\u00a0", " ")

    @property
    def at(self) -> str:
        """The address of the page, without the site and without what was just said."""
        return str(self.page.url).removeprefix(self.base).partition("?")[0]
