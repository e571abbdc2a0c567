"""Tokens to a tree: a recursive descent through the grammar of DMN 1.5, 10.3.1.2.

What binds looser is further up: ``or``, ``and``, comparisons, ``+ -``, ``* /``, ``**``, the sign, ``instance of``,
then paths, filters and calls. Operators of one level go from left to right. ``if``, ``for``, ``some``, ``every``
and ``function`` reach as far to the right as they can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

from engine.feel import tree
from engine.feel.boxed import Boxed
from engine.feel.cursor import too_deep
from engine.feel.errors import Span
from engine.feel.limits import MAX_DEPTH
from engine.feel.tree import Node
from engine.feel.typenames import NO_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.feel.lexer import Token
    from engine.feel.types import Type

_Parsed = TypeVar("_Parsed", bound=Node)

_COMPARISONS: Final = frozenset(("=", "!=", "<", "<=", ">", ">="))
_ORDER: Final = frozenset(("<", "<=", ">", ">="))
_ARITHMETIC: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}  # how tightly each binds
_GOES_ON: Final = frozenset((".", "[", "(", "instance", *_ARITHMETIC))


def parse(text: str, *, names: Iterable[str] = (), types: Mapping[str, Type] = NO_TYPES) -> Node:
    """Parse an expression.

    Args:
        text: the expression.
        names: the names in scope; only those of several words (``general criteria``) need to be given, and those
            that are also the name of a built-in function.
        types: declared types by their names, for ``instance of`` and the parameters of functions.

    Raises:
        FeelSyntaxError: the text is not FEEL.
        FeelLimitError: it is too long or too deep.
    """
    return _whole(Parser(text, names, types), Parser.expression)


def parse_unary_tests(
    text: str, *, names: Iterable[str] = (), types: Mapping[str, Type] = NO_TYPES
) -> tree.UnaryTests:
    """Parse the tests of a decision table's cell, such as ``-``, ``"a", "b"``, ``>= 5``, ``not([1..3])``.

    The value that is tested has the name ``?``. Arguments and errors as for `parse`.
    """
    return _whole(Parser(text, names, types), Parser.unary_tests)


class Parser(Boxed):
    """The operators of the grammar; what has its own delimiters or keywords stands in `Boxed`."""

    def expression(self) -> Node:
        """Read an expression, or a comparison without its left side, which is a range."""
        with self.nested():
            if self.token.text in _COMPARISONS and self.token.kind == "symbol":
                return self.half_comparison()
            return self._disjunction()

    def half_comparison(self) -> Node:
        """Read ``>= 5``."""
        operator = self.token
        self.skip()
        operand = self._arithmetic()
        return tree.HalfComparison(
            cast("tree.ComparisonOperator", operator.text), operand, span=_from(operator.span, operand)
        )

    def unary_tests(self) -> tree.UnaryTests:
        """Read the tests of a cell, to the end of the text."""
        start = self.token.span
        if self.at("-") and self.peek().kind == "end":
            self.skip()
            return tree.UnaryTests((), span=start)
        bare = self.at("not")
        tests = [self.expression()]
        while self.take(","):
            tests.append(self.expression())
        span = Span(start.start, self.previous.span.end)
        match tests:
            # What reads as a call of not, and is all there is, takes the place of the tests.
            case [tree.Call(tree.Name("not"), (_, *_) as negated, ())] if bare:
                return tree.UnaryTests(tuple(negated), True, span=span)
        return tree.UnaryTests(tuple(tests), span=span)

    def _disjunction(self) -> Node:
        first = self._conjunction()
        if not self.at("or"):
            return first
        operands = [first]
        while self.take("or"):
            operands.append(self._conjunction())
        return tree.Or(tuple(operands), span=_across(first, operands[-1]))

    def _conjunction(self) -> Node:
        first = self._comparison()
        if not self.at("and"):
            return first
        operands = [first]
        while self.take("and"):
            operands.append(self._comparison())
        return tree.And(tuple(operands), span=_across(first, operands[-1]))

    def _comparison(self) -> Node:
        left = self._arithmetic()
        while True:
            token = self.token
            if token.kind == "symbol" and token.text in _COMPARISONS:
                left = self._compared(left, token)
            elif self.take("between"):
                low = self._arithmetic()
                self.expect("and", "write x between 1 and 5")
                high = self._arithmetic()
                left = tree.Between(left, low, high, span=_across(left, high))
            elif self.take("in"):
                tests = self._tests()
                left = tree.In(left, tests, span=Span(left.span.start, self.previous.span.end))
            else:
                return left

    def _compared(self, left: Node, operator: Token) -> Node:
        if (
            isinstance(left, tree.Comparison)
            and {left.operator, operator.text} <= _ORDER
            and self.previous.text != ")"
        ):
            self.fail("comparisons do not chain", "write x between 1 and 5, or x in (1..5)")
        self.skip()
        right = self._arithmetic()
        kind = cast("tree.ComparisonOperator", operator.text)
        return tree.Comparison(kind, left, right, span=_across(left, right))

    def _tests(self) -> tuple[Node, ...]:
        """Read what follows ``in``: one test, or several in parentheses."""
        if self.token.text in _COMPARISONS and self.token.kind == "symbol":
            return (self.half_comparison(),)
        if not self.at("("):
            return (self._arithmetic(),)
        opening = self.token.span
        with self.nested():
            self.skip()
            tests = [self.expression()]
            if self.at(".."):
                interval = self.range_from(tests[0], opening, closed=False)
                return (self._arithmetic(left=interval),)
            while self.take(","):
                tests.append(self.expression())
            self.expect(")")
        if len(tests) == 1 and self.token.text in _GOES_ON and self.token.kind in ("symbol", "word"):
            return (self._arithmetic(left=self.widened(tests[0], opening)),)
        return tuple(tests)

    def _arithmetic(self, tightness: int = 1, left: Node | None = None) -> Node:
        """Read operators that bind at least as tightly as `tightness`; `left` is a first value already read."""
        left = self._signed() if left is None else self._typed(self.postfix(left))
        while True:
            token = self.token
            binds = _ARITHMETIC.get(token.text, 0) if token.kind == "symbol" else 0
            if binds < tightness or binds == 0:
                return left
            self.skip()
            right = self._arithmetic(binds + 1)
            operator = cast("tree.ArithmeticOperator", token.text)
            left = tree.Arithmetic(operator, left, right, span=_across(left, right))

    def _signed(self) -> Node:
        if not self.at("-"):
            return self._typed(self.postfix(self.primary()))
        minus = self.token.span
        with self.nested():
            self.skip()
            operand = self._signed()
            return tree.Negate(operand, span=_from(minus, operand))

    def _typed(self, value: Node) -> Node:
        while self.at("instance"):
            self.skip()
            self.expect("of", "write x instance of number")
            type_ = self.read_type()
            value = tree.InstanceOf(value, type_, span=Span(value.span.start, self.previous.span.end))
        return value

    def postfix(self, value: Node) -> Node:
        """Read the paths, filters and calls that follow `value`."""
        while True:
            if self.take("."):
                name = self.property_name()
                value = tree.Path(value, name, span=Span(value.span.start, self.previous.span.end))
            elif self.at("[") and not self.closes_range():
                self.skip()
                predicate = self.predicate()
                self.expect("]")
                value = tree.Filter(value, predicate, span=Span(value.span.start, self.previous.span.end))
            elif self.at("("):
                value = self._call(value)
            else:
                return value

    def _call(self, function: Node) -> Node:
        self.skip()
        arguments: list[Node] = []
        names: list[str] = []
        while not self.at(")"):
            named = self.name_length(":") > 0
            if arguments and named != bool(names):
                self.fail("some arguments have a name and some have none", "name all of them, or none")
            if named:
                name, span = self.read_name(":", "a name")
                if name in names:
                    self.fail(f"the argument {name} is there twice", span=span)
                names.append(name)
                self.expect(":")
            arguments.append(self.expression())
            if not self.take(","):
                break
            if self.at(")"):
                self.fail("expected an argument after ,", "take out the comma")
        self.expect(")")
        span = Span(function.span.start, self.previous.span.end)
        return tree.Call(function, tuple(arguments), tuple(names), span=span)


def _whole(parser: Parser, read: Callable[[Parser], _Parsed]) -> _Parsed:
    try:
        node = read(parser)
    except RecursionError:
        raise too_deep() from None
    parser.expect_end()
    _check_height(node)
    return node


def _across(first: Node, last: Node) -> Span:
    return Span(first.span.start, last.span.end)


def _from(first: Span, last: Node) -> Span:
    return Span(first.start, last.span.end)


def _check_height(root: Node) -> None:
    """Refuse a tree too high for what walks it; chains of operators grow it without nesting the text."""
    level: list[Node] = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in tree.children(node)]
        if not level:
            return
    raise too_deep()
