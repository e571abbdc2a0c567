"""The errors of the expression language.

    FeelError
    ├── FeelSyntaxError     the text is not FEEL: where, what was expected, a hint
    ├── FeelTypeError       the static check found the text wrong: every problem, each with its place
    ├── FeelValueError      a context holds what is no value of FEEL, such as a float
    └── FeelLimitError      a limit of `engine.feel.limits` was passed

Evaluation raises only `FeelLimitError`: everything else that goes wrong there is null with a cause, as FEEL has
it (`engine.feel.causes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of a text, in code points: `start` included, `end` not."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in an expression.

    Attributes:
        span: where in the text.
        message: what is wrong, one sentence without a full stop.
        hint: how to mend it, or an empty string.
        code: a stable name of the kind of problem, such as ``unknown-name``.
    """

    span: Span
    message: str
    hint: str = ""
    code: str = "syntax"

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class FeelError(Exception):
    """Base of every error of the expression language."""


class FeelSyntaxError(FeelError):
    """The text is not FEEL."""

    def __init__(self, text: str, problem: Problem) -> None:
        super().__init__(str(problem))
        self.text = text
        self.problem = problem


class FeelTypeError(FeelError):
    """The static check found problems."""

    def __init__(self, text: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.text = text
        self.problems = problems


class FeelValueError(FeelError):
    """A caller gave what is no value of FEEL."""


class FeelLimitError(FeelError):
    """An expression or a value passed a limit; `limit` is its name in `engine.feel.limits`."""

    def __init__(self, limit: str, message: str) -> None:
        super().__init__(message)
        self.limit = limit
