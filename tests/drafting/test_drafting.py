"""Rulesets begun, laid out, and described to editors."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

import rulesets
from clients.cli import app
from engine import loads
from engine.analysis import check
from engine.drafting import cases_schema, format_text, json_schema, new_ruleset
from engine.ruleset import loads_cases, source
from engine.ruleset.document import Kind
from engine.testing import run_cases

DATA = Path(__file__).parents[1] / "data"
UNTIDY = DATA / "drafting" / "untidy.yaml"
SHIPPED = sorted(rulesets.FOLDER.rglob("*.yaml"))
KINDS: tuple[Kind, ...] = ("evaluation", "organization", "title-standard")
EVERY = (DATA / "ruleset" / "good" / "every-construct.yaml").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_ruleset_is_whole(kind: Kind) -> None:
    made = new_ruleset(kind, "hanoi.school.teachers", date(2026, 1, 1))
    ruleset = loads(made.ruleset)
    assert (ruleset.id, ruleset.kind, ruleset.effective.from_) == (
        "hanoi.school.teachers",
        kind,
        date(2026, 1, 1),
    )
    report = run_cases(ruleset, {"new.cases.yaml": loads_cases(made.cases, "new.cases.yaml", ruleset)})
    assert not report.failed
    assert not report.coverage.missing
    assert check(made.ruleset).findings == ()
    assert format_text(made.ruleset) == made.ruleset
    assert format_text(made.cases) == made.cases


def test_the_command_begins_a_ruleset_and_overwrites_nothing(tmp_path: Path) -> None:
    arguments = [
        "ruleset",
        "new",
        "a.b",
        "--kind",
        "organization",
        "--from",
        "2026-01-01",
        "--out",
        str(tmp_path),
    ]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert done.stdout.split() == [str(tmp_path / "a.b.yaml"), str(tmp_path / "a.b.cases.yaml")]
    for command in ("check", "test"):
        assert CliRunner().invoke(app, ["ruleset", command, str(tmp_path)]).exit_code == 0
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    wrong = CliRunner().invoke(app, ["ruleset", "new", "A B", "--out", str(tmp_path)])
    assert wrong.exit_code == 2
    assert "lower-case words" in wrong.stderr
    wrong = CliRunner().invoke(app, ["ruleset", "new", "a.c", "--out", str(tmp_path / "a.b.yaml")])
    assert wrong.exit_code == 2
    assert "is a file" in wrong.stderr


def test_a_text_is_laid_out(golden: Callable[[Path, str], None]) -> None:
    golden(UNTIDY.with_suffix(".expected"), format_text(UNTIDY.read_text("utf-8")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(rulesets.FOLDER)))
def test_what_is_shipped_is_laid_out(path: Path) -> None:
    text = path.read_text("utf-8")
    assert format_text(text) == text


def unaligned(text: str) -> Any:
    """What a text says, of tables the cells, since layout is free to align them."""
    data = source.read(text, "laid out").data
    for table in data.get("tables", {}).values():
        table["rules"] = [[cell.strip(" -") for cell in row.split("|")] for row in table["rules"].split("\n")]
    return data


@pytest.mark.parametrize("seed", range(20))
def test_layout_changes_no_word_and_loses_no_comment(seed: int) -> None:
    # Sections shuffled, blanks and comments strewn in between: whatever the layout was, the text says the same.
    chance = random.Random(seed)  # noqa: S311 - the same texts in every run
    sections = re.split(r"(?m)^(?=[a-z])", UNTIDY.read_text("utf-8"))
    chance.shuffle(sections)
    for _ in range(5):
        strewn = chance.choice(["\n", "\n\n", "# a comment\n", "  # an indented one\n", "   \n"])
        sections.insert(chance.randrange(len(sections)), strewn)
    text = "".join(sections)
    laid_out = format_text(text)
    assert laid_out != text
    assert unaligned(laid_out) == unaligned(text)
    assert format_text(laid_out) == laid_out
    assert Counter(re.findall(r"#.*\S", laid_out)) == Counter(re.findall(r"#.*\S", text))


def test_the_command_lays_out_in_place(tmp_path: Path) -> None:
    file = tmp_path / "untidy.yaml"
    file.write_bytes(UNTIDY.read_bytes().replace(b"\n", b"\r\n"))
    told = CliRunner().invoke(app, ["ruleset", "fmt", "--check", str(file)])
    assert (told.exit_code, told.stdout) == (4, f"{file}: would be laid out anew\n")
    done = CliRunner().invoke(app, ["ruleset", "fmt", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, f"{file}\n")
    assert file.read_text("utf-8") == UNTIDY.with_suffix(".expected").read_text("utf-8")
    assert b"\r" not in file.read_bytes()
    again = CliRunner().invoke(app, ["ruleset", "fmt", "--check", str(file)])
    assert (again.exit_code, again.stdout) == (0, "")
    file.write_text("a: [", encoding="utf-8")
    broken = CliRunner().invoke(app, ["ruleset", "fmt", str(file)])
    assert broken.exit_code == 2
    assert f"{file}:1" in broken.stderr
    file.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in CliRunner().invoke(app, ["ruleset", "fmt", str(file)]).stderr


def plain(value: Any) -> Any:
    """What an editor's reader makes of YAML: numbers instead of decimals."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(rulesets.FOLDER)))
def test_the_schema_takes_what_is_shipped(path: Path) -> None:
    text = path.read_text("utf-8")
    is_cases = path.name.endswith(".cases.yaml")
    validator = Draft202012Validator(cases_schema() if is_cases else json_schema())
    assert [error.message for error in validator.iter_errors(plain(source.read(text, path.name).data))] == []
    name = "cases" if is_cases else "ruleset"
    address = Path(*[".."] * len(path.parent.relative_to(rulesets.FOLDER).parts), f"{name}.schema.json")
    assert text.startswith(f"# yaml-language-server: $schema={address.as_posix()}\n"), (
        "editors find the schema"
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kinds": "evaluation"}, "'kinds' was unexpected"),
        ({"kind": "rating"}, "'rating' is not one of"),
        ({"title": {"vi": "Tên"}}, "'en' is a required property"),
        ({"criteria": {"a": {"label": {"vi": "a", "en": "a"}}}}, "'holds' is a required property"),
        ({"effective": {"from": 2024}}, "2024 is not of type 'string'"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(wrong: dict[str, Any], message: str) -> None:
    document = plain(source.read(EVERY, "every").data)
    validator = Draft202012Validator(json_schema())
    assert not list(validator.iter_errors(document))
    assert message in " ".join(error.message for error in validator.iter_errors(document | wrong))


def test_the_schemas_beside_the_rulesets_are_current(golden: Callable[[Path, str], None]) -> None:
    for name, arguments in (("ruleset", []), ("cases", ["--cases"])):
        printed = CliRunner().invoke(app, ["ruleset", "schema", *arguments])
        assert printed.exit_code == 0
        assert json.loads(printed.stdout)["$schema"].endswith("2020-12/schema")
        golden(rulesets.FOLDER / f"{name}.schema.json", printed.stdout)


def test_the_schema_has_words_for_its_keys() -> None:
    described = json_schema()["$defs"]["CriterionDeclaration"]["properties"]
    assert "Met is good" in described["holds"]["description"]
