"""What is told of two rulesets that differ.

Each entry of tests/data/comparison/edits.yaml is an edit of teachers.yaml; what is told of it stands in
edits.{vi,en}.txt beside it.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from ruamel.yaml import YAML
from shipped_rulesets import CATALOGUE

from engine.canonical import canonical
from engine.comparison import Action, Comparison, compare
from engine.comparison.aspects import ASPECTS
from engine.ruleset import Language, Ruleset, load, loads
from engine.ruleset.document import Document, Section
from engine.ruleset.document import Localized as WrittenText

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "comparison"
TEACHERS = load(ROOT / "tests" / "data" / "testing" / "teachers.yaml")
EDITS = YAML(typ="safe", pure=True).load(DATA / "edits.yaml")
NAMES = [edit["name"] for edit in EDITS]


@functools.cache
def edited(name: str) -> Ruleset:
    text = TEACHERS.text
    for old, new in next(edit["replace"] for edit in EDITS if edit["name"] == name).items():
        assert old in text, old
        text = text.replace(old, new)
    return loads(text)


@functools.cache
def compared(name: str) -> Comparison:
    return compare(TEACHERS, edited(name))


def told(name: str, language: Language) -> Iterator[str]:
    comparison = compared(name)
    yield f"# {name}"
    yield comparison.says.in_(language)
    yield from (change.says.in_(language) for change in comparison.changes)
    yield ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_changes_are_told_in_words(language: Language) -> None:
    lines = [line for name in NAMES for line in told(name, language)]
    assert lines == (DATA / f"edits.{language}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_one_way_goes_the_other_way(name: str) -> None:
    there, back = compared(name), compare(edited(name), TEACHERS)
    turned = {Action.ADDED: Action.REMOVED, Action.REMOVED: Action.ADDED}

    def keys(comparison: Comparison, *, turn: bool) -> list[tuple[str, str, Action]]:
        return sorted(
            (change.section, change.name, turned.get(change.action, change.action) if turn else change.action)
            for change in comparison.changes
            if change.action is not Action.RENAMED and change.section != "parameter"
        )

    if not any(change.action is Action.RENAMED for change in there.changes):
        assert keys(there, turn=True) == keys(back, turn=False)
    assert bool(there.changes) == bool(back.changes)


@pytest.mark.parametrize("name", NAMES)
def test_a_comparison_is_plain_data(name: str) -> None:
    comparison = compared(name)
    assert canonical(comparison.data)
    assert comparison.data["same_rules"] == (not comparison.changes)
    assert comparison.data["same_text"] is False


@pytest.mark.parametrize("name", ["public-employee", "public-employee.manager"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_decree_48_changed(name: str, language: Language) -> None:
    id_ = f"vn.nd90.{name}"
    comparison = compare(CATALOGUE.get(id_, "1.0.0"), CATALOGUE.get(id_, "2.0.0"))
    lines = [comparison.says.in_(language), *(change.says.in_(language) for change in comparison.changes)]
    assert lines == (DATA / f"nd90-{name}.{language}.txt").read_text("utf-8").splitlines()


def test_a_ruleset_does_not_differ_from_itself() -> None:
    same = compare(TEACHERS, TEACHERS)
    assert (same.changes, same.says.en) == ((), "The two are identical.")


@pytest.mark.slow
@pytest.mark.parametrize("ruleset", CATALOGUE.list(), ids=repr)
def test_a_remark_changes_no_rule(ruleset: Ruleset) -> None:
    remarked = dataclasses.replace(ruleset, text=f"{ruleset.text}# a remark\n", digest="another")
    comparison = compare(ruleset, remarked)
    assert comparison.changes == ()
    assert comparison.says.en == "Nothing changed but text: the rules are the same."


def sections_of(annotation: Any) -> Iterator[type[Section]]:
    """The models that a type of the document holds."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    elif get_origin(annotation) is not None or isinstance(annotation, types.UnionType):
        for each in get_args(annotation):
            yield from sections_of(each)


def all_sections() -> set[type[Section]]:
    found: set[type[Section]] = set()
    waiting: list[type[Section]] = [Document]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += [each for f in model.model_fields.values() for each in sections_of(f.annotation)]
    return found


def test_every_key_of_the_format_is_compared_or_said_to_be_text() -> None:
    # What is only said to people or in cases; `SourceTitle`, `Says` and their like are texts too.
    texts = {
        "Localized",
        "SourceTitle",
        "SaysIn",
        "Says",
        "QuestionDeclaration",
        "CaseDeclaration",
        "Expectation",
    }
    models = {model for model in all_sections() if model.__name__ not in texts}
    assert WrittenText not in models
    assert models == set(ASPECTS)
    for model in models:
        assert set(model.model_fields) == set(ASPECTS[model]), model.__name__
