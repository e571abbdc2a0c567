"""A block of rows as a table of facts: column by column what `binding` does row by row.

Each different cell of a column is read once. What is not plain, such as a cell that cannot be read or a value that no
column of the fact's type holds, is left to `binding`, which has the last word and the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from clients.score.fitting import column_of, fits
from clients.score.mapping import UNSTATED, Writing
from clients.score.reading.table import SPACES, Block, Cells, is_blank
from clients.score.units import factor_of
from clients.score.values import CellError, Read, text
from engine.ruleset.types import DeclaredType
from engine.table.layout import NULL_MARK

_HASHED: Final = (pl.String, pl.Boolean, pl.Date)
_NOT_ASCII: Final = r"[^\x00-\x7f]"
_UNCLEAR: Final = object()


class Stated(NamedTuple):
    """What the rows of a block state.

    Attributes:
        facts: a row for each of the block's, in the form that `engine.table.layout` describes.
        unclear: which rows have to be read one by one; what `facts` has of them says nothing.
    """

    facts: pl.DataFrame
    unclear: pl.Series


class _Values(NamedTuple):
    """What the cells of one column state, whether it is said that there is none, and which are unclear."""

    values: pl.Series
    none: pl.Series | None = None
    unclear: pl.Series | None = None

    def put(self, facts: dict[str, pl.Series], path: str) -> None:
        """Take the place of what `facts` says at `path`."""
        facts.pop(path + NULL_MARK, None)
        facts[path] = self.values.alias(path)
        if self.none is not None:
            facts[path + NULL_MARK] = self.none.alias(path + NULL_MARK)


class ColumnReader:
    """Reads a column."""

    def __init__(
        self, declared: DeclaredType, writing: Writing, unit: str, read: Read, blank: object
    ) -> None:
        """Make it ready.

        Args:
            declared: the type of the fact.
            writing: how the cells are written.
            unit: what the fact is counted in.
            read: reads one cell.
            blank: what a blank cell stands for, or `UNSTATED`.
        """
        self._declared = declared
        self._read = read
        self._blank = blank
        factor = factor_of(writing.unit, unit) if writing.unit else 1
        self._as_they_are = not (writing.words or writing.percent or factor != 1 or blank is not UNSTATED)

    def read(self, cells: Cells) -> _Values:
        """What the cells of a column state."""
        kind = self._declared.kind
        if not isinstance(cells, pl.Series) or not self._as_they_are:
            return self._by_value(cells)
        dtype = cells.dtype
        if kind == "text" and dtype == pl.String:
            return _Values(_texts(cells))
        if kind in ("number", "count") and dtype == pl.String:
            return self._digits(cells)
        typed = (
            (kind in ("number", "count") and (dtype == pl.Int64 or dtype == pl.Int32))
            or (kind == "boolean" and dtype == pl.Boolean)
            or (kind == "date" and dtype == pl.Date)
        )
        return _Values(cells) if typed else self._by_value(cells)

    def _digits(self, cells: pl.Series) -> _Values:
        """Cells that mostly are whole numbers, of which there may be as many as rows."""
        numbers = cells.cast(pl.Int64, strict=False)
        plain = numbers.is_not_null()
        if not plain.any():
            return self._by_value(cells)
        if plain.all():
            return _Values(numbers)
        found = self._by_value(cells.set(plain, None))
        numbers = numbers if found.values.dtype == pl.Int64 else numbers.cast(found.values.dtype)
        return found._replace(values=numbers.zip_with(plain, found.values))

    def _by_value(self, cells: Cells) -> _Values:
        different, places = _different(cells)
        values = [self._value(cell) for cell in different]
        stated = [None if value is _UNCLEAR else value for value in values]
        unclear = pl.Series([value is _UNCLEAR for value in values], dtype=pl.Boolean)
        none = pl.Series(
            [
                value is None and not self._unstated(cell)
                for value, cell in zip(values, different, strict=True)
            ],
            dtype=pl.Boolean,
        )
        return _Values(
            column_of(self._declared, stated).gather(places),
            none.gather(places) if none.any() else None,
            unclear.gather(places) if unclear.any() else None,
        )

    def _unstated(self, cell: object) -> bool:
        return self._blank is UNSTATED and is_blank(cell)

    def _value(self, cell: object) -> object:
        if is_blank(cell):
            value = None if self._blank is UNSTATED else self._blank
        else:
            try:
                value = self._read(cell)
            except CellError:
                return _UNCLEAR
        return value if value is None or fits(self._declared, value) else _UNCLEAR


def _different(cells: Cells) -> tuple[list[object], pl.Series]:
    """The different cells, and for each cell which of them it is."""
    if isinstance(cells, pl.Series) and (cells.dtype in _HASHED or cells.dtype.is_integer()):
        different = cells.unique()
        numbered = pl.DataFrame({"cell": different, "place": pl.int_range(len(different), eager=True)})
        joined = pl.DataFrame({"cell": cells}).join(
            numbered, on="cell", how="left", maintain_order="left", nulls_equal=True
        )
        return different.to_list(), joined["place"]
    known: dict[object, int] = {}
    found: list[object] = []
    places: list[int] = []
    for cell in cells:
        try:
            place = known.setdefault((cell.__class__, cell), len(found))
        except TypeError:  # a list or a record
            place = len(found)
        if place == len(found):
            found.append(cell)
        places.append(place)
    return found, pl.Series(places, dtype=pl.Int64)


def told(cells: pl.Series, tell: Callable[[object], str]) -> pl.Series:
    """What `tell` says of each cell; it is asked once for each different one."""
    different, places = _different(cells)
    return pl.Series([tell(cell) for cell in different], dtype=pl.String).gather(places)


def ids_in(block: Block, columns: Sequence[str]) -> pl.Series:
    """The id of each row: null where one of the columns is blank or no text; empty without columns."""
    if not columns:
        return pl.repeat("", len(block), dtype=pl.String, eager=True)
    parts = [_texts(block.columns[name]).alias(str(place)) for place, name in enumerate(columns)]
    return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" / ").alias("id"))["id"]


def _texts(cells: Cells) -> pl.Series:
    if isinstance(cells, pl.Series) and cells.dtype == pl.String:
        stripped = cells.str.strip_chars(SPACES)
        if stripped.str.contains(_NOT_ASCII).any():
            stripped = stripped.str.normalize("NFC")
        return stripped.set(stripped == "", None)
    if isinstance(cells, pl.Series) and cells.dtype.is_integer():
        return cells.cast(pl.String)
    return pl.Series([_text(cell) for cell in cells], dtype=pl.String)


def _text(cell: object) -> str | None:
    try:
        return None if is_blank(cell) else text(cell)
    except CellError:
        return None


class Listed:
    """A list in a file of its own, as a column joined by id."""

    def __init__(
        self, declared: DeclaredType, items: Mapping[str, object], wrong: Iterable[str], *, none: bool
    ) -> None:
        """Put it together.

        Args:
            declared: the type of the list.
            items: the list of each record.
            wrong: records whose list cannot be used.
            none: whether a record of whom no row speaks has an empty list, rather than one that is not known.
        """
        unclear = set(wrong) | {each for each, value in items.items() if not fits(declared, value)}
        clear = {each: value for each, value in items.items() if each not in unclear}
        self._none = none
        ids = [*clear, *unclear]
        values = column_of(declared, [*clear.values(), *([None] * len(unclear))])
        states = [each in unclear for each in ids]
        self._rows = pl.DataFrame(
            {
                "id": pl.Series(ids, dtype=pl.String),
                "value": values,
                "unclear": pl.Series(states, dtype=pl.Boolean),
            }
        )

    def read(self, ids: pl.Series) -> _Values:
        """The lists of records."""
        found = pl.DataFrame({"id": ids}).join(self._rows, on="id", how="left", maintain_order="left")
        values = found["value"]
        if self._none:
            values = found.select(pl.col("value").fill_null(pl.lit([], dtype=values.dtype)))["value"]
        return _Values(values, None, found["unclear"].fill_null(value=False))


class Columns:
    """Reads the rows of files with the same columns as a table of facts."""

    def __init__(
        self,
        readers: Mapping[str, tuple[str, ColumnReader]],
        constants: Mapping[str, tuple[DeclaredType, object]] | None,
        lists: Mapping[str, Listed],
    ) -> None:
        """Put it together.

        Args:
            readers: by path of the fact, the name of the column and what reads it.
            constants: by path, what is the same in every row; None where no column says it.
            lists: by path, lists in files of their own.
        """
        self._readers = readers
        self._lists = lists
        self._states = constants is not None and bool(readers)
        self._constants = {
            path: column_of(declared, [value]) if value is not None else None
            for path, (declared, value) in (constants or {}).items()
        }
        self._declared = {path: declared for path, (declared, _) in (constants or {}).items()}

    def state(self, block: Block, ids: pl.Series) -> Stated:
        """What the rows of a block state."""
        rows = len(block)
        if not self._states or block.records:
            return Stated(pl.DataFrame(), pl.repeat(value=True, n=rows, dtype=pl.Boolean, eager=True))
        facts: dict[str, pl.Series] = {}
        unclear = pl.repeat(value=False, n=rows, dtype=pl.Boolean, eager=True)
        for path, (name, reader) in self._readers.items():
            found = reader.read(block.columns[name])
            found.put(facts, path)
            if found.unclear is not None:
                unclear |= found.unclear
        for path, value in self._constants.items():
            column = column_of(self._declared[path], [None]) if value is None else value
            none = None if value is not None else pl.repeat(value=True, n=rows, dtype=pl.Boolean, eager=True)
            _Values(column.new_from_index(0, rows), none).put(facts, path)
        for path, listed in self._lists.items():
            found = listed.read(ids)
            found.put(facts, path)
            if found.unclear is not None:
                unclear |= found.unclear
        return Stated(pl.DataFrame(facts), unclear)
