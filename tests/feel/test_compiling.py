"""Expressions and programs as callers use them: contexts, clocks, traces, what runs once, threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

import engine.feel
from engine.feel import (
    FeelLimitError,
    FeelSyntaxError,
    FeelValueError,
    Unknown,
    compile_program,
    evaluate,
    parse,
    text,
)
from engine.feel import compile as compile_expression
from engine.feel.compiler import Answers, Demand
from engine.feel.types import DATE, NUMBER, STRING, ListOf

TRACES: Final = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "feel" / "traces.yaml")
NOW: Final = datetime(2024, 12, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("lines", TRACES["cases"], ids=lambda lines: lines.splitlines()[0])
def test_a_trace_tells_every_value_and_why_nulls_are_null(lines: str) -> None:
    facts = {
        name: Unknown.fact(name) if written == "?" else evaluate(written)
        for name, written in TRACES["facts"].items()
    }
    expression = compile_expression(lines.partition(" → ")[0], names=facts)
    trace = expression.trace(facts)
    assert "\n".join(trace.lines()) + "\n" == lines
    assert text([trace.value]) == text([expression(facts)])


def test_a_trace_of_a_tree_writes_it_the_canonical_way() -> None:
    trace = compile_expression(parse("(1+x)*2")).trace({"x": Decimal(2)})
    assert [trace.text, trace.children[0].text] == ["(1 + x) * 2", "1 + x"]


class TestEvaluate:
    def test_whole_numbers_become_decimals_everywhere(self) -> None:
        found = evaluate("{sum: sum(l) + r.a, b: b}", {"l": [1, 2], "r": {"a": 3}, "b": True})
        assert found == {"sum": Decimal(6), "b": True}
        assert isinstance(found["sum"], Decimal)

    @pytest.mark.parametrize("value", [0.5, [0.5], {"a": 0.5}, object(), b"x", {1, 2}])
    def test_what_is_no_value_of_feel_is_refused(self, value: object) -> None:
        with pytest.raises(FeelValueError):
            evaluate("x", {"x": value})

    def test_the_clock_is_given(self) -> None:
        assert evaluate("today()", now=NOW) == date(2024, 12, 31)
        assert evaluate("now()", now=NOW) == NOW
        assert compile_expression("today()")({}) is None

    def test_the_result_converts_to_the_declared_type(self) -> None:
        assert evaluate("[1]", result_type="number") == 1
        assert evaluate("1", result_type="list<number>") == [1]
        assert evaluate("1", result_type=STRING) is None
        assert evaluate("1", result_type="a type that nobody knows") == 1

    def test_text_that_is_no_feel_raises(self) -> None:
        with pytest.raises(FeelSyntaxError):
            evaluate("1 +")

    def test_a_name_that_is_not_there_is_null(self) -> None:
        assert evaluate("nobody") is None


class TestProgram:
    def test_definitions_see_inputs_and_those_before_them(self) -> None:
        program = compile_program(
            ["done", "total"],
            {"share": parse("done / total"), "percent": parse("share * 100")},
            {"half": parse("share >= 0.5"), "shown": parse('string(percent) + "%"')},
        )
        assert program.run({"done": Decimal(3), "total": Decimal(4)}) == (True, "75%")
        assert program.run({"done": Decimal(3), "total": Decimal(0)}) == (None, None)

    def test_a_fact_that_is_left_out_is_unknown(self) -> None:
        program = compile_program(["a", "b"], {}, {"x": parse("a > 1"), "y": parse("b > 1")})
        assert program.run({"a": Decimal(2)}) == (True, Unknown.fact("b"))

    def test_a_declared_type_is_only_a_promise(self) -> None:
        types = {"n": NUMBER, "d": DATE, "s": STRING, "l": ListOf(NUMBER)}
        outputs = {
            text_: parse(text_)
            for text_ in ("n >= 1", "d < d", 's in ("a", "b")', "sum(l)", "l[item > 1]", "n = s")
        }
        program = compile_program(list(types), {}, outputs, types=types)
        assert program.run(dict.fromkeys(types, "a")) == (None, False, True, None, [], True)
        assert program.run(dict.fromkeys(types))[:2] == (None, None)

    def test_names_outside_inputs_and_definitions_are_null(self) -> None:
        assert compile_program([], {}, {"x": parse("nobody = null")}).run({"nobody": Decimal(1)}) == (True,)

    def test_a_definition_may_have_the_name_of_a_function(self) -> None:
        program = compile_program(["count"], {"sum": parse("count + 1")}, {"x": parse("sum + 1")})
        assert program.run({"count": Decimal(1)}) == (Decimal(3),)

    def test_definitions_out_of_order_are_refused(self) -> None:
        with pytest.raises(ValueError, match="the definition a reads b"):
            compile_program([], {"a": parse("b"), "b": parse("1")}, {})

    def test_what_outputs_share_is_evaluated_once(self) -> None:
        counted = Counting({"x": Decimal(5)})
        program = compile_program(
            ["r"], {}, {name: parse("r.x * 2 > 9") for name in "abc"} | {"d": parse("r.x * 2")}
        )
        assert program.run({"r": counted}) == (True, True, True, Decimal(10))
        assert counted.reads == 1

    def test_shared_parts_of_a_branch_do_not_leak_out_of_it(self) -> None:
        outputs = {"a": parse("if b then n + 1 else 0"), "c": parse("n + 1"), "d": parse("b and n + 1 = 3")}
        program = compile_program(["b", "n"], {}, outputs)
        assert program.run({"b": False, "n": Decimal(2)}) == (0, 3, False)
        assert program.run({"b": True, "n": Decimal(2)}) == (3, 3, True)

    def test_threads_share_a_program(self) -> None:
        program = compile_program(
            ["n"], {}, {"x": parse("for i in 1..n return i"), "y": parse("(function(k) k + n)(1)")}
        )

        def run(n: int) -> bool:
            return program.run({"n": Decimal(n)}) == (list(range(1, n + 1)), n + 1)

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(run, range(1, 200)))

    @pytest.mark.parametrize(
        ("holds", "applies", "answer"),
        [
            (True, True, "holds"),
            (False, True, "fails"),
            (None, True, "open"),
            (..., True, "open"),
            (Decimal(1), True, "open"),
            (True, False, "skipped"),
            (..., False, "skipped"),
            (True, None, "open"),
            (True, ..., "open"),
            (True, Decimal(0), "open"),
        ],
    )
    def test_demands_get_one_of_four_answers(self, holds: object, applies: object, answer: str) -> None:
        program = compile_program(
            ["h", "a", "n"],
            {},
            {"h": parse("h")},
            demands=[Demand(parse("h"), parse("a"), (parse("n"), parse("h"))), Demand(parse("n > 1"))],
            answers=Answers("holds", "fails", "open", "skipped"),
        )
        stated = {name: value for name, value in (("h", holds), ("a", applies)) if value is not ...}
        h = stated.get("h", Unknown.fact("h"))
        assert program.judge({**stated, "n": Decimal(2)}) == (
            (answer, "holds"),
            ((Decimal(2), h), ()),
            (h,),
        )

    def test_a_limit_passed_once_leaves_nothing_behind(self) -> None:
        program = compile_program(["n"], {}, {"x": parse("some i in 1..n satisfies false")})
        with pytest.raises(FeelLimitError):
            program.run({"n": Decimal(10**9)})
        assert program.run({"n": Decimal(900_000)}) == (False,)


class Counting(dict[str, object]):
    """A record that counts how often it is read."""

    reads = 0

    def __getitem__(self, name: str) -> object:
        self.reads += 1
        return super().__getitem__(name)


def test_the_face_is_sorted_and_whole() -> None:
    assert engine.feel.__all__ == sorted(engine.feel.__all__)
    assert all(hasattr(engine.feel, name) for name in engine.feel.__all__)


def tables(code: Any) -> Iterator[Any]:
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_consts"):
            yield from tables(constant)


def test_no_text_of_an_author_is_in_the_code() -> None:
    """Names and texts are read from a table; the code has generated names only."""
    written = 'for secretName in secretList return {secretKey: "secretText", b: secretName.secretField}'
    expression = compile_expression(written, names=("secretList",))
    run: Any = expression._function.run
    names: list[str] = []
    for code in tables(run.__code__):
        names += [*code.co_names, *code.co_varnames, *code.co_freevars, *map(str, code.co_consts)]
    assert not [name for name in names if "secret" in name]
