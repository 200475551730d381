"""Every pair of inks and papers of the tokens, light and dark, can be read: at least 4.5:1 (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

import pytest

from badges.web.languages import PACKAGE

TOKENS = (PACKAGE / "web" / "static" / "css" / "tokens.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
    for part in TOKENS.split("@media screen and (prefers-color-scheme: dark)")
)
FAMILIES = ("permanents", "metiers-hybrides", "techniques", "transverses")
PAIRS = [
    *(
        (ink, paper)
        for ink in ("ink", "ink-soft", "action", "action-strong", "bad")
        for paper in ("paper", "sheet", "shade")
    ),
    *((state, f"{state}-shade") for state in ("good", "partly", "bad", "unknown", *FAMILIES)),
    *(("ink", f"{family}-shade") for family in FAMILIES),
    *((family, paper) for family in FAMILIES for paper in ("paper", "sheet")),
    ("on-action", "action"),
    ("on-action", "action-strong"),
    ("action", "action-shade"),
]


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_this_ink_is_read_on_this_paper(tokens: dict[str, str], ink: str, paper: str) -> None:
    assert contrast(tokens[ink], tokens[paper]) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
@pytest.mark.parametrize("edge", ["line-strong", "focus"])
def test_the_edge_of_a_field_and_of_the_focus_is_seen(tokens: dict[str, str], edge: str) -> None:
    for paper in ("paper", "sheet", "shade"):
        assert contrast(tokens[edge], tokens[paper]) >= 3


def test_no_colour_is_chosen_elsewhere() -> None:
    for sheet in ("base.css", "components.css"):
        text = (PACKAGE / "web" / "static" / "css" / sheet).read_text("utf-8")
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", text) == []


def test_directions_are_logical() -> None:
    for sheet in ("base.css", "components.css", "print.css"):
        text = (PACKAGE / "web" / "static" / "css" / sheet).read_text("utf-8")
        assert (
            re.findall(r"(?:margin|padding|border)-(?:left|right)|text-align: (?:left|right)|^\s*(?:left|right):", text)
            == []
        )
