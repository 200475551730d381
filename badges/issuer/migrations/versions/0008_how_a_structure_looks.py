"""The logo of a structure, drawn anew when it is given."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    kind = "BYTEA" if op.get_bind().dialect.name == "postgresql" else "BLOB"
    op.execute(
        "CREATE TABLE structure_logos (structure TEXT NOT NULL REFERENCES structures (id), "
        f"picture {kind} NOT NULL, given_at TEXT NOT NULL, PRIMARY KEY (structure))"
    )
