"""The pages that tests look at (tests/data/page/pages.yaml), and how they are read without a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from example_records import verdict_on
from ruamel.yaml import YAML

from engine import Ruleset, Verdict, evaluate, load
from engine.explanation.page import page
from engine.ruleset.localized import Language

DATA: Final = Path(__file__).parent / "data" / "page"
CASES: Final[dict[str, dict[str, Any]]] = YAML(typ="safe", pure=True).load(DATA / "pages.yaml")
_VOID: Final = {"meta"}


@cache
def _ruleset(name: str) -> Ruleset:
    return load(DATA / f"{name}.yaml")


def verdict_of(case: dict[str, Any]) -> Verdict:
    """The verdict that a case is about."""
    if "record" in case:
        return verdict_on(case["record"])
    ruleset = _ruleset(case.get("ruleset", "council"))
    return evaluate(ruleset, case["facts"], evaluated_on=date(2024, 12, 31), foresight=True)


def page_of(case: dict[str, Any]) -> str:
    """The page that a case is about."""
    return page(verdict_of(case), language_of(case), subject=case.get("subject", ""))


def language_of(case: dict[str, Any]) -> Language:
    """The language of a case; Vietnamese where it says none."""
    return "en" if case.get("language") == "en" else "vi"


@dataclass
class Read:
    """What a page says.

    Attributes:
        text: its words, white space as a browser shows it.
        rungs: the state of each rung, highest first.
        tags: the tags that stand in it.
        addresses: what it links to.
        ids: what can be linked to in it.
    """

    text: str
    rungs: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


def read(html: str) -> Read:
    """Read a page; every tag has to be closed in its turn."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"left open: {reader.open}"
    reader.read.text = " ".join("".join(reader.texts).split())
    return reader.read


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.read = Read("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        self.read.tags.add(tag)
        for name, value in attrs:
            if name == "class" and value and value.startswith("rung "):
                self.read.rungs.append(value.removeprefix("rung "))
            if name in ("href", "src"):
                self.read.addresses.append(value or "")
            if name == "id":
                self.read.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)
