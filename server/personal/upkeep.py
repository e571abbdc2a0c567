"""Upkeep of what is encrypted: what an older store keeps as it is, and keys under another master key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, select, update

from server.personal.erasure import forget_deleted, scrub
from server.personal.vault import Vault
from server.store.database import writing
from server.store.tables import decisions, subject_keys

BATCH: Final = 500
"""Rows of one transaction: nothing is logged while it writes."""

Told = Callable[[int], None]
"""Told how many are done."""


def encrypt_plain(engine: Engine, vault: Vault, told: Told) -> int:
    """Encrypt the decisions that are kept as they are; servers may run meanwhile.

    Returns:
        How many there were.

    Raises:
        StoreUnavailableError: the store cannot be used; what was done stays done.
    """
    return _all(engine, lambda connection, after: _encrypt_some(connection, vault, after), told)


def wrap_anew(engine: Engine, vault: Vault, told: Told) -> int:
    """Wrap by the current master key every key that another one wraps, or none; servers may run meanwhile.

    Returns:
        How many there were.

    Raises:
        MasterKeyError: a key that wraps one now is not at hand.
        StoreUnavailableError: the store cannot be used; what was done stays done.
    """
    return _all(engine, lambda connection, after: _wrap_some(connection, vault, after), told)


def _all(engine: Engine, some: Callable[[Connection, int], list[int]], told: Told) -> int:
    done = after = 0
    while True:
        with writing(engine) as connection:
            forget_deleted(connection)
            positions = some(connection, after)
        if not positions:
            break
        done, after = done + len(positions), positions[-1]
        told(done)
    if done:
        scrub(engine)
    return done


def _encrypt_some(connection: Connection, vault: Vault, after: int) -> list[int]:
    plain = select(decisions).where(
        decisions.c.position > after, decisions.c.key_id.is_(None), decisions.c.erased_by.is_(None)
    )
    rows = connection.execute(plain.order_by(decisions.c.position).limit(BATCH)).all()
    changed = update(decisions).where(decisions.c.position == bindparam("at"))
    for position, kept in vault.kept_logged(connection, rows):
        connection.execute(changed.values(kept._asdict()), {"at": position})
    return [row.position for row in rows]


def _wrap_some(connection: Connection, vault: Vault, after: int) -> list[int]:
    others = select(subject_keys).where(
        subject_keys.c.key_id > after, subject_keys.c.master_id != vault.current_master
    )
    rows = connection.execute(others.order_by(subject_keys.c.key_id).limit(BATCH)).all()
    changed = update(subject_keys).where(subject_keys.c.key_id == bindparam("of"))
    for row in rows:
        master_id, wrapped = vault.wrapped_anew(row)
        connection.execute(changed.values(master_id=master_id, wrapped=wrapped), {"of": row.key_id})
    return [row.key_id for row in rows]
