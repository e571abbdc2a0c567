"""The picture of a campaign: one HTML page that needs no network and no script, and prints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import polars as pl
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from clients.campaign.outcome import Counted, Outcome
from clients.campaign.results import List
from clients.campaign.words import phrase
from clients.score.report.charts import bars, shares
from clients.score.report.phrases import phrase as of_score
from engine.explanation.law import write_law

__all__ = ["report"]

_MOST: Final = 20  # lines of a table; bars of a chart


@dataclass(frozen=True)
class _Block:
    """A criterion that blocks, in words, and how many it blocks."""

    label: str
    law: str
    count: int


@dataclass(frozen=True)
class _Part:
    """Counts by the values of a column, the largest of them, and how many more there are."""

    heading: str
    chart: str
    counted: list[Counted]
    others: int


def report(outcome: Outcome) -> str:
    """The page; the same campaign gives the same text."""
    say = partial(_say, language=outcome.language)
    posts, organisations = outcome.posts, outcome.organisations
    names = [words or say("open") for _, words in outcome.outcomes]
    blocks = _blocks(outcome)
    return (
        _templates()
        .get_template("campaign.html")
        .render(
            language=outcome.language,
            say=say,
            outcome=outcome,
            day=outcome.on.strftime("%d/%m/%Y") if outcome.language == "vi" else outcome.on.isoformat(),
            lists=[(kind.value, count) for kind in List if (count := posts["list"].eq(kind.value).sum())],
            totals=[
                (key, len(subjects), list(zip(names, _totals(outcome, subjects), strict=True)))
                for key, subjects in (("outcomes", posts), ("unit_outcomes", organisations))
            ],
            names=names,
            parts=[
                part
                for part in (
                    _part(
                        outcome,
                        outcome.organisations,
                        "level",
                        f"{say('unit_outcomes')}: {say('by_level')}",
                        names,
                    ),
                    _part(outcome, posts, "level", f"{say('outcomes')}: {say('by_level')}", names),
                    _part(outcome, posts, "organisation", say("by_unit"), names),
                )
                if part is not None
            ],
            quotas=outcome.quota_use.to_dicts(),
            quota_chart=bars(
                [
                    (f"{row['ruleset']}, {row['scope']}: {row['awarded']} / {row['places']}", row["awarded"])
                    for row in outcome.quota_use.iter_rows(named=True)
                ]
            ),
            blocks=blocks,
            blocks_chart=bars([(each.label, each.count) for each in blocks]),
            problems=outcome.problems.head(_MOST * 3).to_dicts(),
            codes=outcome.problems.group_by("code", maintain_order=True).len().rows(),
            more_problems=max(0, len(outcome.problems) - _MOST * 3),
            rejects=outcome.rejects.head(_MOST).to_dicts(),
            more_rejects=max(0, len(outcome.rejects) - _MOST),
        )
    )


def _say(key: str, *, language: Any, **details: object) -> str:
    """The words of a key, of this page or of those it shares with the page of `chuan score`."""
    try:
        return phrase(key, language, **details)
    except KeyError:
        return of_score(key, language=language, **details)


def _totals(outcome: Outcome, subjects: pl.DataFrame) -> list[int]:
    counts = dict(subjects.group_by("final").len().iter_rows())
    return [counts.get(name, 0) for name, _ in outcome.outcomes]


def _part(outcome: Outcome, subjects: pl.DataFrame, by: str, heading: str, names: list[str]) -> _Part | None:
    counted = outcome.counted(subjects, by)
    if len(counted) < 2:
        return None
    largest = sorted(counted, key=lambda each: -each.total)[:_MOST]
    shown = [each for each in counted if each in largest]
    called = [each._replace(name=_called(outcome, each.name, by)) for each in shown]
    chart = shares([(each.name, each.counts) for each in called], names)
    return _Part(heading, chart, called, len(counted) - len(shown))


def _called(outcome: Outcome, name: str, by: str) -> str:
    if by == "organisation":
        return outcome.names.get(name) or name or phrase("unstated", outcome.language)
    return name or phrase("unstated", outcome.language)


def _blocks(outcome: Outcome) -> list[_Block]:
    named = outcome.subjects.select("ruleset", "version", "blocking").explode("blocking").drop_nulls()
    counts = named.group_by("ruleset", "version", "blocking").len().rows()
    found = []
    for id_, version, name, count in sorted(counts, key=lambda each: (-each[3], each))[:_MOST]:
        ruleset = outcome.rulesets[id_, version]
        criterion = next(each for each in ruleset.criteria if each.name == name)
        label = criterion.label.in_(outcome.language)
        found.append(_Block(label, write_law(criterion.citations, outcome.language), count))
    return found


@lru_cache(1)
def _templates() -> Environment:
    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("clients.campaign.report"), PackageLoader("clients.score.report")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
