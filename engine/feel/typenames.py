"""Types as FEEL's text writes them: ``number``, ``list<date>``, ``function<number> -> boolean``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.feel.conformance import TYPE_NAMES
from engine.feel.cursor import Cursor
from engine.feel.names import Names
from engine.feel.types import ANY, ContextOf, FunctionOf, ListOf, RangeOf, Simple, Type

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_TYPES: Final[Mapping[str, Type]] = MappingProxyType({})
_TYPE_NAMES: Final = Names(TYPE_NAMES)
_BARE: Final[Mapping[str, Type]] = MappingProxyType(
    {"list": ListOf(), "range": RangeOf(), "context": ContextOf(), "function": FunctionOf()}
)


def parse_type(text: str, types: Mapping[str, Type] = NO_TYPES) -> Type:
    """The type that `text` writes; a name that neither FEEL nor `types` has gives a `Simple` of that name.

    Raises:
        FeelSyntaxError: the text is not a type.
    """
    cursor = Cursor(text)
    found = TypeReader(types).read(cursor)
    cursor.expect_end()
    return found


def undeclared(type_: Type) -> str | None:
    """The first name in `type_` that neither FEEL nor a declaration gives a meaning, or None."""
    match type_:
        case Simple(name):
            return None if name in TYPE_NAMES else name
        case ListOf(item) | RangeOf(item):
            return undeclared(item)
        case ContextOf(fields):
            return _first(fields.values())
        case FunctionOf(parameters, result):
            return _first((*parameters, result))
    return None


def _first(types: Iterable[Type]) -> str | None:
    return next((name for name in map(undeclared, types) if name is not None), None)


class TypeReader:
    """Reads types where a cursor stands.

    Args:
        types: declared types by their names.
    """

    def __init__(self, types: Mapping[str, Type]) -> None:
        self._types = types
        self._names = Names(types, _TYPE_NAMES)

    def read(self, cursor: Cursor) -> Type:
        """Read one type, and go on to what follows it."""
        with cursor.nested():
            match = self._names.match(cursor.tokens, cursor.position)
            if match is not None:
                name, count = match
                cursor.skip(count)
                return self._named(name)
            word = cursor.expect_word("the name of a type")
            if word.text in _BARE and cursor.at("<"):
                return self._with_parts(cursor, word.text)
            name = word.text
            while cursor.take("."):
                name += "." + cursor.expect_word("a name").text
            return self._named(name)

    def _named(self, name: str) -> Type:
        return self._types.get(name) or TYPE_NAMES.get(name) or _BARE.get(name) or Simple(name)

    def _with_parts(self, cursor: Cursor, kind: str) -> Type:
        cursor.expect("<")
        if kind == "context":
            fields = self._fields(cursor)
            cursor.close_angle()
            return ContextOf(MappingProxyType(fields))
        if kind == "function":
            parameters = self._list(cursor)
            cursor.close_angle()
            return FunctionOf(parameters, self.read(cursor) if cursor.take("->") else ANY)
        item = self.read(cursor)
        cursor.close_angle()
        return ListOf(item) if kind == "list" else RangeOf(item)

    def _list(self, cursor: Cursor) -> tuple[Type, ...]:
        if cursor.at(">"):
            return ()
        found = [self.read(cursor)]
        while cursor.take(","):
            found.append(self.read(cursor))
        return tuple(found)

    def _fields(self, cursor: Cursor) -> dict[str, Type]:
        fields: dict[str, Type] = {}
        while not cursor.at(">"):
            name, _ = cursor.read_name(":", "a name and a colon")
            cursor.expect(":")
            fields[name] = self.read(cursor)
            if not cursor.take(","):
                break
        return fields
