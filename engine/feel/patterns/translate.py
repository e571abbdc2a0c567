"""The tree of a pattern to the notation of RE2."""

from __future__ import annotations

from functools import partial
from typing import Final

from engine.feel.patterns.characters import LAST, Ranges
from engine.feel.patterns.syntax import (
    Anchor,
    BackReference,
    Choice,
    Class,
    Group,
    Named,
    Node,
    Repeat,
    Sequence,
)

_NOTHING: Final = r"[^\x00-\x{10FFFF}]"
_SURROGATES: Final = (0xD800, 0xDFFF)  # RE2 reads UTF-8, which has none

# Sets that RE2 can name, and their complements; without characters that have no category.
_NAMES: Final = {
    "s": (r"\t\n\r ", r"\x00-\x08\x0b\x0c\x0e-\x1f\x21-\x{10FFFF}"),
    "d": (r"\p{Nd}", r"\P{Nd}"),
    "w": (r"\p{L}\p{M}\p{N}\p{S}", r"\p{P}\p{Z}\p{C}"),
}
_UNASSIGNED: Final = frozenset({"C", "Cn"})  # RE2's categories leave out what Unicode has not assigned


def to_re2(node: Node, *, ignore_case: bool, multiline: bool) -> str:
    """`node` in RE2's notation; it must not hold a back-reference."""
    again = partial(to_re2, ignore_case=ignore_case, multiline=multiline)
    match node:
        case Class():
            return _class(node, ignore_case=ignore_case)
        case Anchor(at):
            line = {"start": "(?m:^)", "end": "(?m:$)"}
            return line[at] if multiline else {"start": r"\A", "end": r"\z"}[at]
        case Group(_, body):
            return f"({again(body)})"
        case Repeat(body, least, most, greedy):
            count = f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"
            return f"(?:{again(body)}){count}{'' if greedy else '?'}"
        case Sequence(parts):
            return "".join(f"(?:{again(part)})" for part in parts)
        case Choice(branches):
            return "|".join(f"(?:{again(branch)})" for branch in branches)
        case BackReference():
            raise ValueError("RE2 has no back-references")


def _class(node: Class, *, ignore_case: bool) -> str:
    named = [item for item in node.items if isinstance(item, Named)]
    if node.minus is not None or (ignore_case and named and len(named) < len(node.items)):
        # RE2 subtracts no sets, and would give both cases of what an escape names.
        return f"(?-i:{_of_ranges(node.ranges(ignore_case=ignore_case))})"
    body = "".join(_named(item) if isinstance(item, Named) else _range(*item) for item in node.items)
    if not body:
        return r"[\x00-\x{10FFFF}]" if node.negated else _NOTHING
    text = f"[{'^' if node.negated else ''}{body}]"
    return f"(?-i:{text})" if named else text


def _named(item: Named) -> str:
    if item.name in _NAMES:
        return _NAMES[item.name][item.negated]
    if len(item.name) <= 2 and item.name not in _UNASSIGNED and item.name not in {"i", "c"}:
        return f"\\{'P' if item.negated else 'p'}{{{item.name}}}"
    return "".join(_range(low, high) for low, high in item.ranges)


def _of_ranges(ranges: Ranges) -> str:
    body = "".join(_range(low, high) for low, high in ranges)
    return f"[{body}]" if body else _NOTHING


def _range(low: int, high: int) -> str:
    """A range without its surrogates."""
    if low <= _SURROGATES[0] and high >= _SURROGATES[1]:
        return _range(low, _SURROGATES[0] - 1) + (_range(_SURROGATES[1] + 1, high) if high < LAST + 1 else "")
    return f"\\x{{{low:x}}}-\\x{{{high:x}}}" if low < high else f"\\x{{{low:x}}}"
