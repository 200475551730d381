"""Who supports our badges and structures: what the network asks and takes back, and the page of whoever answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...clock import in_paris
from ...errors import BadgesError, Misuse, NotFound
from ...openbadges.primitives import is_of_the_web
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import MISSING, Form, filled_in
from ..endorsing import LONGEST_COMMENT, LONGEST_SUPPORT, Asked, Endorsing
from ..issuer import EMAIL
from ..permissions import require
from ..private_text import NEVER_HERE
from ..storage import Structure
from .door import Team, Visitor

SUPPORTS = "/equipe/soutiens"
SUPPORT = "/soutien"
Filled = Annotated[Form, Depends(filled_in)]


NOT_AN_EMAIL = N_("Une adresse e-mail était attendue, par exemple contact@organisme.fr.")
NOT_AN_ADDRESS = N_("Une adresse commençant par https:// était attendue.")
ONE_OR_THE_OTHER = N_("Choisissez un badge ou une structure.")


def router(team: Team, endorsing: Endorsing) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    team.tells(
        support_withdrawn=N_("Ce soutien est retiré : il ne compte plus nulle part."),
        support_called_off=N_("La demande est retirée : son lien n’ouvre plus rien."),
    )

    def structures(visitor: Visitor) -> tuple[Structure, ...]:
        with team.issuer.desk.storage.reading() as register:
            require(team.issuer.desk.actor(register, visitor.caller), "network")
            return register.list(Structure, order="name", closed_at=None)

    def shown(
        request: Request, visitor: Visitor, status: int = 200, refusal: BadgesError | None = None, **values: object
    ) -> Response:
        values.setdefault("link", "")
        values.setdefault("sent", False)
        catalogue = team.issuer.desk.catalogue
        subjects = [(f"badge:{entry.slug}", entry.definition.title) for entry in catalogue.current()]
        places = structures(visitor)
        return team.render(
            request,
            visitor,
            "team/supports.html",
            status,
            supports=endorsing.list_supports(visitor.caller),
            asked=endorsing.list_asked(visitor.caller),
            endorsers=[(one.id, one.name) for one in endorsing.list_endorsers(visitor.caller)],
            badges=subjects,
            structures=[(f"structure:{place.id}", place.name) for place in places],
            titles={entry.slug: entry.definition.title for entry in catalogue.current()},
            names={place.id: place.name for place in places},
            now=team.issuer.desk.now(),
            refusal=refusal,
            **values,
        )

    @router.get(SUPPORTS)
    def supports(request: Request, visitor: Visitor = whole) -> Response:
        chosen = request.query_params.get("sur", "")[:120]
        return shown(request, visitor, form=Form.blank(subject=chosen) if chosen else Form())

    @router.post(SUPPORTS)
    def ask(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        known = [f"badge:{entry.slug}" for entry in team.issuer.desk.catalogue.current()]
        known += [f"structure:{place.id}" for place in structures(visitor)]
        subject = form.choice("subject", known, needed=ONE_OR_THE_OTHER)
        name = form.text("name", longest=80, needed=MISSING)
        email = form.text("email", longest=250)
        endorser = form.choice("endorser", [one.id for one in endorsing.list_endorsers(visitor.caller)], needed="")
        if email and not EMAIL.fullmatch(email):
            form.refuse("email", NOT_AN_EMAIL)
        if form.wrong or subject is None:
            return shown(request, visitor, 422, form=form)
        what, _, id = subject.partition(":")
        try:
            _, secret = endorsing.ask(
                visitor.caller,
                name=name,
                slug=id if what == "badge" else None,
                structure=id if what == "structure" else None,
                endorser=endorser,
                email=email or None,
                once=visitor.once(form, "endorsement"),
            )
        except BadgesError as refusal:
            return shown(request, visitor, status_of(refusal), refusal, form=form)
        return shown(request, visitor, link=endorsing.address(secret) if secret else name, sent=bool(email))

    @router.post(SUPPORTS + "/demandes/{link}/retrait")
    def call_off(link: str, visitor: Visitor = whole) -> Response:
        endorsing.call_off(visitor.caller, link)
        return team.back(SUPPORTS, "support_called_off")

    @router.post(SUPPORTS + "/{endorsement}/retrait")
    def withdraw(endorsement: str, visitor: Visitor = whole) -> Response:
        endorsing.withdraw(visitor.caller, endorsement)
        return team.back(SUPPORTS, "support_withdrawn")

    # -- without an account -------------------------------------------------------------------------------------------

    def question(
        request: Request, asked: Asked, form: Form, status: int = 200, refusal: BadgesError | None = None
    ) -> Response:
        return team.render(
            request,
            None,
            "team/support.html",
            status,
            asked=asked,
            form=form,
            refusal=refusal,
            never=NEVER_HERE,
            longest=LONGEST_COMMENT,
            months=LONGEST_SUPPORT,
            in_a_year=_in_a_year(in_paris(team.issuer.desk.now()).date()),
        )

    def over(request: Request) -> Response:
        return team.render(request, None, "team/support_over.html", 404)

    @router.get(SUPPORT + "/{secret}")
    def support(request: Request, secret: str) -> Response:
        try:
            return question(request, endorsing.require_asked(secret), Form())
        except NotFound:
            return over(request)

    @router.post(SUPPORT + "/{secret}")
    def endorse(request: Request, secret: str, form: Filled) -> Response:
        try:
            asked = endorsing.require_asked(secret)
        except NotFound:
            return over(request)
        name = url = email = ""
        if asked.known is None:
            name = form.text("name", longest=120, needed=MISSING)
            url = form.text("url", longest=300, needed=MISSING)
            email = form.text("email", longest=250, needed=MISSING)
            if url and not is_of_the_web(url):
                form.refuse("url", NOT_AN_ADDRESS)
            if email and not EMAIL.fullmatch(email):
                form.refuse("email", NOT_AN_EMAIL)
        comment = form.lines("comment", longest=LONGEST_COMMENT, needed=MISSING)
        until = form.day("until")
        if not form.ticked("agreed"):
            form.refuse("agreed", N_("Cochez pour signer."))
        if form.wrong or until is None:
            return question(request, asked, form, 422)
        try:
            said = endorsing.endorse(secret, comment=comment, until=until, name=name, url=url, email=email)
        except Misuse as refusal:
            return question(request, asked, form, 422, refusal)
        except NotFound:
            return over(request)
        return team.render(request, None, "team/support_thanks.html", asked=asked, said=said)

    return router


def _in_a_year(day: date) -> date:
    """The same day of next year; the 28th for a 29 February."""
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)
