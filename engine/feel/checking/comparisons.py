"""What can be wrong in a comparison: sides of different kinds, values that do not exist, ranges that are empty."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from engine.feel import operators, tree
from engine.feel.checking.base import Base
from engine.feel.checking.bounds import constant_of, is_empty_range
from engine.feel.checking.nearest import did_you_mean
from engine.feel.checking.samples import in_words, kind_name, outcome
from engine.feel.errors import Span
from engine.feel.temporal_text import parse_temporal
from engine.feel.tree import Node
from engine.feel.types import Enum, ListOf, RangeOf, Type
from engine.feel.values import kind

_TEMPORAL: Final = frozenset(
    ("date", "time", "date and time", "days and time duration", "years and months duration")
)


class Comparisons(Base):
    """Checks the two sides of comparisons against each other."""

    def compare(self, operator: str, sides: tuple[Node, Type], others: tuple[Node, Type], span: Span) -> None:
        """Report what is wrong with ``left operator right``; each side is its node and its type."""
        (left, left_type), (right, right_type) = sides, others
        self._enum_value(left_type, right)
        self._enum_value(right_type, left)
        equality = operator in ("=", "!=")
        operation = operators.equal if equality else operators.less
        if not equality and isinstance(left_type, Enum):
            self._enum_order(left_type, span)
        elif isinstance(left_type, Enum) and isinstance(right_type, Enum):
            self._enums(left_type, right_type, span)
        elif outcome(operation, left_type, right_type) is None:
            self._mismatch(operator, left_type, right_type, span, _hint(left, left_type, right, right_type))

    def contained(self, value: Node, value_type: Type, test: Node, test_type: Type) -> None:
        """Report what is wrong with ``value in test``."""
        if isinstance(test_type, RangeOf):
            if isinstance(test, tree.RangeLiteral):
                self.compare("<=", (test.low, test_type.item), (value, value_type), test.span)
            elif outcome(operators.less, test_type.item, value_type) is None:
                self._mismatch("in", value_type, test_type.item, test.span, "")
        elif isinstance(test, tree.ListLiteral) and not isinstance(value_type, ListOf):
            for item in test.items:
                self.contained(value, value_type, item, self.quiet(item))
        elif isinstance(test_type, ListOf) and not isinstance(value_type, ListOf):
            each = test_type.item
            if not isinstance(each, RangeOf | ListOf) and outcome(operators.equal, value_type, each) is None:
                self._mismatch("in", value_type, each, test.span, "")
        else:
            self.compare("=", (value, value_type), (test, test_type), test.span)

    def quiet(self, node: Node) -> Type:
        """The type of a node whose problems were reported already."""
        kept = len(self.problems)
        found = self.type_of(node)
        del self.problems[kept:]
        return found

    def range_ends(self, node: tree.RangeLiteral | tree.Between) -> None:
        """Report a range whose low end is above its high end."""
        if is_empty_range(node.low, node.high):
            hint = "write the lower end first"
            self.report(
                node.span, "never-holds", "nothing is in this range: its low end is above its high end", hint
            )

    def _enum_value(self, type_: Type, node: Node) -> None:
        if isinstance(type_, Enum) and isinstance(node, tree.Text) and node.value not in type_.values:
            hint = did_you_mean(node.value, type_.values) or "it has " + ", ".join(type_.values)
            self.report(node.span, "unknown-value", f'{in_words(type_)} has no value "{node.value}"', hint)

    def _enum_order(self, type_: Type, span: Span) -> None:
        """Texts are ordered by their letters, whatever the order of an enumeration's values."""
        message = f"the values of {in_words(type_)} would be compared by the alphabet"
        self.report(span, "enum-order", message, 'name the values that are meant: x in ("…", "…")')

    def _enums(self, left: Enum, right: Enum, span: Span) -> None:
        if not set(left.values) & set(right.values):
            self.report(
                span,
                "never-holds",
                f"{in_words(left)} and {in_words(right)} have no value in common, so this never holds",
            )

    def _mismatch(self, operator: str, left: Type, right: Type, span: Span, hint: str) -> None:
        same = kind_name(left) == kind_name(right)
        if same and operator not in ("=", "!="):
            message = f"{in_words(left)} has no order, so {operator} is null"
        elif "Null" in (kind_name(left), kind_name(right)):
            message = f"{operator} with null is null"
            hint = hint or "only = and != compare with null"
        else:
            message = f"{in_words(left)} is compared with {in_words(right)}, which never holds"
        self.report(span, "never-holds", message, hint)


def _hint(left: Node, left_type: Type, right: Node, right_type: Type) -> str:
    """How to mend a comparison of two kinds, if one side is a literal that was meant otherwise."""
    for node, other in ((left, right_type), (right, left_type)):
        if isinstance(node, tree.Text) and (hint := _for_text(node.value, kind_name(other) or "")):
            return hint
        if isinstance(node, tree.Number) and kind_name(other) == "string":
            return f'a text stands in quotation marks: "{node.value}"'
        if isinstance(node, tree.Boolean) and kind_name(other) == "string":
            return f'a text stands in quotation marks: "{str(node.value).lower()}"'
    for node, type_, other in ((left, left_type, right_type), (right, right_type, left_type)):
        if isinstance(type_, ListOf) and not isinstance(other, ListOf):
            return "use some … satisfies, every … satisfies or list contains(…)"
        if (
            kind_name(type_) == "years and months duration"
            and kind_name(other) == "number"
            and constant_of(node) is None
        ):
            return 'take .years or .months of the duration, or compare it with duration("P1Y")'
    return ""


def _for_text(text: str, wanted: str) -> str:
    if wanted == "number":
        try:
            Decimal(text)
        except InvalidOperation:
            return ""
        return f"a number stands without quotation marks: {text}"
    if wanted == "boolean" and text in ("true", "false"):
        return f"write {text} without quotation marks"
    if wanted in _TEMPORAL:
        found = parse_temporal(text)
        if found is not None and kind(found) == wanted:
            return f'put @ before it: @"{text}"'
        return 'a date is written @"2024-12-31", a duration @"P1Y6M" or @"P30D"'
    return ""
