"""Checks the quota of a ruleset; what it means for a cohort is not decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.feel.tree import Number
from engine.feel.types import BOOLEAN, NUMBER
from engine.ruleset.citations import LegalSource
from engine.ruleset.document import Document, QuotaLimit, as_list, names_of
from engine.ruleset.expressions import check_expression
from engine.ruleset.problems import suggest
from engine.ruleset.report import Report
from engine.ruleset.source import Path
from engine.ruleset.vocabulary import Vocabulary

ALL_RATED: Final = "all_rated"
OR_ABOVE: Final = "_or_above"
ORDERS: Final = ("ascending", "descending")


def check_quota(
    document: Document, vocabulary: Vocabulary, sources: Mapping[str, LegalSource], report: Report
) -> None:
    """Report everything that is wrong with the quota of a document, if it has one."""
    quota = document.quota
    if quota is None:
        return
    outcomes = names_of(document.outcomes)
    known = [
        report.known(getattr(quota, key), outcomes, "outcome", ("quota", key))
        for key in ("outcome", "falls_to")
    ]
    if all(known) and outcomes.index(quota.falls_to) >= outcomes.index(quota.outcome):
        what = f"{quota.falls_to} is not below {quota.outcome}."
        report.add("bad-quota", ("quota", "falls_to"), what, "", "Name the outcome that the others fall to.")
    if (quota.at_most is None) == (not quota.readings):
        report.add(
            "bad-quota",
            ("quota",),
            "A quota has either at_most or readings.",
            "at_most is the limit; readings are what it may be where the law leaves that open.",
            "Write one of the two.",
            at_key=True,
        )
    if quota.at_most is not None:
        _check_limit(quota.at_most, ("quota", "at_most"), outcomes, vocabulary, report)
    for name, reading in quota.readings.items():
        path: Path = ("quota", "readings", name)
        _check_limit(reading.at_most, (*path, "at_most"), outcomes, vocabulary, report)
        report.cited(reading.cite, sources, (*path, "cite"))
    for index, scope in enumerate(quota.within):
        for place, fact in enumerate(as_list(scope)):
            within: Path = ("quota", "within", index)
            _check_scope(fact, (*within, place) if isinstance(scope, list) else within, vocabulary, report)
    for index, rank in enumerate(quota.rank_by):
        _check_rank(rank, ("quota", "rank_by", index), vocabulary, report)
    report.cited(quota.cite, sources, ("quota", "cite"))


def _check_limit(
    limit: QuotaLimit, path: Path, outcomes: tuple[str, ...], vocabulary: Vocabulary, report: Report
) -> None:
    choices = (ALL_RATED, *outcomes, *(f"{outcome}{OR_ABOVE}" for outcome in outcomes))
    if limit.of not in choices:
        what = f'"{limit.of}" is not a group that a share can be of.'
        report.add("unknown-word", (*path, "of"), what, "", suggest(limit.of, choices, "groups"))
    for key in ("share", "raised_to"):
        text = getattr(limit, key)
        checked = text and check_expression(text, (*path, key), vocabulary, report, NUMBER)
        if checked and isinstance(checked.node, Number) and not 0 <= checked.node.value <= 1:
            report.add(
                "bad-quota",
                (*path, key),
                f"{text} is not a share.",
                "",
                "Write one between 0 and 1, such as 20%.",
            )
    if limit.when is not None:
        check_expression(limit.when, (*path, "when"), vocabulary, report, BOOLEAN)
    if (limit.when is None) != (limit.raised_to is None):
        how = "Write both, or neither."
        report.add("bad-quota", path, "raised_to and when belong together.", "", how, at_key=True)


def _check_scope(fact: str, path: Path, vocabulary: Vocabulary, report: Report) -> None:
    facts = report.declared("facts")
    lost = vocabulary.lost_step(fact) if fact.partition(".")[0] in facts else (fact, facts, "facts")
    if lost is not None:
        step, candidates, kind = lost
        report.add("unknown-fact", path, f'There is no fact "{fact}".', "", suggest(step, candidates, kind))
        return
    declared = vocabulary.declared_at(fact)
    if declared is not None and declared.kind in ("list", "record"):
        what = f"{fact} is a {declared.kind}, and a group is told by one value."
        report.add("bad-quota", path, what, "", "Name a fact or field of one value, such as unit_id.")
    name = fact.partition(".")[0]
    if name in vocabulary.sensitive:
        what = f'"{name}" states {vocabulary.sensitive[name]}, and no group may be made by that.'
        report.add("sensitive-fact", path, what, "", "Take it out.")


def _check_rank(rank: str, path: Path, vocabulary: Vocabulary, report: Report) -> None:
    expression, _, order = rank.strip().rpartition(" ")
    if order not in ORDERS or not expression.strip():
        what = f'"{rank}" does not say its order.'
        report.add(
            "bad-quota", path, what, "", "End it with ascending or descending, such as score descending."
        )
        return
    check_expression(expression, path, vocabulary, report)
