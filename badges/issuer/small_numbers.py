"""Small numbers are hidden, and cannot be worked out from what is shown beside them.

A number from 1 to 4 could point at somebody. Hiding it alone is no use where a total, or another table of the same
badges, gives it back: more numbers are hidden until none that must be hidden follows from the shown ones. What must
hold of every number hidden for its own sake:

1. it is no sum or difference of shown numbers, over all the tables that count the same things (linear algebra, exact);
2. in a table with its total, the hidden numbers together are at least :data:`SMALL`, at least two, and not all ones.

Zero is shown: that nobody is there points at nobody. It is hidden only where nothing else is left to hide.
Method: complementary cell suppression (Hundepool et al., *Handbook on Statistical Disclosure Control*, §4).
Not covered: two reports of neighbouring days compared with each other (``docs/decisions``, figures).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

SMALL = 5
"""Below, a number could point at somebody (``domain.md``, §9)."""

_PRIME = (1 << 61) - 1  # relations between a hundred 0/1 rows keep their rank modulo this


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that would be shown: in which table, and the groups of badges it is the sum of. The total of the
    whole has ``table`` empty and holds every group."""

    table: str
    line: str
    value: int
    atoms: frozenset[Hashable]
    exact: bool = True
    """Whether the lines of its table add up to the total: not where a badge stands on several lines."""


def is_small(value: int) -> bool:
    return 0 < value < SMALL


def to_hide(cells: Sequence[Cell], also: Collection[Cell] = ()) -> set[Cell]:
    """The cells that are not to be shown. ``also`` are to be hidden for another reason, and protected alike."""
    secret = {cell for cell in cells if is_small(cell.value)} | set(also)
    hidden = set(secret)
    while exposed := _exposed(cells, hidden, secret):
        shown = [cell for cell in cells if cell not in hidden]
        near = [cell for cell in shown if cell.table == exposed.table]
        linked = [cell for cell in shown if cell.table and cell.atoms & exposed.atoms]
        choice = _smallest(near, above=0) or _smallest(linked, above=0) or _smallest(near) or _smallest(shown)
        if choice is None:
            break
        hidden.add(choice)
    return hidden


def _exposed(cells: Sequence[Cell], hidden: set[Cell], secret: set[Cell]) -> Cell | None:
    """One of the secret cells that what is shown gives away, or None."""
    shown = _Span(cell.atoms for cell in cells if cell not in hidden)
    total_shown = any(not cell.table and cell not in hidden for cell in cells)
    for cell in cells:
        if cell not in secret or not cell.table:
            continue
        beside = [other for other in cells if other.table == cell.table and other in hidden]
        together = sum(other.value for other in beside)
        guessed = cell.exact and total_shown and (len(beside) < 2 or together < SMALL or together <= len(beside))
        if guessed and any(other.table == cell.table and other not in hidden for other in cells):
            return cell
        if cell.atoms in shown:
            return cell
    return None


def _smallest(cells: Iterable[Cell], *, above: int = -1) -> Cell | None:
    """The one whose loss costs least; never a total while something else is left."""
    known = [cell for cell in cells if cell.value > above]
    return min(known, key=lambda cell: (not cell.table, cell.value, cell.line), default=None)


class _Span:
    """What can be reached by adding and taking away these sets: rows in echelon form, modulo a prime."""

    def __init__(self, rows: Iterable[frozenset[Hashable]]) -> None:
        self._rows: list[tuple[Hashable, Mapping[Hashable, int]]] = []
        for row in rows:
            left = self._reduce(dict.fromkeys(row, 1))
            if left:
                pivot, value = next(iter(left.items()))
                inverse = pow(value, -1, _PRIME)
                self._rows.append((pivot, {atom: one * inverse % _PRIME for atom, one in left.items()}))

    def __contains__(self, row: frozenset[Hashable]) -> bool:
        return not self._reduce(dict.fromkeys(row, 1))

    def _reduce(self, row: dict[Hashable, int]) -> dict[Hashable, int]:
        for pivot, known in self._rows:
            if factor := row.get(pivot):
                for atom, value in known.items():
                    left = (row.get(atom, 0) - factor * value) % _PRIME
                    if left:
                        row[atom] = left
                    else:
                        row.pop(atom, None)
        return row
