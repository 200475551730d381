"""The public pages of the catalogue: every badge, what it asks, and the frameworks it relates to.

All that is shown comes from the definition (what is signed) and from what stands around it; the pages add words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ..catalogue import taxonomy
from ..catalogue.criteria_files import VERSION, Alignment
from ..catalogue.definition import FAMILIES, LEVELS
from ..catalogue.library import Catalogue, Entry
from ..errors import NotFound
from .pages import Pages

LONGEST_SEARCH = 100
PICTURE_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for. A value that the catalogue does not know is as if it had not been given."""

    words: str
    family: str | None
    sector: str | None
    level: int | None

    @classmethod
    def from_query(cls, request: Request) -> Wanted:
        given = request.query_params
        family, sector, level = given.get("famille"), given.get("secteur"), given.get("niveau", "")
        return cls(
            words=" ".join(given.get("q", "")[:LONGEST_SEARCH].split()),
            family=family if family in FAMILIES else None,
            sector=sector if sector in taxonomy.SECTOR_LABELS else None,
            level=next((known for known in LEVELS if level == str(known)), None),
        )

    @property
    def everything(self) -> bool:
        return self == Wanted("", None, None, None)


def nobody(slug: str, version: str) -> Sequence[object]:
    """For a catalogue that stands alone: who supports its badges is known to a register."""
    return ()


def router(pages: Pages, catalogue: Catalogue, supports: Callable[[str, str], Sequence[object]] = nobody) -> APIRouter:
    """``/criteres…`` and ``/alignements/{code}``. ``supports`` gives who endorses a version of a badge today."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/criteres", methods=["GET", "HEAD"])
    def criteria(request: Request) -> Response:
        wanted = Wanted.from_query(request)
        found = catalogue.search(wanted.words, family=wanted.family, sector=wanted.sector, level=wanted.level)
        everything = catalogue.current()
        used = {entry.around.sector for entry in everything}
        return pages.render(
            request,
            "criteria/all.html",
            wanted=wanted,
            found=found,
            total=len(everything),
            families=_by_family(found),
            family_labels=taxonomy.FAMILY_LABELS,
            level_labels=taxonomy.LEVEL_LABELS,
            sector_labels={code: label for code, label in taxonomy.SECTOR_LABELS.items() if code in used},
        )

    @router.api_route("/criteres/{slug}", methods=["GET", "HEAD"])
    def latest(slug: str) -> Response:
        entry = catalogue.latest(slug)
        return RedirectResponse(f"/criteres/{entry.slug}/{entry.version}", status_code=307)

    @router.api_route("/criteres/{slug}/{version}", methods=["GET", "HEAD"])
    def badge(request: Request, slug: str, version: str) -> Response:
        entry = _require(catalogue, slug, version)
        definition = entry.definition
        translation = entry.around.translations.get(pages.language(request))
        latest_version = catalogue.latest(slug).version if entry.published_on else None
        return pages.render(
            request,
            "criteria/badge.html",
            entry=entry,
            definition=definition,
            around=entry.around,
            translation=translation,
            latest_version=latest_version,
            versions=[_require(catalogue, slug, known) for known in reversed(catalogue.versions(slug))],
            prerequisites=[(slug, _title(catalogue, slug)) for slug in definition.prerequisites],
            related=_by_framework(entry.around.alignments),
            supports=supports(slug, entry.version),
            labels=taxonomy,
        )

    @router.api_route("/criteres/{slug}/{version}/picture.{form}", methods=["GET", "HEAD"])
    def picture(request: Request, slug: str, version: str, form: str) -> Response:
        entry = _require(catalogue, slug, version)
        path = entry.folder / f"picture.{form}"
        if form not in PICTURE_TYPES or not path.is_file():
            raise NotFound("Attendu : l’image d’un badge, picture.png ou picture.svg ; trouvé : autre chose.")
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=PICTURE_TYPES[form], headers=headers)

    @router.api_route("/alignements/{code}", methods=["GET", "HEAD"])
    def alignment(request: Request, code: str) -> Response:
        found = catalogue.alignments().get(code)
        if found is None:
            raise NotFound(
                "Attendu : le code d’un référentiel cité par un badge ; trouvé : un code qu’aucun badge ne cite.",
                advice="Ouvrez la page d’un badge : les codes qu’il cite y sont, avec leurs liens.",
            )
        return pages.render(
            request,
            "criteria/alignment.html",
            aligned=found,
            framework=taxonomy.FRAMEWORKS[found.alignment.framework],
            level_labels=taxonomy.LEVEL_LABELS,
        )

    return router


def _require(catalogue: Catalogue, slug: str, version: str) -> Entry:
    """The same refusal for a name that could not exist as for one that does not."""
    return catalogue.require(slug, version if VERSION.fullmatch(version) else "?")


def _title(catalogue: Catalogue, slug: str) -> str:
    return catalogue.latest(slug).definition.title if catalogue.versions(slug) else slug


def _by_family(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """In the order of the families; inside one, the order in which the search found them."""
    families: dict[str, list[Entry]] = {family: [] for family in FAMILIES}
    for entry in entries:
        families[entry.definition.family].append(entry)
    return {family: found for family, found in families.items() if found}


def _by_framework(alignments: Sequence[Alignment]) -> dict[str, list[Alignment]]:
    frameworks: dict[str, list[Alignment]] = {}
    for alignment in alignments:
        frameworks.setdefault(alignment.framework, []).append(alignment)
    return frameworks
