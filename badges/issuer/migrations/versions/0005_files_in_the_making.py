"""What tells namesakes apart; and of a file in the making, what was told, to whom it was sent, what came of it."""

from alembic import op

revision = "0005"
down_revision = "0004"

CHANGES = (
    "ALTER TABLE people ADD COLUMN hint TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE proposals ADD COLUMN told TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE proposals ADD COLUMN anonymised BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE proposals ADD COLUMN second_staff TEXT REFERENCES staff (id)",
    "ALTER TABLE proposals ADD COLUMN sent_at TEXT",
    "ALTER TABLE proposals ADD COLUMN since_look INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE proposals ADD COLUMN word_at TEXT",
    "ALTER TABLE proposals ADD COLUMN ending TEXT NOT NULL DEFAULT '{}'",
    "CREATE INDEX observations_by_author ON observations (noted_by, noted_at, id)",
)


def upgrade() -> None:
    for statement in CHANGES:
        op.execute(statement)
