"""The JSON schemas of a ruleset and of a file of cases, with which editors complete and check while one writes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from engine.ruleset import document
from engine.ruleset.document import CaseDocument, Document

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a ruleset document."""
    return _schema(Document, "A ruleset of chuan")


def cases_schema() -> dict[str, Any]:
    """The schema of a file of cases (``*.cases.yaml``)."""
    return _schema(CaseDocument, "Cases of a ruleset of chuan")


def _schema(model: type[Document | CaseDocument], title: str) -> dict[str, Any]:
    """The models are the one source: what the loader checks is what an editor shows."""
    written = model.model_json_schema(by_alias=True)
    made: dict[str, Any] = _plain(written)
    # What a case expects may be null: that there is none.
    made["$defs"]["Expectation"] = written["$defs"]["Expectation"]
    for owner, key, words in _descriptions():
        shape = made if owner == model.__name__ else made["$defs"].get(owner, {})
        if key in shape.get("properties", {}):
            shape["properties"][key]["description"] = words
    return {"$schema": DIALECT, **made, "title": title}


def _descriptions() -> Iterator[tuple[str, str, str]]:
    """What the texts below the fields of the models say: the model, the key, and the words."""
    for model in ast.parse(inspect.getsource(document)).body:
        if not isinstance(model, ast.ClassDef):
            continue
        for field, below in pairwise(model.body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(value=ast.Constant(value=str(words))):
                    yield model.name, name.rstrip("_"), words


def _plain(node: Any) -> Any:
    """Without what only Python knows: titles made from names, defaults, tags of unions, null for what is left out."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {
        key: {name: _plain(member) for name, member in value.items()}
        if key in ("properties", "$defs")
        else _plain(value)
        for key, value in node.items()
        if key not in ("default", "discriminator") and not (key == "title" and isinstance(value, str))
    }
    choices = [choice for choice in found.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del found["anyOf"]
        found = {**choices[0], **found}
    elif choices:
        found["anyOf"] = choices
    return found
