"""Limits that keep a hostile or careless expression from hanging or filling the process.

Each is a number with its unit in the comment; passing one raises `FeelLimitError` with the limit's name.
"""

from typing import Final

MAX_TEXT_LENGTH: Final = 20_000  # code points of an expression
MAX_DEPTH: Final = 64  # nested constructs in an expression, and nested calls of function literals
MAX_STEPS: Final = (
    1_000_000  # iterations of loops and calls of function literals in one evaluation: some seconds
)
MAX_LIST_LENGTH: Final = 100_000  # items of a list that an expression makes
MAX_STRING_LENGTH: Final = 1_000_000  # code points of a string that an expression makes
MAX_PATTERN_LENGTH: Final = 1_000  # code points of a regular expression
MAX_TRACE_NODES: Final = (
    10_000  # evaluated sub-expressions that a trace keeps; those that end later are left out
)
