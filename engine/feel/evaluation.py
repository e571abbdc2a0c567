"""Evaluating a text at once, with values as a caller has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from engine.feel.compiler import compile as compile_expression
from engine.feel.conformance import coerce
from engine.feel.errors import FeelSyntaxError, FeelValueError
from engine.feel.lexer import words
from engine.feel.typenames import NO_TYPES, parse_type, undeclared
from engine.feel.types import Type
from engine.feel.values import kind

_EMPTY: Final[Mapping[str, object]] = MappingProxyType({})


def evaluate(
    text: str,
    context: Mapping[str, object] | None = None,
    *,
    result_type: str | Type | None = None,
    now: datetime | None = None,
    types: Mapping[str, Type] = NO_TYPES,
) -> object:
    """The value of an expression.

    Args:
        text: the expression.
        context: a value for each name; whole numbers may be `int`.
        result_type: the type that the result is converted to, as a decision of DMN declares it; a result that does
            not conform is null. A name that neither FEEL nor `types` has imposes nothing.
        now: the moment that ``now()`` and ``today()`` give; the moment of the call if left out.
        types: declared types by their names.

    Raises:
        FeelSyntaxError: the text is not FEEL.
        FeelValueError: the context holds what is no value of FEEL, such as a float.
        FeelLimitError: a limit was passed.
    """
    values = {name: as_value(value) for name, value in (context or _EMPTY).items()}
    names = (*values, *names_inside(values.values()))
    expression = compile_expression(text, names=names, types=types)
    found = expression(values, datetime.now(UTC).astimezone() if now is None else now)
    wanted = _type_named(result_type, types) if isinstance(result_type, str) else result_type
    return found if wanted is None else coerce(found, wanted)


def _type_named(text: str, types: Mapping[str, Type]) -> Type | None:
    """The type that `text` writes, or None for a name that nobody declared."""
    try:
        found = parse_type(text, types)
    except FeelSyntaxError:  # the names of types in a model may have any characters
        return None
    return None if undeclared(found) is not None else found


def as_value(value: object) -> object:
    """A value as FEEL has it: `int` becomes `Decimal`, also inside lists and mappings.

    Raises:
        FeelValueError: it is nothing that FEEL has; a float is not, since it is not exact.
    """
    match value:
        case bool() | None | str() | Decimal():
            return value
        case int():
            return Decimal(value)
        case float():
            raise FeelValueError(f"{value!r} is a float, which is not exact; give a Decimal")
        case Mapping():
            return {name: as_value(item) for name, item in value.items()}
        case list() | tuple():
            return [as_value(item) for item in value]
    try:
        kind(value)
    except TypeError:
        raise FeelValueError(f"{type(value).__name__} is no type of FEEL's values") from None
    return value


def names_inside(values: Iterable[object]) -> Iterator[str]:
    """The names of several words that the records among `values` have."""
    for value in values:
        match value:
            case dict():
                yield from (name for name in value if len(words(name)) > 1)
                yield from names_inside(value.values())
            case list():
                yield from names_inside(value)
