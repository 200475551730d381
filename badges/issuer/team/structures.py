"""The structures of the network: the list, one of them, opening, dated changes, a first administrator, closing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue.definition import DECIDING_FUNCTIONS
from ...catalogue.taxonomy import FUNCTION_LABELS
from ...clock import in_paris
from ...errors import BadgesError
from ...openbadges.primitives import is_of_the_web
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import MISSING, Form, filled_in
from ..access import CHANGEABLE_OF_A_STRUCTURE
from ..issuer import EMAIL
from ..network import Network
from ..permissions import PERMISSIONS
from ..storage import STRUCTURE_KINDS
from .door import Team, Visitor

STRUCTURES = "/equipe/structures"
Filled = Annotated[Form, Depends(filled_in)]
_DEPARTMENT = re.compile(r"\d{2}|2[AB]|97\d")
_SIRET = re.compile(r"\d{14}")
FIRST_RIGHTS = tuple(code for code in PERMISSIONS if code != "network")


KIND_WORDS: dict[str, str] = {
    "ACI": N_("atelier et chantier d’insertion"),
    "AI": N_("association intermédiaire"),
    "EI": N_("entreprise d’insertion"),
    "EITI": N_("entreprise d’insertion par le travail indépendant"),
    "ETTI": N_("entreprise de travail temporaire d’insertion"),
    "GEIQ": N_("groupement d’employeurs pour l’insertion et la qualification"),
    "RESEAU": N_("réseau"),
    "AUTRE": N_("autre"),
}
FACT_WORDS: dict[str, str] = {
    "name": N_("Nom"),
    "kind": N_("Type"),
    "department": N_("Département"),
    "siret": N_("SIRET"),
}
NOT_A_SIRET = N_("Un SIRET de 14 chiffres était attendu.")
NOT_A_DEPARTMENT = N_("Un numéro de département était attendu, par exemple 87.")
NOT_AN_EMAIL = N_("Une adresse e-mail était attendue, par exemple contact@structure.fr.")
NOT_AN_ADDRESS = N_("Une adresse commençant par https:// était attendue.")


def router(
    team: Team, network: Network, recognised_on: Callable[[date], frozenset[str]], departments: Mapping[str, str]
) -> APIRouter:
    """``recognised_on`` gives the structures that the network recognises on a day; ``departments`` those of the
    region, number → name."""
    router = team.router()
    whole = Depends(team.whole)
    team.tells(
        structure_opened=N_("La structure est ouverte : sa clé et son profil existent. Invitez qui l’administrera."),
        structure_dated=N_("C’est changé, à partir d’aujourd’hui. Ce qui était avant reste lisible."),
        structure_closed=N_("La structure est fermée. Ce qu’elle a délivré reste bon."),
    )

    def recognised() -> frozenset[str]:
        return recognised_on(in_paris(team.issuer.desk.now()).date())

    def listed(
        request: Request,
        visitor: Visitor,
        status: int = 200,
        refusal: BadgesError | None = None,
        form: Form | None = None,
    ) -> Response:
        found = network.list_structures(visitor.caller)
        known = recognised()
        return team.render(
            request,
            visitor,
            "team/structures.html",
            status,
            listed=found,
            recognised=known,
            on_board=sum(one.structure.id in known and one.structure.closed_at is None for one in found),
            open_ones=sum(one.structure.closed_at is None for one in found),
            kinds=list(KIND_WORDS.items()),
            departments=departments,
            refusal=refusal,
            form=form or Form(),
        )

    def one(
        request: Request,
        visitor: Visitor,
        structure: str,
        status: int = 200,
        refusal: BadgesError | None = None,
        form: Form | None = None,
        invited: str = "",
    ) -> Response:
        found, facts = network.require_structure(visitor.caller, structure)
        return team.render(
            request,
            visitor,
            "team/structure_of_network.html",
            status,
            found=found,
            structure=found.structure,
            facts=facts,
            fact_words=FACT_WORDS,
            kind_words=KIND_WORDS,
            kinds=list(KIND_WORDS.items()),
            recognised=structure in recognised(),
            functions=[(code, FUNCTION_LABELS[code]) for code in DECIDING_FUNCTIONS],
            is_own=structure == visitor.structure.id,
            refusal=refusal,
            form=form or Form(),
            invited=invited,
        )

    @router.get(STRUCTURES)
    def structures(request: Request, visitor: Visitor = whole) -> Response:
        return listed(request, visitor)

    @router.post(STRUCTURES)
    def open_one(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        name, kind = form.text("name", longest=120, needed=MISSING), form.choice("kind", STRUCTURE_KINDS)
        values = {each: _read(form, each) for each in ("department", "siret")}
        email, url = form.text("email", longest=250, needed=MISSING), form.text("url", longest=300)
        if email and not EMAIL.fullmatch(email):
            form.refuse("email", NOT_AN_EMAIL)
        if url and not is_of_the_web(url):
            form.refuse("url", NOT_AN_ADDRESS)
        if form.wrong or kind is None:
            return listed(request, visitor, 422, form=form)
        try:
            opened = network.open_structure(visitor.caller, name=name, kind=kind, url=url, email=email, **values)
        except BadgesError as refusal:
            return listed(request, visitor, status_of(refusal), refusal, form)
        return team.back(f"{STRUCTURES}/{opened.id}", "structure_opened")

    @router.get(STRUCTURES + "/{structure}")
    def structure_page(request: Request, structure: str, visitor: Visitor = whole) -> Response:
        return one(request, visitor, structure)

    @router.post(STRUCTURES + "/{structure}")
    def change(request: Request, structure: str, form: Filled, visitor: Visitor = whole) -> Response:
        network.require_structure(visitor.caller, structure)
        attribute = form.choice("attribute", CHANGEABLE_OF_A_STRUCTURE)
        value = _read(form, attribute) if attribute else ""
        if form.wrong or attribute is None:
            return one(request, visitor, structure, 422, form=form)
        team.access.date_fact(visitor.caller, structure, attribute=attribute, value=value)
        return team.back(f"{STRUCTURES}/{structure}", "structure_dated")

    @router.post(STRUCTURES + "/{structure}/invitations")
    def invite(request: Request, structure: str, form: Filled, visitor: Visitor = whole) -> Response:
        network.require_structure(visitor.caller, structure)
        name = form.text("person", longest=80, needed=MISSING)
        email = form.text("email", longest=250, needed=MISSING)
        function = form.choice("function", DECIDING_FUNCTIONS)
        if email and not EMAIL.fullmatch(email):
            form.refuse("email", NOT_AN_EMAIL)
        if form.wrong or function is None:
            return one(request, visitor, structure, 422, form=form)
        try:
            _, secret = team.access.invite(
                visitor.caller,
                structure=structure,
                name=name,
                email=email,
                function=function,
                permissions=FIRST_RIGHTS,
                once=visitor.once(form, "invite", structure),
            )
        except BadgesError as refusal:
            return one(request, visitor, structure, status_of(refusal), refusal, form)
        link = team.access.address_of_invitation(secret) if secret else email
        return one(request, visitor, structure, invited=link)

    @router.post(STRUCTURES + "/{structure}/fermeture")
    def close(request: Request, structure: str, form: Filled, visitor: Visitor = whole) -> Response:
        network.require_structure(visitor.caller, structure)
        if not form.ticked("sure"):
            form.refuse("sure", N_("Cochez pour confirmer."))
            return one(request, visitor, structure, 422, form=form)
        try:
            network.close_structure(visitor.caller, structure)
        except BadgesError as refusal:
            return one(request, visitor, structure, status_of(refusal), refusal, form)
        return team.back(f"{STRUCTURES}/{structure}", "structure_closed")

    return router


def _read(form: Form, attribute: str) -> str:
    """The value of one dated fact; what is wrong with it is told at its field."""
    if attribute == "kind":
        return form.choice("kind", STRUCTURE_KINDS) or ""
    text = form.text(attribute, longest=120, needed="" if attribute == "siret" else MISSING)
    if attribute == "siret":
        text = re.sub(r"[\s.]", "", text)
        if text and not _SIRET.fullmatch(text):
            form.refuse("siret", NOT_A_SIRET)
    if attribute == "department":
        text = text.upper()
        if text and not _DEPARTMENT.fullmatch(text):
            form.refuse("department", NOT_A_DEPARTMENT)
    return text
