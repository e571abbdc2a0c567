"""What holds of every comparison, whatever is compared."""

from __future__ import annotations

import dataclasses

from generated_rulesets import Generated, records, rulesets
from hypothesis import assume, given
from hypothesis import strategies as st
from random_feel import Grower

from engine.comparison import compare
from engine.comparison.trees import Narrow, expanded, narrowest
from engine.feel.parser import parse
from engine.feel.printer import print_tree

PARTS = ("grounds", "ladder", "ceilings", "not_rated", "cannot_evaluate", "otherwise", "applies")


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Generated, Generated]:
    """Two decisions over the same criteria that differ in at most one part."""
    one, other = draw(rulesets()), draw(rulesets())
    part = draw(st.sampled_from(PARTS))
    changed = dataclasses.replace(one, **{part: getattr(other, part)})
    assume(other.count <= one.count)
    return one, changed


def said(generated: Generated) -> tuple[object, ...]:
    """A decision without the orders that say nothing."""
    return (
        set(generated.grounds),
        {(outcome, frozenset(criteria)) for outcome, criteria in generated.ladder},
        set(generated.ceilings),
        set(generated.not_rated),
        set(generated.cannot_evaluate),
        generated.otherwise,
        generated.applies,
    )


@given(pairs())
def test_a_change_is_told_just_where_the_decision_says_something_else(
    pair: tuple[Generated, Generated],
) -> None:
    one, other = pair
    assert bool(compare(one.ruleset, other.ruleset).changes) == (said(one) != said(other))


@given(pairs(), st.data())
def test_where_nothing_is_told_every_result_is_the_same(
    pair: tuple[Generated, Generated], data: st.DataObject
) -> None:
    one, other = pair
    if not compare(one.ruleset, other.ruleset).changes:
        record = data.draw(records(one, complete=True))
        assert one.result(record) == other.result(record)


@given(st.integers(0, 2**32))
def test_a_tree_without_definitions_is_itself(seed: int) -> None:
    tree = Grower(seed).grow()
    assert expanded(tree, {}) == tree


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_the_narrowest_difference_is_no_wider_than_the_trees(one: int, other: int) -> None:
    old, new = Grower(one).grow(), Grower(other).grow()
    found = narrowest(old, new)
    if found is not None:
        assert len(found.lost) <= len(print_tree(old))
        assert len(found.new) <= len(print_tree(new))


def test_a_definition_is_put_in_where_its_name_is_free() -> None:
    definitions = {"part": parse("done / total")}
    assert expanded(parse("part >= 50%"), definitions) == parse("done / total >= 50%")
    for bound in (
        "some part in parts satisfies part > 5",
        "for part in parts return part + 1",
        "{part: 5, whole: part}",
        "(function(part) part + 1)(5)",
    ):
        assert expanded(parse(bound), definitions) == parse(bound)


def test_the_smallest_piece_is_found() -> None:
    cases = {
        ("a >= 6 and b", "a >= 3 and b"): Narrow("6", "3"),
        ("a and b and c", "a and c"): Narrow("b", ""),
        ("a or b", "c or b or a"): Narrow("", "c"),
        ("a", "a and b < 5"): Narrow("", "b < 5"),
        ("f(a, b)", "f(a, c)"): Narrow("b", "c"),
        ("a < 5", "a <= 5"): None,
        ("a + b", "c - d"): None,
        ("some x in xs satisfies x.a > 5", "some x in xs satisfies x.a > 6"): Narrow("5", "6"),
        ("some x in xs satisfies x", "some y in xs satisfies y"): None,
    }
    for (old, new), expected in cases.items():
        assert narrowest(parse(old), parse(new)) == expected, (old, new)
