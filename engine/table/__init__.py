"""Rulesets applied to whole tables.

    scored = evaluate_table(ruleset, frame, evaluated_on=date(2024, 12, 31), id="person")
    scored.frame        # status, outcome, failed criteria, missing facts … of each row, in its order

    table = TableEvaluator(ruleset, date(2024, 12, 31))      # the same a chunk at a time
    for chunk in chunks:
        table.evaluate(chunk, id="person").frame

How a table states facts is told in `engine.table.layout`; `frame_of` makes one of records. Needs Polars (the extra
``tables``).
"""

from engine.table.criteria import Way
from engine.table.evaluation import Scored, TableEvaluator, evaluate_table
from engine.table.files import ScoredFile, score_parquet
from engine.table.framing import frame_of
from engine.table.layout import TableError
from engine.table.selecting import selected

__all__ = [
    "Scored",
    "ScoredFile",
    "TableError",
    "TableEvaluator",
    "Way",
    "evaluate_table",
    "frame_of",
    "score_parquet",
    "selected",
]
