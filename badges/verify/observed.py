"""How a badge says that it was earned, for three lines on the page: seen when, in which ways, decided by whom.

Read from the record that was verified and the rule that was replayed on it; told as the structure's word, which it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..catalogue.proof import read_proof
from ..catalogue.record import Decider
from .report import Report


@dataclass(frozen=True, slots=True)
class Observed:
    """Months are ``AAAA-MM``; ways, kinds and functions are the catalogue's codes, most frequent first."""

    days: int
    first_month: str
    last_month: str
    ways: tuple[str, ...]
    kinds: tuple[str, ...]
    functions: tuple[str, ...]
    decided: str
    deciders: tuple[Decider, ...]


def observed(report: Report) -> Observed | None:
    """None where there is nothing to tell: no proof, or one that could not be replayed."""
    if report.rule is None or report.verified is None:
        return None
    proof = read_proof(report.verified.assertion.other)
    seen = [each for criterion in report.rule.criteria for each in criterion.observations]
    if proof is None or not seen:
        return None
    months = sorted(each.month for each in seen)
    return Observed(
        days=len({each.day for each in seen}),
        first_month=months[0],
        last_month=months[-1],
        ways=_ranked([each.way for each in seen]),
        kinds=_ranked([each.kind for each in seen]),
        functions=_ranked([each.function for each in seen]),
        decided=proof.record.decided,
        deciders=proof.record.deciders,
    )


def _ranked(codes: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes), key=lambda code: (-codes.count(code), code)))
