"""A staff's room on a real register, in this process: people of several roles, each with a browser of their own."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from badges.issuer.accounts import Accounts
from badges.issuer.desk import new_id
from badges.issuer.storage import Account, Storage
from badges.issuer.team import entry, looks, noting, people, proposals
from badges.issuer.team.door import Team

from ..web.building import Browser, a_site, some_pages
from .builders import Office

PASSWORD = "cerfeuil brouette nacelle"
COOKIE = "__Host-equipe"


class Room:
    """Pages of people, noting, files and looks."""

    def __init__(self, storage: Storage) -> None:
        self.office = Office(storage)
        self.accounts = Accounts(self.office.issuer.desk)
        pages = some_pages()
        self.team = Team(self.office.issuer, self.accounts, pages)
        routers = [subject.router(self.team) for subject in (entry, people, noting, proposals, looks)]
        self.app = a_site(*routers, pages=pages)

    def browser(self, caller: Any, *, stays: bool = False, days: float = 0, language: str = "fr") -> Browser:
        """Signed in as this member; ``days`` ago on a device that stays."""
        member = self.office.member(caller)
        with self.office.storage.writing() as register:
            if register.find(Account, id=member.account) is None:
                register.add(
                    Account(id=member.account, email=new_id() + "@b.example", created_at=self.office.clock.now())
                )
            account = register.find(Account, id=member.account)
            assert account is not None
            secret = self.accounts._open(register, account, "", stays, self.office.clock.now(), proved=True)
        self.office.clock.advance(days=days)
        browser = Browser(self.app, language)
        browser.cookies.set(COOKIE, secret)
        return browser


def said(answer: Any) -> str:
    """What a page says in its main part, tags left out."""
    main = answer.text.partition("<main")[2]
    plain = re.sub(r"[\u00a0\u202f]", " ", unescape(re.sub(r"<[^>]+>", " ", main)))
    return " ".join(plain.split())


def key_of(answer: Any) -> str:
    """The key of the form on this page."""
    found = re.search(r'name="once" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]
