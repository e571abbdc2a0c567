"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl
from polars.exceptions import PolarsError

from clients.score.problems import ScoreError
from clients.score.reading.table import Options, Row, check_width, is_blank

_AT_ONCE: Final = 20_000  # rows read together


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
        self.empty_rows = 0
        number = 0
        try:
            for frame in self._frame.collect_batches(chunk_size=_AT_ONCE, maintain_order=True):
                for cells in frame.iter_rows(named=True):
                    number += 1
                    if all(map(is_blank, cells.values())):
                        self.empty_rows += 1
                    else:
                        yield Row(number, cells)
        except PolarsError:
            raise _broken(self._path) from None


def _broken(path: Path) -> ScoreError:
    return ScoreError(
        f"{path.name} is no whole Parquet file: it is cut off or of another kind; write it again"
    )
