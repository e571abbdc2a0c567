"""A small backtracking machine, for the patterns that RE2 cannot run: those with back-references.

A pattern becomes a list of instructions; running it keeps its own stack of places to go back to, and counts
its steps, so that no pattern can hang or exhaust the stack of Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from engine.feel.budget import Budget
from engine.feel.patterns.characters import Ranges, contains
from engine.feel.patterns.syntax import (
    Anchor,
    BackReference,
    Choice,
    Class,
    Group,
    Node,
    Repeat,
    Sequence,
)

_SLOTS_A_STEP: Final = 16  # copying many marks is work too, and they are kept while one may come back to them

Marks: TypeAlias = tuple[int, ...]  # where each group begins and ends, -1 where it has found nothing


@dataclass(frozen=True, slots=True)
class _Read:
    """Read one character of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class _Recall:
    """Read again what a group found."""

    group: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """Note the position in a slot."""

    slot: int


@dataclass(frozen=True, slots=True)
class _Moved:
    """Go on if the position is not that of a slot; otherwise to `after`: a turn that takes nothing ends its loop."""

    slot: int
    after: int


@dataclass(slots=True)
class _Jump:
    """Go to `first`, and to `second` if that leads nowhere."""

    first: int
    second: int | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """The whole pattern has matched."""


_Instruction: TypeAlias = _Read | _Recall | _Mark | _Moved | _Jump | Anchor | _Done


class Machine:
    """A pattern ready to run."""

    def __init__(self, tree: Node, groups: int, *, ignore_case: bool, multiline: bool) -> None:
        self.ignore_case = ignore_case
        self.multiline = multiline
        self._slots = 2 * (groups + 1)
        self._code: list[_Instruction] = []
        self._emit(tree)
        self._add(_Done())

    def find(self, text: str, start: int, budget: Budget) -> Marks | None:
        """The first match at or after `start`: the bounds of the whole, then of each group."""
        for position in range(start, len(text) + 1):
            if marks := self._run(text, position, budget):
                return marks
        return None

    def _add(self, instruction: _Instruction) -> int:
        self._code.append(instruction)
        return len(self._code) - 1

    def _emit(self, node: Node) -> None:
        match node:
            case Class():
                self._add(_Read(node.ranges(ignore_case=self.ignore_case)))
            case Anchor():
                self._add(node)
            case BackReference(group):
                self._add(_Recall(group))
            case Group(number, body):
                self._add(_Mark(2 * number))
                self._emit(body)
                self._add(_Mark(2 * number + 1))
            case Sequence(parts):
                for part in parts:
                    self._emit(part)
            case Choice(branches):
                self._emit_choice(branches)
            case Repeat():
                self._emit_repeat(node)

    def _emit_choice(self, branches: tuple[Node, ...]) -> None:
        ends: list[_Jump] = []
        for branch in branches[:-1]:
            fork = _Jump(len(self._code) + 1)
            self._add(fork)
            self._emit(branch)
            ends.append(_Jump(0))
            fork.second = self._add(ends[-1]) + 1
        self._emit(branches[-1])
        for end in ends:
            end.first = len(self._code)

    def _emit_repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self._emit(node.body)
        if node.most is None:
            slot = self._slots
            self._slots += 1
            fork = _Jump(0)
            top = self._add(fork)
            self._add(_Mark(slot))
            self._emit(node.body)
            self._add(_Moved(slot, after=len(self._code) + 2))
            self._add(_Jump(top))
            self._aim(fork, top + 1, len(self._code), greedy=node.greedy)
            return
        forks: list[tuple[_Jump, int]] = []
        for _ in range(node.most - node.least):
            fork = _Jump(0)
            forks.append((fork, self._add(fork) + 1))
            self._emit(node.body)
        for fork, inside in forks:
            self._aim(fork, inside, len(self._code), greedy=node.greedy)

    @staticmethod
    def _aim(fork: _Jump, inside: int, after: int, *, greedy: bool) -> None:
        fork.first, fork.second = (inside, after) if greedy else (after, inside)

    def _run(self, text: str, start: int, budget: Budget) -> Marks | None:
        blank = (-1,) * self._slots
        stack: list[tuple[int, int, Marks]] = [(0, start, blank)]
        while stack:
            at, position, marks = stack.pop()
            while True:
                budget.spend()
                instruction = self._code[at]
                at += 1
                match instruction:
                    case _Done():
                        return (start, position, *marks[2:])
                    case _Jump(first, second):
                        if second is not None:
                            stack.append((second, position, marks))
                        at = first
                        continue
                    case _Mark(slot):
                        budget.spend(len(marks) // _SLOTS_A_STEP)
                        marks = (*marks[:slot], position, *marks[slot + 1 :])
                        continue
                    case _Moved(slot, after):
                        at = after if marks[slot] == position else at
                        continue
                    case Anchor() if self._anchored(instruction, text, position):
                        continue
                    case _Read(ranges) if position < len(text) and contains(ranges, ord(text[position])):
                        position += 1
                        continue
                    case _Recall(group):
                        found = (
                            text[marks[2 * group] : marks[2 * group + 1]] if marks[2 * group + 1] >= 0 else ""
                        )
                        if self._same(found, text[position : position + len(found)]):
                            position += len(found)
                            continue
                break
        return None

    def _anchored(self, anchor: Anchor, text: str, position: int) -> bool:
        if anchor.at == "start":
            return position == 0 or (self.multiline and text[position - 1] == "\n")
        return position == len(text) or (self.multiline and text[position] == "\n")

    def _same(self, one: str, other: str) -> bool:
        return one == other or (self.ignore_case and one.lower() == other.lower())
