"""The decision log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make `decisions`."""
    op.create_table(
        "decisions",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("decision_id", sa.String(36), nullable=False, unique=True),
        sa.Column("logged_at_micros", sa.BigInteger, nullable=False),
        sa.Column("ruleset_digest", sa.String(64), nullable=False),
        sa.Column("subject_ref", sa.String(200), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("verdict", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("record_seal", sa.LargeBinary(32), nullable=False),
        sa.Column("verdict_seal", sa.LargeBinary(32), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(32), nullable=False),
    )
