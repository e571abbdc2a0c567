"""Files of rows, whatever program wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from clients.score.problems import ScoreError
from clients.score.reading.columnar import Parquet
from clients.score.reading.delimited import Delimited
from clients.score.reading.lines import ENVELOPE, JsonLines
from clients.score.reading.table import Options, Row, Table, is_blank, name_of
from clients.score.reading.workbook import Workbook

__all__ = ["ENVELOPE", "Options", "Row", "Table", "files_of", "is_blank", "name_of", "open_table"]

_KINDS: Final[Mapping[str, Callable[[Path, Options], Table]]] = {
    ".csv": Delimited,
    ".tsv": Delimited,
    ".txt": Delimited,
    ".xlsx": Workbook,
    ".xlsm": Workbook,
    ".parquet": Parquet,
    ".jsonl": lambda path, _: JsonLines(path),
    ".ndjson": lambda path, _: JsonLines(path),
}


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files that are meant: each file, and of a folder those in it that can be read, by name.

    Raises:
        ScoreError: there is no such file, of no kind that can be read, named twice, or nothing in a folder.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                each
                for each in path.iterdir()
                if each.suffix.lower() in _KINDS and not each.name.startswith((".", "~$"))
            )
            if not inside:
                raise ScoreError(f"{path} holds no file that can be read: {_kinds()}")
            found += inside
        elif path.suffix.lower() not in _KINDS:
            raise ScoreError(f"{path} is of no kind that can be read: {_kinds()}")
        elif not path.exists():
            raise ScoreError(f"there is no file {path}")
        else:
            found.append(path)
    for path in found:
        if found.count(path) > 1:
            raise ScoreError(f"{path} is named twice")
    return found


def open_table(path: Path, options: Options) -> Table:
    """The rows of a file.

    Raises:
        ScoreError: it cannot be read as what its name says; the text says why and what to do.
    """
    try:
        return _KINDS[path.suffix.lower()](path, options)
    except OSError as error:
        raise ScoreError(f"{path}: {error.strerror or error}") from None


def _kinds() -> str:
    return ", ".join(_KINDS)
