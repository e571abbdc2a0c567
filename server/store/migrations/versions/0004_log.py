"""The log by caller, organisation and request; what listing asks for; signed checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Bytes decide what is within a subtree, not the alphabet of some language.
_PATH = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")

_SAID = {
    "sqlite": "json_extract(CAST(verdict AS TEXT), '$.{0}')",
    "postgresql": "convert_from(verdict, 'UTF8')::json ->> '{0}'",
}


def upgrade() -> None:
    """Give `decisions` its new columns and indexes, and make `checkpoints`."""
    for column in (
        sa.Column("link_form", sa.Integer, nullable=False, server_default="1"),
        sa.Column("kind", sa.String(10), nullable=False, server_default="record"),
        sa.Column("caller", sa.String(200), nullable=False, server_default=""),
        sa.Column("organisation", _PATH, nullable=False, server_default=""),
        sa.Column("request_id", sa.String(64), nullable=True),
        sa.Column("request_seal", sa.LargeBinary(32), nullable=True),
        sa.Column("status", sa.String(20), nullable=False, server_default=""),
        sa.Column("outcome", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("decisions", column)
    said = _SAID[op.get_bind().dialect.name]
    status, outcome = (f"coalesce({said.format(name)}, '')" for name in ("status", "outcome"))
    op.execute(f"UPDATE decisions SET status = {status}, outcome = {outcome}")  # noqa: S608 - our own words
    op.create_index("decisions_of_a_subject", "decisions", ["subject_ref", "position"])
    op.create_index("decisions_of_an_organisation", "decisions", ["organisation", "position"])
    op.create_index("decisions_of_a_caller", "decisions", ["caller", "position"])
    op.create_index("decisions_of_an_outcome", "decisions", ["outcome", "status", "position"])
    op.create_index("decisions_in_time", "decisions", ["logged_at_micros", "position"])
    keyed = sa.text("request_id IS NOT NULL")
    op.create_index(
        "one_decision_a_request",
        "decisions",
        ["caller", "request_id"],
        unique=True,
        sqlite_where=keyed,
        postgresql_where=keyed,
    )
    op.create_table(
        "checkpoints",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("key_id", sa.String(16), primary_key=True),
        sa.Column("chain_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("at_micros", sa.BigInteger, nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
    )
