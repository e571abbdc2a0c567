"""Regular expressions: what goes to RE2 and what goes to the backtracking machine mean the same, and neither hangs."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel.budget import CURRENT, Budget
from engine.feel.errors import FeelLimitError
from engine.feel.patterns import PatternError, compile_pattern, expand
from engine.feel.patterns.backtrack import Machine
from engine.feel.patterns.characters import complement, contains, merge, named, subtract
from engine.feel.patterns.syntax import Parser

_atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d", "1", "^", "$", "\\n", "\\."])


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({})".format, inner),
        st.builds("({})?".format, inner),
        st.builds("(?:{})*".format, inner),
        st.builds("({})+?".format, inner),
        st.builds("({}){{1,2}}".format, inner),
        st.builds("{}{}".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
    )


patterns = st.recursive(_atoms, _compound, max_leaves=6)
texts = st.text("ab1.\n", max_size=8)


@settings(max_examples=300)
@given(pattern=patterns, string=texts, flags=st.sampled_from(["", "s", "m", "i", "sm"]))
def test_finds_what_pythons_engine_finds(pattern: str, string: str, flags: str) -> None:
    options = re.NOFLAG
    for flag in flags:
        options |= {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE}[flag]
    exact = (
        pattern if "m" in flags else pattern.replace("$", "\\Z")
    )  # Python's $ also stands before a last \n
    expected = re.search(exact, string, options | re.ASCII)
    compiled = compile_pattern(pattern, flags)
    assert compiled.matches(string) == (expected is not None)


@settings(max_examples=300)
@given(pattern=patterns, string=texts, flags=st.sampled_from(["", "s", "m", "i", "sm"]))
def test_both_machines_find_the_same(pattern: str, string: str, flags: str) -> None:
    parser = Parser(pattern, dot_all="s" in flags)
    machine = Machine(parser.parse(), parser.groups, ignore_case="i" in flags, multiline="m" in flags)
    marks = machine.find(string, 0, Budget())
    compiled = compile_pattern(pattern, flags)
    assert (marks is not None) == compiled.matches(string)
    found = next(iter(compiled.finds(string)), None)
    if marks is not None and found is not None and marks[1] > marks[0]:
        assert (marks[0], marks[1]) == (found.start, found.end)


@given(st.text("()[]{}|?*+.\\^$-,ab1pPdsLIu&~", max_size=12), st.text("smixab", max_size=2))
def test_any_text_is_a_pattern_or_an_error(pattern: str, flags: str) -> None:
    with suppress(PatternError):
        assert compile_pattern(pattern, flags).matches("ab1") in {True, False}


def test_a_catastrophic_pattern_is_no_matter_without_back_references() -> None:
    assert not compile_pattern("^(a+)+$", "").matches("a" * 50_000 + "b")


def test_a_catastrophic_pattern_with_back_references_meets_its_limit() -> None:
    with pytest.raises(FeelLimitError) as caught:
        compile_pattern("^((a+)+)\\2$", "").matches("a" * 60 + "b")
    assert caught.value.limit == "MAX_STEPS"


def test_ever_other_patterns_meet_the_limit() -> None:
    token = CURRENT.set(Budget(100_000))
    try:
        compile_pattern("b{300}", "")
        with pytest.raises(FeelLimitError):
            [compile_pattern(f"a{{{count}}}", "") for count in range(300, 400)]
    finally:
        CURRENT.reset(token)


def test_length_of_a_pattern() -> None:
    assert compile_pattern("a" * 1_000, "").matches("a" * 1_000)
    with pytest.raises(FeelLimitError) as caught:
        compile_pattern("a" * 1_001, "")
    assert caught.value.limit == "MAX_PATTERN_LENGTH"


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 500 + ")" * 500,
        "[a-" * 300,
        "((a{1000}){1000}){1000}",
        "(a)((\\1{1000}){1000}){1000}",
        "a{1,1000}" * 4,
    ],
)
def test_patterns_that_are_too_large(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern, "")


@pytest.mark.parametrize(
    ("pattern", "string", "found"),
    [
        ("(a*)*\\1b", "aab", True),
        ("(a|ab)(c|bcd)\\2", "abcc", True),
        ("(?:(x)|y)*\\1", "xyx", True),
        ("(a)|b\\1", "b", True),
        ("^(.)(.)\\2\\1$", "abba", True),
        ("^(.)(.)\\2\\1$", "abab", False),
        ("(a{2,3}?)\\1$", "aaaa", True),
        ("(\\w+) \\1", "the the", True),
        ("(é)\\1", "éé", True),
    ],
)
def test_back_references(pattern: str, string: str, found: bool) -> None:
    assert compile_pattern(pattern, "").matches(string) is found


def test_surrogates_by_themselves_do_not_upset_it() -> None:
    assert compile_pattern("a", "").matches("\ud800a")
    assert [match.start for match in compile_pattern("a", "").finds("🐎\ud800a")] == [2]


def test_replacements() -> None:
    assert expand("a$1b", 1) == ("a", 1, "", "b")
    assert expand("$12", 1) == (1, "2")
    assert expand("$12", 12) == (12, "")
    assert expand("\\$\\\\", 0) == ("$", "\\")


_ranges = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)).map(sorted).map(tuple), max_size=5)


@given(_ranges, _ranges, st.integers(0, 310))
def test_sets_of_characters(first: list[tuple[int, int]], second: list[tuple[int, int]], code: int) -> None:
    one, other = merge(first), merge(second)
    inside = any(low <= code <= high for low, high in first)
    assert contains(one, code) == inside
    assert contains(complement(one), code) != inside
    assert contains(subtract(one, other), code) == (inside and not contains(other, code))


def test_named_sets() -> None:
    letters = named("L")
    assert letters is not None
    assert contains(letters, ord("ộ"))
    assert named("IsBasicLatin") == ((0, 127),)
    assert named("Xx") is None
