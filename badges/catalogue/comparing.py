"""Two versions of a badge side by side, for somebody who reads and does not program.

What differs is :func:`badges.catalogue.publishing.diff`, which publishing rests on; here it is gathered criterion by
criterion, and a text that was reworded is told word by word. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from .definition import Criterion, Definition
from .publishing import Difference, Step, diff, needed_step

Kind = Literal["added", "removed", "reworded", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text: ``kept``, ``removed`` or ``added``."""

    kind: Literal["kept", "removed", "added"]
    words: str


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """One criterion. ``pieces`` is its text word by word; ``lines`` what else changed: ways, evidence, essential."""

    id: str
    kind: Kind
    criterion: Criterion
    pieces: tuple[Piece, ...]
    lines: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``badge`` is what changed of the badge itself and of its rule; ``step`` how much the number must move."""

    before: Definition
    after: Definition
    badge: tuple[Difference, ...]
    criteria: tuple[CriterionChange, ...]
    reordered: bool
    step: Step

    @property
    def changed(self) -> tuple[CriterionChange, ...]:
        return tuple(one for one in self.criteria if one.kind != "same")

    @property
    def is_same(self) -> bool:
        return not self.badge and not self.changed and not self.reordered

    def count(self, kind: Kind) -> int:
        return sum(one.kind == kind for one in self.criteria)


def compare(before: Definition, after: Definition) -> Comparison:
    """What changed from one version to the other; criteria in the order of the later one, removed ones last."""
    differences = diff(before, after)
    of_criteria = tuple(one for one in differences if one.criterion)
    ordered = "ordre des critères"
    return Comparison(
        before,
        after,
        tuple(one for one in differences if not one.criterion and one.where != ordered),
        tuple(_criteria(before, after, of_criteria)),
        any(one.where == ordered for one in differences),
        needed_step(differences),
    )


def words_changed(before: str, after: str) -> tuple[Piece, ...]:
    """The second text with what was taken from the first and put into it, word by word."""
    old, new = before.split(), after.split()
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("kept", " ".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("removed", " ".join(old[a:b])))
        if c < d:
            pieces.append(Piece("added", " ".join(new[c:d])))
    return tuple(pieces)


def _criteria(before: Definition, after: Definition, told: tuple[Difference, ...]) -> Iterator[CriterionChange]:
    for new in after.criteria:
        old = before.by_id.get(new.id)
        if old is None:
            yield CriterionChange(new.id, "added", new, (), ())
            continue
        lines = tuple(one for one in told if one.criterion == new.id and not one.wording)
        reworded = old.text != new.text
        kind: Kind = "reworded" if reworded else "changed" if lines else "same"
        yield CriterionChange(new.id, kind, new, words_changed(old.text, new.text) if reworded else (), lines)
    for old in before.criteria:
        if old.id not in after.by_id:
            yield CriterionChange(old.id, "removed", old, (), ())
