"""What authors ask of the service: the same as the engine says, and as the command line prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chuan.v1 import ruleset_report_pb2, ruleset_service_pb2
from serving import settings_for
from typer.testing import CliRunner

from clients.cli import app
from clients.client import Client, Question, ServiceError
from clients.errors import DraftUnsound, RecordRefused
from clients.plain_data import plain_data
from clients.ruleset_calls import DraftOf, PublishedOf, Source, Step, Texts
from engine import load, loads
from engine.impact import Foreseer, Part, Subject, impact, in_chunks
from server.config import Settings
from server.transport.plain import message_of

Serve = Callable[[Settings], AbstractContextManager[str]]

DATA = Path(__file__).parent.parent / "data" / "server" / "life"
ID = "test.months"
OLD, NEW = (DATA / f"months-{version}.yaml" for version in ("1.0.0", "2.0.0"))
DAY = date(2025, 12, 31)
MONTHS = [*range(13), 6, 6, 7, 7, 7]


def facts_of(months: int) -> dict[str, object]:
    return {"months": Decimal(months), "group": f"unit {months % 3}"} if months else {}


def run(*arguments: str | Path) -> Any:
    """What the command line prints as JSON."""
    result = CliRunner().invoke(app, ["ruleset", *map(str, arguments), "--format", "json"])
    assert result.exit_code in (0, 4), result.output
    return json.loads(result.stdout)


def texts_of(path: Path) -> Texts:
    return Texts(
        path.read_text(encoding="utf-8"),
        path.with_name(f"{path.stem}.cases.yaml").read_text(encoding="utf-8"),
        str(path),
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("reports")
    (folder / "rulesets").mkdir()
    for name in (OLD.name, f"{OLD.stem}.cases.yaml"):
        (folder / "rulesets" / name).write_bytes((DATA / name).read_bytes())
    config = settings_for(folder / "store.sqlite3", folder / "rulesets")
    with serve(config) as address, Client(address, actor="lan") as connected:
        new = texts_of(NEW)
        connected.save_draft(ID, "2.0.0", new.text, new.cases)
        questions = [Question(ruleset=ID, facts=facts_of(months), evaluated_on=DAY) for months in MONTHS]
        connected.evaluate_batch(questions)
        yield connected


WRONG = """
ruleset: test.wrong
version: 1.0.0
kind: evaluation
"""


@pytest.mark.parametrize("change", [("", ""), (">= months", "> 20 + months"), ('group != ""', "true")])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_check_finds_what_the_command_line_finds(
    client: Client, tmp_path: Path, change: tuple[str, str], language: str
) -> None:
    path = tmp_path / "months.yaml"
    path.write_text(
        NEW.read_text(encoding="utf-8").replace(*change) if change[0] else WRONG, encoding="utf-8"
    )
    answer = client.check_ruleset(Texts(path.read_text(encoding="utf-8"), "", str(path)), language=language)
    printed = run("check", path, "--lang", language)
    assert plain_data(answer) == printed
    assert printed["findings"]


def test_a_draft_and_a_published_version_can_be_checked(client: Client) -> None:
    for source in (DraftOf(ID, "2.0.0"), PublishedOf(ID, "1.0.0"), texts_of(NEW)):
        assert not client.check_ruleset(source).findings
    beside = client.check_ruleset(DraftOf(ID, "2.0.0", 1), beside_published=True).findings
    assert [each.name for each in beside] == ["overlapping-versions"]


@pytest.mark.parametrize("break_a_case", [False, True])
def test_cases_come_out_as_on_the_command_line(client: Client, tmp_path: Path, break_a_case: bool) -> None:
    path, beside = tmp_path / "months.yaml", tmp_path / "months.cases.yaml"
    given = texts_of(NEW)
    cases = given.cases.replace("outcome: low", "outcome: high") if break_a_case else given.cases
    path.write_text(given.text, encoding="utf-8")
    beside.write_text(cases, encoding="utf-8")
    printed = run("test", path, "--coverage")
    answered = plain_data(client.test_ruleset(Texts(given.text, cases, str(path))))
    reports = printed["rulesets"] if isinstance(printed, dict) and "rulesets" in printed else printed
    (report,) = reports
    for result in report["results"]:  # the file of cases is called by the document's name
        result["file"] = result["file"].replace(str(beside), "ruleset.cases.yaml")
    assert answered == report
    assert answered["failed"] == int(break_a_case)


def test_a_comparison_says_what_the_command_line_says(client: Client) -> None:
    answer = client.compare_rulesets(PublishedOf(ID, "1.0.0"), DraftOf(ID, "2.0.0"))
    assert plain_data(answer) == run("compare", OLD, NEW)
    assert not plain_data(client.compare_rulesets(PublishedOf(ID, "1.0.0"), texts_of(OLD)))["changes"]


def test_an_impact_is_that_of_the_engine(client: Client) -> None:
    old, new = load(OLD), load(NEW)
    answers = list(client.analyze_impact(DraftOf(ID, "2.0.0"), by="group"))
    assert [each.total for each in answers] == [len(MONTHS)]
    subjects = [Subject(str(number), facts_of(months), DAY) for number, months in enumerate(MONTHS)]
    here = impact(new, old, subjects, by="group")
    told = Part.of(plain_data(answers[0].part))
    assert told.tally.data == here.tally.data
    assert plain_data(answers[0].part.tally) == here.tally.data
    assert told.tally.changed == MONTHS.count(6) + MONTHS.count(7)
    assert {each.after for each in told.changes} == {"low"}
    # Held against a version instead of what each was judged by, it is the same here.
    against = list(client.analyze_impact(texts_of(NEW), PublishedOf(ID, "1.0.0"), by="group"))
    assert against == answers
    # Nothing is left after the last one.
    last = answers[-1]
    assert not list(
        client.analyze_impact(DraftOf(ID, "2.0.0"), after_position=last.position, done=last.part.done)
    )


def test_one_of_them_is_explained(client: Client) -> None:
    (answer,) = client.analyze_impact(DraftOf(ID, "2.0.0"))
    text = client.explain_impact(DraftOf(ID, "2.0.0"), answer.part.changes[0].ref)
    assert "1.0.0" in text
    assert "2.0.0" in text
    assert "served" in text
    vietnamese = client.explain_impact(DraftOf(ID, "2.0.0"), answer.part.changes[0].ref, language="vi")
    assert "Theo dự thảo" in vietnamese


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_criterion_is_explained_as_on_the_command_line(client: Client, language: str) -> None:
    note = plain_data(client.explain_criterion(texts_of(NEW), "served", language=language))
    assert note == run("explain", NEW, "served", "--lang", language)
    assert len(note["cases"]) == 3
    with pytest.raises(ServiceError, match='Did you mean "served"') as caught:
        client.explain_criterion(DraftOf(ID, "2.0.0"), "serve")
    assert (caught.value.code, caught.value.reason) == ("NOT_FOUND", "CRITERION_NOT_FOUND")


def test_a_page_is_that_of_the_command_line(client: Client) -> None:
    page = CliRunner().invoke(app, ["ruleset", "render", str(NEW), "--lang", "en"])
    assert client.render_ruleset(texts_of(NEW)) == page.stdout
    assert client.render_ruleset(DraftOf(ID, "2.0.0")) == page.stdout
    assert client.render_ruleset(PublishedOf(ID, "1.0.0"), language="vi") != page.stdout


def test_a_document_is_laid_out_as_on_the_command_line(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "months.yaml"
    path.write_text(NEW.read_text(encoding="utf-8").replace("\n\n", "\n\n\n"), encoding="utf-8")
    laid_out = client.format_ruleset(path.read_text(encoding="utf-8"))
    assert CliRunner().invoke(app, ["ruleset", "fmt", str(path)]).exit_code == 0
    assert laid_out == path.read_text(encoding="utf-8")
    assert client.format_ruleset(laid_out) == laid_out
    with pytest.raises(DraftUnsound):
        client.format_ruleset("a: [")


@pytest.mark.parametrize("kind", ["evaluation", "title-standard", "organization"])
def test_a_new_ruleset_is_that_of_the_command_line(client: Client, tmp_path: Path, kind: str) -> None:
    id_ = f"test.begun.{kind}"
    options = ["--kind", kind, "--from", "2026-01-01", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, ["ruleset", "new", id_, *options]).exit_code == 0
    made = client.new_ruleset(id_, kind, date(2026, 1, 1))
    assert made.text == (tmp_path / f"{id_}.yaml").read_text(encoding="utf-8")
    assert made.cases == (tmp_path / f"{id_}.cases.yaml").read_text(encoding="utf-8")
    # It can go straight on its way.
    draft = client.save_draft(id_, loads(made.text).version, made.text, made.cases)
    submitted = client.submit_draft(Step(draft.id, draft.version, draft.revision))
    assert client.reject_draft(Step(draft.id, draft.version, draft.revision, "next kind")).id == submitted.id


def test_a_new_ruleset_needs_a_name_and_a_day(client: Client) -> None:
    request = ruleset_service_pb2.NewRulesetRequest(id="No Name", effective_from="soon")
    with pytest.raises(RecordRefused) as caught:
        client._call(client._rulesets.NewRuleset, request)
    assert [path for path, _ in caught.value.violations] == ["kind", "id", "effective_from"]


def test_the_schemas_are_those_of_the_command_line(client: Client) -> None:
    schemas = client.get_ruleset_schema()
    for text, options in ((schemas.document, []), (schemas.cases, ["--cases"])):
        assert json.loads(text) == json.loads(CliRunner().invoke(app, ["ruleset", "schema", *options]).stdout)


def test_what_is_no_ruleset_is_said_with_its_mistakes(client: Client) -> None:
    wrong: Source = Texts(WRONG)
    calls: list[Callable[[], object]] = [
        lambda: client.test_ruleset(wrong),
        lambda: client.render_ruleset(wrong),
        lambda: client.explain_criterion(wrong, "served"),
        lambda: client.compare_rulesets(wrong, texts_of(NEW)),
        lambda: list(client.analyze_impact(wrong)),
    ]
    for call in calls:
        with pytest.raises(DraftUnsound) as caught:
            call()
        assert caught.value.problems[0].place.startswith("ruleset.yaml:")


def test_what_is_not_there_or_not_said_is_told(client: Client) -> None:
    for source, reason in (
        (DraftOf(ID, "9.0.0"), "DRAFT_NOT_FOUND"),
        (PublishedOf(ID, "9.0.0"), "RULESET_NOT_FOUND"),
    ):
        with pytest.raises(ServiceError) as caught:
            client.check_ruleset(source)
        assert caught.value.reason == reason
    with pytest.raises(ServiceError) as caught:
        client.explain_impact(DraftOf(ID, "2.0.0"), "none")
    assert caught.value.reason == "DECISION_NOT_FOUND"
    with pytest.raises(ServiceError) as caught:
        client._call(client._rulesets.CheckRuleset, ruleset_service_pb2.CheckRulesetRequest())
    assert caught.value.code == "INVALID_ARGUMENT"


def test_every_part_of_an_impact_survives_the_wire() -> None:
    old, new = load(OLD), loads(NEW.read_text(encoding="utf-8").replace("cite: law 1.2", "cite: law 1.3"))
    subjects = [Subject(str(number), {"months": Decimal(number)}, DAY) for number in range(14)]
    for part in Foreseer(new, old, by="group").parts(in_chunks(subjects, 5)):
        message = message_of(part.data, ruleset_report_pb2.ImpactPart)
        assert plain_data(message) == part.data
        assert Part.of(part.data) == part
