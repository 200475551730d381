"""The letters that papers are set in: ours, inside the package, enough for the names of people in France."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from badges.paper import engine, fonts
from badges.paper.fonts import UNKNOWN, printable
from tests.paper.papers import ISSUED, a_badge, a_card, a_press
from tests.paper.reading import PdfRead

NAMES = [
    "Zoé Œuvrard-N’Diaye",
    "Łukasz Wiśniewski",
    "Çağrı Şahin-İnönü",
    "Ștefan Țepeș",
    "Nguyễn Thị Phượng",
    "Олена Шевченко",
    "Ґалина Їжакевич",
    "Γιώργος Παπαδόπουλος",
    "فاطمة الزهراء بن علي",
    "پریسا چگینی",
    "Ana María Núñez",
    "Þóra Guðmundsdóttir",
    "Dvořák Kovács Őry",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_person_is_printed_with_all_its_letters(name: str) -> None:
    assert UNKNOWN not in printable(name)
    pdf = a_press().cards([a_card(name)], ISSUED)

    assert UNKNOWN not in PdfRead(pdf).text()


def test_a_letter_that_no_font_has_is_told_as_missing() -> None:
    assert printable("Nadia 🌱 山田") == f"Nadia {UNKNOWN} {UNKNOWN * 2}"
    assert UNKNOWN in PdfRead(a_press().attestation(a_badge(issuer="Le 🌱"))).text()


def test_a_composed_letter_and_its_parts_are_printed_alike() -> None:
    assert printable("Zoe\u0301") == "Zoé"


def test_nothing_turns_the_direction_of_what_follows() -> None:
    assert printable("K7QM\u202e 2XD4\u202c \u2066R9TB\u2069") == "K7QM 2XD4 R9TB"


def test_a_name_keeps_to_one_line_and_has_no_control_character() -> None:
    assert printable("Nadia\r\n\tB.\x00\x07\x1b") == "Nadia   B."


def test_a_lone_half_of_a_character_is_told_as_missing() -> None:
    assert printable("a\ud800b") == f"a{UNKNOWN}b"


def test_the_letters_told_are_those_of_the_files() -> None:
    told = fonts._letters()

    assert told == {code for path in fonts.files() for code in TTFont(path).getBestCmap()}


def test_the_engine_knows_no_other_font() -> None:
    assert {font.family for font in engine._fonts().fonts()} == {
        "Atkinson Hyperlegible Mono",
        "Atkinson Hyperlegible Next",
        "Noto Sans",
        "Vazirmatn",
    }


def test_the_fonts_are_small_and_come_with_their_licence() -> None:
    assert sum(path.stat().st_size for path in fonts.files()) < 450_000
    licence = (fonts.FOLDER / "LICENSE").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    for project in ("Hyperlegible Next", "Hyperlegible Mono", "Noto", "Vazirmatn"):
        assert f"The {project} Project Authors" in licence or f"Atkinson {project} Project Authors" in licence
