"""What findings say: texts with placeholders, ``Worked {months_worked} months, {share:percent} of the year``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

Form = Literal["", "percent"]
FORMS: Final[tuple[str, ...]] = tuple(form for form in get_args(Form) if form)

_PLACEHOLDER: Final = re.compile(
    r"\s*(?P<path>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*(?::\s*(?P<form>[^\s:](?:[^:]*[^\s:])?)\s*)?"
)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value put into a text.

    Attributes:
        path: what is put in: a fact, a field of one, a definition or a parameter.
        form: how it is written: ``percent`` writes 0.2 as 20 %; empty for the way of its type.
    """

    path: str
    form: Form = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places for values.

    Attributes:
        parts: the pieces of the text and the placeholders, in order.
    """

    parts: tuple[str | Placeholder, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """What it puts in, in order of appearance."""
        return tuple(dict.fromkeys(part.path for part in self.parts if isinstance(part, Placeholder)))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A piece of a template that is wrong, from `start` to `end`."""

    start: int
    end: int
    what: str
    how: str


def parse(text: str) -> tuple[Template, tuple[tuple[Placeholder, int], ...], tuple[Mistake, ...]]:
    """Read a template.

    Args:
        text: as written; a brace that is meant as a brace stands twice.

    Returns:
        The template, where each placeholder begins in `text`, and what is wrong.
    """
    parts: list[str | Placeholder] = []
    placed: list[tuple[Placeholder, int]] = []
    mistakes: list[Mistake] = []
    literal = ""
    at = 0
    while at < len(text):
        char = text[at]
        if char not in "{}":
            literal += char
            at += 1
        elif text[at : at + 2] == char * 2:
            literal += char
            at += 2
        elif char == "}" or (end := text.find("}", at)) < 0:
            what = (
                "There is no brace to close this one."
                if char == "{"
                else "There is no brace that this one closes."
            )
            mistakes.append(Mistake(at, at + 1, what, f'Write "{char * 2}" where a brace is meant.'))
            at += 1
        else:
            placeholder = _placeholder(text, at + 1, end, mistakes)
            if placeholder is not None:
                parts += [literal, placeholder] if literal else [placeholder]
                placed.append((placeholder, at + 1))
                literal = ""
            at = end + 1
    if literal:
        parts.append(literal)
    return Template(tuple(parts)), tuple(placed), tuple(mistakes)


def _placeholder(text: str, start: int, end: int, mistakes: list[Mistake]) -> Placeholder | None:
    match = _PLACEHOLDER.fullmatch(text, start, end)
    if match is None:
        what = f'"{{{text[start:end]}}}" is not a placeholder.'
        mistakes.append(
            Mistake(
                start - 1, end + 1, what, "Write the name of a fact, a field, a definition or a parameter."
            )
        )
        return None
    form = match["form"] or ""
    if form == "":
        return Placeholder(match["path"])
    if form == "percent":
        return Placeholder(match["path"], "percent")
    written = " or ".join(f"{{{match['path']}:{known}}}" for known in FORMS)
    what = f'"{form}" is not a way of writing a value.'
    mistakes.append(Mistake(*match.span("form"), what, f"Write {written}, or {{{match['path']}}} as it is."))
    return None
