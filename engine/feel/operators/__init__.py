"""What the operators of FEEL do to values.

Every function here takes any values at all and never raises but for `FeelLimitError`: what FEEL does not
define is null with a cause, and what depends on something unknown is `Unknown`.
"""

from engine.feel.operators.access import index, instance_of, path
from engine.feel.operators.arithmetic import add, divide, multiply, negate, power, subtract
from engine.feel.operators.comparison import (
    equal,
    greater,
    greater_equal,
    is_same,
    less,
    less_equal,
    not_equal,
    order,
)
from engine.feel.operators.logic import all_of, and_, any_of, not_, or_
from engine.feel.operators.membership import between, comparison_range, in_, in_any, make_range
from engine.feel.values import CONTEXT

__all__ = [
    "CONTEXT",
    "add",
    "all_of",
    "and_",
    "any_of",
    "between",
    "comparison_range",
    "divide",
    "equal",
    "greater",
    "greater_equal",
    "in_",
    "in_any",
    "index",
    "instance_of",
    "is_same",
    "less",
    "less_equal",
    "make_range",
    "multiply",
    "negate",
    "not_",
    "not_equal",
    "or_",
    "order",
    "path",
    "power",
    "subtract",
]
