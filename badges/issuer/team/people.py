"""The people of the structure: found by a first name and an initial, added in seconds, and one page for each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue.taxonomy import FUNCTION_LABELS, WAY_LABELS
from ...paper.qr import drawing
from ...typography import N_
from ...web.forms import Form, filled_in
from ..issuer import EMAIL, AwardView
from ..people import LONGEST_HINT, LONGEST_NAME
from ..private_text import NUMBER_FOUND, holds_a_persons_number
from ..storage import Person
from .door import Team, Visitor
from .reach import within_reach

PEOPLE = "/equipe/personnes"
Filled = Annotated[Form, Depends(filled_in)]
SHOWN_AT_ONCE = 60


FIRST_NAME = N_("Donnez un prénom et l’initiale du nom.")
NOT_AN_EMAIL = N_("Une adresse e-mail était attendue, par exemple prenom@exemple.fr, ou rien.")


def router(team: Team) -> APIRouter:
    router = team.router()
    whole, noter = Depends(team.whole), Depends(team.noter)
    issuer = team.issuer
    team.tells(
        person_added=N_("La personne est ajoutée."),
        person_corrected=N_("C’est corrigé. Les badges déjà délivrés ne changent pas."),
        observation_withdrawn=N_("L’observation est retirée : elle ne compte plus."),
    )

    @router.get(PEOPLE)
    def people(request: Request, visitor: Visitor = whole) -> Response:
        asked = " ".join(request.query_params.get("nom", "")[:LONGEST_NAME].split())
        found = issuer.people.find(visitor.caller, asked)
        return team.render(
            request, visitor, "team/people.html", asked=asked, found=found[:SHOWN_AT_ONCE], total=len(found)
        )

    @router.get(PEOPLE + "/nouvelle")
    def new_person(request: Request, visitor: Visitor = noter) -> Response:
        name = " ".join(request.query_params.get("nom", "")[:LONGEST_NAME].split())
        form = Form.blank(name=name, then="noter" if request.query_params.get("pour") == "noter" else "")
        return team.render(request, visitor, "team/person_new.html", form=form, alike=(), max_hint=LONGEST_HINT)

    @router.post(PEOPLE + "/nouvelle")
    def add_person(request: Request, form: Filled, visitor: Visitor = noter) -> Response:
        name, email, hint = _read(form)
        alike = () if form.wrong else issuer.people.alike(visitor.caller, name)
        if form.wrong or (alike and not form.ticked("surely_new")):
            status = 422 if form.wrong else 200
            return team.render(
                request, visitor, "team/person_new.html", status, form=form, alike=alike, max_hint=LONGEST_HINT
            )
        person = issuer.people.add(
            visitor.caller, name=name, email=email or None, hint=hint, once=visitor.once(form, "person.new")
        )
        if form.kept("then") == "noter":
            return team.back(f"/equipe/noter/{person.id}", "person_added")
        return team.back(f"{PEOPLE}/{person.id}", "person_added")

    def shown(request: Request, visitor: Visitor, person: Person, status: int = 200, **values: Any) -> Response:
        caller = visitor.caller
        seen = issuer.list_observations(caller, person.id)
        held = issuer.list_awards(caller, person=person.id, limit=200)
        files = [
            each
            for state in ("open", "not_yet")
            for each in issuer.proposals.files(caller, state=state, person=person.id)
        ]
        in_force = {view.award.slug for view in held if _stands(team, view)}
        values.setdefault("form", Form.blank(name=person.name or "", email=person.email or "", hint=person.hint))
        return team.render(
            request,
            visitor,
            "team/person.html",
            status,
            person=person,
            seen=_by_badge(team, seen),
            reach=within_reach(
                team, request, visitor, person.id, seen, held=in_force | {each.file.slug for each in files}
            ),
            held=[(view, issuer.desk.catalogue.require(view.award.slug, view.award.version)) for view in held],
            states={view.award.uuid: view.state(issuer.desk.now()) for view in held},
            files=files,
            staff={member.id: member.name for member in issuer.list_staff(caller)},
            ways=WAY_LABELS,
            functions=FUNCTION_LABELS,
            max_hint=LONGEST_HINT,
            **values,
        )

    @router.get(PEOPLE + "/{person}")
    def person_page(request: Request, person: str, visitor: Visitor = whole) -> Response:
        return shown(request, visitor, issuer.require_person(visitor.caller, person))

    @router.post(PEOPLE + "/{person}")
    def correct(request: Request, person: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        name, email, hint = _read(form)
        if form.wrong:
            return shown(request, visitor, found, 422, form=form)
        issuer.people.correct(visitor.caller, person, name=name, email=email or None, hint=hint)
        return team.back(f"{PEOPLE}/{person}", "person_corrected")

    @router.post(PEOPLE + "/{person}/observations/{observation}/retrait")
    def withdraw(request: Request, person: str, observation: str, visitor: Visitor = whole) -> Response:
        issuer.require_person(visitor.caller, person)
        issuer.noting.withdraw(visitor.caller, (observation,))
        return team.back(f"{PEOPLE}/{person}#vu", "observation_withdrawn")

    @router.post(PEOPLE + "/{person}/carte")
    def hand_over(request: Request, person: str, visitor: Visitor = whole) -> Response:
        """A new link and its code, shown this once: the register keeps a digest and a slow hash."""
        card = issuer.holder.cards.hand_over(visitor.caller, person)
        found = issuer.require_person(visitor.caller, person)
        return team.render(request, visitor, "team/card.html", person=found, card=card, drawing=drawing(card.link))

    return router


def _read(form: Form) -> tuple[str, str, str]:
    name = form.text("name", longest=LONGEST_NAME, needed=FIRST_NAME)
    email = form.text("email", longest=250)
    hint = form.text("hint", longest=LONGEST_HINT)
    if email and not EMAIL.fullmatch(email):
        form.refuse("email", NOT_AN_EMAIL)
    for field, text in (("name", name), ("hint", hint)):
        if holds_a_persons_number(text):
            form.refuse(field, NUMBER_FOUND)
    return name, email, hint


def _stands(team: Team, view: AwardView) -> bool:
    return view.state(team.issuer.desk.now()) == "valid"


def _by_badge(team: Team, seen: Any) -> list[tuple[Any, list[tuple[Any, list[Any]]]]]:
    """Badge → criterion → its observations, in the order of the badge."""
    catalogue = team.issuer.desk.catalogue
    told = []
    for slug in dict.fromkeys(each.slug for each in reversed(seen)):
        entry = catalogue.latest(slug)
        mine = [each for each in seen if each.slug == slug]
        known = [
            (criterion, of_it)
            for criterion in entry.definition.criteria
            if (of_it := [each for each in mine if each.criterion == criterion.id])
        ]
        told.append((entry, known))
    return told
