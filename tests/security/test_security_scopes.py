"""The log's filter by subtrees and the caller's own rule are one rule."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from server.security import ALL_ROLES, Caller
from server.store import open_database, prepare
from server.store.scopes import within
from server.store.tables import decisions

PATHS = [
    "",
    "vn",
    "vn/ha",
    "vn/ha-noi",
    "vn/ha-noi/q1",
    "vn/ha.noi",
    "vn/ha0",
    "vn/HA",
    "vn0",
    "vn-1",
    "vñ/ha",
]


def made(engine: Engine) -> Engine:
    """A log with one decision for each path; links and seals are of no matter here."""
    with engine.begin() as connection:
        for position, path in enumerate(PATHS):
            row = {"position": position, "decision_id": str(position), "organisation": path}
            row |= dict.fromkeys(("logged_at_micros",), 0)
            row |= dict.fromkeys(("ruleset_digest", "subject_ref"), "")
            row |= dict.fromkeys(
                ("record", "verdict", "salt", "record_seal", "verdict_seal", "previous_hash", "chain_hash"),
                b"",
            )
            connection.execute(insert(decisions).values(row))
    return engine


def test_what_is_listed_is_what_may_be_read(location: str) -> None:
    engine = open_database(location)
    prepare(engine)
    made(engine)

    @given(st.lists(st.sampled_from(PATHS), max_size=3))
    @settings(max_examples=150, deadline=None)
    def check(subtrees: list[str]) -> None:
        caller = Caller("office", ALL_ROLES, tuple(subtrees))
        wanted = select(decisions.c.organisation).where(within(subtrees)).order_by(decisions.c.position)
        with engine.connect() as connection:
            listed = list(connection.execute(wanted).scalars())
        assert listed == [path for path in PATHS if caller.acts_for(path)]

    check()
    engine.dispose()
