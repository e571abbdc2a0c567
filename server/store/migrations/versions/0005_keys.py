"""API keys of callers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make `api_keys`."""
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("organisations", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at_micros", sa.BigInteger, nullable=False),
        sa.Column("expires_at_micros", sa.BigInteger, nullable=True),
        sa.Column("revoked_at_micros", sa.BigInteger, nullable=True),
        sa.Column("replaces", sa.String(16), nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
    )
