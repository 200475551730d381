"""The journal of erasures: who asked to be forgotten, by opaque id, in a file that no restore overwrites.

A line is written to the disk before the erasure is: after a restore, :func:`replay` erases again whoever the backup had
brought back (``security.md``, P6).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...clock import to_text
from ...errors import StorageUnavailable

if TYPE_CHECKING:
    from .leaving import Leaving


class Erasures(Protocol):
    """Where it is written that somebody is to be forgotten, outside of the register."""

    def add(self, people: Iterable[str], *, withdraw: bool, at: datetime) -> None:
        """Durable when this returns."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the journal."""

    people: tuple[str, ...]
    withdraw: bool


class ErasureFile:
    """One JSON value a line, only ever appended to. A line that was cut by a power failure is passed over.

    Reading raises :class:`StorageUnavailable` for a line that is whole and something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, people: Iterable[str], *, withdraw: bool, at: datetime) -> None:
        # The line begins a new one: one that was cut before it stays alone.
        line = "\n" + json.dumps({"at": to_text(at), "people": list(people), "withdraw": withdraw}) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def __iter__(self) -> Iterator[Told]:
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                told = json.loads(line)
            except ValueError:
                continue
            try:
                one = Told(tuple(told["people"]), told["withdraw"])
            except (LookupError, TypeError):
                raise StorageUnavailable(
                    f"Une ligne de qui a demandé l’oubli était attendue dans « {self._path.name} » ; autre chose a été "
                    "trouvé.",
                    advice="Reprenez une copie de ce fichier : sans lui, qui a été effacé pourrait revenir.",
                ) from None
            yield one


def replay(journal: Iterable[Told], leaving: Leaving) -> int:
    """Erase whoever of the journal is here: those that a backup brought back, and nobody otherwise. How many."""
    return sum(len(leaving.erase_people(told.people, withdraw=told.withdraw).people) for told in journal)
