"""Who supports a badge or a structure: organisations, what they said, and the signed words."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = (
    """
    CREATE TABLE endorsers (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        url TEXT NOT NULL,
        email TEXT NOT NULL,
        algorithm TEXT NOT NULL,
        public_pem TEXT NOT NULL,
        created_at TEXT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE endorsements (
        id TEXT NOT NULL,
        endorser TEXT NOT NULL REFERENCES endorsers (id),
        slug TEXT,
        version TEXT,
        structure TEXT REFERENCES structures (id),
        comment TEXT NOT NULL,
        issued_on TEXT NOT NULL,
        expires TEXT NOT NULL,
        link TEXT NOT NULL,
        withdrawn_at TEXT,
        withdrawn_by TEXT,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX endorsements_of_a_badge ON endorsements (slug, version)",
    "CREATE INDEX endorsements_of_a_structure ON endorsements (structure)",
    "CREATE INDEX endorsements_by_endorser ON endorsements (endorser)",
    """
    CREATE TABLE endorsement_files (
        endorsement TEXT NOT NULL REFERENCES endorsements (id),
        profile TEXT NOT NULL REFERENCES profiles (id),
        token TEXT NOT NULL,
        PRIMARY KEY (endorsement, profile)
    )
    """,
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
