"""A ruleset's quota, compiled: what it asks of each member, and how it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from engine.cohort.expressions import compile_texts, facts_behind, reads_of
from engine.cohort.places import Rounding
from engine.feel import Program, Unknown, YearsMonths
from engine.feel.values import CONTEXT
from engine.ruleset.citations import Citation, resolve
from engine.ruleset.document import QuotaDeclaration, QuotaReading, as_list
from engine.ruleset.localized import Localized
from engine.ruleset.problems import suggest
from engine.ruleset.ruleset import Ruleset, Standing

ALL_RATED: Final = "all_rated"
_OR_ABOVE: Final = "_or_above"
_MOST_PEOPLE: Final = 10**9  # that a share is a quotient of
_DIRECTIONS: Final = {"ascending": False, "descending": True}
_RANKABLE: Final = (Decimal, str, date, timedelta)


class QuotaError(Exception):
    """The quota of a ruleset cannot be applied; the message says why."""


class Term(NamedTuple):
    """An expression of a quota whose value belongs to a group, and the facts that it reads."""

    text: str
    reads: tuple[str, ...]


class RankKey(NamedTuple):
    """What members are ranked by.

    Attributes:
        text: the expression.
        descending: whether the highest value comes first.
        reads: the facts that it reads.
        order: the place of each value, where the expression is a fact of an ordered enumeration; else empty.
    """

    text: str
    descending: bool
    reads: tuple[str, ...]
    order: Mapping[str, int]


class Answers(NamedTuple):
    """What the quota's expressions say of one member.

    Attributes:
        groups: for each scope, the values that name the member's group; None where one is not known.
        keys: for each rank key, a value that sorts; None where it is not known.
        unranked: for each rank key, the facts because of which it is not known.
        share: the share, the raised share and whether it is raised: as FEEL values.
    """

    groups: tuple[tuple[object, ...] | None, ...]
    keys: tuple[object | None, ...]
    unranked: tuple[tuple[str, ...], ...]
    share: object
    raised: object
    when: object


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit on how many of a cohort may have an outcome.

    Attributes:
        ruleset: the ruleset that it belongs to.
        reading: which of the readings of the law it is, or an empty string where the ruleset has but one.
        label: what people call the reading, or None.
        standing: how surely that is the law.
        outcome: the outcome that is limited.
        falls_to: what those get who are eligible and not awarded.
        of: of whom the share is taken: an outcome, ``OUTCOME_or_above`` or ``all_rated``.
        counted: the ranks of the outcomes that are counted in the denominator.
        rounding: how the share is made a number of people.
        scopes: for each scope, the facts that name a group; every scope holds by itself.
        keys: what members are ranked by; empty where the authority chooses.
        share: the share.
        raised: the share where `when` holds, or None.
        when: when the raised share holds, or None.
        citations: where the law says so.
    """

    ruleset: Ruleset
    reading: str
    label: Localized | None
    standing: Standing
    outcome: str
    falls_to: str
    of: str
    counted: range
    rounding: Rounding
    scopes: tuple[tuple[str, ...], ...]
    keys: tuple[RankKey, ...]
    share: Term
    raised: Term | None
    when: Term | None
    citations: tuple[Citation, ...]
    _program: Program

    def ask(self, values: Mapping[str, object]) -> Answers:
        """What the expressions say of a member with these facts and parameters.

        Raises:
            FeelLimitError: an expression passed a limit of the language.
        """
        results = iter(self._program.run(values))
        groups = tuple(_group([next(results) for _ in scope]) for scope in self.scopes)
        ranked = [next(results) for _ in self.keys]
        keys = tuple(_sortable(value, key) for value, key in zip(ranked, self.keys, strict=True))
        unranked = tuple(facts_behind(value, key.reads) for value, key in zip(ranked, self.keys, strict=True))
        return Answers(groups, keys, unranked, next(results), next(results), next(results))


_quotas: WeakKeyDictionary[Ruleset, dict[str, Quota]] = WeakKeyDictionary()


def quota_of(ruleset: Ruleset, reading: str = "") -> Quota:
    """The quota of `ruleset`, made ready once and kept.

    Args:
        ruleset: the ruleset.
        reading: which reading of the law to apply, where the ruleset has several; none of them is taken silently.

    Raises:
        QuotaError: the ruleset has no quota, has several readings and none is named, has none of that name, or the
            quota cannot be applied.
    """
    kept = _quotas.setdefault(ruleset, {})
    quota = kept.get(reading)
    return quota if quota is not None else kept.setdefault(reading, _compile(ruleset, reading))


def _limit(ruleset: Ruleset, declared: QuotaDeclaration, reading: str) -> QuotaDeclaration | QuotaReading:
    """What holds the limit: the quota itself, or the reading of it that is named."""
    name = f"{ruleset.id} {ruleset.version}"
    if not declared.readings:
        if reading:
            raise QuotaError(f'{name} has one quota and no reading "{reading}": name none')
        return declared
    if not reading:
        known = ", ".join(declared.readings)
        raise QuotaError(f"{name}: the law leaves the limit open; name the reading to apply: {known}")
    if reading not in declared.readings:
        how = suggest(reading, list(declared.readings), "readings")
        raise QuotaError(f'{name} has no reading "{reading}" of its quota. {how}')
    return declared.readings[reading]


def _compile(ruleset: Ruleset, reading: str) -> Quota:
    declared = ruleset.quota
    if declared is None:
        raise QuotaError(f"{ruleset.id} {ruleset.version} has no quota")
    source = _limit(ruleset, declared, reading)
    limit = source.at_most
    if limit is None:
        raise QuotaError(f"{ruleset.id} {ruleset.version}: the quota has no limit")
    named = source if isinstance(source, QuotaReading) else None
    scopes = tuple(as_list(scope) for scope in declared.within)
    keys = tuple(_key(text, ruleset) for text in declared.rank_by)
    share = _term(limit.share, ruleset)
    raised = None if limit.raised_to is None else _term(limit.raised_to, ruleset)
    when = None if limit.when is None else _term(limit.when, ruleset)
    texts = [
        *(path for scope in scopes for path in scope),
        *(key.text for key in keys),
        share.text,
        raised.text if raised else "null",
        when.text if when else "false",
    ]
    return Quota(
        ruleset,
        reading,
        None if named is None else Localized(named.label.vi, named.label.en),
        Standing(named.standing) if named else Standing.SOURCED,
        declared.outcome,
        declared.falls_to,
        limit.of,
        _counted(limit.of, ruleset),
        Rounding(source.rounding),
        scopes,
        keys,
        share,
        raised,
        when,
        resolve((*as_list(declared.cite), *as_list(named.cite if named else None)), ruleset.sources),
        compile_texts(ruleset, texts),
    )


def _counted(of: str, ruleset: Ruleset) -> range:
    """The ranks of the outcomes that `of` names."""
    ranks = {outcome.name: outcome.rank for outcome in ruleset.outcomes}
    if of == ALL_RATED:
        return range(len(ranks))
    if of in ranks:
        return range(ranks[of], ranks[of] + 1)
    if of.endswith(_OR_ABOVE) and of.removesuffix(_OR_ABOVE) in ranks:
        return range(ranks[of.removesuffix(_OR_ABOVE)], len(ranks))
    known = ", ".join([ALL_RATED, *ranks, *(f"{name}{_OR_ABOVE}" for name in ranks)])
    raise QuotaError(f'{ruleset.id} {ruleset.version}: a share of "{of}" means nothing; it may be of {known}')


def _key(text: str, ruleset: Ruleset) -> RankKey:
    expression, _, direction = text.strip().rpartition(" ")
    if direction not in _DIRECTIONS or not expression.strip():
        raise QuotaError(
            f'{ruleset.id} {ruleset.version}: "{text}" does not rank: write an expression, then ascending or descending'
        )
    declared = ruleset.declared_at(expression.strip())
    order = {name: place for place, name in enumerate(declared.values)} if declared else {}
    return RankKey(expression.strip(), _DIRECTIONS[direction], reads_of(expression, ruleset), order)


def _term(text: str, ruleset: Ruleset) -> Term:
    return Term(text, reads_of(text, ruleset))


def _group(values: list[object]) -> tuple[object, ...] | None:
    """The group that values name. Null names none: a cap that a blank field escapes would be no cap."""
    return None if any(value is None or isinstance(value, Unknown) for value in values) else tuple(values)


def _sortable(value: object, key: RankKey) -> object | None:
    if isinstance(value, str) and key.order:
        return key.order.get(value)
    if isinstance(value, YearsMonths):
        return value.months
    return value if value.__class__ in _RANKABLE else None


def as_share(value: object) -> Fraction | None:
    """A FEEL value as a share, or None where it is none: not known, no number, or outside 0..1.

    A quotient such as ``1 / 3`` comes rounded to 34 digits, just below a third, of which 3 people would have no
    place: it is taken for the fraction that it is the rounding of.
    """
    if not isinstance(value, Decimal) or not 0 <= value <= 1:
        return None
    if len(value.as_tuple().digits) == CONTEXT.prec:
        quotient = Fraction(value).limit_denominator(_MOST_PEOPLE)
        if CONTEXT.divide(Decimal(quotient.numerator), Decimal(quotient.denominator)) == value:
            return quotient
    return Fraction(value)
