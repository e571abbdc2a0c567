"""The life of rulesets: drafts, what was done with them, and the cases that travel with a version."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make `drafts` and `ruleset_events`; give `rulesets` its cases; find the decisions of a ruleset."""
    op.add_column("rulesets", sa.Column("cases", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "drafts",
        sa.Column("ruleset_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.String(50), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("cases", sa.Text, nullable=False),
    )
    op.create_table(
        "ruleset_events",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("at_micros", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("ruleset_id", sa.String(200), nullable=False),
        sa.Column("version", sa.String(50), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("moment_micros", sa.BigInteger, nullable=True),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("events_of_a_version", "ruleset_events", ["ruleset_id", "version"])
    op.create_index("decisions_of_a_ruleset", "decisions", ["ruleset_digest", "position"])
