"""A campaign over tables: organisations level by level, then all people but heads, then heads, then quotas.

Nobody waits for more than that: people feed heads alone, and organisations those above them and their people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from engine.campaign.columns.feeding import KIND, RATING, Ratings, rating_columns
from engine.campaign.columns.judging import JUDGED, RulesetJudge
from engine.campaign.columns.problems import given_wrong, overtaken
from engine.campaign.columns.quotas import ANSWER, GROUPS, REACH, apply_quota
from engine.campaign.columns.tables import (
    NUMBER,
    ORGANISATION,
    PERSON,
    PROBLEMS,
    ROLE,
    Records,
    Step,
    TableCampaign,
)
from engine.campaign.feeding import Rating
from engine.campaign.model import Organisation, Role
from engine.campaign.problems import Code
from engine.campaign.tree import Tree, build_tree
from engine.catalogue import Catalogue
from engine.cohort import Award, QuotaError, award, quota_of
from engine.cohort.quota import Quota
from engine.feel import FeelLimitError
from engine.ruleset.ruleset import Ruleset

PIECE: Final = 250_000
"""Rows of a lazy table that are judged at once."""
_NO_READINGS: Final[Mapping[str, str]] = MappingProxyType({})
_QUOTA_COLUMNS: Final = ("standing", "standing_reason", "final")
_NOBODY: Final = pl.Schema(
    {
        **JUDGED,
        **dict.fromkeys((*_QUOTA_COLUMNS, "ruleset", "version"), pl.String()),
    }
)


def run_table_campaign(
    catalogue: Catalogue,
    organisations: pl.DataFrame,
    records: Iterable[Records],
    *,
    evaluated_on: date,
    readings: Mapping[str, str] = _NO_READINGS,
    tell: Callable[[Step], None] = lambda _: None,
) -> TableCampaign:
    """Judge a tree of organisations and the people in them; see `engine.campaign.run_campaign`.

    Args:
        catalogue: the rulesets at hand.
        organisations: the tree: ``id`` and ``parent``.
        records: of organisations and people; an organisation without one only holds the tree.
        evaluated_on: the date of the evaluation.
        readings: by the id of a ruleset whose quota has several readings, which of them to apply.
        tell: is told of each step when it is done.

    Raises:
        SelectionError: a ruleset is not in effect on the day.
        TableError: a column names no fact.
    """
    run = _Run(catalogue, organisations, list(records), evaluated_on, readings, tell)
    run.judge()
    return run.result()


class _Run:
    def __init__(
        self,
        catalogue: Catalogue,
        organisations: pl.DataFrame,
        records: list[Records],
        on: date,
        readings: Mapping[str, str],
        tell: Callable[[Step], None],
    ) -> None:
        self._tell = tell
        self._problems: list[dict[str, Any]] = []
        self._of_units = [(each, _whole(each.frame)) for each in records if not each.of_people]
        self._of_people = [each for each in records if each.of_people]
        self._tree = _tree(organisations, [frame for _, frame in self._of_units])
        self._judges: dict[str, RulesetJudge] = {}
        for each in records:
            if each.ruleset not in self._judges:
                ruleset = catalogue.on(each.ruleset, on)
                columns = each.frame.collect_schema().names()
                self._judges[each.ruleset] = RulesetJudge(
                    ruleset, self._quota(ruleset, readings), columns, on
                )
        self._parts: dict[str, list[pl.DataFrame]] = {id_: [] for id_ in self._judges}
        ids = list(self._tree.organisations)
        below = [(child, above) for above, children in self._tree.children.items() for child in children]
        self._parents = pl.DataFrame(
            [(child, above, child in self._tree.cyclic) for child, above in below],
            schema={"child": pl.String, ORGANISATION: pl.String, "cyclic": pl.Boolean},
            orient="row",
        ).sort("child")
        self._units = _units(self._tree)
        self._members = pl.DataFrame(
            schema={**dict.fromkeys((ORGANISATION, PERSON, ROLE, RATING, KIND), pl.String)}
        )
        tell(Step("tree", -1, len(ids)))

    def judge(self) -> None:
        """Judge everybody, in the order in which they feed each other."""
        depths = pl.DataFrame(
            {ORGANISATION: list(self._tree.depths), "depth": list(self._tree.depths.values())},
            schema={ORGANISATION: pl.String, "depth": pl.Int64},
        ).filter(~pl.col(ORGANISATION).is_in(list(self._tree.doubtful)))
        waiting = [
            (each.ruleset, frame.join(depths, on=ORGANISATION, how="inner", maintain_order="left"))
            for each, frame in self._of_units
        ]
        for depth in sorted(set(self._tree.depths.values()), reverse=True):
            rows = 0
            for ruleset, frame in waiting:
                level = frame.filter(pl.col("depth") == depth).drop("depth")
                if level.height:
                    blank = pl.lit("")
                    self._enter_units(
                        self._judge(ruleset, level.with_columns(blank.alias(PERSON), blank.alias(ROLE)))
                    )
                    rows += level.height
            self._tell(Step("organisations", depth, rows))
        self._people()

    def _people(self) -> None:
        heads: list[tuple[str, pl.DataFrame]] = []
        rated: list[pl.DataFrame] = []
        rows = 0
        for each in self._of_people:
            for piece in _pieces(each.frame):
                is_head = pl.col(ROLE) == Role.HEAD.value
                heads.append((each.ruleset, piece.filter(is_head)))
                others = piece.filter(~is_head)
                if others.height:
                    judged = self._judge(each.ruleset, others)
                    rated.append(judged.select(ORGANISATION, PERSON, ROLE, *rating_columns()))
                    rows += others.height
        self._members = pl.concat([self._members, *rated])
        self._tell(Step("people", -1, rows))
        rows = 0
        for ruleset, piece in heads:
            if piece.height:
                self._judge(ruleset, piece)
                rows += piece.height
        self._tell(Step("heads", -1, rows))

    def _judge(self, ruleset: str, frame: pl.DataFrame) -> pl.DataFrame:
        below = self._parents.join(
            self._units.select(pl.col(ORGANISATION).alias("child"), RATING, KIND), on="child", how="inner"
        ).with_columns(
            pl.when("cyclic").then(None).otherwise(RATING).alias(RATING),
            pl.when("cyclic").then(pl.lit(Rating.DOUBTFUL.value)).otherwise(KIND).alias(KIND),
        )
        judged, problems = self._judges[ruleset].judge(
            frame, Ratings(self._units, below.sort("child"), self._members)
        )
        self._parts[ruleset].append(judged)
        self._problems += problems
        return judged

    def _enter_units(self, judged: pl.DataFrame) -> None:
        found = judged.select(ORGANISATION, *rating_columns())
        self._units = self._units.update(found, on=ORGANISATION, how="left", include_nulls=True)

    def _quota(self, ruleset: Ruleset, readings: Mapping[str, str]) -> Quota | None:
        if ruleset.quota is None:
            return None
        try:
            return quota_of(ruleset, readings.get(ruleset.id, ""))
        except QuotaError:
            self._problems.append({"code": Code.BAD_QUOTA.value})
            return None

    def result(self) -> TableCampaign:
        """Apply the quotas, and put everything together."""
        subjects: list[pl.DataFrame] = []
        groups = [pl.DataFrame(schema=GROUPS)]
        for id_, judge in self._judges.items():
            if not self._parts[id_]:
                continue
            judged = pl.concat(self._parts[id_])
            with_quota, found = self._with_quota(judge, judged)
            subjects.append(
                with_quota.drop(*judge.paths, REACH, ANSWER, strict=False).with_columns(
                    pl.lit(id_).alias("ruleset"), pl.lit(judge.ruleset.version).alias("version")
                )
            )
            groups.append(found)
            self._tell(Step("quotas", -1, judged.height))
        everybody = pl.concat(subjects) if subjects else pl.DataFrame(schema=_NOBODY)
        number = pl.int_range(pl.len(), dtype=pl.Int64).over(ORGANISATION, PERSON, ROLE).alias(NUMBER)
        everybody = everybody.with_columns(number)
        problems = [
            *given_wrong(self._tree, everybody, self._units),
            *self._problems,
            *overtaken(
                everybody, [judge.ruleset for judge in self._judges.values()], self._parents, self._units
            ),
        ]
        return TableCampaign(
            everybody,
            pl.concat(groups),
            pl.DataFrame(problems, schema=PROBLEMS),
            {id_: judge.apart for id_, judge in self._judges.items() if judge.apart},
            {id_: judge.by_rows for id_, judge in self._judges.items() if judge.by_rows},
        )

    def _with_quota(self, judge: RulesetJudge, judged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        none = pl.lit(None, dtype=pl.String)
        unlimited = judged.with_columns(
            none.alias("standing"), none.alias("standing_reason"), pl.col("outcome").alias("final")
        )
        nothing = pl.DataFrame(schema=GROUPS)
        if judge.quota is None:
            return unlimited, nothing
        if judge.reaches is None or judge.answers is None:
            return self._row_by_row(judge, judge.quota, unlimited)
        usable = judged["status"] != "refused"
        told, groups = apply_quota(judge.quota, judged.filter(usable), judge.reaches, judge.answers)
        parts = [
            pl.concat([judged.filter(usable), told], how="horizontal"),
            unlimited.filter(~usable),
        ]
        return pl.concat(parts, how="diagonal"), groups

    def _row_by_row(
        self, judge: RulesetJudge, quota: Quota, unlimited: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The quota applied to the verdicts themselves."""
        try:
            found = award(quota, judge.verdicts.items())
        except (QuotaError, FeelLimitError):
            self._problems.append({"code": Code.BAD_QUOTA.value})
            return unlimited, pl.DataFrame(schema=GROUPS)
        results = [found.results.get(number) for number in range(unlimited.height)]
        told = {
            "standing": [each and each.standing.value for each in results],
            "standing_reason": [each and each.reason.value for each in results],
            "final": [each and each.outcome for each in results],
        }
        columns = [pl.Series(name, told[name], dtype=pl.String) for name in _QUOTA_COLUMNS]
        return unlimited.with_columns(columns), _groups_of(found)


def _groups_of(found: Award[int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "ruleset": found.quota.ruleset.id,
                "scope": list(group.key.scope),
                "values": [str(value) for value in group.key.values],
                "eligible": group.count.eligible,
                "others": group.count.others,
                "fewest": group.fewest.places,
                "most": group.most.places,
                "awarded": group.awarded,
            }
            for group in found.groups
        ],
        schema=GROUPS,
    )


def _tree(organisations: pl.DataFrame, records: list[pl.DataFrame]) -> Tree:
    """The tree; an organisation with two records is one that is given twice."""
    held = Counter(id_ for frame in records for id_ in frame[ORGANISATION])
    rows = organisations.select("id", "parent").rows()
    once = [Organisation(id_, parent, {} if id_ in held else None) for id_, parent in rows]
    parents = dict(rows)
    again = [Organisation(id_, parents.get(id_), {}) for id_, times in held.items() for _ in range(times - 1)]
    return build_tree([*once, *again])


def _units(tree: Tree) -> pl.DataFrame:
    """The ratings of organisations before any is judged."""
    ids = list(tree.organisations)
    kinds = [
        Rating.DOUBTFUL.value
        if id_ in tree.doubtful or tree.organisations[id_].facts is not None
        else Rating.NOT_RATED.value
        for id_ in ids
    ]
    schema = {ORGANISATION: pl.String, RATING: pl.String, KIND: pl.String}
    return pl.DataFrame({ORGANISATION: ids, RATING: [None] * len(ids), KIND: kinds}, schema=schema)


def _whole(frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    return frame.collect() if isinstance(frame, pl.LazyFrame) else frame


def _pieces(frame: pl.DataFrame | pl.LazyFrame) -> Iterator[pl.DataFrame]:
    if isinstance(frame, pl.LazyFrame):
        yield from frame.collect_batches(chunk_size=PIECE, maintain_order=True)
    else:
        yield from frame.iter_slices(PIECE)
