"""A mapping: which column states which fact, and how its cells are written. One YAML document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clients.score.problems import ScoreError
from clients.score.reading import Options, name_of

Decimals = Literal[",", "."]
DateOrder = Literal["dmy", "mdy", "ymd"]
Constant = bool | int | Decimal | str | dt.date | None | list[Any] | dict[str, Any]
UNSTATED: Final = object()
"""What a blank cell stands for where the mapping says nothing: nothing was stated."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Writing(_Strict):
    """How the cells of a column are written; for a mapping as a whole, of every column that says nothing else.

    Attributes:
        decimal: the mark before decimals; the other one separates thousands.
        date: the order of day, month and year; several where a column has several, tried in their order.
        percent: 85 stands for 85%.
        unit: what the numbers count, where it is not what the fact is counted in.
        separator: between the items of a list in one cell.
        words: what words in the cells stand for, beside the values and labels of the ruleset.
    """

    decimal: Decimals | None = None
    date: DateOrder | tuple[DateOrder, ...] | None = None
    percent: bool = False
    unit: str = ""
    separator: str = ";"
    words: dict[str, Constant] = Field(default_factory=dict)

    @property
    def date_orders(self) -> tuple[DateOrder, ...]:
        """The orders of `date`."""
        if self.date is None:
            return ()
        return (self.date,) if isinstance(self.date, str) else self.date


class Column(Writing):
    """A column.

    Attributes:
        fact: the path of the fact, such as ``tasks.total``.
        empty: what a blank cell stands for; left out, that nothing was stated.
    """

    fact: str
    empty: Constant = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: Any) -> Any:
        """A column may be given as its fact alone."""
        return {"fact": written} if isinstance(written, str) else written

    @property
    def blank(self) -> object:
        """What a blank cell stands for."""
        return self.empty if "empty" in self.model_fields_set else UNSTATED


class ListFile(_Strict):
    """A list whose items are the rows of a second file, joined to the records by id.

    Attributes:
        fact: the list.
        file: beside the mapping, or anywhere.
        id: its columns that hold the id of the record, in the order of the mapping's.
        columns: its columns, to the fields of an item.
        absent: what a record has of whom no row speaks: none, or nothing is known.
        sheet: of a workbook.
        header: the row with the names of the columns.
        encoding: of a text file.
        cell_separator: of a text file.
    """

    fact: str
    file: str
    id: tuple[str, ...]
    columns: dict[str, Column]
    absent: Literal["none", "unknown"] = "none"
    sheet: str = ""
    header: int | None = None
    encoding: str = ""
    cell_separator: str = ""

    @field_validator("id", mode="before")
    @classmethod
    def _one_id(cls, written: Any) -> Any:
        return (written,) if isinstance(written, str) else written

    @property
    def options(self) -> Options:
        """How its file is written."""
        return Options(self.sheet, self.header, self.encoding, self.cell_separator)


class ColumnMapping(_Strict):
    """A mapping as it is written; see docs/score.md.

    Attributes:
        ruleset: the id of the ruleset that it is for; empty: not said.
        id: the columns that tell records apart; none: the row does.
        columns: by name, what each states.
        constants: facts that are the same in every record.
        lists: lists in files of their own.
        defaults: how cells are written, where their column says nothing else.
        sheet: of workbooks.
        header: the row with the names of the columns.
        encoding: of text files.
        cell_separator: of text files.
    """

    ruleset: str = ""
    id: tuple[str, ...] = ()
    columns: dict[str, Column] = Field(default_factory=dict)
    constants: dict[str, Constant] = Field(default_factory=dict)
    lists: tuple[ListFile, ...] = ()
    defaults: Writing = Writing()
    sheet: str = ""
    header: int | None = None
    encoding: str = ""
    cell_separator: str = ""

    @field_validator("id", mode="before")
    @classmethod
    def _one_id(cls, written: Any) -> Any:
        return (written,) if isinstance(written, str) else written

    @property
    def options(self) -> Options:
        """How the files are written."""
        return Options(self.sheet, self.header, self.encoding, self.cell_separator)

    def within(self, facts: Collection[str]) -> ColumnMapping:
        """The part of it that states `facts`, given by their paths."""

        def has(path: str) -> bool:
            return path in facts

        return self.model_copy(
            update={
                "columns": {name: column for name, column in self.columns.items() if has(column.fact)},
                "constants": {path: value for path, value in self.constants.items() if has(path)},
                "lists": tuple(each for each in self.lists if has(each.fact)),
            }
        )

    def writing_of(self, column: Column) -> Writing:
        """How the cells of a column are written, the defaults included."""
        stated = column.model_dump(include=set(Writing.model_fields), exclude_unset=True)
        words = {**self.defaults.words, **column.words}
        return Writing(**{**self.defaults.model_dump(exclude_unset=True), **stated, "words": words})


def read_mapping(path: Path) -> ColumnMapping:
    """The mapping in a file.

    Raises:
        ScoreError: it cannot be read, or is none, with every mistake and its place.
    """
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ScoreError(f"{path}: {error.strerror or error}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise ScoreError(f"{path}: {error}") from None
    try:
        return ColumnMapping.model_validate(_exact(content) if content is not None else {})
    except ValidationError as error:
        told = "\n".join(
            f"  {'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_input=False)
        )
        raise ScoreError(f"{path} is no mapping:\n{told}") from None


def _exact(content: Any) -> Any:
    """`content` with decimals for binary numbers, digit for digit as they were written short."""
    match content:
        case float():
            return Decimal(repr(content))
        case Mapping():
            return {name_of(str(key)): _exact(value) for key, value in content.items()}
        case list():
            return [_exact(each) for each in content]
        case _:
            return content
