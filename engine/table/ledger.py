"""What rows come to, each thing once: thousands of rows share a judgement, a list of missing facts, a score."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, Final, Generic, NamedTuple, TypeVar

import polars as pl

from engine.feel.values import text_of_number
from engine.findings import Signature, Status
from engine.judgement import MissingFact
from engine.judging import Judge
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import PARTS, SCORE
from engine.scores import Score
from engine.violations import Violation

REFUSED: Final = "refused"
"""The status of a row that states something wrong; `violations` say what."""

_NAMES: Final = pl.List(pl.String)
_BLOCK: Final = pl.Struct(
    {"kind": pl.String, "criterion": pl.String, "status": pl.String, "waivable": pl.Boolean}
)
_VIOLATION: Final = pl.Struct({"path": pl.String, "code": pl.String, "text": pl.String})


_T = TypeVar("_T", bound=Hashable)


class Entry(NamedTuple):
    """What one row comes to, as places in the ledger."""

    judgement: int
    missing: int = 0
    score: int = 0
    violations: int = 0


class _Book(Generic[_T]):
    """Different things, each with the number under which it was first entered."""

    def __init__(self, first: _T) -> None:
        self._numbers = {first: 0}
        self._things = [first]

    def enter(self, thing: _T) -> int:
        number = self._numbers.setdefault(thing, len(self._things))
        if number == len(self._things):
            self._things.append(thing)
        return number

    def __getitem__(self, number: int) -> _T:
        return self._things[number]

    def __len__(self) -> int:
        return len(self._things)

    def __iter__(self) -> Iterator[_T]:
        return iter(self._things)


class Ledger:
    """Everything different that the rows of a table come to. The first entry of each kind says nothing.

    Attributes:
        judge: of the ruleset.
    """

    def __init__(self, ruleset: Ruleset, judge: Judge) -> None:
        self.judge = judge
        self._ruleset = ruleset
        self._criteria = [criterion.name for criterion in ruleset.criteria]
        self._signatures: _Book[Signature] = _Book(())
        self._judged = pl.DataFrame(schema=_JUDGEMENT)  # a row for each signature, made when first asked for
        self._missing: _Book[tuple[MissingFact, ...]] = _Book(())
        self._scores: _Book[tuple[str | None, ...]] = _Book(())
        self._violations: _Book[tuple[tuple[str, str, str], ...]] = _Book(())

    @property
    def size(self) -> int:
        """How much has been entered."""
        return len(self._signatures) + len(self._missing) + len(self._scores) + len(self._violations)

    def signature(self, signature: Signature) -> int:
        """Enter the statuses of the criteria."""
        return self._signatures.enter(signature)

    def signature_at(self, place: int) -> Signature:
        """The statuses at a place; none of a record that was refused."""
        return self._signatures[place]

    def missing(self, facts: Iterable[MissingFact]) -> int:
        """Enter the facts that were not stated."""
        return self._missing.enter(tuple(facts))

    def score(self, score: Score | None) -> int:
        """Enter a score and its parts."""
        if score is None:
            return 0
        return self._scores.enter((_number(score.total), *(_number(part.points) for part in score.parts)))

    def violations(self, violations: Sequence[Violation]) -> int:
        """Enter what is wrong with a record."""
        return self._violations.enter(tuple((each.path, each.code, each.text()) for each in violations))

    def limit(self, text: str) -> int:
        """Enter that a record passed a limit of the language."""
        return self._violations.enter((("", "limit", text),))

    def signatures(self) -> pl.DataFrame:
        """The status of each criterion, a column each; a row for each signature."""
        rows = [signature or (None,) * len(self._criteria) for signature in self._signatures]
        statuses = pl.Enum([status.value for status in Status])
        return pl.DataFrame(
            {
                name: pl.Series([row[i] for row in rows], dtype=statuses)
                for i, name in enumerate(self._criteria)
            }
        )

    def results(self, entries: pl.DataFrame, columns: Sequence[str] | None) -> pl.DataFrame:
        """What the rows come to whose entries these are.

        Args:
            entries: a column for each of the fields of `Entry`.
            columns: those that are wanted, in this order; all without it.
        """
        found: dict[str, pl.Series] = {}
        for name, book in self._books().items():
            wanted = [column for column in book.columns if columns is None or column in columns]
            found |= {column: book[column].gather(entries[name]) for column in wanted}
        return pl.DataFrame(found) if columns is None else pl.DataFrame(found).select(columns)

    def empty(self, columns: Sequence[str] | None) -> pl.DataFrame:
        """The results of no rows."""
        return self.results(pl.DataFrame(schema=dict.fromkeys(Entry._fields, pl.UInt32)), columns)

    def _books(self) -> dict[str, pl.DataFrame]:
        """What the numbers in each field of `Entry` stand for, a row each."""
        return {
            "judgement": self._judgements(),
            "missing": self._missing_facts(),
            "score": self._points(),
            "violations": self._wrongs(),
        }

    def _judgements(self) -> pl.DataFrame:
        new = islice(self._signatures, self._judged.height, None)
        rows = [_judgement_row(self._criteria, signature, self.judge) for signature in new]
        if rows:
            self._judged = pl.concat([self._judged, pl.DataFrame(rows, schema=_JUDGEMENT, orient="row")])
        return self._judged

    def _missing_facts(self) -> pl.DataFrame:
        rows = [
            ([each.fact for each in facts], [each.fact for each in facts if each.matters])
            for facts in self._missing
        ]
        return pl.DataFrame(rows, schema={"missing": _NAMES, "missing_matters": _NAMES}, orient="row")

    def _points(self) -> pl.DataFrame:
        score = self._ruleset.score
        if score is None:
            return pl.DataFrame()
        names = [SCORE, *(f"{PARTS}.{part.name}" for part in score.parts)]
        rows = [points or (None,) * len(names) for points in self._scores]
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def _wrongs(self) -> pl.DataFrame:
        fields = ("path", "code", "text")
        rows = [[dict(zip(fields, each, strict=True)) for each in wrongs] for wrongs in self._violations]
        return pl.DataFrame({"violations": pl.Series(rows, dtype=pl.List(_VIOLATION))})


_BLOCK_FIELDS: Final = [field.name for field in _BLOCK.fields]
_JUDGEMENT: Final[dict[str, Any]] = {
    "status": pl.String,
    "outcome": pl.String,
    "lowest": pl.String,
    "highest": pl.String,
    "possible": _NAMES,
    "failed": _NAMES,
    "blocks": pl.List(_BLOCK),
    "gaps": _NAMES,
    "obligations": _NAMES,
    "proposals": _NAMES,
    "notes": _NAMES,
}


def _judgement_row(criteria: Sequence[str], signature: Signature, judge: Judge) -> tuple[Any, ...]:
    if not signature:
        return (REFUSED, None, None, None, [], [], [], [], [], [], [])
    found = judge.judge(signature)
    failed = [name for name, status in zip(criteria, signature, strict=True) if status is Status.UNMET]
    named = (found.gaps, found.obligations, found.proposals, found.notes)
    lists = [[each.name for each in things] for things in named]
    result = (found.status.value, found.outcome, found.lowest, found.highest, list(found.possible))
    blocks = found.why_not[0].blocks if found.why_not else ()
    told = [(block.kind.value, block.criterion, block.status.value, block.waivable) for block in blocks]
    return (*result, failed, [dict(zip(_BLOCK_FIELDS, each, strict=True)) for each in told], *lists)


def _number(value: object) -> str | None:
    return text_of_number(value) if isinstance(value, Decimal) else None
