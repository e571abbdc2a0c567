"""Expressions that read the clock, which no ruleset has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.analysis.model import Finding
from engine.analysis.study import Study, walk
from engine.feel.tree import Call, Name

_CLOCKS: Final = ("now", "today")


def clock_reads(study: Study) -> Iterator[Finding]:
    """Calls of ``now()`` and ``today()``, wherever they stand."""
    for site in study.sites:
        for node in walk(site.node):
            if isinstance(node, Call) and isinstance(node.function, Name) and node.function.name in _CLOCKS:
                span = (site.start + node.span.start, site.start + node.span.end)
                yield study.found("clock-read", site.path, {"call": f"{node.function.name}()"}, span=span)
