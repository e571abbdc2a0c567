"""The checkpoints of a store: signed now and then as the log grows, or when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Engine, insert, select

from server.store.database import reading, writing
from server.store.notary import Checkpoint, Notary
from server.store.tables import checkpoints, decisions


def add_checkpoint(connection: Connection, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, in a transaction of writing; one that is there already stays."""
    there = select(checkpoints.c.position).where(
        checkpoints.c.position == checkpoint.position, checkpoints.c.key_id == checkpoint.key_id
    )
    if connection.execute(there).one_or_none() is None:
        connection.execute(insert(checkpoints).values(checkpoint._asdict()))


def read_checkpoints(connection: Connection, after: int = 0, last: int | None = None) -> list[Checkpoint]:
    """The checkpoints of the positions after one, up to another, in their order."""
    wanted = select(*(checkpoints.c[name] for name in Checkpoint._fields)).where(
        checkpoints.c.position > after
    )
    if last is not None:
        wanted = wanted.where(checkpoints.c.position <= last)
    wanted = wanted.order_by(checkpoints.c.position, checkpoints.c.key_id)
    return [Checkpoint._make(row) for row in connection.execute(wanted)]


def sign_now(engine: Engine, notary: Notary, now_micros: Callable[[], int]) -> Checkpoint | None:
    """Sign the newest entry; None where there is none.

    Raises:
        StoreUnavailableError: the database cannot be used.
    """
    with writing(engine) as connection:
        newest = connection.execute(_NEWEST).one_or_none()
        if newest is None:
            return None
        checkpoint = notary.checkpoint(newest.position, newest.chain_hash, now_micros())
        add_checkpoint(connection, checkpoint)
    with reading(engine) as connection:
        (kept,) = (
            each
            for each in read_checkpoints(connection, checkpoint.position - 1, checkpoint.position)
            if each.key_id == notary.key_id
        )
    return kept


_NEWEST: Final = (
    select(decisions.c.position, decisions.c.chain_hash).order_by(decisions.c.position.desc()).limit(1)
)
