"""The journal of scoring: a folder beside the output, with one file for each chunk that is done.

A chunk's file is written whole, brought to the disk, and only then given its name. So a chunk is done or it is not, at
whatever moment the process is killed, and work that goes on neither loses a row nor does one twice.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from clients.score.problems import ScoreError
from clients.score.results import Line

_ABOUT: Final = "about.json"
_GOES_ON: Final = "what was done so far is kept, and the same command goes on from there"


class Journal:
    """The chunks that are done.

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
        while self._part(self.done).exists():
            self.done += 1

    def add(self, lines: Iterable[Line]) -> None:
        """Keep the next chunk.

        Raises:
            ScoreError: it cannot be written; those before it are kept.
        """
        try:
            self._write(self._part(self.done).name, b"".join(orjson.dumps(line) + b"\n" for line in lines))
        except OSError as error:
            raise _unwritten(self._folder, error) from None
        self.done += 1

    def lines(self) -> Iterator[Line]:
        """Every line that is kept, in order."""
        for number in range(self.done):
            with self._part(number).open("rb") as part:
                for line in part:
                    yield orjson.loads(line)

    def close(self) -> None:
        """Take the journal away: the work is done."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _part(self, number: int) -> Path:
        return self._folder / f"{number:08}.jsonl"

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


def _unwritten(folder: Path, error: OSError) -> ScoreError:
    return ScoreError(f"{folder} cannot be written: {error.strerror or error}; {_GOES_ON}")
