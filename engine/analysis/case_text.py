"""A witness as a case that can be pasted under ``cases``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from engine.analysis.model import Witness
from engine.feel.values import text
from engine.ruleset.scalars import value_of

_PLAIN: Final = re.compile(r"[^\W\d][\w ]*\w|[^\W\d]")


def case_of(witness: Witness) -> str:
    """The case, as an entry of the list ``cases``; each fact on a line of its own."""
    lines = [f"- name: {_written(witness.name)}", f"  on: {witness.on.isoformat()}", "  given:"]
    lines += [f"    {name}: {_written(value)}" for name, value in witness.given.items()]
    if not witness.given:
        lines[-1] = "  given: {}"
    lines.append(f"  expect: {_written(witness.expect)}")
    return "\n".join(lines)


def _written(value: Any) -> str:
    """A value in YAML's flow style."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return text(value)
        case Mapping():
            return "{" + ", ".join(f"{name}: {_written(each)}" for name, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_written, value)) + "]"
        case date() | time():
            return value.isoformat()
        case str() if _PLAIN.fullmatch(value) and value_of(value, "") == value:
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)  # a text of JSON is one of YAML
    return json.dumps(text(value), ensure_ascii=False)
