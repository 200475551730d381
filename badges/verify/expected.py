"""Is this file the badge whose code the visitor came with? Told beside the verdict, which is about the file alone.

A code is copied by hand and proves nothing; what it should match is the id that the badge itself was signed with.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..addresses import short_code, spaced
from .report import Outcome, Report
from .wording import EXPECTED


class Comparison(NamedTuple):
    """``outcome`` is *unknown* when the file is no badge that may be believed: another code in it proves nothing."""

    outcome: Outcome
    code: Literal["same_badge", "another_badge", "badge_unread"]
    expected: str

    @property
    def message(self) -> dict[str, str]:
        return EXPECTED[self.code].fill({"code": spaced(self.expected)})


def compare(report: Report, expected: str) -> Comparison:
    """``expected`` is a code in its canonical spelling."""
    if report.verified is None:
        return Comparison("unknown", "badge_unread", expected)
    if short_code(report.verified.assertion.id) == expected:
        return Comparison("passed", "same_badge", expected)
    return Comparison("failed", "another_badge", expected)
