"""Properties of decision tables: the index agrees with the scan, and a definite result holds for every completion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from hypothesis import given, note, settings
from hypothesis import strategies as st
from random_feel import VALUES, Grower

from engine.feel import parse, parse_unary_tests, print_tree
from engine.feel.errors import FeelError
from engine.feel.tables import DecisionTable, HitPolicy, Input, Output, Rule
from engine.feel.temporal_text import parse_temporal
from engine.feel.unknown import Unknown
from engine.feel.values import text, unknown_parts

CELLS: Final = (
    *("-", "-", "1", "2.0", "3", "-1", '"a"', '"b"', "true", "null", "= 2", "!= 2"),
    *("< 2", "<= 2", "> 1", ">= 3", '> "a"', "< true", "> null"),
    *("[1..3]", "(1..3]", "[1..3)", "(2..2)", '["a".."b"]', "[3..1]"),
    *('"a", "b", 1', "[1, 2]", '["a", 1]', "[1..2], (1..4)", "< 0, > 2, 1", "[0..2), 2, (2..9]"),
    *("not(1)", 'not("a", "b")', "not(1, 2, 3)", "not([1..2], 4)", 'not(1, "a")', "not(null)", "not(< 2)"),
    *('@"2024-02-29"', '> date("2024-01-01")', '[@"P1D".. @"P40D"]', '@"P1Y6M"', '>= @"10:00:00"'),
    *("n", "> n", "? = n", "not(n)", "count(?) = 2", '{a: 1, s: "abc"}', "? instance of number"),
)
ASKED: Final[list[object]] = [
    *VALUES,
    *(Decimal(each) for each in ("2.0", "2.5", "4", "9")),
    *("b", "aa"),
    parse_temporal("2024-03-01"),
    parse_temporal("P2D"),
]
RESULTS: Final = ("1", "2", "3", '"a"', "null", "n", "n + 1", "[n]")

cells: Final = st.sampled_from(CELLS).map(parse_unary_tests) | st.integers(0, 2**62).map(
    lambda seed: Grower(seed).tests()
)
results: Final = st.sampled_from(RESULTS).map(parse)
policies: Final = st.sampled_from(HitPolicy)
NAMES: Final = ("s", "b", "d", "l", "c", "r", "m", "two words", "a+b", "item", "partial")
names: Final = st.fixed_dictionaries(
    {"n": st.sampled_from([*VALUES, Unknown.fact("n")]), **{name: st.sampled_from(VALUES) for name in NAMES}}
)


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    """What a table is made of, as arguments."""
    width, hit = draw(st.integers(1, 3)), draw(policies)
    columns = 1 if hit.aggregates else draw(st.integers(1, 2))
    rules = draw(
        st.lists(
            st.builds(
                Rule,
                st.lists(cells, min_size=width, max_size=width).map(tuple),
                st.lists(results, min_size=columns, max_size=columns).map(tuple),
            ),
            max_size=6,
        )
    )
    values: tuple[object, ...] = tuple(map(Decimal, (3, 1, 2))) if hit.ranks or draw(st.booleans()) else ()
    defaults = st.none() | results
    outputs = [Output(f"o{each}", values=values, default=draw(defaults)) for each in range(columns)]
    inputs = [Input(f"i{each}", parse("n")) for each in range(width)]
    for rule in rules:
        note(" | ".join(map(print_tree, (*rule.tests, *rule.results))))
    return {"name": "t", "inputs": inputs, "outputs": outputs, "rules": rules, "hit": hit}


def decided(table: DecisionTable, values: list[object], known: dict[str, object]) -> object:
    """The result; the message of a limit that was passed, in a list, since no cell gives one such."""
    try:
        return table.decide(values, {name: known.get(name) for name in table.names})
    except FeelError as error:
        return [str(error)]


def said(value: object) -> str:
    """A result as text, with what it is that is unknown."""
    return text([value]) + ", ".join(sorted(str(sorted(part.facts)) for part in unknown_parts(value)))


@settings(max_examples=150)
@given(shapes(), st.lists(st.sampled_from(ASKED), min_size=3, max_size=3), names, st.sets(st.integers(0, 2)))
def test_the_index_agrees_with_the_scan(
    shape: dict[str, Any], values: list[object], known: dict[str, object], masked: set[int]
) -> None:
    for place in masked:
        values[place] = Unknown.fact(f"i{place}")
    values = values[: len(shape["inputs"])]
    indexed, scanned = DecisionTable(**shape), DecisionTable(**shape, indexed=False)
    assert said(decided(indexed, values, known)) == said(decided(scanned, values, known))
    read = {name: known.get(name) for name in indexed.names}
    try:
        assert indexed.match(values, read) == scanned.match(values, read)
    except FeelError:
        return


@settings(max_examples=150)
@given(st.lists(cells, min_size=1, max_size=12), names)
def test_every_value_is_looked_up_as_it_is_tested(column: list[Any], known: dict[str, object]) -> None:
    rules = [Rule((cell,), (parse(str(row)),)) for row, cell in enumerate(column)]
    shape: dict[str, Any] = {
        "name": "t",
        "inputs": [Input("i", parse("n"))],
        "outputs": [Output("o")],
        "rules": rules,
        "hit": HitPolicy.COLLECT,
    }
    indexed, scanned = DecisionTable(**shape), DecisionTable(**shape, indexed=False)
    for value in ASKED:
        assert said(decided(indexed, [value], known)) == said(decided(scanned, [value], known)), value


@settings(max_examples=200)
@given(
    shapes(),
    st.lists(st.sampled_from(ASKED), min_size=3, max_size=3),
    names,
    st.sets(st.integers(0, 2), min_size=1, max_size=2),
)
def test_a_definite_result_holds_for_every_completion(
    shape: dict[str, Any], values: list[object], known: dict[str, object], masked: set[int]
) -> None:
    table = DecisionTable(**shape)
    width = len(table.inputs)
    unknown = [Unknown.fact(f"i{at}") if at in masked else value for at, value in enumerate(values)]
    found = decided(table, unknown[:width], known)
    if unknown_parts(found) or (isinstance(found, list) and found and isinstance(found[0], str)):
        return
    completions = [None, *VALUES] if isinstance(known["n"], Unknown) else [known["n"]]
    for n in completions:
        for completion in ASKED:
            completed = [completion if at in masked else value for at, value in enumerate(values)]
            other = decided(table, completed[:width], {**known, "n": n})
            assert text([other]) == text([found]), (n, completion)
