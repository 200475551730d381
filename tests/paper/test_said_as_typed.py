"""What a person wrote is printed as it was typed: the engine is given data, never source (requirement W12)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import typst

from badges.paper import engine
from badges.paper.facts import Ceremony, ReceiptResult
from badges.paper.language import FRENCH
from tests.paper.papers import ISSUED, a_badge, a_card, a_passport, a_press, a_receipt
from tests.paper.reading import PdfRead

HOSTILE = [
    '#read("/etc/passwd")',
    '#eval("1+1")',
    '#include "/etc/passwd"',
    '#import "@preview/x:1.0.0"',
    "#panic()",
    "{{7*7}}",
    "${7*7}",
    "$x^2$",
    "*bold* _it_ `raw`",
    "= Titre <label> @ref",
    "\\u{41} \\ #[fin]",
    "// commentaire /* */",
    '"); #pagebreak() //',
    "<script>alert(1)</script>&amp;",
    "]})] #",
]


def said(pdf: bytes) -> str:
    """The words without spaces: a long word may be cut at the end of a line."""
    return "".join(PdfRead(pdf).text().split())


def how_often(typed: str, pdf: bytes) -> int:
    """How many times the paper says it, in French spaces or as it is; and nothing of this machine."""
    text = said(pdf)
    assert "root:" not in text
    return sum(text.count(way) for way in {squeezed(FRENCH.typeset(typed)), squeezed(typed)})


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_field_of_every_paper_is_printed_as_it_was_typed() -> None:
    typed = " ".join(HOSTILE)
    press, badge = a_press(), replace(a_badge(issuer=typed), name=typed)
    result = ReceiptResult(typed, "no", typed, ISSUED, ((typed, ISSUED),))
    receipt = a_receipt(id=typed, service=typed, results=(result,), trust=(typed, 1, ISSUED))
    counted = {
        "attestation": (press.attestation(badge), 2),
        "ceremony": (press.ceremony([Ceremony(badge, name=typed, place=typed)], ISSUED), 6),
        "passport": (press.passport(a_passport(badge, name=typed)), 4),
        "receipt": (press.receipt(receipt), 6),
    }
    for paper, (pdf, times) in counted.items():
        assert how_often(typed, pdf) >= times, paper


@pytest.mark.parametrize("typed", HOSTILE)
def test_every_field_of_a_card_is_printed_as_it_was_typed(typed: str) -> None:
    card = a_card(typed, address=typed, structure=typed, told_by=typed)
    badge = replace(a_badge(issuer=typed), name=typed)

    assert how_often(typed, a_press().cards([card], ISSUED)) == 4
    assert how_often(typed, a_press().cards([replace(card, secret_code=typed)], ISSUED)) == 4
    assert how_often(typed, a_press().badge_cards([badge], ISSUED)) == 2


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_title_and_a_criterion_of_a_network_are_printed_as_they_were_typed(typed: str) -> None:
    badge = a_badge()
    definition = replace(
        badge.definition,
        title=typed,
        criteria=tuple(criterion._replace(text=typed) for criterion in badge.definition.criteria),
    )

    text = said(a_press().attestation(replace(badge, definition=definition)))

    assert text.count(squeezed(FRENCH.typeset(typed))) >= 7


def test_a_file_name_is_a_name_and_not_a_path() -> None:
    badge = a_badge(file_name='../../etc\\"#read(x)".png')

    assert PdfRead(a_press().attestation(badge)).files() == {"..-..-etc-#read(x)-.png": badge.png}


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/passwd")',
        '#read("../../../../../../etc/passwd")',
        '#read("../engine.py")',
        '#image("/etc/hostname")',
        '#import "@preview/cetz:0.3.4"',
        '#import "@local/x:1.0.0"',
    ],
)
def test_even_a_source_of_ours_could_read_nothing_of_the_machine(source: str) -> None:
    with pytest.raises(typst.TypstError):
        engine.compiled({"main.typ": source.encode()}, ISSUED)


def test_no_template_evaluates_a_text() -> None:
    for template in engine.TEMPLATES.glob("*.typ"):
        source = template.read_text("utf-8")
        assert "eval(" not in source, template.name
        assert "sys.inputs" not in source, template.name
        assert "@preview" not in source, template.name


def test_the_folder_that_the_engine_may_read_holds_templates_alone() -> None:
    assert {path.suffix for path in engine.TEMPLATES.iterdir()} == {".typ"}
