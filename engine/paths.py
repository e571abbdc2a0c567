"""Paths of facts, such as ``targets.total`` or ``discipline[0].act_id``: the parts of a record, read and replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.feel.unknown import Unknown
from engine.ruleset.types import DeclaredType

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

Key = str | int


def parse_path(path: str) -> tuple[Key, ...]:
    """The keys of a path: names, and numbers from 0 in lists."""
    return tuple(name or int(number) for name, number in _STEP.findall(path))


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """The value at `path`; `Unknown` where it, or something on the way to it, is not stated."""
    value: Any = values
    for key in parse_path(path):
        if value.__class__ is Unknown:
            return Unknown.fact(path)
        if value is None or (isinstance(key, int) and key >= len(value)):
            return None
        value = value[key]
    return value


def with_value(
    values: Mapping[str, Any], path: str, new: Any, declared: DeclaredType | None = None
) -> dict[str, Any]:
    """A copy of `values` with `new` at `path`; the rest is shared.

    Where a record on the way is not stated, it becomes one that states nothing else; `declared` is the type of the
    fact that the path begins with, and is needed for that.
    """
    first, *rest = parse_path(path)
    return {**values, str(first): _replaced(values[str(first)], str(first), rest, new, declared)}


def _replaced(value: Any, path: str, keys: list[Key], new: Any, declared: DeclaredType | None) -> Any:
    if not keys:
        return new
    key, *rest = keys
    if isinstance(key, int):
        item_path = f"{path}[{key}]"
        items = list(value)
        items[key] = _replaced(items[key], item_path, rest, new, declared and declared.item)
        return items
    fields = declared.fields if declared else {}
    if not isinstance(value, Mapping):
        value = {name: Unknown.fact(f"{path}.{name}") for name in fields}
    field = fields.get(key)
    inner = field.type if field else None
    return {**value, key: _replaced(value.get(key), f"{path}.{key}", rest, new, inner)}


def leaves(declared: DeclaredType, path: str, *, changeable: bool) -> Iterator[tuple[str, DeclaredType]]:
    """The paths below a fact that hold a single value and may be changed, with their types; a list counts as one.

    `changeable` says it of the fact; a field may say otherwise of itself.
    """
    if declared.kind == "record":
        for name, field in declared.fields.items():
            own = changeable if field.changeable is None else field.changeable
            yield from leaves(field.type, f"{path}.{name}", changeable=own)
    elif changeable:
        yield path, declared
