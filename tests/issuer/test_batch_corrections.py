"""A plan put right before it is confirmed: rows corrected, homonyms told apart, a whole batch taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from badges.errors import AwardRefused, Conflict, Forbidden, Misuse, NotFound
from badges.issuer import audit
from badges.issuer.batches import Report, Row, Unread
from badges.issuer.desk import Once
from badges.issuer.permissions import Caller
from badges.issuer.storage import AuditLine, Award, BatchRow, Person, Revocation

from .builders import DEBROUSSAILLER, PLANTER, SECOND_DAY, Office, grid_of, rows


@pytest.fixture
def office(storage: Any) -> Office:
    return Office(storage)


def a_plan(office: Office, *table: Row, slug: str = PLANTER) -> Report:
    return office.issuer.batches.plan(office.eti, slug=slug, grid=grid_of(office.entry(slug)), rows=table)


def told(office: Office, batch: str) -> dict[str, list[str]]:
    found = office.issuer.batches.rows(office.eti, batch)
    return {row.ref: [row.state, *(problem["code"] for problem in row.problems)] for row in found}


def id_of(report: Report, ref: str) -> str:
    return next(row.id for row in report.rows if row.ref == ref)


WRONG_EMAIL = Row("b", name="Bilal K.", unread=(Unread("email", "email_unread", "bilal@"),))


def test_what_could_not_be_read_is_kept_as_typed_and_put_right(office: Office) -> None:
    report = a_plan(office, Row("a", name="Amina D."), WRONG_EMAIL)
    wrong = report.rows[1]
    assert (wrong.state, wrong.exceptions["unread"]) == ("refused", [["email", "email_unread", "bilal@"]])
    assert wrong.problems[0]["field"] == "email"
    assert "« bilal@ »" in wrong.problems[0]["message"]
    after = office.issuer.batches.correct(
        office.eti, report.batch.id, {wrong.id: Row("", name="Bilal K.", email="bilal@exemple.fr")}
    )
    assert (after.ready, after.refused) == (2, 0)
    (kept,) = office.issuer.batches.rows(office.eti, report.batch.id, "ready")[1:]
    assert (kept.ref, kept.award, kept.position) == ("b", wrong.award, 2), "the badge that waits stays the same"
    office.issuer.batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    assert office.issuer.batches.run(report.batch.id).done == 2


def test_a_correction_puts_right_the_row_that_it_was_repeated_in(office: Office) -> None:
    known, other = office.a_person(), office.a_person(name="Zoé P.")
    report = a_plan(office, Row("a", person=known.id), Row("b", person=known.id))
    assert told(office, report.batch.id) == {"a": ["ready"], "b": ["refused", "person_twice"]}
    office.issuer.batches.correct(office.eti, report.batch.id, {id_of(report, "a"): Row("a", person=other.id)})
    assert told(office, report.batch.id) == {"a": ["ready"], "b": ["ready"]}


def test_a_correction_is_judged_as_the_plan_was(office: Office) -> None:
    report = a_plan(office, Row("a", name="Amina D."))
    row = report.rows[0].id
    correct = office.issuer.batches.correct
    for wrong, codes in (
        (Row("a"), ["nobody"]),
        (Row("a", person="nobody"), ["person_unknown"]),
        (Row("a", name="A", results={"c1": "not_yet"}), ["not_acquired"]),
        (Row("a", name="A", absent_on=(SECOND_DAY,)), ["without_observation", "without_observation", "days_missing"]),
        (WRONG_EMAIL, ["email_unread"]),
    ):
        correct(office.eti, report.batch.id, {row: wrong})
        assert told(office, report.batch.id) == {"a": ["refused", *codes]}
    correct(office.eti, report.batch.id)
    assert told(office, report.batch.id) == {"a": ["refused", "email_unread"]}, "checking again forgives nothing"
    correct(office.eti, report.batch.id, {row: Row("a", name="Amina D.")})
    assert told(office, report.batch.id) == {"a": ["ready"]}


def test_a_catch_up_on_another_day_may_be_written_down_by_a_colleague(office: Office) -> None:
    report = a_plan(office, Row("a", name="A"))
    caught_up = tuple(
        replace(seen, on=seen.on.replace(day=12), function="ETI")
        for seen in grid_of(office.entry())
        if seen.on == SECOND_DAY
    )
    row = Row("a", name="A", absent_on=(SECOND_DAY,), observations=caught_up)
    after = office.issuer.batches.correct(office.coord, report.batch.id, {report.rows[0].id: row})
    assert after.ready == 1
    (kept,) = office.issuer.batches.rows(office.eti, report.batch.id)
    assert {item["function"] for item in kept.exceptions["observations"]} == {"ETI"}


def test_a_row_left_out_is_not_signed_and_may_come_back(office: Office) -> None:
    report = a_plan(office, *rows(2))
    after = office.issuer.batches.correct(office.eti, report.batch.id, left_out=[report.rows[0].id])
    assert (after.ready, after.counts["cancelled"], after.total) == (1, 1, 1)
    back = office.issuer.batches.correct(office.eti, report.batch.id, {report.rows[0].id: rows(1)[0]})
    assert back.ready == 2


# -- homonyms


def test_somebody_of_a_known_name_waits_until_one_says_who_it_is(office: Office) -> None:
    known = office.a_person(name="Amina DIALLO")
    table = [Row(ref, name=name, surely_new=False) for ref, name in (("a", "amina  Diallo"), ("b", "Léa M."))]
    report = a_plan(office, *table)
    assert told(office, report.batch.id) == {"a": ["refused", "homonym"], "b": ["ready"]}
    found = office.issuer.batches.namesakes(office.eti, ["Amina Diallo", "Léa M."])
    assert found == {"amina diallo": (known,)}
    correct, row = office.issuer.batches.correct, id_of(report, "a")
    assert correct(office.eti, report.batch.id, {row: Row("a", person=known.id)}).ready == 2
    assert correct(office.eti, report.batch.id, {row: table[0]}).ready == 1
    assert correct(office.eti, report.batch.id, {row: replace(table[0], surely_new=True)}).ready == 2
    office.issuer.batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    with office.storage.reading() as register:
        assert register.count(Person) == 3


def test_two_rows_of_one_name_wait_until_one_says_that_they_are_two_people(office: Office) -> None:
    table = [Row(ref, name="Amina D.", surely_new=False) for ref in "ab"]
    report = a_plan(office, *table)
    assert told(office, report.batch.id) == {"a": ["ready"], "b": ["refused", "name_twice"]}
    row = {id_of(report, "b"): replace(table[1], surely_new=True)}
    assert office.issuer.batches.correct(office.eti, report.batch.id, row).ready == 2


def test_homonyms_of_another_structure_are_nobodys_business(office: Office) -> None:
    office.a_person(office.neighbour, name="Amina D.")
    assert a_plan(office, Row("a", name="Amina D.", surely_new=False)).ready == 1
    assert office.issuer.batches.namesakes(office.eti, ["Amina D."]) == {}


def test_a_program_that_gives_names_alone_is_asked_nothing(office: Office) -> None:
    office.a_person(name="Amina D.")
    assert a_plan(office, Row("a", name="Amina D.")).ready == 1


# -- who, when, and what is told


def test_a_correction_is_an_act_with_its_line_and_sent_twice_is_one(office: Office) -> None:
    report = a_plan(office, WRONG_EMAIL)
    once = Once("equipe", "key", "digest")
    rows = {report.rows[0].id: Row("b", name="Bilal K.")}
    for _ in range(2):
        assert office.issuer.batches.correct(office.eti, report.batch.id, rows, once=once).ready == 1
    with office.storage.reading() as register:
        lines = register.list(AuditLine, action="batch.correct")
        assert [(line.actor, line.structure, line.subject) for line in lines] == [
            (office.eti.staff, office.jardins.id, report.batch.id)
        ]
        assert audit.first_broken_line(register) is None


def test_only_those_who_may_propose_correct_and_only_before_the_confirmation(office: Office) -> None:
    report = a_plan(office, Row("a", name="A"))
    correct = office.issuer.batches.correct
    rows = {report.rows[0].id: Row("a", name="B")}
    with pytest.raises(NotFound):
        correct(office.neighbour, report.batch.id, rows)
    with pytest.raises(NotFound):
        correct(office.eti, report.batch.id, {"nothing": Row("a", name="B")})
    with pytest.raises(Forbidden):
        correct(Caller(office.eti.staff, frozenset(("read", "decide"))), report.batch.id, rows)
    office.issuer.batches.confirm(office.eti, report.batch.id, ready=1, told_otherwise=True)
    with pytest.raises(Conflict):
        correct(office.eti, report.batch.id, rows)


def test_nobody_slips_into_the_batch_of_a_colleague_or_has_a_colleague_do_it(office: Office) -> None:
    oneself = office.a_person(email="eti@exemple.fr")
    planner = office.add_staff(office.jardins, "ETI", email="eti@exemple.fr")
    report = office.issuer.batches.plan(
        planner, slug=PLANTER, grid=grid_of(office.entry()), rows=[Row("a", name="A"), Row("b", person=oneself.id)]
    )
    office.issuer.batches.correct(office.coord, report.batch.id)
    assert told(office, report.batch.id)["b"] == ["refused", "for_oneself"]


def test_a_table_changed_after_a_second_look_is_looked_at_again(office: Office) -> None:
    report = a_plan(office, Row("a", name="A"), WRONG_EMAIL, slug=DEBROUSSAILLER)
    batches = office.issuer.batches
    batches.second_look(office.coord, report.batch.id, confirms=True)
    batches.correct(office.eti, report.batch.id, {report.rows[1].id: Row("b", name="Bilal K.")})
    with pytest.raises(AwardRefused):
        batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    batches.second_look(office.coord, report.batch.id, confirms=True)
    assert [look.confirms for look, _ in batches.looks(office.eti, report.batch.id)] == [True, False, True]
    batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    assert batches.run(report.batch.id).done == 2


# -- reading, and taking back


def test_batches_are_listed_newest_first_and_only_ones_own(office: Office) -> None:
    first = a_plan(office, *rows(1))
    office.clock.advance(seconds=5)
    second = a_plan(office, *rows(2))
    listed = office.issuer.batches.newest(office.eti)
    assert [report.batch.id for report in listed] == [second.batch.id, first.batch.id]
    assert [report.ready for report in listed] == [2, 1]
    page = office.issuer.batches.newest(office.eti, beyond=(second.batch.created_at, second.batch.id))
    assert [report.batch.id for report in page] == [first.batch.id]
    assert office.issuer.batches.newest(office.neighbour) == ()
    with pytest.raises(NotFound):
        office.issuer.batches.rows(office.neighbour, first.batch.id)


def test_a_whole_batch_is_taken_back_once_for_a_reason_of_the_list(office: Office) -> None:
    report = a_plan(office, *rows(5))
    batches = office.issuer.batches
    batches.confirm(office.eti, report.batch.id, ready=5, told_otherwise=True)
    batches.run(report.batch.id)
    with office.storage.reading() as register:
        one = register.list(Award)[0].uuid
    office.issuer.revoke(office.director, one, "asked_by_holder")
    with pytest.raises(Misuse):
        batches.revoke(office.director, report.batch.id, "replaced")
    with pytest.raises(NotFound):
        batches.revoke(office.neighbour, report.batch.id, "awarded_in_error")
    assert batches.revoke(office.director, report.batch.id, "awarded_in_error") == 4
    assert batches.revoke(office.director, report.batch.id, "awarded_in_error") == 0
    with office.storage.reading() as register:
        found = register.list(Revocation, order="number")
        assert [line.number for line in found] == [1, 2, 3, 4, 5]
        assert [line.code for line in found] == ["asked_by_holder", *["awarded_in_error"] * 4]
        assert audit.first_broken_line(register) is None
        assert register.count(BatchRow, state="done") == 5


def test_names_that_became_no_badge_are_forgotten_after_ninety_days(office: Office) -> None:
    done = a_plan(office, Row("a", name="Amina D."), WRONG_EMAIL)
    batches = office.issuer.batches
    batches.confirm(office.eti, done.batch.id, ready=1, told_otherwise=True)
    batches.run(done.batch.id)
    waiting = a_plan(office, *rows(3))
    office.clock.advance(days=89)
    fresh = a_plan(office, *rows(2))
    assert batches.forget_unsigned() == 0
    office.clock.advance(days=2)
    assert batches.forget_unsigned(dry=True) == 4
    assert [batches.forget_unsigned(), batches.forget_unsigned()] == [4, 0]
    with office.storage.reading() as register:
        kept = {row.id: row for row in register.list(BatchRow)}
        assert audit.first_broken_line(register) is None
    for report, states in ((done, ["done", "cancelled"]), (waiting, ["cancelled"] * 3), (fresh, ["ready"] * 2)):
        assert [kept[row.id].state for row in report.rows] == states
        gone = [kept[row.id] for row in report.rows if kept[row.id].state == "cancelled"]
        assert all((row.person, row.newcomer, row.exceptions) == (None, None, {}) for row in gone)
    assert batches.report(office.eti, waiting.batch.id).batch.state == "cancelled"
    assert batches.report(office.eti, done.batch.id).done == 1
