"""The storage contract: the same sentences, said of SQLite and of PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from badges.errors import Conflict, StorageUnavailable
from badges.issuer.database import PRAGMAS, TABLES, Database, metadata, open_database
from badges.issuer.migrations import upgrade
from badges.issuer.storage import (
    CHANGEABLE,
    RECORDS,
    AuditLine,
    Award,
    Observation,
    Person,
    Revocation,
    StaffMember,
    Structure,
)

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def a_structure(id: str = "s1", **changes: Any) -> Structure:
    return Structure(
        **{
            "id": id, "name": "Les Jardins", "kind": "ACI", "department": "87", "siret": "01234567891001",
            "issues_as": "structure", "url": "https://jardins.example", "email": "contact@jardins.example",
            "created_at": NOW,
        } | changes
    )  # fmt: skip


def a_person(id: str = "p1", **changes: Any) -> Person:
    return Person(
        **{"id": id, "structure": "s1", "opaque": f"opaque-{id}", "name": "Amina D.", "email": None,
           "secret_digest": None, "created_at": NOW} | changes
    )  # fmt: skip


def a_staff_member(id: str = "eti", **changes: Any) -> StaffMember:
    return StaffMember(
        **{"id": id, "account": f"account-{id}", "structure": "s1", "name": "Jo", "email": None, "function": "ETI",
           "permissions": ("decide", "note"), "person": None, "joined_at": NOW} | changes
    )  # fmt: skip


def an_observation(id: str = "o1", **changes: Any) -> Observation:
    return Observation(
        **{"id": id, "person": "p1", "structure": "s1", "slug": "tec", "version": "0.1.0", "criterion": "c1",
           "on": date(2026, 11, 2), "way": "OBS", "kind": "GRI", "function": "ETI", "note": "", "noted_by": "eti",
           "noted_at": NOW} | changes
    )  # fmt: skip


def fill(storage: Database, *more: Any) -> None:
    with storage.writing() as register:
        register.add(a_structure(), a_person(), a_staff_member(), *more)


def test_a_record_comes_back_as_it_was_written(storage: Database) -> None:
    written = an_observation(note="a attaché les tomates — « bien » 🍅")
    fill(storage, written)
    with storage.reading() as register:
        assert register.find(Observation, id="o1") == written
        assert register.find(StaffMember, id="eti") == a_staff_member()
        assert register.find(Structure, id="s1") == a_structure()
        assert register.find(Person, id="nobody") is None


def test_nothing_is_kept_of_a_transaction_that_raised(storage: Database) -> None:
    fill(storage)

    def half_way() -> None:
        with storage.writing() as register:
            register.add(a_person("p2"))
            assert register.find(Person, id="p2") is not None
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        half_way()
    with storage.reading() as register:
        assert register.find(Person, id="p2") is None


def test_what_was_written_is_there_for_another_connection(storage: Database) -> None:
    fill(storage)
    again = open_database(str(storage.engine.url.render_as_string(hide_password=False)))
    with again.reading() as register:
        assert register.count(Person) == 1
    again.close()


def test_the_same_key_twice_is_a_conflict(storage: Database) -> None:
    fill(storage)
    with pytest.raises(Conflict) as refused, storage.writing() as register:
        register.add(a_person("p1", opaque="other"))
    assert refused.value.code == "already_there"


def test_a_record_that_points_at_nothing_is_refused(storage: Database) -> None:
    with pytest.raises(Conflict), storage.writing() as register:
        register.add(a_person(structure="nowhere"))


def test_lists_are_ordered_cut_and_continued_where_the_page_ended(storage: Database) -> None:
    people = [a_person(f"p{n}", created_at=NOW + timedelta(minutes=n // 2)) for n in range(2, 9)]
    fill(storage, *people)
    with storage.reading() as register:
        first = register.list(Person, order="created_at", newest=True, limit=3, structure="s1")
        last = first[-1]
        second = register.list(
            Person, order="created_at", newest=True, limit=10, beyond=(last.created_at, last.id), structure="s1"
        )
        assert [person.id for person in first + second] == ["p8", "p7", "p6", "p5", "p4", "p3", "p2", "p1"]
        assert [person.id for person in register.list(Person, order="created_at", limit=2)] == ["p1", "p2"]


def test_one_of_many_and_none_of_them_can_be_asked(storage: Database) -> None:
    people = [a_person(f"q{n}", name=None) for n in range(1200)]
    fill(storage, *people)
    with storage.reading() as register:
        assert len(register.list(Person, id=[person.id for person in people])) == 1200
        assert register.list(Person, id=[]) == ()
        assert register.count(Person, name=None) == 1200
        assert register.highest(Person, "id", structure="s1") == "q999"
        assert register.highest(Person, "id", structure="s2") is None


def test_only_changeable_fields_change(storage: Database) -> None:
    fill(storage)
    with storage.writing() as register:
        changed = register.change(a_person(), name="Amina Diallo")
        assert changed == register.find(Person, id="p1")
        with pytest.raises(TypeError, match="only"):
            register.change(changed, structure="another")
        with pytest.raises(TypeError, match="only"):
            register.change(
                AuditLine(number=1, at=NOW, actor="", structure="", action="", subject="", hash=""), hash="x"
            )


def test_only_what_a_person_may_have_erased_can_be_removed(storage: Database) -> None:
    fill(storage, an_observation())
    with storage.writing() as register:
        register.remove(Observation, person="p1")
        assert register.count(Observation) == 0
        for kind in (Person, Award, Revocation, AuditLine):
            with pytest.raises(TypeError, match="forgotten"):
                register.remove(kind)


def test_what_is_append_only_is_kept_so_by_the_database(storage: Database) -> None:
    with storage.writing() as register:
        register.add(AuditLine(number=1, at=NOW, actor="a", structure="s", action="x", subject="y", hash="h"))
    for statement in ("UPDATE audit SET hash = 'other'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError, match="append only"), storage.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_writers_take_turns_and_lose_nothing(storage: Database) -> None:
    fill(storage)

    def count_up() -> None:
        for _ in range(10):
            with storage.writing() as register:
                number = (register.highest(AuditLine, "number") or 0) + 1
                register.add(AuditLine(number=number, at=NOW, actor="", structure="", action="", subject="", hash=""))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with storage.reading() as register:
        assert [line.number for line in register.list(AuditLine, order="number")] == list(range(1, 41))


def test_the_migrations_make_the_tables_that_the_code_expects(storage: Database) -> None:
    with storage.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(storage: Database) -> None:
    fill(storage)
    upgrade(storage.engine)
    with storage.reading() as register:
        assert register.count(Person) == 1


def test_every_record_has_a_table_with_its_fields() -> None:
    assert set(RECORDS) == set(TABLES)
    for kind in RECORDS:
        names = {field.name for field in fields(kind)}
        assert names == set(TABLES[kind].c.keys())
        assert CHANGEABLE.get(kind, frozenset()) <= names
    assert Revocation not in CHANGEABLE
    assert AuditLine not in CHANGEABLE


def test_sqlite_grants_the_durability_that_we_ask(sqlite_storage: Database) -> None:
    with sqlite_storage.engine.connect() as connection:
        for name, wanted in PRAGMAS.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == wanted
    assert sqlite_storage.is_sound()


def test_the_file_of_the_register_is_its_owners_alone(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'mine.sqlite3'}").close()
    assert (tmp_path / "mine.sqlite3").stat().st_mode & 0o077 == 0


def test_a_register_that_cannot_be_reached_is_unknown_and_tells_no_value(tmp_path: Path) -> None:
    (tmp_path / "not-a-database").write_bytes(b"x" * 4096)
    with pytest.raises(StorageUnavailable) as refused:
        open_database(f"sqlite:///{tmp_path / 'not-a-database'}")
    assert "ne répond pas" in refused.value.message


def test_a_tally_counts_each_different_value_up_to_a_bound(storage: Database) -> None:
    fill(
        storage,
        a_person("p2"),
        an_observation("o1", on=date(2026, 11, 2)),
        an_observation("o2", on=date(2026, 11, 3)),
        an_observation("o3", on=date(2026, 11, 4), way="MES"),
        an_observation("o4", on=date(2026, 11, 4), person="p2"),
    )
    with storage.reading() as register:
        assert register.tally(Observation, "way") == {("OBS",): 3, ("MES",): 1}
        assert register.tally(Observation, "way", until=("on", date(2026, 11, 3))) == {("OBS",): 2}
        assert register.tally(Observation, "on", "way", person="p1", id=["o1", "o3", "o4"]) == {
            (date(2026, 11, 2), "OBS"): 1, (date(2026, 11, 4), "MES"): 1
        }  # fmt: skip
        assert register.tally(Observation, person="nobody") == {(): 0}
