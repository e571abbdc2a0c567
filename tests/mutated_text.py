"""A ruleset's text changed in one place: a value, a key, an entry put in or taken out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.ruleset import Ruleset, loads, source
from engine.ruleset.source import Path as Steps
from engine.ruleset.source import Place


@dataclass(frozen=True)
class Mutant:
    """A ruleset with a defect.

    Attributes:
        name: the ruleset, the kind of defect and where it is.
        text: of the ruleset.
        finds: names of findings of which one at least tells of it.
        beside: the texts of rulesets that it stands beside.
    """

    name: str
    text: str
    finds: frozenset[str]
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seed:
    """A good ruleset, and the places of everything in its text."""

    name: str
    text: str

    @cached_property
    def ruleset(self) -> Ruleset:
        return loads(self.text, self.name)

    @cached_property
    def read(self) -> source.Source:
        return source.read(self.text, self.name)

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.read.data
        return data

    def mutant(self, kind: str, where: str, text: str, *finds: str, beside: tuple[str, ...] = ()) -> Mutant:
        return Mutant(f"{self.name}: {kind} {where}", text, frozenset(finds), beside)

    # Changes of the text

    def replaced(self, path: Steps, new: str) -> str:
        """The text with another value at a path, as it is to be written."""
        place = self.read.values[path]
        ending = "\n" if self.text[place.start : place.end].endswith("\n") else ""
        return self.text[: place.start] + new + ending + self.text[place.end :]

    def expression(self, path: Steps, new: str) -> str:
        """The text with another expression at a path."""
        return self.replaced(path, json.dumps(new, ensure_ascii=False))

    def renamed(self, path: Steps, new: str) -> str:
        """The text with another key at a path."""
        place = self.read.keys[path]
        return self.text[: place.start] + new + self.text[place.end :]

    def without(self, path: Steps) -> str:
        """The text without an entry of a mapping or a list."""
        key, value = self.read.keys.get(path), self.read.values[path]
        start, end = (key or value).start, value.end
        before = self.text[self.line_start(start) : start]
        if before.strip() in ("", "-") and not self.in_flow(path):
            return self.text[: self.line_start(start)] + self.text[self.line_end(end) :]
        after = re.compile(r"\s*,\s*").match(self.text, end)
        if after is not None:
            return self.text[:start] + self.text[after.end() :]
        return re.sub(r",\s*$", "", self.text[:start]) + self.text[end:]

    def in_flow(self, path: Steps) -> bool:
        """Whether an entry stands in braces or brackets."""
        parent: Place = self.read.values[path[:-1]]
        return self.text[parent.start] in "{["

    def line_start(self, at: int) -> int:
        """Where the line of a place begins."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Where the next line begins; a block that is read up to the next key ends where its line does."""
        start = self.line_start(at)
        return start if not self.text[start:at].strip() else self.text.index("\n", at) + 1

    def added(self, section: str, entry: str) -> str:
        """The text with a further entry, one line, in a section of the top level."""
        if section not in self.data:
            return f"{self.text.rstrip()}\n{section}:\n  {entry}\n"
        start = self.read.keys[section,].start
        end = self.text.index("\n", start) + 1
        header = self.text[start:end]
        assert header.split("#")[0].strip() == f"{section}:", f"{self.name}: {section} is written in one line"
        indent = len(re.match(r" *", self.text[end:]).group())  # type: ignore[union-attr]  # it always matches
        return f"{self.text[:end]}{' ' * indent}{entry}\n{self.text[end:]}"
