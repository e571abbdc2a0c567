"""Patterns ready to use: what they find in a text, and what takes the place of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import re2

from engine.feel import limits
from engine.feel.budget import current_budget
from engine.feel.errors import FeelLimitError
from engine.feel.patterns.backtrack import Machine
from engine.feel.patterns.syntax import Parser, PatternError, without_spaces
from engine.feel.patterns.translate import to_re2

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEPS_A_PART: Final = 50  # building an engine is work, and a loop may come with ever other patterns
_FLAGS: Final = frozenset("smix")
_MAX_MEMORY: Final = 16 << 20  # bytes that RE2 may use for one pattern

_REPLACEMENT: Final = re.compile(r"[^\\$]+|\\[\\$]|\$\d+", re.ASCII)


class Match(NamedTuple):
    """A part of a text that a pattern has found.

    Attributes:
        start, end: its bounds.
        groups: what each group found, an empty string where it found nothing.
    """

    start: int
    end: int
    groups: tuple[str, ...]


class Pattern:
    """A compiled pattern; `groups` is how many groups it has."""

    def __init__(self, pattern: str, flags: str) -> None:
        if "x" in flags:
            pattern = without_spaces(pattern)
        parser = Parser(pattern, dot_all="s" in flags)
        tree = parser.parse()
        current_budget().spend(parser.size * _STEPS_A_PART)
        self.groups = parser.groups
        self._machine: Machine | None = None
        if parser.back_references:
            self._machine = Machine(tree, parser.groups, ignore_case="i" in flags, multiline="m" in flags)
            return
        options = re2.Options()
        options.case_sensitive = "i" not in flags
        options.log_errors = False
        options.max_mem = _MAX_MEMORY
        try:
            self._compiled = re2.compile(
                to_re2(tree, ignore_case="i" in flags, multiline="m" in flags), options
            )
        except re2.error:
            raise PatternError("it is too large") from None

    def matches(self, text: str) -> bool:
        """Whether the pattern is found anywhere in `text`."""
        if self._machine is None:
            return self._compiled.search(_readable(text)) is not None
        return self._machine.find(text, 0, current_budget()) is not None

    def finds(self, text: str) -> Iterator[Match]:
        """Every match in `text`, from left to right and apart; the pattern must not match the empty text."""
        if self._machine is None:
            for found in self._compiled.finditer(_readable(text)):
                yield Match(found.start(), found.end(), tuple(group or "" for group in found.groups()))
            return
        budget = current_budget()
        start = 0
        while (marks := self._machine.find(text, start, budget)) is not None:
            bounds = zip(marks[2 : 2 * self.groups + 2 : 2], marks[3 : 2 * self.groups + 2 : 2], strict=True)
            groups = tuple(text[first:last] if last >= 0 else "" for first, last in bounds)
            yield Match(marks[0], marks[1], groups)
            start = marks[1]


def _readable(text: str) -> str:
    """`text` for RE2, which reads UTF-8: a surrogate by itself, which that cannot write, becomes U+FFFD."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """The pattern with the flags of XPath: ``s``, ``m``, ``i`` and ``x``, in any order.

    Raises:
        PatternError: the pattern or a flag is not valid.
        FeelLimitError: the pattern is longer than `MAX_PATTERN_LENGTH`.
    """
    if len(pattern) > limits.MAX_PATTERN_LENGTH:
        raise FeelLimitError(
            "MAX_PATTERN_LENGTH",
            f"a regular expression of {len(pattern):,} characters; {limits.MAX_PATTERN_LENGTH:,} are allowed",
        )
    if not _FLAGS.issuperset(flags):
        raise PatternError("a flag other than s, m, i, x")
    return Pattern(pattern, flags)


def expand(replacement: str, groups: int) -> tuple[str | int, ...]:
    """The pieces of a replacement: text, and the numbers of groups (0 is the whole match).

    Raises:
        PatternError: a ``$`` without a number, or a backslash that escapes neither itself nor a ``$``.
    """
    pieces: list[str | int] = []
    position = 0
    while position < len(replacement):
        found = _REPLACEMENT.match(replacement, position)
        if found is None:
            raise PatternError("a $ or \\ in the replacement; write \\$ or \\\\")
        position = found.end()
        token = found.group()
        if token[0] == "\\":
            pieces.append(token[1])
        elif token[0] != "$":
            pieces.append(token)
        else:
            digits = token[1:]
            while (
                len(digits) > 1 and int(digits[:9]) > groups
            ):  # as many digits as make the number of a group
                digits = digits[:-1]
            pieces.extend((int(digits), token[1 + len(digits) :]))
    return tuple(pieces)
