"""Facts to verdicts, a chunk at a time: in this process, or by a server. Both give the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, Protocol, TypeVar

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

TRIES: Final = 8
"""How often a server is asked that does not answer; the waits double from half a second, a minute in all."""
_FIRST_WAIT_SECONDS: Final = 0.5
_MAX_SUBJECT: Final = 200  # characters of an id that a server keeps with a decision
Answer = TypeVar("Answer")


class Asked(NamedTuple):
    """A record to be judged, and the id that its row has."""

    id: str
    facts: dict[str, object]


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

    def evaluate_batch(self, questions: Iterable[Question]) -> list[Explained | ServiceError]:
        """The verdicts on many records, or what is wrong with each, in their order."""
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
    """Lets a server judge, which logs every decision. One batch is under way at a time: the server sets the pace."""

    table: TableEvaluator | None = None

    def __init__(
        self,
        client: Service,
        ruleset: Ruleset,
        on: date,
        language: Language,
        sleep: Callable[[float], None],
    ) -> None:
        """Nothing is asked yet.

        Args:
            client: of the server.
            ruleset: as the server has it.
            on: the date of evaluation.
            language: of what is wrong.
            sleep: waits so many seconds before a server is asked again.
        """
        self._reader = FactsReader(ruleset.facts)
        self._language: Language = language
        self._client = client
        self._ruleset = ruleset
        self._on = on
        self._sleep = sleep

    def judge(self, chunk: Sequence[Asked]) -> list[Judged]:
        """See `Judge`."""
        found = [Judged(None, self._problems(each.facts)) for each in chunk]
        sent = [place for place, each in enumerate(found) if not each.problems]
        answers = self._ask([self._question(chunk[place]) for place in sent]) if sent else []
        for place, answer in zip(sent, answers, strict=True):
            if isinstance(answer, ServiceError):
                details = {"text": answer.message}
                found[place] = Judged(None, (Problem("refused", details=details),))
            else:
                found[place] = Judged(verdict_data(answer.verdict))
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
        )

    def _ask(self, questions: list[Question]) -> list[Explained | ServiceError]:
        try:
            return retried(lambda: self._client.evaluate_batch(questions), self._sleep)
        except ServiceError as error:
            if error.code == "RESOURCE_EXHAUSTED" and len(questions) > 1:
                half = len(questions) // 2  # too large for one message: in two
                return self._ask(questions[:half]) + self._ask(questions[half:])
            raise ScoreError(f"the server cannot go on: {error}") from None


def retried(call: Callable[[], Answer], sleep: Callable[[float], None]) -> Answer:
    """What `call` answers, asked again while the server is away.

    Raises:
        ServiceError: the last failure, or one that asking again does not mend.
    """
    for attempt in range(TRIES - 1):
        try:
            return call()
        except ServiceError as error:
            if not error.unreachable:
                raise
        sleep(_FIRST_WAIT_SECONDS * 2**attempt)
    return call()


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
