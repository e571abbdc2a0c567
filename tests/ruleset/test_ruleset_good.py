"""Rulesets that are right: what becomes of each construct."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from engine.feel import print_tree
from engine.feel.unknown import Unknown
from engine.ruleset import Ruleset, load, loads
from engine.ruleset.citations import Citation
from engine.ruleset.ruleset import Criterion

GOOD = Path(__file__).parents[1] / "data" / "ruleset" / "good"
FILES = sorted(GOOD.glob("*.yaml"))
EVERY = load(GOOD / "every-construct.yaml")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_ruleset_means_what_it_says(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path.with_suffix(".expected"), "".join(f"{line.rstrip()}\n" for line in described(load(path))))


def described(ruleset: Ruleset) -> Iterator[str]:
    yield f"{ruleset.id} {ruleset.version} {ruleset.kind}: {ruleset.title.vi!r} / {ruleset.title.en!r}"
    yield f"effective {ruleset.effective}, period {ruleset.period}, selects {sorted(ruleset.selects_reads)}"
    for outcome in ruleset.outcomes:
        yield f"outcome {outcome.rank} {outcome.name}: {outcome.label.vi} / {outcome.label.en}"
    for source in ruleset.sources.values():
        yield f"source {source.name} of {source.issued}: {source.title.vi} / {source.title.en}"
    for name, declared in ruleset.types.items():
        yield f"type {name}: {declared.kind} {', '.join([*declared.values, *declared.fields])} = {declared.feel}"
        for part, field in declared.fields.items():
            label = f"{field.label.vi} / {field.label.en}" if field.label else None
            yield f"  {part}: {field.type}, label {label}, empty {field.empty}, changeable {field.changeable}"
    for fact in ruleset.facts.values():
        words = (fact.unit, fact.allowed_text, fact.from_, fact.sensitive)
        flags = [name for name in ("changeable", "personal", "empty") if getattr(fact, name)]
        yield f"fact {fact.name}: {fact.declared} ({', '.join([*filter(None, words), *flags])})"
    for parameter in ruleset.parameters.values():
        for value in parameter.values:
            days = f"{value.period.from_} to {value.period.until}"
            yield f"parameter {parameter.name}: {parameter.type} {days} {value.value} {cited(value.citations)}"
    for definition in ruleset.definitions:
        yield f"definition {definition.name}: {definition.type} reads {', '.join(definition.reads)}"
    for table in ruleset.tables.values():
        yield f"table {table.name}: {table.declared}, {table.decision.hit} {cited(table.citations)}"
        yield f"  label {table.label.vi!r} / {table.label.en!r}, note {table.note}"
        yield f"  reads {', '.join(table.reads)}"
        for rule in table.decision.rules:
            yield f"  {' | '.join(map(print_tree, (*rule.tests, *rule.results)))}"
    for criterion in ruleset.criteria:
        yield from described_criterion(criterion)
    decision = ruleset.decision
    for gate in decision.cannot_evaluate + decision.not_rated:
        yield f"gate {gate.criterion} obliges {', '.join(gate.oblige)} {cited(gate.citations)}"
    for ground in decision.grounds:
        yield f"ground {ground.outcome}: {', '.join(ground.criteria)}"
    for rung in decision.ladder:
        yield f"rung {rung.outcome}: {', '.join(rung.criteria)}"
    yield f"otherwise {decision.otherwise}"
    for ceiling in decision.ceilings:
        yield f"ceiling {ceiling.at_most} unless {ceiling.criterion} {cited(ceiling.citations)}"
    for consequence in decision.consequences:
        yield f"consequence {consequence.when} gives {consequence.gives} {cited(consequence.citations)}"
    for gap in ruleset.gaps:
        yield f"gap {gap.name} {gap.between} {gap.unmet} {cited(gap.citations)}: {gap.says.en}"
    for question in ruleset.questions.values():
        yield f"question {question.name}: {question.asks.en} ({question.note}) {', '.join(question.touches)}"
    for case in ruleset.cases:
        expected = case.expect.model_dump(exclude_none=True)
        yield f"case {case.name!r}, line {case.line}, on {case.on}: {dict(case.record)} -> {expected}"


def described_criterion(criterion: Criterion) -> Iterator[str]:
    flags = [name for name in ("advisory", "waivable") if getattr(criterion, name)]
    yield f"criterion {criterion.index} {criterion.name}: {' '.join([criterion.standing.value, *flags])}"
    yield f"  label {criterion.label.vi!r} / {criterion.label.en!r}"
    yield f"  holds {criterion.expression!r} at {criterion.holds_at}"
    yield f"  applies {criterion.applies!r} at {criterion.applies_at}"
    yield f"  reads {', '.join(criterion.reads)} at {criterion.reads_at.start} to {criterion.reads_at.stop}"
    yield f"  cites {cited(criterion.citations)}"
    for language, says in criterion.says.items():
        for status, template in says.items():
            yield f"  says {language} {status} {template.parts}"


def cited(citations: tuple[Citation, ...]) -> str:
    return "; ".join(f"{each.text} = {each.in_('vi')} / {each.in_('en')}" for each in citations)


def test_the_digest_is_of_the_text_as_it_is() -> None:
    text = (GOOD / "minimal.yaml").read_text(encoding="utf-8")
    assert loads(text).digest == sha256(text.encode()).hexdigest()
    assert loads(text).text == text
    assert loads(text + "\n").digest != loads(text).digest


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2022, 12, 31), Unknown.fact("done_share")),
        (date(2023, 1, 1), Decimal("0.75")),
        (date(2024, 6, 30), Decimal("0.75")),
        (date(2024, 7, 1), Decimal("0.8")),
        (date(2025, 6, 30), Decimal("0.8")),
        (date(2025, 7, 1), Decimal("0.85")),
        (date(9999, 12, 31), Decimal("0.85")),
    ],
)
def test_parameters_have_the_value_of_the_day(day: date, share: object) -> None:
    assert EVERY.parameters_on(day)["done_share"] == share


def values(**facts: Any) -> Mapping[str, Any]:
    unknown = {name: Unknown.fact(name) for name in EVERY.facts}
    return {**unknown, **EVERY.parameters_on(date(2024, 7, 1)), **facts}


def test_the_program_gives_each_criterion_its_values() -> None:
    lessons = {"total": Decimal(10), "done": Decimal(7), "plan": {"total": Decimal(12)}}
    results = EVERY.program.run(values(lessons=lessons))
    criterion = EVERY.criterion("lessons_done")
    assert criterion.applies_at is not None
    assert (results[criterion.applies_at], results[criterion.holds_at]) == (True, False)
    assert dict(zip(criterion.reads, results[criterion.reads_at], strict=True)) == {
        "lessons.total": 10,
        "share_over": Decimal("-0.1"),
        "share": Decimal("0.7"),
        "lessons.done": 7,
        "done_share": Decimal("0.8"),
        "lessons.plan.total": 12,
    }


def test_a_null_is_traced_to_its_cause_through_definitions() -> None:
    lessons = {"total": Decimal(0), "done": Decimal(7), "plan": None}
    cause = EVERY.why_null("share_over >= 0", values(lessons=lessons))
    assert cause is not None
    assert cause.code == "division-by-zero"


def test_parts_of_facts_are_known_by_their_paths() -> None:
    labels = {
        path: EVERY.label_at(path) for path in ("acts[1].used_in_year", "lessons.total", "share", "acts.x")
    }
    assert {path: label.en if label else None for path, label in labels.items()} == {
        "acts[1].used_in_year": "Act 2: year it was counted in",
        "lessons.total": "Lessons: total",
        "share": None,
        "acts.x": None,
    }
    assert str(EVERY.declared_at("acts")) == "list of act"
    assert str(EVERY.declared_at("acts[0]")) == "act"
    assert str(EVERY.declared_at("acts[0].used_in_year")) == "count"
    assert EVERY.declared_at("share") is None


@pytest.mark.parametrize(("months", "allowed"), [(-1, False), (0, True), (12, True), ("12.5", False)])
def test_a_fact_says_what_it_allows(months: object, allowed: bool) -> None:
    assert EVERY.facts["months_worked"].allows(Decimal(str(months))) is allowed


def test_names_that_are_not_there() -> None:
    for ask in (EVERY.criterion, EVERY.rank, EVERY.outcome_label, EVERY.label_of):
        with pytest.raises(KeyError):
            ask("nothing")
    assert EVERY.rank("excellent") == 3
    assert EVERY.label_of("dismissal").vi == "cho thôi việc"
