"""One badge for the people of a session: its grid, its people, the table that says what is wrong, then the badges.

Steps: which badge, what was seen on which days (:mod:`.grid`), who; then the batch has an address of its own, where it
is corrected, confirmed, followed and found again. Until then everything travels in the form: nothing is kept of a
session that was not checked, and nothing is signed of one that was not confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from ...addresses import short_code
from ...catalogue.definition import FAMILIES
from ...catalogue.library import Entry
from ...catalogue.taxonomy import EVIDENCE_LABELS, FAMILY_LABELS, FUNCTION_LABELS, WAY_LABELS
from ...clock import in_paris
from ...errors import AwardRefused, BadgesError, Conflict, Misuse, NotFound
from ...typography import N_
from ...web.errors import status_of
from ...web.forms import Form, filled_in
from ...web.pages import spaced_code
from ..batches import Report, Row, Words
from ..private_text import NEVER_HERE
from ..roster import (
    LONGEST_COMMENT,
    WORDS,
    Session,
    Typed,
    read_roster,
    read_row,
    rejected,
    session_of,
    template,
    typed_of,
)
from ..sheets import ENCODINGS, Table, plain, read_pasted, read_table
from ..storage import BatchRow, Person
from ..wording import REVOCATION_REASONS, refusal
from . import batch_papers, grid
from .door import Team, Visitor
from .grid import Grid
from .proposals import WORDS as WORDS_SAID

BATCHES = "/equipe/lots"
NEW = BATCHES + "/nouveau"
WRONG_ROWS, OTHER_ROWS, BATCHES_A_PAGE, PEOPLE_SHOWN = 25, 50, 20, 60
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NEW_PERSON = "new"
"""In the question « who is it », beside the people of that name: somebody else."""
ABOUT_THE_WORD = frozenset(("word", "comment"))
"""The fields of what the person says."""
ABOUT_THE_PERSON = frozenset(("person_twice", "already_awarded", "for_oneself", "person_unknown", "nobody"))

STAYS_WITH_THE_READER = frozenset(("batch_state", "words_awaited", "told_too_early", "future_date"))
"""Refusals that checking the table again would not take away."""

Filled = Annotated[Form, Depends(filled_in)]


SEPARATORS = (N_("point-virgule"), N_("tabulation"), N_("virgule"))
"""The words of :data:`~..sheets.DELIMITERS`."""
WHO_NEEDED = N_("Donnez des personnes : un fichier, des noms collés, ou des personnes cochées.")
TELL_THEM_FIRST = N_("Cochez quand c’est vrai : chaque personne a été informée, et a accepté.")
ON_WHICH_DAY = N_("Donnez le jour où elles l’ont été.")
STATES: dict[str, tuple[str, str]] = {
    "planned": ("partly", N_("à confirmer")),
    "confirmed": ("unknown", N_("en cours")),
    "done": ("good", N_("délivré")),
    "cancelled": ("unknown", N_("annulé")),
}
"""State of a batch → the shade of its tag, and its word."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the page tells it: its words, what stands in its fields, and who else is called so."""

    row: BatchRow
    name: str
    typed: Typed
    codes: frozenset[str]
    fields: frozenset[str]
    namesakes: tuple[Person, ...] = ()
    held: bool = False
    """Said « pas d’accord », and nobody has looked again yet."""

    @property
    def asks_who(self) -> bool:
        return bool(self.namesakes) or "name_twice" in self.codes

    @property
    def about_the_person(self) -> bool:
        """Whether what is wrong is who it is: other days would change nothing."""
        return bool(self.codes & ABOUT_THE_PERSON)

    @property
    def about_the_word(self) -> bool:
        """Whether what is wrong is what the person says, or how it was written down."""
        return "person_disagrees" in self.codes or bool(self.fields & ABOUT_THE_WORD)

    @property
    def only_the_word(self) -> bool:
        return self.about_the_word and self.fields <= ABOUT_THE_WORD


@dataclass(frozen=True, slots=True)
class HowRead:
    """How a file was understood, so that a wrong guess is seen at once; all of it from closed lists, or a number."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    columns_aside: int = 0
    sheets_aside: int = 0

    @classmethod
    def of(cls, table: Table, aside: int) -> HowRead:
        return cls(table.format, table.encoding, table.delimiter_name, aside, len(table.other_sheets))

    @property
    def query(self) -> str:
        return (
            f"lu={'.'.join(map(str, (self.format, self.encoding, self.delimiter)))}&colonnes={self.columns_aside}"
            + (f"&feuilles={self.sheets_aside}")
        )

    @classmethod
    def find(cls, request: Request) -> HowRead | None:
        form, _, rest = request.query_params.get("lu", "").partition(".")
        encoding, _, delimiter = rest.partition(".")
        known = form in MEDIA_TYPES and encoding in ("", *ENCODINGS) and delimiter in ("", *SEPARATORS)
        aside = _number(request, "colonnes"), _number(request, "feuilles")
        return cls(form, encoding, delimiter, *aside) if known else None


def router(team: Team, *, wake: Callable[[], None] = lambda: None) -> APIRouter:
    """``/equipe/lots…``. ``wake`` tells whoever signs batches that one was confirmed."""
    router = team.router()
    whole = Depends(team.whole)
    batches, desk = team.issuer.batches, team.issuer.desk
    team.tells(
        batch_planned=N_("Le tableau est contrôlé. Rien n’est encore délivré."),
        batch_corrected=N_("Les corrections sont enregistrées et tout le tableau est contrôlé à nouveau."),
        batch_same=N_("Rien n’a changé."),
        batch_rechecked=N_("Quelque chose a changé depuis le contrôle : relisez le tableau, rien n’a été délivré."),
        batch_confirmed=N_("C’est confirmé : les badges se font."),
        batch_cancelled=N_("Le lot est annulé : ce qui n’était pas délivré ne le sera pas."),
        batch_revoked=N_("Les badges de ce lot sont retirés."),
        batch_looked=N_("Votre regard est noté."),
        batch_declared=N_("C’est noté : chaque personne a été informée et a accepté."),
        batch_undeclared=N_("C’est repris : la parole des personnes est attendue à nouveau."),
    )
    team.awaits(BATCHES, N_("Lots à regarder ou à confirmer"), lambda visitor: _how_many_wait(team, visitor))

    def entry_of(report: Report) -> Entry:
        return desk.catalogue.require(report.batch.slug, report.batch.version)

    def today() -> date:
        return in_paris(desk.now()).date()

    def title_of(slug: str, version: str) -> str:
        found = desk.catalogue.find(slug, version)
        return found.definition.title if found else slug

    # -- the list ---------------------------------------------------------------------------------------------------

    @router.get(BATCHES)
    def all_batches(request: Request, visitor: Visitor = whole) -> Response:
        found = batches.newest(visitor.caller, beyond=_moment(request), limit=BATCHES_A_PAGE + 1)
        shown = found[:BATCHES_A_PAGE]
        return team.render(
            request,
            visitor,
            "team/batches.html",
            reports=shown,
            sent=batches.list_sent(visitor.caller) if visitor.may("second") else (),
            states=STATES,
            title_of=title_of,
            older=_cursor(shown[-1]) if len(found) > BATCHES_A_PAGE else "",
        )

    # -- which badge, what was seen -----------------------------------------------------------------------------------

    @router.get(NEW)
    def which_badge(request: Request, visitor: Visitor = whole) -> Response:
        words = " ".join(request.query_params.get("q", "")[:100].split())
        found = [entry for entry in desk.catalogue.search(words) if _awardable(team, entry)]
        families = {family: [entry for entry in found if entry.definition.family == family] for family in FAMILIES}
        return team.render(
            request,
            visitor,
            "team/batch_badge.html",
            words=words,
            families={family: entries for family, entries in families.items() if entries},
            family_labels=FAMILY_LABELS,
        )

    def show_grid(
        request: Request,
        visitor: Visitor,
        entry: Entry,
        form: Form,
        status: int = 200,
        lacking: Iterable[Mapping[str, str]] = (),
    ) -> Response:
        definition = entry.definition
        return team.render(
            request,
            visitor,
            "team/batch_grid.html",
            status,
            form=form,
            entry=entry,
            definition=definition,
            needed=grid.days_needed(definition),
            days=grid.DAYS,
            today=today(),
            usual_way={item.id: grid.usual_way(definition, item) for item in definition.criteria},
            usual_kind={item.id: grid.usual_kind(item) for item in definition.criteria},
            way_labels=WAY_LABELS,
            kind_labels=EVIDENCE_LABELS,
            structures=[(found.id, found.name) for found in batches.structures_to_ask(visitor.caller)],
            lacking=tuple(lacking),
        )

    def read_grid(form: Form, visitor: Visitor, entry: Entry) -> Grid | None:
        structures = [found.id for found in batches.structures_to_ask(visitor.caller)]
        return grid.read(form, entry.definition, today(), structures)

    @router.get(NEW + "/{slug}")
    def what_was_seen(request: Request, slug: str, visitor: Visitor = whole) -> Response:
        entry = desk.awardable(slug, None)
        return show_grid(request, visitor, entry, grid.first_form(entry.definition, visitor.structure.issues_as))

    # -- who ----------------------------------------------------------------------------------------------------------

    def show_people(
        request: Request,
        visitor: Visitor,
        entry: Entry,
        form: Form,
        told: Grid,
        status: int = 200,
        refused: BadgesError | None = None,
    ) -> Response:
        words = form.text("words", longest=100)
        ticked = set(_chosen(form))
        chosen = [known for known in team.issuer.people.find(visitor.caller) if known.id in ticked]
        answering = team.issuer.people.find(visitor.caller, words)
        found = [known for known in answering if known.id not in ticked and known.person.name]
        return team.render(
            request,
            visitor,
            "team/batch_people.html",
            status,
            form=form,
            entry=entry,
            told_grid=told,
            chosen=chosen,
            found=found[:PEOPLE_SHOWN],
            more=len(found) > PEOPLE_SHOWN,
            words=words,
            refused=refused,
            days="&".join(f"jour={day.isoformat()}" for day in told.days),
        )

    @router.post(NEW + "/{slug}")
    def who(request: Request, slug: str, form: Filled, visitor: Visitor = whole) -> Response:
        entry = desk.awardable(slug, None)
        told = read_grid(form, visitor, entry)
        if told is None:
            return show_grid(request, visitor, entry, form, 422)
        if form.kept("do") == "back":
            return show_grid(request, visitor, entry, form)
        lacking = batches.missing(visitor.caller, slug=slug, grid=told.seen)
        if lacking:
            return show_grid(request, visitor, entry, form, 422, lacking)
        if form.kept("do") != "plan":
            return show_people(request, visitor, entry, form, told)
        session = Session(entry.definition, told.seen, today())
        try:
            rows, digest, read = _people_sent(form, session)
            if not rows:
                form.refuse("sheet", WHO_NEEDED)
                return show_people(request, visitor, entry, form, told, 422)
            report = batches.plan(
                visitor.caller,
                slug=slug,
                version=entry.version,
                grid=told.seen,
                rows=rows,
                second_structure=told.second_structure,
                issued_as=told.issued_as or None,
                once=visitor.once(form, "batch", slug, digest),
            )
        except (Misuse, Conflict) as error:
            return show_people(request, visitor, entry, form, told, status_of(error), error)
        return team.back(f"{BATCHES}/{report.batch.id}" + (f"?{read.query}" if read else ""), "batch_planned")

    @router.get(BATCHES + "/modele/{slug}.{form}")
    def blank_table(request: Request, slug: str, form: str, visitor: Visitor = whole) -> Response:
        entry = desk.awardable(slug, None)
        days = [day for text in request.query_params.getlist("jour")[: grid.DAYS] if (day := grid.find(text))]
        session = Session(entry.definition, grid.on_days(entry.definition, days), today())
        return _file(template(session, _known_form(form)), form, f"modele-{slug}")

    # -- one batch ----------------------------------------------------------------------------------------------------

    @router.get(BATCHES + "/{batch}")
    def one_batch(request: Request, batch: str, visitor: Visitor = whole) -> Response:
        return show_batch(request, visitor, batch)

    def show_batch(
        request: Request,
        visitor: Visitor,
        batch: str,
        status: int = 200,
        refused: BadgesError | None = None,
        form: Form | None = None,
    ) -> Response:
        report = batches.report(visitor.caller, batch, with_rows=False)
        entry = entry_of(report)
        own = report.batch.structure == visitor.structure.id
        words = batches.words(visitor.caller, batch) if own else None
        values: dict[str, Any] = {
            "form": form or Form(),
            "report": report,
            "entry": entry,
            "definition": entry.definition,
            "second": _second(team, visitor, report, entry, words),
            "words": words,
            "states": STATES,
            "reasons": [(code, words) for code, words in REVOCATION_REASONS.items() if code != "replaced"],
            "refused": refused,
            "own": own,
            "function_labels": FUNCTION_LABELS,
            "way_labels": WAY_LABELS,
            "session": session_of(report.batch, entry.definition),
        }
        if words is None:
            return team.render(request, visitor, "team/batch_second.html", status, **values)
        if report.batch.state == "confirmed":
            return team.render(request, visitor, "team/batch_running.html", status, **values)
        after = _number(request, "apres")
        wrong = batches.rows(visitor.caller, batch, "refused", beyond=_after(request, "faux"), limit=WRONG_ROWS + 1)
        states = ("ready", "done", "cancelled")
        others = batches.rows(visitor.caller, batch, *states, beyond=_after(request, "apres"), limit=OTHER_ROWS + 1)
        speaks = request.query_params.get("parole")
        speaking = [row for row in batches.rows(visitor.caller, batch, "ready") if row.id == speaks] if speaks else []
        return team.render(
            request,
            visitor,
            "team/batch.html" if report.batch.state == "planned" else "team/batch_done.html",
            status,
            wrong=show_rows(visitor, wrong[:WRONG_ROWS], words.held),
            speaking=show_rows(visitor, speaking),
            said_as=WORDS,
            words_said=WORDS_SAID,
            never_here=NEVER_HERE,
            today=today(),
            more_wrong=wrong[WRONG_ROWS - 1].position if len(wrong) > WRONG_ROWS else 0,
            others=show_rows(visitor, others[:OTHER_ROWS]),
            more_others=others[OTHER_ROWS - 1].position if len(others) > OTHER_ROWS else 0,
            unfolded=after > 0,
            how_read=HowRead.find(request),
            revoked=batches.count_revoked(visitor.caller, batch) if report.done else 0,
            papers={paper: batch_papers.parts(batch, paper, report.done) for paper in batch_papers.PAPERS},
            short=lambda row: spaced_code(short_code(f"urn:uuid:{row.award}")) if row.state == "done" else "",
            **values,
        )

    def show_rows(visitor: Visitor, rows: Iterable[BatchRow], held: frozenset[str] = frozenset()) -> list[Shown]:
        rows = tuple(rows)
        people = batches.people(visitor.caller, rows)
        asked = [row for row in rows if row.newcomer and _codes(row) & {"homonym", "name_twice"}]
        namesakes = batches.namesakes(visitor.caller, (row.newcomer["name"] or "" for row in asked if row.newcomer))
        shown = []
        for row in rows:
            person = people.get(row.recipient)
            stands = typed_of(row, person.name if person else None)
            fields = frozenset(problem["field"] for problem in row.problems if "field" in problem)
            same = namesakes.get(plain(stands["name"]), ()) if row in asked else ()
            name = stands["name"] or stands["email"] or _ref_of(row)
            shown.append(Shown(row, name, stands, _codes(row), fields, same, row.id in held))
        return shown

    @router.get(BATCHES + "/{batch}/avancement")
    def progress(request: Request, batch: str, visitor: Visitor = whole) -> Response:
        report = batches.report(visitor.caller, batch, with_rows=False)
        told = {"state": report.batch.state, "done": report.done, "ready": report.ready, "refused": report.refused}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @router.get(BATCHES + "/{batch}/a-corriger.{form}")
    def rejected_rows(request: Request, batch: str, form: str, visitor: Visitor = whole) -> Response:
        rows = batches.rows(visitor.caller, batch, "refused")
        report = batches.report(visitor.caller, batch, with_rows=False)
        names = {id: person.name for id, person in batches.people(visitor.caller, rows).items()}
        session = session_of(report.batch, entry_of(report).definition)
        return _file(rejected(rows, names, session, _known_form(form)), form, "a-corriger")

    @router.post(BATCHES + "/{batch}/lignes")
    def correct(request: Request, batch: str, form: Filled, visitor: Visitor = whole) -> Response:
        report = batches.report(visitor.caller, batch, with_rows=False)
        session = session_of(report.batch, entry_of(report).definition)
        asked = {name.removeprefix("name-") for name in form.names if name.startswith("name-")}
        left_out = set(form.many("leave", sorted(asked)))
        rows = {row.id: row for row in batches.rows(visitor.caller, batch) if row.id in asked}
        people = batches.people(visitor.caller, rows.values())
        changed: dict[str, Row] = {}
        for id, row in rows.items():
            before = typed_of(row, people[row.recipient].name if row.recipient in people else None)
            corrected = _corrected(form, row, before, session)
            if corrected and id not in left_out:
                changed[id] = corrected
        if not changed and not left_out:
            return team.back(f"{BATCHES}/{batch}", "batch_same")
        try:
            batches.correct(visitor.caller, batch, changed, left_out=left_out, once=visitor.once(form, batch))
        except Conflict as error:
            return show_batch(request, visitor, batch, status_of(error), error)
        return team.back(f"{BATCHES}/{batch}", "batch_corrected")

    @router.post(BATCHES + "/{batch}/reprendre")
    def take_back_in(request: Request, batch: str, form: Filled, visitor: Visitor = whole) -> Response:
        """A row that was left out, after all."""
        left_out = batches.rows(visitor.caller, batch, "cancelled")
        row = next((row for row in left_out if row.id == form.kept("row")), None)
        if row is None:
            raise refusal(NotFound, "unknown")
        report = batches.report(visitor.caller, batch, with_rows=False)
        session = session_of(report.batch, entry_of(report).definition)
        again = read_row(typed_of(row), session, ref=row.ref, surely_new=_was_surely_new(row))
        batches.correct(visitor.caller, batch, {row.id: again}, once=visitor.once(form, batch))
        return team.back(f"{BATCHES}/{batch}", "batch_corrected")

    @router.post(BATCHES + "/{batch}/parole")
    def declare(request: Request, batch: str, form: Filled, visitor: Visitor = whole) -> Response:
        """« Chaque personne a été informée de ce que dit son badge et l’a accepté », or no longer."""
        undo = form.kept("do") == "undo"
        told_on = None if undo else _told_on(form, needed=TELL_THEM_FIRST)
        if form.wrong:
            return show_batch(request, visitor, batch, 422, form=form)
        try:
            batches.declare(visitor.caller, batch, on=told_on, once=visitor.once(form, batch))
        except (Conflict, Misuse) as error:
            return show_batch(request, visitor, batch, status_of(error), error, form)
        return team.back(f"{BATCHES}/{batch}", "batch_undeclared" if undo else "batch_declared")

    # -- confirm, follow, after -------------------------------------------------------------------------------------

    @router.get(BATCHES + "/{batch}/confirmer")
    def check_before(request: Request, batch: str, visitor: Visitor = whole) -> Response:
        return show_confirmation(request, visitor, batch, Form())

    def show_confirmation(
        request: Request,
        visitor: Visitor,
        batch: str,
        form: Form,
        status: int = 200,
        refused: BadgesError | None = None,
    ) -> Response:
        report = batches.report(visitor.caller, batch, with_rows=False)
        if report.batch.structure != visitor.structure.id:
            raise refusal(NotFound, "unknown")
        if report.batch.state != "planned":
            return team.back(f"{BATCHES}/{batch}")
        entry = entry_of(report)
        words = batches.words(visitor.caller, batch)
        named = sum(row.name_in_badge for row in batches.rows(visitor.caller, batch, "ready"))
        return team.render(
            request,
            visitor,
            "team/batch_confirm.html",
            status,
            report=report,
            entry=entry,
            definition=entry.definition,
            session=session_of(report.batch, entry.definition),
            second=_second(team, visitor, report, entry, words),
            words=words,
            form=form,
            today=today(),
            named=named,
            refused=refused,
            function_labels=FUNCTION_LABELS,
        )

    @router.post(BATCHES + "/{batch}/confirmer")
    def confirm(request: Request, batch: str, form: Filled, visitor: Visitor = whole) -> Response:
        ready, told_on = form.kept("ready"), _told_on(form)
        if form.wrong:
            return show_confirmation(request, visitor, batch, form, 422)
        announced = int(ready) if ready.isascii() and ready.isdigit() else -1
        try:
            batches.confirm(visitor.caller, batch, ready=announced, told_on=told_on)
        except (Conflict, AwardRefused, Misuse) as error:
            if visitor.may("propose") and not getattr(error, "missing", ()) and error.code not in STAYS_WITH_THE_READER:
                batches.correct(visitor.caller, batch)
                return team.back(f"{BATCHES}/{batch}", "batch_rechecked")
            return show_confirmation(request, visitor, batch, form, status_of(error), error)
        wake()
        return team.back(f"{BATCHES}/{batch}", "batch_confirmed")

    @router.post(BATCHES + "/{batch}/regard")
    def second_look(request: Request, batch: str, form: Filled, visitor: Visitor = whole) -> Response:
        confirms = form.choice("confirms", ("yes", "not_yet"))
        comment = form.lines("comment", longest=1_000)
        if confirms is None:
            error = refusal(Misuse, "not_in_list", found="—", known="d’accord, pas encore")
            return show_batch(request, visitor, batch, 422, error)
        batches.second_look(visitor.caller, batch, confirms=confirms == "yes", comment=comment)
        return team.back(f"{BATCHES}/{batch}", "batch_looked")

    @router.post(BATCHES + "/{batch}/annuler")
    def cancel(request: Request, batch: str, form: Filled, visitor: Visitor = whole) -> Response:
        batches.cancel(visitor.caller, batch)
        return team.back(f"{BATCHES}/{batch}", "batch_cancelled")

    @router.post(BATCHES + "/{batch}/retirer")
    def revoke(request: Request, batch: str, form: Filled, visitor: Visitor = whole) -> Response:
        try:
            batches.revoke(visitor.caller, batch, form.kept("reason"))
        except Misuse as error:
            return show_batch(request, visitor, batch, status_of(error), error)
        return team.back(f"{BATCHES}/{batch}", "batch_revoked")

    return router


# -- what is waiting --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Second:
    """How it stands with the second look that a badge asks for, or those who do not agree (how many are ``held``), and
    whether this visitor may give it."""

    asked: bool
    given: bool
    looks: tuple[Any, ...] = ()
    mine_to_give: bool = False
    held: int = 0


def _second(team: Team, visitor: Visitor, report: Report, entry: Entry, words: Words | None) -> Second:
    if report.batch.state != "planned":
        return Second(False, True)
    asked, held = entry.definition.second != "none", len(words.held) if words else 0
    looks = team.issuer.batches.looks(visitor.caller, report.batch.id)
    given = not asked or (bool(looks) and looks[-1][0].confirms)
    planner = report.batch.planned_by == visitor.member.id
    return Second(asked, given, looks, visitor.may("second") and not planner and (not given or held > 0), held)


def _how_many_wait(team: Team, visitor: Visitor) -> int:
    """Sent to this structure, and ours that somebody has to look at again or to confirm."""
    batches = team.issuer.batches
    sent = len(batches.list_sent(visitor.caller)) if visitor.may("second") else 0
    return sent + (batches.count_planned(visitor.caller) if visitor.may("decide", "second") else 0)


def _awardable(team: Team, entry: Entry) -> bool:
    try:
        return team.issuer.desk.awardable(entry.slug, None).version == entry.version
    except (AwardRefused, NotFound):
        return False


# -- what a form says -------------------------------------------------------------------------------------------------


def _chosen(form: Form) -> list[str]:
    return [name.removeprefix("person-") for name in form.names if name.startswith("person-") and form.ticked(name)]


def _people_sent(form: Form, session: Session) -> tuple[list[Row], str, HowRead | None]:
    """The people of the file, of what was pasted and of the boxes that were ticked, in this order; their digest; and
    how the file was read."""
    refs: set[str] = set()
    rows: list[Row] = []
    digest = hashlib.sha256()
    read = None
    for upload in form.files("sheet")[:1]:
        digest.update(upload.content)
        table = read_table(upload.content)
        roster = read_roster(table, session, refs=refs)
        read = HowRead.of(table, len(roster.ignored))
        rows += roster.rows
    if pasted := form.lines("pasted", longest=1_000_000):
        rows += read_roster(read_pasted(pasted), session, pasted=True, refs=refs).rows
    rows += [Row(f"choix {number}", person=person) for number, person in enumerate(sorted(_chosen(form)), start=1)]
    return rows, digest.hexdigest(), read


def _told_on(form: Form, *, needed: str = "") -> date | None:
    """The day of the statement for all; None when its box is not ticked, which is told where it is ``needed``."""
    if form.ticked("told"):
        return form.day("told_on", needed=ON_WHICH_DAY)
    if needed:
        form.refuse("told", needed)
    return None


def _corrected(form: Form, row: BatchRow, before: Typed, session: Session) -> Row | None:
    """The row with what was typed in its fields; None when nothing was changed."""
    typed = dict(before)
    results = (key for key in before if key.startswith("result:"))
    for field in ("name", "email", "absent", "caught_up", "word", *results):
        if f"{field}-{row.id}" in form.names:
            typed[field] = form.text(f"{field}-{row.id}", longest=400)
    if f"comment-{row.id}" in form.names:
        typed["comment"] = form.lines(f"comment-{row.id}", longest=LONGEST_COMMENT)
    if f"shown-{row.id}" in form.names:
        typed["named"] = "oui" if form.ticked(f"named-{row.id}") else ""
    who = form.kept(f"who-{row.id}")
    if who == NEW_PERSON:
        typed["person"] = ""
    elif who:
        typed["person"] = who[:80]
    if typed == before and who != NEW_PERSON:
        return None
    same_name = plain(typed["name"]) == plain(before["name"])
    return read_row(typed, session, ref=row.ref, surely_new=who == NEW_PERSON or (_was_surely_new(row) and same_name))


def _ref_of(row: BatchRow) -> str:
    """How its author calls the row; empty once whom it was about is erased."""
    return row.ref if row.person or row.newcomer or row.problems else ""


def _was_surely_new(row: BatchRow) -> bool:
    return row.newcomer is not None and "surely_new" not in row.newcomer


def _codes(row: BatchRow) -> frozenset[str]:
    return frozenset(problem["code"] for problem in row.problems)


# -- addresses and files ----------------------------------------------------------------------------------------------


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _after(request: Request, name: str) -> tuple[int, str] | None:
    """The last position of the page before; no id comes after « z »."""
    position = _number(request, name)
    return (position, "z") if position else None


def _cursor(report: Report) -> str:
    return f"{report.batch.created_at:%Y%m%dT%H%M%S}_{report.batch.id}"


def _moment(request: Request) -> tuple[datetime, str] | None:
    at, _, id = request.query_params.get("avant", "").partition("_")
    try:
        return (datetime.strptime(at, "%Y%m%dT%H%M%S").replace(tzinfo=UTC), id[:60]) if at else None
    except ValueError:
        return None


def _known_form(form: str) -> str:
    if form not in MEDIA_TYPES:
        raise refusal(NotFound, "unknown")
    return form


def _file(content: bytes, form: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)
