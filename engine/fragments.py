"""The findings of a verdict as bytes, put together from parts that many verdicts share.

What several criteria look at is written once for all of them, and everything around what was seen (the words of the
criteria, the statuses) once for each signature. Of what was seen, numbers, truth values and dates are kept, and what
the ruleset itself says: its words, lists of them, and parameters. What somebody wrote, other texts and lists, is not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

from engine.findings import Finding, Found, Status
from engine.ruleset.ruleset import Ruleset

MAX_KEPT: Final = 4_096  # values kept of one path
MAX_LAYOUTS: Final = 4_096  # kept of one ruleset
_KEPT_CLASSES: Final = (Decimal, bool, date)

Frame = tuple[bytes, bytes]
"""All of a finding but what it saw: the bytes before that, and those after it."""

Layout = TypeVar("Layout")
_Key = TypeVar("_Key", bound=Hashable)
_Kept = TypeVar("_Kept")


class FindingsWriter(Generic[Layout]):
    """Writes the findings of one ruleset in one format; a subclass says in which.

    Attributes:
        each: picks the parts of all that was seen, criterion by criterion, from those of the paths.
        own: for each criterion, picks its parts.
        sees: for each criterion, how many they are.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        reads = [path for criterion in ruleset.criteria for path in criterion.reads]
        first = {path: place for place, path in reversed(list(enumerate(reads)))}
        paths = tuple(dict.fromkeys(reads))
        index = {path: place for place, path in enumerate(paths)}
        self.each = _picker([index[path] for path in reads])
        self.sees = tuple(len(criterion.reads) for criterion in ruleset.criteria)
        self.own = tuple(_picker([index[path] for path in each.reads]) for each in ruleset.criteria)
        self._distinct = _picker([first[path] for path in paths])
        self._paths = tuple((path, _kept_values(ruleset, path)) for path in paths)
        self._layouts: dict[Hashable, Layout] = {}

    def write(self, found: Found) -> bytes:
        """The findings, in order."""
        values = self._distinct(tuple(chain.from_iterable(found.seen)))
        parts: list[bytes] = []
        key: Any
        for (path, kept), value in zip(self._paths, values, strict=True):
            known = kept.get(value.__class__)  # by class, for True equals 1; equal numbers are written alike
            if known is None:
                parts.append(self.seen(path, value))
            else:
                key = tuple(value) if value.__class__ is list else value
                parts.append(known.get(key) or _keep(known, key, self.seen(path, value), MAX_KEPT))
        if Status.UNKNOWN not in found.signature:
            layout = self._layouts.get(found.signature)
            key = found.signature
        elif any(finding.cause is not None for finding in found.findings):  # in which a value may be told
            return self.assemble(self._layout(found), parts)
        else:
            key = tuple([finding.missing or finding.status for finding in found.findings])
            layout = self._layouts.get(key)
        if layout is None:
            layout = _keep(self._layouts, key, self._layout(found), MAX_LAYOUTS)
        return self.assemble(layout, parts)

    def _layout(self, found: Found) -> Layout:
        return self.lay_out([self.frame(finding) for finding in found.findings])

    def frame(self, finding: Finding) -> Frame:
        """Write all of a finding but what it saw."""
        raise NotImplementedError

    def seen(self, path: str, value: object) -> bytes:
        """Write a value that was seen, and its path."""
        raise NotImplementedError

    def lay_out(self, frames: Sequence[Frame]) -> Layout:
        """Make ready what findings of these frames have in common."""
        raise NotImplementedError

    def assemble(self, layout: Layout, parts: Sequence[bytes]) -> bytes:
        """Put together a layout and what was seen, each path once."""
        raise NotImplementedError


def _kept_values(ruleset: Ruleset, path: str) -> dict[type, dict[object, bytes]]:
    """A place for what is kept of a path, by the class of the value."""
    classes: tuple[type, ...] = _KEPT_CLASSES
    declared = ruleset.declared_at(path)
    if path in ruleset.parameters or (declared is not None and declared.kind == "enum"):
        classes += (str,)
    elif declared is not None and declared.item is not None and declared.item.kind == "enum":
        classes += (list,)
    return {class_: {} for class_ in classes}


def _keep(kept: dict[_Key, _Kept], key: _Key, value: _Kept, limit: int) -> _Kept:
    if len(kept) >= limit:
        kept.clear()
    kept[key] = value
    return value


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Gives what stands at `places`, of which there may be one or none."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda items: tuple([items[place] for place in places])
