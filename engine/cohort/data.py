"""What a quota makes of a cohort, as plain data: what is logged, compared on replay and sent."""

from __future__ import annotations

from fractions import Fraction

from engine.canonical import Data, tagged, texts, without_empty
from engine.cohort.award import Position, Result
from engine.cohort.groups import Group
from engine.cohort.places import Places
from engine.cohort.quota import Quota
from engine.ruleset.standing import Standing


def quota_data(quota: Quota) -> Data:
    """The quota itself: with which share, of whom, rounded how, within which groups."""
    return without_empty(
        {
            "ruleset": {
                "id": quota.ruleset.id,
                "version": quota.ruleset.version,
                "digest": quota.ruleset.digest,
            },
            "reading": quota.reading,
            "outcome": quota.outcome,
            "falls_to": quota.falls_to,
            "share": quota.share.text,
            "raised_to": quota.raised and quota.raised.text,
            "when": quota.when and quota.when.text,
            "of": quota.of,
            "rounding": quota.rounding.value,
            "within": [list(scope) for scope in quota.scopes],
            "rank_by": [
                f"{key.text} {'descending' if key.descending else 'ascending'}" for key in quota.keys
            ],
            "citations": texts(quota.citations),
            "standing": None if quota.standing is Standing.SOURCED else quota.standing.value,
        }
    )


def result_data(result: Result) -> Data:
    """What the quota makes of one member, without the verdict before it. Empty parts are left out."""
    return without_empty(
        {
            "standing": result.standing.value,
            "reason": result.reason.value,
            "outcome": result.outcome,
            "positions": list(map(_position, result.positions)),
            "missing": list(result.missing),
            "provisional": result.provisional,
        }
    )


def group_data(group: Group) -> Data:
    """A group with the numbers that its places follow from. Shares are exact fractions, such as ``1/5``."""
    return without_empty(
        {
            "scope": list(group.key.scope),
            "values": list(map(tagged, group.key.values)),
            "eligible": group.count.eligible,
            "fewest": _places(group.fewest),
            "most": _places(group.most) if group.most != group.fewest else None,
            "awarded": group.awarded,
            "missing": list(group.missing),
            "conflicting": list(group.conflicting),
            "open": group.open,
        }
    )


def _position(position: Position) -> Data:
    data = without_empty({"group": group_data(position.group), "decisive": position.decisive})
    if position.span is not None:
        data["span"] = {"first": position.span.first, "last": position.span.last}
    return data


def _places(found: Places) -> Data:
    data: Data = {"places": found.places, "denominator": found.denominator}
    if found.share is not None:
        data["share"] = _fraction(found.share)
    return data


def _fraction(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"
