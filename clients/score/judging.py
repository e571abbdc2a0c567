"""Facts to verdicts, a chunk at a time: in this process, or by a server. Both give the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final, NamedTuple, Protocol

from clients.client import Explained, Question
from clients.errors import ServiceError
from clients.score.problems import Problem, ScoreError
from clients.score.results import data_of
from clients.verdict_data import verdict_data
from engine import Evaluator, RecordError, Ruleset
from engine.facts import FactsReader
from engine.feel.errors import FeelLimitError
from engine.ruleset.localized import Language
from engine.table import TableEvaluator

_MAX_SUBJECT: Final = 200  # characters of an id that a server keeps with a decision


class Asked(NamedTuple):
    """A record to be judged.

    Attributes:
        id: of its row.
        facts: that it states.
        place: of the row among all: its file and number.
    """

    id: str
    facts: dict[str, object]
    place: str


class Judged(NamedTuple):
    """What became of a record: its verdict as plain data, or what is wrong with it."""

    verdict: dict[str, Any] | None
    problems: tuple[Problem, ...] = ()


class Judge(Protocol):
    """Judges records.

    Attributes:
        table: judges those that stand in columns, as this judges them one by one; None where nothing does.
    """

    table: TableEvaluator | None

    def judge(self, chunk: Sequence[Asked]) -> list[Judged]:
        """What became of each, in their order.

        Raises:
            ScoreError: nothing more can be judged.
        """
        ...


class Service(Protocol):
    """What is asked of a server; `clients.client.Client` is one."""

    def evaluate_stream(self, questions: Iterable[Question]) -> Iterator[Explained | ServiceError]:
        """The verdicts on any number of records, or what is wrong with each, in their order."""
        ...


class Here:
    """Judges in this process."""

    def __init__(self, ruleset: Ruleset, on: date, language: Language, *, columns: bool = True) -> None:
        """Make it ready.

        Args:
            ruleset: that judges.
            on: the date of evaluation.
            language: of what is wrong.
            columns: whether records that stand in columns are judged together.
        """
        self.table = TableEvaluator(ruleset, on) if columns else None
        self._ruleset = ruleset
        self._evaluator = Evaluator(ruleset)
        self._on = on
        self._language: Language = language

    def judge(self, chunk: Sequence[Asked]) -> list[Judged]:
        """See `Judge`."""
        return [self._one(each.facts) for each in chunk]

    def _one(self, facts: dict[str, object]) -> Judged:
        try:
            verdict = self._evaluator.evaluate(facts, self._on)
        except RecordError as error:
            return Judged(None, _violations(error, self._language))
        except FeelLimitError as error:
            return Judged(None, (Problem("refused", details={"text": str(error)}),))
        if problems := _unselected(self._ruleset, verdict.values):
            return Judged(None, problems)
        return Judged(data_of(verdict))


class There:
    """Lets a server judge, which logs every decision.

    Records go over one stream, which takes more of them as answers come: the server sets the pace. Each carries a
    request id that is the same whenever the same work is done again, so that no decision is made twice.
    """

    table: TableEvaluator | None = None

    def __init__(self, client: Service, ruleset: Ruleset, on: date, language: Language, job: str) -> None:
        """Nothing is asked yet.

        Args:
            client: of the server.
            ruleset: as the server has it.
            on: the date of evaluation.
            language: of what is wrong.
            job: tells this work from others.
        """
        self._reader = FactsReader(ruleset.facts)
        self._language: Language = language
        self._client = client
        self._ruleset = ruleset
        self._on = on
        self._job = f"{job}\0{ruleset.digest}\0{on}"

    def judge(self, chunk: Sequence[Asked]) -> list[Judged]:
        """See `Judge`."""
        found = [Judged(None, self._problems(each.facts)) for each in chunk]
        sent = [place for place, each in enumerate(found) if not each.problems]
        answers = self._client.evaluate_stream(self._question(chunk[place]) for place in sent) if sent else ()
        try:
            for place, answer in zip(sent, answers, strict=True):
                if isinstance(answer, ServiceError):
                    details = {"text": answer.message}
                    found[place] = Judged(None, (Problem("refused", details=details),))
                else:
                    found[place] = Judged(verdict_data(answer.verdict))
        except ServiceError as error:
            raise ScoreError(f"the server cannot go on: {error}") from None
        return found

    def _problems(self, facts: dict[str, object]) -> tuple[Problem, ...]:
        """What is wrong with a record, before a server is asked: it is said as it is said here."""
        try:
            values = self._reader.read(facts)
        except RecordError as error:
            return _violations(error, self._language)
        return _unselected(self._ruleset, values)

    def _question(self, asked: Asked) -> Question:
        return Question(
            ruleset=self._ruleset.id,
            version=self._ruleset.version,
            facts=asked.facts,
            evaluated_on=self._on,
            subject_ref=asked.id if len(asked.id) <= _MAX_SUBJECT else "",
            request_id=sha256(f"{self._job}\0{asked.place}".encode()).hexdigest(),
        )


def _violations(error: RecordError, language: Language) -> tuple[Problem, ...]:
    return tuple(
        Problem("violation", "", each.path, {"text": each.text(language)}) for each in error.violations
    )


def _unselected(ruleset: Ruleset, values: Mapping[str, object]) -> tuple[Problem, ...]:
    """That the ruleset is for somebody else, where it says so of these facts."""
    if ruleset.selects is not None and ruleset.selects(values) is False:
        return not_for(ruleset)
    return ()


def not_for(ruleset: Ruleset) -> tuple[Problem, ...]:
    """That the ruleset is for somebody else."""
    return (Problem("not_for", details={"selects": ruleset.selects_text}),)
