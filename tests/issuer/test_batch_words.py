"""What the people of a batch say of their badge: told to all at once or to each, awaited before anything is signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from badges.clock import in_paris
from badges.errors import AwardRefused, BadgesError, Conflict, Forbidden, Misuse, NotFound
from badges.issuer import audit
from badges.issuer.batches import Report, Row, Word
from badges.issuer.delivered import Deliveries
from badges.issuer.holder.cards import Opened
from badges.issuer.migrations import upgrade
from badges.issuer.permissions import Caller
from badges.issuer.storage import AuditLine, Award, BatchRow

from .builders import DEBROUSSAILLER, FIRST_DAY, NOW, PLANTER, SECOND_DAY, Office, grid_of, rows

TODAY = in_paris(NOW).date()
NO = Word("disagrees", "On l’a fait à deux.")
YES_BUT = Word("agrees_with_comment", "Contente que ce soit écrit.")


@pytest.fixture
def office(storage: Any) -> Office:
    return Office(storage)


def a_plan(office: Office, *table: Row, slug: str = PLANTER, **more: Any) -> Report:
    return office.issuer.batches.plan(office.eti, slug=slug, grid=grid_of(office.entry(slug)), rows=table, **more)


def refused(act: Callable[[], object], kind: type[BadgesError] = AwardRefused) -> str:
    with pytest.raises(kind) as error:
        act()
    return error.value.code


def the_row(office: Office, report: Report) -> BatchRow:
    (row,) = office.issuer.batches.rows(office.eti, report.batch.id)
    return row


def journal(office: Office) -> list[str]:
    with office.storage.reading() as register:
        assert audit.first_broken_line(register) is None
        return [line.action for line in register.list(AuditLine, order="number") if line.action.startswith("batch.")]


def word_of(office: Office, award: str) -> Word | None:
    return Deliveries(office.issuer.desk).require(office.eti, award).word


# -- for everybody


def test_nothing_is_signed_while_no_word_is_there(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, *rows(3))
    assert batches.words(office.eti, report.batch.id).awaited == 3
    assert refused(lambda: batches.confirm(office.eti, report.batch.id, ready=3)) == "words_awaited"
    batches.declare(office.eti, report.batch.id, on=SECOND_DAY)
    words = batches.words(office.eti, report.batch.id)
    assert (words.told_on, words.told_by, words.awaited) == (SECOND_DAY, office.member(office.eti).name, 0)
    batches.confirm(office.eti, report.batch.id, ready=3)
    assert batches.run(report.batch.id).done == 3
    assert journal(office) == ["batch.plan", "batch.declare", "batch.confirm", "batch.done"]


def test_a_statement_taken_back_is_awaited_again(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, *rows(1), told_on=TODAY)
    batches.declare(office.eti, report.batch.id, on=None)
    batches.declare(office.eti, report.batch.id, on=None)
    assert refused(lambda: batches.confirm(office.eti, report.batch.id, ready=1)) == "words_awaited"
    assert journal(office) == ["batch.plan", "batch.declare", "batch.undeclare"]


def test_whoever_confirms_may_say_it_in_the_same_act(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, *rows(2))
    confirmed = batches.confirm(office.coord, report.batch.id, ready=2, told_on=TODAY)
    assert confirmed.batch.statement["by"] == office.coord.staff
    assert journal(office) == ["batch.plan", "batch.declare", "batch.confirm"]


def test_a_program_that_keeps_the_words_elsewhere_attests_it(office: Office) -> None:
    report = a_plan(office, *rows(1))
    confirmed = office.issuer.batches.confirm(office.eti, report.batch.id, ready=1, told_otherwise=True)
    assert confirmed.batch.statement == {}, "what nobody said is not written down"


def test_nobody_is_told_on_a_day_to_come_nor_before_the_session_ended(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, *rows(1))
    for day, code in ((TODAY + timedelta(days=1), "future_date"), (FIRST_DAY, "told_too_early")):
        acts: tuple[Callable[[], object], ...] = (
            partial(batches.declare, office.eti, report.batch.id, on=day),
            partial(batches.confirm, office.eti, report.batch.id, ready=1, told_on=day),
            partial(a_plan, office, *rows(1), told_on=day),
        )
        assert [refused(act, Misuse) for act in acts] == [code] * 3
    assert journal(office) == ["batch.plan"]


def test_after_the_confirmation_nothing_is_said_any_more(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, *rows(1), told_on=TODAY)
    batches.confirm(office.eti, report.batch.id, ready=1)
    for on in (TODAY, None):
        assert refused(partial(batches.declare, office.eti, report.batch.id, on=on), Conflict) == "batch_state"


def test_who_may_propose_or_decide_may_say_it_and_a_stranger_finds_nothing(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, *rows(1))
    for acts_as, error in (
        (Caller(office.eti.staff, frozenset(("read",))), Forbidden),
        (office.neighbour, NotFound),
    ):
        with pytest.raises(error):
            batches.declare(acts_as, report.batch.id, on=TODAY)
    with pytest.raises(NotFound):
        batches.words(office.neighbour, report.batch.id)
    batches.declare(Caller(office.eti.staff, frozenset(("read", "propose"))), report.batch.id, on=TODAY)


# -- for one person


def test_a_word_of_each_needs_no_statement(office: Office) -> None:
    batches = office.issuer.batches
    report = a_plan(office, Row("a", name="A", word=Word("agrees")), Row("b", name="B", word=YES_BUT))
    assert batches.words(office.eti, report.batch.id).awaited == 0
    batches.confirm(office.eti, report.batch.id, ready=2)
    batches.run(report.batch.id)
    assert journal(office)[:3] == ["batch.plan", "batch.agrees", "batch.agrees_with_comment"]
    with office.storage.reading() as register:
        words = {award.batch_row: award.uuid for award in register.list(Award)}
    told = [word_of(office, words[row.id]) for row in report.rows]
    assert told == [Word("agrees"), YES_BUT]


def test_the_page_of_a_badge_says_what_was_said_for_all(office: Office) -> None:
    batches = office.issuer.batches
    report = a_plan(office, *rows(1), told_on=TODAY)
    batches.confirm(office.eti, report.batch.id, ready=1)
    batches.run(report.batch.id)
    assert word_of(office, report.rows[0].award) == Word("agrees")
    attested = a_plan(office, *rows(1))
    batches.confirm(office.eti, attested.batch.id, ready=1, told_otherwise=True)
    batches.run(attested.batch.id)
    assert word_of(office, attested.rows[0].award) is None


def test_who_disagrees_is_set_aside_whatever_is_said_of_the_others(office: Office) -> None:
    batches = office.issuer.batches
    report = a_plan(office, Row("a", name="A"), Row("b", name="B", word=NO), told_on=TODAY)
    assert (report.ready, report.refused) == (1, 1)
    assert [problem["code"] for problem in report.rows[1].problems] == ["person_disagrees"]
    assert batches.words(office.eti, report.batch.id).held == {report.rows[1].id}
    batches.confirm(office.eti, report.batch.id, ready=1)
    assert batches.run(report.batch.id).done == 1


def test_who_disagrees_speaks_again_once_a_colleague_has_looked(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, Row("a", name="A", word=NO))
    batch, row = report.batch.id, report.rows[0].id

    def agrees() -> Report:
        return batches.correct(office.eti, batch, {row: Row("a", name="A", word=YES_BUT)})

    for other in (Row("a", name="A", word=Word("agrees")), Row("a", name="A")):
        assert refused(partial(batches.correct, office.eti, batch, {row: other}), Conflict) == "another_look_first"
    batches.second_look(office.coord, batch, confirms=False, comment="Je demande à Karim.")
    assert refused(agrees, Conflict) == "another_look_first"
    with pytest.raises(Forbidden):
        batches.second_look(office.eti, batch, confirms=True)
    batches.second_look(office.coord, batch, confirms=True)
    assert batches.words(office.eti, batch).held == frozenset()
    assert batches.report(office.eti, batch).refused == 1, "the look does not speak for the person"
    assert agrees().ready == 1
    batches.confirm(office.eti, batch, ready=1)


def test_a_look_of_before_does_not_answer_who_disagrees_since(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, Row("a", name="A"), slug=DEBROUSSAILLER)
    batch, row = report.batch.id, report.rows[0].id
    batches.second_look(office.coord, batch, confirms=True)
    batches.correct(office.eti, batch, {row: Row("a", name="A", word=NO)})
    again = {row: Row("a", name="A", word=Word("agrees"))}
    assert refused(lambda: batches.correct(office.eti, batch, again), Conflict) == "another_look_first"
    batches.second_look(office.coord, batch, confirms=True)
    assert batches.correct(office.eti, batch, again).ready == 1


def test_a_row_left_aside_does_not_come_back_as_if_the_person_had_agreed(office: Office) -> None:
    batches, report = office.issuer.batches, a_plan(office, Row("a", name="A", word=NO))
    batch, row = report.batch.id, report.rows[0].id
    batches.correct(office.eti, batch, left_out=[row])
    back = partial(batches.correct, office.eti, batch, {row: Row("a", name="A")})
    assert refused(back, Conflict) == "another_look_first"


def test_a_word_stays_as_it_was_said_when_something_else_is_corrected(office: Office) -> None:
    report = a_plan(office, Row("a", name="A", word=YES_BUT))
    before = the_row(office, report).exceptions["word"]
    office.clock.advance(days=1)
    office.issuer.batches.correct(
        office.eti, report.batch.id, {report.rows[0].id: Row("a", name="Amina", word=YES_BUT)}
    )
    assert the_row(office, report).exceptions["word"] == before
    assert journal(office).count("batch.agrees_with_comment") == 1


def test_the_number_of_a_person_is_not_kept_in_a_comment(office: Office) -> None:
    said = Word("agrees_with_comment", "mon numéro : 2 85 07 87 085 123 45")
    report = a_plan(office, Row("a", name="A", word=said))
    kept = the_row(office, report)
    assert [problem["code"] for problem in kept.problems] == ["number_of_a_person"]
    assert "087" not in orjson.dumps(kept.exceptions).decode()


def test_what_a_person_says_stays_in_the_structure(office: Office) -> None:
    batches = office.issuer.batches
    report = a_plan(office, Row("a", name="A", word=YES_BUT))
    batches.confirm(office.eti, report.batch.id, ready=1)
    batches.run(report.batch.id)
    with office.storage.reading() as register:
        (award,) = register.list(Award)
    assert YES_BUT.comment not in orjson.dumps(office.assertion(award)).decode()


def test_a_batch_planned_before_words_were_kept_asks_for_them(office: Office, storage: Any) -> None:
    batches, report = office.issuer.batches, a_plan(office, *rows(1))
    with storage.engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE batches DROP COLUMN statement")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0008'")
    upgrade(storage.engine)
    assert batches.report(office.eti, report.batch.id).batch == report.batch
    assert batches.words(office.eti, report.batch.id).awaited == 1


# -- of a person who reads or erases what is known of them


def open_as_the_person(office: Office, award: Award) -> Opened:
    assert award.person is not None
    card = office.issuer.holder.cards.hand_over(office.eti, award.person)
    secret = card.link.rpartition("/")[2]
    visit = office.issuer.holder.cards.enter(secret, card.code or "", address="192.0.2.7", stays=True)
    found = office.issuer.holder.cards.open(secret, visit)
    assert isinstance(found, Opened)
    return found


def test_a_person_reads_what_they_said_where_no_badge_came_of_it(office: Office) -> None:
    award = office.an_award()
    report = a_plan(office, Row("a", person=award.person, word=NO), slug=DEBROUSSAILLER)
    (row,) = report.rows
    told = office.issuer.holder.leaving.export(open_as_the_person(office, award))
    assert [line["exceptions"]["word"]["comment"] for line in told["batch_rows"]] == [NO.comment]
    assert ("batch.disagrees", row.award) in {(line["action"], line["subject"]) for line in told["journal"]}


@pytest.mark.parametrize("said", [None, YES_BUT], ids=["for all", "their own"])
def test_a_person_takes_their_word_along_and_erases_it(office: Office, said: Word | None) -> None:
    batches, leaving = office.issuer.batches, office.issuer.holder.leaving
    report = a_plan(office, Row("a", name="A", word=said), told_on=TODAY)
    batches.confirm(office.eti, report.batch.id, ready=1)
    batches.run(report.batch.id)
    with office.storage.reading() as register:
        (award,) = register.list(Award)
    (row,) = leaving.export(open_as_the_person(office, award))["batch_rows"]
    if said:
        assert row["exceptions"]["word"]["comment"] == said.comment
        assert row["said_for_all"] is None
    else:
        assert row["said_for_all"]["on"] == TODAY.isoformat()
    leaving.erase_people([award.person or ""])
    assert the_row(office, report).exceptions == {}
    assert word_of(office, award.uuid) is None
