"""`chuan ruleset show`: what is in a ruleset."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from clients.cli.common import (
    FolderOption,
    LanguageOption,
    RulesetArgument,
    choose,
    parse_date,
    print_json,
    today,
)
from clients.cli.ruleset.data import details
from engine import Ruleset
from engine.ruleset.localized import Language
from engine.ruleset.ruleset import Standing


class ShowFormat(StrEnum):
    """What a ruleset is printed as: an overview, its parts, or its source to the byte."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


def show(
    ruleset: RulesetArgument,
    on: Annotated[
        str | None, typer.Option("--on", help="Date that decides the version.", metavar="DATE")
    ] = None,
    folder: FolderOption = None,
    lang: LanguageOption = "vi",
    format_: Annotated[ShowFormat, typer.Option("--format")] = ShowFormat.TEXT,
) -> None:
    """Show a ruleset: what it asks, decides and cites; its parts as JSON; or its source to the byte."""
    chosen, _ = choose(ruleset, parse_date(on) if on else today(), folder)
    match format_:
        case ShowFormat.YAML:
            sys.stdout.write(chosen.text)
        case ShowFormat.JSON:
            print_json(details(chosen))
        case ShowFormat.TEXT:
            typer.echo("\n".join(_overview(chosen, lang)))


_HEADINGS = {
    "effective": {"vi": "Áp dụng cho đánh giá từ", "en": "For evaluations made from"},
    "sources": {"vi": "Căn cứ pháp lý", "en": "Legal basis"},
    "facts": {"vi": "Dữ kiện", "en": "Facts"},
    "criteria": {"vi": "Tiêu chí", "en": "Criteria"},
    "gaps": {"vi": "Khoảng trống của quy định", "en": "Gaps in the regulation"},
}


def _overview(ruleset: Ruleset, language: Language) -> Iterator[str]:
    def heading(key: str) -> str:
        return _HEADINGS[key][language]

    yield f"{ruleset.title.in_(language)} - {ruleset.id} {ruleset.version}"
    yield f"{heading('effective')}: {ruleset.effective.from_} - {ruleset.effective.until or '…'}"
    yield f"{heading('sources')}:"
    for source in ruleset.sources.values():
        yield f"  • {source.title.in_(language)}"
    yield f"{heading('facts')}:"
    for name, fact in ruleset.facts.items():
        yield f"  {name}: {fact.declared.feel} - {fact.label.in_(language)}"
    yield f"{heading('criteria')}:"
    for criterion in ruleset.criteria:
        law = "; ".join(citation.in_(language) for citation in criterion.citations)
        standing = "" if criterion.standing is Standing.SOURCED else f" ({criterion.standing.value})"
        yield f"  {criterion.name}: {criterion.label.in_(language)} [{law}]{standing}"
        yield f"      {criterion.expression}"
    for rung in ruleset.decision.ladder:
        yield f"{ruleset.outcome_label(rung.outcome).in_(language)}: {', '.join(rung.criteria)}"
    for ground in ruleset.decision.grounds:
        yield f"{ruleset.outcome_label(ground.outcome).in_(language)} ⇐ {', '.join(ground.criteria)}"
    if ruleset.gaps:
        yield f"{heading('gaps')}:"
        for gap in ruleset.gaps:
            yield f"  • {gap.says.in_(language)}"
