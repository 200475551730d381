"""What is scanned from paper: on a grey print at 150 dots an inch, and from a crooked, spoilt copy of it."""

from __future__ import annotations

import pytest

from tests.paper.papers import ADDRESSES, CODE, ISSUED, LINK, SLUG, a_badge, a_card, a_press, printed
from tests.paper.seeing import codes, drawn, needs, scanned, sides

pytestmark = needs("pdftoppm")

SHORT = ADDRESSES.short_prefix() + CODE
CRITERIA = ADDRESSES.criteria(SLUG, "0.1.0")


@pytest.mark.parametrize(
    ("paper", "page", "expected"),
    [
        ("attestation", 1, [SHORT]),
        ("ceremony", 1, [SHORT]),
        ("cards", 1, [LINK, LINK]),
        ("badge cards", 1, [SHORT, SHORT]),
        ("passport", 2, [SHORT]),
        ("passport", 3, [SHORT]),
        ("criteria", 1, [CRITERIA]),
    ],
)
def test_a_code_is_read_from_a_grey_print_and_from_a_crooked_copy(paper: str, page: int, expected: list[str]) -> None:
    seen = drawn(printed(paper), page)

    assert codes(seen) == expected
    assert codes(scanned(seen)) == expected
    assert codes(scanned(seen, degrees=-2, quality=30)) == expected


def test_eight_cards_of_a_page_are_all_read() -> None:
    links = [ADDRESSES.worker(f"unsecretdecent-vingt-huit-bits-{at}") for at in range(8)]
    pdf = a_press().cards([a_card(link=link) for link in links], ISSUED)

    assert sorted(codes(scanned(drawn(pdf)))) == links


@pytest.mark.parametrize("paper", ["attestation", "ceremony"])
def test_the_code_of_a_sheet_is_at_least_25_millimetres_wide(paper: str) -> None:
    assert min(sides(drawn(printed(paper)), 150)) >= 25


def test_a_long_address_still_gives_a_code_that_is_read() -> None:
    link = "https://badges.une-tres-longue-federation-regionale-de-l-insertion.example.org/mes-badges/" + "s" * 40

    assert codes(scanned(drawn(a_press().cards([a_card(link=link)], ISSUED)))) == [link]


def test_a_code_lies_inside_white_paper() -> None:
    from badges.paper.qr import QUIET, drawing

    assert QUIET == 4
    assert "M4 4h7" in drawing(a_badge().code), "the first square begins after the quiet zone"
