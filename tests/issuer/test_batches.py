"""Many awards at once: planned, confirmed, signed, killed, resumed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from badges.errors import AwardRefused, BadgesError, Conflict, Forbidden, NotFound
from badges.issuer import audit
from badges.issuer.batches import Batches, Report, Row, Seen
from badges.issuer.database import Database, open_database
from badges.issuer.desk import Desk, Once
from badges.issuer.permissions import Caller
from badges.issuer.storage import Award, AwardFile, BatchRow, Person

from .builders import DEBROUSSAILLER, FIRST_DAY, NOW, PLANTER, SECOND_DAY, Office, grid_of, rows
from .faults import Killed, MortalStorage


@pytest.fixture
def office(storage: Any) -> Office:
    return Office(storage)


def a_plan(office: Office, table: tuple[Row, ...], slug: str = PLANTER, **changes: Any) -> Report:
    by = changes.pop("by", office.eti)
    return office.issuer.batches.plan(by, slug=slug, grid=grid_of(office.entry(slug)), rows=table, **changes)


def a_confirmed(office: Office, count: int, **changes: Any) -> str:
    report = a_plan(office, rows(count), **changes)
    return office.issuer.batches.confirm(office.eti, report.batch.id, ready=count, told_otherwise=True).batch.id


def everything(storage: Any) -> tuple[tuple[Award, ...], tuple[AwardFile, ...], tuple[BatchRow, ...]]:
    with storage.reading() as register:
        assert audit.first_broken_line(register) is None
        return register.list(Award), register.list(AwardFile), register.list(BatchRow, order="position")


def assert_each_row_exactly_once(office: Office, count: int) -> None:
    awards, files, table = everything(office.storage)
    assert [row.state for row in table] == ["done"] * count
    assert {award.uuid for award in awards} == {row.award for row in table} == {file.uuid for file in files}
    assert len({award.person for award in awards}) == len(awards) == count
    for award in awards[:: max(1, count // 5)]:
        office.assertion(award)


# -- plan


def test_a_plan_says_row_by_row_what_is_wrong_and_signs_nothing(office: Office) -> None:
    known = office.a_person(email="amina@exemple.fr")
    herself = office.add_staff(office.jardins, "ETI", email="eti@exemple.fr")
    holder = office.a_person()
    office.observe(holder)
    office.an_award(holder)
    table = (
        Row("a", name="Bilal K."),
        Row("b", person=known.id),
        Row("c", email="AMINA@exemple.fr"),
        Row("d", person="nobody"),
        Row("e"),
        Row("f", email="eti@exemple.fr", name="Moi"),
        Row("g", person=holder.id),
        Row("h", name="Chloé", absent_on=(SECOND_DAY,)),
        Row("i", name="Dan", results={"c1": "not_yet"}),
        Row("j", name="Eve", results={"c99": "acquired"}),
        Row("k", name="Fay", observations=(Seen("c1", date(2027, 1, 1), "OBS", "GRI"),)),
    )
    office.a_person(email="eti@exemple.fr")
    report = a_plan(office, table, by=herself)
    told = {row.ref: [problem["code"] for problem in row.problems] for row in report.rows}
    assert told == {
        "a": [],
        "b": [],
        "c": ["person_twice"],
        "d": ["person_unknown"],
        "e": ["nobody"],
        "f": ["for_oneself"],
        "g": ["already_awarded"],
        "h": ["without_observation", "without_observation", "days_missing"],
        "i": ["not_acquired"],
        "j": ["criterion_unknown"],
        "k": ["future_date"],
    }
    assert all(problem["message"].endswith((".", "…")) for row in report.rows for problem in row.problems)
    assert (report.ready, report.refused) == (2, 9)
    with office.storage.reading() as register:
        assert register.count(Award) == 1
        assert register.count(Person) == 3


def test_exceptions_belong_to_one_person(office: Office) -> None:
    late = Seen("c2", date(2026, 11, 12), "OBS", "GRI")
    missed = tuple(replace(seen, on=date(2026, 11, 12)) for seen in grid_of(office.entry()) if seen.on == SECOND_DAY)
    table = (Row("a", name="A"), Row("b", name="B", absent_on=(SECOND_DAY,), observations=(*missed, late)))
    report = a_plan(office, table)
    assert report.ready == 2
    office.issuer.batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    office.issuer.batches.run(report.batch.id)
    awards, _, _ = everything(office.storage)
    assert len(awards) == 2


def test_a_grid_that_names_an_unknown_criterion_is_refused_whole(office: Office) -> None:
    with pytest.raises(BadgesError) as refused:
        office.issuer.batches.plan(office.eti, slug=PLANTER, grid=(Seen("c99", FIRST_DAY, "OBS", "GRI"),), rows=rows(1))
    assert refused.value.code == "criterion_unknown"


def test_two_rows_of_one_reference_and_too_many_rows_are_refused(office: Office) -> None:
    with pytest.raises(BadgesError) as refused:
        a_plan(office, (*rows(1), *rows(1)))
    assert refused.value.code == "row_repeated"
    with pytest.raises(BadgesError) as refused:
        a_plan(office, rows(10_001))
    assert refused.value.code == "batch_too_large"


def test_a_session_prepared_after_midnight_in_paris_is_decided_that_day(office: Office) -> None:
    """23:30 on 30 November in UTC is 1 December in Paris: what was seen that day is not to come."""
    office.clock.instant = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    today = date(2026, 12, 1)
    grid = tuple(replace(seen, on=today) if seen.on == SECOND_DAY else seen for seen in grid_of(office.entry()))
    assert office.issuer.batches.missing(office.eti, slug=PLANTER, grid=grid) == ()
    report = office.issuer.batches.plan(office.eti, slug=PLANTER, grid=grid, rows=rows(1), decided_on=today)
    assert office.issuer.batches.plan(office.eti, slug=PLANTER, grid=grid, rows=rows(1)).batch.decided_on == today
    assert report.ready == 1


# -- confirm


def test_a_batch_is_confirmed_as_the_number_that_was_announced(office: Office) -> None:
    report = a_plan(office, rows(3))
    with pytest.raises(Conflict) as refused:
        office.issuer.batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    assert refused.value.code == "plan_changed"


def test_a_batch_of_a_badge_that_asks_for_a_second_look_waits_for_it(office: Office) -> None:
    report = a_plan(office, rows(2), slug=DEBROUSSAILLER)
    assert report.ready == 2
    with pytest.raises(AwardRefused) as refused:
        office.issuer.batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    assert [missing.code for missing in refused.value.missing] == ["second_missing"]
    with pytest.raises(Forbidden):
        office.issuer.batches.second_look(office.eti, report.batch.id, confirms=True)
    office.issuer.batches.second_look(office.coord, report.batch.id, confirms=True)
    office.issuer.batches.confirm(office.eti, report.batch.id, ready=2, told_otherwise=True)
    assert office.issuer.batches.run(report.batch.id).done == 2


def test_confirming_and_running_twice_is_once(office: Office) -> None:
    batch = a_confirmed(office, 5)
    office.issuer.batches.run(batch, chunk=2)
    report = office.issuer.batches.confirm(office.eti, batch, ready=5, told_otherwise=True)
    assert (report.batch.state, report.done) == ("done", 5)
    office.issuer.batches.run(batch)
    assert_each_row_exactly_once(office, 5)


def test_the_same_plan_sent_twice_is_one_batch(office: Office) -> None:
    once = Once("jardins", "k", "d")
    first = a_plan(office, rows(2), once=once)
    assert a_plan(office, rows(2), once=once).batch == first.batch


def test_two_batches_that_share_people_give_each_their_badge_once(office: Office) -> None:
    shared = [office.a_person() for _ in range(3)]
    table = tuple(Row(person.id, person=person.id) for person in shared)
    first, second = a_plan(office, table), a_plan(office, table)
    for report in (first, second):
        office.issuer.batches.confirm(office.eti, report.batch.id, ready=3, told_otherwise=True)
    assert office.issuer.batches.run(first.batch.id).done == 3
    again = office.issuer.batches.run(second.batch.id)
    assert (again.done, again.refused, again.batch.state) == (0, 3, "done")


def test_a_batch_of_another_structure_does_not_exist(office: Office) -> None:
    report = a_plan(office, rows(1))
    batches, stranger = office.issuer.batches, office.neighbour
    for door in (
        lambda id: batches.report(stranger, id),
        lambda id: batches.confirm(stranger, id, ready=1, told_otherwise=True),
        lambda id: batches.second_look(stranger, id, confirms=True),
        lambda id: batches.cancel(stranger, id),
    ):
        told = []
        for id in (report.batch.id, "nothing"):
            with pytest.raises(NotFound) as refused:
                door(id)
            told.append(refused.value.message)
        assert told[0] == told[1]


def test_a_batch_that_nobody_confirmed_signs_nothing(office: Office) -> None:
    report = a_plan(office, rows(2))
    assert office.issuer.batches.run(report.batch.id).ready == 2
    assert everything(office.storage)[0] == ()


def test_what_is_not_signed_can_be_cancelled(office: Office) -> None:
    batch = a_confirmed(office, 4)
    steps = iter((True, False))
    office.issuer.batches.run(batch, chunk=2, keep_going=lambda: next(steps))
    report = office.issuer.batches.cancel(office.eti, batch)
    assert (report.done, report.counts["cancelled"], report.batch.state) == (2, 2, "cancelled")
    assert office.issuer.batches.run(batch).done == 2


def test_nothing_is_awarded_after_the_right_is_gone(office: Office) -> None:
    batch = a_confirmed(office, 4)
    steps = iter((True, False))
    office.issuer.batches.run(batch, chunk=2, keep_going=lambda: next(steps))
    office.access.end_place(office.director, office.eti.staff)
    report = office.issuer.batches.run(batch)
    assert (report.done, report.refused, report.batch.state) == (2, 2, "done")
    assert {problem["code"] for row in everything(office.storage)[2] for problem in row.problems} == {"not_permitted"}


def test_a_batch_finishes_with_the_key_it_began_with(office: Office) -> None:
    batch = a_confirmed(office, 4)

    def rotate_half_way() -> bool:
        if not rotated:
            rotated.append("begun")
        elif len(rotated) == 1:
            rotated.append(office.open_profile(office.jardins))
        return True

    rotated: list[str] = []
    office.issuer.batches.run(batch, chunk=2, keep_going=rotate_half_way)
    assert len({award.profile for award in everything(office.storage)[0]}) == 1


# -- killed and resumed


def run_dying(office: Office, batch: str, dies_at: int) -> MortalStorage:
    mortal = MortalStorage(office.storage, dies_at)
    desk = office.issuer.desk
    Batches(Desk(mortal, desk.catalogue, desk.signers, desk.addresses, office.clock, demo=True)).run(batch, chunk=2)
    return mortal


def test_killed_between_any_two_statements_a_batch_resumes_and_changes_nothing(sqlite_storage: Database) -> None:
    office = Office(sqlite_storage)
    template = a_confirmed(office, 5)
    steps = len(run_dying(office, template, 0).steps)
    assert steps > 30
    for dies_at in range(1, steps + 1):
        batch = a_confirmed(office, 5)
        with pytest.raises(Killed):
            run_dying(office, batch, dies_at)
        before = {file.uuid: file.token for file in everything(office.storage)[1]}
        office.clock.advance(seconds=6)
        report = office.issuer.batches.run(batch, chunk=2)
        assert (report.done, report.batch.state) == (5, "done"), dies_at
        after = {file.uuid: file.token for file in everything(office.storage)[1]}
        assert before.items() <= after.items()
        table = [row for row in everything(office.storage)[2] if row.batch == batch]
        assert Counter(row.state for row in table) == {"done": 5}
        assert {row.award for row in table} <= after.keys()


def test_a_single_award_killed_anywhere_is_there_whole_or_not_at_all(sqlite_storage: Database) -> None:
    office = Office(sqlite_storage)
    proposal = office.a_proposal()
    dies_at = 0
    while True:
        dies_at += 1
        mortal = MortalStorage(sqlite_storage, dies_at)
        desk = office.issuer.desk
        issuer = type(office.issuer)(mortal, desk.catalogue, desk.signers, desk.addresses, office.clock, demo=True)
        try:
            issuer.award(office.eti, proposal.id, once=Once("s", "k", "d"))
        except Killed:
            awards, files, _ = everything(sqlite_storage)
            assert (awards, files) == ((), ())
            continue
        break
    assert dies_at > 10
    awards, files, _ = everything(sqlite_storage)
    assert (len(awards), len(files)) == (1, 1)


def test_a_row_signed_again_gives_the_very_same_badge(office: Office) -> None:
    batch = a_confirmed(office, 3)
    batches = office.issuer.batches
    going = batches._begin(batch)
    assert going is not None
    work = batches._take_turn(going, None, 3)
    assert work is not None
    assert batches._sign(going, work) == batches._sign(going, work)


def test_several_workers_on_one_batch_make_each_award_once(storage: Any) -> None:
    office = Office(storage)
    batch = a_confirmed(office, 30)
    workers = [threading.Thread(target=office.issuer.batches.run, args=(batch,), kwargs={"chunk": 3}) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    office.clock.advance(seconds=6)
    office.issuer.batches.run(batch)
    assert_each_row_exactly_once(office, 30)


def test_a_worker_that_slept_past_its_lease_stores_nothing_twice(office: Office) -> None:
    batch = a_confirmed(office, 4)
    batches = office.issuer.batches
    going = batches._begin(batch)
    assert going is not None
    slept_on = batches._take_turn(going, None, 2)
    assert slept_on is not None
    signed = batches._sign(going, slept_on)
    office.clock.advance(seconds=6)
    batches.run(batch)
    batches._take_turn(going, signed, 2)
    assert_each_row_exactly_once(office, 4)


def test_a_batch_killed_for_real_three_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'badges.sqlite3'}"
    storage = open_database(address)
    office = Office(storage)
    office.clock.instant = NOW
    batch = a_confirmed(office, 300)
    program = [sys.executable, "-m", "tests.issuer.run_batch", address, batch]
    seen: dict[str, str] = {}
    for _ in range(3):
        running = subprocess.Popen(program)
        before = len(seen)
        deadline = time.monotonic() + 20
        while len(seen) < before + 10 and running.poll() is None and time.monotonic() < deadline:
            with storage.reading() as register:
                seen |= {file.uuid: file.token for file in register.list(AwardFile)}
        running.kill()
        running.wait()
    subprocess.run(program, check=True, timeout=60)
    awards, files, table = everything(storage)
    assert Counter(row.state for row in table) == {"done": 300}
    assert len(awards) == len({award.person for award in awards}) == 300
    assert seen.items() <= {file.uuid: file.token for file in files}.items()
    assert storage.is_sound()
    storage.close()


def test_unfinished_batches_are_told_to_the_process_that_starts(office: Office) -> None:
    batch = a_confirmed(office, 2)
    assert office.issuer.batches.unfinished() == (batch,)
    office.issuer.batches.run(batch)
    assert office.issuer.batches.unfinished() == ()


def test_a_program_without_the_right_to_decide_cannot_confirm(office: Office) -> None:
    report = a_plan(office, rows(1))
    with pytest.raises(Forbidden):
        office.issuer.batches.confirm(
            Caller(office.eti.staff, frozenset(("read",))), report.batch.id, ready=1, told_otherwise=True
        )
