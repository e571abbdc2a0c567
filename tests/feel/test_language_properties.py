"""Properties of the whole language, on random trees: printing, tracing, compiling together, and `Unknown`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from random_feel import FIELDS, NAMES, VALUES, Grower

from engine.feel import (
    Expression,
    compile_program,
    parse,
    parse_unary_tests,
    print_tree,
    tree,
    types,
)
from engine.feel import compile as compile_expression
from engine.feel.errors import FeelError
from engine.feel.references import free_names
from engine.feel.unknown import Unknown
from engine.feel.values import text, unknown_parts

seeds: Final = st.integers(0, 2**62)
trees: Final = seeds.map(lambda seed: Grower(seed).grow(3))
deep_trees: Final = seeds.map(lambda seed: Grower(seed).grow(5))
facts: Final = st.fixed_dictionaries({name: st.sampled_from(VALUES) for name in NAMES})


def evaluated(expression: Expression, values: Mapping[str, object]) -> str:
    """The value as text, or the message of the limit that was passed."""
    try:
        return text([expression(values)])
    except FeelError as error:
        return str(error)


@given(deep_trees)
def test_a_printed_tree_parses_to_itself(node: tree.Node) -> None:
    note(print_tree(node))
    assert parse(print_tree(node), names=(*NAMES, *FIELDS)) == node


@given(seeds)
def test_printed_unary_tests_parse_to_themselves(seed: int) -> None:
    node = Grower(seed).tests()
    note(print_tree(node))
    assert parse_unary_tests(print_tree(node), names=(*NAMES, *FIELDS)) == node


@settings(max_examples=200)
@given(trees, facts)
def test_traced_code_gives_what_fast_code_gives(node: tree.Node, values: dict[str, object]) -> None:
    note(print_tree(node))
    expression = compile_expression(node, names=NAMES)
    try:
        expected = text([expression(values)])
    except FeelError:
        return
    assert text([expression.trace(values).value]) == expected


@settings(max_examples=150)
@given(st.lists(trees, min_size=1, max_size=3), trees, facts)
def test_a_program_gives_what_its_expressions_give(
    outputs: list[tree.Node], definition: tree.Node, values: dict[str, object]
) -> None:
    note("\n".join(map(print_tree, [definition, *outputs])))
    assume("x" not in free_names(definition))
    declared = {"n": types.NUMBER, "d": types.DATE, "s": types.STRING, "l": types.ListOf(types.NUMBER)}
    asked = {str(at): node for at, node in enumerate(outputs)}
    program = compile_program(tuple(values), {"x": definition}, asked, types=declared)
    try:
        found = [text([value]) for value in program.run(values)]
        defined = {**values, "x": compile_expression(definition, names=NAMES)(values)}
        expected = [text([compile_expression(node, names=NAMES)(defined)]) for node in outputs]
    except FeelError:
        return
    assert found == expected


@settings(max_examples=400)
@given(trees, facts, st.sets(st.sampled_from(NAMES), min_size=1, max_size=2), seeds)
def test_a_definite_value_holds_for_every_completion(
    node: tree.Node, values: dict[str, object], masked: set[str], seed: int
) -> None:
    note(print_tree(node))
    expression = compile_expression(node, names=NAMES)
    try:
        found = expression({**values, **{name: Unknown.fact(name) for name in masked}})
        if unknown_parts(found):
            return
    except FeelError:
        return
    for at in range(8):
        completion = {
            name: VALUES[(seed // (at * 7 + 1) + index) % len(VALUES)] for index, name in enumerate(masked)
        }
        assert evaluated(expression, {**values, **completion}) == text([found]), completion


@settings(max_examples=200)
@given(trees, facts)
def test_a_definite_value_holds_for_every_completion_of_a_field(
    node: tree.Node, values: dict[str, object]
) -> None:
    note(print_tree(node))

    def with_field(part: object) -> dict[str, object]:
        record = {"a": part, "s": "abc"}
        return {**values, "c": record, "l": [Decimal(1), part], "r": [record, {"a": Decimal(2)}]}

    expression = compile_expression(node, names=NAMES)
    try:
        found = expression(with_field(Unknown.fact("c.a")))
        if unknown_parts(found):
            return
    except FeelError:
        return
    for part in VALUES:
        assert evaluated(expression, with_field(part)) == text([found]), part
