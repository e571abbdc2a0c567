"""A ruleset as one HTML page that an official can read and sign off: no network, no script, prints on A4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from engine.explanation.law import write_law
from engine.explanation.writing import write
from engine.rendering.phrases import phrase
from engine.rendering.wording import Wording
from engine.ruleset import Case
from engine.ruleset.citations import Citation, resolve
from engine.ruleset.document import QuotaLimit, as_list
from engine.ruleset.localized import Language
from engine.ruleset.ruleset import Consequence, Definition, Fact, Period, Ruleset, Standing
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.types import DeclaredType


def render(ruleset: Ruleset, language: Language = "vi", *, cases: Sequence[Case] = ()) -> str:
    """`ruleset` as an HTML page; the same ruleset, language and cases give the same text.

    Args:
        ruleset: what is rendered.
        language: ``vi`` or ``en``.
        cases: that were tried on it, beside those in its document; their names are listed.
    """
    reader = _Reader(ruleset, language)
    return (
        _templates(language)
        .get_template("ruleset.html")
        .render(
            ruleset=ruleset,
            language=language,
            decision=ruleset.decision,
            wording=reader.wording,
            write=partial(write, language=language),
            write_law=partial(write_law, language=language),
            outcome_label=reader.outcome,
            days=partial(_days, language=language),
            label_words=reader.labels,
            type_words=reader.fact,
            consequence_words=reader.consequence,
            quota_lines=reader.quota,
            criteria={criterion.name: criterion for criterion in ruleset.criteria},
            numbers=reader.numbers,
            definitions=list(reader.definitions()),
            questions_of=reader.questions_of,
            question_numbers={name: str(place) for place, name in enumerate(ruleset.questions, 1)},
            uncertain=reader.uncertain(),
            cases=[*ruleset.cases, *cases],
        )
    )


def contents(listed: Sequence[tuple[Ruleset, str]], language: Language = "vi") -> str:
    """The page that leads to the pages of several rulesets.

    Args:
        listed: each with the address of its page.
        language: ``vi`` or ``en``.
    """
    return (
        _templates(language)
        .get_template("contents.html")
        .render(listed=listed, language=language, days=partial(_days, language=language))
    )


class QuotaLine(NamedTuple):
    """A sentence of a quota with the law beside it."""

    text: str
    citations: tuple[Citation, ...] = ()
    standing: str = Standing.SOURCED.value
    questions: tuple[str, ...] = ()


class _Reader:
    """What the page says of one ruleset beyond what stands in it."""

    def __init__(self, ruleset: Ruleset, language: Language) -> None:
        self.wording = Wording(ruleset, language)
        self.numbers = {criterion.name: criterion.index + 1 for criterion in ruleset.criteria}
        self.questions_of: defaultdict[str, list[str]] = defaultdict(list)
        for question in ruleset.questions.values():
            for touched in question.touches:
                self.questions_of[touched].append(question.name)
        self._ruleset = ruleset
        self._language = language

    def _say(self, key: str, **details: str) -> str:
        return phrase(key, self._language, **details)

    def outcome(self, name: str) -> str:
        return self._ruleset.outcome_label(name).in_(self._language)

    def labels(self, names: Sequence[str]) -> str:
        """What obligations, proposals or notes are called."""
        return "; ".join(self._ruleset.label_of(name).in_(self._language) for name in names)

    def uncertain(self) -> int:
        """How many rules are not sourced."""
        standings = [criterion.standing for criterion in self._ruleset.criteria]
        if self._ruleset.score is not None:
            standings += [part.standing for part in self._ruleset.score.parts]
        return sum(standing is not Standing.SOURCED for standing in standings)

    def definitions(self) -> Iterator[Definition]:
        """Those that are not written out where their names stand."""
        computed = {*self._ruleset.tables, SCORE, PARTS}
        for definition in self._ruleset.definitions:
            if definition.name not in computed and not self.wording.written_out(definition):
                yield definition

    def fact(self, fact: Fact) -> str:
        said = [self._type(fact.declared)]
        if fact.unit:
            said.append(self._say("unit", unit=fact.unit))
        if fact.allowed_text:
            said.append(self._say("allowed", tests=fact.allowed_text))
        if fact.from_:
            said.append(self._say(f"fed_{fact.from_}"))
        if fact.empty:
            said.append(self._say("empty"))
        if fact.changeable:
            said.append(self._say("changeable"))
        if fact.sensitive:
            said.append(self._say("sensitive"))
        return "; ".join(said)

    def _type(self, declared: DeclaredType) -> str:
        match declared.kind:
            case "enum" if declared.name == "outcome":
                return self._say("type_outcome")
            case "enum":
                words = (
                    label.in_(self._language) if label else name for name, label in declared.values.items()
                )
                return self._say("type_enum", values=", ".join(words))
            case "list":
                return self._say("type_list", item=self._type(declared.item) if declared.item else "")
            case "record":
                fields = "; ".join(
                    f"{member.label.in_(self._language) if member.label else name} ({self._type(member.type)})"
                    for name, member in declared.fields.items()
                )
                return self._say("type_record", fields=fields)
            case kind:
                return self._say(f"type_{kind}")

    def consequence(self, consequence: Consequence) -> str:
        when = "; ".join(self._condition(kind, name) for kind, name in consequence.when)
        gives = "; ".join(
            self._say(
                {"oblige": "oblige", "propose": "propose", "note": "notes"}[kind],
                names=self.labels([name]),
            )
            for kind, name in consequence.gives
        )
        return f"{self._say('when', conditions=when)}: {gives}"

    def _condition(self, kind: str, name: str) -> str:
        match kind:
            case "outcome" | "ground" | "ceiling":
                return self._say(f"when_{kind}", name=self.outcome(name))
            case "oblige" | "propose" | "note":
                return self._say(f"when_{kind}", name=self.labels([name]))
            case "not_rated" | "cannot_evaluate":
                return self._say(f"when_{kind}")
            case _:
                return self._say(f"when_{kind}", name=str(self.numbers[name]))

    def quota(self) -> Iterator[QuotaLine]:
        quota = self._ruleset.quota
        if quota is None:
            return
        scopes = "; ".join(
            " + ".join(self._fact_label(path) for path in as_list(scope)) for scope in quota.within
        )
        cited = resolve(as_list(quota.cite), self._ruleset.sources)
        yield QuotaLine(self._say("quota_within", scopes=scopes), cited, questions=tuple(quota.questions))
        if quota.at_most is not None:
            yield QuotaLine(self._limit(quota.outcome, quota.falls_to, quota.at_most, quota.rounding))
        else:
            yield QuotaLine(self._say("quota_readings"))
        for reading in quota.readings.values():
            label = reading.label.vi if self._language == "vi" else reading.label.en
            text = self._limit(quota.outcome, quota.falls_to, reading.at_most, reading.rounding)
            cited = resolve(as_list(reading.cite), self._ruleset.sources)
            yield QuotaLine(f"• {label}: {text}", cited, reading.standing, tuple(reading.questions))
        keys = [rank.rpartition(" ") for rank in quota.rank_by]
        said = "; ".join(self._say(order, by=self.wording.of(text)) for text, _, order in keys)
        yield QuotaLine(self._say("quota_rank", keys=said) if said else self._say("quota_no_rank"))

    def _limit(self, outcome: str, falls_to: str, limit: QuotaLimit, rounding: str) -> str:
        if limit.of == "all_rated":
            counted = self._say("of_all_rated")
        else:
            whole = limit.of in {each.name for each in self._ruleset.outcomes}
            name = limit.of if whole else limit.of.removesuffix("_or_above")
            counted = self._say("of_outcome" if whole else "of_or_above", outcome=self.outcome(name))
        said = self._say(
            "quota_limit",
            outcome=self.outcome(outcome),
            falls_to=self.outcome(falls_to),
            share=self.wording.of(limit.share),
            of=counted,
            rounding=self._say(f"rounding_{rounding}"),
        )
        if limit.raised_to and limit.when:
            raised = self._say(
                "quota_raised", share=self.wording.of(limit.raised_to), condition=self.wording.of(limit.when)
            )
            said = f"{said}; {raised}"
        return said

    def _fact_label(self, path: str) -> str:
        label = self._ruleset.label_at(path)
        return label.in_(self._language) if label else path


def _days(period: Period, language: Language) -> str:
    start = period.from_ and write(period.from_, language)
    end = period.until and write(period.until, language)
    if start and end:
        return phrase("from_until", language, start=start, end=end)
    if start:
        return phrase("from", language, start=start)
    return phrase("until", language, end=end) if end else phrase("always", language)


@lru_cache(maxsize=2)
def _templates(language: Language) -> Environment:
    loaders = [
        PackageLoader("engine.rendering", "templates"),
        PackageLoader("engine.explanation.page", "templates"),
    ]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["say"] = partial(phrase, language=language)
    return environment
