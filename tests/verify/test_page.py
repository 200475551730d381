"""``docs/verification.md`` says every check, code, cause, clause and limit as the code has them."""

from __future__ import annotations

import pytest

from tests.verify import page


@pytest.mark.parametrize("part", page.said_by_the_code())
def test_the_page_says_what_the_code_says(part: str) -> None:
    """To write the page again: ``python -m tests.verify.test_against_the_reference``."""
    assert page.written()[part] == page.said_by_the_code()[part]
