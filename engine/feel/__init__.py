"""FEEL, the expression language of DMN 1.5, with values that may be unknown.

    evaluate("sum(scores) / count(scores) >= 6.5", {"scores": [7, 6]})

`compile` makes a function of an expression, `compile_program` one of a whole ruleset; `check` finds what is wrong
before anything runs; `Expression.trace` tells how a value came about. README.md in this folder is the language on
two pages.
"""

from engine.feel.causes import Cause
from engine.feel.check import Checked, check
from engine.feel.compiler import (
    Expression,
    Program,
    compile,  # noqa: A004 - the word that people know for it
    compile_program,
)
from engine.feel.conformance import type_of
from engine.feel.errors import (
    FeelError,
    FeelLimitError,
    FeelSyntaxError,
    FeelTypeError,
    FeelValueError,
    Problem,
    Span,
)
from engine.feel.evaluation import as_value, evaluate, names_inside
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.printer import print_tree
from engine.feel.references import references
from engine.feel.temporal import YearsMonths
from engine.feel.trace import Trace
from engine.feel.tree import Node
from engine.feel.typenames import parse_type
from engine.feel.unknown import Unknown
from engine.feel.values import Function, Range, text

__all__ = [
    "Cause",
    "Checked",
    "Expression",
    "FeelError",
    "FeelLimitError",
    "FeelSyntaxError",
    "FeelTypeError",
    "FeelValueError",
    "Function",
    "Node",
    "Problem",
    "Program",
    "Range",
    "Span",
    "Trace",
    "Unknown",
    "YearsMonths",
    "as_value",
    "check",
    "compile",
    "compile_program",
    "evaluate",
    "names_inside",
    "parse",
    "parse_type",
    "parse_unary_tests",
    "print_tree",
    "references",
    "text",
    "type_of",
]
