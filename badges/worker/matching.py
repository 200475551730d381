"""Which of these badges answer a job: its ROME code, or its title in somebody's words. Explained, and never a score.

What is compared is public: the job sheets and skills that the catalogue says a badge relates to, its title and its
criteria. Nothing that was typed is kept, nothing is computed about the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..catalogue.library import Entry
from ..catalogue.taxonomy import fold

_CODE = re.compile(r"\b([A-Za-z]\d{4})\b")
_JOBS = ("ROME 4.0 métier", "ROME 4.0 appellation")
_SKILLS = ("ROME 4.0 compétence", "ROME 4.0 savoir-être")
_EMPTY_WORDS = frozenset(
    (
        "avec", "sans", "pour", "dans", "chez", "sous", "entre", "plus", "moins", "tout", "tous", "toute", "toutes",
        "leur", "leurs", "cette", "autre", "autres", "etre", "faire", "cherche", "recherche", "poste", "emploi",
        "offre", "homme", "femme", "mission", "contrat", "temps", "plein", "partiel", "travail", "personne",
        "personnes",
    )
)  # fmt: skip
_SHORTEST = 4
_STEM = 5
"""Two words are one when they begin alike: « jardinier », « jardin »; « nettoyer », « nettoyage »."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that the badge and the question have in common. ``kind``: job, skill, criterion or title."""

    kind: str
    text: str
    code: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """A badge and why it answers; no reasons when it does not."""

    entry: Entry
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The badges in the order they were given, each with its reasons. ``codes`` are the ROME codes that were read."""

    codes: tuple[str, ...]
    badges: tuple[Answering, ...]

    @property
    def any(self) -> bool:
        return any(badge.reasons for badge in self.badges)


def match(question: str, entries: Sequence[Entry]) -> Match:
    """Why each badge answers. A ROME code is looked up as a code; other words by how they begin."""
    codes = tuple(dict.fromkeys(code.upper() for code in _CODE.findall(question)))
    words = _words(_CODE.sub(" ", question))
    return Match(codes, tuple(Answering(entry, tuple(_reasons(entry, codes, words))) for entry in entries))


def _reasons(entry: Entry, codes: Sequence[str], words: frozenset[str]) -> Iterable[Reason]:
    for alignment in entry.around.alignments:
        if alignment.framework in _JOBS and alignment.code in codes:
            yield Reason("job", alignment.label, alignment.code)
        elif alignment.framework in (*_JOBS, *_SKILLS) and (common := _common(alignment.label, words)):
            kind = "job" if alignment.framework in _JOBS else "skill"
            yield Reason(kind, alignment.label, alignment.code, common)
    if common := _common(entry.definition.title, words):
        yield Reason("title", entry.definition.title, words=common)
    for criterion in entry.definition.criteria:
        if common := _common(criterion.text, words):
            yield Reason("criterion", criterion.text, words=common)


def _common(text: str, words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in re.findall(r"\w+", text) if _stem(fold(word)) in words}))


def _words(text: str) -> frozenset[str]:
    found = (fold(word) for word in re.findall(r"\w+", text))
    return frozenset(_stem(word) for word in found if len(word) >= _SHORTEST and word not in _EMPTY_WORDS)


def _stem(word: str) -> str:
    return word.removesuffix("s").removesuffix("x")[:_STEM]
