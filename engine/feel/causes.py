"""Why a value is null.

FEEL makes null of everything that goes wrong. Code that does so returns ``null(code, …)``; while an
evaluation is traced, `collecting` gathers what was reported, so that a person can be told. Outside a trace
nothing is kept.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from engine.feel import cause_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Language = Literal["en", "vi"]
_Wanted = TypeVar("_Wanted")

_sink: ContextVar[list[Cause] | None] = ContextVar("feel_causes", default=None)


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for a null.

    Attributes:
        code: a stable name, a key of `cause_texts.TEXTS`.
        kinds: the kinds of the values that were not wanted, never the values: they may be personal.
        args: what else the sentence names, such as an operator or a function.
    """

    code: str
    kinds: tuple[str, ...] = ()
    args: tuple[tuple[str, str], ...] = ()

    def text(self, language: Language = "en") -> str:
        """The reason as one sentence, without a full stop."""
        names = cause_texts.KINDS[language]
        kinds = [names.get(kind, kind) for kind in self.kinds]
        return cause_texts.TEXTS[self.code][language].format(
            *kinds, given=", ".join(kinds), **dict(self.args)
        )

    def __str__(self) -> str:
        return self.text()


def null(code: str, *values: object, **args: object) -> _Wanted | None:
    """Return null, whatever value was wanted, and report why if an evaluation is being traced.

    Args:
        code: a key of `cause_texts.TEXTS`.
        values: the values in question; only their kinds are kept.
        args: what else the sentence names.
    """
    sink = _sink.get()
    if sink is not None:
        from engine.feel.values import kind  # values knows causes

        sink.append(
            Cause(
                code,
                tuple(kind(value) for value in values),
                tuple((name, str(arg)) for name, arg in args.items()),
            )
        )
    return None


def are_wanted() -> bool:
    """Whether somebody collects causes just now."""
    return _sink.get() is not None


@contextmanager
def collecting(sink: list[Cause]) -> Iterator[None]:
    """Append every cause reported in the block, in this thread or task, to `sink`."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)


def sentences(causes: Sequence[Cause], language: Language = "en") -> tuple[str, ...]:
    """The texts of `causes`, each once, in order."""
    return tuple(dict.fromkeys(cause.text(language) for cause in causes))
