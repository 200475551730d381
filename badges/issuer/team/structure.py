"""The structure and who acts for it: facts with their dates, the team and its rights, invitations, programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue.definition import DECIDING_FUNCTIONS
from ...catalogue.taxonomy import FUNCTION_LABELS
from ...errors import BadgesError, Misuse, NotFound
from ...openbadges.primitives import is_of_the_web
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import MISSING, Form, filled_in
from ..issuer import EMAIL
from ..permissions import PERMISSIONS
from ..storage import ISSUES_AS
from ..wording import refusal as refusal_of
from .door import Team, Visitor

STRUCTURE = "/equipe/structure"
Filled = Annotated[Form, Depends(filled_in)]


PERMISSION_WORDS: dict[str, tuple[str, str]] = {
    "read": (N_("Lire"), N_("voir les personnes, les dossiers et les chiffres de la structure")),
    "note": (N_("Noter"), N_("noter une observation")),
    "propose": (N_("Proposer"), N_("ouvrir un dossier et recueillir la parole de la personne")),
    "decide": (N_("Décider"), N_("délivrer et retirer un badge")),
    "second": (N_("Second regard"), N_("regarder le dossier d’un autre")),
    "administer": (N_("Administrer"), N_("inviter, changer les droits, tenir la structure")),
    "network": (N_("Réseau"), N_("tenir les structures du réseau ; ne voit aucune personne")),
}
"""Permission → its word, and what it lets do; the words of ``docs/permissions.md``."""

NOT_AN_EMAIL = N_("Une adresse e-mail était attendue, par exemple prenom@structure.fr.")
ONE_AT_LEAST = N_("Cochez au moins un droit.")


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    team.tells(
        structure_changed=N_("La structure est à jour."),
        place_changed=N_("Les droits sont changés. La personne devra se reconnecter."),
        place_ended=N_("Cette personne n’agit plus pour la structure. Ce qu’elle a fait reste lisible."),
        invitation_withdrawn=N_("L’invitation est retirée : son lien n’ouvre plus rien."),
        token_ended=N_("Cet accès n’ouvre plus rien."),
    )

    def shown(
        request: Request, visitor: Visitor, status: int = 200, refusal: BadgesError | None = None, **values: Any
    ) -> Response:
        caller = visitor.caller
        for name in ("invited", "new_token"):
            values.setdefault(name, "")
        return team.render(
            request,
            visitor,
            "team/structure.html",
            status,
            facts=team.access.list_facts(caller, visitor.structure.id),
            staff=team.issuer.list_staff(caller),
            invitations=team.access.list_invitations(caller),
            tokens=team.access.list_api_tokens(caller),
            functions=[(code, FUNCTION_LABELS[code]) for code in DECIDING_FUNCTIONS],
            function_labels=FUNCTION_LABELS,
            permissions=_offered(visitor),
            permission_words=PERMISSION_WORDS,
            has_logo=team.issuer.has_logo(visitor.structure.id),
            now=team.issuer.desk.now(),
            refusal=refusal,
            **values,
        )

    @router.get(STRUCTURE)
    def structure(request: Request, visitor: Visitor = whole) -> Response:
        return shown(request, visitor)

    @router.post(STRUCTURE)
    def change_structure(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        issues_as = form.choice("issues_as", ISSUES_AS)
        email, url = form.text("email", longest=250, needed=MISSING), form.text("url", longest=300)
        if email and not EMAIL.fullmatch(email):
            form.refuse("email", NOT_AN_EMAIL)
        if url and not is_of_the_web(url):
            form.refuse("url", N_("Une adresse commençant par https:// était attendue."))
        if form.wrong or issues_as is None:
            return shown(request, visitor, 422, form=form)
        team.access.change_structure(
            visitor.caller,
            visitor.structure.id,
            issues_as=issues_as,
            url=url or visitor.structure.url,
            email=email,
        )
        return team.back(STRUCTURE, "structure_changed")

    @router.get(STRUCTURE + "/logo")
    def logo(visitor: Visitor = whole) -> Response:
        picture = team.issuer.find_logo(visitor.structure.id)
        if picture is None:
            raise refusal_of(NotFound, "unknown")
        return Response(picture, media_type="image/png")

    @router.post(STRUCTURE + "/logo")
    def change_logo(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        files = form.files("logo")
        if not files and not form.ticked("none"):
            form.refuse("logo", N_("Choisissez l’image du logo."))
            return shown(request, visitor, 422, form=form)
        try:
            team.access.change_logo(visitor.caller, visitor.structure.id, files[0].content if files else b"")
        except Misuse as refusal:
            return shown(request, visitor, 422, refusal, form=form)
        return team.back(STRUCTURE, "structure_changed")

    @router.post(STRUCTURE + "/invitations")
    def invite(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        name = form.text("name", longest=80, needed=MISSING)
        email = form.text("email", longest=250, needed=MISSING)
        function = form.choice("function", DECIDING_FUNCTIONS)
        permissions = form.many("permissions", [code for code, _, _ in _offered(visitor)])
        if email and not EMAIL.fullmatch(email):
            form.refuse("email", NOT_AN_EMAIL)
        if not permissions:
            form.refuse("permissions", ONE_AT_LEAST)
        if form.wrong or function is None:
            return shown(request, visitor, 422, form=form)
        try:
            _, secret = team.access.invite(
                visitor.caller,
                structure=visitor.structure.id,
                name=name,
                email=email,
                function=function,
                permissions=permissions,
                once=visitor.once(form, "invite"),
            )
        except BadgesError as refusal:
            return shown(request, visitor, status_of(refusal), refusal, form=form)
        link = team.access.address_of_invitation(secret) if secret else ""
        return shown(request, visitor, invited=link or email, form=Form())

    @router.post(STRUCTURE + "/invitations/{invitation}/retrait")
    def withdraw(invitation: str, visitor: Visitor = whole) -> Response:
        team.access.withdraw_invitation(visitor.caller, invitation)
        return team.back(STRUCTURE, "invitation_withdrawn")

    @router.get(STRUCTURE + "/equipe/{staff}")
    def place(request: Request, staff: str, visitor: Visitor = whole) -> Response:
        return _place(request, visitor, staff)

    @router.post(STRUCTURE + "/equipe/{staff}")
    def change_place(request: Request, staff: str, form: Filled, visitor: Visitor = whole) -> Response:
        function = form.choice("function", DECIDING_FUNCTIONS)
        permissions = form.many("permissions", [code for code, _, _ in _offered(visitor)])
        if not permissions:
            form.refuse("permissions", ONE_AT_LEAST)
        if form.wrong or function is None:
            return _place(request, visitor, staff, 422, form=form)
        try:
            team.access.change_place(visitor.caller, staff, function=function, permissions=permissions)
        except BadgesError as refusal:
            return _place(request, visitor, staff, status_of(refusal), refusal, form=form)
        return team.back(STRUCTURE, "place_changed")

    @router.post(STRUCTURE + "/equipe/{staff}/fin")
    def end_place(request: Request, staff: str, visitor: Visitor = whole) -> Response:
        try:
            team.access.end_place(visitor.caller, staff)
        except BadgesError as refusal:
            if status_of(refusal) == 404:
                raise
            return _place(request, visitor, staff, status_of(refusal), refusal)
        return team.back(STRUCTURE, "place_ended")

    @router.post(STRUCTURE + "/jetons")
    def new_token(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        label = form.text("label", longest=80, needed=MISSING)
        scopes = form.many("scopes", [code for code, _, _ in _offered(visitor)])
        days = form.choice("days", ("30", "90", "365"))
        if not scopes:
            form.refuse("scopes", ONE_AT_LEAST)
        if form.wrong or days is None:
            return shown(request, visitor, 422, form=form)
        _, secret = team.issuer.new_api_token(
            visitor.caller,
            structure=visitor.structure.id,
            label=label,
            scopes=scopes,
            staff=visitor.member.id,
            days=int(days),
        )
        return shown(request, visitor, new_token=secret, form=Form())

    @router.post(STRUCTURE + "/jetons/{token}/fin")
    def end_token(token: str, visitor: Visitor = whole) -> Response:
        team.issuer.revoke_api_token(visitor.caller, token)
        return team.back(STRUCTURE, "token_ended")

    def _place(
        request: Request,
        visitor: Visitor,
        staff: str,
        status: int = 200,
        refusal: BadgesError | None = None,
        form: Form | None = None,
    ) -> Response:
        member = team.access.require_place(visitor.caller, staff)
        return team.render(
            request,
            visitor,
            "team/place.html",
            status,
            member=member,
            form=form or Form.blank(function=member.function, permissions=member.permissions),
            functions=[(code, FUNCTION_LABELS[code]) for code in DECIDING_FUNCTIONS],
            permissions=_offered(visitor),
            refusal=refusal,
        )

    return router


def _offered(visitor: Visitor) -> list[tuple[str, str, str]]:
    """The rights that this visitor may give: nobody gives that of the network without having it."""
    return [(code, *PERMISSION_WORDS[code]) for code in PERMISSIONS if code != "network" or visitor.may("network")]
