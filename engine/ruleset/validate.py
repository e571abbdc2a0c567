"""Checks a source against the document's models, and says every mistake in our own words.

A file with mistakes is mended by taking out what is wrong, so that the rest can be linked and its mistakes found
in the same run.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.ruleset.document import SHAPE, Section
from engine.ruleset.problems import Problem, listing, nearest, suggest
from engine.ruleset.source import Path, Source, dotted

Model = TypeVar("Model", bound=Section)

_MAX_ROUNDS: Final = 20  # of mending; each takes at least one thing out
_TEXT: Final = {"vi": "?", "en": "?"}
_STAND_INS: Final[Mapping[str, Any]] = {
    "holds": "true",
    "facts": {},
    "criteria": {},
    "ladder": {},
    "decision": {"ladder": {}},
    "ruleset": "unknown",
    "version": "0.0.0",
    "kind": "evaluation",
    "effective": {"from": "0001-01-01"},
    "title": _TEXT,
    "label": _TEXT,
    "says": _TEXT,
    "vi": "?",
    "en": "?",
    "issued": "0001-01-01",
}
"""What stands in for a required value that is missing or wrong, where the rest can be checked without it."""

_SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "string_type": ("A text", "Write one text, in quotes where YAML would read something else."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "list_type": ("A list", "Write [one, two], or one entry a line, each after a dash."),
    "dict_type": ("A mapping", "Write key: value, one a line and indented, or in braces."),
    "model_type": ("A mapping", "Write key: value, one a line and indented, or in braces."),
    "string_too_short": ("A text", "Write it, or take the key out."),
}
_IN_LANGUAGES: Final = ("A text in both languages", "Write {vi: …, en: …}.")


def validate(source: Source, model: type[Model]) -> tuple[Model | None, tuple[Problem, ...]]:
    """The document in `source`, and what is wrong with its shape.

    Args:
        source: the file.
        model: what it shall be.

    Returns:
        The document without its wrong parts, or None where too little is left of it; and the problems, those of
        the source among them.
    """
    try:
        return model.model_validate(source.data), source.problems
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [_problem(source, model, detail) for detail in details]
    # A key that is misspelt is not missing as well.
    misspelt = {(_path(detail)[:-1], _meant(source, model, detail)) for detail in details}
    problems = [
        problem
        for problem, detail in zip(problems, details, strict=True)
        if detail["type"] != "missing" or (_path(detail)[:-1], _path(detail)[-1]) not in misspelt
    ]
    # What is wrong as YAML already has lost its value; that this is missing is no second mistake.
    told = {(problem.line, problem.column) for problem in source.problems}
    problems = [problem for problem in problems if (problem.line, problem.column) not in told]
    return _mended(copy.deepcopy(source.data), model), (*source.problems, *problems)


def _meant(source: Source, model: type[Section], detail: ErrorDetails) -> str | None:
    if detail["type"] != "extra_forbidden":
        return None
    path = _path(detail)
    return nearest(str(path[-1]), _keys(_model_at(model, source.data, path[:-1])))


def _mended(data: Any, model: type[Model]) -> Model | None:
    for _ in range(_MAX_ROUNDS):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
        # From the back, so that positions in lists stay what they were.
        for detail in sorted(details, key=lambda detail: _sortable(_path(detail)), reverse=True):
            if not _mend(data, _path(detail), detail["type"]):
                return None
    return None


def _mend(data: Any, path: Path, kind: str) -> bool:
    if not path:
        return False
    if kind == "missing" and path[-1] in _STAND_INS:
        parent = _at(data, path[:-1])
        if isinstance(parent, dict):
            parent[path[-1]] = _STAND_INS[str(path[-1])]
        return True
    if kind == "missing":
        path = path[:-1]
        if not path:
            return False
    parent = _at(data, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    elif isinstance(parent, list) and isinstance(path[-1], int) and path[-1] < len(parent):
        del parent[path[-1]]
    return True


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _path(detail: ErrorDetails) -> Path:
    """The place of an error in the data: without the names of union members, and a wrong key as its value."""
    return tuple(step for step in detail["loc"] if step != "[key]" and not str(step).startswith(SHAPE))


def _sortable(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, step) for step in path)


def _problem(source: Source, model: type[Section], detail: ErrorDetails) -> Problem:
    path, kind = _path(detail), detail["type"]
    about: Mapping[str, Any] = detail.get("ctx", {})
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    at_key = "[key]" in detail["loc"]
    if kind == "extra_forbidden":
        if comma := _decimal_comma(source, path):
            return comma
        allowed = _keys(_model_at(model, source.data, path[:-1]))
        where = dotted(path[:-1]) or "a ruleset"
        return source.problem(
            "unknown-key",
            path,
            f'The key "{name}" is not known in {where}.',
            "",
            suggest(name, allowed, "keys"),
            at_key=True,
        )
    if kind == "missing":
        where = dotted(path[:-1]) or "The file"
        return source.problem(
            "missing-key",
            path,
            f'{where} lacks "{name}".',
            _why_needed(name),
            f'Add "{name}: …".',
            at_key=True,
        )
    if kind == "literal_error":
        words = _literals(about.get("expected", ""))
        written = detail["input"]
        what = (
            f'"{written}" is not a word for {name}.' if isinstance(written, str) else f"{name} is not a word."
        )
        return source.problem(
            "unknown-word", path, what, f"The words are {listing(words)}.", _did_you_mean(written, words)
        )
    if kind in ("too_short", "too_long"):
        what, how = _length(dotted(path), kind, about)
        return source.problem("wrong-length", path, what, "", how, at_key=True)
    if kind in _SHAPES:
        of_people = about.get("class_name") in ("Localized", "SourceTitle")
        expected, how = _IN_LANGUAGES if of_people else _SHAPES[kind]
        return source.problem(
            "wrong-shape", path, f"{expected} is expected here{_but(detail['input'])}.", "", how
        )
    code = kind.replace("_", "-")
    return source.problem(code, path, detail["msg"], "", str(about.get("how", "")), at_key=at_key)


def _decimal_comma(source: Source, path: Path) -> Problem | None:
    """What looks like a key, and is what follows the comma of a number."""
    place = source.keys.get(path)
    whole = place and re.search(r"[\d.]+,\Z", source.text[: place.start])
    if place is None or not whole or not re.fullmatch(r"\d+\s*%?", str(path[-1])):
        return None
    point = f"{whole.group()[:-1]}.{path[-1]}"
    return source.problem(
        "decimal-comma",
        path,
        f"The comma cuts {whole.group()}{path[-1]} in two.",
        "Numbers are written with a decimal point, and in braces or brackets a comma ends an entry.",
        f"Write {point}.",
        at_key=True,
    )


def _why_needed(name: str) -> str:
    if name in ("vi", "en"):
        return "Every text is read in Vietnamese and in English."
    if name == "label":
        return "Verdicts call it by its label, since people do not read names."
    return ""


def _did_you_mean(written: object, words: list[str]) -> str:
    sentence = suggest(written, words, "words") if isinstance(written, str) else ""
    return sentence if sentence.startswith("Did") else ""


def _literals(expected: str) -> list[str]:
    return [word for word in expected.replace(" or ", ", ").replace("'", "").split(", ") if word]


def _length(what: str, kind: str, about: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "too_long":
        return f"{what} has more than {about['max_length']} entries.", "Take the others out."
    least = int(about["min_length"])
    return f"{what} has too few entries.", f"Write at least {'one' if least == 1 else least}."


def _but(value: object) -> str:
    shapes = ((dict, "a mapping"), (list, "a list"), (str, "a text"), (bool, "true or false"))
    if value is None or value == "":
        return ", but there is nothing"
    return f", but this is {next((words for type_, words in shapes if isinstance(value, type_)), 'a number')}"


def _keys(model: type[BaseModel] | None) -> list[str]:
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], data: Any, path: Path) -> type[BaseModel] | None:
    """The model that describes the mapping at `path`, so that its keys can be suggested."""
    found: Any = model
    for step in path:
        for candidate in _models(found):
            fields = {field.alias or name: field for name, field in candidate.model_fields.items()}
            if step in fields:
                found = fields[str(step)].annotation
                break
        # Otherwise it is a name or a position, and what the mapping or list holds is described by its models.
    written = _at(data, path)
    keys = set(written) if isinstance(written, dict) else set()
    return max(_models(found), key=lambda candidate: len(keys.intersection(_keys(candidate))), default=None)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if _is_model(annotation):
        yield annotation
        return
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        arguments = arguments[:1]
    for argument in arguments:
        yield from _models(argument)
