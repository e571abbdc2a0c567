"""A kind of finding."""

from __future__ import annotations

from typing import NamedTuple

from engine.analysis.model import Severity
from engine.ruleset.localized import Localized


class Kind(NamedTuple):
    """A kind of finding, and its sentences."""

    severity: Severity
    what: Localized
    why: Localized
    how: Localized


def kind(severity: Severity, what: tuple[str, str], why: tuple[str, str], how: tuple[str, str]) -> Kind:
    """A kind; each pair is the English and the Vietnamese sentence."""
    sentences = (Localized(vi=vietnamese, en=english) for english, vietnamese in (what, why, how))
    return Kind(severity, *sentences)
