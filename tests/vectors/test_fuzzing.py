"""What fuzzing begins with, and what it found one day: each is answered as it should be, at every run."""

from __future__ import annotations

import pytest

from tests.deep.fuzz import TARGETS, seeds

CASES = {f"{target} {name}": (target, data) for target in TARGETS for name, data in seeds(target).items()}


@pytest.mark.parametrize(("target", "data"), CASES.values(), ids=CASES)
def test_an_entry_point_answers_what_was_found_by_fuzzing(target: str, data: bytes) -> None:
    TARGETS[target](data)
