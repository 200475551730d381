"""The catalogue as the staff reads it: what may be awarded here, how often it was, and what sets versions apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Depends, Request, Response

from ...catalogue import taxonomy
from ...catalogue.comparing import compare
from ...catalogue.library import Entry
from ...catalogue.publishing import STEP_WORDS
from ...clock import in_paris
from ...errors import NotFound
from ...paper.press import Press
from ...web.criteria import Wanted
from ..permissions import require
from ..storage import Award
from ..wording import refusal
from .door import Team, Visitor

CATALOGUE = "/equipe/catalogue"
Families = Callable[[str, date], frozenset[str]]
"""The families that the network recognises a structure for, on a day."""


def router(team: Team, families_of: Families, press: Press) -> APIRouter:
    router = team.router()
    whole = Depends(team.whole)
    desk = team.issuer.desk
    shelves = desk.catalogue

    def awarded_here(visitor: Visitor) -> Counter[tuple[str, str]]:
        """How many times each version was awarded by the visitor's structure."""
        with desk.storage.reading() as register:
            actor = desk.actor(register, visitor.caller)
            require(actor, "see")
            told = register.tally(Award, "slug", "version", structure=actor.structure)
        return Counter({(str(slug), str(version)): number for (slug, version), number in told.items()})

    def ours(visitor: Visitor) -> frozenset[str]:
        return families_of(visitor.structure.id, in_paris(desk.now()).date())

    def may_be_awarded(entry: Entry) -> bool:
        return entry.status == "adopte" or (desk.demo and entry.status == "proposition")

    @router.get(CATALOGUE)
    def catalogue(request: Request, visitor: Visitor = whole) -> Response:
        wanted = Wanted.from_query(request)
        only_ours = request.query_params.get("nous") == "oui"
        awarded, families = awarded_here(visitor), ours(visitor)
        found = [
            entry
            for entry in shelves.search(wanted.words, family=wanted.family, sector=wanted.sector, level=wanted.level)
            if not only_ours or (entry.definition.family in families and may_be_awarded(entry))
        ]
        by_slug: Counter[str] = Counter()
        for (slug, _), number in awarded.items():
            by_slug[slug] += number
        return team.render(
            request,
            visitor,
            "team/catalogue.html",
            wanted=wanted,
            only_ours=only_ours,
            found=found,
            total=len(shelves.current()),
            grouped={
                family: entries
                for family in taxonomy.FAMILY_LABELS
                if (entries := [entry for entry in found if entry.definition.family == family])
            },
            families=families,
            may_be_awarded=may_be_awarded,
            awarded=by_slug,
            labels=taxonomy,
            sectors={
                code: label
                for code, label in taxonomy.SECTOR_LABELS.items()
                if any(entry.around.sector == code for entry in shelves.current())
            },
        )

    @router.get(CATALOGUE + "/{slug}")
    def badge(request: Request, slug: str, visitor: Visitor = whole) -> Response:
        awarded = awarded_here(visitor)
        versions = versions_of(slug)
        return team.render(
            request,
            visitor,
            "team/catalogue_badge.html",
            entry=versions[0],
            versions=versions,
            awarded=awarded,
            families=ours(visitor),
            may_be_awarded=may_be_awarded,
            labels=taxonomy,
        )

    @router.get(CATALOGUE + "/{slug}/comparer")
    def comparison(request: Request, slug: str, avant: str = "", apres: str = "", visitor: Visitor = whole) -> Response:
        awarded_here(visitor)
        versions = versions_of(slug)
        if len(versions) < 2:
            return team.back(f"{CATALOGUE}/{versions[0].slug}")
        by_version = {entry.version: entry for entry in versions}
        after = by_version.get(apres, versions[0])
        before = by_version.get(avant) or next(one for one in (*versions[1:], *versions) if one is not after)
        told = compare(before.definition, after.definition)
        return team.render(
            request,
            visitor,
            "team/catalogue_compare.html",
            versions=versions,
            before=before,
            after=after,
            comparison=told,
            step=STEP_WORDS[told.step],
        )

    @router.get(CATALOGUE + "/{slug}/{version}/fiche.pdf")
    def sheet(request: Request, slug: str, version: str, visitor: Visitor = whole) -> Response:
        awarded_here(visitor)
        entry = next((one for one in versions_of(slug) if one.version == version), None)
        if entry is None:
            raise refusal(NotFound, "unknown")
        body = press.criteria(entry, shelves)
        name = f"criteres-{entry.slug}-{entry.version}.pdf"
        return Response(
            body, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
        )

    def versions_of(slug: str) -> list[Entry]:
        """Published ones, the latest first. Raises :class:`NotFound`."""
        found = [shelves.require(slug, version) for version in reversed(shelves.versions(slug[:80]))]
        published = [entry for entry in found if entry.published_on is not None]
        if not published:
            raise refusal(NotFound, "unknown")
        return published

    return router
