"""Verifies the log of a store: its chain, its seals, its checkpoints, and the chain of acts beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import orjson
from sqlalchemy import Engine, Row

from server.store.acts import NoteOpener, broken_act
from server.store.audit import Auditor, Content, Flaw, link_of
from server.store.database import reading
from server.store.errors import MasterKeyError, StoreDamagedError
from server.store.notary import Checkpoint, Witnesses
from server.store.passage import Passage
from server.store.rows import Kind
from server.store.sealing import Sealing


class Opener(Sealing, NoteOpener, Protocol):
    """Opens what is encrypted: in entries, and in the notes of acts."""


def inspect_log(
    engine: Engine,
    sealing: Opener | None,
    witnesses: Witnesses,
    *,
    after: int = 0,
    expected: Sequence[Checkpoint] = (),
) -> Iterator[Auditor]:
    """Verify the log after a position; after every stretch the auditor, who at the end has seen all. Blocking.

    Args:
        engine: of the store.
        sealing: opens what is encrypted.
        witnesses: the keys that checkpoints are believed by.
        after: the position behind which to begin; what stands there is taken as it is.
        expected: checkpoints that somebody has kept elsewhere.

    Raises:
        StoreUnavailableError: the database cannot be used.
    """
    passage = Passage(engine, sealing, after)
    auditor = Auditor(passage.after, passage.previous, witnesses, signed=bool(witnesses))
    auditor.expect([*passage.checkpoints, *expected])
    for rows in passage.windows():
        for row in rows:
            _see(auditor, row, passage)
        yield auditor
    if auditor.position < passage.last:
        auditor.gap(auditor.position + 1, passage.last)
    auditor.end()
    _see_acts(engine, auditor, sealing)
    yield auditor


def _see(auditor: Auditor, row: Row[Any], passage: Passage) -> None:
    content: Content | None = None
    try:
        content = passage.content(row)
    except StoreDamagedError:
        text = f"what is personal in entry {row.position} was changed where it is encrypted"
        auditor.report(row.position, Flaw.RECORD_CHANGED, text)
    link = link_of(row)
    auditor.entry(row.position, link, row.chain_hash, content, row.previous_hash)
    if content is not None and row.kind == Kind.RECORD and not _says(row, content):
        text = f"entry {row.position} is listed with another result than its verdict has"
        auditor.report(row.position, Flaw.VERDICT_CHANGED, text)


def _says(row: Row[Any], content: Content) -> bool:
    try:
        verdict = orjson.loads(content.verdict)
    except orjson.JSONDecodeError:
        return False
    return (verdict.get("status", ""), verdict.get("outcome", "")) == (row.status, row.outcome)


def _see_acts(engine: Engine, auditor: Auditor, opener: NoteOpener | None) -> None:
    with reading(engine) as connection:
        try:
            broken = broken_act(connection, opener)
        except MasterKeyError:
            broken = broken_act(connection)
    if broken:
        auditor.report(0, Flaw.CHANGED, f"act {broken} is not what it was, or is missing")
