"""The records of one ruleset judged: by columns, and by themselves where a feed makes a row irregular."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from engine.campaign.columns.feeding import Ratings, SourcesOf, feed_columns
from engine.campaign.columns.quotas import ANSWER, REACH, Answers, Reaches, why_not_columns
from engine.campaign.columns.tables import NUMBER, ORGANISATION, PERSON, ROLE, SUBJECT
from engine.campaign.feeding import feed
from engine.campaign.model import Subject
from engine.campaign.problems import Code
from engine.cohort.quota import Quota
from engine.evaluation import evaluator_of
from engine.facts import RecordError
from engine.feel import FeelLimitError
from engine.judgement import Judgement
from engine.network import InferenceLimitError
from engine.ruleset.ruleset import Ruleset
from engine.table import TableEvaluator
from engine.table.layout import record_of
from engine.verdict import ChosenBy, Verdict

_COLUMNS: Final = ("status", "outcome", "lowest", "highest", "possible", "missing_matters")
_UNMET: Final = "unmet"
JUDGED: Final[pl.Schema] = pl.Schema(
    {
        **dict.fromkeys((*SUBJECT, *_COLUMNS[:4]), pl.String()),
        **dict.fromkeys((*_COLUMNS[4:], "blocking"), pl.List(pl.String())),
    }
)
"""What records come to, but for what a quota asks."""


class RulesetJudge:
    """Judges records by one ruleset, and keeps what its quota will ask.

    Attributes:
        ruleset: the ruleset.
        quota: its quota, or None where it has none that can be applied.
        reaches: see `Reaches`.
        answers: see `Answers`.
        by_rows: why all is done row by row; empty where columns do.
        verdicts: where it is, those reached, by the number of the row among all that it judged; else none.
        apart: how many rows were evaluated by themselves.
    """

    def __init__(self, ruleset: Ruleset, quota: Quota | None, columns: list[str], on: date) -> None:
        """Make a ruleset ready.

        Args:
            ruleset: that judges.
            quota: its quota.
            columns: of its records.
            on: the date of the evaluation.
        """
        self.ruleset = ruleset
        self.quota = quota
        self._table = TableEvaluator(ruleset, on)
        self._evaluator = evaluator_of(ruleset)
        self._on = on
        self.by_rows = "" if quota is None else why_not_columns(quota, columns)
        self.reaches = self.answers = None
        self._paths: list[str] = []
        if quota is not None and not self.by_rows:
            self.reaches = Reaches(quota)
            self.answers = Answers(quota, self._evaluator, dict(ruleset.parameters_on(on)))
            self._paths = list(dict.fromkeys(path for scope in quota.scopes for path in scope))
        self.verdicts: dict[int, Verdict] = {}
        self.apart = 0
        self._judged = 0

    @property
    def paths(self) -> list[str]:
        """The columns that name the groups of the quota."""
        return self._paths

    def judge(self, frame: pl.DataFrame, ratings: Ratings) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
        """What records come to, in their order, and what is wrong with what they are fed.

        Args:
            frame: the records, with all of `SUBJECT` (of organisations person and role are empty).
            ratings: reached so far.
        """
        fed, irregular = feed_columns(frame, self.ruleset, ratings)
        if self.by_rows:
            irregular = pl.Series([True] * frame.height, dtype=pl.Boolean)
        place = pl.int_range(frame.height, eager=True).alias("place")
        parts = []
        if not irregular.all() or not frame.height:
            parts.append(self._columns(fed.filter(~irregular)).with_columns(place.filter(~irregular)))
        problems: list[dict[str, Any]] = []
        if irregular.any():
            odd = frame.filter(irregular)
            rows = list(self._rows(odd, SourcesOf(ratings, odd), problems, self._judged))
            found = pl.DataFrame(rows, schema=self._schema())
            parts.append(found.with_columns(place.filter(irregular)))
            self.apart += odd.height
        self._judged += frame.height
        return pl.concat(parts).sort("place").drop("place"), problems

    def _columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        facts = frame.select(name for name in frame.columns if name in self._facts(frame))
        scored = self._table.evaluate(facts, columns=list(_COLUMNS))
        added = [scored.of_judgements(_blocking, pl.List(pl.String())).alias("blocking")]
        if self.reaches is not None and self.answers is not None:
            added.append(scored.of_judgements(self.reaches.tell, pl.Int64()).alias(REACH))
            added.append(self.answers.of(facts))
        about = frame.select(*SUBJECT, *(pl.col(path).cast(pl.String) for path in self._paths))
        return pl.concat([about, scored.frame, pl.DataFrame(added)], how="horizontal").select(
            self._schema().names()
        )

    def _facts(self, frame: pl.DataFrame) -> list[str]:
        return [name for name in frame.columns if name not in SUBJECT]

    def _schema(self) -> pl.Schema:
        text = pl.String()
        quota = (
            {}
            if self.reaches is None
            else {**dict.fromkeys(self._paths, text), REACH: pl.Int64(), ANSWER: pl.Int64()}
        )
        return pl.Schema({**JUDGED, **quota})

    def _rows(
        self, frame: pl.DataFrame, sources: SourcesOf, problems: list[dict[str, Any]], begin: int
    ) -> Iterator[dict[str, Any]]:
        facts = self._facts(frame)
        subjects = frame.select(SUBJECT).iter_rows()
        for number, ((organisation, person, role), row) in enumerate(
            zip(subjects, frame.select(facts).iter_rows(named=True), strict=True), begin
        ):
            about: dict[str, Any] = {ORGANISATION: organisation, PERSON: person, ROLE: role}
            record = record_of(row)
            fed = feed(
                self.ruleset, Subject(organisation, person, role), record, sources.of(organisation, role)
            )
            problems += ({"code": problem.code.value, **about, NUMBER: 0} for problem in fed.problems)
            own = {name: value for name, value in record.items() if name not in fed.values}
            try:
                verdict = self._evaluator.evaluate(own, self._on, ChosenBy.DATE, fed.values)
            except (RecordError, FeelLimitError, InferenceLimitError) as error:
                if not isinstance(error, RecordError):
                    problems.append({"code": Code.LIMIT.value, **about, NUMBER: 0})
                yield {**dict.fromkeys(self._schema().names()), **about, "status": "refused", **_NOTHING}
                continue
            if self.by_rows:
                self.verdicts[number] = verdict
            yield {**about, **self._told(verdict)}

    def _told(self, verdict: Verdict) -> dict[str, Any]:
        judgement = verdict.judgement
        told: dict[str, Any] = {
            "status": judgement.status.value,
            "outcome": judgement.outcome,
            "lowest": judgement.lowest,
            "highest": judgement.highest,
            "possible": list(judgement.possible),
            "missing_matters": [each.fact for each in verdict.missing if each.matters],
            "blocking": _blocking(judgement),
        }
        if self.reaches is not None and self.answers is not None:
            told[REACH] = self.reaches.tell(judgement)
            told[ANSWER] = self.answers.of_values(verdict.values)
            told |= {path: _text(verdict.values, path) for path in self._paths}
        return told


_NOTHING: Final[Mapping[str, list[str]]] = {"possible": [], "missing_matters": [], "blocking": []}


def _blocking(judgement: Judgement) -> list[str]:
    """The criteria that are unmet and keep a verdict from the next higher outcome, each once."""
    if not judgement.why_not:
        return []
    blocks = judgement.why_not[0].blocks
    return list(dict.fromkeys(block.criterion for block in blocks if block.status.value == _UNMET))


def _text(values: Mapping[str, object], path: str) -> str | None:
    found = values.get(path)
    return found if isinstance(found, str) else None
