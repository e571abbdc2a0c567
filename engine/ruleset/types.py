"""The types of facts, as a ruleset declares them: FEEL's types with labels, and with what FEEL cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from engine.feel import types as feel
from engine.ruleset.localized import Localized

Kind = Literal[
    "number", "count", "text", "boolean", "date", "time", "duration", "months", "enum", "list", "record"
]

_SIMPLE: Final[Mapping[str, feel.Type]] = MappingProxyType(
    {
        "number": feel.NUMBER,
        "count": feel.NUMBER,
        "text": feel.STRING,
        "boolean": feel.BOOLEAN,
        "date": feel.DATE,
        "time": feel.TIME,
        "duration": feel.DAYS_DURATION,
        "months": feel.MONTHS_DURATION,
    }
)
OUTCOME: Final = "outcome"  # the enumeration of a ruleset's outcomes
LIST_OF: Final = "list of "
BUILT_IN_NAMES: Final = (*_SIMPLE, OUTCOME)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record type.

    Attributes:
        type: what it holds.
        label: what people call it, where the ruleset says so.
        empty: whether null is a value of it, meaning that there is none.
        changeable: whether the person judged can bring about a change of it; None as the fact that it is part of.
    """

    type: DeclaredType
    label: Localized | None = None
    empty: bool = False
    changeable: bool | None = None


@dataclass(frozen=True, slots=True)
class DeclaredType:
    """The type of a fact or of a part of one.

    Attributes:
        kind: which of the kinds; ``count`` is a whole number that is not negative.
        name: the name it is declared under, or an empty string.
        values: of an enumeration: its values, lowest first, and their labels.
        item: of a list: the type of its items.
        fields: of a record: its fields.
    """

    kind: Kind
    name: str = ""
    values: Mapping[str, Localized | None] = field(default_factory=lambda: MappingProxyType({}))
    item: DeclaredType | None = None
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))

    def __hash__(self) -> int:
        return hash((self.kind, self.name, tuple(self.values), self.item, tuple(self.fields)))

    def __str__(self) -> str:
        return f"{LIST_OF}{self.item}" if self.kind == "list" else self.name or self.kind

    @property
    def feel(self) -> feel.Type:
        """The type as the expression language knows it."""
        match self.kind:
            case "enum":
                return feel.Enum(self.name, tuple(self.values))
            case "list":
                return feel.ListOf(feel.ANY if self.item is None else self.item.feel)
            case "record":
                fields = {name: member.type.feel for name, member in self.fields.items()}
                return feel.ContextOf(MappingProxyType(fields), self.name)
            case kind:
                return _SIMPLE[kind]


def simple(name: str) -> DeclaredType | None:
    """The built-in type of that name, or None."""
    return DeclaredType(name) if name in _SIMPLE else None  # type: ignore[arg-type]  # the keys of _SIMPLE are kinds


def list_of(item: DeclaredType) -> DeclaredType:
    """The type of lists of `item`."""
    return DeclaredType("list", item=item)


def split(text: str) -> tuple[int, str]:
    """How many lists a type's text wraps, and the name of what is in them: ``list of date`` gives 1, ``date``."""
    depth = 0
    while text.startswith(LIST_OF):
        depth, text = depth + 1, text.removeprefix(LIST_OF).strip()
    return depth, text


def walk(declared: DeclaredType, steps: tuple[str, ...]) -> Iterator[Field | None]:
    """The field at each of `steps` into `declared`, through lists; None, and no more, where there is none."""
    for step in steps:
        while declared.kind == "list" and declared.item is not None:
            declared = declared.item
        member = declared.fields.get(step)
        yield member
        if member is None:
            return
        declared = member.type
