"""The part of the report on quotas: how many places each group has, and who takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from clients.score.quotas import MOST_ROWS, GroupUse
from clients.score.report.charts import shares
from clients.score.report.phrases import phrase
from clients.score.tally import Tally
from clients.score.work import Work
from engine import Ruleset
from engine.explanation.law import write_law
from engine.ruleset.localized import Language

MOST_GROUPS: Final = 20  # of each scope


@dataclass(frozen=True)
class ScopeUse:
    """The groups of one scope, those with the most who are eligible first.

    Attributes:
        label: the facts that name the groups.
        groups: of them.
        others: how many more there are.
        chart: the shares of those who are eligible.
    """

    label: str
    groups: tuple[GroupUse, ...]
    others: int
    chart: str


@dataclass(frozen=True)
class QuotaPart:
    """The use of one quota.

    Attributes:
        about: what it limits, by which reading, and where the law says so.
        why_not: why it was not applied; empty where it was.
        scopes: within which it holds.
    """

    about: str
    why_not: str
    scopes: tuple[ScopeUse, ...]


def quota_parts(
    rulesets: Sequence[Ruleset],
    work: Work,
    tally: Tally,
    uses: Mapping[str, Sequence[GroupUse]],
    language: Language,
) -> dict[str, QuotaPart]:
    """The parts of the rulesets that have a quota, by their digests."""
    found = {}
    for ruleset in rulesets:
        if ruleset.quota is None or ruleset.digest not in tally.counts:
            continue
        found[ruleset.digest] = _part(ruleset, work, uses.get(ruleset.digest), language)
    return found


def _part(ruleset: Ruleset, work: Work, uses: Sequence[GroupUse] | None, language: Language) -> QuotaPart:
    say = partial(phrase, language=language)
    declared = ruleset.quota
    facts = work.quotas.get(ruleset.digest)
    outcome = ruleset.outcome_label(declared.outcome).in_(language) if declared else ""
    if facts is None:
        readings = ", ".join(declared.readings) if declared else ""
        return QuotaPart(outcome, say("quota_open", readings=readings), ())
    about = [say("quota_of", outcome=outcome)]
    if facts.quota.label is not None:
        about.append(say("quota_reading", reading=facts.quota.label.in_(language)))
    if law := write_law(facts.quota.citations, language):
        about.append(law)
    if uses is None:
        return QuotaPart("; ".join(about), say("quota_large", most=MOST_ROWS), ())
    scopes = tuple(_scope(ruleset, scope, uses, language) for scope in facts.quota.scopes)
    stated = tuple(each for each in scopes if each.groups)
    return QuotaPart("; ".join(about), "" if stated else say("quota_groups"), stated)


def _scope(
    ruleset: Ruleset, scope: tuple[str, ...], uses: Sequence[GroupUse], language: Language
) -> ScopeUse:
    of_scope = sorted(
        (each for each in uses if each.scope == scope), key=lambda each: (-each.eligible, each.values)
    )
    groups = tuple(of_scope[:MOST_GROUPS])
    labels = [ruleset.label_at(path) for path in scope]
    label = " / ".join(
        found.in_(language) if found else path for found, path in zip(labels, scope, strict=True)
    )
    names = [phrase(key, language=language) for key in ("awarded", "not_awarded", "needs_decision")]
    drawn = [
        (" / ".join(each.values), (each.awarded, each.not_awarded, each.needs_decision))
        for each in groups
        if each.awarded + each.not_awarded + each.needs_decision
    ]
    return ScopeUse(label, groups, len(of_scope) - len(groups), shares(drawn, names) if drawn else "")
