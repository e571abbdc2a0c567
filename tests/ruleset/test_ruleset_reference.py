"""The reference page: its examples are read by the loader, and it leaves out no key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, TypeAdapter

from engine.ruleset import document, loads, loads_cases
from engine.ruleset.source import read

TEXT = (Path(__file__).parents[2] / "docs" / "ruleset-format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
WHOLE = next(example for example in EXAMPLES if "kind:" in example)
SECTIONS = [example for example in EXAMPLES if re.match(r"(parameters|tables|score|quota):", example)]
CASES = next(example for example in EXAMPLES if "base:" in example)


def keys() -> Iterator[tuple[str, str]]:
    for name, model in vars(document).items():
        if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == document.__name__:
            yield from ((name, field.alias or key) for key, field in model.model_fields.items())


def test_the_whole_example_and_its_cases_are_read() -> None:
    ruleset = loads(WHOLE)
    assert [case.name for case in ruleset.cases] == ["exactly four fifths of the lessons"]
    assert len(loads_cases(CASES, ruleset=ruleset).cases) == 2


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition(":")[0])
def test_every_section_in_an_example_has_its_shape(section: str) -> None:
    (name, data), *others = read(section, "example.yaml").data.items()
    assert not others
    shape = document.Document.model_fields[name].annotation
    assert shape is not None
    TypeAdapter(shape).validate_python(data)


@pytest.mark.parametrize(("model", "key"), list(keys()))
def test_every_key_is_described(model: str, key: str) -> None:
    assert re.search(rf"`{key}`|\b{key}:|[{{,] ?{key}\b", TEXT), f"{key} of {model} is not in the reference"
