"""`chuan feel` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from clients.cli.feel import feel, underlined
from engine.feel import Span

app = typer.Typer()
app.command()(feel)


def chuan_feel(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    file = tmp_path / "facts.yaml"
    file.write_text(
        "total: 10\ndone: 4.5\nhired: 2020-02-29\ntên: Nguyễn\nlevels: [well, met]\nhead count: 3\n"
    )
    return file


def test_the_value_is_written_as_feel_writes_it() -> None:
    assert chuan_feel("0.1 + 0.2").stdout == "0.3\n"
    assert (
        chuan_feel('{a: [1, "x"], d: @"2024-01-31" + @"P1M"}').stdout == '{a: [1, "x"], d: @"2024-02-29"}\n'
    )


def test_names_come_from_a_file(facts: Path, tmp_path: Path) -> None:
    assert chuan_feel("done / total", "--context", facts).stdout == "0.45\n"
    assert chuan_feel("hired.year + head count", "--context", facts).stdout == "2023\n"
    json_file = tmp_path / "facts.json"
    json_file.write_text('{"total": 0.1, "list": [{"full name": "An"}]}')
    assert chuan_feel("total * 3 = 0.3", "--context", json_file).stdout == "true\n"
    assert chuan_feel('list[full name = "An"]', "--context", json_file).stdout == '[{"full name": "An"}]\n'


def test_an_error_is_underlined_with_its_hint() -> None:
    result = chuan_feel("tên == 1")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "  tên == 1\n      ^^\n== is not FEEL (= compares)\n"


def test_what_the_check_finds_is_shown_beside_the_value(facts: Path) -> None:
    result = chuan_feel("totl + 1", "--context", facts)
    assert result.exit_code == 0
    assert result.stdout == "null\n"
    assert result.stderr == (
        "  totl + 1\n  ^^^^\nnothing is named totl here (did you mean total?)\n  nothing is named 'totl' here\n"
    )


def test_a_trace_shows_how_the_value_came_about(facts: Path) -> None:
    result = chuan_feel("done / total >= 50%", "--context", facts, "--trace")
    assert result.stdout == (
        "done / total >= 50% → false\n  done / total → 0.45\n    done → 4.5\n    total → 10\n  50% → 0.5\n"
    )


def test_without_an_expression_there_is_a_prompt(facts: Path) -> None:
    result = chuan_feel("--context", facts, stdin="total * 2\n1 +\n:trace\n\n")
    assert result.exit_code == 0
    assert "20\n" in result.stdout
    assert "expected a value after +, found the end of the expression" in result.stderr


def test_the_prompt_traces_the_last_expression() -> None:
    result = chuan_feel(stdin=":trace\n1 + 2\n:trace\n")
    assert "nothing was evaluated yet" in result.stdout
    assert "1 + 2 → 3" in result.stdout


def test_a_limit_is_an_error() -> None:
    result = chuan_feel("for i in 1..10000000 return i")
    assert result.exit_code == 2
    assert result.stderr == "the evaluation takes more than 1,000,000 steps\n"


def test_a_value_too_long_to_print_is_an_error_too() -> None:
    entries = ["a: [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    entries += [
        f"{name}: [{', '.join([below] * 8)}]" for below, name in zip("abcdefg", "bcdefgh", strict=True)
    ]
    result = chuan_feel("{" + ", ".join(entries) + "}.h")
    assert result.exit_code == 2
    assert "1,000,000 are allowed" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", '{"a": ', ""),
        ("a.yaml", "[1, 2]", "names and their values are expected, such as {total: 10}"),
        ("a.yaml", "a: .inf", ""),
        ("a.yaml", "a: [", ""),
        ("a.yaml", "a: !!binary aGk=", "bytes is no type of FEEL's values"),
    ],
)
def test_a_file_that_holds_no_values_is_refused(tmp_path: Path, name: str, content: str, says: str) -> None:
    file = tmp_path / name
    file.write_text(content)
    result = chuan_feel("1", "--context", file)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{file}: {says}")
    assert chuan_feel("1", "--context", tmp_path / "nowhere.json").exit_code == 2


def test_wide_letters_and_marks_do_not_shift_the_line() -> None:
    assert underlined("横綱 == 1", Span(3, 5)) == "  横綱 == 1\n       ^^"
    assert underlined("te\u0302n == 1", Span(5, 7)) == "  te\u0302n == 1\n      ^^"
    assert underlined("1 +\n  x ==", Span(8, 10)) == "    x ==\n      ^^"
