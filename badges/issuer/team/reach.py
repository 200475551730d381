"""What a person is near to, in words: for each badge of which something was seen, what the rule still wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from fastapi import Request

from ...catalogue.definition import Definition
from ...catalogue.library import Entry
from ...catalogue.rule import Missing
from ...typography import N_
from ..proposals import field_work_missing
from ..storage import Observation
from ..wording import missing_sentence
from .door import Team, Visitor

NEAR = 2
"""Things still missing, at most, for a badge to be within reach."""


NOT_NOTED = N_("« {text} » : rien de noté pour l’instant.")


@dataclass(frozen=True, slots=True)
class Within:
    """One badge: how far it is, and the sentences that say what is missing."""

    entry: Entry
    missing: tuple[str, ...]
    days: int

    @property
    def near(self) -> bool:
        return len(self.missing) <= NEAR


def sayer(team: Team, request: Request) -> Callable[[str], str]:
    """Sentences of the code in the language of this page."""
    return partial(team.pages.sentence, team.pages.language(request))


def wanted(missing: Iterable[Missing], definition: Definition, say: Callable[[str], str]) -> tuple[str, ...]:
    """A sentence for each thing that somebody can still go and see."""
    return tuple(_sentence(each, definition, say) for each in missing)


def within_reach(
    team: Team,
    request: Request,
    visitor: Visitor,
    person: str,
    seen: Iterable[Observation],
    *,
    held: Iterable[str] = (),
) -> list[Within]:
    """The badges of which something was seen and that are not held yet, the nearest first."""
    say, held = sayer(team, request), set(held)
    found = []
    for slug in dict.fromkeys(each.slug for each in seen if each.withdrawn_at is None and each.slug not in held):
        progress = team.issuer.progress(visitor.caller, person, slug)
        missing = wanted(field_work_missing(progress.outcome), progress.entry.definition, say)
        found.append(Within(progress.entry, missing, progress.outcome.days))
    return sorted(found, key=lambda each: len(each.missing))


def _sentence(missing: Missing, definition: Definition, say: Callable[[str], str]) -> str:
    criterion = definition.by_id.get(missing.criterion or "")
    if missing.code == "not_acquired" and missing.found == "not_stated" and criterion is not None:
        return say(NOT_NOTED).format(text=criterion.text)
    return missing_sentence(missing, definition, say)
