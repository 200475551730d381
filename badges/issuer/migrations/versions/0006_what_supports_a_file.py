"""What supports a file: private pieces and their bytes, the two sequences of an AFEST, juries."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = (
    """
    CREATE TABLE evidence (
        id TEXT NOT NULL,
        structure TEXT NOT NULL REFERENCES structures (id),
        person TEXT NOT NULL REFERENCES people (id),
        slug TEXT NOT NULL,
        context TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        digest TEXT NOT NULL,
        added_by TEXT NOT NULL REFERENCES staff (id),
        added_at TEXT NOT NULL,
        removed_at TEXT,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX evidence_by_person ON evidence (person, slug, added_at)",
    "CREATE INDEX evidence_by_age ON evidence (removed_at, added_at)",
    """
    CREATE TABLE evidence_files (
        id TEXT NOT NULL REFERENCES evidence (id),
        person TEXT NOT NULL REFERENCES people (id),
        content {bytes} NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX evidence_files_by_person ON evidence_files (person)",
    """
    CREATE TABLE afest (
        id TEXT NOT NULL,
        structure TEXT NOT NULL REFERENCES structures (id),
        person TEXT NOT NULL REFERENCES people (id),
        slug TEXT NOT NULL,
        situation_on TEXT NOT NULL,
        situation_by TEXT NOT NULL REFERENCES staff (id),
        observations TEXT NOT NULL,
        begun_at TEXT NOT NULL,
        talk_on TEXT,
        talk_by TEXT REFERENCES staff (id),
        talk_observations TEXT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX afest_by_structure ON afest (structure, talk_on, situation_on)",
    "CREATE INDEX afest_by_person ON afest (person)",
    """
    CREATE TABLE juries (
        id TEXT NOT NULL,
        structure TEXT NOT NULL REFERENCES structures (id),
        person TEXT NOT NULL REFERENCES people (id),
        slug TEXT NOT NULL,
        held_on TEXT NOT NULL,
        members TEXT NOT NULL,
        present TEXT NOT NULL,
        quorum INTEGER NOT NULL,
        observations TEXT NOT NULL,
        "by" TEXT NOT NULL REFERENCES staff (id),
        at TEXT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX juries_by_person ON juries (person)",
)


def upgrade() -> None:
    kind = "BYTEA" if op.get_bind().dialect.name == "postgresql" else "BLOB"
    for statement in TABLES:
        op.execute(statement.replace("{bytes}", kind))
