"""People of the staff sign in: accounts, sessions, links that are used once, and how often somebody tried."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    """
    CREATE TABLE accounts (
        id TEXT NOT NULL,
        email TEXT NOT NULL UNIQUE,
        password TEXT,
        totp TEXT,
        created_at TEXT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE sessions (
        id TEXT NOT NULL,
        digest TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL REFERENCES accounts (id),
        staff TEXT NOT NULL REFERENCES staff (id),
        device TEXT NOT NULL,
        stays BOOLEAN NOT NULL,
        opened_at TEXT NOT NULL,
        proved_at TEXT,
        seen_at TEXT NOT NULL,
        ended_at TEXT,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX sessions_by_account ON sessions (account, ended_at)",
    """
    CREATE TABLE one_time_links (
        id TEXT NOT NULL,
        digest TEXT NOT NULL UNIQUE,
        purpose TEXT NOT NULL,
        structure TEXT NOT NULL REFERENCES structures (id),
        about TEXT NOT NULL,
        details TEXT NOT NULL,
        made_by TEXT NOT NULL,
        made_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        used_at TEXT,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX one_time_links_by_structure ON one_time_links (structure, purpose, made_at)",
    """
    CREATE TABLE attempts (
        subject TEXT NOT NULL,
        slot INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (subject, slot)
    )
    """,
    "CREATE INDEX attempts_by_slot ON attempts (slot)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
