"""Open questions of the law, and what in a ruleset hangs on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.ruleset.document import Document, Questioned
from engine.ruleset.localized import Localized
from engine.ruleset.report import Report
from engine.ruleset.source import Path, dotted
from engine.ruleset.vocabulary import localized


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the law leaves open.

    Attributes:
        name: what the rules that hang on it call it.
        asks: the question.
        note: what was read about it and which readings there are, or None.
        touches: the paths in the document of what hangs on it, such as ``criteria.tasks_done``.
    """

    name: str
    asks: Localized
    note: Localized | None
    touches: tuple[str, ...]


def read_questions(document: Document, report: Report) -> dict[str, Question]:
    """The open questions of a document by name, each with what hangs on it."""
    touched: dict[str, list[str]] = {name: [] for name in document.questions}
    declared = report.declared("questions")
    for path, shown, names in _links(document):
        for index, name in enumerate(names):
            place: Path = (*path, "questions", index)
            if report.known(name, declared, "question", place) and name in touched:
                touched[name].append(shown)
    return {
        name: Question(
            name,
            localized(question.asks),
            None if question.note is None else localized(question.note),
            tuple(touched[name]),
        )
        for name, question in document.questions.items()
    }


def _links(document: Document) -> Iterator[tuple[Path, str, list[str]]]:
    """Wherever names of questions may stand: the path, how people read it, and the names."""
    for path, declared in _sections(document):
        if declared.questions:
            yield path, dotted(path), declared.questions
    for index, gap in enumerate(document.gaps):
        yield ("gaps", index), f"gaps.{gap.name}", gap.questions


def _sections(document: Document) -> Iterator[tuple[Path, Questioned]]:
    for section in ("facts", "tables", "criteria"):
        for name, declared in getattr(document, section).items():
            yield (section, name), declared
    for name, values in document.parameters.items():
        for index, value in enumerate(values):
            yield ("parameters", name, index), value
    if document.score is not None:
        for name, part in document.score.parts.items():
            yield ("score", "parts", name), part
    for section in ("cannot_evaluate", "not_rated", "ceilings", "consequences"):
        for index, line in enumerate(getattr(document.decision, section)):
            yield ("decision", section, index), line
    if document.quota is not None:
        yield ("quota",), document.quota
        for name, reading in document.quota.readings.items():
            yield ("quota", "readings", name), reading
