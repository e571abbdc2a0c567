"""What rows come to, each thing once: thousands of rows share a judgement, a list of missing facts, a score."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Generic, NamedTuple, TypeVar

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from engine.feel.values import text_of_number
from engine.findings import Finding, Signature, Status
from engine.judgement import Block, Judgement, MissingFact, missing_facts
from engine.judging import Judge
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import PARTS, SCORE
from engine.scores import Score
from engine.table.layout import TableError
from engine.violations import Violation

TOLD: Final = "= "
"""Begins the name of a column beside those of `Entry` that has a result itself, such as a score."""

REFUSED: Final = "refused"
"""The status of a row that states something wrong; `violations` say what."""

MAX_TELLERS: Final = 8
"""Functions of judgements of which it is kept what they say."""

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
    """Different things, each with the number under which it was first entered, and columns of what they say."""

    def __init__(self, first: _T, columns: Mapping[str, tuple[Any, Callable[[_T], Any]]]) -> None:
        """Enter the first thing.

        Args:
            first: what says nothing.
            columns: the type of each column, and what a thing says in it.
        """
        self.columns = columns
        self._numbers = {first: 0}
        self._things = [first]
        self._told = {name: pl.Series(name, [], dtype=dtype) for name, (dtype, _) in columns.items()}

    def enter(self, thing: _T) -> int:
        number = self._numbers.setdefault(thing, len(self._things))
        if number == len(self._things):
            self._things.append(thing)
        return number

    def __getitem__(self, number: int) -> _T:
        return self._things[number]

    def __len__(self) -> int:
        return len(self._things)

    def column(self, name: str) -> pl.Series:
        """What each thing says in a column; of new things it is made when it is asked for."""
        told = self._told[name]
        if len(told) < len(self._things):
            dtype, tell = self.columns[name]
            new = pl.Series(name, [tell(thing) for thing in self._things[len(told) :]], dtype=dtype)
            told = self._told[name] = pl.concat([told, new], rechunk=True)
        return told


class Ledger:
    """Everything different that the rows of a table come to. The first entry of each kind says nothing.

    Attributes:
        ruleset: whose judgements they are.
        judge: of the ruleset.
    """

    def __init__(self, ruleset: Ruleset, judge: Judge) -> None:
        self.ruleset = ruleset
        self.judge = judge
        self._criteria = [criterion.name for criterion in ruleset.criteria]
        self._tellers: dict[Callable[[Judgement], object], dict[int, object]] = {}
        self._told: dict[Signature, _Told] = {(): _NOT_JUDGED}
        self._signatures: _Book[Signature] = _Book((), _judgement_columns(self._told))
        self._missing: _Book[tuple[MissingFact, ...]] = _Book((), _MISSING)
        self._scores: _Book[tuple[str | None, ...]] = _Book((), _points(ruleset))
        self._violations: _Book[tuple[tuple[str, str, str], ...]] = _Book((), _WRONG)

    @property
    def size(self) -> int:
        """How much has been entered."""
        return len(self._signatures) + len(self._missing) + len(self._scores) + len(self._violations)

    def signature(self, signature: Signature) -> int:
        """Enter the statuses of the criteria, and what follows from them."""
        if signature not in self._told:
            failed = [
                name for name, status in zip(self._criteria, signature, strict=True) if status is Status.UNMET
            ]
            self._told[signature] = _Told.of(self.judge.judge(signature), tuple(failed))
        return self._signatures.enter(signature)

    def missing(self, facts: Iterable[MissingFact]) -> int:
        """Enter the facts that were not stated."""
        return self._missing.enter(tuple(facts))

    def missing_of(self, signature: Signature, findings: Iterable[Finding]) -> int:
        """Enter the facts that `findings` miss, of a record with a signature that was entered."""
        return self.missing(missing_facts(findings, self._told[signature].relevant))

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

    def findings(self, places: pl.Series) -> pl.DataFrame:
        """The status of each criterion at places, a column each; null of a record that was refused."""
        different = places.unique()
        rows = [self._signatures[place] or (None,) * len(self._criteria) for place in different]
        columns = [
            pl.Series(name, [row[at] for row in rows], dtype=_STATUS)
            for at, name in enumerate(self._criteria)
        ]
        found = pl.DataFrame([different.alias(_PLACE), *columns])
        return places.to_frame(_PLACE).join(found, on=_PLACE, how="left", maintain_order="left").drop(_PLACE)

    def told_by(
        self, tell: Callable[[Judgement], object], places: pl.Series, dtype: DataType | DataTypeClass
    ) -> pl.Series:
        """What `tell` says of the judgements at places; null of a record that was refused.

        It is asked once for each judgement, as long as it is one of the few that were asked last.
        """
        known = self._tellers.pop(tell, {0: None})
        self._tellers[tell] = known
        if len(self._tellers) > MAX_TELLERS:
            del self._tellers[next(iter(self._tellers))]
        different = places.unique(maintain_order=True)
        for place in different:
            if place not in known:
                known[place] = tell(self.judge.judge(self._signatures[place]))
        told = pl.Series("told", [known[place] for place in different], dtype=dtype, strict=True)
        found = pl.DataFrame([different.alias(_PLACE), told])
        return places.to_frame(_PLACE).join(found, on=_PLACE, how="left", maintain_order="left")["told"]

    def results(self, entries: pl.DataFrame, columns: Sequence[str] | None) -> pl.DataFrame:
        """What the rows come to whose entries these are.

        Args:
            entries: a column for each of the fields of `Entry`, and of results that are told beside them.
            columns: those that are wanted, in this order; all without it.
        """
        books: dict[str, _Book[Any]] = {
            "judgement": self._signatures,
            "missing": self._missing,
            "score": self._scores,
            "violations": self._violations,
        }
        where = {name: (entry, book) for entry, book in books.items() for name in book.columns}
        wanted = list(where) if columns is None else columns
        if unknown := [name for name in wanted if name not in where]:
            raise TableError(f"There is no column {', '.join(unknown)} in the results.")
        found = [
            entries[TOLD + name].alias(name)
            if TOLD + name in entries.columns
            else where[name][1].column(name).gather(entries[where[name][0]])
            for name in wanted
        ]
        return pl.DataFrame(found)

    def empty(self, columns: Sequence[str] | None) -> pl.DataFrame:
        """The results of no rows."""
        return self.results(pl.DataFrame(schema=dict.fromkeys(Entry._fields, pl.UInt32)), columns)


_PLACE: Final = "= place"  # no criterion has such a name
_STATUS: Final = pl.Enum([status.value for status in Status])
_VIOLATION_FIELDS: Final = [field.name for field in _VIOLATION.fields]
_MISSING: Final[Mapping[str, tuple[Any, Callable[[tuple[MissingFact, ...]], Any]]]] = {
    "missing": (_NAMES, lambda facts: [each.fact for each in facts]),
    "missing_matters": (_NAMES, lambda facts: [each.fact for each in facts if each.matters]),
}
_WRONG: Final[Mapping[str, tuple[Any, Callable[[tuple[tuple[str, str, str], ...]], Any]]]] = {
    "violations": (
        pl.List(_VIOLATION),
        lambda wrongs: [dict(zip(_VIOLATION_FIELDS, each, strict=True)) for each in wrongs],
    )
}


class _Told(NamedTuple):
    """What a judgement says, by the columns of the results; of it no more is kept, since it is large."""

    status: str
    outcome: str | None
    lowest: str | None
    highest: str | None
    possible: tuple[str, ...]
    failed: tuple[str, ...]
    blocks: tuple[Block, ...]
    gaps: tuple[str, ...]
    obligations: tuple[str, ...]
    proposals: tuple[str, ...]
    notes: tuple[str, ...]
    relevant: frozenset[str]

    @classmethod
    def of(cls, judgement: Judgement, failed: tuple[str, ...]) -> _Told:
        return cls(
            status=judgement.status.value,
            outcome=judgement.outcome,
            lowest=judgement.lowest,
            highest=judgement.highest,
            possible=judgement.possible,
            failed=failed,
            blocks=judgement.why_not[0].blocks if judgement.why_not else (),
            gaps=tuple(each.name for each in judgement.gaps),
            obligations=tuple(each.name for each in judgement.obligations),
            proposals=tuple(each.name for each in judgement.proposals),
            notes=tuple(each.name for each in judgement.notes),
            relevant=judgement.relevant,
        )


_NOT_JUDGED: Final = _Told(REFUSED, None, None, None, (), (), (), (), (), (), (), frozenset())
"""What is told of a record that was refused."""


def _judgement_columns(
    told: Mapping[Signature, _Told],
) -> Mapping[str, tuple[Any, Callable[[Signature], Any]]]:
    """What is told of a signature in each column."""

    def column(name: str, dtype: Any) -> tuple[Any, Callable[[Signature], Any]]:
        if dtype is pl.String:
            return dtype, lambda signature: getattr(told[signature], name)
        return dtype, lambda signature: list(getattr(told[signature], name))

    def blocks(signature: Signature) -> list[dict[str, Any]]:
        return [
            block._asdict() | {"kind": block.kind.value, "status": block.status.value}
            for block in told[signature].blocks
        ]

    texts = ("status", "outcome", "lowest", "highest")
    types = {name: pl.String if name in texts else _NAMES for name in _Told._fields if name != "relevant"}
    columns = {name: column(name, dtype) for name, dtype in types.items()}
    return columns | {"blocks": (pl.List(_BLOCK), blocks)}


def _points(ruleset: Ruleset) -> Mapping[str, tuple[Any, Callable[[tuple[str | None, ...]], Any]]]:
    """The score and its parts, in columns of their own."""
    if ruleset.score is None:
        return {}
    names = [SCORE, *(f"{PARTS}.{part.name}" for part in ruleset.score.parts)]

    def tell(at: int) -> Callable[[tuple[str | None, ...]], str | None]:
        return lambda points: points[at] if points else None

    return {name: (pl.String, tell(at)) for at, name in enumerate(names)}


def _number(value: object) -> str | None:
    return text_of_number(value) if isinstance(value, Decimal) else None
