"""What a quota makes of a member, in words: where they stood, how many places there were and why so many."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from engine.cohort.award import Position, Reason, Result, Standing
from engine.cohort.groups import Group
from engine.cohort.places import Places, round_people
from engine.cohort.quota import ALL_RATED, Quota
from engine.cohort.ranking import Span
from engine.explanation.law import write_law
from engine.explanation.phrases import phrase
from engine.explanation.writing import write
from engine.judgement import VerdictStatus
from engine.ruleset.localized import Language

_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def explain(result: Result, quota: Quota, language: Language) -> str:
    """What `quota` makes of one member, and why, in sentences of `language` (``vi`` or ``en``)."""
    return " ".join(_Teller(quota, language).sentences(result))


class _Teller:
    def __init__(self, quota: Quota, language: Language) -> None:
        self._quota = quota
        self._language = language

    def _say(self, key: str, **details: str) -> str:
        return phrase(f"quota_{key}", self._language, **details)

    def _label(self, outcome: str | None) -> str:
        return self._quota.ruleset.outcome_label(outcome).in_(self._language) if outcome else ""

    def _fact(self, path: str) -> str:
        label = self._quota.ruleset.label_at(path)
        return label.in_(self._language) if label else path

    def _number(self, number: Fraction | int, *, form: str = "") -> str:
        decimal = Decimal(number.numerator) / Decimal(number.denominator)
        return write(decimal, self._language, form=form)

    def sentences(self, result: Result) -> Iterator[str]:
        quota = self._quota
        if result.reason is Reason.NO_OUTCOME and result.verdict.status is not VerdictStatus.UNDETERMINED:
            yield phrase(result.verdict.status.value, self._language)
        yield self._say(
            result.reason.value,
            outcome=self._label(quota.outcome),
            falls_to=self._label(quota.falls_to),
            rated=self._label(result.outcome),
        )
        if result.standing is Standing.NOT_ELIGIBLE:
            return
        decisive = [position for position in result.positions if position.decisive]
        for position in decisive or result.positions:
            yield self._say(
                "group",
                group=self._group(position.group),
                place=self._place(position, result.standing),
                cap=self._cap(position.group),
            )
        if quota.label is not None:
            yield self._say("reading", label=quota.label.in_(self._language))
        if quota.citations:
            yield f"[{write_law(quota.citations, self._language)}]"
        if result.missing:
            yield self._say("missing", facts=", ".join(map(self._fact, result.missing)))
        if result.provisional:
            yield self._say("provisional", open=self._number(result.provisional))

    def _group(self, group: Group) -> str:
        ruleset = self._quota.ruleset
        return ", ".join(
            f"{self._fact(path)} {write(value, self._language, declared=ruleset.declared_at(path))}"
            for path, value in zip(group.key.scope, group.key.values, strict=True)
        )

    def _place(self, position: Position, standing: Standing) -> str:
        group = position.group
        places = self._places(group)
        if position.span is None:
            return self._say("unranked", eligible=self._number(group.count.eligible), places=places)
        past = standing is Standing.AWARDED and position.span.first > group.most.places
        key = "ranked_past" if past else "ranked"
        return self._say(key, position=self._position(position.span), places=places)

    def _places(self, group: Group) -> str:
        fewest, most = group.limits
        if fewest != most:
            return self._say("places_between", fewest=self._number(fewest), most=self._number(most))
        return self._say("place" if fewest == 1 else "places", places=self._number(fewest))

    def _position(self, span: Span) -> str:
        return "–".join(_ordinal(place, self._language) for place in dict.fromkeys(span))

    def _cap(self, group: Group) -> str:
        counted = self._counted()
        found = group.fewest
        if group.fewest.share != group.most.share or found.share is None or found.quotient is None:
            return self._say("cap_not_known", counted=counted)
        share = self._number(found.share, form="percent")
        return self._say(
            "cap",
            share=share,
            counted=counted,
            denominator=self._number(found.denominator),
            quotient=self._number(found.quotient),
            rounding=self._say(self._quota.rounding.value),
            more=self._one_more(group, found, found.share, share),
        )

    def _one_more(self, group: Group, found: Places, share: Fraction, written: str) -> str:
        """Why there is not one place more, where awarding it would make the denominator smaller.

        Said where the share alone does not show it, and where there is no place at all.
        """
        shown = round_people(found.quotient or Fraction(), self._quota.rounding) == found.places
        falls = group.count.denominator(1) < group.count.denominator(0)
        if found.places == group.count.eligible or (shown and not (falls and found.places == 0)):
            return ""
        left = group.count.denominator(found.places + 1)
        return self._say(
            "one_more", denominator=self._number(left), share=written, quotient=self._number(share * left)
        )

    def _counted(self) -> str:
        quota = self._quota
        if quota.of == ALL_RATED:
            return self._say("of_all_rated")
        lowest = quota.ruleset.outcomes[quota.counted.start].name
        return self._say("of_outcome" if quota.of == lowest else "of_or_above", name=self._label(lowest))


def _ordinal(number: int, language: Language) -> str:
    if language == "vi":
        return str(number)
    last = 0 if number // 10 % 10 == 1 else number % 10
    return f"{number}{_ORDINALS.get(last, 'th')}"
