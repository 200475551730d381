"""The door of the staff's pages: who is there, in which structure, what was just done, and how a page is shown.

Without a session every address leads to the sign-in and back. With a device that only *stays* signed in, what is more
than noting asks for the password again. A thing of another structure does not exist: 404, like a thing that is not.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from ...typography import N_
from ...web.forms import KEY, Form
from ...web.pages import Pages
from ...web.same_site import from_our_pages
from ..access import Access
from ..accounts import LONGEST, STAYS, Accounts, SignedIn
from ..desk import Once
from ..issuer import Issuer
from ..permissions import Caller
from ..storage import StaffMember, Structure

HOME = "/equipe"
SIGN_IN = "/equipe/connexion"
SECOND_STEP = "/equipe/code"


TOLD: dict[str, str] = {
    "signed_out": N_("Vous êtes déconnecté de cet appareil."),
    "switched": N_("Vous travaillez maintenant pour cette structure."),
}
"""What a page says at its top after something was done there: code → sentence. Each module adds its own
(:meth:`Team.tells`); the code travels in the address, so nothing else can be made to appear."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody: where, in which words (marked for translation), and how many of them."""

    address: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks for this page. ``caller`` is what acts want to know."""

    signed_in: SignedIn

    @property
    def caller(self) -> Caller:
        return self.signed_in.caller

    @property
    def member(self) -> StaffMember:
        return self.signed_in.member

    @property
    def structure(self) -> Structure:
        return self.signed_in.structure

    def may(self, *permissions: str) -> bool:
        """Whether one of these would do: to show a button, never to decide."""
        return any(self.signed_in.may(permission) for permission in permissions)

    def once(self, form: Form, *about: str) -> Once | None:
        """The idempotency key of this form: sent twice, it is done once."""
        return Once("equipe:" + self.member.id, form.key, form.digest(*about)) if form.key else None


class SignInFirst(HTTPException):
    """Not a refusal: the way in, and back to what was asked for."""

    def __init__(self, address: str) -> None:
        super().__init__(303, headers={"Location": address})


class Team:
    """What every page of the staff rests on."""

    def __init__(self, issuer: Issuer, accounts: Accounts, pages: Pages, access: Access | None = None) -> None:
        self.issuer = issuer
        self.accounts = accounts
        self.access = access or Access(issuer.desk, accounts)
        self.pages = pages
        self._told = dict(TOLD)
        self._queues: list[tuple[str, str, Callable[[Visitor], int]]] = []
        self.is_secure = pages.site.base_url.startswith("https:")
        self.cookie = "__Host-equipe" if self.is_secure else "equipe"
        self.identity_service = ""
        """The name of the service that people may sign in with; empty when there is none."""

    def router(self) -> APIRouter:
        """A router whose changing routes are asked from our own pages only."""
        return APIRouter(include_in_schema=False, dependencies=[Depends(from_our_pages(self.pages.site.base_url))])

    def tells(self, **sentences: str) -> None:
        """Sentences (marked for translation) that pages of this module may say after an act."""
        self._told |= sentences

    def awaits(self, address: str, words: str, how_many: Callable[[Visitor], int]) -> None:
        """Say on the first page that something waits there: ``how_many`` for this visitor, shown unless it is none."""
        self._queues.append((address, words, how_many))

    def waiting(self, visitor: Visitor) -> list[Waiting]:
        """What waits for this visitor now."""
        found = (Waiting(address, words, how_many(visitor)) for address, words, how_many in self._queues)
        return [queue for queue in found if queue.count]

    # -- who is there -------------------------------------------------------------------------------------------------

    def visitor(self, request: Request, *, noting: bool = False) -> Visitor:
        """Whoever is signed in. ``noting`` is for the pages that a device that stays may open.

        Raises :class:`SignInFirst`. For use as ``Depends(team.visitor)`` or ``Depends(team.noter)``.
        """
        signed_in = self.signed_in(request)
        if signed_in is None or not (signed_in.whole or noting):
            raise SignInFirst(_way_in(request))
        return Visitor(signed_in)

    def whole(self, request: Request) -> Visitor:
        """For ``Depends``: somebody who proved lately who they are."""
        return self.visitor(request)

    def noter(self, request: Request) -> Visitor:
        """For ``Depends``: somebody who may be on a device that stays signed in."""
        return self.visitor(request, noting=True)

    def signed_in(self, request: Request) -> SignedIn | None:
        secret = self.secret(request)
        return self.accounts.find(secret) if secret else None

    def secret(self, request: Request) -> str:
        return request.cookies.get(self.cookie, "")[:100]

    def remember(self, response: Response, secret: str, *, stays: bool) -> None:
        """The session's cookie: this site only, unreadable for scripts, gone with the browser unless it stays."""
        age = STAYS if stays else LONGEST
        response.set_cookie(
            self.cookie,
            secret,
            max_age=int(age.total_seconds()),
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def let_in(self, secret: str, after: str, *, stays: bool) -> Response:
        """A new session goes where somebody was going, through the second step if one is asked."""
        half_way = self.accounts.find_half_way(secret) is not None
        response = self.back(f"{SECOND_STEP}?suite={quote(after, safe='/?=&')}" if half_way else after)
        self.remember(response, secret, stays=stays)
        return response

    def forget(self, response: Response) -> None:
        response.delete_cookie(self.cookie, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    # -- how a page is shown ------------------------------------------------------------------------------------------

    def render(
        self, request: Request, visitor: Visitor | None, template: str, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A page of the staff: :meth:`~badges.web.pages.Pages.render`, with ``visitor``, ``form``, ``fresh_key`` (for
        the field :data:`~badges.web.forms.KEY`) and ``told`` (the sentence of what was just done)."""
        values.setdefault("form", Form())
        code = request.query_params.get("dit", "")
        return self.pages.render(
            request,
            template,
            status,
            visitor=visitor,
            told=self._told.get(code, ""),
            told_code=code if code in self._told else "",
            told_about=request.query_params.get("de", "")[:60],
            identity_service=self.identity_service,
            once_field=KEY,
            fresh_key=secrets.token_urlsafe(12),
            **values,
        )

    def back(self, address: str, told: str = "", about: str = "") -> RedirectResponse:
        """After an act: the page to read next, which says what was done. ``about`` is the id an undo needs."""
        said: Mapping[str, str] = {name: value for name, value in (("dit", told), ("de", about)) if value}
        assert address.startswith("/")
        assert not told or told in self._told
        path, hash_sign, fragment = address.partition("#")
        query = ("&" if "?" in path else "?") + urlencode(said) if said else ""
        return RedirectResponse(path + query + hash_sign + fragment, status_code=303)


def local_path(text: str) -> str:
    """Where to go next, when it is a page of the staff here; else their home (W5: a closed list, no outside)."""
    plain = text.isascii() and text.isprintable() and "\\" not in text and "//" not in text and "%" not in text
    return text if plain and (text == HOME or text.startswith((HOME + "/", HOME + "?"))) else HOME


def _way_in(request: Request) -> str:
    asked = request.url.path
    if request.method == "GET" and request.url.query:
        asked += "?" + request.url.query
    return SIGN_IN if local_path(asked) == HOME else f"{SIGN_IN}?suite={quote(asked, safe='/?=&')}"
