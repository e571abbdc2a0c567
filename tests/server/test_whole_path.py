"""The whole path of a change in the law, over a channel: from the draft to the verdict, by two people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from chuan.v1 import ruleset_life_pb2, ruleset_report_pb2
from serving import settings_for

from clients.client import Client, Question, ServiceError
from clients.errors import DraftUnsound
from clients.ruleset_calls import DraftOf, PublishedOf, Step
from server.config import Settings

Serve = Callable[[Settings], AbstractContextManager[str]]

DATA = Path(__file__).parent.parent / "data" / "server" / "life"
ID = "test.months"
BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)


def text(name: str) -> str:
    return (DATA / name).read_bytes().decode()


def test_a_threshold_is_raised(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    for name in ("months-1.0.0.yaml", "months-1.0.0.cases.yaml"):
        (folder / name).write_bytes((DATA / name).read_bytes())
    config = settings_for(tmp_path / "store.sqlite3", folder)
    with serve(config) as address, Client(address, actor="lan") as lan, Client(address, actor="minh") as minh:
        # Five people are judged by the law as it is.
        months = [4, 6, 7, 8, 12]
        facts = [{"months": each, "group": "a" if each < 8 else "b"} for each in months]
        judged = lan.evaluate_batch([Question(ruleset=ID, facts=each, evaluated_on=BEFORE) for each in facts])
        decided = [each for each in judged if not isinstance(each, ServiceError)]
        assert [each.verdict.outcome for each in decided] == ["low", "high", "high", "high", "high"]

        # An author drafts eight months in place of six, forgets the cases, and then mends them.
        draft = lan.save_draft(ID, "2.0.0", text("months-2.0.0.yaml"), text("months-1.0.0.cases.yaml"))
        with pytest.raises(DraftUnsound) as unsound:
            lan.submit_draft(Step(ID, "2.0.0", draft.revision))
        assert "other-ruleset" in [each.code for each in unsound.value.problems]
        draft = lan.save_draft(
            ID,
            "2.0.0",
            text("months-2.0.0.yaml"),
            text("months-2.0.0.cases.yaml"),
            seen_revision=draft.revision,
        )
        source = DraftOf(ID, "2.0.0", draft.revision)

        # What does it say, do its cases pass, what does it change, and for whom?
        errors = [
            each
            for each in lan.check_ruleset(source).findings
            if each.severity == ruleset_report_pb2.FINDING_SEVERITY_ERROR
        ]
        assert not errors
        report = lan.test_ruleset(source)
        assert (report.cases, report.failed, report.coverage.outcome.percent) == (4, 0, "100.0")
        changes = lan.compare_rulesets(PublishedOf(ID, "1.0.0"), source).changes
        assert any("8" in change.new and "6" in change.old for change in changes)
        (part,) = (each.part for each in lan.analyze_impact(source, by="group"))
        assert (part.tally.records, part.tally.changed) == (5, 2)
        assert {(each.group, each.changed) for each in part.tally.groups} == {("a", 2), ("b", 0)}
        assert [each.ref for each in part.changes] == [decided[1].decision_id, decided[2].decision_id]
        assert "served" in lan.explain_impact(source, part.changes[0].ref)

        # Somebody else approves and publishes it.
        step = Step(ID, "2.0.0", draft.revision, "Decree 1/2026")
        lan.submit_draft(step)
        with pytest.raises(ServiceError) as alone:
            lan.approve_draft(step)
        assert alone.value.reason == "SECOND_PERSON_NEEDED"
        minh.approve_draft(step)
        assert minh.publish_draft(step, supersede=True).state == ruleset_life_pb2.RULESET_STATE_PUBLISHED

        # The law of the day counts, and who was judged stays judged.
        seven = facts[2]
        verdicts = {day: lan.evaluate(ID, seven, evaluated_on=day).verdict for day in (BEFORE, AFTER)}
        assert {day: (each.ruleset.version, each.outcome) for day, each in verdicts.items()} == {
            BEFORE: ("1.0.0", "high"),
            AFTER: ("2.0.0", "low"),
        }
        old = decided[2]
        replayed = lan.replay_decision(old.decision_id)
        assert replayed.identical
        assert replayed.verdict == old.verdict == lan.get_decision(old.decision_id).verdict
        said = [
            (each.actor, ruleset_life_pb2.RulesetAction.Name(each.action))
            for each in lan.list_ruleset_events(ID)
        ]
        assert said[-3:] == [
            ("minh", "RULESET_ACTION_APPROVED"),
            ("minh", "RULESET_ACTION_PUBLISHED"),
            ("minh", "RULESET_ACTION_SUPERSEDED"),
        ]

    # All of it is in the store, whoever serves it next.
    with serve(config) as address, Client(address) as anybody:
        assert anybody.replay_decision(old.decision_id).identical
        assert anybody.evaluate(ID, seven, evaluated_on=AFTER).verdict.outcome == "low"
        assert anybody.evaluate(ID, seven, evaluated_on=BEFORE).verdict.outcome == "high"
