"""What is told to people and when, files that renew an award, and each award as the figures know it."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = (
    """
    CREATE TABLE messages (
        id TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        recipient TEXT NOT NULL,
        "values" TEXT NOT NULL,
        structure TEXT NOT NULL,
        about TEXT NOT NULL,
        person TEXT REFERENCES people (id),
        created_at TEXT NOT NULL,
        due TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        answer TEXT NOT NULL,
        settled_at TEXT,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX messages_by_due ON messages (state, due, id)",
    "CREATE INDEX messages_by_structure ON messages (structure, created_at, id)",
    "CREATE INDEX messages_by_about ON messages (about)",
    "CREATE INDEX messages_by_person ON messages (person)",
    """
    CREATE TABLE reminders (
        award TEXT NOT NULL REFERENCES awards (uuid),
        days INTEGER NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (award, days)
    )
    """,
    """
    CREATE TABLE renewals (
        proposal TEXT NOT NULL,
        award TEXT NOT NULL REFERENCES awards (uuid),
        by TEXT NOT NULL REFERENCES staff (id),
        at TEXT NOT NULL,
        PRIMARY KEY (proposal)
    )
    """,
    "CREATE INDEX renewals_by_award ON renewals (award)",
    """
    CREATE TABLE counted (
        award TEXT NOT NULL REFERENCES awards (uuid),
        "on" TEXT NOT NULL,
        structure TEXT NOT NULL REFERENCES structures (id),
        kind TEXT NOT NULL,
        department TEXT NOT NULL,
        slug TEXT NOT NULL,
        family TEXT NOT NULL,
        sector TEXT NOT NULL,
        action_types TEXT NOT NULL,
        ways TEXT NOT NULL,
        kinds TEXT NOT NULL,
        afest BOOLEAN NOT NULL,
        first_of_person BOOLEAN NOT NULL,
        replaces BOOLEAN NOT NULL,
        PRIMARY KEY (award)
    )
    """,
    'CREATE INDEX counted_by_structure ON counted (structure, "on")',
    "CREATE INDEX awards_by_end ON awards (expires, uuid)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
