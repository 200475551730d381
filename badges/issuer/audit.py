"""The journal: who did what to which id, when; each line seals the one before. No name, no e-mail, no free text.

A line that was changed, removed or slipped in breaks the chain from there on: :func:`first_broken_line` finds it
(``doctor``). It is written in the transaction of the change that it tells, never before or after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ..clock import to_text
from .storage import AuditLine, Register

_PAGE = 5000


class Deed(NamedTuple):
    """What is to be told: ``actor`` and ``subject`` are opaque ids."""

    actor: str
    structure: str
    action: str
    subject: str


def tell(register: Register, now: datetime, *deeds: Deed) -> None:
    """Add a line for each deed, in order."""
    number = register.highest(AuditLine, "number") or 0
    last = register.find(AuditLine, number=number) if number else None
    seal = last.hash if last else ""
    at = to_text(now)
    moment = datetime.fromisoformat(at)
    added = []
    for number, deed in enumerate(deeds, start=number + 1):  # noqa: B020
        seal = _seal(seal, number, at, deed)
        added.append(
            AuditLine(
                number=number,
                at=moment,
                actor=deed.actor,
                structure=deed.structure,
                action=deed.action,
                subject=deed.subject,
                hash=seal,
            )
        )
    if added:
        register.add(*added)


def first_broken_line(register: Register) -> int | None:
    """The number of the first line that does not follow from the one before, or None when the chain is whole."""
    expected, seal = 1, ""
    for line in lines(register):
        deed = Deed(line.actor, line.structure, line.action, line.subject)
        seal = _seal(seal, expected, to_text(line.at), deed)
        if line.number != expected or line.hash != seal:
            return expected
        expected += 1
    return None


def lines(register: Register) -> Iterator[AuditLine]:
    """Every line, oldest first, page by page."""
    page = register.list(AuditLine, order="number", limit=_PAGE)
    while page:
        yield from page
        page = register.list(AuditLine, order="number", beyond=(page[-1].number,), limit=_PAGE)


def _seal(before: str, number: int, at: str, deed: Deed) -> str:
    return hashlib.sha256("\n".join((before, str(number), at, *deed)).encode()).hexdigest()
