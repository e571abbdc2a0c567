"""Tables as a client sends them and takes them back: Arrow IPC in messages that the server takes. Needs Polars."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import polars as pl
from chuan.v1 import evaluation_service_pb2 as pb

_OVERHEAD_BYTES: Final = 1_024  # of a message around its tables
_FILLED: Final = 0.9  # of a message: rows are not all of a length
_FIRST_FILLED: Final = 0.6  # as long as it is a guess


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQuestion:
    """What to judge a table by, and what is wanted of it.

    Attributes:
        ruleset: the id.
        evaluated_on: the date on which the evaluation is made.
        version: of the ruleset; None takes the one in effect on that date.
        id_column: the column that tells the rows apart; it comes back beside the results.
        columns: those of the results that are wanted; all without it.
        organisation: for which organisation it is asked; empty: for none in particular.
        as_known_at: by the rules as they were published at this moment, in a zone; None: as they are now.
    """

    ruleset: str
    evaluated_on: dt.date
    version: str | None = None
    id_column: str = ""
    columns: Sequence[str] = field(default=())
    organisation: str = ""
    as_known_at: dt.datetime | None = None

    def start(self, resume_token: str) -> pb.EvaluateTableRequest:
        """The first message of its stream."""
        start = pb.EvaluateTableStart(
            resume_token=resume_token,
            evaluated_on=self.evaluated_on.isoformat(),
            id_column=self.id_column,
            columns=self.columns,
            organisation=self.organisation,
        )
        if self.version is not None:
            start.ruleset.version.id, start.ruleset.version.version = self.ruleset, self.version
        else:
            start.ruleset.in_effect = self.ruleset
        if self.as_known_at is not None:
            start.as_known_at.FromDatetime(self.as_known_at.astimezone(dt.UTC))
        return pb.EvaluateTableRequest(start=start)


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """What became of some rows, in their order.

    Attributes:
        frame: the id, if a column was named, and the results; see docs/tables.md.
        decision_id: under which the chunk was logged.
        refused: how many rows state something wrong: their status is ``refused``, their violations say what.
        apart: how many rows were evaluated one by one.
        row_by_row: criteria, or the score, that were not columns, and why.
        input_digest: SHA-256 of the rows as they were sent, as the log has it.
        output_digest: SHA-256 of the results as they came, as the log has it.
        resume_token: goes on behind this chunk, even in another process.
    """

    frame: pl.DataFrame
    decision_id: str
    refused: int
    apart: int
    row_by_row: Mapping[str, str]
    input_digest: str
    output_digest: str
    resume_token: str

    @classmethod
    def of(cls, answer: pb.EvaluateTableResponse) -> ScoredChunk:
        """What an answer says."""
        results = answer.chunk
        return cls(
            frame=pl.read_ipc_stream(io.BytesIO(results.rows)),
            decision_id=results.decision_id,
            refused=results.refused_count,
            apart=results.apart_count,
            row_by_row={each.name: each.reason for each in results.row_by_row},
            input_digest=results.input_digest,
            output_digest=results.output_digest,
            resume_token=answer.resume_token,
        )


class Tables(NamedTuple):
    """What is sent: frames one after another, and the items of facts that are lists, joined by the id column.

    Attributes:
        frames: Polars frames, or anything else that gives out Arrow streams, such as tables of pyarrow; they are read
            as answers are taken.
        lists: a frame for each fact that has one.
        id_column: what joins them.
        chunk_rows: how many rows a message has; None: as many as fit.
    """

    frames: Iterable[Any]
    lists: Mapping[str, pl.DataFrame]
    id_column: str
    chunk_rows: int | None = None

    def chunks(self, limits: pb.StreamOpened) -> Iterator[pb.EvaluateTableRequest]:
        """The messages, each as large as the server takes it, or as is wanted.

        Raises:
            ValueError: a row does not fit into a message by itself, or as many as are wanted do not.
        """
        room = limits.max_message_bytes - _OVERHEAD_BYTES
        rows = self.chunk_rows or 0
        for each in self.frames:
            frame = each if isinstance(each, pl.DataFrame) else pl.DataFrame(each)
            rows = rows or _guess(frame, room, limits.max_chunk_size)
            start = 0
            while start < max(frame.height, 1):
                piece = frame.slice(start, rows)
                message = self._message(piece)
                size = message.ByteSize()
                if size > room and piece.height > 1 and not self.chunk_rows:
                    rows = max(int(piece.height * room / size * _FILLED), 1)
                    continue
                if size > room:
                    text = f"{piece.height:,} rows take {size:,} bytes; a message of this server has {room:,}"
                    raise ValueError(text)
                yield message
                start += max(piece.height, 1)
                if self.chunk_rows:
                    continue
                # From what this piece took, the next is as long as fits.
                fitting = int(max(piece.height, 1) * room / size * _FILLED)
                rows = max(min(fitting, limits.max_chunk_size), 1)

    def _message(self, piece: pl.DataFrame) -> pb.EvaluateTableRequest:
        chunk = pb.TableChunk(rows=_stream(piece))
        for fact, items in self.lists.items():
            own = items.join(
                piece.select(self.id_column), on=self.id_column, how="semi", maintain_order="left"
            )
            chunk.lists.add(fact=fact, rows=_stream(own))
        return pb.EvaluateTableRequest(chunk=chunk)


def _guess(frame: pl.DataFrame, room: int, most: int) -> int:
    """How many rows fit into a message: what is written of them is larger than what they take here."""
    size = frame.estimated_size() / max(frame.height, 1)
    return max(min(int(room / max(size, 1) * _FIRST_FILLED), most), 1)


def _stream(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.rechunk().write_ipc_stream(written, compat_level=pl.CompatLevel.oldest())
    return written.getvalue()
