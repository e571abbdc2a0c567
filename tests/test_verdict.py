"""What a verdict means (design, section 3), over generated rulesets."""

from __future__ import annotations

import itertools
from datetime import date

from generated_rulesets import OUTCOMES, Generated, records, rulesets
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import canonical, evaluate, explain
from engine.verdict import Verdict

DAY = date(2024, 12, 31)
EXAMPLES = settings(max_examples=60, deadline=None)


def judge(generated: Generated, record: dict[str, bool]) -> Verdict:
    return evaluate(generated.ruleset, record, evaluated_on=DAY)


def completions(generated: Generated, record: dict[str, bool]) -> list[dict[str, bool]]:
    missing = [name for name in generated.facts if name not in record]
    return [
        record | dict(zip(missing, values, strict=True))
        for values in itertools.product((False, True), repeat=len(missing))
    ]


@EXAMPLES
@given(st.data())
def test_a_complete_record_gets_what_the_design_says(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated, complete=True))
    verdict = judge(generated, record)

    match generated.result(record):
        case "cannot_evaluate" | "not_rated" as gate:
            assert verdict.status == gate
        case None:
            assert verdict.status == "undetermined"
            assert verdict.because == ("gap",)
        case outcome:
            assert verdict.status == "decided"
            assert verdict.outcome == outcome
    assert verdict.missing == ()


@EXAMPLES
@given(st.data())
def test_every_completion_lies_within_what_the_verdict_leaves_open(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    verdict = judge(generated, record)
    results = {generated.result(completion) for completion in completions(generated, record)}

    match verdict.status:
        case "decided":
            assert results == {verdict.outcome}
        case "not_rated" | "cannot_evaluate":
            assert results == {verdict.status.value}
        case _:
            judgement = verdict.judgement
            gates = results & {"not_rated", "cannot_evaluate"}
            assert gates <= set(judgement.possible)
            outcomes = results - gates - {None}
            if outcomes:
                assert judgement.lowest is not None
                assert judgement.highest is not None
                lowest, highest = OUTCOMES.index(judgement.lowest), OUTCOMES.index(judgement.highest)
                assert all(lowest <= OUTCOMES.index(outcome) <= highest for outcome in outcomes)
            if None in results and not outcomes and not gates:
                assert judgement.in_gap


@EXAMPLES
@given(st.data())
def test_a_missing_fact_that_does_not_matter_changes_nothing(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    for missing in judge(generated, record).missing:
        if not missing.matters:
            for completion in completions(generated, record):
                other = completion | {missing.fact: not completion[missing.fact]}
                assert generated.result(completion) == generated.result(other)


@EXAMPLES
@given(st.data())
def test_meeting_a_criterion_never_lowers_the_outcome(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated, complete=True))
    before = judge(generated, record)
    for index in range(generated.count):
        after = judge(generated, record | {f"c{index}": True})
        if before.outcome is not None and after.outcome is not None:
            assert OUTCOMES.index(after.outcome) >= OUTCOMES.index(before.outcome)


@EXAMPLES
@given(st.data())
def test_why_not_names_what_blocks_each_higher_outcome(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated, complete=True))
    verdict = judge(generated, record)
    for why_not in verdict.judgement.why_not:
        assert all(record[block.criterion] is False for block in why_not.blocks)
        mended = record | {block.criterion: True for block in why_not.blocks}
        result = generated.result(mended)
        if why_not.outcome is None:
            assert result not in ("not_rated", "cannot_evaluate")
        elif result in OUTCOMES and any(outcome == why_not.outcome for outcome, _ in generated.ladder):
            assert OUTCOMES.index(result) >= OUTCOMES.index(why_not.outcome)


@EXAMPLES
@given(st.data())
def test_the_same_record_gives_the_same_bytes(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    shuffled = dict(data.draw(st.permutations(list(record.items()))))
    bytes_ = canonical(judge(generated, record).to_data())
    assert bytes_ == canonical(judge(generated, shuffled).to_data())
    assert bytes_ == judge(generated, shuffled).canonical(), "and so do the parts that are kept"


@EXAMPLES
@given(st.data())
def test_a_verdict_says_in_its_first_line_that_a_draft_decided_it(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    verdict = judge(generated, record)
    named = {int(name[1:]) for name in verdict.judgement.rests_on_draft}

    assert named <= generated.drafts
    first = explain(verdict, "en").splitlines()[0]
    assert first.startswith("[Rests on a rule that is not verified]") == bool(named)
    lenient = record | {f"c{index}": True for index in generated.drafts if f"c{index}" in record}
    if not named and set(record) == set(generated.facts):
        assert generated.result(record) == generated.result(lenient), "without the drafts it is the same"


@EXAMPLES
@given(st.data())
def test_the_proof_leads_to_the_outcome(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated, complete=True))
    verdict = judge(generated, record)
    known = {(finding.status.value, finding.criterion.name) for finding in verdict.findings}
    for step in verdict.judgement.steps:
        assert known.issuperset(step.antecedents)
        known.add((step.gives.kind, step.gives.name))
    if verdict.outcome is not None and verdict.outcome not in ("not_completed", generated.otherwise):
        attained = verdict.judgement.before_ceilings or verdict.outcome
        assert ("attained", attained) in known or ("ceiling", verdict.outcome) in known


@EXAMPLES
@given(st.data())
def test_findings_say_the_statuses_that_the_verdict_follows_from(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    verdict, again = judge(generated, record), judge(generated, record)

    assert tuple(finding.status for finding in verdict.findings) == verdict.found.signature
    assert verdict.findings is verdict.findings
    assert [finding.criterion for finding in verdict.findings] == list(generated.ruleset.criteria)
    assert verdict == again
    for name, stated in record.items():
        assert verdict != judge(generated, record | {name: not stated})
