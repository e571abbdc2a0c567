"""Expressions that run: a tree becomes one Python function.

The function is built from the tree as Python syntax nodes. Its names are generated and its constants come from a
table, so no text of an author is ever compiled or evaluated. It has three parameters: the facts, the budget (None
where nothing in it loops), and the recorder (None where it is not traced).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias, cast

from engine.feel.budget import CURRENT
from engine.feel.codegen import python as py
from engine.feel.codegen.code import Operand, shape_of
from engine.feel.codegen.emitter import Emitter
from engine.feel.control import Steps
from engine.feel.errors import FeelLimitError
from engine.feel.functions import BUILTINS
from engine.feel.functions.temporal import CLOCK
from engine.feel.parser import parse
from engine.feel.printer import print_tree
from engine.feel.references import free_names
from engine.feel.trace import Recorder, Trace
from engine.feel.tree import Node
from engine.feel.typenames import NO_TYPES
from engine.feel.types import ANY, Type
from engine.feel.unknown import Unknown

Judged: TypeAlias = tuple[tuple[Any, ...], tuple[tuple[object, ...], ...], tuple[object, ...]]
"""What a program gives: for each demand its answer, for each what it saw, and the values of the outputs."""

_PARAMETERS: Final = ("facts", "budget", "recorder")
_Run: TypeAlias = Callable[[Mapping[str, object], Steps | None, Recorder | None], Any]


class _Function:
    """A generated function and what it needs to run.

    Attributes:
        run: the function itself.
        needs_budget: whether it asks for a budget; one that does not may be called with None in its place.
    """

    __slots__ = ("needs_budget", "run")

    def __init__(self, run: _Run, *, needs_budget: bool) -> None:
        self.run = run
        self.needs_budget = needs_budget

    def __call__(self, facts: Mapping[str, object], recorder: Recorder | None = None) -> Any:
        try:
            if not self.needs_budget:
                return self.run(facts, None, recorder)
            around = CURRENT.get()
            if isinstance(around, Steps):  # in a cell of a table, whose steps count where the table is asked
                return self.run(facts, around, recorder)
            steps = Steps()
            token = CURRENT.set(steps)
            try:
                return self.run(facts, steps, recorder)
            finally:
                CURRENT.reset(token)
        except RecursionError:
            raise _too_deep() from None


def _too_deep() -> FeelLimitError:
    return FeelLimitError("MAX_DEPTH", "a value or a call is nested too deep")


class Expression:
    """A compiled expression; call it with a context. It keeps nothing between calls and may be shared by threads.

    Attributes:
        text: the expression as it was written; in the canonical way if it was given as a tree.
        node: its tree.
    """

    def __init__(self, node: Node, text: str | None, names: Iterable[str]) -> None:
        self.node = node
        self.text = print_tree(node) if text is None else text
        self._written = text
        self._names = frozenset(names)
        self._function = _build_expression(node, self._names, traced=False)
        self._traced: _Function | None = None

    @property
    def needs_budget(self) -> bool:
        """Whether it may loop, so that its steps are counted."""
        return self._function.needs_budget

    def __call__(
        self, context: Mapping[str, object] = MappingProxyType({}), now: datetime | None = None
    ) -> object:
        """The value of the expression.

        Args:
            context: a value of FEEL for each name (numbers as Decimal).
            now: the moment that ``now()`` and ``today()`` give; without it they are null.

        Raises:
            FeelLimitError: a limit was passed.
        """
        if now is None:
            return self._function(context)
        with _at(now):
            return self._function(context)

    def trace(
        self, context: Mapping[str, object] = MappingProxyType({}), now: datetime | None = None
    ) -> Trace:
        """Evaluate, and tell the value of every sub-expression that was evaluated. Arguments as for a call."""
        if self._traced is None:
            self._traced = _build_expression(self.node, self._names, traced=True)
        recorder = Recorder(self._written)
        with recorder.collecting(), _at(now):
            self._traced(context, recorder)
        return recorder.trace()


class Demand(NamedTuple):
    """Something that is to hold.

    Attributes:
        holds: the expression of it.
        applies: the expression of whether it is asked for, or None where it always is.
        sees: what is to be seen beside the answer.
    """

    holds: Node
    applies: Node | None = None
    sees: tuple[Node, ...] = ()


class Answers(NamedTuple):
    """What stands for the answers to a demand: it holds, it does not, that is open, it is not asked for."""

    holds: object = True
    fails: object = False
    open: object = None
    skipped: object = None


class Program:
    """A compiled ruleset: one function that gives the values of all outputs, and the answers to its demands.

    It keeps nothing between calls and may be shared by threads.

    Attributes:
        inputs: the names of the facts that it reads.
        outputs: the names of the values that `run` gives, in their order.
    """

    def __init__(
        self,
        inputs: Sequence[str],
        definitions: Mapping[str, Node],
        outputs: Mapping[str, Node],
        types: Mapping[str, Type],
        demands: Sequence[Demand] = (),
        answers: Answers = Answers(),  # noqa: B008 - immutable
    ) -> None:
        self.outputs = tuple(outputs)
        self._function, self.inputs = _build_program(inputs, definitions, outputs, types, demands, answers)
        self._light = not self._function.needs_budget  # and so called without a frame in between

    def run(self, facts: Mapping[str, object]) -> tuple[object, ...]:
        """The values of the outputs, in order.

        Args:
            facts: a value of FEEL for each input; one that is left out is `Unknown`.

        Raises:
            FeelLimitError: a limit was passed.
        """
        return self.judge(facts)[2]

    def judge(self, facts: Mapping[str, object]) -> Judged:
        """For each demand its answer, for each what it saw, and the values of the outputs; else as `run`."""
        try:
            found: Judged = self._function.run(facts, None, None) if self._light else self._function(facts)
            return found
        except RecursionError:
            raise _too_deep() from None
        except KeyError:
            return self.judge(
                {name: facts[name] if name in facts else Unknown.fact(name) for name in self.inputs}
            )


@contextmanager
def _at(now: datetime | None) -> Iterator[None]:
    """Let the clock stand at `now` for the length of a block."""
    token = CLOCK.set(now)
    try:
        yield
    finally:
        CLOCK.reset(token)


def compile(  # noqa: A001 - the word that people know for it
    expression: str | Node, *, names: Iterable[str] = (), types: Mapping[str, Type] = NO_TYPES
) -> Expression:
    """Compile an expression to a function.

    Args:
        expression: its text or its tree.
        names: the names in the contexts to come, as for `parse`.
        types: declared types by their names, as for `parse`.

    Raises:
        FeelSyntaxError: the text is not FEEL.
        FeelLimitError: it is too long or too deep.
    """
    names = tuple(names)
    if isinstance(expression, Node):
        return Expression(expression, None, names)
    return Expression(parse(expression, names=names, types=types), expression, names)


def compile_program(
    inputs: Sequence[str],
    definitions: Mapping[str, Node],
    outputs: Mapping[str, Node],
    *,
    types: Mapping[str, Type] = NO_TYPES,
    demands: Sequence[Demand] = (),
    answers: Answers = Answers(),  # noqa: B008 - immutable
) -> Program:
    """Compile a whole ruleset to one function.

    Args:
        inputs: the names of all facts.
        definitions: expressions that inputs and definitions before them may occur in; each is evaluated once.
        outputs: the expressions whose values are wanted.
        types: the declared types of inputs, if they are known: a value of its declared type is handled fastest.
        demands: what is asked besides; an expression that is an output too is evaluated once.
        answers: what `Program.judge` gives for each.

    Raises:
        ValueError: a definition reads itself or one that does not stand before it.
    """
    return Program(inputs, definitions, outputs, types, demands, answers)


def _build_expression(node: Node, names: frozenset[str], *, traced: bool) -> _Function:
    read: dict[str, Operand] = {}

    def outermost(name: str) -> Operand:
        if name not in names and name in BUILTINS:
            return emitter.constant(BUILTINS[name])
        if traced:
            return _read_traced(emitter, name)
        if name not in read:
            read[name] = Operand(emitter.code.fresh())
        return read[name]

    emitter = Emitter(names, outermost, traced=traced)
    with emitter.code.into([]) as body:
        found = emitter.emit(node)
        emitter.code.add(py.give(found.load()))
    start = [
        py.assign(operand.name, py.method(py.load("facts"), "get", emitter.code.text(name)))
        for name, operand in read.items()
    ]
    return _finish(emitter, [*start, *body])


def _read_traced(emitter: Emitter, name: str) -> Operand:
    """A name of the context, with a cause where the context has none of the name."""
    key = emitter.code.text(name)
    there = py.compare(key, "in", py.load("facts"))
    absent = emitter.report("unknown-name", name=name)
    return emitter.result(py.choose(there, py.item(py.load("facts"), key), absent))


def _build_program(
    inputs: Sequence[str],
    definitions: Mapping[str, Node],
    outputs: Mapping[str, Node],
    types: Mapping[str, Type],
    demands: Sequence[Demand],
    answers: Answers,
) -> tuple[_Function, tuple[str, ...]]:
    declared = frozenset(inputs)
    read: dict[str, Operand] = {}
    defined: dict[str, Operand] = {}

    def outermost(name: str) -> Operand:
        if name in defined:
            return defined[name]
        if name not in declared:
            return emitter.constant(BUILTINS.get(name))
        if name not in read:
            type_ = types.get(name, ANY)
            read[name] = Operand(emitter.code.fresh(), shape_of(type_), False, type_)
        return read[name]

    emitter = Emitter({*inputs, *definitions}, outermost, traced=False)
    with emitter.code.into([]) as body:
        waiting = set(definitions)
        for name, node in definitions.items():
            if early := free_names(node) & waiting:
                raise ValueError(f"the definition {name} reads {min(early)}, which does not stand before it")
            defined[name] = emitter.emit(node)
            waiting.remove(name)
        found = [emitter.emit(node).load() for node in outputs.values()]
        answered = [emitter.answer(each.holds, each.applies, answers) for each in demands]
        seen = [py.together([emitter.emit(node).load() for node in each.sees]) for each in demands]
        emitter.code.add(py.give(py.together(list(map(py.together, (answered, seen, found))))))
    return _finish(emitter, [*_read_all(emitter, read), *body]), tuple(read)


def _read_all(emitter: Emitter, read: Mapping[str, Operand]) -> py.Body:
    """Read all inputs at once."""
    if not read:
        return []
    getter = py.call(emitter.code.keep(itemgetter(*read)), py.load("facts"))
    names = [operand.name for operand in read.values()]
    return [py.assign(names[0], getter) if len(names) == 1 else py.unpack(names, getter)]


def _finish(emitter: Emitter, body: py.Body) -> _Function:
    emitter.drop_optional()
    run = cast("_Run", emitter.code.compile(body, _PARAMETERS))
    return _Function(run, needs_budget=emitter.needs_budget)
