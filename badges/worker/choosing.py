"""What the person says of their badges: shown, hidden, hosted, shared, looked at again, corrected, « it is me »."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ..errors import Misuse
from ..issuer.holder.choices import SHARE_DAYS, is_open
from ..issuer.holder.requests import LONGEST_NAME, LONGEST_WORDS
from ..issuer.storage import ISSUES_AS
from ..typography import N_
from ..web.forms import MISSING, Form, filled_in
from .collection import badge_page_of
from .door import USABLE, Room, nothing

Filled = Annotated[Form, Depends(filled_in)]
YES, NO = "yes", "no"
CHOOSE_ONE = N_("Cochez au moins un badge.")


def router(room: Room) -> APIRouter:
    router = APIRouter()
    holder = room.issuer.holder

    # -- one badge

    @router.post("/mes-badges/{secret}/{uuid}/montrer")
    def show(request: Request, secret: str, uuid: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        badge, said = room.badge(opened, uuid), form.choice("show", (YES, NO))
        if said is None:
            return badge_page_of(room, request, secret, opened, badge, form, 422)
        holder.choices.show(opened, badge.uuid, said == YES)
        return room.back(f"/mes-badges/{secret}/{uuid}#montrer", "shown" if said == YES else "hidden")

    @router.post("/mes-badges/{secret}/{uuid}/copie")
    def host(request: Request, secret: str, uuid: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        badge, said = room.badge(opened, uuid), form.choice("host", (YES, NO))
        if said is None:
            return badge_page_of(room, request, secret, opened, badge, form, 422)
        holder.choices.host(opened, badge.uuid, said == YES)
        return room.back(f"/mes-badges/{secret}/{uuid}#copie", "hosted" if said == YES else "unhosted")

    @router.post("/mes-badges/{secret}/{uuid}/regard")
    def ask_another_look(request: Request, secret: str, uuid: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        badge, words = room.badge(opened, uuid), form.lines("words", longest=LONGEST_WORDS)
        if form.wrong:
            return badge_page_of(room, request, secret, opened, badge, form, 422)
        holder.requests.ask_another_look(opened, badge.uuid, words)
        return room.back(f"/mes-badges/{secret}/{uuid}#demandes", "asked")

    @router.post("/mes-badges/{secret}/{uuid}/refaire")
    def ask_reissue(request: Request, secret: str, uuid: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        badge = room.badge(opened, uuid)
        named, issued_as = form.choice("named", (YES, NO)), form.choice("issued_as", ISSUES_AS)
        if named is None or issued_as is None:
            return badge_page_of(room, request, secret, opened, badge, form, 422)
        holder.requests.ask_reissue(opened, badge.uuid, named=named == YES, issued_as=issued_as)
        return room.back(f"/mes-badges/{secret}/{uuid}#demandes", "asked")

    # -- their name

    @router.post("/mes-badges/{secret}/moi/nom")
    def ask_name(request: Request, secret: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        name = form.text("name", longest=LONGEST_NAME, needed=MISSING)
        if not form.wrong:
            holder.requests.ask_name(opened, name)
            return room.back(f"/mes-badges/{secret}/moi", "asked")
        return room.render(
            request, "worker/me.html", 422, secret=secret, opened=opened, person=opened.person, form=form,
            requests=holder.requests.of(opened),
        )  # fmt: skip

    # -- to somebody, until a day

    @router.api_route("/mes-badges/{secret}/partages", methods=["GET", "HEAD"])
    def shares(request: Request, secret: str) -> Response:
        return _shares(room, request, secret, Form.blank(days="30"))

    @router.post("/mes-badges/{secret}/partages")
    def share(request: Request, secret: str, form: Filled) -> Response:
        opened = room.opened(request, secret)
        ticked = [badge for badge in room.badges(opened) if form.has("b", badge.uuid)]
        if not all(badge.state in USABLE for badge in ticked):
            raise nothing()
        chosen = [badge.uuid for badge in ticked]
        days = form.choice("days", [str(days) for days in SHARE_DAYS])
        label = form.text("label", longest=80)
        if not chosen:
            form.refuse("b", CHOOSE_ONE)
        if form.wrong or days is None:
            return _shares(room, request, secret, form, 422)
        try:
            made = holder.choices.share(opened, chosen, days=int(days), label=label)
        except Misuse as refusal:
            form.refuse("b", refusal.message)
            return _shares(room, request, secret, form, 422)
        return room.back(f"/mes-badges/{secret}/partages#lien-{made.id}", "shared")

    @router.post("/mes-badges/{secret}/partages/{share}/arreter")
    def withdraw(request: Request, secret: str, share: str) -> Response:
        opened = room.opened(request, secret)
        if share not in {one.id for one in holder.choices.shares(opened)}:
            raise nothing()
        holder.choices.withdraw(opened, share)
        return room.back(f"/mes-badges/{secret}/partages", "withdrawn")

    # -- is it you?

    @router.post("/mes-badges/{secret}/c-est-moi")
    def present(request: Request, secret: str) -> Response:
        opened = room.opened(request, secret)
        code, until = holder.cards.present(opened)
        return room.render(request, "worker/present.html", secret=secret, opened=opened, code=code, until=until)

    return router


def _shares(room: Room, request: Request, secret: str, form: Form, status: int = 200) -> Response:
    opened, now = room.opened(request, secret), room.now()
    badges = {badge.uuid: badge for badge in room.badges(opened)}
    made = room.issuer.holder.choices.shares(opened)
    return room.render(
        request,
        "worker/shares.html",
        status,
        secret=secret,
        opened=opened,
        form=form,
        badges=[badge for badge in badges.values() if badge.state in USABLE],
        all_badges=badges,
        going_on=[share for share in made if is_open(share, now)],
        over=[share for share in made if not is_open(share, now)],
        days=SHARE_DAYS,
        address=lambda share: f"{room.addresses.base_url}/partage/{share.secret}",
    )
