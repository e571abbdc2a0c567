"""Functions of contexts: records of named entries."""

from __future__ import annotations

from typing import Final

from engine.feel.causes import null
from engine.feel.functions.registry import CONTEXT, builtin, required
from engine.feel.types import ANY, STRING, ContextOf, ListOf
from engine.feel.unknown import Unknown


def _get_value(context: dict[str, object], key: str) -> object:
    return context[key] if key in context else null("no-member", context, name=key)


def _get_value_at(context: dict[str, object], keys: list[str]) -> object:
    """The value at a path of keys."""
    value: object = context
    for key in keys:
        if isinstance(value, Unknown):
            value = value.field(key)
        elif isinstance(value, dict):
            value = _get_value(value, key)
        else:
            return null("no-member", value, name=key)
    return value if keys else null("domain", function="get value", parameter="keys")


def _get_entries(context: dict[str, object]) -> list[dict[str, object]]:
    return [{"key": key, "value": value} for key, value in context.items()]


def _context(entries: list[object]) -> dict[str, object] | Unknown | None:
    """The context of ``{key: …, value: …}`` entries; null for one that is not that, or a key given twice."""
    result: dict[str, object] = {}
    unknown: list[object] = []
    for entry in entries:
        if isinstance(entry, Unknown):
            unknown.append(entry)
            continue
        if not isinstance(entry, dict) or not entry.keys() >= {"key", "value"}:
            return null("domain", function="context", parameter="entries")
        key = entry["key"]
        if isinstance(key, Unknown):
            unknown.append(key)
        elif not isinstance(key, str):
            return null("domain", function="context", parameter="entries")
        elif key in result:
            return null("duplicate-key")
        else:
            result[key] = entry["value"]
    return Unknown.union(*unknown) if unknown else result


def _put(context: dict[str, object], key: str, value: object) -> dict[str, object]:
    return {**context, key: value}


def _put_at(context: dict[str, object], keys: list[str], value: object) -> object:
    """`context` with `value` at a path of keys, all but the last of which must lead to contexts."""
    if not keys or not all(isinstance(key, str) for key in keys):
        return null("domain", function="context put", parameter="keys")
    walked: list[tuple[dict[str, object], str]] = []
    inner: object = context
    for key in keys:
        if isinstance(inner, Unknown):
            return Unknown.union(inner)
        if not isinstance(inner, dict):
            return null("no-member", inner, name=key)
        walked.append((inner, key))
        inner = inner.get(key)
    result = value
    for outer, key in reversed(walked):
        result = _put(outer, key, result)
    return result


def _merge(contexts: list[object]) -> dict[str, object] | Unknown | None:
    result: dict[str, object] = {}
    unknown: list[object] = []
    for context in contexts:
        if isinstance(context, Unknown):
            unknown.append(context)
        elif isinstance(context, dict):
            result.update(context)
        else:
            return null("domain", function="context merge", parameter="contexts")
    return Unknown.union(*unknown) if unknown else result


_M: Final = required("m", CONTEXT)
_CONTEXT: Final = required("context", CONTEXT)
_VALUE: Final = required("value")

BUILTINS: Final = (
    builtin(
        "get value",
        ((_M, required("key", STRING)), ANY, _get_value),
        ((_M, required("keys", ListOf(STRING))), ANY, _get_value_at),
    ),
    builtin("get entries", ((_M,), ListOf(ContextOf({"key": STRING, "value": ANY})), _get_entries)),
    builtin("context", ((required("entries", ListOf(ANY)),), CONTEXT, _context)),
    builtin(
        "context put",
        ((_CONTEXT, required("key", STRING), _VALUE), CONTEXT, _put),
        ((_CONTEXT, required("keys", ListOf(STRING)), _VALUE), CONTEXT, _put_at),
    ),
    builtin("context merge", ((required("contexts", ListOf(ANY)),), CONTEXT, _merge)),
)
