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
    """Base of everything in the document: unknown keys are errors, values are never converted silently."""

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
    label: Localized
    unit: Text | None = None
    allowed: Expression | None = None
    from_: Feed | None = Field(default=None, alias="from")
    changeable: bool = False
    personal: bool = True
    sensitive: Sensitivity | None = None
    empty: bool = False


class ParameterValue(Questioned):
    """A value of a parameter and the days on which it is the law."""

    from_: Day = Field(alias="from")
    until: Day | None = None
    value: Any
    cite: Cites | None = None


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
    inputs: Annotated[dict[Name, TableInputs], Field(min_length=1)]
    outputs: Annotated[dict[Name, TableOutputs], Field(min_length=1)]
    rules: Text
    hit: HitPolicy = "unique"
    cite: Cites | None = None
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
    label: Localized
    applies: Expression | None = None
    cite: Cites | None = None
    standing: Standing = "sourced"
    says: SaysIn = SaysIn()
    advisory: bool = False
    waivable: bool = False
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
    maximum: Expression
    cite: Cites | None = None
    standing: Standing = "sourced"
    capped: bool = False
    deductions: dict[Name, DeductionDeclaration] = {}
    floor: Decimal | None = None


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
    oblige: Names = []
    cite: Cites | None = None


class CeilingDeclaration(Questioned):
    """A criterion without which the outcome is at most so high."""

    unless: Name
    at_most: Name
    cite: Cites | None = None


class ConsequenceDeclaration(Questioned):
    """What follows from an outcome, findings and other consequences."""

    when: Annotated[list[Text], Field(min_length=1)]
    propose: Names = []
    note: Names = []
    oblige: Names = []
    cite: Cites | None = None


class DecisionDeclaration(Section):
    """How findings become an outcome."""

    ladder: dict[Name, list[Name]]
    cannot_evaluate: list[GateDeclaration] = []
    not_rated: list[GateDeclaration] = []
    grounds: dict[Name, Annotated[list[Name], Field(min_length=1)]] = {}
    otherwise: Name = "undetermined"
    waived: Name | None = None
    ceilings: list[CeilingDeclaration] = []
    consequences: list[ConsequenceDeclaration] = []


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
    within: Annotated[list[OneOrList[Text]], Field(min_length=1)]
    falls_to: Name
    at_most: QuotaLimit | None = None
    rounding: QuotaRounding = "down"
    readings: dict[Name, QuotaReading] = {}
    rank_by: list[Text] = []
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
    version: Version
    kind: Kind
    title: Localized
    effective: Dates
    outcomes: Ordered
    facts: dict[Name, FactDeclaration]
    criteria: dict[Name, CriterionDeclaration]
    decision: DecisionDeclaration
    note: Localized | None = None
    published: Moment | None = None
    period: OpenDates | None = None
    selects: Expression | None = None
    sources: dict[Name, LegalSource] = {}
    types: dict[Name, TypeDeclaration] = {}
    parameters: dict[Name, Annotated[list[ParameterValue], Field(min_length=1)]] = {}
    definitions: dict[Name, Expression] = {}
    tables: dict[Name, TableDeclaration] = {}
    labels: dict[Name, Localized] = {}
    gaps: list[GapDeclaration] = []
    questions: dict[Name, QuestionDeclaration] = {}
    score: ScoreDeclaration | None = None
    quota: QuotaDeclaration | None = None
    cases: list[CaseDeclaration] = []


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
