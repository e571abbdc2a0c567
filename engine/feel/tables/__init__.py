"""Decision tables (DMN 1.5, chapter 8): all hit policies, with values that may be unknown.

table = DecisionTable("level", inputs, outputs, rules, HitPolicy.FIRST)
table.decide([Decimal(7)])              # the result
table.match([Decimal(7)]).rows          # the rows that match
compile_program(("points",), {"level": table.node}, …)    # as part of a ruleset
"""

from engine.feel.tables.model import HitPolicy, Input, Match, Output, Rule
from engine.feel.tables.table import DecisionTable

__all__ = ["DecisionTable", "HitPolicy", "Input", "Match", "Output", "Rule"]
