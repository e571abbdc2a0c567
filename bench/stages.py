"""Where the time of a verdict goes."""

from __future__ import annotations

from bench import hr
from bench.effort import Effort
from bench.measure import Measured, Side, Spread, alternate
from bench.report import Findings, Table
from engine import Evaluator, explain
from engine.facts import FactsReader
from engine.judging import Judge
from server.transport.answers import verdict_bytes

_WHOLE = "whole verdict"
_TEXTS_SHARE = 5  # a pass of the explanations takes one in so many of the records


def measure(effort: Effort) -> Findings:
    """Run the part."""
    found = alternate(_sides(effort), effort.rounds)
    whole = found[_WHOLE]
    program, findings = found["program"], found["program and findings"]
    rows: list[tuple[str, Spread, Spread]] = [
        _row("facts: read and checked", found["facts"], whole),
        _row("program: definitions, criteria, what they look at", program, whole),
        _row("findings made of it when they are read, with the judgement", _less(findings, program), whole),
        _row("judgement, of a signature seen before", found["judgement"], whole),
        _row("**whole verdict**", whole, whole),
        _row("then: plain data", found["data"], whole),
        _row("then: canonical bytes", found["bytes"], whole),
        _row("then: message, serialised", found["message"], whole),
        _row("then: explanation in Vietnamese, in full", found["vi"], whole),
        _row("then: explanation in English, in full", found["en"], whole),
    ]
    return Findings(
        title="Stages of a verdict",
        notes=(
            "Each stage by itself, given what the stages before it made; the task of `bench/data/hr.yaml`.",
        ),
        tables=(
            Table(
                ("stage", "µs of CPU", "times the verdict"),
                tuple((name, str(micros), str(share)) for name, micros, share in rows),
            ),
        ),
    )


def _sides(effort: Effort) -> list[Side]:
    ruleset = hr.ruleset()
    evaluator, reader, judge = Evaluator(ruleset), FactsReader(ruleset.facts), Judge(ruleset)
    records = [hr.stated(record) for record in hr.records(effort.records)]
    values = [{**reader.read(record), **ruleset.parameters_on(hr.ASSESSED_ON)} for record in records]
    verdicts = [evaluator.evaluate(record, hr.ASSESSED_ON) for record in records]
    signatures = [tuple(finding.status for finding in verdict.findings) for verdict in verdicts]
    few = verdicts[: max(len(verdicts) // _TEXTS_SHARE, 1)]
    return [
        Side(_WHOLE, lambda record: evaluator.evaluate(record, hr.ASSESSED_ON), records),
        Side("facts", reader.read, records),
        Side("program", ruleset.program.judge, values),
        Side("program and findings", lambda each: evaluator.judge(each)[0], values),
        Side("judgement", judge.judge, signatures),
        Side("data", lambda verdict: verdict.to_data(), verdicts),
        Side("bytes", lambda verdict: verdict.canonical(), verdicts),
        Side("message", verdict_bytes, verdicts),
        Side("vi", lambda verdict: explain(verdict, "vi"), few),
        Side("en", lambda verdict: explain(verdict, "en"), few),
    ]


def _row(name: str, measured: Measured, whole: Measured) -> tuple[str, Spread, Spread]:
    return name, measured.micros, measured.over(whole)


def _less(measured: Measured, part: Measured) -> Measured:
    """What is left of a cost without that of a part of it."""
    return Measured(
        measured.name, tuple(all_ - some for all_, some in zip(measured.rounds, part.rounds, strict=True))
    )
