"""String functions; a character is a code point. And the conversions between strings and numbers."""

from __future__ import annotations

import re
from decimal import Decimal, DecimalException
from typing import Final

from engine.feel import limits
from engine.feel.causes import null
from engine.feel.functions.numbers import whole
from engine.feel.functions.registry import builtin, optional, required
from engine.feel.patterns import Pattern, PatternError, compile_pattern, expand
from engine.feel.types import BOOLEAN, NUMBER, STRING, ListOf
from engine.feel.unknown import Unknown
from engine.feel.values import CONTEXT, string_too_long, text, unknown_parts

_NUMBER: Final = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_GROUPING: Final = frozenset({" ", ",", ".", None})
_DECIMAL: Final = frozenset({",", ".", None})


def _number(written: str, grouping: str | None, separator: str | None) -> Decimal | None:
    if grouping not in _GROUPING or separator not in _DECIMAL or (grouping and grouping == separator):
        return null("domain", function="number", parameter="grouping separator, decimal separator")
    plain = written.replace(grouping, "") if grouping else written
    plain = plain.replace(separator, ".") if separator else plain
    if not _NUMBER.fullmatch(plain):
        return null("text-form", function="number")
    try:
        return CONTEXT.create_decimal(plain)
    except DecimalException:
        return null("number-range")


def _string(value: object) -> str | Unknown | None:
    unknown = unknown_parts(value)
    if unknown:
        return Unknown.union(*unknown)
    return None if value is None else text(value)


def _substring(string: str, start: Decimal, length: Decimal | None) -> str | None:
    at = whole(start) if abs(start) <= len(string) + 1 else 0
    if at == 0 or abs(at) > len(string):
        return null("domain", function="substring", parameter="start position")
    begin = at - 1 if at > 0 else len(string) + at
    if length is None:
        return string[begin:]
    if not 1 <= length < len(string) - begin + 1:
        return null("domain", function="substring", parameter="length")
    return string[begin : begin + whole(length)]


def _substring_before(string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


def _substring_after(string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


def _compiled(pattern: str, flags: str | None) -> Pattern | None:
    try:
        return compile_pattern(pattern, flags or "")
    except PatternError as error:
        return null("pattern", reason=error)


def _separating(pattern: str, flags: str | None) -> Pattern | None:
    """A pattern that does not match nothing, as replacing and splitting need it."""
    compiled = _compiled(pattern, flags)
    if compiled is not None and compiled.matches(""):
        return null("pattern", reason="it matches the empty text")
    return compiled


def _matches(string: str, pattern: str, flags: str | None) -> bool | None:
    compiled = _compiled(pattern, flags)
    return None if compiled is None else compiled.matches(string)


def _replace(string: str, pattern: str, replacement: str, flags: str | None) -> str | None:
    compiled = _separating(pattern, flags)
    if compiled is None:
        return None
    try:
        pieces = expand(replacement, compiled.groups)
    except PatternError as error:
        return null("pattern", reason=error)
    result: list[str] = []
    length = end = 0
    for found in compiled.finds(string):
        groups = (string[found.start : found.end], *found.groups)
        parts = [string[end : found.start]]
        parts += [_piece(piece, groups) for piece in pieces]
        length += sum(map(len, parts))
        if length > limits.MAX_STRING_LENGTH:
            raise string_too_long(length)
        result += parts
        end = found.end
    return "".join((*result, string[end:]))


def _piece(piece: str | int, groups: tuple[str, ...]) -> str:
    if isinstance(piece, str):
        return piece
    return groups[piece] if piece < len(groups) else ""


def _split(string: str, delimiter: str) -> list[str] | None:
    compiled = _separating(delimiter, None)
    if compiled is None:
        return None
    result: list[str] = []
    end = 0
    for found in compiled.finds(string):
        result.append(string[end : found.start])
        end = found.end
    return [*result, string[end:]]


def _join(strings: list[str | None], delimiter: str | None) -> str:
    kept = [string for string in strings if string is not None]
    separator = delimiter or ""
    length = sum(map(len, kept)) + len(separator) * len(kept)
    if length > limits.MAX_STRING_LENGTH:
        raise string_too_long(length)
    return separator.join(kept)


_TEXT: Final = required("string", STRING)
_MATCH: Final = required("match", STRING)
_INPUT: Final = required("input", STRING)
_PATTERN: Final = required("pattern", STRING)
_FLAGS: Final = optional("flags", STRING)

BUILTINS: Final = (
    builtin(
        "number",
        (
            (
                required("from", STRING),
                required("grouping separator", STRING, nullable=True),
                required("decimal separator", STRING, nullable=True),
            ),
            NUMBER,
            _number,
        ),
    ),
    builtin("string", ((required("from"),), STRING, _string)),
    builtin(
        "substring",
        (
            (_TEXT, required("start position", NUMBER), optional("length", NUMBER)),
            STRING,
            _substring,
        ),
    ),
    builtin("string length", ((_TEXT,), NUMBER, lambda string: Decimal(len(string)))),
    builtin("upper case", ((_TEXT,), STRING, str.upper)),
    builtin("lower case", ((_TEXT,), STRING, str.lower)),
    builtin("substring before", ((_TEXT, _MATCH), STRING, _substring_before)),
    builtin("substring after", ((_TEXT, _MATCH), STRING, _substring_after)),
    builtin("contains", ((_TEXT, _MATCH), BOOLEAN, lambda string, match: match in string)),
    builtin("starts with", ((_TEXT, _MATCH), BOOLEAN, str.startswith)),
    builtin("ends with", ((_TEXT, _MATCH), BOOLEAN, str.endswith)),
    builtin("matches", ((_INPUT, _PATTERN, _FLAGS), BOOLEAN, _matches)),
    builtin("replace", ((_INPUT, _PATTERN, required("replacement", STRING), _FLAGS), STRING, _replace)),
    builtin("split", ((_TEXT, required("delimiter", STRING)), ListOf(STRING), _split)),
    builtin(
        "string join",
        (
            (required("list", ListOf(STRING)), optional("delimiter", STRING)),
            STRING,
            _join,
        ),
    ),
)
