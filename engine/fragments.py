"""The findings of a verdict as bytes, put together from parts that many verdicts share.

The words of a criterion belong to its ruleset, and what several criteria look at is seen once. So all of a finding but
what it saw is written once and kept, and of what was seen numbers, truth values and what the ruleset itself says: its
words and parameters. What could tell one person from another (texts, dates, lists) is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from engine.findings import Finding, Found, Status
from engine.ruleset.ruleset import Ruleset

MAX_KEPT: Final = 8_192  # seen values kept, for each writer
MAX_FRAMES: Final = 256  # kept for each criterion: its statuses, and the facts that it may miss
_KEPT_CLASSES: Final = frozenset({Decimal, bool})
_KEPT_OF_RULESET: Final = _KEPT_CLASSES | {str, date}

Frame = tuple[bytes, bytes]
"""All of a finding but what it saw: the bytes before that, and those after it."""


class FindingsWriter:
    """Writes the findings of one ruleset in one format."""

    def __init__(
        self,
        ruleset: Ruleset,
        frame: Callable[[Finding], Frame],
        seen: Callable[[str, object], bytes],
        separator: bytes = b"",
    ) -> None:
        """Make a writer.

        Args:
            ruleset: whose findings.
            frame: writes all of a finding but what it saw.
            seen: writes a value and its path.
            separator: stands between the values that one finding saw.
        """
        self._frame_of = frame
        self._frames: list[dict[Status | tuple[str, ...], Frame]] = [{} for _ in ruleset.criteria]
        self._seen = seen
        # Typed, for True equals 1; equal numbers are written alike.
        self._kept = lru_cache(MAX_KEPT, typed=True)(seen)
        self._join = separator.join
        reads = [path for criterion in ruleset.criteria for path in criterion.reads]
        places = {path: place for place, path in reversed(list(enumerate(reads)))}
        self._paths = tuple(sorted(places, key=places.__getitem__))
        self._keepable = tuple(_kept_classes(ruleset, path) for path in self._paths)
        self._distinct = _picker([places[path] for path in self._paths])
        index = {path: place for place, path in enumerate(self._paths)}
        self._parts = [_picker([index[path] for path in each.reads]) for each in ruleset.criteria]

    def write(self, found: Found) -> list[bytes]:
        """Each finding, in order."""
        values = self._distinct(tuple(chain.from_iterable(found.seen)))
        kept, seen, join = self._kept, self._seen, self._join
        parts = [
            kept(path, value) if value.__class__ in keepable else seen(path, value)
            for path, keepable, value in zip(self._paths, self._keepable, values, strict=True)
        ]
        written: list[bytes] = []
        for status, frames, own in zip(found.signature, self._frames, self._parts, strict=True):
            before, after = frames.get(status) or self._frame(found, len(written))
            written.append(before + join(own(parts)) + after)
        return written

    def _frame(self, found: Found, index: int) -> Frame:
        finding, frames = found.findings[index], self._frames[index]
        if finding.cause is not None:  # in which a value may be told
            return self._frame_of(finding)
        key = finding.missing if finding.status is Status.UNKNOWN else finding.status
        frame = frames.get(key)
        if frame is None:
            if len(frames) >= MAX_FRAMES:
                frames.clear()
            frame = frames[key] = self._frame_of(finding)
        return frame


def _kept_classes(ruleset: Ruleset, path: str) -> frozenset[type]:
    """The classes of the values that may be kept of a path."""
    declared = ruleset.declared_at(path)
    is_word = declared is not None and declared.kind == "enum"
    return _KEPT_OF_RULESET if is_word or path in ruleset.parameters else _KEPT_CLASSES


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Gives what stands at `places`, of which there may be one or none."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda items: tuple([items[place] for place in places])
