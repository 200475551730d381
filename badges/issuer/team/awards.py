"""Badges delivered: the list, one badge as an employer reads it, and what is done with it afterwards.

Print again, send again, correct, renew, take back. Each change asks first on a page of its own, and is a line of the
history. A badge of another structure does not exist here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from ...catalogue.rule import evaluate
from ...errors import BadgesError, Conflict, NotFound
from ...paper.facts import Badge
from ...paper.press import Press
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import Form, filled_in
from ..delivered import STATES, Deliveries, Whole
from ..history import History
from ..renewals import Renewals
from ..storage import ISSUES_AS
from ..wording import REVOCATION_REASONS, refusal
from .door import Team, Visitor
from .paging import following, place_of
from .proposals import WORDS as WORDS_SAID

BADGES = "/equipe/badges"
RENEWALS = "/equipe/renouvellements"
FILES = "/equipe/dossiers"
MOST_AT_ONCE = 100
Filled = Annotated[Form, Depends(filled_in)]
PDF = {"Cache-Control": "no-store", "Content-Disposition": "inline"}


STATE_WORDS = {
    "valid": N_("en cours de validité"),
    "ending": N_("se termine bientôt"),
    "expired": N_("terminé"),
    "replaced": N_("remplacé"),
    "revoked": N_("retiré"),
}
STATE_SIGNS = {"valid": "good", "ending": "partly", "expired": "unknown", "replaced": "unknown", "revoked": "bad"}
SENTENCES = {
    "valid": N_("{issuer} atteste ce badge. Il est en cours de validité."),
    "ending": N_("{issuer} atteste ce badge. Il est encore bon, et se termine bientôt."),
    "expired": N_("{issuer} a attesté ce badge. Il est arrivé à son terme."),
    "replaced": N_("Ce badge a été corrigé : un autre le remplace."),
    "revoked": N_("{issuer} a retiré ce badge."),
}
CHOSEN_REASONS = tuple(code for code in REVOCATION_REASONS if code not in ("replaced", "key_compromised"))
NONE_CHOSEN = N_("Cochez au moins un badge en cours de validité.")
REASON_NEEDED = N_("Choisissez un motif.")


def router(
    team: Team, deliveries: Deliveries, renewals: Renewals, press: Press, pictures: Any, *, kept_here: bool
) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    issuer, history = team.issuer, History(team.issuer.desk)
    team.tells(
        badge_revoked=N_("C’est retiré. Qui vérifie ce badge le lit dès maintenant."),
        badges_revoked=N_("Les badges choisis sont retirés. Qui les vérifie le lit dès maintenant."),
        badge_corrected=N_("Le badge corrigé est délivré. L’ancien se lit « remplacé »."),
        badge_resent=N_("Le badge part par e-mail. Son état est en bas de cette page."),
        renewal_opened=N_("Le dossier est ouvert : regardez ce qui a été vu depuis."),
    )
    team.awaits(RENEWALS, N_("Badges à renouveler"), lambda visitor: renewals.count(visitor.caller))

    # -- the list -------------------------------------------------------------------------------------------------

    @router.get(BADGES)
    def delivered(request: Request, visitor: Visitor = whole) -> Response:
        return _list(request, visitor)

    def _list(request: Request, visitor: Visitor, status: int = 200, wrong: str = "") -> Response:
        text = " ".join(request.query_params.get("q", "")[:80].split())
        state = request.query_params.get("etat", "")
        state = state if state in STATES else ""
        page = deliveries.page(visitor.caller, text=text, state=state, beyond=place_of(request))
        return team.render(
            request,
            visitor,
            "team/awards.html",
            status,
            page_of=page,
            following=following(BADGES, page.next, q=text, etat=state) if page.next else "",
            first=not request.query_params.get("suite"),
            asked=text,
            state_asked=state,
            states=STATE_WORDS,
            signs=STATE_SIGNS,
            wrong=wrong,
        )

    # -- several at once --------------------------------------------------------------------------------------------

    @router.post(BADGES + "/retirer")
    def revoke_several(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        """The list sends what was ticked; the page it leads to sends it again with a reason, and then it is done."""
        ids = [name.removeprefix("badge-") for name in form.names if name.startswith("badge-") and form.ticked(name)]
        chosen = [
            one for one in deliveries.chosen(visitor.caller, ids[:MOST_AT_ONCE]) if one.state in ("valid", "ending")
        ]
        if not chosen and not form.ticked("confirmed"):
            return _list(request, visitor, 422, NONE_CHOSEN)
        reason = form.choice("reason", CHOSEN_REASONS, needed=REASON_NEEDED) if form.ticked("confirmed") else None
        if reason is None:
            return team.render(
                request,
                visitor,
                "team/awards_revoke.html",
                422 if form.wrong else 200,
                form=form,
                chosen=chosen,
                reasons=_reasons(),
            )
        for one in chosen:
            issuer.revoke(visitor.caller, one.award.uuid, reason)
        return team.back(BADGES, "badges_revoked")

    # -- one ------------------------------------------------------------------------------------------------------

    def _page(
        request: Request, visitor: Visitor, award: str, status: int = 200, refused: BadgesError | None = None
    ) -> Response:
        found = deliveries.require(visitor.caller, award)
        badge = _paper(found) if found.delivered.view.kept else None
        return team.render(
            request,
            visitor,
            "team/award.html",
            status,
            one=found.delivered,
            whole=found,
            badge=badge,
            words_said=WORDS_SAID,
            outcome=evaluate(badge.definition, badge.record) if badge else None,
            sentence=SENTENCES[found.delivered.state],
            states=STATE_WORDS,
            signs=STATE_SIGNS,
            reason=REVOCATION_REASONS.get(found.delivered.view.revocation.code, "")
            if found.delivered.view.revocation
            else "",
            events=history.of(visitor.caller, award),
            refusal=refused,
            kept_here=kept_here,
        )

    def _paper(found: Whole) -> Badge:
        award, entry = found.delivered.award, found.delivered.entry
        token = issuer.require_token(award.uuid)
        png = pictures.picture(award.slug, award.version, token, award.code, "png")
        file_name = f"{award.slug}.png"
        return Badge.read(token, png, entry=entry, issuer=found.issuer.name, file_name=file_name)

    @router.get(BADGES + "/{award}")
    def one(request: Request, award: str, visitor: Visitor = whole) -> Response:
        return _page(request, visitor, award)

    @router.get(BADGES + "/{award}/{file}.{form}")
    def file(award: str, file: str, form: str, visitor: Visitor = whole) -> Response:
        found = deliveries.require(visitor.caller, award)
        if not found.delivered.view.kept:
            raise refusal(NotFound, "erased")
        badge = _paper(found)
        if (file, form) == ("badge", "png"):
            return Response(badge.png, media_type="image/png", headers={"Cache-Control": "no-store"})
        if (file, form) == ("attestation", "pdf"):
            return Response(press.attestation(badge), media_type="application/pdf", headers=PDF)
        if (file, form) == ("carte", "pdf"):
            cards = press.badge_cards([badge], issuer.desk.now())
            return Response(cards, media_type="application/pdf", headers=PDF)
        raise refusal(NotFound, "unknown")

    @router.post(BADGES + "/{award}/renvoyer")
    def resend(request: Request, award: str, form: Filled, visitor: Visitor = whole) -> Response:
        try:
            deliveries.resend(visitor.caller, award, once=visitor.once(form, award, "resend"))
        except Conflict as refused:
            return _page(request, visitor, award, 409, refused)
        return team.back(f"{BADGES}/{award}", "badge_resent")

    @router.get(BADGES + "/{award}/retirer")
    def ask_why(request: Request, award: str, visitor: Visitor = whole) -> Response:
        return _ask_why(request, visitor, award, Form())

    def _ask_why(request: Request, visitor: Visitor, award: str, form: Form) -> Response:
        (one,) = deliveries.chosen(visitor.caller, [award]) or _none()
        if one.view.revocation:
            return RedirectResponse(f"{BADGES}/{award}", status_code=303)
        return team.render(
            request,
            visitor,
            "team/award_revoke.html",
            422 if form.wrong else 200,
            form=form,
            one=one,
            reasons=_reasons(),
        )

    @router.post(BADGES + "/{award}/retirer")
    def revoke(request: Request, award: str, form: Filled, visitor: Visitor = whole) -> Response:
        reason = form.choice("reason", CHOSEN_REASONS, needed=REASON_NEEDED)
        if reason is None:
            return _ask_why(request, visitor, award, form)
        issuer.revoke(visitor.caller, award, reason, once=visitor.once(form, award))
        return team.back(f"{BADGES}/{award}", "badge_revoked")

    @router.get(BADGES + "/{award}/corriger")
    def ask_how(request: Request, award: str, visitor: Visitor = whole) -> Response:
        found = deliveries.require(visitor.caller, award)
        if found.delivered.view.revocation or not found.delivered.view.kept:
            return RedirectResponse(f"{BADGES}/{award}", status_code=303)
        under = "structure" if found.issuer.id == found.delivered.award.structure else "network"
        form = Form.blank(issued_as=under, name="yes" if _paper(found).name else "no")
        return _correction(request, visitor, found, form)

    def _correction(
        request: Request, visitor: Visitor, found: Whole, form: Form, refused: BadgesError | None = None
    ) -> Response:
        status = status_of(refused) if refused else 422 if form.wrong else 200
        return team.render(
            request, visitor, "team/award_correct.html", status, one=found.delivered, form=form, refusal=refused
        )

    @router.post(BADGES + "/{award}/corriger")
    def correct(request: Request, award: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = deliveries.require(visitor.caller, award)
        issued_as, name = form.choice("issued_as", ISSUES_AS), form.choice("name", ("yes", "no"))
        if issued_as is None or name is None:
            return _correction(request, visitor, found, form)
        try:
            new = issuer.replace(
                visitor.caller,
                award,
                issued_as=issued_as,
                name_in_badge=name == "yes",
                once=visitor.once(form, award),
            )
        except BadgesError as refused:
            if isinstance(refused, NotFound):
                raise
            return _correction(request, visitor, found, form, refused)
        return team.back(f"{BADGES}/{new.uuid}", "badge_corrected")

    # -- badges that end --------------------------------------------------------------------------------------------

    @router.get(RENEWALS)
    def ending(request: Request, visitor: Visitor = whole) -> Response:
        return team.render(request, visitor, "team/renewals.html", ending=renewals.ending(visitor.caller))

    @router.post(BADGES + "/{award}/renouveler")
    def renew(request: Request, award: str, form: Filled, visitor: Visitor = whole) -> Response:
        """A file with nothing marked yet, said to take over from this badge: the rest is the ordinary way."""
        old = renewals.require(visitor.caller, award)
        once = visitor.once(form, award)
        file = issuer.propose(visitor.caller, person=old.person or "", slug=old.slug, results={}, once=once)
        renewals.link(visitor.caller, award, file.id)
        return team.back(f"{FILES}/{file.id}", "renewal_opened")

    return router


def _reasons() -> list[tuple[str, str]]:
    return [(code, REVOCATION_REASONS[code]) for code in CHOSEN_REASONS]


def _none() -> Iterable[Any]:
    raise refusal(NotFound, "unknown")
