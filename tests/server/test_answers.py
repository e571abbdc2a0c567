"""Answers put together from kept parts: the message that the whole data give, for every shipped case and example."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from chuan.v1 import evaluation_service_pb2 as pb
from chuan.v1 import verdict_pb2
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types
from shipped_rulesets import BY_FILE, CATALOGUE, cases_of

import rulesets as shipped
from engine import ChosenBy, RecordError, Ruleset, Verdict, evaluate
from engine.records import parse_record
from server.transport.answers import batch_bytes, response_bytes, verdict_bytes
from server.transport.verdicts import verdict_to

FILES = tuple(map(cases_of, BY_FILE))
EXAMPLES = sorted((shipped.FOLDER.parent / "examples" / "records").glob("*.json"))


def assert_same(verdict: Verdict) -> None:
    expected = verdict_to(verdict.to_data())
    for made in (verdict_bytes(verdict), verdict_bytes(verdict)):  # the second time all that is kept is found
        assert verdict_pb2.Verdict.FromString(made) == expected
        assert len(made) == expected.ByteSize()


@pytest.mark.parametrize("ruleset", CATALOGUE.list(), ids=str)
def test_every_case_reads_as_its_data(ruleset: Ruleset) -> None:
    compared = 0
    for file in FILES:
        for case in file.cases if (file.ruleset, file.version) == (ruleset.id, ruleset.version) else ():
            day = case.on or ruleset.effective.from_
            assert day is not None
            try:
                verdict = evaluate(ruleset, case.record, evaluated_on=day, chosen_by=ChosenBy.SELECTOR)
            except RecordError:
                continue
            assert_same(verdict)
            compared += 1
    assert compared


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_every_example_reads_as_its_data_with_what_would_move_it(path: Path) -> None:
    verdict = example(path)
    if verdict is None:
        assert "bad-fields" in path.stem
    else:
        assert_same(verdict)


def test_a_batch_holds_answers_and_errors_in_order() -> None:
    verdict = example(EXAMPLES[0])
    assert verdict is not None
    explanations = [pb.Explanation(language=pb.LANGUAGE_VI, text="Đạt."), pb.Explanation()]
    answer = pb.EvaluateResponse(
        decision_id="some id", verdict=verdict_to(verdict.to_data()), explanations=explanations
    )
    made = response_bytes("some id", verdict, explanations)
    assert pb.EvaluateResponse.FromString(made) == answer
    error = Status(code=5, message="there is none")
    batch = pb.EvaluateBatchResponse.FromString(batch_bytes([error, made, Status(), made]))
    assert list(batch.results) == [
        pb.EvaluateBatchResult(error=error),
        pb.EvaluateBatchResult(response=answer),
        pb.EvaluateBatchResult(error=Status()),
        pb.EvaluateBatchResult(response=answer),
    ]


def example(path: Path) -> Verdict | None:
    content = parse_record(path.read_bytes())
    facts, day = content["facts"], str(content["evaluated_on"])
    ruleset = CATALOGUE.on(str(content["ruleset"]), date.fromisoformat(day))
    assert isinstance(facts, dict)
    try:
        return evaluate(ruleset, facts, evaluated_on=date.fromisoformat(day), foresight=True)
    except RecordError:
        return None
