"""The ruleset document: what may stand in the YAML, section by section.

The models are the one source of the format: they check a file, and its JSON schema is made of them. They hold what
was written, unresolved: names, citations and expressions are text here; `engine.ruleset.link` gives them meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from engine.ruleset.entries import Day, Digits, Expression, Moment, Name, RulesetId, Text, Version

SHAPE: Final = "§"  # begins the tags of unions, so that they can be told from keys in a place of an error

Kind = Literal["title-standard", "evaluation", "organization"]
Standing = Literal["sourced", "secondary", "draft"]
Feed = Literal["unit", "children", "members"]
Sensitivity = Literal["ethnicity", "religion", "family", "gender"]


class Section(BaseModel):
    """Base of everything in the document: unknown keys are errors, values are never converted silently.

    The text below a field is what an editor shows of the key, by the JSON schema.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Questioned(Section):
    """Base of what may hang on open questions of the law; `questions` are their names."""

    questions: list[Name] = []


class Localized(Section):
    """A text in Vietnamese and English."""

    vi: Text
    en: Text


class SourceTitle(Section):
    """A text in Vietnamese; the English is optional, since an instrument often has no official one."""

    vi: Text
    en: Text | None = None


def _one_or_list(value: object) -> str:
    return f"{SHAPE}list" if isinstance(value, list) else f"{SHAPE}one"


T = TypeVar("T")
OneOrList = Annotated[
    Annotated[T, Tag(f"{SHAPE}one")] | Annotated[list[T], Tag(f"{SHAPE}list"), Field(min_length=1)],
    Discriminator(_one_or_list),
]
Cites = OneOrList[Text]
Names = OneOrList[Name]


class Dates(Section):
    """A span of days, both included; `until` left out is open."""

    from_: Day = Field(alias="from")
    until: Day | None = None


class OpenDates(Section):
    """A span of days, both included, of which either may be left out."""

    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class LegalSource(Section):
    """A legal instrument that rules are cited from."""

    title: SourceTitle
    issued: Day | None = None
    url: Text | None = None
    note: Localized | None = None


def _list_or_mapping(value: object) -> str:
    return f"{SHAPE}list" if isinstance(value, list) else f"{SHAPE}labels"


EnumNames = Annotated[list[Name], Tag(f"{SHAPE}list"), Field(min_length=1)]
EnumLabels = Annotated[dict[Name, Localized], Tag(f"{SHAPE}labels"), Field(min_length=1)]
Ordered = Annotated[EnumNames | EnumLabels, Discriminator(_list_or_mapping)]
"""Names, lowest first, with or without labels."""


class RecordField(Section):
    """A field of a record type, with a label."""

    type: Text
    label: Localized | None = None
    empty: bool = False
    changeable: bool | None = None


def _text_or_mapping(value: object) -> str:
    return f"{SHAPE}mapping" if isinstance(value, dict) else f"{SHAPE}name"


FieldType = Annotated[
    Annotated[Text, Tag(f"{SHAPE}name")] | Annotated[RecordField, Tag(f"{SHAPE}mapping")],
    Discriminator(_text_or_mapping),
]


def _enum_or_record(value: object) -> str:
    if isinstance(value, list):
        return f"{SHAPE}list"
    if isinstance(value, dict) and value:
        of_labels = all(
            isinstance(item, dict) and item and item.keys() <= {"vi", "en"} for item in value.values()
        )
        if of_labels:
            return f"{SHAPE}labels"
    return f"{SHAPE}record"


TypeDeclaration = Annotated[
    EnumNames | EnumLabels | Annotated[dict[Name, FieldType], Tag(f"{SHAPE}record"), Field(min_length=1)],
    Discriminator(_enum_or_record),
]


class FactDeclaration(Questioned):
    """Something that a record may state."""

    type: Text
    """number, count, text, boolean, date, time, duration, months, outcome, a declared type, or list of X."""
    label: Localized
    """What people call it."""
    unit: Text | None = None
    """What it is counted in: month, day, year, percent, point …"""
    allowed: Expression | None = None
    """FEEL unary tests that a value has to pass, such as "[0..12]"."""
    from_: Feed | None = Field(default=None, alias="from")
    """Fed by a campaign from verdicts already reached: unit, children or members."""
    changeable: bool = False
    """Whether the one who is judged can change it; only then is it proposed as a way to a better outcome."""
    personal: bool = True
    """Whether it is about a person, and erased on request."""
    sensitive: Sensitivity | None = None
    """The protected attribute that it states: no expression may read it."""
    empty: bool = False
    """Whether null is a value of it, meaning that there is none."""


class ParameterValue(Questioned):
    """A value of a parameter and the days on which it is the law."""

    from_: Day = Field(alias="from")
    """The first day on which it is the law."""
    until: Day | None = None
    """The last day; left out, the day before the next value begins."""
    value: Any
    """A number, 50%, true, a date, a list, or an expression without names."""
    cite: Cites | None = None
    """Where the law says so."""


HitPolicy = Literal[
    "unique",
    "any",
    "priority",
    "first",
    "rule order",
    "output order",
    "collect",
    "collect sum",
    "collect min",
    "collect max",
    "collect count",
]


class TableInput(Section):
    """A column of conditions: what its cells test."""

    expression: Expression
    type: Text | None = None
    allowed: Expression | None = None


class TableOutput(Section):
    """A column of results; the first of the values allowed has the highest priority."""

    type: Text
    allowed: list[Expression] = []
    default: Expression | None = None


TableInputs = Annotated[
    Annotated[Expression, Tag(f"{SHAPE}name")] | Annotated[TableInput, Tag(f"{SHAPE}mapping")],
    Discriminator(_text_or_mapping),
]
TableOutputs = Annotated[
    Annotated[Text, Tag(f"{SHAPE}name")] | Annotated[TableOutput, Tag(f"{SHAPE}mapping")],
    Discriminator(_text_or_mapping),
]


class TableDeclaration(Questioned):
    """A decision table; `rules` is a text of columns with a bar between them."""

    label: Localized
    """What people call the result."""
    inputs: Annotated[dict[Name, TableInputs], Field(min_length=1)]
    """The columns of conditions."""
    outputs: Annotated[dict[Name, TableOutputs], Field(min_length=1)]
    """The columns of results."""
    rules: Text
    """The rows: a line each, with a bar between the cells; the first line names the columns."""
    hit: HitPolicy = "unique"
    """What the table gives where several rows match."""
    cite: Cites | None = None
    """Where the law says so."""
    note: Localized | None = None


class Says(Section):
    """What a finding says in one language, by its status."""

    met: Text | None = None
    unmet: Text | None = None
    unknown: Text | None = None
    not_applicable: Text | None = None


class SaysIn(Section):
    """What a finding says in each language."""

    vi: Says = Says()
    en: Says = Says()


class CriterionDeclaration(Questioned):
    """One thing that a regulation demands."""

    holds: Expression
    """FEEL, true or false: when it is met. Met is good."""
    label: Localized
    """What it demands, as a part of a sentence."""
    applies: Expression | None = None
    """FEEL: when it is asked at all; otherwise it is not applicable, which counts as met."""
    cite: Cites | None = None
    """Where the law says so, such as nd90 12.2."""
    standing: Standing = "sourced"
    """How surely that is the law."""
    says: SaysIn = SaysIn()
    """What a finding says, by language and status."""
    advisory: bool = False
    """Reported, moves no outcome."""
    waivable: bool = False
    """An authority may waive it; title standards only."""
    note: Localized | None = None


class DeductionDeclaration(Section):
    """Points that are taken off a part of a score."""

    label: Localized
    points: Expression
    cite: Cites | None = None


class PartDeclaration(Questioned):
    """A part of a score."""

    label: Localized
    points: Expression
    """FEEL: the points before deductions."""
    maximum: Expression
    """The most that the points may be."""
    cite: Cites | None = None
    standing: Standing = "sourced"
    """How surely that is the law."""
    capped: bool = False
    """Whether points above the maximum are left out of account."""
    deductions: dict[Name, DeductionDeclaration] = {}
    """What is taken off, by name."""
    floor: Decimal | None = None
    """Deductions lead no lower than this."""


class Rounding(Section):
    """How a score is rounded."""

    digits: Digits
    mode: Literal["half_up", "half_even", "down"]


class ScoreDeclaration(Section):
    """What a score is made of."""

    parts: Annotated[dict[Name, PartDeclaration], Field(min_length=1)]
    label: Localized | None = None
    maximum: Expression | None = None
    rounding: Rounding | None = None


class GateDeclaration(Questioned):
    """A criterion without which no outcome is looked for."""

    unless: Name
    """The criterion that has to be met."""
    oblige: Names = []
    """What it obliges to where it is unmet."""
    cite: Cites | None = None


class CeilingDeclaration(Questioned):
    """A criterion without which the outcome is at most so high."""

    unless: Name
    """The criterion that has to be met."""
    at_most: Name
    """The outcome that is not exceeded where it is unmet."""
    cite: Cites | None = None


class ConsequenceDeclaration(Questioned):
    """What follows from an outcome, findings and other consequences."""

    when: Annotated[list[Text], Field(min_length=1)]
    """All of these have to be there: outcome NAME, met CRITERION, unmet CRITERION …"""
    propose: Names = []
    """Names of proposals, with a text in labels."""
    note: Names = []
    """Names of notes, with a text in labels."""
    oblige: Names = []
    """Names of obligations, with a text in labels."""
    cite: Cites | None = None


class DecisionDeclaration(Section):
    """How findings become an outcome."""

    ladder: dict[Name, list[Name]]
    """Outcome: criteria. The highest outcome all of whose criteria hold is attained."""
    cannot_evaluate: list[GateDeclaration] = []
    """Gates without which there is nothing to judge by."""
    not_rated: list[GateDeclaration] = []
    """Gates without which no outcome is given."""
    grounds: dict[Name, Annotated[list[Name], Field(min_length=1)]] = {}
    """Outcome: criteria. Any one of them unmet fixes that outcome, whatever else holds."""
    otherwise: Name = "undetermined"
    """The outcome where no rung is attained; undetermined leaves the gap of the law open."""
    waived: Name | None = None
    """Title standards: the outcome where only what may be waived is missing."""
    ceilings: list[CeilingDeclaration] = []
    """What keeps the outcome down."""
    consequences: list[ConsequenceDeclaration] = []
    """What follows, in any order."""


class GapDeclaration(Questioned):
    """A gap that is known in the law."""

    name: Name
    says: Localized
    between: Annotated[list[Name], Field(min_length=2, max_length=2)] | None = None
    unmet: list[Name] = []
    cite: Cites | None = None


class QuotaLimit(Section):
    """How many may have the outcome of a quota."""

    share: Expression
    of: Text
    raised_to: Expression | None = None
    when: Expression | None = None


QuotaRounding = Literal["down", "up", "half_up", "half_even"]


class QuotaReading(Questioned):
    """One reading of a limit that the law leaves open; whoever applies the quota names it."""

    label: Localized
    at_most: QuotaLimit
    rounding: QuotaRounding = "down"
    cite: Cites | None = None
    standing: Standing = "sourced"


class QuotaDeclaration(Questioned):
    """A limit on how many of a group may have an outcome: one, or several readings of it."""

    outcome: Name
    """The outcome that is limited."""
    within: Annotated[list[OneOrList[Text]], Field(min_length=1)]
    """The facts that make a group; every scope holds by itself."""
    falls_to: Name
    """What those get who are eligible and not awarded."""
    at_most: QuotaLimit | None = None
    """The limit."""
    rounding: QuotaRounding = "down"
    readings: dict[Name, QuotaReading] = {}
    """What the limit may be where the law leaves it open, by name; the caller names one."""
    rank_by: list[Text] = []
    """An expression and ascending or descending; left out, the authority chooses."""
    cite: Cites | None = None


class QuestionDeclaration(Section):
    """A question that the law leaves open, for a lawyer or a committee to answer."""

    asks: Localized
    note: Localized | None = None


class Expectation(Section):
    """What a case expects; only what is given is compared."""

    status: Literal["decided", "undetermined", "not_rated", "cannot_evaluate"] | None = None
    outcome: Name | None = None
    lowest: Name | None = None
    highest: Name | None = None
    before_ceilings: Name | None = None
    obligations: list[Name] | None = None
    notes: list[Name] | None = None
    proposals: list[Name] | None = None
    missing: list[Text] | None = None
    findings: dict[Name, Literal["met", "unmet", "unknown", "not_applicable"]] | None = None
    gap: list[Name] | None = None
    because: list[Literal["missing_facts", "not_computable", "gap"]] | None = None
    why_not: dict[Name, list[Name]] | None = None
    score: Decimal | None = None
    score_parts: dict[Name, Decimal] | None = None
    violations: list[Text] | None = None


class CaseDeclaration(Section):
    """A record and the verdict it shall have."""

    name: Text
    given: dict[str, Any] = {}
    expect: Expectation
    on: Day | None = None
    without: list[Text] = []


class Document(Section):
    """A ruleset, as written."""

    ruleset: RulesetId
    """The stable id, such as vn.nd90.public-employee."""
    version: Version
    """Three numbers; a published version never changes."""
    kind: Kind
    """What is judged: title-standard, evaluation or organization."""
    title: Localized
    """Its title."""
    effective: Dates
    """The days of evaluation on which it applies, both included."""
    outcomes: Ordered
    """What it may come to, lowest first."""
    facts: dict[Name, FactDeclaration]
    """What a record may state."""
    criteria: dict[Name, CriterionDeclaration]
    """What the regulation demands."""
    decision: DecisionDeclaration
    """How findings become an outcome."""
    note: Localized | None = None
    """What readers should know of this version."""
    published: Moment | None = None
    """The moment at which it was published, with its zone."""
    period: OpenDates | None = None
    """The assessed days it applies to."""
    selects: Expression | None = None
    """FEEL over the facts: who it is for."""
    sources: dict[Name, LegalSource] = {}
    """The legal instruments that rules are cited from."""
    types: dict[Name, TypeDeclaration] = {}
    """Enumerations and records that facts are made of."""
    parameters: dict[Name, Annotated[list[ParameterValue], Field(min_length=1)]] = {}
    """Numbers of the law that change with time."""
    definitions: dict[Name, Expression] = {}
    """Named FEEL expressions, in any order."""
    tables: dict[Name, TableDeclaration] = {}
    """Decision tables (DMN)."""
    labels: dict[Name, Localized] = {}
    """Texts of obligations, proposals and notes."""
    gaps: list[GapDeclaration] = []
    """Known gaps of the law, which are shown and never filled in."""
    questions: dict[Name, QuestionDeclaration] = {}
    """Questions that the law leaves open."""
    score: ScoreDeclaration | None = None
    """What a score is made of."""
    quota: QuotaDeclaration | None = None
    """A limit on an outcome within a cohort."""
    cases: list[CaseDeclaration] = []
    """The author's tests: a record and the verdict it shall have."""


class CaseDocument(Section):
    """A file of cases, as written."""

    ruleset: RulesetId
    version: Version
    cases: Annotated[list[CaseDeclaration], Field(min_length=1)]
    base: dict[str, Any] = {}


def as_list(value: T | list[T] | None) -> tuple[T, ...]:
    """A value that may be written alone or in a list, as a tuple."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def names_of(ordered: list[str] | Mapping[str, Localized]) -> tuple[str, ...]:
    """The names of an enumeration, whether or not it has labels."""
    return tuple(ordered)
