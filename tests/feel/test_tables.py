"""The cases of tests/data/feel/tables: hit policies, cells, and what is unknown; each with and without an index."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from ruamel.yaml import YAML

from engine.feel import causes, compile_program, evaluate, parse, parse_unary_tests, print_tree, types
from engine.feel import compile as compile_expression
from engine.feel.errors import FeelLimitError
from engine.feel.tables import DecisionTable, HitPolicy, Input, Match, Output, Rule
from engine.feel.unknown import Unknown
from engine.feel.values import text

DATA: Final = Path(__file__).parents[1] / "data" / "feel" / "tables"
FACTS: Final = {"u": Unknown.fact("u"), "v": Unknown.fact("v")}


class Case(NamedTuple):
    table: dict[str, Any]
    context: str
    expected: str


def cases() -> Iterator[Case]:
    for path in sorted(DATA.glob("*.yaml")):
        for table in YAML(typ="safe", pure=True).load(path):
            for line in table["cases"].splitlines():
                context, _, expected = line.partition(" ==> ")
                yield Case(table, context, expected)


def made(table: dict[str, Any], *, indexed: bool = True) -> DecisionTable:
    allowed, values, defaults = (table.get(key, {}) for key in ("allowed", "values", "defaults"))
    inputs = [
        Input(name, parse(expression), parse_unary_tests(allowed[name]) if name in allowed else None)
        for name, expression in table["inputs"].items()
    ]
    outputs = [
        Output(
            name,
            values=tuple(Decimal(each) if isinstance(each, int) else each for each in values.get(name, ())),
            default=parse(defaults[name]) if name in defaults else None,
        )
        for name in table["outputs"]
    ]
    rules = []
    for line in table["rules"].splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        tests = tuple(parse_unary_tests(cell) for cell in cells[: len(inputs)])
        rules.append(Rule(tests, tuple(parse(cell) for cell in cells[len(inputs) :])))
    return DecisionTable("t", inputs, outputs, rules, HitPolicy(table["hit"]), indexed=indexed)


def matched(table: DecisionTable, context: dict[str, object]) -> Match:
    values = [compile_expression(each.expression)(context) for each in table.inputs]
    return table.match(values, {name: context.get(name) for name in table.names})


def in_words(match: Match) -> str:
    sure, possible = (" ".join(str(row + 1) for row in rows) for rows in (match.rows, match.possible))
    return " ".join(filter(None, ("rows", sure, possible and f"maybe {possible}")))


@pytest.mark.parametrize("indexed", [True, False], ids=["indexed", "scanned"])
@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{case.table['hit']} {case.context}")
def test_case(case: Case, indexed: bool) -> None:
    table = made(case.table, indexed=indexed)
    stated = evaluate(case.context, FACTS)
    assert isinstance(stated, dict)
    context: dict[str, object] = {**FACTS, **stated}
    word, _, rest = case.expected.partition(" ")
    if word == "rows":
        assert in_words(matched(table, context)) == case.expected
        return
    reported: list[causes.Cause] = []
    with causes.collecting(reported):
        value = compile_expression(table.node)(context)
    if word == "unknown":
        assert isinstance(value, Unknown)
        assert value.facts == set(rest.split(", "))
    elif word == "null":
        assert value is None
        assert rest in {cause.code for cause in reported}
    else:
        assert text([value]) == f"[{case.expected}]"


UNIQUE: Final = {
    "hit": "unique",
    "inputs": {"n": "n"},
    "outputs": ["x"],
    "rules": "> 1 | 1\n> 2 | 2\n> 3 | 3",
}


def test_a_cause_names_the_table_and_its_rows_in_both_languages() -> None:
    trace = compile_expression(made(UNIQUE).node).trace({"n": Decimal(5)})
    assert [cause.text("en") for cause in trace.causes] == [
        "rows 1, 2 of the table 't' match, where only one may"
    ]
    assert [cause.text("vi") for cause in trace.causes] == [
        "các dòng 1, 2 của bảng 't' cùng phù hợp, trong khi chỉ được một dòng"
    ]


def test_why_cells_are_null_is_not_why_the_result_is() -> None:
    trace = compile_expression(made(UNIQUE).node).trace({"n": "text"})
    assert [cause.code for cause in trace.causes] == ["table-no-rule"]
    assert trace.text == "t(n)"


def test_a_table_is_part_of_a_program_as_a_definition_is() -> None:
    table = made({**UNIQUE, "hit": "collect sum", "rules": "> least | n\n> 2 | 10"})
    definitions = {"least": parse("m + 1"), "t": table.node, "twice": parse("2 * t")}
    program = compile_program(("n", "m"), definitions, {"a": parse("t"), "b": parse("twice")})
    assert program.run({"n": Decimal(3), "m": Decimal(1)}) == (13, 26)
    assert table.names == ("least", "n")
    assert table.type == types.NUMBER
    assert print_tree(table.node) == "t(n)"


def test_the_steps_of_all_cells_count_together() -> None:
    long = "(every i in 1..400000 satisfies i > 0) and ? > 0"
    rows = "\n".join([f"{long} | 1"] * 3)
    table = made({**UNIQUE, "rules": rows})
    assert table.needs_budget
    with pytest.raises(FeelLimitError, match="steps"):
        compile_expression(table.node)({"n": Decimal(1)})
    assert compile_expression(made({**UNIQUE, "rules": f"{long} | 1"}).node)({"n": Decimal(1)}) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rules": "> 1 | 1 | 2"}, "a cell for each column"),
        ({"hit": "collect sum", "outputs": ["x", "y"], "rules": "> 1 | 1 | 2"}, "no more than one"),
    ],
)
def test_a_table_of_the_wrong_shape_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made({**UNIQUE, **change})
