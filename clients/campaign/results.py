"""What a campaign comes to as rows, one a subject: what workbooks, report and the files for programs are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from clients.campaign.given import Given, Place
from clients.campaign.words import phrase
from clients.score.results import Line, Results, blocking, data_of
from engine import Ruleset, Verdict
from engine.campaign import CampaignResult, Code, Judged, Subject
from engine.cohort import Standing, explain
from engine.explanation.sentences import name_of
from engine.judgement import VerdictStatus
from engine.ruleset.localized import Language

NOT_JUDGED: Final = "not_judged"
"""The status of a subject without a verdict."""


class List(StrEnum):
    """The list of a committee's papers on which a subject stands, in the order of the papers."""

    AWARDED = "awarded"
    NEEDS_DECISION = "needs_decision"
    NOT_AWARDED = "not_awarded"
    ELIGIBLE = "eligible"
    RATED = "rated"
    NOT_ELIGIBLE = "not_eligible"
    NOT_JUDGED = "not_judged"


COLUMNS: Final = (
    "organisation",
    "unit",
    "level",
    "person",
    "name",
    "role",
    "number",
    "list",
    "status",
    "outcome",
    "lowest",
    "highest",
    "result",
    "standing",
    "standing_reason",
    "final",
    "final_result",
    "score",
    "reasons",
    "missing",
    "because",
    "ruleset",
    "version",
    "digest",
    "file",
    "row",
)
"""Of a row. `outcome` is before the quota, `final` after it; `reasons` and `missing` are lists; `because` is a text."""
_NOWHERE: Final = Place("", 0)


class Rows:
    """Writes what a campaign comes to as rows.

    Attributes:
        blocking: of each row with a verdict, the criteria that keep it from the next higher outcome.
    """

    def __init__(self, result: CampaignResult, given: Given, language: Language) -> None:
        """Nothing is written yet.

        Args:
            result: of the campaign.
            given: what it was given.
            language: of everything that is in words.
        """
        self._result = result
        self._given = given
        self._language: Language = language
        self._writers: dict[str, Results] = {}
        self._names = {each.id: each.name for each in given.organisations}
        self._why: dict[Subject, list[str]] = defaultdict(list)
        for problem in result.problems:
            if problem.code in _NO_VERDICT:
                for subject in problem.subjects:
                    self._why[subject].append(problem.text(language))

    def rows(self) -> Iterator[Line]:
        """A row for each subject: organisations first, then posts, each in the order in which they were judged."""
        for judged in self._result.organisations.values():
            yield self._row(judged)
        for subject, problems in self._why.items():
            if not subject.person and subject.organisation not in self._result.organisations:
                yield self._line(subject, problems)
        for judged in self._result.posts.values():
            yield self._row(judged)

    def _row(self, judged: Judged) -> Line:
        verdict = judged.verdict
        if verdict is None:
            return self._line(judged.subject, self._why[judged.subject])
        ruleset = verdict.ruleset
        writer = self._writers.setdefault(ruleset.digest, Results(ruleset, self._language))
        place = self._given.places.get(judged.subject, _NOWHERE)
        data = data_of(verdict)
        row = writer.row((place.file, place.row), judged.subject.person, data)
        final = judged.outcome
        return {
            **row,
            **self._about(judged.subject),
            "list": list_of(judged).value,
            "standing": judged.quota.standing.value if judged.quota else "",
            "standing_reason": judged.quota.reason.value if judged.quota else "",
            "final": final or "",
            "final_result": ruleset.outcome_label(final).in_(self._language) if final else "",
            "because": self._because(judged, verdict, row),
            "blocking": blocking(data),
        }

    def _line(self, subject: Subject, problems: list[str]) -> Line:
        """The row of a subject that was not judged."""
        place = self._given.places.get(subject, _NOWHERE)
        empty: Line = dict.fromkeys(COLUMNS, "")
        return empty | {
            **self._about(subject),
            "file": place.file,
            "row": place.row,
            "list": List.NOT_JUDGED.value,
            "status": NOT_JUDGED,
            "result": phrase("not_judged", self._language),
            "reasons": [],
            "missing": [],
            "because": " ".join(problems),
            "blocking": [],
        }

    def _about(self, subject: Subject) -> Line:
        return {
            "organisation": subject.organisation,
            "unit": self._names.get(subject.organisation, ""),
            "level": self._given.levels.get(subject.organisation, ""),
            "person": subject.person,
            "name": self._given.names.get(subject.person, ""),
            "role": str(subject.role),
            "number": subject.number,
        }

    def _because(self, judged: Judged, verdict: Verdict, row: Line) -> str:
        """Why a subject stands where it does: the quota's sentences where it is in its reach, else the criteria's."""
        said: list[str] = []
        if judged.quota is not None and judged.quota.standing is not Standing.NOT_ELIGIBLE:
            key = (verdict.ruleset.id, verdict.ruleset.version)
            said.append(explain(judged.quota, self._result.awards[key].quota, self._language))
        if row["reasons"]:
            said.append(phrase("keeps", self._language, reasons="; ".join(row["reasons"])))
        # What the quota misses it has said itself.
        if row["missing"] and not said:
            said.append(_missing(verdict.ruleset, row["missing"], self._language))
        return " ".join(said)


_NO_VERDICT: Final = frozenset({Code.BAD_RECORD, Code.NO_RULESET, Code.LIMIT, Code.DUPLICATE})


def list_of(judged: Judged) -> List:
    """The list on which a subject stands."""
    verdict, quota = judged.verdict, judged.quota
    if verdict is None:
        return List.NOT_JUDGED
    if quota is not None:
        return List(quota.standing.value)
    if verdict.status is VerdictStatus.UNDETERMINED:
        return List.NEEDS_DECISION
    if verdict.ruleset.quota is None:
        return List.RATED
    return List.ELIGIBLE if verdict.outcome == verdict.ruleset.quota.outcome else List.NOT_ELIGIBLE


def _missing(ruleset: Ruleset, paths: list[str], language: Language) -> str:
    facts = dict.fromkeys(name_of(ruleset, path, language) for path in paths)
    return phrase("missing", language, facts=", ".join(facts))
