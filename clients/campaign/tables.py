"""What a campaign comes to for programs: tables of subjects, of quota groups and of problems, as Parquet and CSV."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from clients.campaign.results import COLUMNS
from clients.score.results import REJECT_COLUMNS, Line
from engine.campaign import CampaignResult, Code
from engine.cohort import Award, Group, GroupKey, Standing
from engine.explanation.sentences import name_of
from engine.explanation.writing import write
from engine.ruleset.localized import Language

_LISTS: Final = ("reasons", "missing", "blocking")
_NUMBERS: Final = ("number", "row")
SUBJECTS: Final[pl.Schema] = pl.Schema(
    {
        name: pl.List(pl.String()) if name in _LISTS else pl.Int64() if name in _NUMBERS else pl.String()
        for name in (*COLUMNS, "blocking")
    }
)
"""Of the table of subjects."""
GROUPS: Final[pl.Schema] = pl.Schema(
    {
        "ruleset": pl.String(),
        "version": pl.String(),
        "reading": pl.String(),
        "outcome": pl.String(),
        "scope": pl.String(),
        "group": pl.String(),
        "share": pl.String(),
        "denominator": pl.Int64(),
        "places": pl.Int64(),
        "places_most": pl.Int64(),
        "eligible": pl.Int64(),
        "awarded": pl.Int64(),
        "needs_decision": pl.Int64(),
        "organisations": pl.List(pl.String()),
    }
)
"""Of the table of quota groups. `share` is a fraction; `places` and `places_most` differ where it is not known."""
PROBLEMS: Final[pl.Schema] = pl.Schema(
    {name: pl.String() for name in ("code", "organisation", "person", "text")}
)
"""Of the table of problems."""
_FIRST_AND_LAST: Final = {Code.BAD_QUOTA: -1, Code.FED_BEFORE_QUOTA: 1}
_FORMULA: Final = r"^[=+\-@\t\r]"
_SEPARATOR: Final = "; "


def subjects_frame(rows: Iterable[Line]) -> pl.DataFrame:
    """The rows of subjects as a table."""
    return pl.DataFrame(list(rows), schema=SUBJECTS)


def groups_frame(result: CampaignResult, language: Language) -> pl.DataFrame:
    """The groups within which quotas hold, and how their places are used."""
    return pl.DataFrame(
        [line for award in result.awards.values() for line in _groups(award, language)], schema=GROUPS
    )


def problems_frame(result: CampaignResult, language: Language) -> pl.DataFrame:
    """Everything that is wrong with what was given, what concerns many first, then as the campaign says it."""
    problems = sorted(result.problems, key=lambda problem: _FIRST_AND_LAST.get(problem.code, 0))
    return pl.DataFrame(
        [
            {
                "code": problem.code.value,
                "organisation": problem.subjects[0].organisation if problem.subjects else "",
                "person": problem.subjects[0].person if problem.subjects else "",
                "text": problem.text(language),
            }
            for problem in problems
        ],
        schema=PROBLEMS,
    )


def rejects_frame(rejects: Iterable[Line]) -> pl.DataFrame:
    """The cells and rows that have to be mended."""
    schema = {name: pl.Int64 if name == "row" else pl.String for name in REJECT_COLUMNS}
    return pl.DataFrame(list(rejects), schema=schema)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write a table as CSV that spreadsheets open as it is meant.

    A text that a spreadsheet would take for a formula gets an apostrophe before it: whoever writes ``=…`` into a name
    must not have it run on the committee's machines. The Parquet file has the texts as they are.
    """
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    flat = frame.with_columns(pl.col(name).list.join(_SEPARATOR) for name in lists)
    texts = [name for name, kind in flat.schema.items() if kind == pl.String and name != "score"]
    flat.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    ).write_csv(path, include_bom=True, line_terminator="\r\n")


def _groups(award: Award[Any], language: Language) -> Iterator[dict[str, Any]]:
    units: defaultdict[GroupKey, dict[str, None]] = defaultdict(dict)
    undecided: Counter[GroupKey] = Counter()
    for subject, result in award.results.items():
        for position in result.positions:
            units[position.group.key][subject.organisation] = None
            undecided[position.group.key] += result.standing is Standing.NEEDS_DECISION
    quota = award.quota
    for group in award.groups:
        share = group.fewest.share
        yield {
            "ruleset": quota.ruleset.id,
            "version": quota.ruleset.version,
            "reading": quota.reading,
            "outcome": quota.outcome,
            "scope": ", ".join(name_of(quota.ruleset, path, language) for path in group.key.scope),
            "group": _called(award, group, language),
            "share": "" if share is None else f"{share.numerator}/{share.denominator}",
            "denominator": group.fewest.denominator,
            "places": group.fewest.places,
            "places_most": group.most.places,
            "eligible": group.count.eligible,
            "awarded": group.awarded,
            "needs_decision": undecided[group.key],
            "organisations": list(units[group.key]),
        }


def _called(award: Award[Any], group: Group, language: Language) -> str:
    """What people call a group: the values of the facts that name it."""
    ruleset = award.quota.ruleset
    return ", ".join(
        write(value, language, declared=ruleset.declared_at(path))
        for path, value in zip(group.key.scope, group.key.values, strict=True)
    )
