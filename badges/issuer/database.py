"""The register in SQLite or PostgreSQL: the only module, with the migrations, that knows SQLAlchemy.

SQLite: WAL, ``synchronous=FULL`` (a commit that was told survives a power cut), foreign keys, ``secure_delete`` (what
is erased leaves no byte), and an explicit ``BEGIN IMMEDIATE``, so that a writer never finds out late that it cannot
write. PostgreSQL: an advisory lock makes writers take turns, which the chain of the audit needs anyway. A transaction
is short in both: what is slow (a batch's signatures) is done before it opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from ..clock import to_text
from ..errors import Conflict, StorageUnavailable
from . import storage as records

R = TypeVar("R")
Row = dict[str, Any]

_WRITERS_TAKE_TURNS = 0x62616467  # 1650549863: the advisory lock of PostgreSQL, also in migrations/env.py
_ROWS_AT_ONCE = 500  # values in one IN list; SQLite takes 32,766

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "secure_delete": 1,
    "busy_timeout": 20_000,
    "wal_autocheckpoint": 4000,
    "cache_size": -16_000,  # in KiB: a chunk of a batch fits, and each of its pages is written once
}
"""What SQLite must answer; the register refuses to open when it does not."""


_to_text = lru_cache(maxsize=4096)(to_text)


class Instant(sa.types.TypeDecorator[datetime]):
    """``2026-11-20T10:00:00Z``: sorts as text, and is the same in both databases."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        return None if value is None else _to_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Day(sa.types.TypeDecorator[date]):
    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Any) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Any) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Json(sa.types.TypeDecorator[Any]):
    """A JSON value as text; a list comes back as a tuple, as records hold it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        if value is None:
            return None
        read = orjson.loads(value)
        return tuple(read) if isinstance(read, list) else read


metadata = sa.MetaData()


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _to(name: str, target: str, *, required: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.ForeignKey(target), nullable=not required)


def _once(name: str) -> sa.Index:
    """What may give one award and no more, where there is such a thing: a file, a row, an award to replace."""
    there = sa.text(f"{name} IS NOT NULL")
    return sa.Index(f"one_award_per_{name}", name, unique=True, sqlite_where=there, postgresql_where=there)


def _text(name: str, *, required: bool = True, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=not required, unique=unique)


def _at(name: str, *, required: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, Instant, nullable=not required)


def _day(name: str, *, required: bool = True) -> sa.Column[date]:
    return sa.Column(name, Day, nullable=not required)


def _json(name: str, *, required: bool = True) -> sa.Column[Any]:
    return sa.Column(name, Json, nullable=not required)


def _yes_or_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


TABLES: dict[type[Any], sa.Table] = {
    records.Structure: sa.Table(
        "structures", metadata, _id(), _text("name"), _text("kind"), _text("department"), _text("siret"),
        _text("issues_as"), _text("url"), _text("email"), _at("created_at"), _at("closed_at", required=False),
    ),
    records.StructureFact: sa.Table(
        "structure_facts", metadata, _id(), _to("structure", "structures.id"), _text("attribute"), _text("value"),
        _day("since"), sa.Index("structure_facts_by_structure", "structure", "attribute", "since"),
    ),
    records.Profile: sa.Table(
        "profiles", metadata, _id(), _to("structure", "structures.id"), _text("algorithm"), _text("public_pem"),
        _at("created_at"), _text("status"), _at("since", required=False),
        sa.Index("profiles_by_structure", "structure"),
    ),
    records.Person: sa.Table(
        "people", metadata, _id(), _to("structure", "structures.id"), _text("opaque", unique=True),
        _text("name", required=False), _text("email", required=False),
        _text("secret_digest", required=False, unique=True), _at("created_at"), _at("erased_at", required=False),
        _text("code_hash", required=False), _text("code_by", required=False), _text("collection", required=False),
        _at("seen_at", required=False), _at("warned_at", required=False), _at("purged_at", required=False),
        _text("hint"), sa.Index("people_by_structure", "structure", "created_at", "id"),
        sa.Index("people_by_collection", "collection"), sa.Index("people_by_email", "email"),
    ),
    records.StaffMember: sa.Table(
        "staff", metadata, _id(), _text("account"), _to("structure", "structures.id"), _text("name"),
        _text("email", required=False), _text("function"), _json("permissions"),
        _to("person", "people.id", required=False), _at("joined_at"), _at("left_at", required=False),
        sa.UniqueConstraint("account", "structure", name="one_place_per_structure"),
        sa.Index("staff_by_structure", "structure"), sa.Index("staff_by_email", "email"),
    ),
    records.Observation: sa.Table(
        "observations", metadata, _id(), _to("person", "people.id"), _to("structure", "structures.id"),
        _text("slug"), _text("version"), _text("criterion"), _day("on"), _text("way"), _text("kind"),
        _text("function"), _text("note"), _to("noted_by", "staff.id"), _at("noted_at"),
        _at("withdrawn_at", required=False), sa.Index("observations_by_person", "person", "slug"),
        sa.Index("observations_by_author", "noted_by", "noted_at", "id"),
    ),
    records.Proposal: sa.Table(
        "proposals", metadata, _id(), _to("person", "people.id"), _to("structure", "structures.id"), _text("slug"),
        _text("version"), _json("results"), _json("prerequisites"), _to("proposed_by", "staff.id"),
        _at("created_at"), _to("second_structure", "structures.id", required=False), _text("issued_as"),
        _yes_or_no("name_in_badge"), _text("word", required=False), _text("word_comment"), _text("state"),
        _json("told"), _yes_or_no("anonymised"), _to("second_staff", "staff.id", required=False),
        _at("sent_at", required=False), sa.Column("since_look", sa.Integer, nullable=False),
        _at("word_at", required=False), _json("ending"),
        sa.Index("proposals_by_structure", "structure", "state", "created_at"),
        sa.Index("proposals_by_second", "second_structure", "state"), sa.Index("proposals_by_person", "person"),
    ),
    records.Award: sa.Table(
        "awards", metadata, _id("uuid"), _to("structure", "structures.id"), _to("profile", "profiles.id"),
        _text("slug"), _text("version"), _to("person", "people.id", required=False), _text("code", unique=True),
        _text("token_digest"), _text("commitment"), _at("issued_on"), _at("expires", required=False),
        _at("stored_at"), _to("proposal", "proposals.id", required=False),
        _to("batch_row", "batch_rows.id", required=False), _to("replaces", "awards.uuid", required=False),
        *map(_once, ("proposal", "batch_row", "replaces")),
        sa.Index("awards_by_structure", "structure", "issued_on", "uuid"),
        sa.Index("awards_by_person", "person", "slug"), sa.Index("awards_by_day", "stored_at", "uuid"),
        sa.Index("awards_by_end", "expires", "uuid"),
    ),
    records.AwardFile: sa.Table(
        "award_files", metadata,
        sa.Column("uuid", sa.Text, sa.ForeignKey("awards.uuid"), primary_key=True),
        _text("salt"), _text("facts"), _text("token"),
    ),
    records.Revocation: sa.Table(
        "revocations", metadata,
        sa.Column("award", sa.Text, sa.ForeignKey("awards.uuid"), primary_key=True),
        _to("profile", "profiles.id"), sa.Column("number", sa.Integer, nullable=False), _text("code"),
        _to("replaced_by", "awards.uuid", required=False), _text("by"), _at("at"),
        sa.UniqueConstraint("profile", "number", name="revocations_in_order"),
    ),
    records.HostedTwin: sa.Table(
        "hosted_twins", metadata,
        sa.Column("award", sa.Text, sa.ForeignKey("awards.uuid"), primary_key=True), _at("asked_at"),
    ),
    records.Visit: sa.Table(
        "visits", metadata, _id(), _text("digest", unique=True), _to("person", "people.id"), _yes_or_no("stays"),
        _at("opened_at"), _at("seen_at"), sa.Index("visits_by_person", "person"),
    ),
    records.PresentCode: sa.Table(
        "present_codes", metadata,
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), primary_key=True),
        _text("digest"), _at("made_at"), _at("expires_at"),
    ),
    records.Choice: sa.Table(
        "choices", metadata,
        sa.Column("award", sa.Text, sa.ForeignKey("awards.uuid"), primary_key=True), _yes_or_no("shown"), _at("at"),
    ),
    records.Share: sa.Table(
        "shares", metadata, _id(), _to("person", "people.id"), _text("secret", unique=True), _text("label"),
        _json("awards"), _at("made_at"), _at("until"), sa.Column("opened", sa.Integer, nullable=False),
        _at("withdrawn_at", required=False), sa.Index("shares_by_person", "person", "made_at"),
    ),
    records.HolderRequest: sa.Table(
        "holder_requests", metadata, _id(), _text("kind"), _to("person", "people.id"),
        _to("structure", "structures.id"), _to("award", "awards.uuid", required=False), _json("wish"),
        _text("words"), _at("made_at"), _at("due_at"), _at("answered_at", required=False),
        _to("answered_by", "staff.id", required=False), _text("outcome", required=False), _text("answer"),
        sa.Index("holder_requests_by_person", "person", "made_at"),
        sa.Index("holder_requests_waiting", "structure", "answered_at", "due_at"),
    ),
    records.Batch: sa.Table(
        "batches", metadata, _id(), _to("structure", "structures.id"), _text("slug"), _text("version"),
        _day("decided_on"), _json("grid"), _json("results"), _text("issued_as"), _to("planned_by", "staff.id"),
        _at("created_at"), _text("secret"), _to("second_structure", "structures.id", required=False),
        _to("confirmed_by", "staff.id", required=False), _at("confirmed_at", required=False),
        _to("profile", "profiles.id", required=False), _text("state"), _json("statement"),
        sa.Index("batches_by_structure", "structure", "created_at"), sa.Index("batches_by_state", "state"),
    ),
    records.BatchRow: sa.Table(
        "batch_rows", metadata, _id(), _to("batch", "batches.id"), sa.Column("position", sa.Integer, nullable=False),
        _text("ref"), _to("person", "people.id", required=False), _json("newcomer", required=False),
        _json("exceptions"), _yes_or_no("name_in_badge"), _text("award", unique=True), _text("state"),
        _json("problems"), _at("claimed_until", required=False),
        sa.UniqueConstraint("batch", "ref", name="each_row_once"),
        sa.Index("batch_rows_in_order", "batch", "state", "position"),
    ),
    records.SecondLook: sa.Table(
        "second_looks", metadata, _id(), _to("proposal", "proposals.id", required=False),
        _to("batch", "batches.id", required=False), sa.Column("number", sa.Integer, nullable=False),
        _to("by", "staff.id"), _yes_or_no("confirms"), _text("comment"), _at("at"),
        sa.UniqueConstraint("proposal", "number", name="looks_at_a_proposal_in_order"),
        sa.UniqueConstraint("batch", "number", name="looks_at_a_batch_in_order"),
    ),
    records.ApiToken: sa.Table(
        "api_tokens", metadata, _id(), _text("digest", unique=True), _to("structure", "structures.id"),
        _to("staff", "staff.id", required=False), _text("label"), _json("scopes"), _at("created_at"),
        _at("expires_at"), _at("revoked_at", required=False),
    ),
    records.Account: sa.Table(
        "accounts", metadata, _id(), _text("email", unique=True), _at("created_at"),
        _text("password", required=False), _text("totp", required=False),
    ),
    records.Session: sa.Table(
        "sessions", metadata, _id(), _text("digest", unique=True), _to("account", "accounts.id"),
        _to("staff", "staff.id"), _text("device"), _yes_or_no("stays"), _at("opened_at"), _at("seen_at"),
        _at("proved_at", required=False), _at("ended_at", required=False),
        sa.Index("sessions_by_account", "account", "ended_at"),
    ),
    records.OneTimeLink: sa.Table(
        "one_time_links", metadata, _id(), _text("digest", unique=True), _text("purpose"),
        _to("structure", "structures.id"), _text("about"), _json("details"), _text("made_by"), _at("made_at"),
        _at("expires_at"), _at("used_at", required=False),
        sa.Index("one_time_links_by_structure", "structure", "purpose", "made_at"),
    ),
    records.Piece: sa.Table(
        "evidence", metadata, _id(), _to("structure", "structures.id"), _to("person", "people.id"), _text("slug"),
        _text("context"), _text("media_type"), sa.Column("size", sa.Integer, nullable=False), _text("digest"),
        _to("added_by", "staff.id"), _at("added_at"), _at("removed_at", required=False),
        sa.Index("evidence_by_person", "person", "slug", "added_at"),
        sa.Index("evidence_by_age", "removed_at", "added_at"),
    ),
    records.EvidenceFile: sa.Table(
        "evidence_files", metadata, sa.Column("id", sa.Text, sa.ForeignKey("evidence.id"), primary_key=True),
        _to("person", "people.id"), sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Index("evidence_files_by_person", "person"),
    ),
    records.Afest: sa.Table(
        "afest", metadata, _id(), _to("structure", "structures.id"), _to("person", "people.id"), _text("slug"),
        _day("situation_on"), _to("situation_by", "staff.id"), _json("observations"), _at("begun_at"),
        _day("talk_on", required=False), _to("talk_by", "staff.id", required=False), _json("talk_observations"),
        sa.Index("afest_by_structure", "structure", "talk_on", "situation_on"), sa.Index("afest_by_person", "person"),
    ),
    records.Jury: sa.Table(
        "juries", metadata, _id(), _to("structure", "structures.id"), _to("person", "people.id"), _text("slug"),
        _day("held_on"), _json("members"), _json("present"), sa.Column("quorum", sa.Integer, nullable=False),
        _json("observations"), _to("by", "staff.id"), _at("at"), sa.Index("juries_by_person", "person"),
    ),
    records.StructureLogo: sa.Table(
        "structure_logos", metadata,
        sa.Column("structure", sa.Text, sa.ForeignKey("structures.id"), primary_key=True),
        sa.Column("picture", sa.LargeBinary, nullable=False), _at("given_at"),
    ),
    records.Attempt: sa.Table(
        "attempts", metadata, _id("subject"),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False), sa.Index("attempts_by_slot", "slot"),
    ),
    records.Message: sa.Table(
        "messages", metadata, _id(), _text("message_id", unique=True), _text("kind"), _text("recipient"),
        _json("values"), _text("structure"), _text("about"), _to("person", "people.id", required=False),
        _at("created_at"), _at("due"), _text("state"), sa.Column("attempts", sa.Integer, nullable=False),
        _text("answer"), _at("settled_at", required=False), sa.Index("messages_by_due", "state", "due", "id"),
        sa.Index("messages_by_structure", "structure", "created_at", "id"), sa.Index("messages_by_about", "about"),
        sa.Index("messages_by_person", "person"),
    ),
    records.Reminder: sa.Table(
        "reminders", metadata,
        sa.Column("award", sa.Text, sa.ForeignKey("awards.uuid"), primary_key=True),
        sa.Column("days", sa.Integer, primary_key=True), _at("at"),
    ),
    records.Renewal: sa.Table(
        "renewals", metadata, _id("proposal"), _to("award", "awards.uuid"), _to("by", "staff.id"), _at("at"),
        sa.Index("renewals_by_award", "award"),
    ),
    records.Counted: sa.Table(
        "counted", metadata,
        sa.Column("award", sa.Text, sa.ForeignKey("awards.uuid"), primary_key=True),
        _day("on"), _to("structure", "structures.id"), _text("kind"), _text("department"), _text("slug"),
        _text("family"), _text("sector"), _text("action_types"), _text("ways"), _text("kinds"),
        _yes_or_no("afest"), _yes_or_no("first_of_person"), _yes_or_no("replaces"),
        sa.Index("counted_by_structure", "structure", "on"),
    ),
    records.Endorser: sa.Table(
        "endorsers", metadata, _id(), _text("name"), _text("url"), _text("email"), _text("algorithm"),
        _text("public_pem"), _at("created_at"),
    ),
    records.Endorsement: sa.Table(
        "endorsements", metadata, _id(), _to("endorser", "endorsers.id"), _text("slug", required=False),
        _text("version", required=False), _to("structure", "structures.id", required=False), _text("comment"),
        _at("issued_on"), _at("expires"), _text("link"), _at("withdrawn_at", required=False),
        _text("withdrawn_by", required=False), sa.Index("endorsements_of_a_badge", "slug", "version"),
        sa.Index("endorsements_of_a_structure", "structure"), sa.Index("endorsements_by_endorser", "endorser"),
    ),
    records.EndorsementFile: sa.Table(
        "endorsement_files", metadata,
        sa.Column("endorsement", sa.Text, sa.ForeignKey("endorsements.id"), primary_key=True),
        sa.Column("profile", sa.Text, sa.ForeignKey("profiles.id"), primary_key=True), _text("token"),
    ),
    records.Answered: sa.Table(
        "answered_requests", metadata, _id("scope"), _id("key"), _text("digest"), _text("result"), _at("at"),
    ),
    records.AuditLine: sa.Table(
        "audit", metadata, sa.Column("number", sa.Integer, primary_key=True, autoincrement=False), _at("at"),
        _text("actor"), _text("structure"), _text("action"), _text("subject"), _text("hash"),
        sa.Index("audit_by_subject", "subject"), sa.Index("audit_by_structure", "structure", "number"),
    ),
}  # fmt: skip
"""One table per record, columns named as the fields."""


class _Shape(NamedTuple):
    """What is worked out once for each kind of record."""

    table: sa.Table
    names: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    insert: sa.Insert
    select: sa.Select[Any]


def _shape(kind: type[Any], table: sa.Table) -> _Shape:
    names = tuple(field.name for field in fields(kind))
    return _Shape(table, names, attrgetter(*names), sa.insert(table), sa.select(*(table.c[name] for name in names)))


_SHAPES = {kind: _shape(kind, table) for kind, table in TABLES.items()}


class _Register:
    """The :class:`~badges.issuer.storage.Register` of one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *items: Any) -> None:
        by_kind: dict[type[Any], list[Any]] = {}
        for item in items:
            by_kind.setdefault(type(item), []).append(item)
        for kind, group in by_kind.items():
            shape = _SHAPES[kind]
            rows = [dict(zip(shape.names, shape.values(item), strict=True)) for item in group]
            self._connection.execute(shape.insert, rows)

    def find(self, kind: type[R], /, **equal: Any) -> R | None:
        row = self._connection.execute(_SHAPES[kind].select.where(*_matching(kind, equal)).limit(1)).first()
        return None if row is None else kind(**row._mapping)

    def list(
        self,
        kind: type[R],
        /,
        *,
        order: str | None = None,
        newest: bool = False,
        beyond: tuple[Any, ...] | None = None,
        limit: int | None = None,
        **equal: Any,
    ) -> tuple[R, ...]:
        table = TABLES[kind]
        keys = list(dict.fromkeys([*([table.c[order]] if order else []), *table.primary_key.columns]))
        query = _SHAPES[kind].select.order_by(*(column.desc() if newest else column for column in keys))
        if beyond is not None:
            here = sa.tuple_(*keys)
            there = sa.tuple_(*(sa.bindparam(None, value, key.type) for value, key in zip(beyond, keys, strict=True)))
            query = query.where(here < there if newest else here > there)
        if limit is not None:
            query = query.limit(limit)
        found: list[R] = []
        names = _SHAPES[kind].names
        for part in _parts(equal):
            rows = self._connection.execute(query.where(*_matching(kind, part)))
            found.extend(kind(**dict(zip(names, row, strict=True))) for row in rows)
        return tuple(found)

    def change(self, record: R, /, **values: Any) -> R:
        kind = type(record)
        _check_changeable(kind, values)
        table = TABLES[kind]
        this_one = [column == getattr(record, column.name) for column in table.primary_key.columns]
        self._connection.execute(sa.update(table).where(*this_one).values(**values))
        return replace(record, **values)  # type: ignore[type-var]

    def change_all(self, kind: type[Any], equal: dict[str, Any], /, **values: Any) -> int:
        _check_changeable(kind, values)
        update = sa.update(TABLES[kind]).values(**values)
        return sum(self._connection.execute(update.where(*_matching(kind, part))).rowcount for part in _parts(equal))

    def remove(self, kind: type[Any], /, **equal: Any) -> None:
        if kind not in records.REMOVABLE:
            raise TypeError(f"{kind.__name__}: expected a kind that may be forgotten")
        self._connection.execute(sa.delete(TABLES[kind]).where(*_matching(kind, equal)))

    def highest(self, kind: type[Any], /, field: str, **equal: Any) -> Any:
        table = TABLES[kind]
        query = sa.select(table.c[field]).where(*_matching(kind, equal)).order_by(table.c[field].desc()).limit(1)
        return self._connection.execute(query).scalar()

    def count(self, kind: type[Any], /, **equal: Any) -> int:
        query = sa.select(sa.func.count()).select_from(TABLES[kind]).where(*_matching(kind, equal))
        return int(self._connection.execute(query).scalar_one())

    def tally(
        self, kind: type[Any], /, *by: str, until: tuple[str, Any] | None = None, **equal: Any
    ) -> dict[tuple[Any, ...], int]:
        columns = [TABLES[kind].c[name] for name in by]
        query = sa.select(*columns, sa.func.count()).group_by(*columns)
        if until is not None:
            query = query.where(TABLES[kind].c[until[0]] <= until[1])
        counts: dict[tuple[Any, ...], int] = {}
        for part in _parts(equal):
            for *values, count in self._connection.execute(query.where(*_matching(kind, part))):
                counts[tuple(values)] = counts.get(tuple(values), 0) + count
        return counts


def _check_changeable(kind: type[Any], values: dict[str, Any]) -> None:
    allowed = records.CHANGEABLE.get(kind, frozenset())
    if not values.keys() <= allowed:
        raise TypeError(f"{kind.__name__}: only {sorted(allowed)} may change, found {sorted(values)}")


def _matching(kind: type[Any], equal: dict[str, Any]) -> Iterator[sa.ColumnElement[bool]]:
    columns = TABLES[kind].c
    for name, value in equal.items():
        if value is None:
            yield columns[name].is_(None)
        elif isinstance(value, (list, tuple, set, frozenset)):
            yield columns[name].in_(list(value))
        else:
            yield columns[name] == value


def _parts(equal: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A long "one of" is asked in several times."""
    for name, value in equal.items():
        if isinstance(value, (list, tuple, set, frozenset)) and len(value) > _ROWS_AT_ONCE:
            values = list(value)
            for start in range(0, len(values), _ROWS_AT_ONCE):
                yield from _parts(equal | {name: values[start : start + _ROWS_AT_ONCE]})
            return
    yield equal


class Database:
    """A :class:`~badges.issuer.storage.Storage` on SQLAlchemy. Build it with :func:`open_database`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[_Register]:
        with _told_as_ours(), self.engine.connect() as connection, connection.begin():
            yield _Register(connection)

    @contextmanager
    def writing(self) -> Iterator[_Register]:
        with _told_as_ours(), self._writer.connect() as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS_TAKE_TURNS)))
            yield _Register(connection)

    def every_row(self) -> Iterator[tuple[str, Row]]:
        """The table and the columns of every row, as they all were at one instant, whatever is written meanwhile.

        Values are those that the database holds: text, numbers, true or false, bytes. A row comes after those that it
        points to.
        """
        with _told_as_ours(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                for table in metadata.sorted_tables:
                    columns = [_as_stored(column).label(column.name) for column in table.columns]
                    found = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(sa.select(*columns))
                    for row in _behind_their_own(table, map(dict, found.mappings())):
                        yield table.name, row

    def put_back(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Every row of another register into this empty one, in the order of :meth:`every_row`: all of them, or none.

        Raises :class:`Conflict` where there is something already.
        """
        with _told_as_ours(), self._writer.connect() as connection, connection.begin():
            for name in sa.inspect(connection).get_table_names():
                if (
                    name != "alembic_version"
                    and connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first()
                ):
                    raise Conflict("Une base vide était attendue ; celle-ci tient déjà un registre.", code="not_empty")
            for (name, columns), several in groupby(rows, key=lambda each: (each[0], tuple(each[1]))):
                table = sa.table(name, *map(sa.column, columns))
                for some in _in_parts(row for _, row in several):
                    connection.execute(sa.insert(table), some)

    def is_sound(self) -> bool:
        """Whether the database itself finds no damage (``doctor``)."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name != "sqlite":
                return bool(connection.execute(sa.text("SELECT 1")).scalar())
            return bool(connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok")

    def close(self) -> None:
        self.engine.dispose()


def _as_stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.type_coerce(column, sa.Text()) if isinstance(column.type, sa.types.TypeDecorator) else column


def _behind_their_own(table: sa.Table, rows: Iterable[Row]) -> Iterator[Row]:
    """Each row after the one of its own table that it points to: a badge after the one that it replaces."""
    own = [key for key in table.foreign_keys if key.column.table is table]
    if not own:
        yield from rows
        return
    (key,) = own
    met: set[Any] = {None}
    waiting: list[Row] = list(rows)
    while waiting:
        ready = [row for row in waiting if row[key.parent.name] in met]
        if not ready:  # they point at nothing: whoever takes them in will say so
            yield from waiting
            return
        waiting = [row for row in waiting if row[key.parent.name] not in met]
        yield from ready
        met.update(row[key.column.name] for row in ready)


def _in_parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while some := list(islice(rest, _ROWS_AT_ONCE)):
        yield some


@contextmanager
def _told_as_ours() -> Iterator[None]:
    """What a database driver raises becomes ours, without the values that it would print."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(
            "Un enregistrement nouveau était attendu ; il existe déjà, ou ce qu’il désigne n’existe pas.",
            code="already_there",
        ) from error
    except SQLAlchemyError as error:
        raise StorageUnavailable(
            f"Le registre était attendu prêt ; il ne répond pas ({type(error).__name__}).",
            advice="Rien n’a été enregistré. Réessayez dans un instant.",
        ) from error


def open_database(url: str, shape: str = "") -> Database:
    """The register at this address, at its latest shape or at that one: migrations run first, in one transaction.

    ``sqlite:///path`` or ``postgresql+psycopg://…`` (``postgresql://`` is understood so). Raises
    :class:`StorageUnavailable`, also when SQLite does not grant the durability asked of it.
    """
    from .migrations import HEAD, upgrade

    engine = _engine(url)
    with _told_as_ours():
        upgrade(engine, shape or HEAD)
    return Database(engine)


def is_new(url: str) -> bool:
    """Whether there is no table at this address yet. Changes nothing there."""
    engine = _engine(url)
    try:
        with _told_as_ours():
            return not sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    address = sa.make_url(url)
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    if address.database and address.database != ":memory:":
        Path(address.database).touch(mode=0o600)
    engine = sa.create_engine(address, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for name, wanted in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={wanted}")
        granted = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if granted != wanted and not (name == "journal_mode" and granted == "memory"):
            raise StorageUnavailable(f"SQLite : {name}={wanted} attendu, {granted} trouvé.", code="storage_too_weak")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
