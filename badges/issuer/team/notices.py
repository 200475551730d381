"""Messages: what was sent to whom, in which state, and the words of each. Readable here where nothing sends them.

The address inside a message may be a key. It is shown to those who could make one like it, and to nobody when it opens
somebody's account (:class:`~badges.issuer.notices.Kind`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...typography import N_
from ...web.forms import Form, filled_in
from ..delivered import PAGE, Deliveries
from ..letters import Words, words_of
from ..mail import FolderMailer
from ..notices import KINDS, SENT, STATES, WAITING
from ..permissions import ALLOWED_BY
from ..storage import Message
from .door import Team, Visitor
from .paging import following, place_of

MESSAGES = "/equipe/messages"


MEANINGS = {
    "waiting": N_("Il attend : l’autre service n’a pas encore répondu, ou le tour vient. On réessaie tout seul."),
    "sent": N_("Il est parti. L’autre service l’a pris ; personne ne sait ici s’il a été lu."),
    "refused": N_("L’autre service l’a refusé. Vérifiez l’adresse, ou imprimez."),
    "bounced": N_("Il est parti, puis revenu. Vérifiez l’adresse, ou imprimez."),
    "cancelled": N_("Il n’est pas parti : ce qu’il annonçait n’existe plus."),
}
KEPT = N_("Il n’est pas parti : ce service n’a pas de serveur d’envoi. Lisez-le ici, et transmettez-le.")


def router(team: Team, deliveries: Deliveries, letters: FolderMailer | None) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    team.tells(message_due=N_("Nouvel essai dans un instant."))
    team.awaits(
        MESSAGES + "?etat=refused", N_("Messages non remis"), lambda visitor: deliveries.undelivered(visitor.caller)
    )

    @router.get(MESSAGES)
    def messages(request: Request, visitor: Visitor = whole) -> Response:
        asked = request.query_params.get("etat", "")
        state = asked if asked in STATES else ""
        found = deliveries.messages(visitor.caller, state=state, beyond=place_of(request), limit=PAGE + 1)
        last = (found[PAGE - 1].created_at, found[PAGE - 1].id) if len(found) > PAGE else None
        return team.render(
            request,
            visitor,
            "team/messages.html",
            found=[(message, words_of(message)) for message in found[:PAGE]],
            following=following(MESSAGES, last, etat=state) if last else "",
            states=STATES,
            state_asked=state,
            kept_here=letters is not None,
        )

    @router.get(MESSAGES + "/{message}")
    def one(request: Request, message: str, visitor: Visitor = whole) -> Response:
        found = deliveries.message(visitor.caller, message)
        return team.render(
            request,
            visitor,
            "team/message.html",
            message=found,
            words=_readable(found, visitor, letters),
            kind=KINDS[found.kind],
            meaning=KEPT if letters and found.state == SENT else MEANINGS[found.state],
            kept_here=letters is not None,
            waits=found.state == WAITING,
        )

    @router.post(MESSAGES + "/{message}/reessayer")
    def try_now(message: str, form: Annotated[Form, Depends(filled_in)], visitor: Visitor = whole) -> Response:
        deliveries.try_now(visitor.caller, message)
        return team.back(f"{MESSAGES}/{message}", "message_due")

    return router


def _readable(message: Message, visitor: Visitor, letters: FolderMailer | None) -> Words:
    """The words, with the address only for those who may see it; a key that was delivered is in the folder alone."""
    kind, words = KINDS[message.kind], words_of(message)
    if not kind.secret:
        return words
    if not kind.seen_by or not visitor.may(*ALLOWED_BY[kind.seen_by]):
        return replace(words, link="")
    letter = letters.find(message.message_id) if letters and not words.link else None
    body = letter.get_body(("plain",)) if letter else None
    lines = body.get_content().splitlines() if body else []
    opened = next((line for before, line in pairwise(lines) if before.startswith(words.button)), "")
    return replace(words, link=words.link or opened)
