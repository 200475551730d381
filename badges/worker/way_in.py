"""Getting in: the link and its code, a lost card and an e-mail, the devices, the person's own code, a second card.

An adviser may sit beside the person: the code is typed into a field that hides it, on a device that says it is lent,
which forgets the person after some minutes or at one touch; no page shows a code again once it was chosen.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ..errors import Misuse, NotFound
from ..issuer.attempts import TooManyTries
from ..issuer.holder.cards import Locked, WrongCode
from ..typography import N_
from ..web import limits
from ..web.forms import MISSING, Form, filled_in
from .door import Room, nothing

Filled = Annotated[Form, Depends(filled_in)]
OWN, LENT = "own", "lent"
NOT_AN_EMAIL = N_("Une adresse e-mail était attendue, par exemple prenom@exemple.fr.")
WRONG = N_("Ce n’est pas le bon code. Vérifiez les chiffres.")
TOO_MANY = N_(
    "Il y a eu trop d’essais. Attendez un quart d’heure, puis recommencez. Rien n’est perdu : le bon code marchera."
)
EASY = N_("Choisissez 6 à 10 chiffres. Pas une suite comme 123456, pas toujours le même chiffre.")
OTHER_CARD = N_("Cette carte et ce code ne vont pas ensemble. Vérifiez-les.")


def router(room: Room) -> APIRouter:
    router = APIRouter()
    cards = room.issuer.holder.cards

    @router.api_route("/mes-badges", methods=["GET", "HEAD"])
    def where_to_find_them(request: Request) -> Response:
        return room.render(request, "worker/find.html")

    # -- a lost card, and an e-mail of one's own

    @router.api_route("/mes-badges/nouveau-lien", methods=["GET", "HEAD"])
    def lost(request: Request) -> Response:
        return room.render(request, "worker/lost.html", form=Form())

    @router.post("/mes-badges/nouveau-lien")
    def ask_letter(request: Request, form: Filled) -> Response:
        email = form.text("email", longest=320, needed=MISSING)
        if email and ("@" not in email or " " in email):
            form.refuse("email", NOT_AN_EMAIL)
        if not form.wrong:
            try:
                cards.ask_letter(email, address=limits.address_of(request))
                return room.back("/mes-badges/nouveau-lien", "letter")
            except TooManyTries:
                return room.render(request, "worker/lost.html", 429, headers=_LATER, form=form, too_many=TOO_MANY)
        return room.render(request, "worker/lost.html", 422, form=form)

    @router.api_route("/mes-badges/retour/{letter}", methods=["GET", "HEAD"])
    def come_back_page(request: Request, letter: str) -> Response:
        if cards.find_letter(letter) is None:
            raise nothing()
        return room.render(request, "worker/come_back.html", form=Form())

    @router.post("/mes-badges/retour/{letter}")
    def come_back(request: Request, letter: str, form: Filled) -> Response:
        if cards.find_letter(letter) is None:
            raise nothing()
        stays = form.kept("device") == OWN
        try:
            card, visit = cards.come_back(letter, form.secret("code"), stays=stays)
        except Misuse:
            form.refuse("code", EASY)
            return room.render(request, "worker/come_back.html", 422, form=form)
        response = room.back(card.link.removeprefix(room.addresses.base_url), "opened")
        room.remember(response, visit, stays=stays)
        return response

    # -- the link and its code

    @router.post("/mes-badges/{secret}")
    def enter(request: Request, secret: str, form: Filled) -> Response:
        found = room.look(request, secret)
        stays = form.kept("device") == OWN
        if not isinstance(found, Locked):
            return room.back(f"/mes-badges/{secret}")
        try:
            visit = cards.enter(secret, form.secret("code"), address=limits.address_of(request), stays=stays)
        except WrongCode:
            form.refuse("code", WRONG)
            return room.render(request, "worker/locked.html", 422, secret=secret, form=form)
        except TooManyTries:
            form.refuse("code", TOO_MANY)
            return room.render(request, "worker/locked.html", 429, headers=_LATER, secret=secret, form=form)
        before = room.visit(request)
        if before:
            cards.forget_device(before)
        response = room.back(f"/mes-badges/{secret}", "opened")
        room.remember(response, visit, stays=stays)
        return response

    @router.post("/mes-badges/{secret}/oublier")
    def forget(request: Request, secret: str) -> Response:
        room.look(request, secret)
        cards.forget_device(room.visit(request))
        response = room.back("/mes-badges", "forgotten")
        room.forget(response)
        return response

    @router.post("/mes-badges/{secret}/oublier-partout")
    def forget_everywhere(request: Request, secret: str) -> Response:
        cards.forget_every_device(room.opened(request, secret))
        response = room.back(f"/mes-badges/{secret}")
        room.forget(response)
        return response

    # -- their own code, another card

    @router.api_route("/mes-badges/{secret}/moi", methods=["GET", "HEAD"])
    def me(request: Request, secret: str) -> Response:
        return _me(room, request, secret, Form())

    @router.post("/mes-badges/{secret}/moi/code")
    def choose_code(request: Request, secret: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        try:
            visit = cards.choose_code(opened, form.secret("own_code"), stays=not opened.lent)
        except Misuse:
            form.refuse("own_code", EASY)
            return _me(room, request, secret, form, 422)
        response = room.back(f"/mes-badges/{secret}/moi", "code")
        room.remember(response, visit, stays=not opened.lent)
        return response

    @router.post("/mes-badges/{secret}/moi/carte")
    def join(request: Request, secret: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        link, code = form.text("link", longest=300, needed=MISSING), form.kept("other_code")
        if not form.wrong:
            try:
                cards.join(opened, link, code, address=limits.address_of(request))
                return room.back(f"/mes-badges/{secret}", "joined")
            except TooManyTries:
                form.refuse("link", TOO_MANY)
                return _me(room, request, secret, form, 429)
            except (WrongCode, NotFound):
                form.refuse("link", OTHER_CARD)
        return _me(room, request, secret, form, 422)

    return router


_LATER = {"Retry-After": "900"}


def _me(room: Room, request: Request, secret: str, form: Form, status: int = 200) -> Response:
    opened = room.opened(request, secret)
    return room.render(
        request,
        "worker/me.html",
        status,
        secret=secret,
        opened=opened,
        person=opened.person,
        form=form,
        requests=room.issuer.holder.requests.of(opened),
    )
