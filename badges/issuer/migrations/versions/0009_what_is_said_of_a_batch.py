"""That everybody of a batch was told what their badge says and agreed: on which day, who says so, since when."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("ALTER TABLE batches ADD COLUMN statement TEXT NOT NULL DEFAULT '{}'")
