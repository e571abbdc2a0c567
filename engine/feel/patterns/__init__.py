"""Regular expressions of XPath (XQuery 1.0 and XPath 2.0 Functions and Operators, 7.6), as FEEL has them.

A pattern is parsed by the rules of XPath and run by RE2 in time linear in the text. Only a pattern with a
back-reference, which no linear engine can run, goes to a backtracking machine that counts its steps.
"""

from engine.feel.patterns.pattern import Match, Pattern, compile_pattern, expand
from engine.feel.patterns.syntax import PatternError

__all__ = ["Match", "Pattern", "PatternError", "compile_pattern", "expand"]
