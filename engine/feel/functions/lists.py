"""List functions that look for items or make another list; positions are 1 at the start, -1 at the end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.feel import limits
from engine.feel.budget import current_budget
from engine.feel.causes import null
from engine.feel.functions.numbers import whole
from engine.feel.functions.registry import FUNCTION, LIST, builtin, optional, required, variadic
from engine.feel.operators import equal
from engine.feel.operators.comparison import is_plain
from engine.feel.types import BOOLEAN, NUMBER, ListOf
from engine.feel.unknown import Unknown
from engine.feel.values import list_too_long

if TYPE_CHECKING:
    from engine.feel.values import Invocable

_DIGITS_OF_POSITIONS: Final = 18  # more than those of any place in a list


def _place(name: str, items: list[object], position: Decimal) -> int | None:
    """The index from 0 of a position that the list has, or null."""
    at = int(position) if position.adjusted() < _DIGITS_OF_POSITIONS else 0
    if at == 0 or abs(at) > len(items):
        return null("domain", function=name, parameter="position")
    return at - 1 if at > 0 else len(items) + at


def _contains(items: list[object], element: object) -> bool | Unknown:
    if is_plain(element, items):
        return element in items
    unknown: list[object] = []
    for item in items:
        found = equal(item, element)
        if found is True:
            return True
        if isinstance(found, Unknown):
            unknown.append(found)
    return Unknown.union(*unknown) if unknown else False


def _sublist(items: list[object], start: Decimal, length: Decimal | None) -> list[object] | None:
    at = _place("sublist", items, start)
    if at is None:
        return None
    if length is None:
        return items[at:]
    if not 1 <= length < len(items) - at + 1:
        return null("domain", function="sublist", parameter="length")
    return items[at : at + whole(length)]


def _concatenate(*lists: list[object]) -> list[object]:
    length = sum(map(len, lists))
    if length > limits.MAX_LIST_LENGTH:
        raise list_too_long(length)
    return [item for items in lists for item in items]


def _append(items: list[object], *more: object) -> list[object]:
    return _concatenate(items, list(more))


def _insert_before(items: list[object], position: Decimal, new: object) -> list[object] | None:
    at = _place("insert before", items, position)
    return None if at is None else [*items[:at], new, *items[at:]]


def _remove(items: list[object], position: Decimal) -> list[object] | None:
    at = _place("remove", items, position)
    return None if at is None else items[:at] + items[at + 1 :]


def _index_of(items: list[object], match: object) -> list[Decimal] | Unknown:
    found = [equal(item, match) for item in items]
    if any(isinstance(each, Unknown) for each in found):
        return Unknown.union(*found)
    return [Decimal(position) for position, each in enumerate(found, start=1) if each is True]


def _distinct(items: list[object]) -> list[object] | Unknown:
    """The first of all that are equal."""
    if items and is_plain(items[0], items):
        return list(dict.fromkeys(items))
    budget = current_budget()
    result: list[object] = []
    for item in items:
        budget.spend(len(result))
        known = _contains(result, item)
        if isinstance(known, Unknown) or isinstance(item, Unknown):
            return Unknown.union(known, item)
        if not known:
            result.append(item)
    return result


def _union(*lists: list[object]) -> list[object] | Unknown:
    return _distinct(_concatenate(*lists))


def _flatten(items: list[object]) -> list[object] | Unknown:
    """All items of lists within lists; what is unknown may be a list."""
    budget = current_budget()
    result: list[object] = []
    open_ = [iter(items)]
    while open_:
        for item in open_[-1]:
            budget.spend()
            if isinstance(item, Unknown):
                return Unknown.union(item)
            if isinstance(item, list):
                open_.append(iter(item))
                break
            result.append(item)
            if len(result) > limits.MAX_LIST_LENGTH:
                raise list_too_long(len(result))
        else:
            open_.pop()
    return result


class _NotAnOrderError(Exception):
    """A comparison that was neither true nor false; `answer` is what it was."""

    def __init__(self, answer: object) -> None:
        super().__init__()
        self.answer = answer


class _Ranked:
    """An item that Python sorts by the author's function."""

    __slots__ = ("item", "precedes")

    def __init__(self, item: object, precedes: Invocable) -> None:
        self.item = item
        self.precedes = precedes

    def __lt__(self, other: _Ranked) -> bool:
        answer = self.precedes.call((self.item, other.item))
        if answer is True or answer is False:
            return bool(answer)
        raise _NotAnOrderError(answer)


def _sort(items: list[object], precedes: Invocable) -> list[object] | Unknown | None:
    if not precedes.accepts(2):
        return null("domain", function="sort", parameter="precedes")
    try:
        return [ranked.item for ranked in sorted(_Ranked(item, precedes) for item in items)]
    except _NotAnOrderError as error:
        if isinstance(error.answer, Unknown):
            return Unknown.union(error.answer)
        return null("not-boolean", error.answer)


def _replace_at(items: list[object], position: Decimal, new: object) -> list[object] | None:
    at = _place("list replace", items, position)
    return None if at is None else [*items[:at], new, *items[at + 1 :]]


def _replace_where(items: list[object], match: Invocable, new: object) -> list[object] | Unknown | None:
    if not match.accepts(2):
        return null("domain", function="list replace", parameter="match")
    answers = [match.call((item, new)) for item in items]
    for answer in answers:
        if not isinstance(answer, bool | Unknown):
            return null("not-boolean", answer)
    if any(isinstance(answer, Unknown) for answer in answers):
        return Unknown.union(*answers)
    return [new if answer else item for item, answer in zip(items, answers, strict=True)]


_LIST: Final = required("list", LIST)
_POSITION: Final = required("position", NUMBER)

BUILTINS: Final = (
    builtin("list contains", ((_LIST, required("element")), BOOLEAN, _contains)),
    builtin(
        "sublist", ((_LIST, required("start position", NUMBER), optional("length", NUMBER)), LIST, _sublist)
    ),
    builtin("append", ((_LIST, variadic("item")), LIST, _append)),
    builtin("concatenate", ((variadic("list", LIST),), LIST, _concatenate)),
    builtin("insert before", ((_LIST, _POSITION, required("newItem")), LIST, _insert_before)),
    builtin("remove", ((_LIST, _POSITION), LIST, _remove)),
    builtin("reverse", ((_LIST,), LIST, lambda items: items[::-1])),
    builtin("index of", ((_LIST, required("match")), ListOf(NUMBER), _index_of)),
    builtin("union", ((variadic("list", LIST),), LIST, _union)),
    builtin("distinct values", ((_LIST,), LIST, _distinct)),
    builtin("flatten", ((_LIST,), LIST, _flatten)),
    builtin("sort", ((_LIST, required("precedes", FUNCTION)), LIST, _sort)),
    builtin(
        "list replace",
        ((_LIST, _POSITION, required("newItem")), LIST, _replace_at),
        ((_LIST, required("match", FUNCTION), required("newItem")), LIST, _replace_where),
    ),
)
