"""An explanation as plain text: in full, or in three lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from engine.explanation.phrases import phrase
from engine.explanation.structure import Entry, Explanation, Mark, Section

MAX_SHORT_ENTRIES: Final = 3  # sentences in a line of the short form
_MARKS: Final = {
    Mark.MET: "✓",
    Mark.UNMET: "✗",
    Mark.UNKNOWN: "?",
    Mark.NOT_APPLICABLE: "–",
    Mark.PLAIN: "•",
}
_WEIGHTY: Final = (Mark.UNMET, Mark.UNKNOWN, Mark.PLAIN)
_SHORT: Final = (
    ("ground", "gate", "gap", "ground_open", "why_not", "criteria"),
    ("missing", "obligations", "proposals", "notes"),
)


def full_text(explanation: Explanation) -> str:
    """Every section, a line an entry."""
    return "\n".join(_full_lines(explanation))


def short_text(explanation: Explanation) -> str:
    """At most three lines: the result; what weighs most; what is to be done or decided."""
    lines = [explanation.headline]
    for kinds in _SHORT:
        section = next((found for kind in kinds if (found := explanation.section(kind))), None)
        if section is not None:
            lines.append(_one_line(section, explanation))
    return "\n".join(lines)


def _full_lines(explanation: Explanation) -> Iterator[str]:
    yield explanation.headline
    yield explanation.ruleset
    said: set[str] = set()
    for section in explanation.sections:
        entries = _unsaid(section, said)
        if not entries:
            continue
        shortened = section.kind == "criteria" and len(entries) < len(section.entries)
        yield f"{phrase('other_criteria', explanation.language) if shortened else section.heading}:"
        for entry in entries:
            yield f"  {_MARKS[entry.mark]} {_sentence(entry)}"
        said.update(entry.criterion for entry in entries)
    yield explanation.closing


def _unsaid(section: Section, said: Iterable[str]) -> list[Entry]:
    """The entries that a reader needs: no criterion a second time, no advice where all is well."""
    match section.kind:
        case "criteria":
            return [entry for entry in section.entries if entry.criterion not in said]
        case "advisory":
            return [entry for entry in section.entries if entry.mark in _WEIGHTY]
        case _:
            return list(section.entries)


def _sentence(entry: Entry) -> str:
    text = f"{entry.text}: {'; '.join(entry.items)}" if entry.items else entry.text
    return f"{text} [{entry.law}]" if entry.law else text


def _one_line(section: Section, explanation: Explanation) -> str:
    weighty = [entry for entry in section.entries if entry.mark in _WEIGHTY]
    if not weighty and section.kind == "criteria":
        return f"{phrase('all_met', explanation.language)}."
    entries = weighty or section.entries
    sentences = list(map(_sentence, entries[:MAX_SHORT_ENTRIES]))
    if more := len(entries) - len(sentences):
        sentences.append(phrase("and_more", explanation.language, count=str(more)))
    return f"{section.heading}: {'; '.join(sentences)}"
