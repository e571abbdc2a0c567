"""Chunks of a table judged: Arrow IPC bytes in, Arrow IPC bytes out, and what there is to log of them. Needs Polars."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from engine import Ruleset
from engine.table import TableError, TableEvaluator, Way
from engine.table.ledger import REFUSED
from server.tables.arrow import ArrowError, TableLimits, TableTooLargeError, check_stream
from server.tables.errors import TableRefusedError

_ALWAYS: Final = ("status", "outcome")  # of the results, for what is logged
_MAX_ID_BYTES: Final = 800  # of a value of the id column, which comes back whole


@dataclass(frozen=True, slots=True)
class JudgedChunk:
    """What a chunk comes to.

    Attributes:
        rows: an IPC stream with a row for each row.
        count: how many there are.
        statuses: how many have each status.
        outcomes: how many have each outcome.
        columns: the columns that came, in their order.
        lists: the facts that came as tables of their own.
        apart: how many rows were evaluated by themselves.
        ways: how each criterion was evaluated.
        input_digest: SHA-256 of the rows; of the digests of all, where lists came with them.
        output_digest: SHA-256 of `rows`.
    """

    rows: bytes
    count: int
    statuses: Mapping[str, int]
    outcomes: Mapping[str, int]
    columns: tuple[str, ...]
    lists: tuple[str, ...]
    apart: int
    ways: tuple[Way, ...]
    input_digest: str
    output_digest: str

    @property
    def refused(self) -> int:
        """How many rows state something wrong."""
        return self.statuses.get(REFUSED, 0)


class TableJudge:
    """Judges one table, chunk by chunk, by one ruleset on one day. One thread at a time."""

    def __init__(
        self, ruleset: Ruleset, day: date, id_column: str, columns: Sequence[str], limits: TableLimits
    ) -> None:
        """Make the ruleset ready.

        Raises:
            TableRefusedError: a column is wanted that no result has.
            InferenceLimitError: the ruleset's decision is larger than forward chaining is safe with.
        """
        self._evaluator = TableEvaluator(ruleset, day)
        self._id, self._limits = id_column or None, limits
        known = self._evaluator.schema()
        for index, column in enumerate(columns):
            if column not in known or column in columns[:index]:
                text = f"There are the columns {', '.join(known)}, each once."
                raise TableRefusedError(f"columns[{index}]", text)
        self._columns = list(columns) or list(known)
        self._asked = [*self._columns, *(each for each in _ALWAYS if each not in self._columns)]

    def judge(self, stream: bytes, lists: Mapping[str, bytes]) -> JudgedChunk:
        """What a chunk comes to.

        Args:
            stream: an IPC stream of its rows.
            lists: for facts that are lists, IPC streams of their items.

        Raises:
            TableRefusedError: it cannot be read, or passes a limit.
        """
        frame = self._read("rows", stream)
        items = {fact: self._read(f"lists[{at}].rows", each) for at, (fact, each) in enumerate(lists.items())}
        self._check_ids(frame)
        try:
            scored = self._evaluator.evaluate(frame, id=self._id, lists=items, columns=self._asked)
        except TableError as error:
            raise TableRefusedError("rows", str(error)) from error
        except PanicException as error:  # it is no Exception, and would end the thread
            raise RuntimeError("Polars gave up") from error
        results = scored.frame
        if results.height != frame.height:
            raise RuntimeError("as many rows come out as go in")
        wanted = results.select([*([self._id] if self._id else []), *self._columns]).rechunk()
        rows = io.BytesIO()
        wanted.write_ipc_stream(rows, compat_level=pl.CompatLevel.oldest())  # which every Arrow reads
        written = rows.getvalue()
        return JudgedChunk(
            rows=written,
            count=frame.height,
            statuses=_counted(results["status"]),
            outcomes=_counted(results["outcome"]),
            columns=tuple(frame.columns),
            lists=tuple(lists),
            apart=scored.apart,
            ways=scored.ways,
            input_digest=_digest(stream, lists),
            output_digest=hashlib.sha256(written).hexdigest(),
        )

    def _read(self, path: str, stream: bytes) -> pl.DataFrame:
        try:
            check_stream(stream, self._limits)
            frame = pl.read_ipc_stream(io.BytesIO(stream))
        except ArrowError as error:
            raise TableRefusedError(path, f"An Arrow IPC stream is expected: {error}.") from error
        except TableTooLargeError as error:
            raise TableRefusedError(
                path, f"The chunk is too large: {error}. Send smaller ones.", too_large=True
            ) from None
        except (PolarsError, PanicException, OSError):  # their texts may quote what is in the table
            raise TableRefusedError(
                path, "The Arrow IPC stream is damaged, or has two columns of one name."
            ) from None
        # Words of a dictionary are kept once and may stand in every row.
        if sum(size for column in frame.iter_columns() for size in _text_sizes(column)) > self._limits.bytes:
            text = f"The texts have more than {self._limits.bytes:,} bytes. Send smaller chunks."
            raise TableRefusedError(path, text, too_large=True)
        return frame

    def _check_ids(self, frame: pl.DataFrame) -> None:
        if self._id is None:
            return
        if self._id not in frame.columns:
            raise TableRefusedError(
                "rows", f'There is no column "{self._id}", which start names as id_column.'
            )
        ids = frame[self._id]
        if ids.dtype.is_nested() or ids.dtype == pl.Duration:  # neither can be written as a text
            raise TableRefusedError(
                "rows", "The id column holds lists, records or durations; texts or numbers are expected."
            )
        longest = ids.cast(pl.String).str.len_bytes().max()
        if isinstance(longest, int) and longest > _MAX_ID_BYTES:
            raise TableRefusedError("rows", f"A value of the id column has more than {_MAX_ID_BYTES} bytes.")


def _text_sizes(column: pl.Series) -> Iterator[int]:
    """How many bytes the texts in a column have, in each field of it."""
    dtype = column.dtype
    if isinstance(dtype, pl.List):
        yield from _text_sizes(column.explode())
    elif isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            yield from _text_sizes(column.struct.field(field.name))
    elif dtype in (pl.Categorical, pl.Enum):
        # Each word is written out once: to write out all rows first would take what is to be held to the limit.
        counted = column.alias("word").drop_nulls().value_counts()
        yield int((counted["word"].cast(pl.String).str.len_bytes().cast(pl.Int64) * counted["count"]).sum())
    elif dtype == pl.String:
        yield int(column.str.len_bytes().sum())


def _digest(stream: bytes, lists: Mapping[str, bytes]) -> str:
    own = hashlib.sha256(stream)
    if not lists:
        return own.hexdigest()
    digests = [own.digest(), *(hashlib.sha256(rows).digest() for rows in lists.values())]
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _counted(column: pl.Series) -> dict[str, int]:
    """How often each value comes, by value."""
    counted = column.drop_nulls().value_counts().rows()
    return {str(value): count for value, count in sorted(counted)}
