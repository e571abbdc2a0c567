"""The journal of long work: what is done is kept, so that work that was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self, TextIO

from engine.impact import Part


class JournalError(Exception):
    """A journal is of other work, or none; the text says what to do."""


class Kept:
    """The parts that are done.

    Attributes:
        parts: each, in its order.
        position: of the log, where the last one ends; 0 where there is no log.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.position = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @property
    def done(self) -> int:
        """How many records are done."""
        return self.parts[-1].done if self.parts else 0

    def add(self, part: Part, position: int) -> None:
        """Keep a part, and the position of the log that it ends at."""
        self.parts.append(part)
        self.position = position


class Journal(Kept):
    """A file to which each part is written as it is done, so that work that was stopped goes on where it was."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        """Read the journal, or begin one.

        Args:
            path: of the file.
            about: what the work is; a journal of other work is refused.

        Raises:
            JournalError: the file is the journal of other work, or no journal.
            OSError: it cannot be read or written.
        """
        super().__init__()
        whole = self._read(path, about) if path.exists() else 0
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._file.truncate(whole)  # what was being written when the work was stopped is done again
        if not whole:
            self._write(about)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, part: Part, position: int) -> None:
        """Keep a part, on the disk as well."""
        super().add(part, position)
        self._write({**part.data, "position": position})

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def _read(self, path: Path, about: dict[str, Any]) -> int:
        """Read what is whole; how many bytes that is."""
        *lines, _cut = path.read_bytes().split(b"\n")
        if not lines:
            return 0
        try:
            head, *parts = (json.loads(line) for line in lines)
            self.parts = [Part.of(each) for each in parts]
            self.position = int(parts[-1]["position"]) if parts else 0
        except (ValueError, TypeError, KeyError) as error:
            raise JournalError(f"{path} is no journal of an impact: name another file") from error
        if head != about:
            raise JournalError(
                f"{path} is the journal of other work (another draft, other rules or records): name another file"
            )
        return sum(len(line) + 1 for line in lines)
