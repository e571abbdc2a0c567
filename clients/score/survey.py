"""The first reading of files: how many rows there are, and which ids stand twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import polars as pl

from clients.score.ahead import ahead
from clients.score.items import Items
from clients.score.sources import Source


@dataclass(frozen=True)
class Survey:
    """What the first reading found.

    Attributes:
        rows: of each file, that are not empty.
        empty: rows that are, between others.
        digests: SHA-256 of each file, by its name.
        same: the ids that stand more than once: how often, and where first.
        strangers: rows of lists in files of their own that speak of no record, by file.
    """

    rows: tuple[int, ...] = ()
    empty: int = 0
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    same: Mapping[str, tuple[int, str]] = field(default_factory=lambda: MappingProxyType({}))
    strangers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def total(self) -> int:
        """Rows of all files that are not empty."""
        return sum(self.rows)

    @property
    def plain(self) -> dict[str, Any]:
        """The same as plain data, to be sent elsewhere."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def survey(sources: Sequence[Source], lists: Sequence[Items], size: int) -> Survey:
    """Read `sources`, in blocks of at most `size` rows.

    Raises:
        ScoreError: one of them cannot be read.
    """
    found: list[pl.DataFrame] = []
    rows: list[int] = []
    empty = 0
    digests: dict[str, str] = {}
    for place, source in enumerate(sources):
        rows.append(0)
        for block in ahead(source.table.blocks(size)):
            rows[-1] += len(block)
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
    return Survey(tuple(rows), empty, digests, same, strangers)
