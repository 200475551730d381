"""What supports a person's file: private photos, documents and notes; what tutors, juries and reflexive talks bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue.definition import WITNESS_FUNCTIONS, Criterion
from ...catalogue.library import Entry
from ...catalogue.taxonomy import FUNCTION_LABELS
from ...errors import BadgesError, Misuse
from ...paper.qr import drawing
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import MISSING, Form, filled_in
from ..evidence import LONGEST_CONTEXT
from ..issuer import EMAIL
from ..noting import LONGEST_LINE
from ..people import short_name
from ..private_text import NEVER_HERE
from ..storage import Person
from .door import Team, Visitor

PEOPLE = "/equipe/personnes"
AFEST = "/equipe/afest"
Filled = Annotated[Form, Depends(filled_in)]
LONGEST_NOTE = 1_000


NOT_AN_EMAIL = N_("Une adresse e-mail était attendue, ou rien : vous pouvez remettre le lien vous-même.")
TICK_ONE = N_("Cochez au moins un critère.")
CHOOSE_A_BADGE = N_("Choisissez le badge dont il s’agit.")


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    issuer = team.issuer
    evidence, witnesses, catalogue = issuer.evidence, issuer.witnesses, issuer.desk.catalogue
    team.tells(
        piece_added=N_("La pièce est gardée, dans votre structure seulement."),
        piece_removed=N_("La pièce est supprimée."),
        afest_begun=N_("La situation est notée. L’entretien réflexif sera mené par quelqu’un d’autre."),
        afest_ended=N_("L’entretien est noté : les deux séquences sont là."),
        jury_held=N_("L’échange devant le jury est noté."),
        title_noted=N_("Le titre est noté."),
    )
    team.awaits(AFEST, N_("Entretiens réflexifs à mener"), lambda visitor: len(witnesses.list_afest(visitor.caller)))

    # -- the page of what supports a file ---------------------------------------------------------------------------

    def shown(
        request: Request,
        visitor: Visitor,
        person: Person,
        status: int = 200,
        refusal: BadgesError | None = None,
        **values: Any,
    ) -> Response:
        caller = visitor.caller
        return team.render(
            request,
            visitor,
            "team/evidence.html",
            status,
            person=person,
            short=short_name(person.name),
            pieces=evidence.list(caller, person.id),
            asked=witnesses.list_asked(caller, person.id),
            afest=witnesses.list_afest(caller, person.id),
            badges=_choices(catalogue.current()),
            titles={entry.slug: entry.definition.title for entry in catalogue.current()},
            staff={member.id: member.name for member in issuer.list_staff(caller)},
            never=NEVER_HERE,
            longest_context=LONGEST_CONTEXT,
            longest_note=LONGEST_NOTE,
            now=issuer.desk.now(),
            refusal=refusal,
            **values,
        )

    @router.get(PEOPLE + "/{person}/preuves")
    def page(request: Request, person: str, visitor: Visitor = whole) -> Response:
        form = Form.blank(slug=request.query_params.get("badge", ""))
        return shown(request, visitor, issuer.require_person(visitor.caller, person), form=form)

    @router.post(PEOPLE + "/{person}/preuves")
    def add(request: Request, person: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        slug = form.choice("slug", [entry.slug for entry in catalogue.current()], needed=CHOOSE_A_BADGE)
        context = form.text("context", longest=LONGEST_CONTEXT, needed=MISSING)
        note = form.lines("note", longest=LONGEST_NOTE)
        files = form.files("file")
        if form.wrong or slug is None:
            return shown(request, visitor, found, 422, form=form)
        try:
            evidence.add(
                visitor.caller,
                person=person,
                slug=slug,
                context=context,
                content=files[0].content if files else b"",
                note=note,
                once=visitor.once(form, "evidence", person),
            )
        except Misuse as refusal:
            return shown(request, visitor, found, 422, refusal, form=form)
        return team.back(f"{PEOPLE}/{person}/preuves", "piece_added")

    @router.get("/equipe/preuves/{piece}")
    def read(piece: str, visitor: Visitor = whole) -> Response:
        found, content = evidence.read(visitor.caller, piece)
        extension = {"image/jpeg": "jpg", "application/pdf": "pdf"}.get(found.media_type, "txt")
        kind = "text/plain; charset=utf-8" if extension == "txt" else found.media_type
        headers = {
            "Content-Disposition": f'attachment; filename="piece-{found.id[:8]}.{extension}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Response(content, media_type=kind, headers=headers)

    @router.post("/equipe/preuves/{piece}/retrait")
    def remove(piece: str, visitor: Visitor = whole) -> Response:
        removed = evidence.remove(visitor.caller, piece)
        return team.back(f"{PEOPLE}/{removed.person}/preuves", "piece_removed")

    # -- a tutor or a client ----------------------------------------------------------------------------------------

    def ask_page(
        request: Request, visitor: Visitor, person: Person, form: Form, status: int = 200, **values: Any
    ) -> Response:
        askable = [entry for entry in catalogue.current() if witnesses.askable(entry)]
        values = {"link": "", "link_drawing": "", "refusal": None} | values
        return team.render(
            request,
            visitor,
            "team/witness_ask.html",
            status,
            person=person,
            short=short_name(person.name),
            badges=_choices(askable),
            functions=[(code, FUNCTION_LABELS[code]) for code in WITNESS_FUNCTIONS],
            form=form,
            **values,
        )

    @router.get(PEOPLE + "/{person}/temoin")
    def ask_witness_page(request: Request, person: str, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        return ask_page(request, visitor, found, Form.blank(slug=request.query_params.get("badge", "")))

    @router.post(PEOPLE + "/{person}/temoin")
    def ask_witness(request: Request, person: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        slug = form.choice("slug", [entry.slug for entry in catalogue.current()], needed=CHOOSE_A_BADGE)
        name = form.text("name", longest=80, needed=MISSING)
        function = form.choice("function", WITNESS_FUNCTIONS)
        email = form.text("email", longest=250)
        if email and not EMAIL.fullmatch(email):
            form.refuse("email", NOT_AN_EMAIL)
        if form.wrong or slug is None or function is None:
            return ask_page(request, visitor, found, form, 422)
        try:
            _, secret = witnesses.ask(
                visitor.caller,
                person=person,
                slug=slug,
                name=name,
                function=function,
                email=email or None,
                once=visitor.once(form, "witness", person),
            )
        except Misuse as refusal:
            return ask_page(request, visitor, found, form, 422, refusal=refusal)
        link = witnesses.address(secret) if secret else ""
        return ask_page(
            request, visitor, found, Form(), link=link, link_drawing=drawing(link) if link else "", refusal=None
        )

    # -- AFEST, jury, title: a badge, then its criteria ---------------------------------------------------------------

    def criteria_page(
        request: Request,
        visitor: Visitor,
        person: Person,
        template: str,
        fits: Callable[[Entry], Iterable[Criterion]],
        form: Form | None = None,
        refusal: BadgesError | None = None,
    ) -> Response:
        """Empty, or as it was sent with what is wrong in it."""
        fitting = [entry for entry in catalogue.current() if tuple(fits(entry))]
        asked = form.kept("slug") if form else request.query_params.get("badge", "")
        chosen = next((entry for entry in fitting if entry.slug == asked), None)
        return team.render(
            request,
            visitor,
            template,
            422 if form else 200,
            person=person,
            short=short_name(person.name),
            badges=_choices(fitting),
            entry=chosen,
            criteria=[(one.id, one.text) for one in fits(chosen)] if chosen else [],
            form=form or Form.blank(slug=asked),
            never=NEVER_HERE,
            longest_line=LONGEST_LINE,
            refusal=refusal,
        )

    def read_criteria(form: Form, fits: Callable[[Entry], Iterable[Criterion]]) -> tuple[str, tuple[str, ...]]:
        """The badge and the criteria that were ticked, or what is wrong said in the form."""
        entries = {entry.slug: entry for entry in catalogue.current()}
        slug = form.choice("slug", list(entries), needed=CHOOSE_A_BADGE)
        ticked = form.many("criteria", [one.id for one in fits(entries[slug])]) if slug else ()
        if not ticked:
            form.refuse("criteria", TICK_ONE)
        return slug or "", ticked

    def at_work(entry: Entry) -> Iterable[Criterion]:
        reflexive = any("REF" in one.ways for one in entry.definition.criteria)
        return [one for one in entry.definition.criteria if reflexive and {"OBS", "MES"} & set(one.ways)]

    def before_a_jury(entry: Entry) -> Iterable[Criterion]:
        return [one for one in entry.definition.criteria if "JUR" in one.ways]

    @router.get(PEOPLE + "/{person}/afest")
    def afest_page(request: Request, person: str, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        return criteria_page(request, visitor, found, "team/afest.html", at_work)

    @router.post(PEOPLE + "/{person}/afest")
    def begin_afest(request: Request, person: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        slug, criteria = read_criteria(form, at_work)
        on, situation = form.day("on"), form.text("situation", longest=LONGEST_LINE, needed=MISSING)
        again = partial(criteria_page, request, visitor, found, "team/afest.html", at_work, form)
        if form.wrong or on is None:
            return again()
        try:
            once = visitor.once(form, "afest", person)
            witnesses.begin_afest(
                visitor.caller, person=person, slug=slug, criteria=criteria, on=on, situation=situation, once=once
            )
        except Misuse as refusal:
            return again(refusal)
        return team.back(f"{PEOPLE}/{person}/preuves", "afest_begun")

    @router.get(AFEST)
    def waiting_talks(request: Request, visitor: Visitor = whole) -> Response:
        waiting = [
            (afest, issuer.require_person(visitor.caller, afest.person), catalogue.latest(afest.slug))
            for afest in witnesses.list_afest(visitor.caller)
        ]
        return team.render(request, visitor, "team/afest_waiting.html", waiting=waiting, short_name=short_name)

    def talk_page(
        request: Request,
        visitor: Visitor,
        afest: str,
        form: Form,
        status: int = 200,
        refusal: BadgesError | None = None,
    ) -> Response:
        found = witnesses.require_afest(visitor.caller, afest)
        entry = catalogue.latest(found.slug)
        person = issuer.require_person(visitor.caller, found.person)
        first = next((one.name for one in issuer.list_staff(visitor.caller) if one.id == found.situation_by), "")
        return team.render(
            request,
            visitor,
            "team/afest_talk.html",
            status,
            afest=found,
            person=person,
            short=short_name(person.name),
            entry=entry,
            first=first,
            is_first=found.situation_by == visitor.member.id,
            criteria=[(one.id, one.text) for one in entry.definition.criteria if "REF" in one.ways],
            form=form,
            never=NEVER_HERE,
            longest_line=LONGEST_LINE,
            refusal=refusal,
        )

    @router.get(AFEST + "/{afest}")
    def talk(request: Request, afest: str, visitor: Visitor = whole) -> Response:
        return talk_page(request, visitor, afest, Form())

    @router.post(AFEST + "/{afest}")
    def end_afest(request: Request, afest: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = witnesses.require_afest(visitor.caller, afest)
        entry = catalogue.latest(found.slug)
        criteria = form.many("criteria", [one.id for one in entry.definition.criteria if "REF" in one.ways])
        if not criteria:
            form.refuse("criteria", TICK_ONE)
        on, told = form.day("on"), form.text("talk", longest=LONGEST_LINE, needed=MISSING)
        if form.wrong or on is None:
            return talk_page(request, visitor, afest, form, 422)
        try:
            once = visitor.once(form, "talk", afest)
            witnesses.end_afest(visitor.caller, afest, criteria=criteria, on=on, talk=told, once=once)
        except BadgesError as refusal:
            return talk_page(request, visitor, afest, form, status_of(refusal), refusal)
        return team.back(f"{PEOPLE}/{found.person}/preuves", "afest_ended")

    @router.get(PEOPLE + "/{person}/jury")
    def jury_page(request: Request, person: str, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        return criteria_page(request, visitor, found, "team/jury.html", before_a_jury)

    @router.post(PEOPLE + "/{person}/jury")
    def hold_jury(request: Request, person: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        slug, criteria = read_criteria(form, before_a_jury)
        on = form.day("on")
        members = [form.text(f"member-{number}", longest=60) for number in range(1, 7)]
        present = [member for number, member in enumerate(members, start=1) if member and form.ticked(f"here-{number}")]
        quorum = form.choice("quorum", ("2", "3", "4", "5"))
        again = partial(criteria_page, request, visitor, found, "team/jury.html", before_a_jury, form)
        if form.wrong or on is None or quorum is None:
            return again()
        try:
            witnesses.hold_jury(
                visitor.caller,
                person=person,
                slug=slug,
                criteria=criteria,
                on=on,
                members=[member for member in members if member],
                present=present,
                quorum=int(quorum),
                once=visitor.once(form, "jury", person),
            )
        except Misuse as refusal:
            return again(refusal)
        return team.back(f"{PEOPLE}/{person}/preuves", "jury_held")

    @router.get(PEOPLE + "/{person}/titre")
    def title_page(request: Request, person: str, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        return criteria_page(request, visitor, found, "team/title.html", witnesses.titles_count)

    @router.post(PEOPLE + "/{person}/titre")
    def note_title(request: Request, person: str, form: Filled, visitor: Visitor = whole) -> Response:
        found = issuer.require_person(visitor.caller, person)
        slug, criteria = read_criteria(form, witnesses.titles_count)
        on, title = form.day("on"), form.text("title", longest=120, needed=MISSING)
        if not form.ticked("seen"):
            form.refuse("seen", N_("Dites que vous avez vu le papier."))
        again = partial(criteria_page, request, visitor, found, "team/title.html", witnesses.titles_count, form)
        if form.wrong or on is None:
            return again()
        try:
            once = visitor.once(form, "title", person)
            witnesses.note_title(
                visitor.caller, person=person, slug=slug, criteria=criteria, title=title, on=on, once=once
            )
        except Misuse as refusal:
            return again(refusal)
        return team.back(f"{PEOPLE}/{person}/preuves", "title_noted")

    return router


def _choices(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(entry.slug, entry.definition.title) for entry in entries]
