"""Records of the authority as the notes of acts, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from server.authority.model import Answer, Appeal, AppealResult, Decided, Document, Recorded, Standing, Term
from server.store.acts import Act, ActKind


def document_note(document: Document) -> dict[str, Any]:
    """A document as data."""
    return {**asdict(document), "date": document.date.isoformat()}


def term_note(term: Term) -> dict[str, Any]:
    """A term as data."""
    return {**asdict(term), "last_day": term.last_day.isoformat()}


def standing_of(decision_id: str, proposed: str, acts: Iterable[Act]) -> Standing:
    """What stands after these acts about a decision, oldest first."""
    decisions: list[Decided] = []
    appeals: dict[int, Appeal] = {}
    for act in acts:
        match act.kind:
            case ActKind.CONFIRMED | ActKind.CHANGED:
                decisions.append(_decided(act))
            case ActKind.APPEALED:
                appeals[act.sequence] = _appeal(act)
            case ActKind.ANSWERED:
                of = appeals[_note(act)["appeal"]]
                appeals[of.recorded.number] = replace(of, answers=(*of.answers, _answer(act)))
            case _:
                pass
    return Standing(decision_id, proposed, tuple(decisions), tuple(appeals.values()))


def _decided(act: Act) -> Decided:
    note = _note(act)
    return Decided(
        _recorded(act),
        act.kind is ActKind.CONFIRMED,
        note["outcome"],
        note["reason"],
        _document(note["document"]),
        date.fromisoformat(note["announced_on"]),
        act.refers_to,
        note["after_appeal"],
    )


def _appeal(act: Act) -> Appeal:
    note = _note(act)
    return Appeal(
        _recorded(act),
        act.refers_to,
        date.fromisoformat(note["filed_on"]),
        note["grounds"],
        _term(note["filing"]),
        _term(note["answering"]),
    )


def _answer(act: Act) -> Answer:
    note = _note(act)
    return Answer(
        _recorded(act),
        AppealResult(note["result"]),
        note["reason"],
        _document(note["document"]),
        date.fromisoformat(note["answered_on"]),
        act.refers_to,
    )


def _note(act: Act) -> dict[str, Any]:
    assert act.note is not None  # noqa: S101 - it is erased together with its decision, which is asked for first
    return act.note


def _recorded(act: Act) -> Recorded:
    return Recorded(act.sequence, act.at_micros, act.actor)


def _document(note: dict[str, Any]) -> Document:
    return Document(note["number"], date.fromisoformat(note["date"]), note["signatory"])


def _term(note: dict[str, Any]) -> Term:
    return Term(**{**note, "last_day": date.fromisoformat(note["last_day"])})
