"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl
from polars.exceptions import PolarsError

from clients.score.problems import ScoreError
from clients.score.reading.table import SPACES, Block, Options, Row, check_width

_AT_ONCE: Final = 250_000  # rows read together: as many as a group of rows mostly has


class Parquet:
    """A Parquet file; a `Table`."""

    letters: Mapping[str, str] = MappingProxyType({})

    def __init__(self, path: Path, options: Options) -> None:
        """Read what columns it has.

        Raises:
            ScoreError: it is no whole Parquet file, or too wide.
            OSError: it cannot be read.
        """
        self._path = path
        self.empty_rows = 0
        path.open("rb").close()  # what the system says of it, said as of every other file
        try:
            self._frame = pl.scan_parquet(path, glob=False)
            self.columns = tuple(self._frame.collect_schema().names())
        except PolarsError:
            raise _broken(path) from None
        check_width(len(self.columns), path.name, options)

    def rows(self) -> Iterator[Row]:
        """See `Table`."""
        for block in self.blocks(_AT_ONCE):
            yield from block.rows()

    def blocks(self, size: int) -> Iterator[Block]:
        """See `Table`."""
        self.empty_rows = 0
        start = 0
        try:
            while (frame := self._frame.slice(start, _AT_ONCE).collect()).height:
                yield from self._block(frame, start).parts(size)
                start += frame.height
        except PolarsError:
            raise _broken(self._path) from None

    def _block(self, frame: pl.DataFrame, start: int) -> Block:
        """The rows of `frame`, the first of which is number `start` from 0, without those that are empty."""
        numbers = pl.int_range(start + 1, start + 1 + frame.height, dtype=pl.Int64, eager=True)
        if len(empty := empty_rows(frame)):
            self.empty_rows += len(empty)
            kept = ~pl.int_range(frame.height, eager=True).is_in(empty.implode())
            frame, numbers = frame.filter(kept), numbers.filter(kept)
        return Block(numbers, frame.to_dict())


def empty_rows(frame: pl.DataFrame) -> pl.Series:
    """The places of the rows in which nothing stands."""
    places = pl.int_range(frame.height, eager=True)
    for cells in frame:
        here = cells.gather(places)
        blank = here.is_null()
        if cells.dtype == pl.String:
            blank |= (here.str.strip_chars(SPACES) == "").fill_null(value=True)
        places = places.filter(blank)
        if places.is_empty():
            break
    return places


def _broken(path: Path) -> ScoreError:
    return ScoreError(
        f"{path.name} is no whole Parquet file: it is cut off or of another kind; write it again"
    )
