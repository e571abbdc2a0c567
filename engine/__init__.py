"""chuan's library: rulesets as data, records in, explained verdicts out.

    catalogue = Catalogue.of(Path("rulesets"))
    ruleset = catalogue.on("vn.nd90.public-employee", date(2024, 12, 31))
    verdict = evaluate(ruleset, record, evaluated_on=date(2024, 12, 31))
    print(explain(verdict, "en"))

Quotas over many verdicts are in `engine.cohort`, trees of organisations in `engine.campaign`, the page of a verdict
in `engine.explanation.page`.
"""

from engine.canonical import canonical
from engine.catalogue import Catalogue, SelectionError
from engine.evaluation import Evaluator, evaluate
from engine.explanation import explain
from engine.facts import RecordError
from engine.publication import Publication
from engine.ruleset import Ruleset, RulesetError, load, loads
from engine.scores import Score
from engine.verdict import ChosenBy, Verdict
from engine.violations import Violation

__all__ = [
    "Catalogue",
    "ChosenBy",
    "Evaluator",
    "Publication",
    "RecordError",
    "Ruleset",
    "RulesetError",
    "Score",
    "SelectionError",
    "Verdict",
    "Violation",
    "canonical",
    "evaluate",
    "explain",
    "load",
    "loads",
]
