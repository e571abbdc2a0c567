"""The canonical JSON of a verdict, put together from parts that many verdicts share.

The words of a criterion belong to its ruleset, the proof follows from the statuses of the findings, and a finding
that saw the same numbers says the same. Such parts are written once and kept. What could tell one person from
another (texts, dates, lists) is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import orjson

from engine.canonical import Data, canonical
from engine.feel.types import BOOLEAN, NUMBER
from engine.findings import Finding
from engine.ruleset.ruleset import Ruleset

MAX_KEPT: Final = 20_000  # findings kept, for each ruleset
_KEEPABLE_KINDS: Final = frozenset({"number", "count", "boolean", "enum"})
_KEEPABLE_TYPES: Final = (NUMBER, BOOLEAN)

Key = tuple[int, str, tuple[object, ...], tuple[type, ...]]


class FindingFragments:
    """The findings of one ruleset as canonical JSON."""

    def __init__(self, ruleset: Ruleset, data_of: Callable[[Finding], Data]) -> None:
        """Write findings of `ruleset` as `data_of` has them."""
        self._data_of = data_of
        self._kept: dict[Key, orjson.Fragment] = {}
        keepable = {
            name for name, parameter in ruleset.parameters.items() if parameter.type in _KEEPABLE_TYPES
        }
        keepable |= {each.name for each in ruleset.definitions if each.type in _KEEPABLE_TYPES}
        self._keepable = [
            all(path in keepable or _is_keepable(ruleset, path) for path in criterion.reads)
            for criterion in ruleset.criteria
        ]

    def write(self, findings: Iterable[Finding]) -> list[orjson.Fragment]:
        """Each finding as a fragment, in order."""
        return [
            self._write(finding)
            if finding.missing or finding.cause is not None or not self._keepable[finding.criterion.index]
            else self._keep(finding)
            for finding in findings
        ]

    def _keep(self, finding: Finding) -> orjson.Fragment:
        seen = finding.seen
        # True equals 1, so that the classes belong to the key.
        key = (finding.criterion.index, finding.status, seen, tuple(map(type, seen)))
        try:
            fragment = self._kept.get(key)
        except TypeError:  # a field of the items of a list is a list
            return self._write(finding)
        if fragment is None:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            fragment = self._kept[key] = self._write(finding)
        return fragment

    def _write(self, finding: Finding) -> orjson.Fragment:
        return orjson.Fragment(canonical(self._data_of(finding)))


def _is_keepable(ruleset: Ruleset, path: str) -> bool:
    declared = ruleset.declared_at(path)
    return declared is not None and declared.kind in _KEEPABLE_KINDS
