"""How the shape of the register changes: one file of ``versions/`` per change, in order, never edited once released.

Run from code by :func:`upgrade`; there is no command to remember and no configuration file. A migration names its
tables itself and never imports ours, which change after it.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Engine

HEAD = "0009"


def upgrade(engine: Engine, shape: str = HEAD) -> None:
    """Bring the database to this shape, or leave it as it was: the whole of it is one transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, shape)
