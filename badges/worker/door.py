"""The door of the person's room: what a secret link opens, on which device, and how a page of theirs is shown.

What must hold for every address under ``/mes-badges/{secret}``, in this order:

1. the secret is one that opens something; if not, :func:`nothing`, the one refusal of this room;
2. where the link was made with a code, this device gave it: if not, the code is asked (:class:`CodeFirst`);
3. what is asked for is of that person: if not, the same :func:`nothing`.

No cookie decides alone: without the secret of the address a visit opens nothing, so a form of another site has no
address to be sent to, and the secret stands where a token against such forms would.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from ..addresses import Addresses
from ..catalogue import taxonomy
from ..catalogue.library import Catalogue
from ..clock import Clock
from ..errors import NotFound
from ..issuer.api import Baker
from ..issuer.holder.cards import STAYS_FOR, Locked, Opened
from ..issuer.issuer import Issuer
from ..paper.press import Press
from ..typography import N_
from ..web import limits
from ..web.pages import Pages
from .shelf import HeldBadge, held

Verify = Callable[[Sequence[bytes]], Awaitable[Sequence[Mapping[str, Any]]]]
"""Signed badges → the public report of each (design, §4): this room learns what anybody would be told."""

TOLD = {
    "opened": N_("Votre page est ouverte sur cet appareil."),
    "forgotten": N_("Cet appareil ne vous connaît plus. Votre carte ouvre toujours votre page."),
    "code": N_("Votre nouveau code est enregistré. Vous seul le connaissez."),
    "joined": N_("Les badges de l’autre carte sont ici maintenant."),
    "shown": N_("Ce badge se montre."),
    "hidden": N_("Ce badge est caché."),
    "hosted": N_("La copie en ligne est ouverte."),
    "unhosted": N_("La copie en ligne est fermée."),
    "asked": N_("Votre demande est partie à la structure. La réponse viendra ici."),
    "shared": N_("Le lien est prêt. Envoyez-le à la personne que vous avez choisie."),
    "withdrawn": N_("Ce lien ne montre plus rien."),
    "letter": N_("Si cette adresse e-mail est connue, un message est parti. Il est bon une heure."),
}
"""What a page says at its top after something was done: the code travels in the address, never the sentence."""


class CodeFirst(HTTPException):
    """Not a refusal: the way in, where the code is asked."""

    def __init__(self, secret: str) -> None:
        super().__init__(303, headers={"Location": f"/mes-badges/{secret}"})


@dataclass(frozen=True)
class Room:
    """What every page of the person rests on."""

    issuer: Issuer
    baker: Baker
    press: Press
    pages: Pages
    catalogue: Catalogue
    clock: Clock
    addresses: Addresses
    verify: Verify

    @property
    def cookie(self) -> str:
        return "__Host-mes-badges" if self._secure else "mes-badges"

    @property
    def _secure(self) -> bool:
        return self.addresses.base_url.startswith("https:")

    # -- who is there ---------------------------------------------------------------------------------------------

    def look(self, request: Request, secret: str) -> Opened | Locked:
        """Raises :func:`nothing`, and after too many wrong ones the 429."""
        limits.require(request, limits.WRONG_SECRETS)
        found = self.issuer.holder.cards.open(secret, self.visit(request))
        if found is None:
            limits.spend(request, limits.WRONG_SECRETS)
            raise nothing()
        return found

    def opened(self, request: Request, secret: str) -> Opened:
        """Raises :func:`nothing`, or :class:`CodeFirst`."""
        found = self.look(request, secret)
        if isinstance(found, Locked):
            raise CodeFirst(secret)
        return found

    def visit(self, request: Request) -> str:
        return request.cookies.get(self.cookie, "")[:100]

    def remember(self, response: Response, visit: str, *, stays: bool) -> None:
        """This device's cookie: unreadable for scripts, gone with the browser unless the device is the person's."""
        response.set_cookie(
            self.cookie,
            visit,
            max_age=int(STAYS_FOR.total_seconds()) if stays else None,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def forget(self, response: Response) -> None:
        response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    # -- what is theirs -------------------------------------------------------------------------------------------

    def badges(self, opened: Opened) -> tuple[HeldBadge, ...]:
        """Those that can be shown first, in each state the newest first."""
        views = [view for person in opened.people for view in self.issuer.awards_of(person.id)]
        found = held(self.issuer, self.catalogue, views, self.clock.now())
        return tuple(
            sorted(found, key=lambda badge: (IN_ORDER.index(badge.state), -badge.issued_on.timestamp(), badge.uuid))
        )

    def badge(self, opened: Opened, uuid: str) -> HeldBadge:
        """One of theirs. Raises :func:`nothing` for any other."""
        found = next((badge for badge in self.badges(opened) if badge.uuid == uuid), None)
        if found is None:
            raise nothing()
        return found

    def picture(self, badge: HeldBadge, form: str) -> bytes:
        """The signed badge itself, ``png`` or ``svg``."""
        entry, token = badge.entry, self.issuer.require_token(badge.uuid)
        return self.baker.picture(entry.slug, entry.version, token, badge.code, form)

    # -- how a page is shown --------------------------------------------------------------------------------------

    def render(
        self, request: Request, template: str, status: int = 200, *, headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:  # fmt: skip
        """A page of this room, with ``told``: the sentence of what was just done, or nothing."""
        told = TOLD.get(request.query_params.get("dit", ""), "")
        return self.pages.render(request, template, status, headers=headers, told=told, **values)

    def back(self, address: str, told: str = "") -> RedirectResponse:
        """After an act: the page to read next, which says what was done."""
        assert not told or told in TOLD
        path, sharp, fragment = address.partition("#")
        return RedirectResponse(path + (f"?{urlencode({'dit': told})}" if told else "") + sharp + fragment, 303)

    def now(self) -> datetime:
        return self.clock.now()


IN_ORDER = ("valid", "expired", "replaced", "revoked")
"""How a person finds their badges: those they can show first; in each state, the newest first."""
USABLE = ("valid", "expired")


def nothing() -> NotFound:
    """The one refusal of this room: unknown, old, somebody else's, erased, withdrawn."""
    return NotFound(
        N_("Ce lien n’ouvre rien."),
        advice=N_(
            "Vérifiez l’adresse, ou scannez votre carte. Si cela ne marche pas, demandez un nouveau lien à la "
            "structure qui vous a donné le badge : vos badges ne sont pas perdus."
        ),
    )


def file_name(badge: HeldBadge, form: str) -> str:
    """``badge-reviser-et-reparer-un-velo-2026-11-20.png``: readable on a shared phone, and names nobody."""
    return f"badge-{in_a_name(badge.title)}-{badge.issued_on:%Y-%m-%d}.{form}"


def in_a_name(text: str) -> str:
    letters = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in taxonomy.fold(text))
    return "-".join(part for part in letters.split("-") if part)[:60].strip("-")
