"""The person's own room: the code of their card, the devices they opened, what they show, share and ask."""

from alembic import op

revision = "0003"
down_revision = "0002"

CHANGES = (
    "ALTER TABLE people ADD COLUMN code_hash TEXT",
    "ALTER TABLE people ADD COLUMN code_by TEXT",
    "ALTER TABLE people ADD COLUMN collection TEXT",
    "ALTER TABLE people ADD COLUMN seen_at TEXT",
    "ALTER TABLE people ADD COLUMN warned_at TEXT",
    "ALTER TABLE people ADD COLUMN purged_at TEXT",
    "CREATE INDEX people_by_collection ON people (collection)",
    "CREATE INDEX people_by_email ON people (email)",
    """
    CREATE TABLE visits (
        id TEXT NOT NULL,
        digest TEXT NOT NULL UNIQUE,
        person TEXT NOT NULL REFERENCES people (id),
        stays BOOLEAN NOT NULL,
        opened_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX visits_by_person ON visits (person)",
    """
    CREATE TABLE present_codes (
        person TEXT NOT NULL REFERENCES people (id),
        digest TEXT NOT NULL,
        made_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        PRIMARY KEY (person)
    )
    """,
    """
    CREATE TABLE choices (
        award TEXT NOT NULL REFERENCES awards (uuid),
        shown BOOLEAN NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (award)
    )
    """,
    """
    CREATE TABLE shares (
        id TEXT NOT NULL,
        person TEXT NOT NULL REFERENCES people (id),
        secret TEXT NOT NULL UNIQUE,
        label TEXT NOT NULL,
        awards TEXT NOT NULL,
        made_at TEXT NOT NULL,
        until TEXT NOT NULL,
        opened INTEGER NOT NULL,
        withdrawn_at TEXT,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX shares_by_person ON shares (person, made_at)",
    """
    CREATE TABLE holder_requests (
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        person TEXT NOT NULL REFERENCES people (id),
        structure TEXT NOT NULL REFERENCES structures (id),
        award TEXT REFERENCES awards (uuid),
        wish TEXT NOT NULL,
        words TEXT NOT NULL,
        made_at TEXT NOT NULL,
        due_at TEXT NOT NULL,
        answered_at TEXT,
        answered_by TEXT REFERENCES staff (id),
        outcome TEXT,
        answer TEXT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX holder_requests_by_person ON holder_requests (person, made_at)",
    "CREATE INDEX holder_requests_waiting ON holder_requests (structure, answered_at, due_at)",
)


def upgrade() -> None:
    for statement in CHANGES:
        op.execute(statement)
