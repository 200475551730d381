"""Noting what was just seen: a person, a badge or an activity, what was seen, one optional line. Phone first.

Every page here is open to a device that stays signed in. With scripts, what is noted without a network waits on the
device (``team-noting.js``) and is sent once each by the key of its form; ``service.js`` keeps the page that holds
everything, :data:`WITHOUT_NETWORK`, for when there is none.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from ...catalogue.definition import WITNESS_FUNCTIONS
from ...catalogue.library import Entry
from ...catalogue.taxonomy import EVIDENCE_LABELS, FAMILY_LABELS, FUNCTION_LABELS, SECTOR_LABELS, WAY_LABELS
from ...clock import in_paris
from ...errors import BadgesError, NotFound
from ...typography import N_
from ...web.errors import speaks_to_people, status_of
from ...web.forms import NOT_IN_LIST, Form, filled_in
from ..noting import LONGEST_LINE, MOST_AT_ONCE, Seen
from ..people import Known, short_name
from ..private_text import NEVER_HERE, NUMBER_FOUND, holds_a_persons_number
from ..storage import Person
from .door import Team, Visitor
from .reach import within_reach

NOTE = "/equipe/noter"
WITHOUT_NETWORK = NOTE + "/hors-ligne"
Filled = Annotated[Form, Depends(filled_in)]

RECENT_AT_MOST = 6
SHOWN_AT_ONCE = 300


WHO = N_("Choisissez de qui vous parlez.")
WHAT = N_("Cochez au moins une chose que vous avez vue.")
TOO_MANY = N_("C’est beaucoup en une fois : cochez moins de choses, puis recommencez.")
LATER = N_("Une date passée ou celle du jour était attendue.")


def router(team: Team) -> APIRouter:
    router = team.router()
    noter = Depends(team.noter)
    issuer, catalogue = team.issuer, team.issuer.desk.catalogue
    team.tells(note_taken_back=N_("C’est annulé : ces observations ne comptent pas."))
    labels: dict[str, Any] = {"ways": WAY_LABELS, "kinds": EVIDENCE_LABELS, "functions": FUNCTION_LABELS}

    def today() -> str:
        return in_paris(issuer.desk.now()).date().isoformat()

    def form_page(request: Request, visitor: Visitor, template: str, status: int = 200, **values: Any) -> Response:
        form = values.pop("form", None) or Form.blank(on=today())
        return team.render(
            request,
            visitor,
            template,
            status,
            form=form,
            today=today(),
            never_here=NEVER_HERE,
            longest=LONGEST_LINE,
            witnesses=[(code, FUNCTION_LABELS[code]) for code in WITNESS_FUNCTIONS],
            **labels,
            **values,
        )

    # -- choosing -----------------------------------------------------------------------------------------------------

    @router.get(NOTE)
    def whom(request: Request, visitor: Visitor = noter) -> Response:
        asked = " ".join(request.query_params.get("nom", "")[:80].split())
        found = issuer.people.find(visitor.caller, asked)
        recent = () if asked else _recent(found, issuer.noting.recent(visitor.caller).people)
        others = [known for known in found if known not in recent]
        return team.render(
            request,
            visitor,
            "team/noter.html",
            asked=asked,
            recent=recent,
            found=others[:SHOWN_AT_ONCE],
            total=len(others),
        )

    @router.get(WITHOUT_NETWORK)
    def everything(request: Request, visitor: Visitor = noter) -> Response:
        return form_page(request, visitor, "team/noter_all.html", **_everything(team, visitor))

    @router.get(NOTE + "/service.js")
    def service() -> Response:
        """The same for everybody, and no session: a worker that could not be fetched would be thrown away."""
        headers = {"Service-Worker-Allowed": NOTE, "Cache-Control": "no-cache"}
        return Response(team.pages.static.text("team-service.js"), media_type="text/javascript", headers=headers)

    @router.get(NOTE + "/fait")
    def noted(request: Request, visitor: Visitor = noter) -> Response:
        seen = issuer.noting.read(visitor.caller, request.query_params.get("vu", "").split(",")[:MOST_AT_ONCE])
        person = issuer.require_person(visitor.caller, seen[0].person)
        about = {each.slug for each in seen}
        everything = issuer.list_observations(visitor.caller, person.id)
        reach = within_reach(team, request, visitor, person.id, everything)
        return team.render(
            request,
            visitor,
            "team/noted.html",
            person=person,
            known=_known(team, visitor, person),
            seen=[(each, catalogue.require(each.slug, each.version).definition.by_id[each.criterion]) for each in seen],
            standing=[each for each in seen if each.withdrawn_at is None],
            reach=[each for each in reach if each.entry.slug in about] + [each for each in reach if each.near][:2],
            slug=seen[0].slug if len(about) == 1 else "",
        )

    @router.get(NOTE + "/{person}")
    def what(request: Request, person: str, visitor: Visitor = noter) -> Response:
        found = issuer.require_person(visitor.caller, person)
        begun = dict.fromkeys(each.slug for each in reversed(issuer.list_observations(visitor.caller, person)))
        lately = dict.fromkeys((*begun, *issuer.noting.recent(visitor.caller).slugs))
        entries = {entry.slug: entry for entry in catalogue.current()}
        return team.render(
            request,
            visitor,
            "team/noter_what.html",
            person=found,
            known=_known(team, visitor, found),
            recent=[entries[slug] for slug in lately if slug in entries][:RECENT_AT_MOST],
            families={code: [e for e in entries.values() if e.definition.family == code] for code in _ORDER},
            family_labels=FAMILY_LABELS,
            sectors=[(code, label) for code, label in SECTOR_LABELS.items() if _of_sector(team, code)],
        )

    @router.get(NOTE + "/{person}/activite/{sector}")
    def by_activity(request: Request, person: str, sector: str, visitor: Visitor = noter) -> Response:
        found = issuer.require_person(visitor.caller, person)
        entries = _of_sector(team, sector)
        if not entries:
            raise NotFound("Une activité du catalogue était attendue ; aucune ne porte ce nom.")
        return form_page(
            request,
            visitor,
            "team/noting.html",
            person=found,
            known=_known(team, visitor, found),
            entries=entries,
            activity=SECTOR_LABELS[sector],
            sector=sector,
        )

    @router.get(NOTE + "/{person}/{slug}")
    def by_badge(request: Request, person: str, slug: str, visitor: Visitor = noter) -> Response:
        found = issuer.require_person(visitor.caller, person)
        return form_page(
            request,
            visitor,
            "team/noting.html",
            person=found,
            known=_known(team, visitor, found),
            entries=[catalogue.latest(slug)],
            activity=None,
            sector="",
        )

    # -- noting -------------------------------------------------------------------------------------------------------

    @router.post(NOTE)
    def note(request: Request, form: Filled, visitor: Visitor = noter) -> Response:
        person = form.text("person", longest=60, needed=WHO)
        seen = _seen(team, form)
        on = form.day("on")
        function = form.choice("function", ("", *WITNESS_FUNCTIONS), needed="") or None
        line = form.text("line", longest=LONGEST_LINE)
        if on is not None and on.isoformat() > today():
            form.refuse("on", LATER)
        if holds_a_persons_number(line):
            form.refuse("line", NUMBER_FOUND)
        if form.wrong or on is None:
            return not_noted(request, visitor, form)
        try:
            noted = issuer.noting.note(
                visitor.caller,
                person=person,
                seen=seen,
                on=on,
                function=function,
                line=line,
                once=visitor.once(form, "note"),
            )
        except BadgesError as error:
            if speaks_to_people(request) and status_of(error) == 422:
                form.refuse("seen", error.message)
                return not_noted(request, visitor, form)
            raise
        done = f"{NOTE}/fait?vu=" + ",".join(each.id for each in noted)
        return team.back(done) if speaks_to_people(request) else JSONResponse({"noted": len(noted), "address": done})

    def not_noted(request: Request, visitor: Visitor, form: Form) -> Response:
        """The page that was filled in, with what is to be corrected; a sentence for a script."""
        if not speaks_to_people(request):
            say = team.pages.sentence
            told = " ".join(say(team.pages.language(request), sentence) for sentence in form.wrong.values())
            return JSONResponse({"detail": told, "code": "note_malformed"}, status_code=422)
        person = form.kept("person")
        if form.kept("page") == "all" or not person:
            return form_page(request, visitor, "team/noter_all.html", 422, form=form, **_everything(team, visitor))
        found = issuer.require_person(visitor.caller, person)
        sector, slug = form.kept("sector"), form.kept("slug")
        entries = _of_sector(team, sector) or ([catalogue.latest(slug)] if slug in catalogue.slugs() else [])
        if not entries:
            return form_page(request, visitor, "team/noter_all.html", 422, form=form, **_everything(team, visitor))
        return form_page(
            request,
            visitor,
            "team/noting.html",
            422,
            form=form,
            person=found,
            known=_known(team, visitor, found),
            entries=entries,
            activity=SECTOR_LABELS[sector] if sector else None,
            sector=sector,
        )

    @router.post(NOTE + "/annuler")
    def take_back(form: Filled, visitor: Visitor = noter) -> Response:
        withdrawn = issuer.noting.withdraw(visitor.caller, form.kept("seen").split(",")[:MOST_AT_ONCE])
        return team.back(f"{NOTE}/{withdrawn[0].person}", "note_taken_back")

    return router


_ORDER = ("techniques", "transverses", "metiers-hybrides", "permanents")
"""Those of salariés en parcours first: they are most of what is seen in a day."""


def _seen(team: Team, form: Form) -> list[Seen]:
    """What is ticked, with the way and the kind chosen for it, else the first that the criterion accepts."""
    entries = {entry.slug: entry for entry in team.issuer.desk.catalogue.current()}
    seen = []
    known = [f"{slug}/{criterion.id}" for slug, entry in entries.items() for criterion in entry.definition.criteria]
    for ticked in form.many("seen", known):
        slug, _, id = ticked.partition("/")
        criterion = entries[slug].definition.by_id[id]
        way, kind = form.kept(f"way:{ticked}"), form.kept(f"kind:{ticked}")
        if (way and way not in criterion.ways) or (kind and kind not in criterion.kinds):
            form.refuse("seen", NOT_IN_LIST)
        seen.append(Seen(slug, id, way or criterion.ways[0], kind or criterion.kinds[0]))
    if not seen:
        form.refuse("seen", WHAT)
    elif len(seen) > MOST_AT_ONCE:
        form.refuse("seen", TOO_MANY)
    return seen


def _everything(team: Team, visitor: Visitor) -> dict[str, Any]:
    """All that noting may need, in one page: the people, and the criteria of every badge."""
    lately = team.issuer.noting.recent(visitor.caller)
    people = team.issuer.people.find(visitor.caller)
    entries = {entry.slug: entry for entry in team.issuer.desk.catalogue.current()}
    recent = [entries[slug] for slug in lately.slugs if slug in entries][:RECENT_AT_MOST]
    return {
        "recent_people": _recent(people, lately.people),
        "people": people,
        "recent": recent,
        "families": {code: [e for e in entries.values() if e.definition.family == code] for code in _ORDER},
        "family_labels": FAMILY_LABELS,
    }


def _recent(people: tuple[Known, ...], ids: tuple[str, ...]) -> list[Known]:
    by_id = {known.id: known for known in people}
    return [by_id[id] for id in ids if id in by_id][:RECENT_AT_MOST]


def _known(team: Team, visitor: Visitor, person: Person) -> Known:
    alone = Known(person, short_name(person.name), apart=False)
    return next((known for known in team.issuer.people.find(visitor.caller) if known.id == person.id), alone)


def _of_sector(team: Team, sector: str) -> list[Entry]:
    return list(team.issuer.desk.catalogue.search(sector=sector)) if sector in SECTOR_LABELS else []
