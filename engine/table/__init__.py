"""Rulesets applied to whole tables.

    scored = evaluate_table(ruleset, frame, evaluated_on=date(2024, 12, 31), id="person")
    scored.frame        # status, outcome, failed criteria, missing facts … of each row, in its order

How a table states facts is told in `engine.table.layout`; `frame_of` makes one of records. Needs Polars (the extra
``tables``).
"""

from engine.table.criteria import Way
from engine.table.evaluation import Scored, evaluate_table
from engine.table.files import ScoredFile, score_parquet
from engine.table.framing import frame_of
from engine.table.layout import TableError

__all__ = ["Scored", "ScoredFile", "TableError", "Way", "evaluate_table", "frame_of", "score_parquet"]
