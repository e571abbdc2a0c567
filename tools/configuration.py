"""Writes docs/configuration.md from the settings, and checks it: `python -m tools.configuration [--check]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import annotated_types as bounds
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from server.config import DELIMITER, PREFIX, SHORT_NAMES, Settings

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"

HEAD: Final = """\
# Configuration

This page is made by `python -m tools.configuration` from the classes of the settings; do not edit it.

A setting is taken from the first of these that has it:

1. an option of `chuan serve` (`--port 50062`; any setting: `--set limits.batch_records=500`),
2. the environment: `CHUAN_SECTION__NAME`, such as `CHUAN_LIMITS__BATCH_RECORDS=500`,
3. the file that `--config` or `CHUAN_CONFIG` names, in TOML, a table a section,
4. its default.

```toml
# chuan.toml
[listen]
port = 50061

[workers]
count = 2
```

`chuan config check chuan.toml` says whether a server would start with the file and the environment: a setting that
nobody knows is refused, with its line and the nearest name. `chuan config show --config chuan.toml` prints every
setting in effect and where it was set, secrets masked. Relative paths count from the folder that the server is started
in. A list or a table in the environment is written in JSON.
"""


def page() -> str:
    """The page as it should be."""
    return "\n".join([HEAD, *_short_names(), *_sections(Settings, ())]).rstrip() + "\n"


def _short_names() -> Iterator[str]:
    yield "Some variables of the environment are short names:\n"
    yield "| variable | setting |"
    yield "|---|---|"
    yield from (f"| `{name}` | `{section}.{key}` |" for name, (section, key) in SHORT_NAMES.items())
    yield ""


def _sections(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[str]:
    fields = model.model_fields.items()
    rows = [_row((*path, name), field) for name, field in fields if not _section_in(field)]
    if rows:
        yield "| setting | values | default | |"
        yield "|---|---|---|---|"
        yield from rows
        yield ""
    if rows and "*" not in path:  # a table of a list has no variable of its own
        yield f"Environment: `{PREFIX}{DELIMITER.join(path).upper()}{DELIMITER}…`\n"
    for name, field in fields:
        if below := _section_in(field):
            yield f"## `[{'.'.join((*path, name))}]`\n"
        elif below := _table_in(field):
            yield f"## `[[{'.'.join((*path, name))}]]`\n"
        else:
            continue
        yield f"{_first_paragraph(below)}\n"
        yield from _sections(below, (*path, name) if _section_in(field) else (*path, name, "*"))


def _section_in(field: FieldInfo) -> type[BaseModel] | None:
    return _model(field.annotation)


def _table_in(field: FieldInfo) -> type[BaseModel] | None:
    """The model of each item, where the field is a list of tables."""
    inner = get_args(field.annotation)
    return _model(inner[0]) if get_origin(field.annotation) in (list, tuple) else None


def _model(kind: object) -> type[BaseModel] | None:
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _row(path: tuple[str, ...], field: FieldInfo) -> str:
    if not field.description:
        raise SystemExit(f"{'.'.join(path)}: write a docstring below the field")
    text = " ".join(field.description.split())
    return f"| `{path[-1]}` | {_values(field)} | {_default(field)} | {text} |"


def _values(field: FieldInfo) -> str:
    low = next((each.ge for each in field.metadata if isinstance(each, bounds.Ge)), None)
    high = next((each.le for each in field.metadata if isinstance(each, bounds.Le)), None)
    kind = _kind(field.annotation)
    if low is not None and high is not None:
        return f"{kind}, {low} to {high}"
    if low is not None:
        return f"{kind}, at least {low}"
    return kind if high is None else f"{kind}, at most {high}"


_KINDS: Final[Mapping[Any, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true`, `false`",
    Path: "path",
    SecretStr: "secret",
}


def _kind(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in inner)
    if origin is Annotated:
        return _kind(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return ", ".join(f"`{each}`" for each in annotation)
    if origin in (Union, UnionType):
        return " or ".join(_kind(each) for each in inner if each is not NoneType)
    if origin in (list, tuple, set, frozenset):
        return "tables" if _model(inner[0]) else f"list of: {_kind(inner[0])}"
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return f"table from {_kind(inner[0])} to {_kind(inner[1])}"
    return _KINDS.get(annotation) or str(getattr(annotation, "__name__", annotation)).lower()


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    if default in (None, "", (), {}, [], PydanticUndefined):
        return ""
    if isinstance(default, tuple | list):
        return ", ".join(f"`{each}`" for each in default)
    return f"`{str(default).lower()}`" if isinstance(default, bool) else f"`{default}`"


def _first_paragraph(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").strip().split("\n\n")[0].split())


def main() -> None:
    """Write the page, or with --check say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not current")
    if not parser.parse_args().check:
        PAGE.write_text(page(), "utf-8")
    elif PAGE.read_text("utf-8") != page():
        sys.exit(f"{PAGE.name} is not current; run python -m tools.configuration")


if __name__ == "__main__":
    main()
