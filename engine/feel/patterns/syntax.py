"""The text of a pattern to a tree, by XML Schema Part 2, appendix F, with XPath's additions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from engine.feel.patterns.characters import Ranges, both_cases, complement, merge, named, subtract

MAX_NESTING: Final = 100  # groups within groups, character classes within classes
MAX_SIZE: Final = 3_000  # sets, anchors and back-references, repetitions written out
MAX_REPEAT: Final = 1_000  # the largest number in {n,m}


class PatternError(Exception):
    """The pattern is not valid; the message says why in a few words."""


@dataclass(frozen=True, slots=True)
class Named:
    """An escape that stands for a set: `name` as in `characters.named`, or everything but that."""

    name: str
    negated: bool = False

    @property
    def ranges(self) -> Ranges:
        """The characters."""
        found = named(self.name) or ()
        return complement(found) if self.negated else found


@dataclass(frozen=True, slots=True)
class Class:
    """A set of characters: one of `items`, or none of them if negated, and none of `minus`."""

    items: tuple[tuple[int, int] | Named, ...]
    negated: bool = False
    minus: Class | None = None

    def ranges(self, *, ignore_case: bool) -> Ranges:
        """The characters; without regard to case, but for what escapes name."""
        plain = merge([item for item in self.items if not isinstance(item, Named)])
        named_ = [each for item in self.items if isinstance(item, Named) for each in item.ranges]
        found = merge([*(both_cases(plain) if ignore_case else plain), *named_])
        if self.negated:
            found = complement(found)
        return subtract(found, self.minus.ranges(ignore_case=ignore_case)) if self.minus else found


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start or the end of the text, or of a line."""

    at: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class BackReference:
    """What the group `group` found, again."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group that keeps what it finds; `number` counts from 1."""

    number: int
    body: Node


@dataclass(frozen=True, slots=True)
class Repeat:
    """`body` from `least` to `most` times, None for any number; as often as possible, or as seldom."""

    body: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first of these that leads to a match."""

    branches: tuple[Node, ...]


Node: TypeAlias = Class | Anchor | BackReference | Group | Repeat | Sequence | Choice

_SINGLE: Final = {"n": "\n", "r": "\r", "t": "\t"} | {each: each for each in "\\|.?*+(){}-[]^$"}
_SETS: Final = frozenset("sSiIcCdDwW")
_SPECIAL: Final = frozenset(".\\?*+{}()|[]^$")


def without_spaces(pattern: str) -> str:
    """`pattern` without white space, but in character classes: what the flag ``x`` means."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for each in pattern:
        if each in "\t\n\r " and not depth:
            continue
        kept.append(each)
        if not escaped:
            depth += (each == "[") - (each == "]" and depth > 0)
        escaped = each == "\\" and not escaped
    return "".join(kept)


class Parser:
    """Reads one pattern; `groups`, `back_references` and `size` tell afterwards what it has."""

    def __init__(self, pattern: str, *, dot_all: bool) -> None:
        self.pattern = pattern
        self.position = 0
        self.depth = 0
        self.groups = 0
        self.size = 0
        self.closed: set[int] = set()
        self.back_references = False
        self.dot = Class(()) if dot_all else Class(((0xA, 0xA),))

    def parse(self) -> Node:
        """The whole pattern.

        Raises:
            PatternError: it is not valid.
        """
        tree = self._choice()
        if self.position < len(self.pattern):
            raise PatternError("a ) without its (")
        self.size = _size(tree)
        if self.size > MAX_SIZE:
            raise PatternError(f"with its repetitions written out it has more than {MAX_SIZE} parts")
        return tree

    def _peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def _next(self) -> str:
        if self.position >= len(self.pattern):
            raise PatternError("it ends too soon")
        self.position += 1
        return self.pattern[self.position - 1]

    def _accept(self, text: str) -> bool:
        if self.pattern.startswith(text, self.position):
            self.position += len(text)
            return True
        return False

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise PatternError("it is nested too deep")

    def _choice(self) -> Node:
        branches = [self._sequence()]
        while self._accept("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, atom: Node) -> Node:
        match self._peek():
            case "?":
                bounds: tuple[int, int | None] = (0, 1)
            case "*":
                bounds = (0, None)
            case "+":
                bounds = (1, None)
            case "{":
                bounds = self._bounds()
            case _:
                return atom
        self.position += 1
        repeated = Repeat(atom, *bounds, greedy=not self._accept("?"))
        if self._peek() and self._peek() in "?*+{":
            raise PatternError("two quantifiers in a row")
        return repeated

    def _bounds(self) -> tuple[int, int | None]:
        """The numbers in braces; stops at the closing brace."""
        self.position += 1
        end = self.pattern.find("}", self.position)
        least, comma, most = self.pattern[self.position : max(end, self.position)].partition(",")
        if not _is_count(least) or (most and not _is_count(most)):
            raise PatternError("a { that is no quantifier")
        self.position = end
        bounds = int(least), (int(most) if most else None) if comma else int(least)
        if bounds[1] is not None and bounds[1] < bounds[0]:
            raise PatternError("a quantifier whose bounds are the wrong way round")
        if max(bounds[0], bounds[1] or 0) > MAX_REPEAT:
            raise PatternError(f"a quantifier above {MAX_REPEAT}")
        return bounds

    def _atom(self) -> Node:
        each = self._next()
        match each:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case ".":
                return Class(self.dot.items, negated=True)
            case "^":
                return Anchor("start")
            case "$":
                return Anchor("end")
        if each in _SPECIAL:
            raise PatternError(f"a {each} that stands for nothing")
        return Class(((ord(each), ord(each)),))

    def _group(self) -> Node:
        self._enter()
        kept = not self._accept("?:")
        if kept:
            self.groups += 1
        number = self.groups
        body = self._choice()
        if not self._accept(")"):
            raise PatternError("a ( without its )")
        self.depth -= 1
        if not kept:
            return body
        self.closed.add(number)
        return Group(number, body)

    def _escape(self) -> Node:
        if not self._peek().isdecimal() or self._peek() == "0":
            item = self._escaped()
            return Class((item,))
        digits = self._next()
        while self._peek().isdecimal() and int(digits + self._peek()) in self.closed:
            digits += self._next()
        if int(digits) not in self.closed:
            raise PatternError(f"\\{digits} refers to no group before it")
        self.back_references = True
        return BackReference(int(digits))

    def _escaped(self) -> tuple[int, int] | Named:
        """What follows a backslash, outside and inside character classes."""
        each = self._next()
        if each in _SINGLE:
            return ord(_SINGLE[each]), ord(_SINGLE[each])
        if each in _SETS:
            return Named(each.lower(), negated=each.isupper())
        if each in "pP" and self._accept("{"):
            end = self.pattern.find("}", self.position)
            name = self.pattern[self.position : max(end, self.position)]
            if (len(name) == 1 and name.islower()) or named(name) is None or len(name) > 64:
                raise PatternError("a category or block that is not known")
            self.position = end + 1
            return Named(name, negated=each == "P")
        raise PatternError(f"\\{each} stands for nothing")

    def _class(self) -> Class:
        """A character class after its opening bracket."""
        self._enter()
        negated = self._accept("^")
        items: list[tuple[int, int] | Named] = []
        minus: Class | None = None
        while minus is None and not (self._peek() == "]" and items):
            if items and self._accept("-["):
                minus = self._class()
            else:
                items.append(self._class_item())
        if not self._accept("]"):
            raise PatternError("a [ without its ]")
        self.depth -= 1
        return Class(tuple(items), negated, minus)

    def _class_item(self) -> tuple[int, int] | Named:
        low = self._class_character()
        if (
            isinstance(low, Named)
            or self._peek() != "-"
            or self.pattern[self.position + 1 :][:1] in {"]", "["}
        ):
            return low
        self.position += 1
        high = self._class_character()
        if isinstance(high, Named) or high[0] < low[0]:
            raise PatternError("a range of characters the wrong way round")
        return low[0], high[1]

    def _class_character(self) -> tuple[int, int] | Named:
        each = self._next()
        if each == "\\":
            return self._escaped()
        if each in "[]":
            raise PatternError(f"a {each} in a character class; write \\{each}")
        return ord(each), ord(each)


def _size(node: Node) -> int:
    """How many parts `node` has with its repetitions written out."""
    match node:
        case Group(_, body):
            return _size(body)
        case Repeat(body, least, most):
            return _size(body) * max(least, most or 0, 1)
        case Sequence(nodes) | Choice(nodes):
            return sum(map(_size, nodes))
    return 1


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 6
