"""Facts that a campaign feeds, as columns: group-bys and joins over the ratings already reached.

A row is irregular where more than a value is to be said of it: a rating in a list is open or doubtful, the record says
something else, the unit is not in the campaign. Such a row is evaluated by itself, by `engine.campaign.feeding`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import polars as pl

from engine.campaign.columns.tables import ORGANISATION, PERSON, ROLE
from engine.campaign.feeding import NOT_RATED, Rating, Source, Sources
from engine.campaign.model import Role, Subject
from engine.ruleset.ruleset import Fact, Ruleset

RATING: Final = "rating"
"""The column with the outcome of whoever feeds; null where there is none."""
KIND: Final = "kind"
"""The column that says why there is none: a `Rating`; `RATED` where there is an outcome."""
RATED: Final = "rated"
_HEAD: Final = pl.col(ROLE) == Role.HEAD.value


class Ratings(NamedTuple):
    """The ratings reached so far.

    Attributes:
        units: of organisations: ``organisation``, `RATING`, `KIND`, with those that have none.
        below: of the organisations directly below each: ``organisation`` is the one above.
        members: of those who are no heads, by organisation; empty before they are judged.
    """

    units: pl.DataFrame
    below: pl.DataFrame
    members: pl.DataFrame


def rating_columns() -> list[pl.Expr]:
    """`RATING` and `KIND` of rows with status, outcome and possible gates."""
    kind = (
        pl.when(pl.col("outcome").is_not_null())
        .then(pl.lit(RATED))
        .when(pl.col("status") == "refused")
        .then(pl.lit(Rating.DOUBTFUL.value))
        .when(pl.col("status") == NOT_RATED)
        .then(pl.lit(Rating.NOT_RATED.value))
        .when(pl.col("possible").list.contains(NOT_RATED))
        .then(pl.lit(Rating.DOUBTFUL.value))
        .otherwise(pl.lit(Rating.OPEN.value))
    )
    return [pl.col("outcome").alias(RATING), kind.alias(KIND)]


def fed_facts(ruleset: Ruleset) -> tuple[Fact, ...]:
    """The facts of a ruleset that a campaign feeds."""
    return tuple(fact for fact in ruleset.facts.values() if fact.from_ is not None)


def feed_columns(frame: pl.DataFrame, ruleset: Ruleset, ratings: Ratings) -> tuple[pl.DataFrame, pl.Series]:
    """`frame` with what it is fed, and which rows are irregular."""
    irregular = pl.Series([False] * frame.height, dtype=pl.Boolean)
    for fact in fed_facts(ruleset):
        feed = _unit if fact.from_ == "unit" else _list
        value, odd = feed(frame, fact, ratings)
        irregular |= odd
        frame = frame.with_columns(value.alias(fact.name))
    return frame, irregular


def _unit(frame: pl.DataFrame, fact: Fact, ratings: Ratings) -> tuple[pl.Series, pl.Series]:
    """The outcome of the organisation; null where it is not known."""
    values = list(fact.declared.values)
    joined = frame.select(ORGANISATION).join(
        ratings.units, on=ORGANISATION, how="left", maintain_order="left"
    )
    stated = _stated(frame, fact)
    rating = pl.when(pl.col(KIND) == Rating.NOT_RATED.value).then(pl.lit(NOT_RATED)).otherwise(RATING)
    found = joined.select(KIND, rating.alias("fed")).with_columns(stated.alias("stated"))
    odd = (
        pl.col(KIND).is_null()
        | (pl.col("fed").is_not_null() & ~pl.col("fed").is_in(values))
        | (pl.col("stated").is_not_null() & pl.col("stated").ne_missing(pl.col("fed")))
    )
    if fact.declared.kind == "list" or PERSON not in frame.columns:
        odd = pl.lit(value=True)
    answers = found.select(pl.col("fed"), odd.alias("odd"))
    return answers["fed"], answers["odd"]


def _list(frame: pl.DataFrame, fact: Fact, ratings: Ratings) -> tuple[pl.Series, pl.Series]:
    """The outcomes of those below or in the organisation."""
    item = fact.declared.item
    values = list(item.values) if item is not None else []
    of_children = fact.from_ == "children"
    sources = ratings.below if of_children else ratings.members
    as_value = (
        pl.when(pl.col(KIND) == Rating.NOT_RATED.value)
        .then(pl.lit(NOT_RATED if NOT_RATED in values else None, dtype=pl.String))
        .otherwise(RATING)
    )
    unknown = pl.col(KIND).is_in([Rating.OPEN.value, Rating.DOUBTFUL.value])
    foreign = pl.col("value").is_not_null() & ~pl.col("value").is_in(values)
    gathered = (
        sources.with_columns(as_value.alias("value"))
        .group_by(ORGANISATION, maintain_order=True)
        .agg(
            pl.col("value").drop_nulls().alias("fed"),
            (unknown | foreign).any().alias("odd"),
            pl.len().alias("n"),
        )
    )
    found = frame.select(ORGANISATION, *([ROLE] if ROLE in frame.columns else [])).join(
        gathered, on=ORGANISATION, how="left", maintain_order="left"
    )
    known = frame.select(pl.col(ORGANISATION).is_in(ratings.units[ORGANISATION].implode())).to_series()
    # Only a head answers for the members; anybody else has none.
    has = pl.col("n").is_not_null() & (pl.lit(value=True) if of_children else _HEAD)
    stated = _stated(frame, fact)
    answers = found.with_columns(stated.is_not_null().alias("stated"), known.alias("known")).select(
        pl.when(has).then("fed").otherwise(pl.lit([], dtype=pl.List(pl.String))).alias("fed"),
        (~pl.col("known") | pl.col("stated") | (has & pl.col("odd"))).alias("odd"),
    )
    if item is None or (not of_children and PERSON not in frame.columns):
        return answers["fed"], pl.Series([True] * frame.height, dtype=pl.Boolean)
    return answers["fed"], answers["odd"]


def _stated(frame: pl.DataFrame, fact: Fact) -> pl.Series:
    if fact.name in frame.columns:
        return frame[fact.name]
    return pl.Series([None] * frame.height, dtype=pl.String)


class SourcesOf:
    """What may be fed to single rows, as `engine.campaign.feeding.feed` takes it."""

    def __init__(self, ratings: Ratings, rows: pl.DataFrame) -> None:
        """Look up the ratings that `rows` may be fed."""
        wanted = rows.select(ORGANISATION).unique()
        self._units = {
            id_: Source(Subject(id_), _rating(rating, kind))
            for id_, rating, kind in ratings.units.join(wanted, on=ORGANISATION, how="semi")
            .select(ORGANISATION, RATING, KIND)
            .iter_rows()
        }
        self._below: dict[str, list[Source]] = {}
        for above, id_, rating, kind in (
            ratings.below.join(wanted, on=ORGANISATION, how="semi")
            .sort("child")
            .select(ORGANISATION, "child", RATING, KIND)
            .iter_rows()
        ):
            self._below.setdefault(above, []).append(Source(Subject(id_), _rating(rating, kind)))
        self._members: dict[str, list[Source]] = {}
        for id_, person, role, number, rating, kind in _members_in_order(ratings.members, wanted):
            subject = Subject(id_, person, role, number)
            self._members.setdefault(id_, []).append(Source(subject, _rating(rating, kind)))

    def of(self, organisation: str, role: str) -> Sources:
        """What may be fed to somebody with this role in an organisation, or to itself, where there is no role."""
        unit = self._units.get(organisation)
        children = self._below.get(organisation, []) if unit is not None else None
        if not role:
            return Sources(children=children or [])
        members = self._members.get(organisation, []) if role == Role.HEAD else []
        return Sources(unit, children, members if unit is not None else None)


def _members_in_order(
    members: pl.DataFrame, wanted: pl.DataFrame
) -> Iterator[tuple[str, str, str, int, str, str]]:
    if members.is_empty():
        return iter(())
    rank = (pl.col(ROLE) == Role.MEMBER.value).alias("rank")
    found = members.join(wanted, on=ORGANISATION, how="semi")
    number = pl.int_range(pl.len()).over(ORGANISATION, PERSON, ROLE).alias("number")
    return (
        found.with_columns(number, rank)
        .sort("rank", PERSON, ROLE, "number")
        .select(ORGANISATION, PERSON, ROLE, "number", RATING, KIND)
        .iter_rows()
    )


def _rating(rating: str | None, kind: str) -> str | Rating:
    return rating if rating is not None else Rating(kind)
