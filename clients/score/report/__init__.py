"""The picture of the whole: one HTML page that needs no network and no script, and prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from clients.score.leaves import leaves_of
from clients.score.quotas import GroupUse
from clients.score.report.charts import bars, histogram, shares
from clients.score.report.phrases import phrase
from clients.score.report.quotas import quota_parts
from clients.score.tally import Counts, Tally
from clients.score.work import Work
from engine import Ruleset
from engine.explanation.law import write_law
from engine.ruleset.localized import Language

__all__ = ["report"]

_MOST = 20  # lines of a table; groups of a chart


@dataclass(frozen=True)
class _Block:
    """A criterion that blocks, in words, and how many rows it blocks."""

    label: str
    law: str
    count: int


@dataclass(frozen=True)
class _Missing:
    """A fact that is missing: of how many rows, and of how many it is the only one."""

    label: str
    fact: str
    count: int
    alone: int


@dataclass(frozen=True)
class _Group:
    """The results of one value of a fact, in the order of the report's results."""

    value: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class _Breakdown:
    """The results by a fact."""

    fact: str
    label: str
    groups: tuple[_Group, ...]
    others: int
    chart: str


@dataclass(frozen=True)
class _Chapter:
    """What came of the rows that were judged by one ruleset."""

    ruleset: Ruleset
    title: str
    judged: int
    results: tuple[tuple[str, int], ...]
    results_chart: str
    breakdowns: tuple[_Breakdown, ...]
    blocks: tuple[_Block, ...]
    blocks_chart: str
    missing: tuple[_Missing, ...]
    scores_chart: str


def report(
    work: Work, tally: Tally, uses: Mapping[str, Sequence[GroupUse]], on: date, language: Language
) -> str:
    """The page; the same work gives the same text.

    Args:
        work: what was judged.
        tally: what came of it.
        uses: of quotas by groups, by the digest of their ruleset.
        on: the date of evaluation.
        language: of the page.
    """
    judging = [each for each in work.rulesets if each.digest in tally.counts]
    shown = judging or list(work.rulesets[:1])
    return (
        _templates()
        .get_template("report.html")
        .render(
            language=language,
            say=partial(phrase, language=language),
            rulesets=shown,
            chapters=[_chapter(each, tally, language) for each in shown],
            quotas=quota_parts(shown, work, tally, uses, language),
            on=on,
            work=work,
            tally=tally,
            problems=sorted(tally.problems.items(), key=lambda each: (-each[1], each[0]))[:_MOST],
            more_problems=max(0, len(tally.problems) - _MOST),
        )
    )


def _chapter(ruleset: Ruleset, tally: Tally, language: Language) -> _Chapter:
    counts = tally.counts.get(ruleset.digest) or Counts(len(tally.by))
    say = partial(phrase, language=language)
    results = _results(ruleset, counts)
    named = tuple((words, count) for (_, words), count in results)
    blocks = tuple(_blocks(ruleset, counts, language))
    return _Chapter(
        ruleset,
        ruleset.title.in_(language),
        counts.judged,
        named,
        bars(named),
        tuple(_breakdowns(ruleset, tally.by, counts, [key for key, _ in results], language)),
        blocks,
        bars([(each.label, each.count) for each in blocks]),
        tuple(_missing(ruleset, counts, language)),
        histogram(counts.scores, say("score"), say("rows")),
    )


def _results(ruleset: Ruleset, counts: Counts) -> list[tuple[tuple[str, str], int]]:
    """The results in the order of the outcomes, highest first, then those without one."""
    ranks = {outcome.name: -outcome.rank for outcome in ruleset.outcomes}
    return sorted(counts.results.items(), key=lambda each: (ranks.get(each[0][0], 1), each[0]))


def _blocks(ruleset: Ruleset, counts: Counts, language: Language) -> list[_Block]:
    criteria = {each.name: each for each in ruleset.criteria}
    return [
        _Block(criteria[name].label.in_(language), write_law(criteria[name].citations, language), count)
        for name, count in _most(counts.blocking)
    ]


def _missing(ruleset: Ruleset, counts: Counts, language: Language) -> list[_Missing]:
    leaves = leaves_of(ruleset)
    found = []
    for fact, count in _most(counts.missing):
        name = fact.partition(".")[0].partition("[")[0]
        label = leaves[fact].label(language) if fact in leaves else ruleset.facts[name].label.in_(language)
        found.append(_Missing(label, fact, count, counts.missing_alone[fact]))
    return found


def _breakdowns(
    ruleset: Ruleset,
    by: tuple[str, ...],
    counts: Counts,
    results: list[tuple[str, str]],
    language: Language,
) -> list[_Breakdown]:
    found: list[_Breakdown] = []
    names = [words for _, words in results]
    for path, group in zip(by, counts.groups, strict=True):
        totals: dict[str, int] = {}
        for (value, _), count in group.items():
            totals[value] = totals.get(value, 0) + count
        if not any(totals):
            continue  # no row states it
        largest = sorted(totals, key=lambda value: (-totals[value], value))
        groups = tuple(
            _Group(value, tuple(group[value, key] for key in results), totals[value])
            for value in largest[:_MOST]
        )
        label = ruleset.facts[path.partition(".")[0]].label.in_(language)
        unstated = phrase("unstated", language=language)
        chart = shares([(each.value or unstated, each.counts) for each in groups], names)
        found.append(_Breakdown(path, label, groups, len(largest) - len(groups), chart))
    return found


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The most frequent, ties by name, so that the page is the same however the rows came."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:_MOST]


@lru_cache(1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("clients.score.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
