"""What an evaluation saw: the value of every sub-expression that was evaluated, and why nulls are null."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from engine.feel.causes import Cause, collecting
from engine.feel.errors import Span
from engine.feel.limits import MAX_TRACE_NODES
from engine.feel.printer import print_tree
from engine.feel.tree import Node
from engine.feel.unknown import Unknown
from engine.feel.values import text as value_text


@dataclass(frozen=True, slots=True)
class Trace:
    """One evaluation of one sub-expression.

    Attributes:
        text: the sub-expression as it was written.
        span: where it stands in the expression.
        value: what it came to.
        causes: why, where it is null.
        children: the evaluations that it rests on, in order; of a loop those of all rounds. What was not evaluated,
            such as the right side of ``false and …``, is not there.
    """

    text: str
    span: Span
    value: object
    causes: tuple[Cause, ...]
    children: tuple[Trace, ...]

    def lines(self, indent: str = "") -> Iterator[str]:
        """The trace as text, a line for each sub-expression that is not a literal."""
        causes = "".join(f"   ({cause})" for cause in self.causes)
        yield f"{indent}{' '.join(self.text.split())} → {_shown(self.value)}{causes}"
        for child in self.children:
            if child.causes or not (self._holds(child) or child.text == _shown(child.value)):
                yield from child.lines(indent + "  ")

    def _holds(self, child: Trace) -> bool:
        """Whether this is a field of the record `child`, which need not be shown then."""
        if not isinstance(child.value, dict) or not self.text.startswith(f"{child.text}."):
            return False
        return all(child._holds(each) for each in child.children)


def _shown(value: object) -> str:
    """A value as FEEL writes it; of an unknown one the facts that it waits for."""
    if isinstance(value, Unknown):
        return f"unknown ({', '.join(sorted(value.facts))})"
    return value_text([value])[1:-1]


@dataclass(slots=True)
class _Open:
    """A sub-expression that is being evaluated."""

    node: Node
    causes: list[Cause]
    children: list[Trace]


class Recorder:
    """Builds a `Trace` from what traced code reports.

    Args:
        text: the whole expression, if the tree was read from one that is at hand.
    """

    def __init__(self, text: str | None) -> None:
        self._text = text
        self._sink: list[Cause] = []
        self._open: list[_Open] = [_Open(Node(), [], [])]
        self._count = 0

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Collect causes for the length of a block."""
        with collecting(self._sink):
            yield

    def enter(self, node: Node) -> None:
        """A sub-expression begins."""
        self._claim()
        self._open.append(_Open(node, [], []))

    def leave(self, value: object) -> None:
        """The sub-expression that began last has its value."""
        self._claim()
        done = self._open.pop()
        self._count += 1
        if self._count > MAX_TRACE_NODES and not done.children and len(self._open) > 1:
            return
        span = done.node.span
        text = print_tree(done.node) if self._text is None else self._text[span.start : span.end]
        self._open[-1].children.append(Trace(text, span, value, tuple(done.causes), tuple(done.children)))

    def trace(self) -> Trace:
        """The trace of the whole expression, once it is evaluated."""
        return self._open[0].children[0]

    def _claim(self) -> None:
        """What was reported since the last call belongs to the sub-expression that is open."""
        self._open[-1].causes.extend(self._sink)
        self._sink.clear()
