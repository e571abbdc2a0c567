"""The quota of a ruleset over the rows of files: how many places each group has, and who takes them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import orjson
import polars as pl

from clients.score.problems import ScoreError
from engine import Ruleset, Verdict
from engine.cohort import Award, Group, GroupKey, Quota, QuotaError, Standing, award, quota_of
from engine.facts import FactsReader
from engine.findings import Found
from engine.judgement import Judgement, VerdictStatus
from engine.records import parse_record
from engine.table.layout import record_of
from engine.table.rowwise import Distinct
from engine.verdict import ChosenBy

MOST_ROWS: Final = 500_000
"""Rows that a quota is applied to: it is applied to all of them at once."""

_NO_FINDINGS: Final = Found((), (), lambda *_: ())
QUOTA_COLUMNS: Final = ("quota", "status", "outcome", "lowest", "highest", "possible")
"""Of results, what `quota_use` reads."""


@dataclass(frozen=True)
class GroupUse:
    """How one group uses its quota.

    Attributes:
        scope: the paths of the facts that name the group.
        values: what they are.
        fewest: its places; where its share is not known, the fewest that there can be.
        most: the most that there can be.
        eligible: those who reached the outcome.
        awarded: those who have a place.
        not_awarded: those who are eligible and have none.
        needs_decision: those of whom the authority has to decide.
    """

    scope: tuple[str, ...]
    values: tuple[str, ...]
    fewest: int
    most: int
    eligible: int
    awarded: int
    not_awarded: int
    needs_decision: int


class QuotaFacts:
    """What the rows state of the facts that a quota reads, as text that is kept with each row.

    Attributes:
        quota: the quota.
    """

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        reads = [path for scope in quota.scopes for path in scope]
        for key in quota.keys:
            reads += key.reads
        for term in (quota.share, quota.raised, quota.when):
            reads += () if term is None else term.reads
        self._heads = frozenset(path.partition(".")[0] for path in reads) & quota.ruleset.facts.keys()

    def of_record(self, facts: Mapping[str, object]) -> str:
        """Of one record."""
        stated = {name: facts[name] for name in sorted(self._heads) if name in facts}
        return orjson.dumps(stated, default=_exact).decode()

    def of_table(self, facts: pl.DataFrame) -> pl.Series:
        """Of each row of a table."""
        columns = [name for name in facts.columns if name.partition(".")[0].partition(" ")[0] in self._heads]
        distinct = Distinct.of(facts, columns)
        texts = [self.of_record(record_of(row)) for row in distinct.rows]
        return pl.Series(texts, dtype=pl.String).gather(distinct.numbers)


def quotas_of(rulesets: Iterable[Ruleset], readings: Mapping[str, str]) -> dict[str, QuotaFacts]:
    """The quotas that are applied, by the digest of their ruleset.

    One whose law can be read in several ways is applied only if a reading is named.

    Args:
        rulesets: that judge.
        readings: by the id of a ruleset, which reading; under an empty id, of the one ruleset that there is.

    Raises:
        ScoreError: a reading is named that there is none of.
    """
    found = {}
    known = set()
    for ruleset in rulesets:
        reading = readings.get(ruleset.id, readings.get("", ""))
        known.add(ruleset.id)
        if ruleset.quota is None or (ruleset.quota.readings and not reading):
            if reading and ruleset.id in readings:
                raise ScoreError(f"--reading {ruleset.id}={reading}: {ruleset.id} has no quota")
            continue
        try:
            found[ruleset.digest] = QuotaFacts(quota_of(ruleset, reading))
        except QuotaError as error:
            raise ScoreError(f"--reading: {error}") from None
    if unknown := readings.keys() - known - {""}:
        raise ScoreError(f"--reading: no ruleset that judges is called {', '.join(sorted(unknown))}")
    return found


def quota_use(quota: Quota, day: dt.date, results: pl.DataFrame) -> list[GroupUse]:
    """How the groups use a quota.

    Args:
        quota: the quota.
        day: of the evaluation.
        results: of its ruleset, with the columns `QUOTA_COLUMNS`.
    """
    reader = FactsReader(quota.ruleset.facts)
    parameters = quota.ruleset.parameters_on(day)

    @lru_cache(None)
    def verdict_of(
        facts: str, status: str, outcome: str, lowest: str, highest: str, possible: str
    ) -> Verdict:
        judgement = Judgement(
            VerdictStatus(status),
            outcome=outcome or None,
            lowest=lowest or None,
            highest=highest or None,
            possible=tuple(filter(None, possible.split(" "))),
        )
        values = {**parameters, **reader.read(parse_record(facts.encode()))}
        return Verdict(quota.ruleset, day, ChosenBy.DATE, values, _NO_FINDINGS, judgement)

    rows = results.select(
        "quota", "status", "outcome", "lowest", "highest", pl.col("possible").list.join(" ")
    ).iter_rows()
    found = award(quota, ((number, verdict_of(*row)) for number, row in enumerate(rows)))
    return [_use(group, counts) for group, counts in _counted(found)]


def _counted(found: Award[int]) -> Sequence[tuple[Group, Counter[Standing]]]:
    counts: dict[GroupKey, Counter[Standing]] = {group.key: Counter() for group in found.groups}
    for result in found.results.values():
        if result.standing is not Standing.NOT_ELIGIBLE:
            for position in result.positions:
                counts[position.group.key][result.standing] += 1
    return [(group, counts[group.key]) for group in found.groups]


def _use(group: Group, counts: Counter[Standing]) -> GroupUse:
    return GroupUse(
        group.key.scope,
        tuple(map(str, group.key.values)),
        group.fewest.places,
        group.most.places,
        group.count.eligible,
        counts[Standing.AWARDED],
        counts[Standing.NOT_AWARDED],
        counts[Standing.NEEDS_DECISION],
    )


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(f"{type(value).__name__} stands in no record")
