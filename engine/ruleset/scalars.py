"""YAML's scalars: their values, and where each character of a value stands in the file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,4})?\Z", re.ASCII)
_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_ESCAPES: Final = {"x": 4, "u": 6, "U": 10}  # code points of an escape in double quotes, where not 2


def value_of(text: str, style: str | None) -> str | Decimal | bool | None:
    """The value of a scalar: YAML 1.2's core schema, with exact numbers; a date stays text."""
    if style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return Decimal(text) if _NUMBER.match(text) else text


def offsets(raw: str, value: str, style: str) -> list[int]:
    """Where each character of `value` stands in `raw`.

    Args:
        raw: the scalar as written, quotes and block header included.
        value: what YAML makes of it.
        style: empty for plain, a quote, ``|`` or ``>``.

    Returns:
        One offset in `raw` for each character of `value` and one for its end.
    """
    at = 0
    if style in ("|", ">"):
        at = raw.find("\n") + 1
    elif style in ("'", '"'):
        at = 1
    found: list[int] = []
    for char in value:
        if char.isspace():
            # Folding makes a space of a line break and its indentation.
            found.append(at)
            at += len(_escape(raw, at, style)) or 1
            if not (at < len(raw) and value[len(found) : len(found) + 1].isspace()):
                while at < len(raw) and raw[at].isspace():
                    at += 1
            continue
        while at < len(raw) and raw[at].isspace():
            at += 1
        found.append(min(at, len(raw)))
        at += len(_escape(raw, at, style)) or 1
    found.append(min(at, len(raw)))
    return found


def _escape(raw: str, at: int, style: str) -> str:
    if style == '"' and raw[at : at + 1] == "\\":
        return raw[at : at + _ESCAPES.get(raw[at + 1 : at + 2], 2)]
    return "''" if style == "'" and raw[at : at + 2] == "''" else ""


def is_unclosed(problem: str) -> bool:
    """Whether the YAML parser's words mean that a quote or a bracket was opened and not closed."""
    return "unexpected end of stream" in problem or "expected ',' or" in problem


def explain_syntax(problem: str, char: str) -> tuple[str, str]:
    """What is wrong and how to mend it, for a message of the YAML parser.

    Args:
        problem: the parser's words.
        char: the character it stopped at.
    """
    if "mapping values are not allowed" in problem:
        return (
            "A colon with a space after it stands inside a value, or a line is indented more than its neighbours.",
            'Put a value that holds ": " in quotes, or line the keys up.',
        )
    if char == "\t" or "\\t" in problem:
        return "A tab stands where only spaces may.", "Indent with spaces."
    if "cannot start any token" in problem:
        return f'A value may not begin with "{char}".', "Put the value in quotes."
    if "quoted scalar" in problem or "unexpected end of stream" in problem:
        return "A text in quotes is not closed.", "Close it with the quote that it began with."
    if "expected ',' or" in problem:
        return (
            "A list or mapping in brackets is not closed, or a comma is missing in it.",
            "Close it, put a comma between its entries, and put a value that holds a comma or a bracket in quotes.",
        )
    if "but found '-'" in problem or "block sequence" in problem:
        return "A list entry stands where a key is expected.", "Line it up with the entries of its own list."
    if "expected <block end>" in problem:
        return (
            "This does not belong to the value before it.",
            "Check the indentation, and put a value in quotes as a whole, not in part.",
        )
    if "expected the node content" in problem:
        return "A value is missing here.", "Write it, or take out the comma."
    if "could not find expected ':'" in problem:
        return "A key has no colon after it.", 'Write "key: value".'
    return f"This is not YAML: {problem}.", "Compare the line with its neighbours."
