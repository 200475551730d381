"""Proposing a badge, from what the person tells to the signature: one page for each step, and a draft that is kept.

1. what they tell of one piece of work; 2. each criterion with what was seen; 3. another look, where one is asked;
4. the person's own word; 5. the badge as an employer will read it, and the decision. « Pas encore » is a way out of
each step, and a way back in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue.record import RESULTS
from ...catalogue.rule import Missing, RuleOutcome
from ...catalogue.taxonomy import (
    EVIDENCE_LABELS,
    FAMILY_LABELS,
    FUNCTION_LABELS,
    LEVEL_LABELS,
    SECOND_LABELS,
    WAY_LABELS,
)
from ...errors import BadgesError
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import Form, filled_in
from ..assertion import all_missing
from ..people import short_name
from ..private_text import NEVER_HERE, NUMBER_FOUND, holds_a_persons_number
from ..proposals import LONGEST_ANSWER, QUESTIONS, Dossier, Shown
from ..storage import ISSUES_AS, WORDS_OF_THE_PERSON
from ..wording import RESULTS as RESULT_WORDS
from .door import Team, Visitor
from .reach import Within, sayer, wanted, within_reach

PROPOSE = "/equipe/proposer"
FILES = "/equipe/dossiers"
Filled = Annotated[Form, Depends(filled_in)]
RECENT_AT_MOST = 6
SHOWN_AT_ONCE = 300


ASKED: Mapping[str, tuple[str, str]] = {
    "situation": (
        N_("Racontez une fois précise : où, quand, avec qui, pour faire quoi ?"),
        N_("Une seule situation de travail, dite avec les mots de la personne. Vous pouvez écrire sous sa dictée."),
    ),
    "steps": (
        N_("Comment vous y êtes-vous pris ? D’abord, puis, ensuite…"),
        N_("Les gestes dans l’ordre, les outils, ce que la personne regardait pour savoir que c’était bon."),
    ),
    "unforeseen": (
        N_("Qu’est-ce qui n’était pas prévu, et qu’avez-vous fait ?"),
        N_("Une panne, la pluie, une commande qui change. Se tromper fait partie du travail."),
    ),
    "result": (
        N_("À quoi avez-vous vu que c’était bien fait ?"),
        N_("Ce qui a été produit, ce que le client ou l’équipe en a dit."),
    ),
}
"""What to ask, and what helps to answer (entretien d’explicitation, ``domain.md`` §4)."""

WORDS: Mapping[str, str] = {
    "agrees": N_("D’accord"),
    "agrees_with_comment": N_("D’accord, avec un commentaire"),
    "disagrees": N_("Pas d’accord, avec un commentaire"),
}
TELL_SOMETHING = N_("Écrivez au moins ce que la personne raconte de cette fois-là.")
MARK_EACH = N_("Il reste des critères à marquer.")
SAY_WHY = N_("Écrivez ce que la personne en dit.")
CHOOSE = N_("Choisissez.")
TO_WHOM = N_("Choisissez à qui demander ce regard.")

STEPS: tuple[tuple[str, str], ...] = (
    ("recit", N_("Le récit")),
    ("criteres", N_("Les critères")),
    ("regard", N_("Le second regard")),
    ("parole", N_("La parole de la personne")),
    ("decision", N_("La décision")),
)
NEXT = {
    "to_mark": "criteres",
    "to_complete": "criteres",
    "came_back": "criteres",
    "disagreed": "regard",
    "to_send": "regard",
    "look_awaited": "regard",
    "word_awaited": "parole",
    "to_decide": "decision",
}
"""Stage → the step where something is to be done."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an employer will read that it was observed: the same three lines as on the page that verifies."""

    days: int
    first_month: str
    last_month: str
    ways: tuple[str, ...]
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, outcome: RuleOutcome) -> Reading | None:
        seen = [each for criterion in outcome.criteria for each in criterion.observations]
        if not seen:
            return None
        months = sorted(each.month for each in seen)
        ways, kinds = [each.way for each in seen], [each.kind for each in seen]
        return cls(len({each.day for each in seen}), months[0], months[-1], _ranked(ways), _ranked(kinds))


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    issuer, catalogue = team.issuer, team.issuer.desk.catalogue
    team.tells(
        file_opened=N_("Le récit est gardé. Il reste dans votre structure et n’est jamais dans le badge."),
        file_revised=N_("C’est gardé."),
        file_sent=N_("La demande est partie. Vous pouvez continuer avec une autre personne."),
        word_kept=N_("Sa parole est notée."),
        word_disagrees=N_("C’est noté : le badge attend un autre regard."),
        awarded=N_("Le badge est délivré."),
        set_aside=N_("C’est noté : pas encore. Rien n’en paraît au-dehors."),
        reopened=N_("Le dossier est rouvert. Ce qui était noté est toujours là."),
    )
    team.awaits(FILES, N_("Dossiers prêts : il reste à décider"), lambda visitor: _to_decide(team, visitor))
    labels: dict[str, Any] = {
        "ways": WAY_LABELS,
        "kinds": EVIDENCE_LABELS,
        "functions": FUNCTION_LABELS,
        "levels": LEVEL_LABELS,
        "seconds": SECOND_LABELS,
        "results": RESULT_WORDS,
    }

    def page(
        request: Request, visitor: Visitor, template: str, dossier: Dossier, step: str, status: int = 200, **more: Any
    ) -> Response:
        say = sayer(team, request)
        steps = [(name, words) for name, words in STEPS if name != "regard" or _with_look(dossier)]
        names = [name for name, _ in steps]
        at = names.index(step) if step in names else 0
        more.setdefault("refusal", None)
        return team.render(
            request,
            visitor,
            template,
            status,
            dossier=dossier,
            file=dossier.file,
            entry=dossier.entry,
            person=dossier.person,
            short=_short(dossier),
            number=at + 1,
            total=len(steps),
            after=steps[at + 1][1] if at + 1 < len(steps) else "",
            missing=wanted(_as_marked(dossier), dossier.entry.definition, say),
            never_here=NEVER_HERE,
            longest=LONGEST_ANSWER,
            asked=ASKED,
            **labels,
            **more,
        )

    # -- choosing whom and what ---------------------------------------------------------------------------------------

    @router.get(PROPOSE)
    def whom(request: Request, visitor: Visitor = whole) -> Response:
        asked = " ".join(request.query_params.get("nom", "")[:80].split())
        found = issuer.people.find(visitor.caller, asked)
        near: list[tuple[Any, list[Within]]] = []
        if not asked:
            by_id = {known.id: known for known in found}
            lately = [by_id[id] for id in issuer.noting.recent(visitor.caller).people if id in by_id]
            for known in lately[:RECENT_AT_MOST]:
                reach = _reach(team, request, visitor, known.id)
                begun = {each.file.slug for each in issuer.proposals.files(visitor.caller, person=known.id)}
                if ready := [each for each in reach if each.near and each.entry.slug not in begun]:
                    near.append((known, ready))
        return team.render(
            request, visitor, "team/propose.html", asked=asked, found=found[:SHOWN_AT_ONCE], total=len(found), near=near
        )

    @router.get(PROPOSE + "/{person}")
    def what(request: Request, person: str, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        entries = catalogue.current()
        files = issuer.proposals.files(visitor.caller, person=person)
        return team.render(
            request,
            visitor,
            "team/propose_what.html",
            person=found,
            reach=_reach(team, request, visitor, person),
            open_files={each.entry.slug: each for each in files},
            families={code: [e for e in entries if e.definition.family == code] for code in FAMILY_LABELS},
            family_labels=FAMILY_LABELS,
        )

    def telling(request: Request, visitor: Visitor, person: str, slug: str, status: int = 200, **more: Any) -> Response:
        found = issuer.require_person(visitor.caller, person)
        begun = [each for each in issuer.proposals.files(visitor.caller, person=person) if each.entry.slug == slug]
        return team.render(
            request,
            visitor,
            "team/file_story.html",
            status,
            person=found,
            entry=catalogue.latest(slug),
            begun=begun[0] if begun else None,
            address=f"{PROPOSE}/{person}/{slug}",
            number=1,
            total=5 if catalogue.latest(slug).definition.second != "none" else 4,
            after=STEPS[1][1],
            dossier=None,
            never_here=NEVER_HERE,
            longest=LONGEST_ANSWER,
            asked=ASKED,
            **more,
        )

    @router.get(PROPOSE + "/{person}/{slug}")
    def start(request: Request, person: str, slug: str, visitor: Visitor = whole) -> Response:
        return telling(request, visitor, person, slug)

    @router.post(PROPOSE + "/{person}/{slug}")
    def open_file(request: Request, person: str, slug: str, form: Filled, visitor: Visitor = whole) -> Response:
        told = _told(form)
        if form.wrong:
            return telling(request, visitor, person, slug, 422, form=form)
        file = issuer.propose(
            visitor.caller,
            person=person,
            slug=slug,
            results={},
            told=told,
            once=visitor.once(form, "propose", person, slug),
        )
        return team.back(f"{FILES}/{file.id}/criteres", "file_opened")

    # -- the files ----------------------------------------------------------------------------------------------------

    @router.get(FILES)
    def files(request: Request, visitor: Visitor = whole) -> Response:
        caller = visitor.caller
        return team.render(
            request,
            visitor,
            "team/files.html",
            open_files=issuer.proposals.files(caller),
            aside=issuer.proposals.files(caller, state="not_yet")[:20],
            awarded=issuer.proposals.files(caller, state="awarded")[:10],
            short=_short,
            steps=NEXT,
        )

    @router.get(FILES + "/{file}")
    def file_page(request: Request, file: str, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        return page(
            request,
            visitor,
            "team/file.html",
            dossier,
            NEXT.get(dossier.stage, ""),
            steps=[(name, words) for name, words in STEPS if name != "regard" or _with_look(dossier)],
            next_step=NEXT.get(dossier.stage, ""),
            words_said=WORDS,
        )

    @router.get(FILES + "/{file}/recit")
    def story(request: Request, file: str, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        return page(
            request, visitor, "team/file_story.html", dossier, "recit", form=Form.blank(**dossier.file.told),
            address=f"{FILES}/{file}/recit", begun=None,
        )  # fmt: skip

    @router.post(FILES + "/{file}/recit")
    def tell(request: Request, file: str, form: Filled, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        told = _told(form)
        if form.wrong:
            return page(
                request, visitor, "team/file_story.html", dossier, "recit", 422, form=form,
                address=f"{FILES}/{file}/recit", begun=None,
            )  # fmt: skip
        issuer.proposals.revise(visitor.caller, file, told=told)
        return team.back(f"{FILES}/{file}/criteres", "file_revised")

    def criteria_page(request: Request, visitor: Visitor, dossier: Dossier, form: Form, status: int = 200) -> Response:
        say, definition = sayer(team, request), dossier.entry.definition
        lacking = {
            criterion.id: wanted([m for m in _as_marked(dossier) if m.criterion == criterion.id], definition, say)
            for criterion in definition.criteria
        }
        held = {view.award.slug for view in issuer.list_awards(visitor.caller, person=dossier.person.id, limit=200)}
        return page(
            request, visitor, "team/file_criteria.html", dossier, "criteres", status, form=form, lacking=lacking,
            marks=RESULTS, staff={member.id: member.name for member in issuer.list_staff(visitor.caller)},
            prerequisites=[(catalogue.latest(slug), slug in held) for slug in definition.prerequisites],
        )  # fmt: skip

    @router.get(FILES + "/{file}/criteres")
    def criteria(request: Request, file: str, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        marked = {f"mark:{criterion}": result for criterion, result in dossier.file.results.items()}
        seen = tuple(each["slug"] for each in dossier.file.prerequisites)
        return criteria_page(request, visitor, dossier, Form.blank(**marked, prerequisites=seen))

    @router.post(FILES + "/{file}/criteres")
    def mark(request: Request, file: str, form: Filled, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        definition = dossier.entry.definition
        results = {}
        for criterion in definition.criteria:
            result = form.choice(f"mark:{criterion.id}", RESULTS, needed=MARK_EACH)
            if result:
                results[criterion.id] = result
        seen = form.many("prerequisites", definition.prerequisites)
        shown = tuple({"slug": slug, "version": catalogue.latest(slug).version} for slug in seen)
        if form.wrong:
            return criteria_page(request, visitor, dossier, form, 422)
        issuer.proposals.revise(visitor.caller, file, results=results, prerequisites=shown)
        return team.back(f"{FILES}/{file}", "file_revised")

    # -- the second look, asked ---------------------------------------------------------------------------------------

    def sending(request: Request, visitor: Visitor, dossier: Dossier, status: int = 200, **more: Any) -> Response:
        colleagues, others = issuer.proposals.who_may_look(visitor.caller, dossier.file.id)
        return page(
            request, visitor, "team/file_send.html", dossier, "regard", status, colleagues=colleagues, others=others,
            **more,
        )  # fmt: skip

    @router.get(FILES + "/{file}/regard")
    def ask_look(request: Request, file: str, visitor: Visitor = whole) -> Response:
        return sending(request, visitor, issuer.proposals.require(visitor.caller, file))

    @router.post(FILES + "/{file}/regard")
    def send(request: Request, file: str, form: Filled, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        colleagues, others = issuer.proposals.who_may_look(visitor.caller, file)
        known = [f"staff:{each.id}" for each in colleagues] + [f"structure:{each.id}" for each in others]
        chosen = form.choice("to", known, needed=TO_WHOM)
        if chosen is None:
            return sending(request, visitor, dossier, 422, form=form)
        kind, _, id = chosen.partition(":")
        issuer.proposals.send(
            visitor.caller,
            file,
            structure=id if kind == "structure" else None,
            staff=id if kind == "staff" else None,
            anonymised=form.ticked("anonymised"),
        )
        return team.back(f"{FILES}/{file}", "file_sent")

    # -- the person's word --------------------------------------------------------------------------------------------

    def word_page(
        request: Request, visitor: Visitor, dossier: Dossier, form: Form, status: int = 200, **more: Any
    ) -> Response:
        return page(
            request, visitor, "team/file_word.html", dossier, "parole", status, form=form, words=WORDS,
            network=issuer.proposals.network_name(), structure=visitor.structure,
            **_as_read(issuer.proposals.shown(visitor.caller, dossier.file.id)), **more,
        )  # fmt: skip

    @router.get(FILES + "/{file}/parole")
    def word(request: Request, file: str, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        said = dossier.file
        form = Form.blank(issued_as=said.issued_as, named="yes" if said.name_in_badge else "no")
        return word_page(request, visitor, dossier, form)

    @router.post(FILES + "/{file}/parole")
    def say_word(request: Request, file: str, form: Filled, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        word = form.choice("word", WORDS_OF_THE_PERSON, needed=CHOOSE)
        issued_as = form.choice("issued_as", ISSUES_AS, needed=CHOOSE)
        named = form.choice("named", ("yes", "no"), needed=CHOOSE)
        comment = form.lines("comment", longest=1_000, needed="" if word in (None, "agrees") else SAY_WHY)
        if holds_a_persons_number(comment):
            form.refuse("comment", NUMBER_FOUND)
        if form.wrong or word is None:
            return word_page(request, visitor, dossier, form, 422)
        try:
            issuer.record_word(
                visitor.caller, file, word=word, comment=comment, issued_as=issued_as, name_in_badge=named == "yes"
            )
        except BadgesError as error:
            if status_of(error) not in (409, 422):
                raise
            return word_page(request, visitor, dossier, form, status_of(error), refusal=error)
        if word == "disagrees":
            return team.back(f"{FILES}/{file}", "word_disagrees")
        return team.back(f"{FILES}/{file}", "word_kept")

    # -- deciding -----------------------------------------------------------------------------------------------------

    def decision_page(
        request: Request, visitor: Visitor, file: str, status: int = 200, refusal: BadgesError | None = None
    ) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        shown = issuer.proposals.shown(visitor.caller, file)
        return page(
            request, visitor, "team/file_decide.html", dossier, "decision", status, refusal=refusal, seal=shown.seal,
            words_said=WORDS, ready=shown.outcome.met and dossier.stage == "to_decide", **_as_read(shown),
        )  # fmt: skip

    @router.get(FILES + "/{file}/decision")
    def deciding(request: Request, file: str, visitor: Visitor = whole) -> Response:
        return decision_page(request, visitor, file)

    @router.post(FILES + "/{file}/decision")
    def decide(request: Request, file: str, form: Filled, visitor: Visitor = whole) -> Response:
        try:
            issuer.award(
                visitor.caller, file, shown=form.text("seal", longest=64), once=visitor.once(form, "award", file)
            )
        except BadgesError as error:
            if status_of(error) not in (409, 422):
                raise
            return decision_page(request, visitor, file, status_of(error), error)
        return team.back(f"{FILES}/{file}", "awarded")

    @router.get(FILES + "/{file}/pas-encore")
    def not_yet(request: Request, file: str, visitor: Visitor = whole) -> Response:
        return page(request, visitor, "team/file_not_yet.html", issuer.proposals.require(visitor.caller, file), "")

    @router.post(FILES + "/{file}/pas-encore")
    def set_aside(request: Request, file: str, form: Filled, visitor: Visitor = whole) -> Response:
        dossier = issuer.proposals.require(visitor.caller, file)
        on = form.day("on", needed="")
        who, words = form.text("who", longest=120), form.lines("words", longest=1_000)
        for name, text in (("who", who), ("words", words)):
            if holds_a_persons_number(text):
                form.refuse(name, NUMBER_FOUND)
        if form.wrong:
            return page(request, visitor, "team/file_not_yet.html", dossier, "", 422, form=form)
        issuer.proposals.set_aside(visitor.caller, file, on=on, who=who, words=words)
        return team.back(f"{FILES}/{file}", "set_aside")

    @router.post(FILES + "/{file}/rouvrir")
    def reopen(file: str, visitor: Visitor = whole) -> Response:
        issuer.proposals.reopen(visitor.caller, file)
        return team.back(f"{FILES}/{file}/criteres", "reopened")

    return router


def _to_decide(team: Team, visitor: Visitor) -> int:
    if not visitor.may("decide"):
        return 0
    return sum(each.stage == "to_decide" for each in team.issuer.proposals.files(visitor.caller))


def _told(form: Form) -> dict[str, str]:
    told = {question: form.lines(question, longest=LONGEST_ANSWER) for question in QUESTIONS}
    if not told["situation"]:
        form.refuse("situation", TELL_SOMETHING)
    for question, answer in told.items():
        if holds_a_persons_number(answer):
            form.refuse(question, NUMBER_FOUND)
    return {question: answer for question, answer in told.items() if answer}


def _reach(team: Team, request: Request, visitor: Visitor, person: str) -> list[Within]:
    issuer = team.issuer
    held = {
        view.award.slug
        for view in issuer.list_awards(visitor.caller, person=person, limit=200)
        if view.state(issuer.desk.now()) == "valid"
    }
    return within_reach(team, request, visitor, person, issuer.list_observations(visitor.caller, person), held=held)


def _with_look(dossier: Dossier) -> bool:
    """Whether this file has the step of the second look: asked by the badge, by the person, or by the structure."""
    return dossier.asks_a_look or dossier.file.sent_at is not None or bool(dossier.looks)


def _as_marked(dossier: Dossier) -> list[Missing]:
    """What is missing, where a record that tells only what is acquired would call a « pas encore » nothing."""
    marks = dossier.file.results
    return [
        each._replace(found=marks.get(each.criterion or "", each.found)) if each.code == "not_acquired" else each
        for each in all_missing(dossier.outcome)
    ]


def _short(dossier: Dossier) -> str:
    return short_name(dossier.person.name)


def _as_read(shown: Shown) -> dict[str, Any]:
    return {"shown": shown, "reading": Reading.of(shown.outcome)}


def _ranked(codes: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes), key=lambda code: (-codes.count(code), code)))
