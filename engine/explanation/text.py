"""An explanation as plain text: in full, or in three lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.explanation.structure import Entry, Explanation, Mark, Section

_MARKS: Final = {
    Mark.MET: "✓",
    Mark.UNMET: "✗",
    Mark.UNKNOWN: "?",
    Mark.NOT_APPLICABLE: "–",
    Mark.PLAIN: "•",
}


def full_text(explanation: Explanation) -> str:
    """Every section, a line an entry."""
    return "\n".join(_full_lines(explanation))


def short_text(explanation: Explanation) -> str:
    """At most three lines: the result; what weighs most; what is to be done or decided."""
    lines = [explanation.headline]
    for kinds in (("ground", "why_not", "gap", "criteria"), ("missing", "obligations", "proposals", "notes")):
        section = next((found for kind in kinds if (found := explanation.section(kind))), None)
        if section is not None:
            lines.append(_one_line(section))
    return "\n".join(lines)


def _full_lines(explanation: Explanation) -> Iterator[str]:
    yield explanation.headline
    yield explanation.ruleset
    for section in explanation.sections:
        yield f"{section.heading}:"
        for entry in section.entries:
            yield f"  {_MARKS[entry.mark]} {_sentence(entry)}"
    yield explanation.closing


def _sentence(entry: Entry) -> str:
    return f"{entry.text} [{entry.law}]" if entry.law else entry.text


def _one_line(section: Section) -> str:
    weighty = [entry for entry in section.entries if entry.mark in (Mark.UNMET, Mark.UNKNOWN, Mark.PLAIN)]
    shown = [_sentence(entry) for entry in (weighty or section.entries)]
    return f"{section.heading}: {'; '.join(shown)}"
