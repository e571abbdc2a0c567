"""JSON Lines: one record a line, as `chuan evaluate` takes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from clients.score.problems import Problem, ScoreError
from clients.score.reading.table import Block, Row, blocks_of
from engine.records import RecordTextError, parse_record

ENVELOPE: Final = frozenset({"ruleset", "evaluated_on", "subject", "facts"})


class JsonLines:
    """A file of JSON objects, one a line; a `Table` whose rows each have columns of their own."""

    columns: tuple[str, ...] = ()
    letters: Mapping[str, str] = MappingProxyType({})

    def __init__(self, path: Path) -> None:
        """Look at the file.

        Raises:
            ScoreError: it is no file of JSON objects.
            OSError: it cannot be read.
        """
        self._path = path
        self.empty_rows = 0
        first = next(self.rows(), None)
        if first is None:
            raise ScoreError(f"{path.name} has no records")

    def rows(self) -> Iterator[Row]:
        """See `Table`."""
        self.empty_rows = 0
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    self.empty_rows += 1
                    continue
                try:
                    record = parse_record(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
                except RecordTextError as error:
                    yield Row(number, {}, (Problem("line", details={"why": str(error)}),))
                else:
                    yield Row(number, record)

    def blocks(self, size: int) -> Iterator[Block]:
        """See `Table`."""
        return blocks_of(self.rows(), self.columns, size)
