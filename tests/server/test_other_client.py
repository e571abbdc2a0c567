"""A conversation with the service by a client that is not ours: Node, from the contract alone (`tests/node`)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import chuan
import google.rpc  # type: ignore[import-untyped]  # ships no types
import pytest
from google.protobuf.json_format import MessageToDict

from clients.client import Client, Question, request_message

HERE = Path(__file__).parent.parent / "node"
PROTOS = Path(chuan.__path__[0]).parent
GOOGLEAPIS = Path(google.rpc.__path__[0]).parents[1]

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="Node is not installed"
)
DAY = "2024-12-31"
GOOD: Mapping[str, object] = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": "Tốt"}
WRONG: Mapping[str, object] = {"months": "không", "tasks": {"total": -1}}
PEOPLE = [
    {"person": "một", "months": 7, "remark": "Tốt"},
    {"person": "hai", "remark": "Tốt"},
    {"person": "ba", "months": 13},
]


def request(facts: Mapping[str, object], ruleset: str = "test.rating") -> dict[str, Any]:
    asked = Question(ruleset=ruleset, facts=facts, evaluated_on=date.fromisoformat(DAY), languages=["vi"])
    return MessageToDict(request_message(asked), preserving_proto_field_name=True)


@pytest.fixture(scope="module")
def modules(request: pytest.FixtureRequest) -> Path:
    """The folder of the client's packages, as the lock file has them; fetched once."""
    lock = HERE / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    cache = request.config.cache
    assert cache is not None
    folder = cache.mkdir("node")
    kept = folder / digest
    if not kept.exists():
        fresh = folder / f"{digest}-{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, fresh)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(npm, cwd=fresh, capture_output=True, text=True, check=False)  # noqa: S603 - npm
        assert done.returncode == 0, done.stderr
        try:
            fresh.rename(kept)
        except OSError:  # another worker was faster
            shutil.rmtree(fresh)
    return kept / "node_modules"


@pytest.fixture(scope="module")
def said(modules: Path, address: str) -> dict[str, Any]:
    """What the service answered to it."""
    what = {
        "good": request(GOOD),
        "wrong": request(WRONG),
        "unknown": request(GOOD, "test.ratings"),
        "people": PEOPLE,
        "table": {
            "ruleset": {"in_effect": "test.rating"},
            "evaluated_on": DAY,
            "id_column": "person",
            "columns": ["status", "outcome", "missing"],
        },
    }
    command = ["node", str(HERE / "conversation.js"), address, str(PROTOS), str(GOOGLEAPIS)]
    done = subprocess.run(  # noqa: S603 - our own script
        command,
        input=json.dumps(what),
        env={**os.environ, "NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def plain(answer: Any) -> Any:
    """An answer without the keys by which Node says what kind a value has."""
    if isinstance(answer, dict):
        return {name: plain(part) for name, part in answer.items() if name != "kind" or part not in answer}
    return [plain(each) for each in answer] if isinstance(answer, list) else answer


def violations(details: list[dict[str, Any]]) -> list[str]:
    (wrong,) = [each for each in details if each["type"] == "google.rpc.BadRequest"]
    return [each["field"] for each in wrong["fieldViolations"]]


def reason(details: list[dict[str, Any]]) -> tuple[str, str]:
    (info,) = [each for each in details if each["type"] == "google.rpc.ErrorInfo"]
    return info["domain"], info["reason"]


def test_health_and_rulesets_are_told(said: dict[str, Any]) -> None:
    assert said["health"]["status"] in (1, "SERVING")
    assert {each["id"] for each in said["rulesets"]["rulesets"]} == {"test.rating", "test.twin"}


def test_a_verdict_is_what_our_client_gets(said: dict[str, Any], address: str) -> None:
    with Client(address) as client:
        ours = client.get_decision(said["evaluated"]["decision_id"])
    verdict = said["evaluated"]["verdict"]
    assert (verdict["status"], verdict["outcome"]) == ("VERDICT_STATUS_DECIDED", "high")
    assert plain(verdict) == MessageToDict(ours.verdict, preserving_proto_field_name=True)
    assert said["evaluated"]["explanations"][0]["text"].startswith("Đề xuất xếp loại: Cao")
    decision = said["decision"]["decision"]
    assert decision["canonical_verdict"].encode() == ours.canonical_verdict
    assert (decision["position"], decision["chain_hash"]) == (str(ours.position), ours.chain_hash)
    assert said["replayed"]["identical"] is True


def test_errors_say_what_is_wrong(said: dict[str, Any]) -> None:
    assert said["wrong"]["code"] == "INVALID_ARGUMENT"
    assert reason(said["wrong"]["details"]) == ("chuan", "REQUEST_NOT_USABLE")
    assert violations(said["wrong"]["details"]) == ["record.months", "record.tasks.total"]
    assert said["unknown"]["code"] == "NOT_FOUND"
    assert "test.rating" in said["unknown"]["message"]
    assert reason(said["missing"]["details"]) == ("chuan", "DECISION_NOT_FOUND")


def test_a_batch_answers_each(said: dict[str, Any]) -> None:
    good, wrong = said["batch"]["results"]
    assert good["response"]["verdict"]["outcome"] == "high"
    assert violations(wrong["error"]["details"]) == [
        "requests[1].record.months",
        "requests[1].record.tasks.total",
    ]


def test_a_stream_is_gone_on_with(said: dict[str, Any]) -> None:
    opened, first, second = said["streamed"]
    assert opened["part"] == "opened"
    assert [first["answered_chunks"], second["answered_chunks"]] == ["1", "2"]
    assert [each["result"] for each in second["chunk"]["results"]] == ["response", "error", "response"]
    _, again = said["resumed"]
    ids = [each["response"]["decision_id"] for each in second["chunk"]["results"] if "response" in each]
    assert ids == [
        each["response"]["decision_id"] for each in again["chunk"]["results"] if "response" in each
    ]
    assert violations(said["refused"]["error"]["details"]) == ["start.resume_token"]


def test_a_table_is_scored_by_arrow_for_javascript(said: dict[str, Any]) -> None:
    first, second, third = said["scored"]
    assert (first["person"], first["status"]) == ("một", "undetermined")
    assert sorted(first["missing"]) == ["acts", "tasks.done", "tasks.total"]
    assert (second["person"], second["status"]) == ("hai", "undetermined")
    assert sorted(second["missing"]) == ["acts", "months", "tasks.done", "tasks.total"]
    assert third == {"person": "ba", "status": "refused", "outcome": None, "missing": []}
    assert said["cut"]["code"] == "INVALID_ARGUMENT"
    assert violations(said["cut"]["details"]) == ["chunk[1].rows"]
