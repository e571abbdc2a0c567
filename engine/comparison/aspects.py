"""Which keys of a ruleset's document are compared, and how.

Every key is an aspect here, or said to be text; a test holds this to the format, so that a key that is added to it
cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from engine.ruleset import document as written
from engine.ruleset.document import Document, Section


class How(Enum):
    """How the value of a key is compared."""

    VALUE = auto()
    EXPRESSION = auto()
    TESTS = auto()
    SET = auto()  # names of which the order says nothing
    CRITERIA = auto()  # likewise, and criteria may have been renamed
    ORDER = auto()
    INSIDE = auto()  # its own keys are aspects of the part that it belongs to
    APART = auto()  # it is made of parts itself
    TEXT = auto()  # for people: it decides nothing


_QUESTIONED: Final = {"questions": How.SET}
_OF_QUOTA: Final = {
    "at_most": How.INSIDE,
    "rounding": How.VALUE,
    "cite": How.SET,
    **_QUESTIONED,
}
ASPECTS: Final[Mapping[type[Section], Mapping[str, How]]] = MappingProxyType(
    {
        Document: {
            **dict.fromkeys(("kind", "published"), How.VALUE),
            **dict.fromkeys(("effective", "period"), How.INSIDE),
            "selects": How.EXPRESSION,
            **dict.fromkeys(
                (
                    "outcomes",
                    "types",
                    "facts",
                    "parameters",
                    "definitions",
                    "tables",
                    "criteria",
                    "score",
                    "decision",
                    "gaps",
                    "quota",
                    "sources",
                ),
                How.APART,
            ),
            **dict.fromkeys(
                ("ruleset", "version", "title", "note", "labels", "questions", "cases"), How.TEXT
            ),
        },
        written.Dates: {"from_": How.VALUE, "until": How.VALUE},
        written.OpenDates: {"from_": How.VALUE, "until": How.VALUE},
        written.LegalSource: {
            "issued": How.VALUE,
            **dict.fromkeys(("title", "url", "note"), How.TEXT),
        },
        written.RecordField: {
            **dict.fromkeys(("type", "empty", "changeable"), How.VALUE),
            "label": How.TEXT,
        },
        written.FactDeclaration: {
            **dict.fromkeys(
                ("type", "unit", "from_", "changeable", "personal", "sensitive", "empty"), How.VALUE
            ),
            "allowed": How.TESTS,
            "label": How.TEXT,
            **_QUESTIONED,
        },
        written.ParameterValue: dict.fromkeys(("from_", "until", "value", "cite", "questions"), How.APART),
        written.TableDeclaration: {
            "hit": How.VALUE,
            "cite": How.SET,
            **dict.fromkeys(("inputs", "outputs", "rules"), How.APART),
            **dict.fromkeys(("label", "note"), How.TEXT),
            **_QUESTIONED,
        },
        written.TableInput: dict.fromkeys(("expression", "type", "allowed"), How.APART),
        written.TableOutput: dict.fromkeys(("type", "allowed", "default"), How.APART),
        written.CriterionDeclaration: {
            **dict.fromkeys(("holds", "applies"), How.EXPRESSION),
            "cite": How.SET,
            **dict.fromkeys(("standing", "advisory", "waivable"), How.VALUE),
            **dict.fromkeys(("label", "says", "note"), How.TEXT),
            **_QUESTIONED,
        },
        written.DeductionDeclaration: {"points": How.EXPRESSION, "cite": How.SET, "label": How.TEXT},
        written.PartDeclaration: {
            **dict.fromkeys(("points", "maximum"), How.EXPRESSION),
            "cite": How.SET,
            **dict.fromkeys(("standing", "capped", "floor"), How.VALUE),
            "deductions": How.APART,
            "label": How.TEXT,
            **_QUESTIONED,
        },
        written.Rounding: {"digits": How.VALUE, "mode": How.VALUE},
        written.ScoreDeclaration: {
            "maximum": How.EXPRESSION,
            "rounding": How.INSIDE,
            "parts": How.APART,
            "label": How.TEXT,
        },
        written.GateDeclaration: {"unless": How.APART, "oblige": How.SET, "cite": How.SET, **_QUESTIONED},
        written.CeilingDeclaration: {
            **dict.fromkeys(("unless", "at_most"), How.APART),
            "cite": How.SET,
            **_QUESTIONED,
        },
        written.ConsequenceDeclaration: {
            "when": How.APART,
            **dict.fromkeys(("propose", "note", "oblige", "cite"), How.SET),
            **_QUESTIONED,
        },
        written.DecisionDeclaration: {
            **dict.fromkeys(("otherwise", "waived"), How.VALUE),
            **dict.fromkeys(
                ("ladder", "cannot_evaluate", "not_rated", "grounds", "ceilings", "consequences"), How.APART
            ),
        },
        written.GapDeclaration: {
            **dict.fromkeys(("cite", "between"), How.SET),
            "unmet": How.CRITERIA,
            "name": How.APART,
            "says": How.TEXT,
            **_QUESTIONED,
        },
        written.QuotaLimit: {
            **dict.fromkeys(("share", "raised_to", "when"), How.EXPRESSION),
            "of": How.VALUE,
        },
        written.QuotaReading: {**_OF_QUOTA, "standing": How.VALUE, "label": How.TEXT},
        written.QuotaDeclaration: {
            **_OF_QUOTA,
            **dict.fromkeys(("outcome", "falls_to"), How.VALUE),
            "within": How.SET,
            "rank_by": How.ORDER,
            "readings": How.APART,
        },
    }
)
