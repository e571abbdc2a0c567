"""Entries with a canary in them, and a log of them under a master key."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Iterable

from sqlalchemy import Connection, Engine, select

from server.personal import Vault
from server.personal.erasure import Eraser
from server.personal.masters import MasterKeys
from server.store import DecisionLog, Entry, tables
from server.store.chain import GENESIS, Link, chain_hash

SALT = bytes(range(16))
CANARY = "CANARY"
MASTER_KEY = b"m" * 32


def new_vault(*master_keys: bytes) -> Vault:
    """A vault as a process of its own has it, under these master keys or the usual one."""
    return Vault(MasterKeys.of(*(master_keys or (MASTER_KEY,))), os.urandom)


def new_eraser(database: Engine) -> Eraser:
    return Eraser(database, itertools.count(5_000_000).__next__, os.urandom)


def entry(
    number: int, subject: str = "", organisation: str = "", *, about: str = CANARY, digest: str = "d" * 64
) -> Entry:
    """An entry whose record and verdict both quote `about`."""
    return Entry(
        decision_id=f"decision-{number}",
        ruleset_digest=digest,
        subject_ref=subject,
        record=f'{{"name":"{about} {number}"}}'.encode(),
        verdict=f'{{"status":"decided","outcome":"high","seen":"{about} {number}"}}'.encode(),
        salt=SALT,
        organisation=organisation,
        status="decided",
        outcome="high",
    )


def append(database: Engine, vault: Vault | None, *groups: Iterable[Entry], start: int = 1_000_000) -> None:
    """Log entries, each group in a transaction of its own; the clock begins at `start`."""

    async def run() -> None:
        log = DecisionLog(database, itertools.count(start).__next__, vault)
        for group in groups:
            await log.append(list(group))
        await log.close()

    asyncio.run(run())


def read(database: Engine, vault: Vault | None, decision_id: str) -> Entry:
    return DecisionLog(database, lambda: 0, vault).read(decision_id).entry


def chain_is_whole(connection: Connection) -> bool:
    """Whether each entry of the log follows on the one before, by its own seals."""
    previous = GENESIS
    rows = connection.execute(select(tables.decisions).order_by(tables.decisions.c.position)).all()
    for row in rows:
        link = Link(**{name: getattr(row, name) for name in Link._fields})
        if row.previous_hash != previous or row.chain_hash != chain_hash(previous, link):
            return False
        previous = row.chain_hash
    return bool(rows)
