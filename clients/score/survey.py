"""The first reading of files: how many rows there are, and which ids stand twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from clients.score.ahead import ahead
from clients.score.items import Items
from clients.score.sources import Source


@dataclass(frozen=True)
class Survey:
    """What the first reading found.

    Attributes:
        total: rows that are not empty.
        empty: rows that are, between others.
        digests: SHA-256 of each file, by its name.
        same: the ids that stand more than once: how often, and where first.
        strangers: rows of lists in files of their own that speak of no record, by file.
    """

    total: int = 0
    empty: int = 0
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    same: Mapping[str, tuple[int, str]] = field(default_factory=lambda: MappingProxyType({}))
    strangers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def survey(sources: Sequence[Source], lists: Sequence[Items], size: int) -> Survey:
    """Read `sources`, in blocks of at most `size` rows.

    Raises:
        ScoreError: one of them cannot be read.
    """
    found: list[pl.DataFrame] = []
    total = empty = 0
    digests: dict[str, str] = {}
    for place, source in enumerate(sources):
        for block in ahead(source.table.blocks(size)):
            total += len(block)
            ids = pl.DataFrame({"id": source.ids(block), "row": block.numbers})
            found.append(
                ids.filter(pl.col("id") != "").with_columns(pl.lit(place, pl.UInt32).alias("source"))
            )
        empty += source.table.empty_rows
        with source.path.open("rb") as file:
            digests[source.name] = hashlib.file_digest(file, "sha256").hexdigest()
    ids = pl.concat([pl.DataFrame(schema={"id": pl.String, "row": pl.Int64, "source": pl.UInt32}), *found])
    strangers: dict[str, int] = {}
    for each in lists:
        digests[each.file.name] = hashlib.sha256(each.file.read_bytes()).hexdigest()
        spoken_of = pl.Series("id", list(each.ids), dtype=pl.String)
        if count := len(spoken_of) - int(spoken_of.is_in(ids["id"].implode()).sum()) + each.without_id:
            strangers[each.file.name] = count
    twice = ids.filter(pl.col("id").is_duplicated())
    first = twice.group_by("id", maintain_order=True).agg(pl.len(), pl.first("source"), pl.first("row"))
    same = {id_: (count, f"{sources[source].name}:{row}") for id_, count, source, row in first.iter_rows()}
    return Survey(total, empty, digests, same, strangers)
