"""The shelves: every version of every badge, read from folders when asked.

``Catalogue.open(shipped_criteria(), home / "criteria")`` reads nothing yet; a version is read, checked and kept
the first time somebody wants it. Later folders add badges and versions to earlier ones and never replace any.
A published definition whose digest is no longer the one in ``PUBLISHED`` is refused, never served.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from ..errors import NotFound
from .criteria_files import (
    DEFINITION_FILE,
    VERSION,
    Alignment,
    Around,
    problem,
    read_around_file,
    read_definition_file,
    version_key,
)
from .definition import FAMILIES, Definition, digest
from .taxonomy import FAMILY_LABELS, LEVEL_LABELS, SECTOR_LABELS, fold

PUBLISHED_FILE = "PUBLISHED"


def shipped_criteria() -> Path:
    """The catalogue that came with this copy of the product: the wheel's, or the one of the working tree."""
    package = Path(__file__).resolve().parent.parent
    carried = package / "_criteria"
    return carried if carried.is_dir() else package.parent / "criteria"


@dataclass(frozen=True, slots=True)
class Publication:
    """One line of ``PUBLISHED``: this definition, with this digest, since that day, for ever."""

    slug: str
    version: str
    digest: str
    on: date

    def __str__(self) -> str:
        return f"{self.slug} {self.version} {self.digest} {self.on.isoformat()}"


def read_published(folder: Path) -> tuple[Publication, ...]:
    """The lines of ``folder/PUBLISHED``, in their order; none when there is no such file.

    Raises :class:`CatalogueError` on a line that is not *slug version digest date*, or a version told twice.
    """
    path = folder / PUBLISHED_FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    found: dict[tuple[str, str], Publication] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            slug, version, told, day = line.split()
            version_key(version)
            publication = Publication(slug, version, told, date.fromisoformat(day))
        except ValueError:
            raise problem(
                PUBLISHED_FILE,
                f"ligne {number}",
                "« nom version empreinte date »",
                line,
                "Ce fichier ne s’écrit pas à la main : reprenez la version précédente et publiez.",
                "published_malformed",
            ).refusal() from None
        if (slug, version) in found:
            raise problem(
                PUBLISHED_FILE,
                f"ligne {number}",
                "chaque version une seule fois",
                f"{slug} {version} deux fois",
                "Gardez la première ligne : une version publiée ne change plus.",
                "published_twice",
            ).refusal()
        found[slug, version] = publication
    return tuple(found.values())


@dataclass(frozen=True)
class Entry:
    """One version of one badge: what it asks, the exact text that is signed, and what stands around it."""

    definition: Definition
    text: str = field(repr=False)
    digest: str
    published_on: date | None
    folder: Path = field(repr=False)

    @property
    def slug(self) -> str:
        return self.definition.slug

    @property
    def version(self) -> str:
        return self.definition.version

    @cached_property
    def around(self) -> Around:
        """Read when first asked for. Raises :class:`CatalogueError`."""
        return read_around_file(self.folder, self.definition)

    @property
    def status(self) -> str:
        return self.around.status

    @cached_property
    def _searchable(self) -> str:
        definition, around = self.definition, self.around
        words = [
            definition.slug,
            definition.title,
            definition.description,
            around.simple,
            FAMILY_LABELS[definition.family].fr,
            LEVEL_LABELS[definition.level].fr,
            SECTOR_LABELS[around.sector].fr,
            *(criterion.text for criterion in definition.criteria),
            *(f"{alignment.code} {alignment.label}" for alignment in around.alignments),
        ]
        return _words(" ".join(words))


@dataclass(frozen=True, slots=True)
class AlignedWith:
    """A code of a framework and the badges that relate to it: one page ``/alignements/{page}`` of ours."""

    page: str
    alignment: Alignment
    entries: tuple[Entry, ...]


class Catalogue:
    """Every version of every badge found in some folders. Build it with :meth:`open`."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._entries: dict[tuple[str, str], Entry] = {}

    @classmethod
    def open(cls, *folders: Path) -> Catalogue:
        """A catalogue resting on these folders, the first being the one that others only add to.

        Nothing is read here. A folder that does not exist holds no badge; what is wrong in a folder is raised as
        :class:`CatalogueError` by the first question that touches it.
        """
        return cls(folders or (shipped_criteria(),))

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where it reads: what is added elsewhere is checked beside these."""
        return self._folders

    def slugs(self) -> tuple[str, ...]:
        """Every badge that has a version, in the order of the families then of the alphabet."""
        return tuple(self._shelves)

    def versions(self, slug: str) -> tuple[str, ...]:
        """Oldest first, drafts included; empty for an unknown badge."""
        return tuple(self._shelves.get(slug, ()))

    def find(self, slug: str, version: str) -> Entry | None:
        """That version, published or not, or None. Raises :class:`CatalogueError` when its files are wrong."""
        if entry := self._entries.get((slug, version)):
            return entry
        folder = self._shelves.get(slug, {}).get(version)
        if folder is None:
            return None
        entry = self._read(folder, slug, version)
        return self._entries.setdefault((slug, version), entry)

    def require(self, slug: str, version: str) -> Entry:
        """That version, or :class:`NotFound`."""
        if entry := self.find(slug, version):
            return entry
        known = ", ".join(self.versions(slug))
        raise NotFound(
            f"Attendu : une version d’un badge du catalogue ; trouvé : {slug} {version}.",
            code="badge_unknown",
            advice=f"Versions de ce badge : {known}." if known else "Cherchez le badge parmi les critères publiés.",
        )

    def latest(self, slug: str) -> Entry:
        """The highest published version of a badge, whatever its status. Raises :class:`NotFound`."""
        for version in reversed(self.versions(slug)):
            if (slug, version) in self._publications:
                return self.require(slug, version)
        raise NotFound(
            f"Attendu : un badge publié du catalogue ; trouvé : {slug}.",
            code="badge_unknown",
            advice="Cherchez le badge parmi les critères publiés.",
        )

    def published(self) -> tuple[Entry, ...]:
        """Every published version of every badge: what must stay readable for ever."""
        return tuple(entry for entry in self.entries() if entry.published_on is not None)

    def current(self) -> tuple[Entry, ...]:
        """The latest published version of each badge: the catalogue as people read it."""
        published = {slug for slug, _ in self._publications}
        return tuple(self.latest(slug) for slug in self._shelves if slug in published)

    def entries(self) -> Iterator[Entry]:
        """Everything, drafts included."""
        for slug, versions in self._shelves.items():
            for version in versions:
                yield self.require(slug, version)

    def search(
        self,
        text: str = "",
        *,
        family: str | None = None,
        sector: str | None = None,
        level: int | None = None,
        status: str | None = None,
        kind: str | None = None,
        wave: int | None = None,
        action_type: str | None = None,
    ) -> tuple[Entry, ...]:
        """The current badges that hold every word of ``text``, or one that begins with it; titles first.

        Accents, case and apostrophes do not count. A value unknown to the catalogue finds nothing.
        """
        words = _words(text).split()
        found = [
            entry
            for entry in self.current()
            if family in (None, entry.definition.family)
            and level in (None, entry.definition.level)
            and kind in (None, entry.definition.kind)
            and sector in (None, entry.around.sector)
            and status in (None, entry.around.status)
            and wave in (None, entry.around.wave)
            and (action_type is None or action_type in entry.around.action_types)
            and all(f" {word}" in entry._searchable for word in words)
        ]
        return tuple(sorted(found, key=lambda entry: _words_outside(words, entry.definition.title)))

    def alignments(self) -> Mapping[str, AlignedWith]:
        """Page code → the framework's code and the current badges that relate to it."""
        return self._alignments

    @cached_property
    def _alignments(self) -> Mapping[str, AlignedWith]:
        pages: dict[str, tuple[Alignment, list[Entry]]] = {}
        for entry in self.current():
            for alignment in entry.around.alignments:
                pages.setdefault(alignment.page, (alignment, []))[1].append(entry)
        return MappingProxyType(
            {page: AlignedWith(page, alignment, tuple(entries)) for page, (alignment, entries) in sorted(pages.items())}
        )

    @cached_property
    def _publications(self) -> Mapping[tuple[str, str], Publication]:
        """The earliest folder that published a version has the last word on it."""
        lines = [line for folder in reversed(self._folders) for line in read_published(folder)]
        return MappingProxyType({(line.slug, line.version): line for line in lines})

    @cached_property
    def _shelves(self) -> Mapping[str, Mapping[str, Path]]:
        """Slug → version → folder, ordered; names only, no file is opened but a rival of an earlier version."""
        shelves: dict[str, dict[str, Path]] = {}
        for root in self._folders:
            for folder in version_folders(root):
                slug, version = folder.parent.name, folder.name
                versions = shelves.setdefault(slug, {})
                family = next(iter(versions.values()), folder).parent.parent.name
                if family != folder.parent.parent.name:
                    raise problem(
                        f"{folder.parent.parent.name}/{slug}",
                        "",
                        f"une seule famille, « {family} »",
                        f"« {folder.parent.parent.name} »",
                        "Rangez toutes les versions d’un badge dans la même famille.",
                        "family_mismatch",
                    ).refusal()
                if version in versions:
                    _refuse_rival(versions[version], folder)
                else:
                    versions[version] = folder
        order = {family: number for number, family in enumerate(FAMILIES)}
        return MappingProxyType(
            {
                slug: dict(sorted(versions.items(), key=lambda item: version_key(item[0])))
                for slug, versions in sorted(
                    shelves.items(),
                    key=lambda item: (order[next(iter(item[1].values())).parent.parent.name], item[0]),
                )
            }
        )

    def _read(self, folder: Path, slug: str, version: str) -> Entry:
        definition, text = read_definition_file(folder)
        found = digest(text)
        publication = self._publications.get((slug, version))
        if publication is not None and publication.digest != found:
            raise problem(
                f"{definition.family}/{slug}/{version}/{DEFINITION_FILE}",
                "",
                f"la définition publiée le {publication.on:%d/%m/%Y}, {publication.digest}",
                found,
                "Reprenez le fichier publié et proposez le changement dans une nouvelle version.",
                "published_changed",
            ).refusal()
        return Entry(definition, text, found, publication.on if publication else None, folder)


def version_folders(root: Path) -> Iterator[Path]:
    """Every ``<family>/<slug>/<version>/`` of a folder that holds a definition, in the order of the names."""
    for family in FAMILIES:
        for path in sorted((root / family).glob(f"*/*/{DEFINITION_FILE}")):
            if VERSION.fullmatch(path.parent.name):
                yield path.parent


def _refuse_rival(earlier: Path, later: Path) -> None:
    """The same words twice are one version; other words under the same number are refused."""
    if read_definition_file(earlier)[1] != read_definition_file(later)[1]:
        raise problem(
            f"{later.parent.parent.name}/{later.parent.name}/{later.name}/{DEFINITION_FILE}",
            "",
            "une nouvelle version, celle-ci existe déjà dans le catalogue",
            "un autre texte sous le même numéro",
            "Donnez à votre texte le numéro de version suivant.",
            "version_replaced",
        ).refusal()


def _words(text: str) -> str:
    """The words of a text, folded, each after one space: ``" velo" in …`` looks for a beginning of word."""
    return "".join(f" {word}" for word in re.findall(r"\w+", fold(text)))


def _words_outside(words: list[str], title: str) -> int:
    folded = _words(title)
    return sum(f" {word}" not in folded for word in words)
