"""A verdict that came over the wire, as the plain data that the engine logs: the same JSON either way."""

from __future__ import annotations

from chuan.v1 import value_pb2, verdict_pb2

Data = dict[str, object]


def verdict_data(verdict: verdict_pb2.Verdict) -> Data:
    """The data of `verdict`, as `engine.Verdict.to_data` gives it. Empty parts are left out."""
    data = _without_empty(
        {
            "ruleset": {
                "id": verdict.ruleset.id,
                "version": verdict.ruleset.version,
                "digest": verdict.ruleset.digest,
                "chosen_by": _word(verdict_pb2.ChosenBy.Name(verdict.ruleset.chosen_by), "CHOSEN_BY_"),
            },
            "evaluated_on": verdict.evaluated_on,
            "status": _status(verdict.status),
            "outcome": verdict.outcome,
            "range": verdict.range.lowest
            and {"lowest": verdict.range.lowest, "highest": verdict.range.highest},
            "possible": [_status(status) for status in verdict.possible],
            "because": [
                _word(verdict_pb2.UndeterminedCause.Name(cause), "UNDETERMINED_CAUSE_")
                for cause in verdict.because
            ],
            "gaps": [
                _without_empty({"name": gap.name, "citations": list(gap.citations)}) for gap in verdict.gaps
            ],
            "before_ceilings": verdict.before_ceilings,
            "findings": [_finding(finding) for finding in verdict.findings],
            "steps": [
                {"rule": step.rule, "from": list(step.antecedents), "gives": step.gives}
                for step in verdict.steps
            ],
            "why_not": [_why_not(why_not) for why_not in verdict.why_not],
            "missing": [
                {"fact": missing.fact, "matters": missing.matters, "criteria": list(missing.criteria)}
                for missing in verdict.missing
            ],
            "obligations": [_conclusion(conclusion) for conclusion in verdict.obligations],
            "proposals": [_conclusion(conclusion) for conclusion in verdict.proposals],
            "notes": [_conclusion(conclusion) for conclusion in verdict.notes],
            "rests_on_draft": list(verdict.rests_on_draft),
        }
    )
    if verdict.HasField("foresight"):  # where it was asked for it is there, even if it is empty
        data["foresight"] = _foresight(verdict.foresight)
    if verdict.HasField("score"):
        data["score"] = _score(verdict.score)
    return data


def _finding(finding: verdict_pb2.Finding) -> Data:
    return _without_empty(
        {
            "criterion": finding.criterion,
            "status": _finding_status(finding.status),
            "expression": finding.expression,
            "applies": finding.applies,
            "seen": [{"path": seen.path, "value": value_data(seen.value)} for seen in finding.seen],
            "missing": list(finding.missing),
            "cause": finding.cause.code and {"code": finding.cause.code, "text": finding.cause.text},
            "citations": list(finding.citations),
            "standing": _word(verdict_pb2.Standing.Name(finding.standing), "STANDING_"),
            "advisory": finding.advisory,
            "waivable": finding.waivable,
        }
    )


def _why_not(why_not: verdict_pb2.WhyNot) -> Data:
    blocks = [
        {
            "kind": _word(verdict_pb2.BlockKind.Name(block.kind), "BLOCK_KIND_"),
            "criterion": block.criterion,
            "status": _finding_status(block.status),
            **({"waivable": True} if block.waivable else {}),
        }
        for block in why_not.blocks
    ]
    return _without_empty({"outcome": why_not.outcome, "blocks": blocks})


def _conclusion(conclusion: verdict_pb2.Conclusion) -> Data:
    return _without_empty(
        {
            "name": conclusion.name,
            "because": list(conclusion.because),
            "citations": list(conclusion.citations),
        }
    )


def _foresight(foresight: verdict_pb2.Foresight) -> Data:
    return _without_empty(
        {
            "effects": [
                {"fact": effect.fact, "cases": [_effect_case(case) for case in effect.cases]}
                for effect in foresight.effects
            ],
            "improvements": [
                {
                    "outcome": improvement.outcome,
                    "changes": [_change(change) for change in improvement.changes],
                }
                for improvement in foresight.improvements
            ],
        }
    )


def _effect_case(case: verdict_pb2.EffectCase) -> Data:
    return _without_empty(
        {
            "low": case.HasField("low") and value_data(case.low),
            "high": case.HasField("high") and value_data(case.high),
            "status": _status(case.status),
            "outcome": case.outcome,
            "range": case.range.lowest and {"lowest": case.range.lowest, "highest": case.range.highest},
            "possible": [_status(status) for status in case.possible],
        }
    )


def _change(change: verdict_pb2.Change) -> Data:
    return {"fact": change.fact, "from": value_data(change.current), "to": value_data(change.needed)}


def _score(score: verdict_pb2.Score) -> Data:
    exact = {"exact": value_data(score.exact)} if score.HasField("exact") else {}
    return {
        "total": value_data(score.total),
        "maximum": value_data(score.maximum),
        **exact,
        "parts": [_score_part(part) for part in score.parts],
    }


def _score_part(part: verdict_pb2.ScorePart) -> Data:
    return _without_empty(
        {
            "part": part.part,
            "points": value_data(part.points),
            "maximum": value_data(part.maximum),
            "before_deductions": part.HasField("before_deductions") and value_data(part.before_deductions),
            "deductions": [
                _without_empty(
                    {
                        "deduction": each.deduction,
                        "points": value_data(each.points),
                        "citations": list(each.citations),
                    }
                )
                for each in part.deductions
            ],
            "citations": list(part.citations),
            "standing": _word(verdict_pb2.Standing.Name(part.standing), "STANDING_"),
            "cause": part.cause.code and {"code": part.cause.code, "text": part.cause.text},
        }
    )


def value_data(value: value_pb2.Value) -> Data:
    """A value as tagged data, such as ``{"number": "0.5"}``."""
    match value.WhichOneof("kind"):
        case "list":
            return {"list": [value_data(item) for item in value.list.items]}
        case "record":
            return {
                "record": [
                    {"name": field.name, "value": value_data(field.value)} for field in value.record.fields
                ]
            }
        case "null" | None:
            return {"null": True}
        case "unknown":
            return {"unknown": list(value.unknown.facts)}
        case kind:
            return {kind: getattr(value, kind)}


def _status(status: verdict_pb2.VerdictStatus.ValueType) -> str:
    return _word(verdict_pb2.VerdictStatus.Name(status), "VERDICT_STATUS_")


def _finding_status(status: verdict_pb2.FindingStatus.ValueType) -> str:
    return _word(verdict_pb2.FindingStatus.Name(status), "FINDING_STATUS_")


def _word(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower()


def _without_empty(data: Data) -> Data:
    return {key: value for key, value in data.items() if value}
