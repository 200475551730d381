"""A journal in memory, to be tampered with: what a database would not let us do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from badges.issuer import audit
from badges.issuer.audit import Deed
from badges.issuer.storage import AuditLine


@dataclass
class Ledger:
    """As much of a Register as the journal needs."""

    lines: list[AuditLine]

    @classmethod
    def of(cls, count: int) -> Ledger:
        ledger = cls([])
        for number in range(count):
            audit.tell(ledger, datetime(2026, 11, 20, tzinfo=UTC), Deed("eti", "s1", "award", str(number)))  # type: ignore[arg-type]
        return ledger

    def with_line(self, number: int, **changes: Any) -> Ledger:
        return Ledger([replace(line, **changes) if line.number == number else line for line in self.lines])

    def without_line(self, number: int) -> Ledger:
        return Ledger([line for line in self.lines if line.number != number])

    def add(self, *records: Any) -> None:
        self.lines.extend(records)

    def highest(self, kind: type[Any], field: str) -> int | None:
        return max((line.number for line in self.lines), default=None)

    def find(self, kind: type[Any], number: int) -> AuditLine | None:
        return next((line for line in self.lines if line.number == number), None)

    def list(self, kind: type[Any], *, beyond: tuple[int] | None = None, **_: Any) -> tuple[AuditLine, ...]:
        return tuple(line for line in self.lines if beyond is None or line.number > beyond[0])
