"""A verdict as one row of a table, and the lines that the journal keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clients.score.problems import Problem
from engine import Ruleset, Verdict
from engine.explanation.law import write_law
from engine.ruleset.localized import Language

COLUMNS: Final = (
    "file",
    "row",
    "id",
    "status",
    "outcome",
    "lowest",
    "highest",
    "result",
    "score",
    "reasons",
    "missing",
    "ruleset",
    "version",
    "digest",
)
"""Of the results. `result` is the outcome or the range in words; `reasons` and `missing` are lists."""
REJECT_COLUMNS: Final = ("file", "row", "column", "cell", "fact", "problem", "mend")
"""Of the rejects: one row a mistake. `cell` is a reference such as D7, where cells have one."""
Line = dict[str, Any]

_STATUS: Final[Mapping[str, Mapping[str, str]]] = {
    "undetermined": {"vi": "Chưa xác định", "en": "Undetermined"},
    "not_rated": {"vi": "Không xếp loại", "en": "Not rated"},
    "cannot_evaluate": {"vi": "Chưa có căn cứ để đánh giá", "en": "No basis for evaluation"},
}
_UNMET: Final = "unmet"


class Results:
    """Writes verdicts of one ruleset as rows."""

    def __init__(self, ruleset: Ruleset, language: Language) -> None:
        self._ruleset = ruleset
        self._language = language
        self._outcomes = {each.name: each.label.in_(language) for each in ruleset.outcomes}
        self._gaps = {gap.name: gap.says.in_(language) for gap in ruleset.gaps}
        self._reasons: dict[str, str] = {}
        for criterion in ruleset.criteria:
            law = write_law(criterion.citations, language)
            label = criterion.label.in_(language)
            self._reasons[criterion.name] = f"{label} ({law})" if law else label

    def row(self, place: tuple[str, int], record_id: str, verdict: Mapping[str, Any]) -> Line:
        """The row of a verdict's data, by the names of `COLUMNS`; `place` is file and row."""
        bounds = verdict.get("range") or {}
        score = verdict.get("score")
        return {
            "file": place[0],
            "row": place[1],
            "id": record_id,
            "status": verdict["status"],
            "outcome": verdict.get("outcome") or "",
            "lowest": bounds.get("lowest", ""),
            "highest": bounds.get("highest", ""),
            "result": self._result(verdict, bounds),
            "score": score["total"].get("number", "") if score else "",
            "reasons": self._why(verdict),
            "missing": [each["fact"] for each in verdict.get("missing", ()) if each["matters"]],
            "ruleset": self._ruleset.id,
            "version": self._ruleset.version,
            "digest": self._ruleset.digest,
        }

    def _result(self, verdict: Mapping[str, Any], bounds: Mapping[str, str]) -> str:
        if outcome := verdict.get("outcome"):
            return self._outcomes[outcome]
        said = _STATUS[verdict["status"]][self._language]
        if not bounds:
            return said
        lowest, highest = self._outcomes[bounds["lowest"]], self._outcomes[bounds["highest"]]
        return f"{said}: {lowest}" if lowest == highest else f"{said}: {lowest} – {highest}"

    def _why(self, verdict: Mapping[str, Any]) -> list[str]:
        return [
            *(self._reasons[name] for name in blocking(verdict)),
            *(self._gaps[gap["name"]] for gap in verdict.get("gaps", ())),
        ]


def data_of(verdict: Verdict) -> dict[str, Any]:
    """What `Results.row` writes from; without the findings, since writing them takes longer than judging."""
    return {
        **verdict.judgement.data,
        "missing": [{"fact": each.fact, "matters": each.matters} for each in verdict.missing],
        "score": verdict.score.data if verdict.score is not None else None,
    }


def blocking(verdict: Mapping[str, Any]) -> list[str]:
    """The criteria that are not met and keep a verdict from the next higher outcome, each once."""
    nearest = next(iter(verdict.get("why_not", ())), {"blocks": ()})
    return list(dict.fromkeys(each["criterion"] for each in nearest["blocks"] if each["status"] == _UNMET))


def reject(place: tuple[str, int], problem: Problem, letters: Mapping[str, str], language: Language) -> Line:
    """The row of one mistake, by the names of `REJECT_COLUMNS`."""
    file, row = place
    letter = letters.get(problem.column, "")
    return {
        "file": file,
        "row": row,
        "column": problem.column,
        "cell": f"{letter}{row}" if letter else "",
        "fact": problem.fact,
        "problem": problem.what(language),
        "mend": problem.mend(language),
    }
