"""No code without its sentence, and no sentence that cannot be filled."""

from __future__ import annotations

import re
from datetime import date

import pytest

from badges.catalogue.library import Catalogue, shipped_criteria
from badges.catalogue.rule import MISSING_CODES, Missing
from badges.issuer.wording import (
    MISSING,
    REFUSALS,
    REVOCATION_REASONS,
    ROW_PROBLEMS,
    day_in_words,
    missing_sentence,
    month_in_words,
    problem_sentence,
)

DEFINITION = Catalogue.open(shipped_criteria()).latest("tec-debroussailler").definition


def test_a_day_is_told_as_people_say_it() -> None:
    assert day_in_words(date(2027, 3, 1)) == "1er mars 2027"
    assert day_in_words(date(2026, 11, 21)) == "21 novembre 2026"


def test_everything_that_can_be_missing_has_a_sentence() -> None:
    assert set(MISSING) == {*MISSING_CODES, "unknown_clause"}


@pytest.mark.parametrize("code", MISSING)
def test_a_sentence_names_the_criterion_as_the_badge_words_it(code: str) -> None:
    sentence = missing_sentence(Missing(code, "c1", "2", "not_yet"), DEFINITION)
    assert sentence[-1] in ".;"
    assert not re.search(r"[{}]|not_yet|None", sentence)
    if "{text}" in MISSING[code]:
        assert DEFINITION.by_id["c1"].text in sentence


def test_a_sentence_can_be_said_in_another_language() -> None:
    english = {MISSING["days_missing"]: "Different days: {expected} expected, {found} found."}
    said = missing_sentence(Missing("days_missing", None, "2", "1"), DEFINITION, lambda text: english.get(text, text))
    assert said == "Different days: 2 expected, 1 found."


def test_every_problem_and_reason_is_a_sentence() -> None:
    for code in ROW_PROBLEMS:
        assert "{" not in problem_sentence(code, "3")
    assert all(sentence and advice is not None for sentence, advice in REFUSALS.values())
    assert "replaced" in REVOCATION_REASONS


def test_a_month_is_written_out() -> None:
    assert month_in_words("2026-02") == "février 2026"
