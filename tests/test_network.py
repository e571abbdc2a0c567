"""The fence around durable-rules against a naive closure, and at its limits."""

from __future__ import annotations

import gc
import threading
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.network import (
    MAX_RULES_READING_A_TOKEN,
    MAX_TOKENS_OF_A_KIND,
    InferenceLimitError,
    Network,
    Rule,
    Token,
)

FINDINGS = [Token(kind, f"c{i}") for i in range(12) for kind in ("met", "unmet", "holds")]
NOTES = [Token("note", f"n{i}") for i in range(6)]

rules = st.lists(
    st.builds(
        Rule,
        st.uuids().map(str),
        st.lists(st.sampled_from(FINDINGS + NOTES), min_size=1, max_size=6).map(tuple),
        st.sampled_from(NOTES),
    ),
    max_size=25,
)


def closure(rules: list[Rule], tokens: set[Token]) -> set[Token]:
    """What follows from `tokens`, the plain way."""
    known = set(tokens)
    while new := {rule.gives for rule in rules if known.issuperset(rule.when)} - known:
        known |= new
    return known


@settings(max_examples=200, deadline=None)
@given(rules, st.sets(st.sampled_from(FINDINGS)))
def test_network_agrees_with_a_naive_closure(rules: list[Rule], tokens: set[Token]) -> None:
    steps = Network(rules).close(tokens)

    assert {step.gives for step in steps} | tokens == closure(rules, tokens)
    known = set(tokens)
    for step in steps:
        assert known.issuperset(step.rule.when), "a step comes after what it rests on"
        known.add(step.gives)


@settings(max_examples=50, deadline=None)
@given(rules, st.lists(st.sampled_from(FINDINGS)), st.randoms(use_true_random=False))
def test_steps_do_not_depend_on_order(rules: list[Rule], tokens: list[Token], random: Random) -> None:
    shuffled = list(tokens)
    random.shuffle(shuffled)
    network = Network(rules)
    assert network.close(tokens) == network.close(shuffled)


@pytest.mark.parametrize("count", [1, 15, 16, 17, 31, 32, 33, 200])
def test_a_rule_may_have_many_antecedents(count: int) -> None:
    when = tuple(Token("holds", f"c{i}") for i in range(count))
    network = Network([Rule("ladder", when, Token("attained", "excellent"))])

    assert [step.gives for step in network.close(when)] == [Token("attained", "excellent")]
    assert network.close(when[1:]) == ()
    assert network.close(when)[0].rule.when == when, "the proof shows the rule as it was written"


def test_tokens_that_no_rule_reads_are_no_matter() -> None:
    network = Network([Rule("r", (Token("met", "a"),), Token("note", "n"))])
    assert network.close([]) == ()
    assert network.close([Token("met", "b"), Token("elsewhere", "a")]) == ()
    assert len(network.close([Token("met", "b"), Token("met", "a")])) == 1


def test_sessions_that_fire_nothing_leave_the_heap_whole() -> None:
    network = Network([Rule("r", (Token("met", "a"), Token("met", "b")), Token("note", "n"))])
    for _ in range(2_000):
        assert network.close([Token("met", "a")]) == ()
    assert len(network.close([Token("met", "a"), Token("met", "b")])) == 1


def test_more_sessions_than_durable_rules_holds_at_once() -> None:
    network = Network([Rule("r", (Token("met", "a"),), Token("note", "n"))])
    assert all(len(network.close([Token("met", "a")])) == 1 for _ in range(3_000))


def test_networks_come_and_go() -> None:
    for _ in range(200):
        Network([Rule("r", (Token("met", "a"),), Token("note", "n"))]).close([Token("met", "a")])
    gc.collect()


def test_eight_threads() -> None:
    networks = [Network([Rule("r", (Token("met", "a"),), Token("note", f"n{i}"))]) for i in range(4)]
    wrong: list[object] = []

    def work(number: int) -> None:
        for turn in range(300):
            i = (number + turn) % 4
            steps = networks[i].close([Token("met", "a")])
            if [step.gives.name for step in steps] != [f"n{i}"]:
                wrong.append(steps)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_hash_twins_are_told_apart() -> None:
    # These two names have the same 32-bit FNV-1a hash, by which durable-rules tells names apart.
    twins = [Token("met", "nakmvxxv"), Token("met", "tbdxatiq")]
    network = Network([Rule("r", (twins[0],), Token("note", "n"))])
    assert network.close([twins[1]]) == ()


def test_limits_at_and_past_them() -> None:
    token = Token("met", "a")

    def readers(count: int) -> list[Rule]:
        return [Rule(f"r{i}", (token,), Token("note", f"n{i}")) for i in range(count)]

    assert len(Network(readers(MAX_RULES_READING_A_TOKEN)).close([token])) == MAX_RULES_READING_A_TOKEN
    with pytest.raises(InferenceLimitError, match=r"'met a' is read by 61 rules; at most 60"):
        Network(readers(MAX_RULES_READING_A_TOKEN + 1))

    def names(count: int) -> list[Rule]:
        return [Rule(f"r{i}", (Token("met", f"c{i}"),), Token("note", "n")) for i in range(count)]

    assert len(Network(names(MAX_TOKENS_OF_A_KIND)).close([Token("met", "c499")])) == 1
    with pytest.raises(InferenceLimitError, match="501 different names are tested under 'met'"):
        Network(names(MAX_TOKENS_OF_A_KIND + 1))
    with pytest.raises(InferenceLimitError, match="rule 'r' has no antecedent"):
        Network([Rule("r", (), Token("note", "n"))])
