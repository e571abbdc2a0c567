"""What authors ask of a ruleset, wherever it is: check, test, compare, and whom it would change.

It answers with the plain data that the command line prints: the same engine gives both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import orjson

from engine import Ruleset, RulesetError, loads
from engine.analysis import check
from engine.canonical import Data
from engine.comparison import compare
from engine.drafting import format_text
from engine.impact import CHUNK, Foreseer, Part, Subject, explain_change
from engine.records import parse_record
from engine.rendering import explain_criterion, render
from engine.ruleset import loads_cases
from engine.ruleset.localized import Language
from engine.ruleset.problems import suggest
from engine.testing import TestReport, cases_by_status
from server.publishing.desk import Desk
from server.publishing.errors import LifeError, Reason, UnsoundError
from server.publishing.gate import RULESET_FILE, beside_file, mistakes, run
from server.publishing.shelf import Shelf
from server.store import DecisionHistory, Logged, Texts

_READY = 32  # rulesets of drafts kept ready


@dataclass(frozen=True, slots=True)
class Source:
    """Where a ruleset is: the texts themselves, a revision of a draft, or a published version.

    Attributes:
        texts: the texts, where they are given.
        file: what to call them in findings.
        ruleset_id: otherwise the id of a draft or a published version.
        version: of it.
        revision: of the draft, 0 the newest; None asks for the published version.
    """

    texts: Texts | None = None
    file: str = RULESET_FILE
    ruleset_id: str = ""
    version: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A part of an impact on logged decisions: how many there are in all, and where in the log it ends."""

    part: Part
    total: int
    position: int


class Workbench:
    """Answers authors. Blocking; errors are `LifeError`, `SelectionError` or `StoreUnavailableError`."""

    def __init__(self, desk: Desk, shelf: Shelf, history: DecisionHistory) -> None:
        self._desk = desk
        self._shelf = shelf
        self._history = history
        self._loads = lru_cache(_READY)(_loads)

    def check(self, source: Source, language: Language, *, beside_published: bool) -> Data:
        """What a check finds, as data."""
        texts = self._texts(source)
        others = self._shelf.catalogue.list() if beside_published else ()
        checked = check(texts.text, source.file, others=others, cases=beside_file(texts))
        return {"findings": [each.data(language) for each in checked.findings]}

    def test(self, source: Source) -> Data:
        """How its cases come out, as data.

        Raises:
            UnsoundError: it is no ruleset, or its cases cannot be read.
        """
        return self._tested(source)[1].data

    def compare(self, old: Source, new: Source) -> Data:
        """What changed in the rules, as data.

        Raises:
            UnsoundError: one is no ruleset.
        """
        return compare(self._ruleset(old), self._ruleset(new)).data

    def explain_criterion(self, source: Source, name: str, language: Language) -> Data:
        """One criterion explained, as data.

        Raises:
            UnsoundError: it is no ruleset, or its cases cannot be read.
            LifeError: it has no such criterion (CRITERION_NOT_FOUND).
        """
        ruleset, report = self._tested(source)
        names = [each.name for each in ruleset.criteria]
        if name not in names:
            text = f"{ruleset.id} {ruleset.version} has no such criterion. {suggest(name, names, 'criteria')}"
            raise LifeError(Reason.CRITERION_NOT_FOUND, text)
        return explain_criterion(ruleset, name, language, cases=cases_by_status(report, name)).data

    def render(self, source: Source, language: Language) -> str:
        """The ruleset as an HTML page.

        Raises:
            UnsoundError: it is no ruleset, or its cases cannot be read.
        """
        texts = self._texts(source)
        ruleset = self._loads(texts.text, source.file)
        try:
            beside = [loads_cases(text, name, ruleset) for name, text in beside_file(texts).items()]
        except RulesetError as error:
            raise UnsoundError(f"{ruleset.id} {ruleset.version}", mistakes(error)) from None
        return render(ruleset, language, cases=[case for file in beside for case in file.cases])

    def foreseer(self, draft: Source, against: Source | None, by: str = "") -> Foreseer:
        """What foresees the impact of a draft on decisions.

        Raises:
            UnsoundError: one is no ruleset.
        """
        return Foreseer(self._ruleset(draft), None if against is None else self._ruleset(against), by=by)

    def foresee(
        self, foreseer: Foreseer, subtrees: Sequence[str], after_position: int, done: int
    ) -> Iterator[Foreseen]:
        """Each part of the impact on the decisions of the draft's id for these subtrees, after a position."""
        history = self._history.within(subtrees)
        digests = [
            life.digest
            for ruleset, life in self._shelf.snapshot.lives.items()
            if ruleset.id == foreseer.draft.id
        ]
        total = done + history.count(digests, after_position)
        position = after_position
        while logged := history.read(digests, position, CHUNK):
            position = logged[-1].position
            done += len(logged)
            part = foreseer.part([self._subject(each) for each in logged], done)
            yield Foreseen(part, max(total, done), position)

    def explain(
        self, foreseer: Foreseer, subtrees: Sequence[str], decision_id: str, language: Language
    ) -> str:
        """One decision for these subtrees by both rulesets, in words.

        Raises:
            DecisionNotFoundError: no decision has this id.
        """
        logged = self._history.within(subtrees).one(decision_id)
        return explain_change(foreseer, self._subject(logged), language)

    def _subject(self, logged: Logged) -> Subject:
        on = date.fromisoformat(orjson.loads(logged.verdict)["evaluated_on"])
        judged_by = self._shelf.ruleset(logged.ruleset_digest)
        return Subject(logged.decision_id, parse_record(logged.record), on, judged_by)

    def _tested(self, source: Source) -> tuple[Ruleset, TestReport]:
        texts = self._texts(source)
        ruleset = self._loads(texts.text, source.file)
        try:
            return ruleset, run(ruleset, texts, source.file)
        except RulesetError as error:
            raise UnsoundError(f"{ruleset.id} {ruleset.version}", mistakes(error)) from None

    def _texts(self, source: Source) -> Texts:
        if source.texts is not None:
            return source.texts
        if source.revision is None:
            ruleset = self._shelf.catalogue.get(source.ruleset_id, source.version)
            return self._desk.draft(ruleset.id, ruleset.version).texts
        return self._desk.draft(source.ruleset_id, source.version, source.revision).texts

    def _ruleset(self, source: Source) -> Ruleset:
        if source.texts is None and source.revision is None:
            return self._shelf.catalogue.get(source.ruleset_id, source.version)
        return self._loads(self._texts(source).text, source.file)


def format_document(text: str) -> str:
    """A document or a file of cases, laid out as all are.

    Raises:
        UnsoundError: it is not YAML.
    """
    try:
        return format_text(text)
    except RulesetError as error:
        raise UnsoundError("the text", mistakes(error)) from None


def _loads(text: str, file: str) -> Ruleset:
    try:
        return loads(text, file)
    except RulesetError as error:
        raise UnsoundError(file, mistakes(error)) from None
