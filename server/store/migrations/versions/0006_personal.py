"""What is personal, encrypted with a key a subject; and what people did about decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_PATH = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")


def upgrade() -> None:
    """Make `subject_keys` and `acts`, and say of each decision what opens it, and what erased it.

    What is in the log stays as it is, without a key: `chuan personal encrypt` gives it one.
    """
    op.create_table(
        "subject_keys",
        sa.Column("key_id", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("organisation", _PATH, nullable=False),
        sa.Column("subject_ref", sa.String(200), nullable=True),
        sa.Column("master_id", sa.String(16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(60), nullable=False),
        sa.UniqueConstraint("subject_ref", "organisation", name="one_key_a_subject"),
    )
    op.create_table(
        "acts",
        sa.Column("sequence", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("at_micros", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("refers_to", sa.BigInteger, nullable=False),
        sa.Column("key_id", sa.BigInteger, nullable=True),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("note_seal", sa.LargeBinary(32), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("erased_by", sa.BigInteger, nullable=True),
    )
    op.create_index("acts_on_a_decision", "acts", ["decision_id", "sequence"])
    op.create_index("acts_of_a_kind", "acts", ["kind", "sequence"])
    op.create_index("acts_of_a_subject", "acts", ["key_id", "sequence"])
    op.add_column("decisions", sa.Column("key_id", sa.BigInteger, nullable=True))
    op.add_column("decisions", sa.Column("erased_by", sa.BigInteger, nullable=True))
    erased = sa.text("erased_by IS NOT NULL")
    op.create_index(
        "erased_decisions", "decisions", ["erased_by"], sqlite_where=erased, postgresql_where=erased
    )
