"""Reads YAML into plain values and remembers where each one stands.

Scalars are kept exact: a number becomes a `Decimal`, a date stays the text it was written as. Anchors, tags and
several documents in a file are refused: a ruleset is to be read top to bottom by people, and what is not allowed
cannot be abused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.ruleset import scalars
from engine.ruleset.problems import Problem, RulesetError

MAX_TEXT_LENGTH: Final = 1_000_000  # code points of a file
MAX_DEPTH: Final = 32  # mappings and lists inside each other

Path = tuple[str | int, ...]
"""The way from the root of the document: keys of mappings, positions in lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of the text, in code points.

    Attributes:
        start: where it begins.
        end: where it ends, not included.
        style: for a scalar, its YAML style: empty for plain, a quote, ``|`` or ``>``; None for others.
    """

    start: int
    end: int
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file as read.

    Attributes:
        file: its name, as it was given.
        text: what it says.
        data: its content as dict, list, str, Decimal, bool and None.
        keys: place of the key of each value that has one.
        values: place of each value.
        problems: what is wrong with it as YAML that does not keep it from being read: duplicate keys, anchors, tags.
    """

    file: str
    text: str
    data: Any
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]
    problems: tuple[Problem, ...] = ()

    def problem(
        self,
        code: str,
        path: Path,
        what: str,
        why: str = "",
        how: str = "",
        *,
        at_key: bool = False,
        span: tuple[int, int] | None = None,
    ) -> Problem:
        """A problem at the value of `path`, or at its nearest ancestor where the file has no such value.

        Args:
            code: see `Problem`.
            path: where in the document.
            what: see `Problem`.
            why: see `Problem`.
            how: see `Problem`.
            at_key: point at the key, not at the value.
            span: start and end within the text of the scalar at `path`, in code points.
        """
        place = self._place(path, at_key)
        if span is not None and path in self.values and place.style is not None:
            place = self._inside(path, *span)
        return make_problem(self.file, self.text, place, code, dotted(path), what, why, how)

    def raw(self, path: Path) -> str:
        """The value at `path` as it is written in the file."""
        place = self.values[path]
        return self.text[place.start : place.end]

    def _place(self, path: Path, at_key: bool) -> Place:
        for length in range(len(path), -1, -1):
            part = path[:length]
            # A missing key is shown at the key of the mapping that lacks it: its value may be many lines.
            if part in self.keys and (at_key or length < len(path)):
                return self.keys[part]
            place = self.values.get(part)
            # What was left empty has no place of its own that people would look at.
            if place is not None and (place.end > place.start or part not in self.keys):
                return place
            if place is not None:
                return self.keys[part]
        return Place(0, 0)

    def _inside(self, path: Path, start: int, end: int) -> Place:
        place, value = self.values[path], self.data
        for step in path:
            value = value[step]
        if not isinstance(value, str):
            return place
        offsets = scalars.offsets(self.text[place.start : place.end], value, place.style or "")
        start = min(max(start, 0), len(value))
        end = min(max(end, start), len(value))
        return Place(
            place.start + offsets[start],
            place.start + (offsets[end - 1] + 1 if end > start else offsets[start]),
        )


def make_problem(
    file: str, text: str, place: Place, code: str, path: str, what: str, why: str = "", how: str = ""
) -> Problem:
    """A problem at `place` of `text`; of a place of several lines, the first is meant."""
    start = min(place.start, len(text))
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    line_end = re.compile(r"[\r\n]|\Z").search(text, start).start()  # type: ignore[union-attr]  # \Z always matches
    line = len(re.findall(r"\r\n|\r|\n", text[:line_start])) + 1
    width = max(1, min(place.end, line_end) - start)
    line_text = text[line_start:line_end]
    return Problem(code, file, line, start - line_start + 1, path, what, why, how, line_text.rstrip(), width)


def dotted(path: Path) -> str:
    """The path as people read it: ``decision.consequences[0].when``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read(text: str, file: str) -> Source:
    """Read one YAML document.

    Args:
        text: the whole file.
        file: its name, for problems.

    Raises:
        RulesetError: the text is not YAML; of syntax errors only the first can be found.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise RulesetError(
            [
                make_problem(
                    file,
                    "",
                    Place(0, 0),
                    "too-long",
                    "",
                    f"The file has {len(text)} characters.",
                    f"At most {MAX_TEXT_LENGTH} are read.",
                    "Split it.",
                )
            ]
        )
    builder = _Builder(file, text)
    try:
        try:
            # The parser in C is thirteen times faster; the one in Python says better what is wrong, and where. Of what
            # both read they read the same, but for a tab in a text, which the one in C lets pass.
            data = builder.document(_events(text, pure="\t" in text))
        except YAMLError:
            builder = _Builder(file, text)
            data = builder.document(_events(text, pure=True))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context_mark is not None and scalars.is_unclosed(error.problem or ""):
            mark = error.context_mark  # where it was opened says more than where the file ended
        start = min(mark.index, len(text)) if mark is not None else 0
        what, how = scalars.explain_syntax(error.problem or "", text[start : start + 1])
        problem = make_problem(file, text, Place(start, start), "yaml-syntax", "", what, "", how)
        raise RulesetError([*builder.problems, problem]) from None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        where = position if isinstance(position, int) else 0
        problem = make_problem(
            file,
            text,
            Place(where, where),
            "yaml-syntax",
            "",
            "A control character stands here.",
            "YAML allows only characters that can be printed.",
            "Delete it.",
        )
        raise RulesetError([problem]) from None
    keys, values = MappingProxyType(builder.keys), MappingProxyType(builder.values)
    return Source(file, text, data, keys, values, tuple(builder.problems))


def _events(text: str, *, pure: bool) -> Iterator[Event]:
    return iter(YAML(typ="safe", pure=pure).parse(text))


@dataclass(slots=True)
class _Builder:
    """Builds values from the parser's events, without recursion into what the limits refuse."""

    file: str
    text: str
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def document(self, events: Iterator[Event]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(
                        event, "several-documents", "A second document begins here.", "One file holds one."
                    )
            elif isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent):
                data = self._node(event, events, ())
        if documents == 0:
            raise RulesetError(
                [make_problem(self.file, self.text, Place(0, 0), "empty", "", "The file is empty.")]
            )
        return data

    def _node(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        place = _place(event)
        self.values.setdefault(path, place)
        anchor: str | None = getattr(event, "anchor", None)
        if isinstance(event, AliasEvent):
            self._refuse(place, path, "alias", f"*{anchor} refers to another place.", "Write the value out.")
            return None
        if anchor is not None:
            self._refuse(
                place, path, "alias", f"&{anchor} is an anchor.", "Write the value out where it is used."
            )
        if isinstance(event, ScalarEvent):
            if event.tag is not None and not event.implicit[1]:
                self._refuse(place, path, "tag", f"{event.tag} is a YAML tag.", "Leave the tag out.")
            return scalars.value_of(event.value, event.style)
        if len(path) >= MAX_DEPTH:
            self._stop(
                event, "too-deep", f"Values are nested more than {MAX_DEPTH} deep here.", "Flatten them."
            )
        if isinstance(event, SequenceStartEvent):
            return self._list(events, path)
        return self._mapping(events, path)

    def _list(self, events: Iterator[Event], path: Path) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                self._close(path, event)
                break
            items.append(self._node(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                self._close(path, event)
                break
            if not isinstance(event, ScalarEvent):
                self._stop(
                    event, "bad-key", "A key of a mapping is not a name.", "Write a name before the colon."
                )
            place, key = _place(event), str(event.value)
            if key in entries:
                first = make_problem(self.file, self.text, self.keys[(*path, key)], "", "", "").line
                self._refuse(
                    place,
                    (*path, key),
                    "duplicate-key",
                    f'"{key}" stands twice in the same mapping; the first is on line {first}.',
                    "Keep one of the two.",
                )
                self._node(next(events), events, (*path, f"{key} "))  # read on, but keep the first
                continue
            self.keys[(*path, key)] = place
            entries[key] = self._node(next(events), events, (*path, key))
        return entries

    def _close(self, path: Path, event: Event) -> None:
        self.values[path] = Place(self.values[path].start, event.end_mark.index)

    def _refuse(self, place: Place, path: Path, code: str, what: str, how: str) -> None:
        self.problems.append(make_problem(self.file, self.text, place, code, dotted(path), what, "", how))

    def _stop(self, event: Event, code: str, what: str, how: str) -> NoReturn:
        raise RulesetError(
            [*self.problems, make_problem(self.file, self.text, _place(event), code, "", what, "", how)]
        )


def _place(event: Event) -> Place:
    style = (event.style or "") if isinstance(event, ScalarEvent) else None
    return Place(event.start_mark.index, event.end_mark.index, style)
