"""A ruleset, compiled: what the engine runs on. Everything is immutable and safe to share between threads."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from engine.feel.causes import Cause
from engine.feel.tree import Node
from engine.feel.types import Type
from engine.feel.unknown import Unknown
from engine.ruleset.cases import Case
from engine.ruleset.citations import Citation, LegalSource
from engine.ruleset.document import Kind, QuotaDeclaration
from engine.ruleset.localized import Language, Localized
from engine.ruleset.questions import Question
from engine.ruleset.score import PARTS, SCORE, Program, ScoreRule
from engine.ruleset.standing import Standing as Standing  # the face of this module, as ever
from engine.ruleset.table import Table
from engine.ruleset.templates import Template
from engine.ruleset.types import DeclaredType, Field, walk

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})
_INDEX: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both included; an end that is None is open."""

    from_: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)

    def overlaps(self, other: Period) -> bool:
        """Whether a day belongs to both."""
        starts = self.from_ is None or other.until is None or self.from_ <= other.until
        return starts and (other.from_ is None or self.until is None or other.from_ <= self.until)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision may come to; `rank` 0 is the lowest."""

    name: str
    label: Localized
    rank: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a record may state.

    Attributes:
        name: what expressions call it.
        declared: its type.
        label: what people call it.
        unit: what it is counted in, or an empty string.
        allowed: whether a value is allowed, or None where every value of the type is.
        allowed_text: the unary tests of `allowed`, or an empty string.
        from_: where a campaign feeds it from, or None.
        changeable: whether the person judged can bring about a change of it.
        personal: whether it is about a person, and so is erased on request.
        sensitive: the protected attribute that it states, or None.
        empty: whether null is a value of it, meaning that there is none.
    """

    name: str
    declared: DeclaredType
    label: Localized
    unit: str = ""
    allowed: Callable[[Mapping[str, Any]], Any] | None = None
    allowed_text: str = ""
    from_: str | None = None
    changeable: bool = False
    personal: bool = True
    sensitive: str | None = None
    empty: bool = False

    def allows(self, value: Any) -> bool | None:
        """Whether a value of the declared type is allowed; None where that cannot be told.

        It is where that hangs on a part that was left out: what was stated is not wrong.
        """
        if self.allowed is None:
            return True
        answer = self.allowed({"?": value})
        if isinstance(answer, Unknown):
            return True
        return answer if isinstance(answer, bool) else None


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of a parameter, and when it is the law; `percent` where it was written as a percentage."""

    period: Period
    value: Any
    citations: tuple[Citation, ...] = ()
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number (or other constant) of the law that changes with time; `values` in the order of their dates."""

    name: str
    type: Type
    values: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue | None:
        """The value on a day, or None where the ruleset has none."""
        return next((value for value in self.values if day in value.period), None)


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression.

    Attributes:
        name: what expressions call it.
        expression: its text; of a table, in place of one, its name and inputs.
        node: its tree.
        type: of its value.
        reads: the paths that it reads itself.
    """

    name: str
    expression: str
    node: Node
    type: Type
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a regulation demands.

    Attributes:
        name: what the decision calls it.
        index: its place among the criteria.
        label: what it demands, in words.
        expression: the FEEL text that says when it holds.
        applies: the FEEL text that says when it applies, or None where it always does.
        citations: where the law says so.
        standing: how surely that is known.
        says: by language and status, what a finding says.
        advisory: it is reported and moves no outcome.
        waivable: an authority may decide to waive it.
        note: what should be known about it, or None.
        reads: the paths it looks at: those of `applies` and `expression` with what definitions among them read in
            turn, then those of `says`; each once.
        holds_at: which output of the program says whether it holds.
        applies_at: which output says whether it applies, or None.
        reads_at: which outputs are the values of `reads`.
    """

    name: str
    index: int
    label: Localized
    expression: str
    applies: str | None
    citations: tuple[Citation, ...]
    standing: Standing
    says: Mapping[Language, Mapping[str, Template]]
    advisory: bool
    waivable: bool
    note: Localized | None
    reads: tuple[str, ...]
    holds_at: int
    applies_at: int | None
    reads_at: slice


@dataclass(frozen=True, slots=True)
class Gate:
    """A criterion that, unmet, keeps an outcome from being looked for."""

    criterion: str
    oblige: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """An outcome that any one of `criteria`, unmet, fixes."""

    outcome: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """An outcome that is attained where all of `criteria` hold."""

    outcome: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A criterion that, unmet, lowers the outcome to `at_most`."""

    criterion: str
    at_most: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows where all of `when` is established; both are pairs of a kind and a name."""

    when: tuple[tuple[str, str], ...]
    gives: tuple[tuple[str, str], ...]
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """How findings become an outcome.

    Attributes:
        cannot_evaluate: gates before which there is nothing to judge by.
        not_rated: gates before which no outcome is given.
        grounds: lowest outcome first.
        ladder: highest outcome first.
        otherwise: the outcome where no rung is attained, or None where the law leaves it undetermined.
        ceilings: in the order of the document.
        consequences: in the order of the document.
    """

    cannot_evaluate: tuple[Gate, ...]
    not_rated: tuple[Gate, ...]
    grounds: tuple[Ground, ...]
    ladder: tuple[Rung, ...]
    otherwise: str | None
    ceilings: tuple[Ceiling, ...]
    consequences: tuple[Consequence, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A known gap of the law; it is met where all of `unmet` are unmet and the verdict is undetermined."""

    name: str
    says: Localized
    between: tuple[str, str] | None = None
    unmet: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Ruleset:
    """A version of a ruleset. Two are the same only if they are the same object; compare digests otherwise.

    Attributes:
        id: the stable id, such as ``vn.nd90.public-employee``.
        version: three numbers with dots.
        kind: what is judged.
        title: its title.
        note: what should be known about it, or None.
        published: the moment from which it was known, where the document says so.
        effective: the days of evaluation on which it applies.
        period: the assessed days to which it applies, or None where that is not asked.
        selects: says of facts whether the ruleset is for them, or None.
        selects_text: the expression of `selects`, or an empty string.
        selects_reads: the names of the facts that it reads.
        outcomes: lowest first.
        sources: legal instruments by name.
        types: declared types by name.
        facts: by name, in the order of the document.
        parameters: by name.
        definitions: each after those it reads; tables and the score are among them.
        tables: decision tables by name.
        criteria: in the order of the document.
        decision: how findings become an outcome.
        labels: of obligations, proposals and notes.
        gaps: known gaps of the law.
        questions: open questions of the law by name, each with what hangs on it.
        score: what the score is made of, or None.
        quota: the limit on an outcome in a cohort, or None.
        cases: the author's tests within the document.
        text: the document.
        digest: SHA-256 of the document in UTF-8, in hexadecimal.
        program: all expressions; see `Criterion` for its outputs.
        why_null: the first cause that made a criterion's expression, or a definition that it reads, null; of the
            expression and the values of facts and parameters.
    """

    id: str
    version: str
    kind: Kind
    title: Localized
    note: Localized | None
    published: datetime | None
    effective: Period
    period: Period | None
    selects: Callable[[Mapping[str, Any]], Any] | None
    selects_text: str
    selects_reads: frozenset[str]
    outcomes: tuple[Outcome, ...]
    sources: Mapping[str, LegalSource]
    types: Mapping[str, DeclaredType]
    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    definitions: tuple[Definition, ...]
    tables: Mapping[str, Table]
    criteria: tuple[Criterion, ...]
    decision: Decision
    labels: Mapping[str, Localized]
    gaps: tuple[Gap, ...]
    questions: Mapping[str, Question]
    score: ScoreRule | None
    quota: QuotaDeclaration | None
    cases: tuple[Case, ...]
    text: str
    digest: str
    program: Program
    why_null: Callable[[str, Mapping[str, Any]], Cause | None]
    _timeline: tuple[tuple[date, ...], tuple[Mapping[str, Any], ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = sorted(_changes(self.parameters.values())) or [date.min]
        spans = [MappingProxyType(self._values(day)) for day in starts]
        before = MappingProxyType({name: Unknown.fact(name) for name in self.parameters})
        object.__setattr__(self, "_timeline", (tuple(starts), (before, *spans)))

    def __repr__(self) -> str:
        return f"Ruleset({self.id} {self.version})"

    @property
    def program_inputs(self) -> tuple[str, ...]:
        """The names of the facts and parameters, in the order of the document."""
        return (*self.facts, *self.parameters)

    def parameters_on(self, day: date) -> Mapping[str, Any]:
        """The value of each parameter on a day; `Unknown` where the ruleset has none for it."""
        starts, spans = self._timeline
        return spans[bisect_right(starts, day)]

    def _values(self, day: date) -> dict[str, Any]:
        return {
            name: Unknown.fact(name) if (value := parameter.on(day)) is None else value.value
            for name, parameter in self.parameters.items()
        }

    def criterion(self, name: str) -> Criterion:
        """The criterion of that name.

        Raises:
            KeyError: there is none.
        """
        return next((found for found in self.criteria if found.name == name), None) or _missing(name)

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name.

        Raises:
            KeyError: there is none.
        """
        return next((found for found in self.outcomes if found.name == name), None) or _missing(name)

    def rank(self, outcome: str) -> int:
        """The rank of an outcome, 0 for the lowest.

        Raises:
            KeyError: there is none of that name.
        """
        return self.outcome(outcome).rank

    def outcome_label(self, name: str) -> Localized:
        """The label of an outcome.

        Raises:
            KeyError: there is none of that name.
        """
        return self.outcome(name).label

    def label_of(self, name: str) -> Localized:
        """The label of an obligation, a proposal or a note.

        Raises:
            KeyError: there is none of that name.
        """
        return self.labels[name]

    def declared_at(self, path: str) -> DeclaredType | None:
        """The type of a fact, a table or a part of one, by its path; None for parameters, definitions and the rest.

        Args:
            path: such as ``targets.total``, ``discipline`` or ``discipline[0].act_id``.
        """
        found = self._members(path)
        if found is None:
            return None
        declared = found[-1].type
        indexes = len(_INDEX.findall(path.rpartition(".")[2]))
        for _ in range(indexes):
            if declared.item is None:
                return None
            declared = declared.item
        return declared

    def label_at(self, path: str) -> Localized | None:
        """What people call a fact, a part of one, or the score and its parts, by the path; None for the rest.

        A field is called by its record and itself, an item of a list by its number: ``Discipline 1: act``.
        """
        found = self._members(path)
        if found is None:
            return self._label_in_score(path)
        labels = []
        for step, member in zip(path.split("."), found, strict=True):
            name = _INDEX.sub("", step)
            label = member.label or Localized(name, name)
            number = "".join(f" {int(index) + 1}" for index in _INDEX.findall(step))
            labels.append((label.vi + number, label.en + number))
        return Localized(*(": ".join(parts) for parts in zip(*labels, strict=True)))

    def _label_in_score(self, path: str) -> Localized | None:
        if self.score is None:
            return None
        labels = {f"{PARTS}.{part.name}": part.label for part in self.score.parts}
        return labels.get(path, self.score.label if path == SCORE else None)

    def _members(self, path: str) -> list[Field] | None:
        name, *steps = _INDEX.sub("", path).split(".")
        declaration = self.facts.get(name) or self.tables.get(name)
        if declaration is None:
            return None
        found = [Field(declaration.declared, declaration.label)]
        for member in walk(declaration.declared, tuple(steps)):
            if member is None:
                return None
            found.append(member)
        return found


def _missing(name: str) -> Any:
    raise KeyError(name)


def _changes(parameters: Any) -> set[date]:
    """The days on which a parameter gets a value or loses it."""
    days: set[date] = set()
    for parameter in parameters:
        for value in parameter.values:
            days.add(value.period.from_)
            if value.period.until is not None and value.period.until < date.max:
                days.add(date.fromordinal(value.period.until.toordinal() + 1))
    return days
