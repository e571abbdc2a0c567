"""The parts of the grammar that begin with a token of their own: literals, brackets, and what a keyword opens."""

from __future__ import annotations

from dataclasses import replace
from decimal import Overflow
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, Never, cast

from engine.feel import hints, tree
from engine.feel.cursor import Cursor, too_deep
from engine.feel.errors import Span
from engine.feel.lexer import unquote
from engine.feel.limits import MAX_DEPTH
from engine.feel.names import Names
from engine.feel.typenames import TypeReader
from engine.feel.values import CONTEXT
from engine.feel.vocabulary import PROPERTY_NAMES, function_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.feel.lexer import Token
    from engine.feel.tree import Node
    from engine.feel.types import Type

_KEYWORDS: Final = frozenset(
    (
        "and",
        "or",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "function",
    )
)
_PROPERTIES: Final = Names(PROPERTY_NAMES)
_BEGINS_VALUE: Final = frozenset(("(", "[", "{", "-", "@"))


@cache
def _functions() -> Names:
    """The names of the built-in functions, those of several words among them."""
    return Names(function_names())


class Boxed(Cursor):
    """Reads everything but operators; `Parser` adds those.

    Args:
        text: the text to read.
        names: the names in scope.
        types: declared types by their names.
    """

    def __init__(self, text: str, names: Iterable[str], types: Mapping[str, Type]) -> None:
        super().__init__(text)
        names = tuple(names)
        self._declared = frozenset(names)
        self.names = Names(names, _functions())
        self._properties = Names(names, _PROPERTIES)
        self._types = TypeReader(types)
        self._filters = 0

    def expression(self) -> Node:
        """Read an expression."""
        raise NotImplementedError

    def read_type(self) -> Type:
        """Read a type."""
        return self._types.read(self)

    def property_name(self) -> str:
        """Read what follows the dot of a path: the longest name known anywhere, else one word."""
        if self.token.kind != "word":
            self.fail(f"expected a name after ., found {hints.found(self.token)}")
        match = self._properties.match(self.tokens, self.position)
        if match is None:
            self.skip()
            return self.previous.text
        name, count = match
        self.skip(count)
        return name

    def predicate(self) -> Node:
        """Read what stands in the brackets of a filter; the names of the items' fields are in scope there."""
        self._filters += 1
        node = self.expression()
        self._filters -= 1
        return node

    def primary(self) -> Node:
        """Read a value that no operator stands in."""
        token = self.token
        match token.kind:
            case "number":
                return self._number()
            case "string":
                self.skip()
                return tree.Text(unquote(self.text, token), span=token.span)
            case "word":
                return self._word(token)
        match token.text:
            case "(":
                return self._parenthesis(token)
            case "[":
                return self._bracket(token)
            case "]":
                self.skip()
                return self.range_from(self.expression(), token.span, closed=False)
            case "{":
                return self._context(token)
            case "@":
                return self._at_literal(token)
        return self._no_value()

    def _no_value(self) -> Never:
        hint = hints.for_missing_value(self.tokens, self.position)
        place = f" after {self.previous.text}" if self.position else ""
        self.fail(f"expected a value{place}, found {hints.found(self.token)}", hint)

    def _number(self) -> Node:
        token = self.token
        following = self.peek()
        if following.kind == "word" and following.span.start == token.span.end:
            span = Span(token.span.start, following.span.end)
            whole = self.text[span.start : span.end]
            separator = following.text.startswith("_")
            hint = "write digits without separators" if separator else "a name begins with a letter or _"
            self.fail(f"{whole} is neither a number nor a name", hint, span)
        self.skip()
        digits = token.text.removesuffix("%")
        try:
            value = CONTEXT.create_decimal(digits)
            if digits != token.text:
                value = CONTEXT.scaleb(value, -2)
        except Overflow:
            self.fail(
                f"{token.text} is larger than any number of FEEL", "the largest is about 1e6145", token.span
            )
        return tree.Number(value, span=token.span)

    def _at_literal(self, at: Token) -> Node:
        self.skip()
        if self.token.kind != "string":
            self.fail(f"expected a string after @, found {hints.found(self.token)}", 'write @"2024-12-31"')
        self.skip()
        span = Span(at.span.start, self.previous.span.end)
        return tree.AtLiteral(unquote(self.text, self.previous), span=span)

    def _word(self, token: Token) -> Node:
        match = self._longest_name()
        if match is not None:
            name, count = match
            self.skip(count)
            return tree.Name(name, span=Span(token.span.start, self.previous.span.end))
        if token.text in _KEYWORDS:
            return self._keyword(token)
        self.skip()
        match token.text:
            case "true" | "false":
                return tree.Boolean(token.text == "true", span=token.span)
            case "null":
                return tree.Null(span=token.span)
        return tree.Name(token.text, span=token.span)

    def _longest_name(self) -> tuple[str, int] | None:
        """A name of several words from here; a built-in one gives way to a declared first word unless it is called."""
        match = self.names.match(self.tokens, self.position)
        if self._filters:
            field = self._properties.match(self.tokens, self.position)
            if field is not None and (match is None or field[1] > match[1]):
                return field
        if match is None:
            return None
        name, count = match
        if name in self._declared or self.token.text not in self._declared or self.peek(count).text == "(":
            return match
        return None

    def _keyword(self, token: Token) -> Node:
        match token.text:
            case "if":
                return self._if(token)
            case "for":
                return self._for(token)
            case "some" | "every":
                return self._quantified(token)
            case "function":
                return self._function(token)
        return self._no_value()

    def _parenthesis(self, opening: Token) -> Node:
        self.skip()
        inner = self.expression()
        if self.at(".."):
            return self.range_from(inner, opening.span, closed=False)
        self.expect(")")
        return self.widened(inner, opening.span)

    def widened(self, inner: Node, opening: Span) -> Node:
        """A node in parentheses, its place now with them."""
        return replace(inner, span=Span(opening.start, self.previous.span.end))

    def _bracket(self, opening: Token) -> Node:
        self.skip()
        items: list[Node] = []
        while not self.at("]"):
            items.append(self.expression())
            if len(items) == 1 and self.at(".."):
                return self.range_from(items[0], opening.span, closed=True)
            if not self.take(","):
                break
            if self.at("]"):
                self.fail("expected a value after ,", "take out the comma")
        self.expect("]")
        return tree.ListLiteral(tuple(items), span=Span(opening.span.start, self.previous.span.end))

    def range_from(self, low: Node, opening: Span, *, closed: bool) -> Node:
        """Read the rest of a range after its low end: the dots, the high end, the bracket that closes it."""
        self.expect("..", "a range is written [1..5]")
        high = self.expression()
        closer = self.token
        if closer.text not in (")", "]", "[") or closer.kind != "symbol":
            self.fail(f"expected ) or ] to close the range, found {hints.found(closer)}")
        self.skip()
        return tree.RangeLiteral(
            low, high, closed, closer.text == "]", span=Span(opening.start, closer.span.end)
        )

    def closes_range(self) -> bool:
        """Whether the ``[`` that is next closes a range (``]1..5[``): nothing follows that a filter could be."""
        after = self.peek()
        if after.kind == "word":
            return after.text in (
                "and",
                "or",
                "then",
                "else",
                "in",
                "between",
                "return",
                "satisfies",
                "instance",
            )
        return after.kind == "end" or (after.kind == "symbol" and after.text not in _BEGINS_VALUE)

    def _context(self, opening: Token) -> Node:
        self.skip()
        entries: dict[str, Node] = {}
        with self.names.scope():
            while not self.at("}"):
                entry = self._entry()
                if entry.name in entries:
                    self.fail(f"the context has {entry.name} twice", span=entry.span)
                entries[entry.name] = entry
                self.names.declare(entry.name)
                self._properties.declare(entry.name)
                if not self.take(","):
                    break
                if self.at("}"):
                    self.fail("expected a name after ,", "take out the comma")
            self.expect("}")
        span = Span(opening.span.start, self.previous.span.end)
        return tree.ContextLiteral(cast("tuple[tree.Entry, ...]", tuple(entries.values())), span=span)

    def _entry(self) -> tree.Entry:
        start = self.token.span.start
        if self.token.kind == "string":
            name = unquote(self.text, self.token)
            self.skip()
        else:
            name, _ = self.read_name(":", "a name and a colon")
        self.expect(":", "an entry of a context is written name: value")
        value = self.expression()
        return tree.Entry(name, value, span=Span(start, value.span.end))

    def _if(self, keyword: Token) -> Node:
        self.skip()
        condition = self.expression()
        self.expect("then", "write if … then … else …")
        consequence = self.expression()
        self.expect("else", "FEEL's if always has an else; null says that there is nothing")
        alternative = self.expression()
        span = Span(keyword.span.start, alternative.span.end)
        return tree.If(condition, consequence, alternative, span=span)

    def _for(self, keyword: Token) -> Node:
        self.skip()
        with self.names.scope():
            iterators = self._iterators()
            self.expect("return", "write for x in list return …")
            body = self.expression()
        return tree.For(iterators, body, span=Span(keyword.span.start, body.span.end))

    def _quantified(self, keyword: Token) -> Node:
        self.skip()
        with self.names.scope():
            iterators = self._iterators()
            self.expect("satisfies", f"write {keyword.text} x in list satisfies …")
            condition = self.expression()
        kind = cast("Literal['some', 'every']", keyword.text)
        return tree.Quantified(kind, iterators, condition, span=Span(keyword.span.start, condition.span.end))

    def _iterators(self) -> tuple[tree.Iterator, ...]:
        iterators: list[tree.Iterator] = []
        while True:
            name, span = self.read_name("in", "a name and in")
            self.expect("in")
            source = self.expression()
            if self.take(".."):
                high = self.expression()
                source = tree.Series(source, high, span=Span(source.span.start, high.span.end))
            iterators.append(tree.Iterator(name, source, span=Span(span.start, source.span.end)))
            self.names.declare(name)
            if not self.take(","):
                return tuple(iterators)
            if len(iterators) == MAX_DEPTH:
                raise too_deep()

    def _function(self, keyword: Token) -> Node:
        self.skip()
        self.expect("(", "a function is written function(a, b) a + b")
        parameters: list[tree.Parameter] = []
        while not self.at(")"):
            parameters.append(self._parameter())
            if not self.take(","):
                break
        self.expect(")")
        external = self.at("external")
        if external:
            self.skip()
        names = [parameter.name for parameter in parameters]
        if len(set(names)) < len(names):
            self.fail(
                "two parameters have one name", span=Span(parameters[0].span.start, parameters[-1].span.end)
            )
        with self.names.scope(names):
            body = self.expression()
        span = Span(keyword.span.start, body.span.end)
        return tree.FunctionLiteral(tuple(parameters), body, external, span=span)

    def _parameter(self) -> tree.Parameter:
        closer = next((end for end in (":", ",", ")") if self.name_length(end)), ")")
        name, span = self.read_name(closer, "the name of a parameter")
        if not self.take(":"):
            return tree.Parameter(name, span=span)
        type_ = self.read_type()
        return tree.Parameter(name, type_, span=Span(span.start, self.previous.span.end))
