"""What the outputs of the matching rows come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from engine.feel import operators
from engine.feel.causes import null
from engine.feel.functions import BUILTINS
from engine.feel.tables.model import HitPolicy
from engine.feel.unknown import Unknown
from engine.feel.values import unknown_parts

if TYPE_CHECKING:
    from engine.feel.tables.model import Output

_AGGREGATES: Final = {HitPolicy.SUM: "sum", HitPolicy.MIN: "min", HitPolicy.MAX: "max"}

MATTERS_HOW_MANY: Final = frozenset(
    {
        HitPolicy.UNIQUE,
        HitPolicy.SUM,
        HitPolicy.COUNT,
        HitPolicy.RULE_ORDER,
        HitPolicy.OUTPUT_ORDER,
        HitPolicy.COLLECT,
    }
)
"""The policies under which two rows of the same outputs come to something else than one."""


def rows_needed(hit: HitPolicy) -> int | None:
    """How many of the matching rows have to be looked at, from the first; None for all."""
    return {HitPolicy.FIRST: 1, HitPolicy.UNIQUE: 2}.get(hit)


def resolve(
    hit: HitPolicy,
    table: str,
    outputs: Sequence[Output],
    rows: Sequence[int],
    values: Callable[[int], Sequence[object]],
) -> object:
    """The result of a table.

    Args:
        hit: the policy.
        table: the table's name, for causes.
        outputs: its columns of results.
        rows: the matching rows, at least one; of a policy that needs few, no more than it needs.
        values: the outputs of a row.
    """
    match hit:
        case HitPolicy.COUNT:
            return operators.CONTEXT.create_decimal(len(rows))
        case HitPolicy.UNIQUE if len(rows) > 1:
            return null("table-unique", table=table, rows=_listed(rows))
        case HitPolicy.UNIQUE | HitPolicy.FIRST:
            return _entry(outputs, values(rows[0]))
    found = [(row, values(row)) for row in rows]
    if hit.ranks:
        ranks: list[tuple[int, ...]] = []
        for _, each in found:
            rank = _rank(outputs, each)
            if isinstance(rank, Unknown):
                return _unknown_of(found)
            ranks.append(rank)
        # Sorting keeps the order of the table where ranks are equal.
        found = [found[place] for place in sorted(range(len(found)), key=ranks.__getitem__)]
    entries = [_entry(outputs, each) for _, each in found]
    if hit is HitPolicy.PRIORITY:
        return entries[0]
    if hit is HitPolicy.ANY:
        return _agreed(table, rows, entries)
    return BUILTINS[_AGGREGATES[hit]].call([entries]) if hit in _AGGREGATES else entries


def nothing(hit: HitPolicy, table: str) -> object:
    """The result where no row matches and there is no default."""
    if hit.gives_list:
        return []
    return (
        operators.CONTEXT.create_decimal(0) if hit is HitPolicy.COUNT else null("table-no-rule", table=table)
    )


def _entry(outputs: Sequence[Output], values: Sequence[object]) -> object:
    """The outputs of a row as one value."""
    if len(outputs) == 1:
        return values[0]
    return {output.name: value for output, value in zip(outputs, values, strict=True)}


def _agreed(table: str, rows: Sequence[int], entries: Sequence[object]) -> object:
    first, *others = entries
    open_: list[object] = []
    for row, entry in zip(rows[1:], others, strict=True):
        same = operators.equal(first, entry)
        if isinstance(same, Unknown):
            open_ += [same, *unknown_parts(first)]
        elif same is not True:
            return null("table-any", table=table, rows=_listed((rows[0], row)))
    return Unknown.union(*open_) if open_ else first


def _unknown_of(found: Sequence[tuple[int, Sequence[object]]]) -> Unknown:
    return Unknown.union(*(part for _, values in found for value in values for part in unknown_parts(value)))


def _rank(outputs: Sequence[Output], values: Sequence[object]) -> tuple[int, ...] | Unknown:
    """The place of a row's outputs in the order of their allowed values; what is not among them comes last."""
    ranks = []
    for output, value in zip(outputs, values, strict=True):
        if unknown := unknown_parts(value):
            return Unknown.union(*unknown)
        places = (place for place, other in enumerate(output.values) if operators.equal(value, other) is True)
        ranks.append(next(places, len(output.values)))
    return tuple(ranks)


def _listed(rows: Sequence[int]) -> str:
    """Rows by their numbers as people count them."""
    return ", ".join(str(row + 1) for row in rows)
