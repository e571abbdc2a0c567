"""A verdict as one row of a table, and the lines that the journal keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

import polars as pl

from clients.score.problems import Problem
from engine import Ruleset, Verdict
from engine.explanation.law import write_law
from engine.judgement import Judgement
from engine.ruleset.localized import Language
from engine.table import Scored

LISTS: Final = frozenset({"reasons", "missing", "blocking", "by", "possible"})
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
SCHEMA: Final = pl.Schema(
    {
        name: pl.Int64() if name == "row" else pl.List(pl.String) if name in LISTS else pl.String()
        for name in (*COLUMNS, "blocking", "by", "possible", "quota")
    }
)
"""Of results as they are kept: besides, the criteria that keep from the next outcome, the values of the groups, the
gates that hang on a missing fact, and what the row states of the facts that a quota reads."""
REJECT_COLUMNS: Final = ("file", "row", "column", "cell", "fact", "problem", "mend")
"""Of the rejects: one row a mistake. `cell` is a reference such as D7, where cells have one."""
REJECT_SCHEMA: Final = pl.Schema(
    {name: pl.Int64() if name == "row" else pl.String() for name in (*REJECT_COLUMNS, "code")}
)
"""Of rejects as they are kept: besides, the kind of mistake."""
Line = dict[str, Any]

_WORDS: Final = pl.Struct(
    {
        name: SCHEMA[name]
        for name in ("status", "outcome", "lowest", "highest", "result", "reasons", "blocking", "possible")
    }
)
SCORED_COLUMNS: Final = ("status", "missing_matters")
"""What `Results.frame` needs of a table's verdicts, beside the score where there is one."""
_SCORE: Final = "score"
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
        self._known: WeakKeyDictionary[Judgement, dict[str, Any]] = WeakKeyDictionary()
        self._reasons: dict[str, str] = {}
        for criterion in ruleset.criteria:
            law = write_law(criterion.citations, language)
            label = criterion.label.in_(language)
            self._reasons[criterion.name] = f"{label} ({law})" if law else label

    def row(self, place: tuple[str, int], record_id: str, verdict: Mapping[str, Any]) -> Line:
        """The row of a verdict's data, by the names of `COLUMNS`; `place` is file and row."""
        score = verdict.get("score")
        return {
            "file": place[0],
            "row": place[1],
            "id": record_id,
            **self._words(verdict),
            "score": score["total"].get("number", "") if score else "",
            "missing": [each["fact"] for each in verdict.get("missing", ()) if each["matters"]],
            "ruleset": self._ruleset.id,
            "version": self._ruleset.version,
            "digest": self._ruleset.digest,
        }

    def frame(self, scored: Scored, columns: Mapping[str, pl.Series]) -> pl.DataFrame:
        """The rows of a table's verdicts, with `columns` beside them; null where a row is refused."""
        words = scored.of_judgements(self._words_of, _WORDS)
        score = scored.frame.get_column(_SCORE, default=None)
        return (
            pl.DataFrame(words)
            .unnest("told")
            .with_columns(
                *(series.alias(name) for name, series in columns.items()),
                (pl.lit("") if score is None else score.fill_null("")).alias("score"),
                scored.frame["missing_matters"].alias("missing"),
                ruleset=pl.lit(self._ruleset.id),
                version=pl.lit(self._ruleset.version),
                digest=pl.lit(self._ruleset.digest),
            )
        )

    def _words_of(self, judgement: Judgement) -> dict[str, Any]:
        """What follows from a judgement alone, made once for each."""
        found = self._known.get(judgement)
        if found is None:
            data = judgement.data
            found = self._known[judgement] = {**self._words(data), **beside(data)}
        return found

    def _words(self, verdict: Mapping[str, Any]) -> dict[str, Any]:
        bounds = verdict.get("range") or {}
        return {
            "status": verdict["status"],
            "outcome": verdict.get("outcome") or "",
            "lowest": bounds.get("lowest", ""),
            "highest": bounds.get("highest", ""),
            "result": self._result(verdict, bounds),
            "reasons": self._why(verdict),
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


def beside(verdict: Mapping[str, Any]) -> Line:
    """What is kept of a verdict beside its row: see `SCHEMA`."""
    return {"blocking": blocking(verdict), "possible": list(verdict.get("possible", ()))}


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
