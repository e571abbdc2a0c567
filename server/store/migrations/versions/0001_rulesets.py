"""The texts of the rulesets that decisions rest on."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make `rulesets`."""
    op.create_table(
        "rulesets",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("version", sa.String(50), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("id", "version", name="one_text_a_version"),
    )
