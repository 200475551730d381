"""What a visitor can be told of a badge by its code alone: what ``/b/{code}`` says, and never more.

This room knows no register: whoever puts the service together hands in :class:`FindByCode`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from ..addresses import parse_code
from .archive import Given
from .report import Report


class BadgeOfCode(Protocol):
    """Status and title; nothing here says whose badge it is."""

    @property
    def code(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def state(self) -> str:
        """``valid``, ``expired``, ``replaced`` or ``revoked``."""

    @property
    def expires(self) -> datetime | None: ...

    @property
    def withdrawn_at(self) -> datetime | None: ...


class FindByCode(Protocol):
    def __call__(self, code: str) -> BadgeOfCode | None: ...


def code_given(given: Given, base_url: str) -> str | None:
    """The code that was typed, alone or as the address under the picture; None for anything else."""
    if len(given.data) > 256:
        return None
    text = given.data.decode("utf-8", "replace").strip()
    if "/" in text:
        host, _, path = text.rpartition("/b/" if "/b/" in text else "/B/")
        ours = urlsplit(base_url)
        if host.lower() not in (base_url.lower(), ours.netloc.lower() + ours.path.lower()):
            return None
        text = path.rstrip("/")
    return parse_code(text)


def code_left(report: Report) -> str | None:
    """The code of a picture that lost its badge, or the one that was given instead of a badge."""
    left = next((check for check in report.checks if check.code in ("carrier_stripped", "input_code")), None)
    return parse_code(str(left.details["short"])) if left else None
