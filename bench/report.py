"""What a part of the measurements found, and how it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column is text, the others are figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to reach: `measured` at least, or at most, `wanted`."""

    name: str
    measured: float
    wanted: float
    at_least: bool = True
    unit: str = "x"

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        word = "reached" if self.reached else "NOT reached"
        return f"{self.name}: {self.measured:,.4g} {self.unit}, to reach {bound} {self.wanted:,g}: {word}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a part found.

    Attributes:
        title: what was asked.
        tables: the figures.
        goals: what was to be reached.
        notes: how to read the figures, a paragraph each.
    """

    title: str
    tables: tuple[Table, ...]
    goals: tuple[Goal, ...] = ()
    notes: tuple[str, ...] = ()

    def markdown(self) -> str:
        """The findings as a section of a Markdown page."""
        return "\n\n".join(self._blocks())

    def _blocks(self) -> Iterator[str]:
        yield f"## {self.title}"
        yield from self.notes
        yield from map(_markdown, self.tables)
        if self.goals:
            yield "\n".join(f"- {goal}" for goal in self.goals)


def _markdown(table: Table) -> str:
    lines = (table.columns, *table.rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.columns))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(f"| {_joined(line, widths)} |" for line in (table.columns, rule, *table.rows))


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])
