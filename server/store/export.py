"""Writes a passage of the log as JSON Lines that can be verified without the store.

First comes a line `export` that says where the passage begins; then, in their order, a line `entry` for each decision,
a line `withheld` for decisions that were not asked for or may not be seen (of which the chain needs a digest alone),
and a line `checkpoint` behind each entry that was signed; at the end a line `end`, which the store's key signs over all
of it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Row

from server.store.audit import Content, link_of
from server.store.chain import FORM, Link, link_digest
from server.store.listing import Query
from server.store.notary import Checkpoint, Notary
from server.store.passage import Passage

FORMAT: Final = 1
_WITHHELD_AT_ONCE: Final = 500  # digests in one line


class End(NamedTuple):
    """What the last line says: where the passage ends, how much it has, and the SHA-256 of all lines before."""

    first: int
    last: int
    entries: int
    withheld: int
    chain_hash: str
    at_micros: int
    lines_sha256: str

    def statement(self) -> bytes:
        """What is signed."""
        return orjson.dumps(["chuan export", *self])


def export(
    passage: Passage, query: Query, subtrees: Sequence[str], notary: Notary | None, now_micros: int
) -> Iterator[bytes]:
    """The lines of an export, many at a time. Blocking.

    Args:
        passage: what of the log.
        query: which decisions of it in plain.
        subtrees: of the organisations whose decisions may be seen.
        notary: signs the end; None leaves it unsigned.
        now_micros: when it is made, in microseconds since 1970-01-01 UTC.

    Raises:
        StoreUnavailableError: the database cannot be used.
        StoreDamagedError: something encrypted does not open.
    """
    writer = _Writer(passage)
    yield writer.lines([_begin(passage, now_micros)])
    for rows in passage.windows(query.condition(subtrees)):
        yield writer.lines(_lines_of(rows, passage, writer))
    writer.end = writer.end._replace(at_micros=now_micros, lines_sha256=writer.sha256.hexdigest())
    signed = (
        {}
        if notary is None
        else {
            "key_id": notary.key_id,
            "signature": base64.b64encode(notary.sign(writer.end.statement())).decode(),
        }
    )
    yield writer.lines([{"end": writer.end._asdict() | signed}])


class _Writer:
    """Counts what it writes."""

    def __init__(self, passage: Passage) -> None:
        self.sha256 = hashlib.sha256()
        self.end = End(passage.after + 1, passage.after, 0, 0, passage.previous.hex(), 0, "")
        self.checkpoints: dict[int, list[Checkpoint]] = {}
        for each in passage.checkpoints:
            self.checkpoints.setdefault(each.position, []).append(each)

    def lines(self, lines: Sequence[Mapping[str, Any]] | Iterator[Mapping[str, Any]]) -> bytes:
        content = b"".join([orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in lines])
        self.sha256.update(content)
        return content


def _begin(passage: Passage, now_micros: int) -> dict[str, Any]:
    about = {"format": FORMAT, "first": passage.after + 1, "previous_hash": passage.previous.hex()}
    return {"export": about | {"at_micros": now_micros}}


def _lines_of(rows: Sequence[Row[Any]], passage: Passage, writer: _Writer) -> Iterator[dict[str, Any]]:
    digests: list[bytes] = []
    for row in rows:
        link = link_of(row)
        # The digest of a link of the first form is not enough: its hash is of the link itself.
        digest = None if row.chosen or link.link_form != FORM else link_digest(link)
        if digest is not None:
            digests.append(digest)
        checkpoints = writer.checkpoints.get(row.position, ())
        is_last = row is rows[-1] or checkpoints
        end = writer.end
        if digest is None:
            # What was withheld before it comes first.
            if digests:
                yield _withheld(row.position - 1, digests, bytes.fromhex(end.chain_hash))
                digests = []
            yield _entry(row, link, passage) if row.chosen else _bare(row, link)
        elif is_last or len(digests) == _WITHHELD_AT_ONCE:
            yield _withheld(row.position, digests, row.chain_hash)
            digests = []
        writer.end = end._replace(
            last=row.position,
            entries=end.entries + bool(row.chosen),
            withheld=end.withheld + (not row.chosen),
            chain_hash=row.chain_hash.hex(),
        )
        for checkpoint in checkpoints:
            yield {"checkpoint": checkpoint_data(checkpoint)}


def _entry(row: Row[Any], link: Link, passage: Passage) -> dict[str, Any]:
    content = passage.content(row)
    without = "erased" if row.erased_by is not None else "locked"
    return {"entry": _link_data(row, link) | ({"without": without} if content is None else _plain(content))}


def _plain(content: Content) -> dict[str, str]:
    return {
        "subject_ref": content.subject_ref,
        "record": content.record.decode(errors="replace"),
        "verdict": content.verdict.decode(errors="replace"),
        "salt": content.salt.hex(),
    }


def _bare(row: Row[Any], link: Link) -> dict[str, Any]:
    return {"entry": _link_data(row, link) | {"without": "withheld"}}


def _link_data(row: Row[Any], link: Link) -> dict[str, Any]:
    data = {
        name: value.hex() if isinstance(value, bytes) else value for name, value in link._asdict().items()
    }
    return data | {"chain_hash": row.chain_hash.hex()}


def _withheld(last: int, digests: Sequence[bytes], chain_hash: bytes) -> dict[str, Any]:
    links = base64.b64encode(b"".join(digests)).decode()
    return {
        "withheld": {
            "first": last - len(digests) + 1,
            "last": last,
            "links": links,
            "chain_hash": chain_hash.hex(),
        }
    }


def checkpoint_data(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint as it stands in a line."""
    data = checkpoint._asdict()
    return data | {
        "chain_hash": checkpoint.chain_hash.hex(),
        "signature": base64.b64encode(checkpoint.signature).decode(),
    }
