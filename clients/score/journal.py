"""The journal of scoring: a folder beside the output, with the results and the rejects of each block that is done.

A file is written whole, brought to the disk, and only then given its name; a block's results come last. So a block
is done or it is not, at whatever moment the process is killed, and work that goes on neither loses a row nor does one
twice.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl

from clients.score.problems import ScoreError
from clients.score.results import REJECT_SCHEMA, SCHEMA

_ABOUT: Final = "about.json"
_GOES_ON: Final = "what was done so far is kept, and the same command goes on from there"


class Part(NamedTuple):
    """What came of a block of rows: each row is in one of the two, and in its order.

    Attributes:
        results: a row for each verdict, as `SCHEMA` has it.
        rejects: a row for each mistake, as `REJECT_SCHEMA` has it.
    """

    results: pl.DataFrame
    rejects: pl.DataFrame


class Journal:
    """The blocks that are done.

    Attributes:
        done: how many, from the first on.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        """Begin a journal, or take up the one that is there.

        Args:
            folder: where it is.
            about: what the work is; the journal of other work is refused.

        Raises:
            ScoreError: it is of other work, or cannot be written.
        """
        self._folder = folder
        stated = json.loads(json.dumps(about))
        try:
            folder.mkdir(exist_ok=True)
            if (folder / _ABOUT).exists():
                self._compare(json.loads((folder / _ABOUT).read_text(encoding="utf-8")), stated)
            else:
                self._write(_ABOUT, json.dumps(about, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            raise _unwritten(folder, error) from None
        except ValueError:
            raise ScoreError(f"{folder} is no journal of scoring: take it away") from None
        self.done = 0
        while self._file(self.done, "results").exists():
            self.done += 1

    def add(self, part: Part) -> None:
        """Keep the next block.

        Raises:
            ScoreError: it cannot be written; those before it are kept.
        """
        try:
            for kind, frame in (("rejects", part.rejects), ("results", part.results)):
                self._write(self._file(self.done, kind).name, _parquet(frame))
        except OSError as error:
            raise _unwritten(self._folder, error) from None
        self.done += 1

    def parts(self, columns: Sequence[str]) -> Iterator[Part]:
        """What is kept of each block, in order; of the results these columns."""
        for number in range(self.done):
            results = pl.read_parquet(self._file(number, "results"), columns=list(columns))
            yield Part(results, pl.read_parquet(self._file(number, "rejects")))

    def results(self) -> pl.LazyFrame:
        """All results, in order."""
        return self._all("results", SCHEMA)

    def rejects(self) -> pl.LazyFrame:
        """All rejects, in order."""
        return self._all("rejects", REJECT_SCHEMA)

    def close(self) -> None:
        """Take the journal away: the work is done."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _all(self, kind: str, schema: pl.Schema) -> pl.LazyFrame:
        if not self.done:
            return pl.LazyFrame(schema=schema)
        return pl.scan_parquet([self._file(number, kind) for number in range(self.done)])

    def _file(self, number: int, kind: str) -> Path:
        return self._folder / f"{number:08}.{kind}.parquet"

    def _write(self, name: str, content: bytes) -> None:
        half = self._folder / f"{name}.half"
        try:
            with half.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(self._folder / name)
        except OSError:
            half.unlink(missing_ok=True)
            raise

    def _compare(self, kept: Mapping[str, Any], stated: Mapping[str, Any]) -> None:
        other = [name for name in stated if kept.get(name) != stated[name]]
        if other:
            raise ScoreError(
                f"{self._folder} is the journal of other work ({', '.join(other)} differ): "
                "go on with the same command, or take the folder away to begin anew"
            )


def _parquet(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written, compression="lz4")
    return written.getvalue()


def _unwritten(folder: Path, error: OSError) -> ScoreError:
    return ScoreError(f"{folder} cannot be written: {error.strerror or error}; {_GOES_ON}")
