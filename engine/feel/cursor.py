"""A place in the tokens of a text: looking, taking, and saying what was expected."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from engine.feel import hints
from engine.feel.errors import FeelLimitError, FeelSyntaxError, Problem, Span
from engine.feel.lexer import Token, tokenize
from engine.feel.limits import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME_SYMBOLS = frozenset((".", "/", "-", "'", "+", "*"))


class Cursor:
    """The tokens of a text and a position among them.

    Attributes:
        text: the text itself.
        tokens: all its tokens, ``end`` last.
        position: the index of the token that is next.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.position = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The token that is next."""
        return self.tokens[self.position]

    @property
    def previous(self) -> Token:
        """The token last taken; only after one was."""
        return self.tokens[self.position - 1]

    def peek(self, ahead: int = 1) -> Token:
        """The token `ahead` places after the next one; ``end`` past the last."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def skip(self, count: int = 1) -> None:
        """Go on by `count` tokens."""
        self.position += count

    def at(self, text: str) -> bool:
        """Whether the next token is the symbol or word `text`."""
        token = self.tokens[self.position]
        return token.text == text and token.kind in ("symbol", "word")

    def take(self, text: str) -> bool:
        """Go past the symbol or word `text` if it is next."""
        if not self.at(text):
            return False
        self.position += 1
        return True

    def expect(self, text: str, hint: str = "") -> Token:
        """Go past the symbol or word `text`.

        Raises:
            FeelSyntaxError: something else is next.
        """
        if not self.at(text):
            self.fail(
                f"expected {text}, found {hints.found(self.token)}",
                hint or hints.for_leftover(self.tokens, self.position),
            )
        self.position += 1
        return self.previous

    def expect_word(self, what: str) -> Token:
        """Go past a word, whichever.

        Raises:
            FeelSyntaxError: something else is next.
        """
        if self.token.kind != "word":
            self.fail(f"expected {what}, found {hints.found(self.token)}")
        self.position += 1
        return self.previous

    def expect_end(self) -> None:
        """Make sure that nothing is left.

        Raises:
            FeelSyntaxError: something is.
        """
        if self.token.kind != "end":
            self.fail(
                f"expected an operator or the end, found {hints.found(self.token)}",
                hints.for_leftover(self.tokens, self.position),
            )

    def read_name(self, closer: str, expected: str) -> tuple[str, Span]:
        """Go past all words and symbols of a name, up to `closer`, which stays next.

        Raises:
            FeelSyntaxError: `closer` does not follow a name.
        """
        count = self.name_length(closer)
        if count == 0:
            self.fail(f"expected {expected}, found {hints.found(self.token)}")
        span = Span(self.token.span.start, self.tokens[self.position + count - 1].span.end)
        self.position += count
        return " ".join(self.text[span.start : span.end].split()), span

    def name_length(self, closer: str) -> int:
        """How many tokens from here are a name before `closer`; 0 if they are none."""
        index = self.position
        if self.tokens[index].kind != "word":
            return 0
        while True:
            token = self.tokens[index]
            if token.text == closer and token.kind in ("symbol", "word") and index > self.position:
                return index - self.position
            if (
                token.kind not in ("word", "number") or token.text == "?"
            ) and token.text not in _NAME_SYMBOLS:
                return 0
            index += 1

    def close_angle(self) -> None:
        """Go past the ``>`` that ends the parts of a type, also where ``>=`` was read."""
        if self.at(">="):
            start = self.token.span.start
            self.tokens[self.position : self.position + 1] = [
                Token("symbol", ">", Span(start, start + 1)),
                Token("symbol", "=", Span(start + 1, start + 2)),
            ]
        self.expect(">")

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count one construct inside another.

        Raises:
            FeelLimitError: there are more than `MAX_DEPTH`.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep()
        yield
        self._depth -= 1

    def fail(self, message: str, hint: str = "", span: Span | None = None, code: str = "syntax") -> NoReturn:
        """Raise the error that the text is not FEEL, at the next token if no span is given."""
        if span is None:
            span = self.token.span
            if span.start == span.end and self.position:  # the end has no width: show what stands before it
                span = Span(max(self.previous.span.end - 1, 0), self.previous.span.end)
        raise FeelSyntaxError(self.text, Problem(span, message, hint, code))


def too_deep() -> FeelLimitError:
    """The error for an expression with too many constructs inside one another."""
    return FeelLimitError(
        "MAX_DEPTH",
        f"the expression has more than {MAX_DEPTH} constructs inside one another; "
        "give parts of it names of their own, or write a long sum as sum([…])",
    )
