"""Tables from a spreadsheet and back: what French Excel writes is read, what would harm is refused or defused."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from badges.errors import Misuse
from badges.issuer.sheets import (
    MAX_BYTES,
    Sheet,
    Table,
    find_day,
    find_days,
    find_headings,
    plain,
    read_pasted,
    read_table,
    to_csv,
    to_xlsx,
)

from . import workbooks
from .workbooks import a_workbook, shared, styled

ROOT = Path(__file__).resolve().parents[2]
HEADINGS = ("Nom", "E-mail")
PEOPLE = (("Noémie L’Hostis", "noemie@exemple.fr"), ("Bakary T.", ""))


def cells(table: Table) -> list[tuple[str, ...]]:
    return [line.cells for line in table.lines]


def refused(data: bytes) -> str:
    with pytest.raises(Misuse) as error:
        read_table(data)
    assert error.value.message
    assert error.value.advice
    return error.value.code


def is_answered(data: bytes) -> bool:
    try:
        return bool(read_table(data).lines)
    except Misuse as error:
        return error.code.startswith("sheet_")


# -- CSV

TEXT = "Nom;E-mail\r\nNoémie L’Hostis;noemie@exemple.fr\r\nBakary T.;\r\n"


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter"),
    [
        pytest.param(TEXT.encode("utf-8-sig"), "UTF-8", "point-virgule", id="French Excel, CSV UTF-8"),
        pytest.param(TEXT.encode("cp1252"), "Windows-1252", "point-virgule", id="French Excel, CSV"),
        pytest.param(TEXT.encode(), "UTF-8", "point-virgule", id="without a mark"),
        pytest.param(TEXT.replace("\r\n", "\n").encode(), "UTF-8", "point-virgule", id="line feeds"),
        pytest.param(TEXT.replace("\r\n", "\r").encode(), "UTF-8", "point-virgule", id="old Mac"),
        pytest.param(TEXT.replace(";", "\t").encode("utf-16"), "UTF-16", "tabulation", id="Excel, Unicode text"),
        pytest.param(TEXT.replace(";", ",").encode(), "UTF-8", "virgule", id="commas"),
        pytest.param(("sep=;\r\n" + TEXT).encode("utf-8-sig"), "UTF-8", "point-virgule", id="sep= on the first line"),
    ],
)
def test_a_csv_is_read_and_says_how(data: bytes, encoding: str, delimiter: str) -> None:
    table = read_table(data)
    assert cells(table) == [HEADINGS, PEOPLE[0], ("Bakary T.",)]
    assert (table.format, table.encoding, table.delimiter_name) == ("csv", encoding, delimiter)


def test_quotes_hold_ends_of_lines_delimiters_and_quotes_and_rows_keep_their_number() -> None:
    table = read_table('Nom;E-mail\n"Amina\nDiallo";a@b.fr\n\n;;\n"Léa ""la grande""; M.";\n'.encode())
    assert [(line.number, line.cells) for line in table.lines] == [
        (1, HEADINGS),
        (2, ("Amina Diallo", "a@b.fr")),
        (6, ('Léa "la grande"; M.',)),
    ]


def test_one_column_of_names_with_commas_stays_one_column() -> None:
    assert cells(read_table(b"Nom\nDiallo, Amina\n")) == [("Nom",), ("Diallo, Amina",)]


def test_what_is_pasted_from_a_spreadsheet_is_read_as_cells() -> None:
    assert cells(read_pasted("Nom\tE-mail\nAmina D.\ta@b.fr\n")) == [HEADINGS, ("Amina D.", "a@b.fr")]
    assert cells(read_pasted("Amina D.\nBakary T.\n")) == [("Amina D.",), ("Bakary T.",)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "sheet_empty", id="nothing"),
        pytest.param(b" \r\n;;;\r\n", "sheet_empty", id="only delimiters"),
        pytest.param(b"Nom;E-mail\nAmina\x81\x9d;\n", "sheet_encoding", id="neither UTF-8 nor Windows-1252"),
        pytest.param(b"\xff\xfeN\0o", "sheet_encoding", id="half a letter of UTF-16"),
        pytest.param(b"Nom;E-mail\nAmi\0na;\n", "sheet_unknown", id="a zero byte"),
        pytest.param(b"%PDF-1.7\n\0\x01", "sheet_unknown", id="a PDF"),
        pytest.param(b'Nom;E-mail\n"Amina;a@b.fr\nBakary;\n', "sheet_quotes", id="a quote left open"),
        pytest.param(b"Nom\n" + b"x\n" * 100_000, "sheet_rows", id="a hundred thousand rows"),
        pytest.param(b"Nom\n" + b"x;" * 51 + b"x\n", "sheet_columns", id="too many columns"),
        pytest.param(b"Nom\n" + b"x" * 2_001, "sheet_cell", id="a cell that is a book"),
        pytest.param(b"Nom\n" + b"x" * 200_000, "sheet_quotes", id="a cell that csv itself refuses"),
        pytest.param(b"x" * (MAX_BYTES + 1), "sheet_too_large", id="too many bytes"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_what_to_do(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_ten_thousand_rows_are_read_and_one_more_is_refused() -> None:
    rows = b"Nom\n" + b"Amina\n" * 10_000
    assert len(read_table(rows).lines) == 10_001
    assert refused(rows + b"Amina\n") == "sheet_rows"


def test_a_refused_table_says_which_line() -> None:
    with pytest.raises(Misuse) as error:
        read_table('Nom;E-mail\nLéa;\n"Amina;a@b.fr\n'.encode())
    assert "ligne 3" in error.value.message


# -- .xlsx


def test_a_workbook_that_a_spreadsheet_wrote_is_read_with_its_days() -> None:
    book = Workbook()
    page = book.active
    page.title = "Session d’automne"
    page.append(["Liste des salariés"])
    page.append([])
    page.append(["Nom", "Absent le", "N°", "Présent", "Heures"])
    page.append(["Amina Diallo", date(2026, 3, 12), 7, True, 3.5])
    page.append(["Bakary T.", "12 mars 2026", 8, False, None])
    book.create_sheet("Notes")
    book.create_sheet("Cachée").sheet_state = "hidden"
    table = read_table(_saved(book))
    assert [(line.number, line.cells) for line in table.lines] == [
        (1, ("Liste des salariés",)),
        (3, ("Nom", "Absent le", "N°", "Présent", "Heures")),
        (4, ("Amina Diallo", "2026-03-12", "7", "oui", "3.5")),
        (5, ("Bakary T.", "12 mars 2026", "8", "non")),
    ]
    assert (table.format, table.sheet, table.other_sheets) == ("xlsx", "Session d’automne", ("Notes",))


def test_formulas_are_texts_and_never_evaluated() -> None:
    book = Workbook()
    book.active.append(["Nom"])
    book.active.append(['=HYPERLINK("https://ailleurs.example","Amina")'])
    assert cells(read_table(_saved(book)))[1] == ('=HYPERLINK("https://ailleurs.example","Amina")',)
    told = a_workbook('<row><c t="str"><f>A1&amp;B1</f><v>Amina Diallo</v></c></row>')
    assert cells(read_table(told)) == [("=A1&B1",)], "what a formula once gave is not taken either"


def test_texts_are_joined_and_how_they_are_pronounced_is_left_out() -> None:
    rich = {
        "xl/sharedStrings.xml": f"<sst {workbooks.MAIN}><si><r><t>Ami</t></r><r><t xml:space='preserve'>na </t></r>"
        "<r><t>D.</t></r><rPh><t>lu autrement</t></rPh></si><si><t>Léa_x000D_&#10;M.</t></si></sst>"
    }
    rows = '<row r="4"><c r="B4" t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    assert cells(read_table(a_workbook(rows, rich))) == [("", "Amina D.", "Léa M.")]


@pytest.mark.parametrize(
    ("code", "is_day"),
    [("dd/mm/yyyy", True), ("[$-40C]d mmmm yyyy", True), ("jj/mm/aaaa", True), ("0.00", False), ('0 "jours"', False)],
)
def test_a_number_is_a_day_where_its_format_shows_one(code: str, is_day: bool) -> None:
    book = a_workbook('<row><c s="1"><v>46093</v></c></row>', styled(code.replace('"', "&quot;")))
    assert cells(read_table(book)) == [("2026-03-12" if is_day else "46093",)]


def test_a_workbook_of_an_old_mac_counts_days_from_1904() -> None:
    parts = styled() | {
        "xl/workbook.xml": f'<workbook {workbooks.MAIN} xmlns:r="{workbooks.LINKS}"><workbookPr date1904="1"/><sheets>'
        '<sheet name="s" r:id="r1"/></sheets></workbook>'
    }
    assert cells(read_table(a_workbook('<row><c s="0"><v>44631</v></c></row>', parts))) == [("2026-03-12",)]


MEASURED = """
import json, pathlib, resource, sys, time
from badges.errors import Misuse
from badges.issuer.sheets import read_table

def most():
    status = pathlib.Path("/proc/self/status")  # the other count begins with what the parent had
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) // 1024

told = {}
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    data = file.read_bytes()
    before, started = most(), time.process_time()
    try:
        read = [line.cells for line in read_table(data).lines][:2] == [("Nom",), ("Amina Diallo",)]
    except Misuse as refused:
        read = refused.code
    told[file.name] = {"read": read, "bytes": len(data), "seconds": time.process_time() - started}
    told[file.name]["MiB"] = most() - before
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Each hostile workbook, read in a process that did not make it: its memory and time are of reading alone."""
    folder = tmp_path_factory.mktemp("hostile")
    for what, (_, make) in workbooks.HOSTILE.items():
        (folder / what).write_bytes(make())
    command = [sys.executable, "-c", MEASURED, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("what", workbooks.HOSTILE)
def test_a_hostile_workbook_is_refused_within_its_bounds(what: str, measured: dict[str, dict[str, Any]]) -> None:
    found = measured[what]
    assert found["bytes"] <= MAX_BYTES
    assert found["read"] == (workbooks.HOSTILE[what][0] or True)
    assert found["seconds"] < 5
    # From the first of them to the highest point of all: more than any of them takes alone.
    assert sum(each["MiB"] for each in measured.values()) < 128


@pytest.mark.parametrize("at", range(0, len(a_workbook()), 97))
def test_a_workbook_damaged_anywhere_is_read_or_refused_in_words(at: int) -> None:
    data = bytearray(a_workbook(parts=shared("Amina") | styled("dd/mm/yyyy")))
    for length in (1, 4):
        data[at : at + length] = b"\xff" * length
        assert is_answered(bytes(data))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    for sent in (data, b"PK\x03\x04" + data, b"Nom;E-mail\n" + data):
        assert is_answered(sent)


# -- what cells say


@pytest.mark.parametrize(
    "text",
    ["12/03/2026", "12-03-2026", "12.03.2026", "12/3/26", " 12 / 03 / 2026 ", "12 mars 2026", "12-mars-26",
     "jeudi 12 MARS 2026", "2026-03-12", "2026-03-12T00:00:00", "2026-03-12 00:00:00",
     "12/03/2026 09:30", "46093", "46093,5"],
)  # fmt: skip
def test_a_french_day_is_read_day_first(text: str) -> None:
    assert find_day(text) == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("text", "day"),
    [("1er août 2026", date(2026, 8, 1)), ("3 févr. 2026", date(2026, 2, 3)), ("15 déc. 25", date(2025, 12, 15)),
     ("2 juil. 2026", date(2026, 7, 2)), ("2 juin 2026", date(2026, 6, 2))],
)  # fmt: skip
def test_months_are_read_in_words_whole_or_short(text: str, day: date) -> None:
    assert find_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "hier", "31/02/2026", "12/13/2026", "mars 2026", "2026", "12/03", "99999", "12/03/1899", "9" * 99]
)
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert find_day(text) is None


def test_several_days_stand_in_one_cell() -> None:
    assert find_days("03/11/2026, 10/11/2026 et 12 nov. 2026") == (
        date(2026, 11, 3),
        date(2026, 11, 10),
        date(2026, 11, 12),
    )
    assert find_days("") == ()
    assert find_days("03/11/2026, hier") is None


def test_headings_are_found_whatever_their_accents_capitals_and_place() -> None:
    known = {"name": ("nom", "prénom et initiale"), "email": ("e-mail", "courriel", "adresse électronique")}
    table = read_table(b"Session du 3 novembre\n\nADRESSE ELECTRONIQUE ;Remarque; Prenom  et Initiale\n")
    assert find_headings(table, known, ("name", "email")) == (1, {"email": 0, "name": 2})
    assert find_headings(read_table(b"Ville\nLimoges\n"), known, ("name",)) is None


def test_names_are_compared_without_accents_capitals_or_hyphens() -> None:
    assert plain("Anne-Lise  L’HÔSTIS") == plain("anne lise l'hostis") == "anne lise l hostis"
    assert plain("Cœur") == "coeur"


# -- writing

FORMULAS = [
    "=1+1",
    "+33612345678",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "'=1",
    "=cmd|'/c calc'!A1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_in_a_text_is_defused_in_csv(text: str) -> None:
    written = to_csv([["Nom"], [text]]).decode("utf-8-sig")
    cell = next(csv.reader(io.StringIO(written.split("\r\n", 1)[1], newline=""), delimiter=";"))[0]
    assert cell.startswith("'")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_in_a_text_is_a_text_in_a_workbook(text: str) -> None:
    cell = load_workbook(io.BytesIO(to_xlsx(Sheet("Lignes", ["Nom"], [[text]]))))["Lignes"]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix or not text.startswith(("=", "+", "-", "@"))


def test_numbers_and_days_stay_numbers_and_days() -> None:
    assert to_csv([["a", 3.5, -2, date(2026, 3, 12), None]]) == "\ufeffa;3,5;-2;12/03/2026;\r\n".encode()
    page = load_workbook(io.BytesIO(to_xlsx(Sheet("Lignes", ["x"], [[3.5, -2, date(2026, 3, 12)]]))))["Lignes"]
    assert [cell.value for cell in page[2]][:2] == [3.5, -2]
    assert page["C2"].is_date


def test_a_sheet_offers_its_choices_and_its_notes() -> None:
    written = to_xlsx(
        Sheet("Lot", ["Nom", "Nom dans le badge"], [], choices={1: ("oui", "non")}, notes={0: "Prénom N."})
    )
    page = load_workbook(io.BytesIO(written))["Lot"]
    assert page.data_validations.dataValidation[0].formula1 == '"oui,non"'
    assert page["A1"].comment.text == "Prénom N."


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=30)
written_tables = st.lists(
    st.lists(words, min_size=2, max_size=5).filter(lambda row: bool(row[-1])), min_size=1, max_size=8
)


@settings(max_examples=150, deadline=None)
@given(written_tables)
def test_what_is_written_as_csv_reads_back_the_same(rows: list[list[str]]) -> None:
    assert cells(read_table(to_csv(rows))) == [tuple(row) for row in rows]


@settings(max_examples=25, deadline=None)
@given(written_tables)
def test_what_is_written_as_a_workbook_reads_back_the_same(rows: list[list[str]]) -> None:
    wanted = [tuple(row) for row in rows]
    assert cells(read_table(to_xlsx(Sheet("Lot", rows[0], rows[1:])))) == wanted


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
