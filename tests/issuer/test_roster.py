"""The people of a session, from the sheets that structures really have: read, or kept as typed with what is wrong."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from badges.errors import Misuse
from badges.issuer.batches import Row, Unread, Word
from badges.issuer.roster import (
    FIELDS,
    HEADINGS,
    Roster,
    Session,
    read_roster,
    read_row,
    rejected,
    session_of,
    template,
)
from badges.issuer.sheets import read_pasted, read_table

from .builders import FIRST_DAY, NOW, SECOND_DAY, Office, grid_of, the_catalogue

DEFINITION = the_catalogue().latest("tec-maraichage-planter").definition
SESSION = Session(DEFINITION, grid_of(the_catalogue().latest("tec-maraichage-planter")), NOW.date())
ABSENT, CAUGHT_UP = f"{SECOND_DAY:%d/%m/%Y}", "12/11/2026"


def roster(text: str) -> Roster:
    return read_roster(read_table(text.encode()), SESSION)


def one(**typed: str) -> Row:
    return read_row(typed, SESSION, ref="a")


def unread(**typed: str) -> list[tuple[str, str, str]]:
    return [(item.field, item.code, item.typed) for item in one(**typed).unread]


def test_a_sheet_in_any_order_with_a_title_above_is_read() -> None:
    found = roster(
        "Session d’automne\n\nCOURRIEL;Téléphone;Prenom et initiale;N°;Absent(e) le;Rattrapage\n"
        f"amina@exemple.fr;06 12;Amina D.;12;{ABSENT};{CAUGHT_UP}\n;;Bakary T.;;;\n"
    )
    assert found.ignored == ("Téléphone",)
    amina, bakary = found.rows
    assert (amina.ref, amina.name, amina.email, amina.absent_on) == (
        "12",
        "Amina D.",
        "amina@exemple.fr",
        (SECOND_DAY,),
    )
    assert {seen.on for seen in amina.observations} == {date(2026, 11, 12)}
    assert {seen.criterion for seen in amina.observations} == {
        seen.criterion for seen in SESSION.grid if seen.on == SECOND_DAY
    }
    assert bakary == Row("ligne 5", name="Bakary T.", surely_new=False)


def test_first_and_last_names_in_two_columns_are_one_name() -> None:
    assert [row.name for row in roster("Nom;Prénom\nDiallo;Amina\nL’Hostis;Noémie\n").rows] == [
        "Amina Diallo",
        "Noémie L’Hostis",
    ]


def test_a_reference_used_twice_stays_two_rows() -> None:
    assert [row.ref for row in roster("N°;Nom\n7;Amina\n7;Bakary\n").rows] == ["7", "7 (ligne 3)"]


def test_decisions_that_differ_stand_in_columns_named_as_the_criteria() -> None:
    (row,) = roster("Nom;C1;c6\nAmina;pas encore;Acquis\n").rows
    assert row.results == {"c1": "not_yet", "c6": "acquired"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Amina D.\nBakary T.\n", ["Amina D.", "Bakary T."]),
        ("Amina\tDiallo\tamina@exemple.fr\n", ["Amina Diallo"]),
        ("Nom\tE-mail\nAmina D.\tamina@exemple.fr\n", ["Amina D."]),
        ("Amina D. ; amina@exemple.fr\n\n\nBakary T.", ["Amina D.", "Bakary T."]),
    ],
)
def test_names_are_pasted_with_or_without_headings(text: str, names: list[str]) -> None:
    assert [row.name for row in read_roster(read_pasted(text), SESSION, pasted=True).rows] == names


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param({"name": "A", "email": "a@"}, ("email", "email_unread", "a@"), id="half an e-mail"),
        pytest.param({"name": "=A1&B1"}, ("name", "name_formula", "=A1&B1"), id="a formula"),
        pytest.param({"name": "<b>A</b>"}, ("name", "name_unread", "<b>A</b>"), id="no name"),
        pytest.param({"name": "12"}, ("name", "name_unread", "12"), id="a number"),
        pytest.param({"name": "A" * 81}, ("name", "name_unread", "A" * 81), id="a long name"),
        pytest.param({"name": "A", "named": "peut-être"}, ("named", "yes_or_no", "peut-être"), id="neither yes nor no"),
        pytest.param({"name": "A", "absent": "hier"}, ("absent", "day_unread", "hier"), id="no day"),
        pytest.param({"name": "A", "absent": "1/1/2026"}, ("absent", "day_not_in_grid", "1/1/2026"), id="another day"),
        pytest.param({"name": "A", "caught_up": CAUGHT_UP}, ("caught_up", "caught_up_alone", CAUGHT_UP), id="alone"),
        pytest.param(
            {"name": "A", "absent": ABSENT, "caught_up": "1/1/2027"},
            ("caught_up", "future_date", "1/1/2027"),
            id="future",
        ),
        pytest.param({"name": "A", "result:c1": "12/20"}, ("result:c1", "result_unread", "12/20"), id="a mark"),
    ],
)
def test_what_cannot_be_read_is_kept_as_it_was_typed(typed: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert unread(**typed) == [expected]


@pytest.mark.parametrize(
    ("typed", "comment", "expected"),
    [
        ("", "", None),
        ("D’accord", "", Word("agrees")),
        ("OUI", "", Word("agrees")),
        ("d'accord", "Fière de moi.", Word("agrees_with_comment", "Fière de moi.")),
        ("d’accord avec commentaire", "Fière de moi.", Word("agrees_with_comment", "Fière de moi.")),
        ("Pas d’accord", "On était deux.", Word("disagrees", "On était deux.")),
        ("désaccord", "On était deux.", Word("disagrees", "On était deux.")),
    ],
)
def test_what_the_person_says_stands_in_two_columns(typed: str, comment: str, expected: Word | None) -> None:
    (row,) = roster(f"Nom;Parole de la personne;Commentaire\nAmina;{typed};{comment}\n").rows
    assert (row.word, row.unread) == (expected, ())


@pytest.mark.parametrize(
    ("typed", "comment", "expected"),
    [
        pytest.param("peut-être", "", ("word", "word_unread", "peut-être"), id="no answer"),
        pytest.param("", "Fière de moi.", ("word", "word_missing", ""), id="a comment alone"),
        pytest.param("pas d’accord", "", ("comment", "comment_missing", ""), id="disagrees without a reason"),
        pytest.param("oui", "x" * 1_001, ("comment", "comment_too_long", "x" * 1_001), id="a long comment"),
        pytest.param(
            "oui", "2 85 07 87 085 123 45" + " x" * 600, ("comment", "comment_too_long", ""), id="a number in it"
        ),
    ],
)
def test_a_word_that_is_not_whole_waits_to_be_completed(
    typed: str, comment: str, expected: tuple[str, str, str]
) -> None:
    assert unread(name="A", word=typed, comment=comment) == [expected]


def test_a_column_of_comments_is_not_what_the_person_said_without_their_word() -> None:
    found = roster("Nom;Commentaire\nAmina;arrive tard\n")
    assert (found.rows[0].word, found.ignored) == (None, ("Commentaire",))


@pytest.mark.parametrize("number", ["2 85 07 87 085 123 45", "285078708512345", "99999 26 12345", "XXXXX3412345"])
def test_the_number_of_a_person_is_refused_and_not_kept(number: str) -> None:
    assert unread(name=number) == [("name", "number_of_a_person", "")]
    (row,) = roster(f"N°;Nom\n{number};Amina\n").rows
    assert row.ref == "ligne 2"


@pytest.mark.parametrize("ref", ["0612345678", "012 345 678 91001", "2026-11-03", "12"])
def test_other_numbers_are_not_taken_for_it(ref: str) -> None:
    assert roster(f"N°;Nom\n{ref};Amina\n").rows[0].ref == ref


def test_a_row_that_names_nobody_is_kept_to_be_corrected() -> None:
    assert roster("N°;Nom;E-mail\n7;;\n").rows == (Row("7", surely_new=False),)


def test_a_sheet_that_never_says_who_is_refused_with_the_headings_found() -> None:
    with pytest.raises(Misuse) as error:
        roster("Ville;Âge\nLimoges;33\n")
    assert error.value.code == "sheet_headings"
    assert "Ville, Âge" in error.value.message
    with pytest.raises(Misuse) as error:
        roster("Nom;E-mail\n")
    assert error.value.code == "sheet_empty"


def test_several_absences_are_caught_up_in_order_or_on_one_day() -> None:
    absent = f"{FIRST_DAY:%d/%m/%Y} et {SECOND_DAY:%d/%m/%Y}"
    each = one(name="A", absent=absent, caught_up="12/11/2026, 13/11/2026")
    assert {(seen.criterion, seen.on.day) for seen in each.observations} == {
        (seen.criterion, 12 if seen.on == FIRST_DAY else 13) for seen in SESSION.grid
    }
    assert {seen.on.day for seen in one(name="A", absent=absent, caught_up="13/11/2026").observations} == {13}


# -- files


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_filled_in_is_a_session(form: str) -> None:
    table = read_table(template(SESSION, form))
    assert table.lines[0].cells == tuple(HEADINGS[field] for field in FIELDS)
    filled = replace(table, lines=(*table.lines, replace(table.lines[0], number=2, cells=("", "Amina D."))))
    assert read_roster(filled, SESSION).rows == (Row("ligne 2", name="Amina D.", surely_new=False),)


def test_the_workbook_explains_every_column_and_criterion() -> None:
    book = load_workbook(io.BytesIO(template(SESSION, "xlsx")))
    explained = {row[0].value for row in book["Mode d’emploi"].iter_rows()}
    assert {*(HEADINGS[field] for field in FIELDS), *DEFINITION.by_id} <= explained
    assert book["Personnes"].data_validations.dataValidation[0].formula1 == '"oui,non"'


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rejected_rows_come_back_as_they_were_with_what_is_wrong(sqlite_storage: Any, form: str) -> None:
    office = Office(sqlite_storage)
    known = office.a_person(name="Amina D.")
    texts = (
        "Nom;E-mail;Absent le;Rattrapé le;Nom dans le badge;c1;Personne connue;Parole de la personne;Commentaire\n"
        f"Bakary T.;bakary@;{ABSENT};{CAUGHT_UP};oui;pas encore;;pas d’accord;On était deux.\n"
        "=cmd|calc;;32/13/2026;;peut-être;12/20;;bof;=1+1\n"
        f"Amina D.;;;;;pas encore;{known.id};d’accord;\n"
    )
    rows = roster(texts).rows
    batches = office.issuer.batches
    report = batches.plan(office.eti, slug="tec-maraichage-planter", grid=SESSION.grid, rows=rows)
    assert report.refused == 3
    session = session_of(report.batch, DEFINITION)
    file = rejected(report.rows, {known.id: known.name}, session, form)
    table = read_table(file)
    assert table.lines[0].cells[0] == "À corriger"
    assert "« bakary@ »" in table.lines[1].cells[0]
    again = read_roster(table, session).rows
    assert [replace(row, observations=()) for row in again] == [replace(row, observations=()) for row in rows]
    assert again[0].observations == tuple(replace(seen, function="ETI") for seen in rows[0].observations)
    assert again[1].unread[0] == Unread("name", "name_formula", "=cmd|calc")
