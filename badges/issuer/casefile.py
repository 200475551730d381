"""The file of one award as the structure knows it: exact dates and names of staff, sealed by the commitment.

From it comes the record, which tells less; the badge carries the record and the commitment, the register keeps the
file. A file read back (:meth:`CaseFile.from_text`) gives the same record again: that is how a badge is re-issued.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import orjson

from ..catalogue.record import Decider, Fact, PrerequisiteSeen, Record, make_record
from .assertion import commit

NO_COMMITMENT = "sha256$" + "0" * 64
"""Stands in a record that is only judged: what is signed has the commitment of its own file."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """A decider of the record, and who that is."""

    staff: str
    decider: Decider


@dataclass(frozen=True)
class CaseFile:
    """Everything that the award rule looks at, as it happened."""

    decided: date
    results: Mapping[str, str]
    facts: tuple[Fact, ...]
    deciders: tuple[Deciding, ...]
    prerequisites: tuple[PrerequisiteSeen, ...]

    def record(self, commitment: str) -> Record:
        return self._record._replace(commitment=commitment)

    @cached_property
    def _record(self) -> Record:
        return make_record(
            decided=self.decided,
            results=self.results,
            facts=self.facts,
            deciders=tuple(deciding.decider for deciding in self.deciders),
            prerequisites=self.prerequisites,
            commitment="",
        )

    def seal(self, *, award: str, person: str, salt: str) -> tuple[str, Record]:
        """The private text, and the record that carries its commitment."""
        text, commitment = commit({**self._as_json, "award": award, "person": person}, salt)
        return text, self.record(commitment)

    @cached_property
    def _as_json(self) -> dict[str, Any]:
        return {
            "decided": self.decided.isoformat(),
            "results": dict(self.results),
            "facts": [[f.criterion, f.on.isoformat(), f.way, f.kind, f.function] for f in self.facts],
            "deciders": [
                [d.staff, d.decider.who, d.decider.role, d.decider.function, d.decider.structure] for d in self.deciders
            ],
            "prerequisites": [[seen.slug, seen.version, seen.checked] for seen in self.prerequisites],
        }

    @classmethod
    def from_text(cls, text: str) -> CaseFile:
        """Read what :meth:`seal` wrote."""
        said = orjson.loads(text)
        return cls(
            decided=date.fromisoformat(said["decided"]),
            results=said["results"],
            facts=tuple(Fact(c, date.fromisoformat(on), *codes) for c, on, *codes in said["facts"]),
            deciders=tuple(Deciding(staff, Decider(*rest)) for staff, *rest in said["deciders"]),
            prerequisites=tuple(PrerequisiteSeen(*seen) for seen in said["prerequisites"]),
        )
