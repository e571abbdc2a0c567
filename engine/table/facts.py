"""The facts of a table as columns, and which rows state something that `engine.facts` might refuse.

What is asked here of a column is never less than what the reader of records asks; a row that does not pass is read
by that reader, which has the last word and the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from engine.fact_values import MAX_LIST_LENGTH, MAX_TEXT_LENGTH
from engine.feel.parser import parse_unary_tests
from engine.ruleset.ruleset import Fact, Ruleset
from engine.ruleset.types import DeclaredType
from engine.table.compiling import Compiler
from engine.table.layout import Source, field_of, source_of
from engine.table.rows import ITEM, Scope
from engine.table.scopes import Items, Names, Record, Thing
from engine.table.values import Kind, NotColumnarError, Value

_DATE: Final = r"^\d{4}-\d{2}-\d{2}$"
_KINDS: Final[Mapping[str, Kind]] = {
    "number": "number",
    "count": "number",
    "text": "text",
    "enum": "text",
    "boolean": "boolean",
    "date": "date",
}
_NOTHING: Final[Mapping[Kind, pl.DataType]] = {
    "number": pl.Int64(),
    "text": pl.String(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}


class FactColumns:
    """The facts of one table.

    Attributes:
        scope: its rows.
    """

    def __init__(self, ruleset: Ruleset, scope: Scope) -> None:
        self.scope = scope
        self._facts = ruleset.facts
        self._columns = dict(scope.frame.schema)
        self._found: dict[tuple[str, ...], Thing] = {}

    def __getitem__(self, name: str) -> Thing:
        """What a fact is.

        Raises:
            NotColumnarError: it is nothing that columns can say.
        """
        return self._at((name,), self._facts[name].declared, empty=self._facts[name].empty)

    def unread(self) -> Iterator[str]:
        """The facts that columns cannot read, which have to be read row by row to know whether they are right.

        The rows in which another fact may be wrong are among those that are to be evaluated by themselves.
        """
        for name, fact in self._facts.items():
            try:
                self._read_all(self[name])
                if fact.allowed is not None:
                    self._check_allowed(fact)
            except NotColumnarError:
                yield name

    def _read_all(self, thing: Thing) -> None:
        match thing:
            case Items():
                self._read_all(thing.item)
                thing.inside.pass_on_apart()
            case Record(fields):
                for name in fields:
                    self._read_all(thing.field(name))

    def _check_allowed(self, fact: Fact) -> None:
        value = self[fact.name]
        if not isinstance(value, Value):
            raise NotColumnarError("what is allowed of a list or a record is read row by row")
        tests = parse_unary_tests(fact.allowed_text)
        names = Names(self.scope, {"?": value}.get)
        passes = Compiler({}).passes(value, tests.tests, names)
        fails = passes.expr if tests.negated else ~passes.expr
        if passes.nullable:
            fails = (fails | passes.expr.is_null()) & value.expr.is_not_null()
        self.scope.apart.append(fails)

    def _at(self, path: tuple[str, ...], declared: DeclaredType, *, empty: bool) -> Thing:
        if path not in self._found:
            if declared.kind == "record" and ".".join(path) not in self._columns:
                found: Thing = Record(tuple(declared.fields), lambda name: self._field(path, declared, name))
            else:
                found = _thing(self.scope, declared, source_of(self._columns, path), empty=empty)
            self._found[path] = found
        return self._found[path]

    def _field(self, path: tuple[str, ...], declared: DeclaredType, name: str) -> Thing:
        field = declared.fields[name]
        return self._at((*path, name), field.type, empty=field.empty)


def _thing(scope: Scope, declared: DeclaredType, source: Source | None, *, empty: bool) -> Thing:
    """What a fact, a field or an item is whose values stand in `source`; `empty`: it may be said to be none."""
    if source is not None and source.empty is not None and not empty:
        scope.apart.append(source.empty.fill_null(value=False))
    if declared.kind == "list" and source is not None:
        return _items(scope, declared, source)
    if declared.kind == "record":
        return _record(scope, declared, source)
    if declared.kind not in _KINDS:
        raise NotColumnarError(f"{declared} has no columns")
    kind = _KINDS[declared.kind]
    if source is None:
        return Value(kind, pl.lit(None, dtype=_NOTHING[kind]))
    value, wrong = _READ[declared.kind](scope, declared, source)
    if wrong is not None:
        scope.apart.append(wrong)
    if source.empty is None:
        return value
    # A mark beside a value says nothing.
    none = source.empty.fill_null(value=False) & value.expr.is_null()
    return replace(value, null=none) if value.nullable else value


def _items(scope: Scope, declared: DeclaredType, source: Source) -> Items:
    dtype, item = source.dtype, declared.item
    if not isinstance(dtype, pl.List) or item is None:
        raise NotColumnarError("a list that is no list column is read row by row")
    scope.apart.append(source.expr.list.len() > MAX_LIST_LENGTH)
    if source.empty is not None:
        scope.apart.append(source.empty.fill_null(value=False))
    inner = dtype.inner() if isinstance(dtype.inner, type) else dtype.inner

    def item_of(inside: Scope) -> Thing:
        found = Source(pl.col(ITEM), inner)
        if inside.assume(found.expr).nullable:
            inside.apart.append(found.expr.is_null())
        return _thing(inside, item, found, empty=False)

    return Items(scope, declared, source, item_of, nullable=scope.assume(source.expr).nullable)


def _record(scope: Scope, declared: DeclaredType, source: Source | None) -> Record:
    if source is not None:
        if not isinstance(source.dtype, pl.Struct):
            raise NotColumnarError("a record that is no struct column is read row by row")
        if source.empty is not None:
            scope.apart.append(source.empty.fill_null(value=False))
        _check_fields(declared, source.dtype)
    found: dict[str, Thing] = {}

    def field(name: str) -> Thing:
        if name not in found:
            field_, within = declared.fields[name], None if source is None else field_of(source, (name,))
            found[name] = _thing(scope, field_.type, within, empty=field_.empty)
        return found[name]

    return Record(tuple(declared.fields), field)


def _check_fields(declared: DeclaredType, dtype: pl.Struct) -> None:
    known = set(declared.fields)
    if not {field.name.removesuffix(" = null") for field in dtype.fields} <= known:
        raise NotColumnarError("a field that is not declared is read row by row")


def _number(scope: Scope, declared: DeclaredType, source: Source) -> tuple[Value, pl.Expr | None]:
    dtype, scale, expr = source.dtype, 0, source.expr
    if isinstance(dtype, pl.Decimal):
        scale, expr = dtype.scale, expr.to_physical()
    elif not dtype.is_integer():
        raise NotColumnarError(f"a column of {dtype} states no exact numbers")
    low, high, nullable = scope.assume(expr, numbers=True)
    expr = expr.cast(pl.Int64)
    wrong = None
    if declared.kind == "count" and (low < 0 or scale):
        wrong = (expr < 0) | (expr % 10**scale != 0)
    return Value("number", expr, None, scale, low, high, nullable=nullable), wrong


def _text(scope: Scope, declared: DeclaredType, source: Source) -> tuple[Value, pl.Expr | None]:
    if source.dtype not in (pl.String, pl.Categorical, pl.Enum):
        raise NotColumnarError(f"a column of {source.dtype} states no text")
    expr = source.expr if source.dtype == pl.String else source.expr.cast(pl.String)
    too_long = expr.str.len_bytes() > MAX_TEXT_LENGTH
    wrong = ~expr.is_in(list(declared.values)) if declared.kind == "enum" else too_long
    return Value("text", expr, nullable=scope.assume(source.expr).nullable), wrong


def _boolean(
    scope: Scope,
    declared: DeclaredType,  # noqa: ARG001 - as the others have it
    source: Source,
) -> tuple[Value, pl.Expr | None]:
    if source.dtype != pl.Boolean:
        raise NotColumnarError(f"a column of {source.dtype} states no truth values")
    return Value("boolean", source.expr, nullable=scope.assume(source.expr).nullable), None


def _date(
    scope: Scope,
    declared: DeclaredType,  # noqa: ARG001 - as the others have it
    source: Source,
) -> tuple[Value, pl.Expr | None]:
    if source.dtype == pl.Date:
        return Value("date", source.expr, nullable=scope.assume(source.expr).nullable), None
    if source.dtype != pl.String:
        raise NotColumnarError(f"a column of {source.dtype} states no dates")
    day = source.expr.str.to_date("%Y-%m-%d", strict=False)
    right = source.expr.str.contains(_DATE) & day.is_not_null()
    return Value("date", day), ~right & source.expr.is_not_null()


_READ: Final = {
    "number": _number,
    "count": _number,
    "text": _text,
    "enum": _text,
    "boolean": _boolean,
    "date": _date,
}
