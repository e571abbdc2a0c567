"""Quotas over tables: groups are counted by columns, and each different contest is decided once.

Groups nest, so each outermost group (mostly a unit) is a contest of its own. A contest is what is counted in its groups
and which of them its eligible members are in; a country has some thousand different ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import polars as pl

from engine.cohort.award import Reason, Standing
from engine.cohort.groups import GroupKey, Reach, ShareAnswers, group_of, reach
from engine.cohort.places import Headcount
from engine.cohort.quota import Quota
from engine.cohort.seats import Answer, Claim, Contender, Limits, allocate
from engine.evaluation import Evaluator
from engine.facts import FactsReader, RecordError
from engine.judgement import Judgement, VerdictStatus
from engine.table.layout import NULL_MARK, record_of

REACH: Final = "reach"
"""What a verdict means for the quota, as a number: see `Reaches`."""
ANSWER: Final = "answer"
"""What a record says of the share, as a number: see `Answers`."""
GROUPS: Final[pl.Schema] = pl.Schema(
    {
        "ruleset": pl.String(),
        "scope": pl.List(pl.String()),
        "values": pl.List(pl.String()),
        "eligible": pl.Int64(),
        "others": pl.Int64(),
        "fewest": pl.Int64(),
        "most": pl.Int64(),
        "awarded": pl.Int64(),
    }
)


def why_not_columns(quota: Quota, columns: Sequence[str]) -> str:
    """Why a quota cannot be applied by columns; empty where it can."""
    facts = quota.ruleset.facts
    paths = [path for scope in quota.scopes for path in scope]
    if quota.keys:
        return "its members are ranked"
    if any(path not in facts or facts[path].declared.kind not in ("text", "enum") for path in paths):
        return "a group is named by what is no text"
    if not quota.scopes or any(not set(outer) < set(inner) for outer, inner in pairwise(quota.scopes)):
        return "its groups do not nest"
    if any(path not in columns for path in paths):
        return "nobody states a fact that names the groups"
    return ""


class Reaches:
    """Numbers for what judgements mean for a quota."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._numbers: dict[tuple[Reach, str], int] = {}

    def tell(self, judgement: Judgement) -> int:
        """The number of what a judgement means."""
        status = "decided" if judgement.status is VerdictStatus.DECIDED else ""
        return self._numbers.setdefault((reach(judgement, self._quota), status), len(self._numbers))

    @property
    def frame(self) -> pl.DataFrame:
        """What each number means."""
        rows = [
            (number, found.eligible, found.may_be, found.counts, bool(status))
            for (found, status), number in self._numbers.items()
        ]
        schema = {
            REACH: pl.Int64,
            **dict.fromkeys(("is_eligible", "may_be", "counts", "is_decided"), pl.Boolean),
        }
        return pl.DataFrame(rows, schema=schema, orient="row")


class Answers:
    """Numbers for what records say of the share; each different combination of the facts is asked once."""

    def __init__(self, quota: Quota, evaluator: Evaluator, parameters: Mapping[str, Any]) -> None:
        self._quota = quota
        self._reader = FactsReader(evaluator.ruleset.facts)
        self._parameters = parameters
        self._known: list[ShareAnswers] = []
        terms = [term for term in (quota.share, quota.raised, quota.when) if term is not None]
        self._roots = {path.partition(".")[0] for term in terms for path in term.reads}

    def of(self, frame: pl.DataFrame) -> pl.Series:
        """The number of the answer of each row; null where the record cannot be used."""
        columns = [
            name for name in frame.columns if name.removesuffix(NULL_MARK).partition(".")[0] in self._roots
        ]
        if not columns:
            number = self._asked({})
            return pl.Series(ANSWER, [number] * frame.height, dtype=pl.Int64)
        different = frame.select(columns).unique(maintain_order=True)
        numbers = [self._asked(record_of(row)) for row in different.iter_rows(named=True)]
        known = different.with_columns(pl.Series(ANSWER, numbers, dtype=pl.Int64))
        return frame.select(columns).join(
            known, on=columns, how="left", nulls_equal=True, maintain_order="left"
        )[ANSWER]

    def of_values(self, values: Mapping[str, object]) -> int:
        """The number of the answer of a record that was read."""
        asked = self._quota.ask(values)
        answer = (asked.share, asked.raised, asked.when)
        for number, known in enumerate(self._known):
            if known == answer:
                return number
        self._known.append(answer)
        return len(self._known) - 1

    def at(self, numbers: Sequence[int]) -> list[ShareAnswers]:
        """The answers with these numbers."""
        return [self._known[number] for number in numbers]

    def _asked(self, record: Mapping[str, Any]) -> int | None:
        try:
            return self.of_values({**self._reader.read(record), **self._parameters})
        except RecordError:
            return None


def apply_quota(
    quota: Quota, members: pl.DataFrame, reaches: Reaches, answers: Answers
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a quota makes of its cohort.

    Args:
        quota: which `why_not_columns` finds nothing against.
        members: all with a verdict, with the columns of its scopes, ``outcome``, `REACH` and `ANSWER`.
        reaches: what `REACH` means.
        answers: what `ANSWER` means.

    Returns:
        For each member ``standing``, ``standing_reason`` and ``final``, in their order; and the groups (`GROUPS`).
    """
    known = members.join(reaches.frame, on=REACH, how="left", maintain_order="left")
    paths = list(dict.fromkeys(path for scope in quota.scopes for path in scope))
    groups = [_groups(quota, scope, known, answers) for scope in quota.scopes]
    patterns = known.filter("is_eligible").group_by(paths, maintain_order=True).agg(pl.len().alias("n"))
    for place, (scope, found) in enumerate(zip(quota.scopes, groups, strict=True)):
        limits = found.select(
            *scope, pl.col("fewest").alias(f"low{place}"), pl.col("most").alias(f"high{place}")
        )
        patterns = patterns.join(limits, on=list(scope), how="left", maintain_order="left")
    decided = patterns.select(paths).with_columns(_contests(quota, patterns))
    found = known.join(decided, on=paths, how="left", nulls_equal=True, maintain_order="left")
    result = found.select(*_standings(quota), *paths)
    return result.drop(paths), pl.concat(
        [_counted(quota, scope, each, result) for scope, each in zip(quota.scopes, groups, strict=True)]
    )


def _groups(quota: Quota, scope: Sequence[str], known: pl.DataFrame, answers: Answers) -> pl.DataFrame:
    """The groups of a scope, with what is counted in them and their places."""
    eligible = pl.col("is_eligible")
    counted = (
        known.filter(pl.all_horizontal(pl.col(path).is_not_null() for path in scope))
        .group_by(list(scope))
        .agg(
            eligible.sum().cast(pl.Int64).alias("eligible"),
            (pl.col("counts").fill_null(value=False) & ~eligible).sum().cast(pl.Int64).alias("others"),
            pl.col(ANSWER).drop_nulls().unique().sort().alias("answers"),
        )
        .with_columns(pl.col("answers").cast(pl.List(pl.String)).list.join(",").alias("key"))
    )
    rank = quota.ruleset.rank
    counts = (rank(quota.outcome) in quota.counted, rank(quota.falls_to) in quota.counted)
    by = ["eligible", "others", "key"]
    different = counted.select(*by, "answers").unique(subset=by, maintain_order=True)
    limits = []
    for row in different.iter_rows(named=True):
        count = Headcount(row["eligible"], row["others"], *counts)
        group = group_of(quota, GroupKey(tuple(scope), ()), count, answers.at(row["answers"]), 0)
        limits.append((group.fewest.places, group.most.places))
    places = pl.DataFrame(limits, schema={"fewest": pl.Int64, "most": pl.Int64}, orient="row")
    told = pl.concat([different.select(by), places], how="horizontal")
    return counted.join(told, on=by, how="left").sort(list(scope))


def _contests(quota: Quota, patterns: pl.DataFrame) -> pl.Series:
    """For each pattern (the groups that some eligible members are in), their claim and reason in one text."""
    outermost = quota.scopes[0]
    number = len(quota.scopes)
    rows = patterns.select(
        pl.struct(outermost).rank("dense").alias("unit")
        if len(outermost) > 1
        else pl.col(outermost[0]).alias("unit"),
        "n",
        *(pl.struct(scope).rank("dense").alias(f"group{place}") for place, scope in enumerate(quota.scopes)),
        *(pl.col(f"{side}{place}") for place in range(number) for side in ("low", "high")),
    ).rows()
    units: dict[object, list[int]] = {}
    for index, row in enumerate(rows):
        units.setdefault(row[0], []).append(index)
    told: list[str | None] = [None] * len(rows)
    memo: dict[tuple[object, ...], list[str]] = {}
    for indexes in units.values():
        key = _key([rows[index] for index in indexes], number)
        if key not in memo:
            memo[key] = _decided(*key)
        for index, claim in zip(indexes, memo[key], strict=True):
            told[index] = claim
    return pl.Series("claim", told, dtype=pl.String)


def _key(rows: Sequence[tuple[Any, ...]], scopes: int) -> tuple[Any, Any]:
    """A contest without names: of each pattern how many, its groups and whether all are known; and the places."""
    limits: list[Limits] = []
    local: dict[tuple[int, object], int] = {}
    for place in range(scopes):
        for row in rows:
            low = row[2 + scopes + 2 * place]
            if low is not None and (place, row[2 + place]) not in local:
                local[place, row[2 + place]] = len(limits)
                limits.append(Limits(low, row[3 + scopes + 2 * place]))
    patterns = [
        (
            row[1],
            tuple(
                local[place, row[2 + place]]
                for place in range(scopes)
                if row[2 + scopes + 2 * place] is not None
            ),
        )
        for row in rows
    ]
    return tuple((n, groups, len(groups) == scopes) for n, groups in patterns), tuple(limits)


def _decided(patterns: Sequence[tuple[int, tuple[int, ...], bool]], limits: Sequence[Limits]) -> list[str]:
    """The claim and reason of each pattern. All of one pattern are alike: nothing ranks them."""
    contenders = [Contender(0, 0, groups, placed) for n, groups, placed in patterns for _ in range(n)]
    found = allocate(contenders, limits)
    told = []
    at = 0
    for n, _, placed in patterns:
        told.append(_told(found[at], limits, placed=placed))
        at += n
    return told


def _told(answer: Answer, limits: Sequence[Limits], *, placed: bool) -> str:
    match answer.claim:
        case Claim.AWARDED:
            return f"{Standing.AWARDED.value} {Reason.WITHIN_PLACES.value}"
        case Claim.REFUSED:
            none = any(not limits[group].high for group in answer.groups)
            reason = Reason.CAP_ZERO_SLOTS if none else Reason.PLACES_TAKEN
            return f"{Standing.NOT_AWARDED.value} {reason.value}"
        case Claim.OPEN:
            if not placed:
                reason = Reason.MISSING_FACT
            elif any(limits[group].low < limits[group].high for group in answer.groups):
                reason = Reason.SHARE_NOT_KNOWN
            else:
                reason = Reason.NO_RANKING
            return f"{Standing.NEEDS_DECISION.value} {reason.value}"


def _standings(quota: Quota) -> list[pl.Expr]:
    part = pl.col("claim").str.split(" ")
    standing = (
        pl.when("is_eligible")
        .then(part.list.get(0, null_on_oob=True))
        .when("may_be")
        .then(pl.lit(Standing.NEEDS_DECISION.value))
        .otherwise(pl.lit(Standing.NOT_ELIGIBLE.value))
    )
    reason = (
        pl.when("is_eligible")
        .then(part.list.get(1, null_on_oob=True))
        .when("may_be")
        .then(pl.lit(Reason.VERDICT_OPEN.value))
        .when("is_decided")
        .then(pl.lit(Reason.OTHER_OUTCOME.value))
        .otherwise(pl.lit(Reason.NO_OUTCOME.value))
    )
    final = (
        pl.when(standing == Standing.AWARDED.value)
        .then(pl.lit(quota.outcome))
        .when(standing == Standing.NOT_AWARDED.value)
        .then(pl.lit(quota.falls_to))
        .when(standing == Standing.NOT_ELIGIBLE.value)
        .then("outcome")
    )
    return [standing.alias("standing"), reason.alias("standing_reason"), final.alias("final")]


def _counted(quota: Quota, scope: Sequence[str], groups: pl.DataFrame, result: pl.DataFrame) -> pl.DataFrame:
    """The groups of a scope as they are told."""
    awarded = (
        result.filter(pl.col("standing") == Standing.AWARDED.value)
        .group_by(list(scope))
        .agg(pl.len().cast(pl.Int64).alias("awarded"))
    )
    return (
        groups.join(awarded, on=list(scope), how="left")
        .sort(list(scope))
        .select(
            pl.lit(quota.ruleset.id).alias("ruleset"),
            pl.lit(list(scope), dtype=pl.List(pl.String)).alias("scope"),
            pl.concat_list(pl.col(path).cast(pl.String) for path in scope).alias("values"),
            *(pl.col(name) for name in ("eligible", "others", "fewest", "most")),
            pl.col("awarded").fill_null(0),
        )
    )
