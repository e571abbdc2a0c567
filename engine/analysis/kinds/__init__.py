"""The kinds of findings: name, severity, and what is said of each in English and Vietnamese.

Words in braces are filled in where a finding is made. What the reader of a file says is not here: those problems are
of the severity error, and bring their own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.analysis.kinds.document import OF_DOCUMENT
from engine.analysis.kinds.kind import Kind
from engine.analysis.kinds.meaning import OF_MEANING

__all__ = ["KINDS", "Kind"]

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({**OF_DOCUMENT, **OF_MEANING})
"""By name."""
