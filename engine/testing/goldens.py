"""Goldens: whole verdicts of chosen cases, kept in a file beside the cases and compared to the letter.

A golden holds the verdict as plain data, but for the digest of the ruleset (which any comment changes), and its
explanation in both languages, line by line, so that a review of a change reads what people will read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.canonical import Data, canonical
from engine.explanation import explain
from engine.ruleset.localized import LANGUAGES, Localized
from engine.ruleset.problems import Problem, RulesetError
from engine.testing import words
from engine.testing.differences import Difference
from engine.verdict import Verdict

_NAMED_BY: Final = ("criterion", "part", "deduction", "fact", "path", "name", "outcome")
"""The entries that tell the items of a verdict's lists apart."""


@dataclass(frozen=True, slots=True)
class Goldens:
    """The goldens of one ruleset.

    Attributes:
        file: the name of the file.
        ruleset: the id of the ruleset that they are of.
        version: its version.
        verdicts: by the name of the case, as `golden_of` gives them.
    """

    file: str
    ruleset: str
    version: str
    verdicts: Mapping[str, Data]

    @property
    def text(self) -> str:
        """The file as it is written."""
        data = {"ruleset": self.ruleset, "version": self.version, "goldens": dict(self.verdicts)}
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def golden_of(verdict: Verdict) -> Data:
    """What is kept of a verdict."""
    data: Data = json.loads(canonical(verdict.to_data()))
    data["ruleset"] = {"id": verdict.ruleset.id, "version": verdict.ruleset.version}
    explanation = {language: explain(verdict, language).splitlines() for language in LANGUAGES}
    return data | {"explanation": explanation}


def read_goldens(text: str, file: str) -> Goldens:
    """The goldens in the text of a file.

    Raises:
        RulesetError: it is no file of goldens.
    """
    try:
        data = json.loads(text)
        verdicts = {str(name): dict(verdict) for name, verdict in data["goldens"].items()}
        return Goldens(file, str(data["ruleset"]), str(data["version"]), verdicts)
    except json.JSONDecodeError as error:
        what, line, column = f"This is not JSON: {error.msg}.", error.lineno, error.colno
    except (TypeError, KeyError, AttributeError, ValueError):
        what, line, column = "This is no file of goldens.", 1, 1
    how = "Goldens are written by `chuan ruleset test --renew`: delete the file, and keep them anew."
    raise RulesetError([Problem("bad-goldens", file, line, column, "", what, "", how)])


def compare_golden(golden: Data, verdict: Verdict) -> Iterator[Difference]:
    """Where `verdict` is not as it was kept."""
    for path, expected, found in _compare(golden, golden_of(verdict), ""):
        written = {"expected": _written(expected), "found": _written(found)}
        says = words.said("golden_differs", path=path, **written)
        yield Difference(f"golden {path}", expected, found, says)


def _compare(expected: object, found: object, path: str) -> Iterator[tuple[str, object, object]]:
    """The deepest places at which two plain values differ."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name in dict.fromkeys((*expected, *found)):
            yield from _compare(expected.get(name), found.get(name), f"{path}.{name}" if path else str(name))
    elif isinstance(expected, list) and isinstance(found, list):
        keys = [_key(expected, place) for place in range(len(expected))]
        others = [_key(found, place) for place in range(len(found))]
        for key in dict.fromkeys((*keys, *others)):
            one = expected[keys.index(key)] if key in keys else None
            other = found[others.index(key)] if key in others else None
            yield from _compare(one, other, f"{path}[{key}]")
    elif expected != found:
        yield path, expected, found


def _key(items: list[object], place: int) -> str:
    """What an item of a verdict's list is called: by its name, else by its place.

    So a criterion that is added in the middle is one difference, and not one for each that comes after it.
    """
    name = _name(items[place])
    unique = name is not None and [_name(item) for item in items].count(name) == 1
    return name if unique and name is not None else str(place + 1)


def _name(item: object) -> str | None:
    if not isinstance(item, Mapping):
        return None
    return next((str(item[key]) for key in _NAMED_BY if key in item), None)


def _written(value: object) -> Localized | str:
    return words.said("nothing") if value is None else json.dumps(value, ensure_ascii=False)
