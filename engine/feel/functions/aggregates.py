"""List functions that reduce a list to one value: how many, the least, the sum, the average."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from engine.feel.causes import null
from engine.feel.functions.numbers import EXACT, rounded, total
from engine.feel.functions.registry import LIST, builtin, required, variadic
from engine.feel.operators import all_of, any_of, not_, order
from engine.feel.types import ANY, BOOLEAN, NUMBER, ListOf
from engine.feel.unknown import Unknown
from engine.feel.values import ONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.feel.functions.registry import Builtin
    from engine.feel.types import Type


def _extreme(name: str, sign: int) -> Callable[[list[object]], object]:
    """The least (`sign` below zero) or greatest item of a list."""

    def extreme(items: list[object]) -> object:
        if not items:
            return null("empty", function=name)
        known = [item for item in items if not isinstance(item, Unknown)]
        best = known[0] if known else None
        for item in known:
            found = order(item, best)
            if not isinstance(found, int):  # not comparable, whatever the unknown ones are
                return None
            if found * sign > 0:
                best = item
        return best if len(known) == len(items) else Unknown.union(*items)

    return extreme


_SMALL: Final = tuple(map(Decimal, range(256)))  # taking one takes half of making one


def _count(items: list[object]) -> Decimal:
    length = len(items)
    return _SMALL[length] if length < len(_SMALL) else Decimal(length)


def _sum(numbers: list[Decimal]) -> Decimal | None:
    return rounded(total(numbers)) if numbers else null("empty", function="sum")


def _mean(numbers: list[Decimal]) -> Decimal | None:
    if not numbers:
        return null("empty", function="mean")
    return rounded(EXACT.divide(total(numbers), Decimal(len(numbers))))


def _product(numbers: list[Decimal]) -> Decimal | None:
    result: Decimal | None = ONE if numbers else null("empty", function="product")
    for number in numbers:
        result = None if result is None else rounded(EXACT.multiply(result, number))
    return result


def _median(numbers: list[Decimal]) -> Decimal | None:
    if not numbers:
        return null("empty", function="median")
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return rounded(EXACT.divide(EXACT.add(ordered[middle - 1], ordered[middle]), Decimal(2)))


def _stddev(numbers: list[Decimal]) -> Decimal | None:
    """The standard deviation of a sample."""
    if len(numbers) < 2:
        return null("too-few", function="stddev")
    mean = EXACT.divide(total(numbers), Decimal(len(numbers)))
    squares = total([EXACT.power(EXACT.subtract(number, mean), Decimal(2)) for number in numbers])
    return rounded(EXACT.sqrt(EXACT.divide(squares, Decimal(len(numbers) - 1))))


def _mode(numbers: list[Decimal]) -> list[Decimal]:
    counts = Counter(numbers)
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


def _over(
    name: str, item: Type, result: Type, function: Callable[[list[Any]], object], parameter: str
) -> Builtin:
    """A function of a list, or of its items as arguments."""

    def of_list(items: list[object]) -> object:
        if item is not ANY and type(None) in set(
            map(type, items)
        ):  # null conforms to every type, but is no number
            return null("items", None, function=name)
        return function(items)

    return builtin(
        name,
        ((required("list", ListOf(item)),), result, of_list),
        ((variadic(parameter, item),), result, lambda *items: function(list(items))),
    )


BUILTINS: Final = (
    builtin("count", ((required("list", LIST),), NUMBER, _count)),
    _over("min", ANY, ANY, _extreme("min", -1), "c"),
    _over("max", ANY, ANY, _extreme("max", 1), "c"),
    _over("sum", NUMBER, NUMBER, _sum, "n"),
    _over("mean", NUMBER, NUMBER, _mean, "n"),
    _over("product", NUMBER, NUMBER, _product, "n"),
    _over("median", NUMBER, NUMBER, _median, "n"),
    _over("stddev", NUMBER, NUMBER, _stddev, "n"),
    _over("mode", NUMBER, ListOf(NUMBER), _mode, "n"),
    _over("all", ANY, BOOLEAN, all_of, "b"),
    _over("any", ANY, BOOLEAN, any_of, "b"),
    builtin("not", ((required("negand"),), BOOLEAN, not_)),
)
