"""Proposing a badge, or a new version of one: a form, what it would look like, and the files to review and publish.

Nothing is published from these pages: :mod:`badges.catalogue.drafting` says what publishing would refuse, and gives the
files. A badge of another network begins as the document it publishes, and keeps where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue import taxonomy
from ...catalogue.comparing import compare
from ...catalogue.criteria_files import Origin
from ...catalogue.definition import (
    DECIDING_FUNCTIONS,
    FAMILIES,
    KINDS,
    KINDS_OF_BADGE,
    LEVELS,
    SECONDS,
    WAYS,
    WITNESS_FUNCTIONS,
    AwardRule,
    Criterion,
)
from ...catalogue.drafting import (
    LARGEST_DOCUMENT,
    Draft,
    as_zip,
    definition_of,
    definition_toml,
    draft_of,
    problems_of,
    read_badge_class,
    slug_for,
    tidy,
)
from ...clock import in_paris
from ...errors import CatalogueError
from ...typography import N_
from ...web.forms import MISSING, Form, filled_in
from ..permissions import require
from .door import Team, Visitor

PROPOSE = "/equipe/catalogue/proposer"
IMPORT = "/equipe/catalogue/importer"
MOST_CRITERIA = 30
MORE = 3
Filled = Annotated[Form, Depends(filled_in)]


NOT_A_NUMBER = N_("Un nombre entier était attendu.")
NOTHING_GIVEN = N_("Collez le document, ou choisissez un fichier.")


def router(team: Team) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    desk = team.issuer.desk
    catalogue = desk.catalogue

    def require_network(visitor: Visitor) -> None:
        with desk.storage.reading() as register:
            require(desk.actor(register, visitor.caller), "network")

    def today() -> date:
        return in_paris(desk.now()).date()

    def shown(request: Request, visitor: Visitor, form: Form, rows: int, status: int = 200, **values: Any) -> Response:
        for name in ("problems", "checked", "comparison", "definition", "text", "imported"):
            values.setdefault(name, None)
        return team.render(
            request,
            visitor,
            "team/draft.html",
            status,
            form=form,
            rows=min(rows, MOST_CRITERIA),
            most=MOST_CRITERIA,
            labels=taxonomy,
            badges=[(entry.slug, entry.definition.title) for entry in catalogue.current()],
            families=FAMILIES,
            ways=WAYS,
            kinds=KINDS,
            functions=DECIDING_FUNCTIONS,
            witnesses=WITNESS_FUNCTIONS,
            seconds=SECONDS,
            levels=LEVELS,
            kinds_of_badge=KINDS_OF_BADGE,
            **values,
        )

    @router.get(PROPOSE)
    def propose(request: Request, de: str = "", visitor: Visitor = whole) -> Response:
        require_network(visitor)
        if de:
            draft = draft_of(catalogue.latest(de[:80]))
            return shown(request, visitor, _form_of(draft, de), len(draft.criteria) + 1)
        creator = catalogue.current()[0].around.creator if catalogue.current() else ""
        return shown(request, visitor, _form_of(Draft(creator=creator)), 4)

    @router.post(PROPOSE)
    def check(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        require_network(visitor)
        rows = _rows(form)
        act = form.choice("do", ("preview", "download", "more"), needed="") or "preview"
        if act == "more":
            return shown(request, visitor, form, rows + MORE)
        draft = _draft(form, rows, catalogue.slugs())
        base = catalogue.versions(form.kept("de")[:80]) and catalogue.latest(form.kept("de")[:80])
        if base:
            draft = replace(draft, carried=draft_of(base).carried)
        if form.wrong:
            return shown(request, visitor, form, rows, 422)
        problems = problems_of(draft, catalogue, today())
        if problems:
            return shown(request, visitor, form, rows, 422, problems=problems)
        if act == "download":
            headers = {"Content-Disposition": f'attachment; filename="{draft.slug}-{draft.version}.zip"'}
            return Response(as_zip(draft, today()), media_type="application/zip", headers=headers)
        definition = definition_of(draft)
        before = catalogue.latest(draft.slug).definition if catalogue.versions(draft.slug) else None
        return shown(
            request,
            visitor,
            form,
            rows,
            checked=draft,
            definition=definition,
            comparison=compare(before, definition) if before else None,
            text=definition_toml(draft),
        )

    @router.get(IMPORT)
    def import_page(request: Request, visitor: Visitor = whole) -> Response:
        require_network(visitor)
        return team.render(request, visitor, "team/import.html", refusal=None, largest=LARGEST_DOCUMENT)

    @router.post(IMPORT)
    def import_badge(request: Request, form: Filled, visitor: Visitor = whole) -> Response:
        require_network(visitor)
        files = form.files("file")
        body = files[0].content if files and files[0].content else form.kept("document").encode()
        if not body.strip():
            form.refuse("document", NOTHING_GIVEN)
        family = form.choice("family", FAMILIES)
        refusal: CatalogueError | None = None
        if not form.wrong and family:
            try:
                draft = read_badge_class(body)
            except CatalogueError as refused:
                refusal = refused
            else:
                family = draft.family or family
                draft = replace(draft, family=family, slug=slug_for(family, draft.title))
                return shown(request, visitor, _form_of(draft), len(draft.criteria) + 1, imported=True)
        return team.render(
            request, visitor, "team/import.html", 422, form=form, refusal=refusal, largest=LARGEST_DOCUMENT
        )

    return router


# --- between the form and the draft --------------------------------------------------------------------------------


def _rows(form: Form) -> int:
    told = form.kept("rows")
    return min(int(told), MOST_CRITERIA) if told.isascii() and told.isdigit() and len(told) < 4 else 4


def _form_of(draft: Draft, base: str = "") -> Form:
    """The form as it is first shown."""
    rule = draft.rule
    values: dict[str, Any] = {
        "de": base,
        "slug": draft.slug,
        "version": draft.version,
        "family": draft.family,
        "kind": draft.kind,
        "level": str(draft.level),
        "title": draft.title,
        "description": draft.description,
        "simple": draft.simple,
        "sector": draft.sector,
        "action_types": draft.action_types,
        "wave": str(draft.wave),
        "notes": draft.notes,
        "creator": draft.creator,
        "change": draft.change,
        "assessors": draft.assessors,
        "second": draft.second,
        "validity": str(draft.validity_months or ""),
        "prerequisites": draft.prerequisites,
        "optional_at_least": str(rule.optional_at_least),
        "distinct_days": str(rule.distinct_days),
        "max_age_months": str(rule.max_age_months or ""),
        "observed_ways": rule.observed_ways,
        "ageless_kinds": rule.ageless_kinds,
        "never_alone": rule.never_alone,
    }
    if draft.origin:
        origin = draft.origin
        values |= {"origin_name": origin.name, "origin_url": origin.url, "origin_licence": origin.licence}
        values |= {"origin_badge": origin.badge}
    for number, one in enumerate(draft.criteria, start=1):
        values |= {
            f"id-{number}": one.id,
            f"text-{number}": one.text,
            f"required-{number}": "yes" if one.required else "no",
            f"ways-{number}": one.ways,
            f"kinds-{number}": one.kinds,
        }
    return Form.blank(**values)


def _draft(form: Form, rows: int, badges: Sequence[str]) -> Draft:
    """What was filled in; what a field alone can tell is told at the field, the rest by the rule language."""
    title = tidy(form.text("title", longest=120, needed=MISSING))
    family = form.choice("family", FAMILIES) or ""
    slug = form.text("slug", longest=60) or (slug_for(family, title) if family and title else "")
    level = form.choice("level", [str(level) for level in LEVELS])
    validity = _number(form, "validity", needed=False)
    return Draft(
        slug=slug,
        version=form.text("version", longest=14, needed=MISSING),
        family=family,
        kind=form.choice("kind", KINDS_OF_BADGE) or "",
        level=int(level or 1),
        title=title,
        description=tidy(form.lines("description", longest=400, needed=MISSING)),
        assessors=form.many("assessors", DECIDING_FUNCTIONS),
        second=form.choice("second", SECONDS) or "",
        validity_months=validity,
        prerequisites=form.many("prerequisites", badges),
        rule=AwardRule(
            _number(form, "optional_at_least") or 0,
            _number(form, "distinct_days") or 0,
            form.many("observed_ways", WAYS),
            _number(form, "max_age_months"),
            form.many("ageless_kinds", KINDS),
            form.many("never_alone", WITNESS_FUNCTIONS),
        ),
        criteria=_criteria(form, rows),
        simple=tidy(form.text("simple", longest=160, needed=MISSING)),
        sector=form.choice("sector", tuple(taxonomy.SECTOR_LABELS)) or "",
        action_types=form.many("action_types", tuple(taxonomy.ACTION_TYPE_LABELS)),
        wave=int(form.choice("wave", ("1", "2", "3")) or 3),
        notes=tidy(form.lines("notes", longest=600)),
        creator=tidy(form.text("creator", longest=120, needed=MISSING)),
        change=tidy(form.text("change", longest=300, needed=MISSING)),
        origin=_origin(form),
    )


def _origin(form: Form) -> Origin | None:
    if not any(form.kept(name) for name in ("origin_name", "origin_url", "origin_licence", "origin_badge")):
        return None
    return Origin(
        form.text("origin_name", longest=200, needed=MISSING),
        form.text("origin_url", longest=300, needed=MISSING),
        form.text("origin_licence", longest=300, needed=MISSING),
        form.text("origin_badge", longest=300),
    )


def _criteria(form: Form, rows: int) -> tuple[Criterion, ...]:
    """The rows that say something. An id is kept for ever: a new row takes the number after the highest there is."""
    filled = [number for number in range(1, rows + 1) if form.kept(f"text-{number}").strip()]
    known = [form.text(f"id-{number}", longest=4) for number in range(1, rows + 1)]
    highest = max((int(one[1:]) for one in known if re.fullmatch(r"c[1-9]\d{0,2}", one)), default=0)
    found = []
    for number in filled:
        id = known[number - 1]
        if not id:
            highest += 1
            id = f"c{highest}"
        found.append(
            Criterion(
                id,
                tidy(form.text(f"text-{number}", longest=300)),
                form.choice(f"required-{number}", ("yes", "no"), needed="") != "no",
                form.many(f"ways-{number}", WAYS),
                form.many(f"kinds-{number}", KINDS),
            )
        )
    if not found:
        form.refuse("text-1", N_("Au moins un critère était attendu."))
    return tuple(found)


def _number(form: Form, name: str, *, needed: bool = True) -> int | None:
    text = form.text(name, longest=4, needed=MISSING if needed else "")
    if text and not (text.isascii() and text.isdigit()):
        form.refuse(name, NOT_A_NUMBER)
        return None
    return int(text) if text else None
