"""`chuan ruleset`: which rulesets there are, and what is in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from clients.cli.common import (
    FolderOption,
    LanguageOption,
    RulesetArgument,
    catalogue,
    choose,
    parse_date,
    today,
)
from engine import Ruleset
from engine.ruleset.localized import Language, Localized
from engine.ruleset.ruleset import Standing

app = typer.Typer(no_args_is_help=True, help="List and show rulesets.")


class ListFormat(StrEnum):
    """What a list is printed as."""

    TEXT = "text"
    JSON = "json"


class ShowFormat(StrEnum):
    """What a ruleset is printed as: an overview, its parts, or its source to the byte."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


@app.command("list")
def list_(
    folder: FolderOption = None,
    lang: LanguageOption = "vi",
    format_: Annotated[ListFormat, typer.Option("--format")] = ListFormat.TEXT,
) -> None:
    """List every version of every ruleset."""
    found = catalogue(folder).list()
    if format_ is ListFormat.JSON:
        _print_json([summary(ruleset) for ruleset in found])
        return
    table = Table("id", "version", "kind", "in effect", "title", box=None)
    for ruleset in found:
        until = ruleset.effective.until or "…"
        period = f"{ruleset.effective.from_} - {until}"
        table.add_row(ruleset.id, str(ruleset.version), ruleset.kind, period, ruleset.title.in_(lang))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, soft_wrap=False).print(table)


@app.command()
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
            _print_json(details(chosen))
        case ShowFormat.TEXT:
            typer.echo("\n".join(_overview(chosen, lang)))


def summary(ruleset: Ruleset) -> dict[str, object]:
    """What a list says of one ruleset, as plain data."""
    start, until = ruleset.effective.from_, ruleset.effective.until
    return {
        "id": ruleset.id,
        "version": str(ruleset.version),
        "kind": str(ruleset.kind),
        "title": _localized(ruleset.title),
        "effective": {
            "from": start.isoformat() if start else None,
            "until": until.isoformat() if until else None,
        },
        "outcomes": [
            {"name": outcome.name, "label": _localized(outcome.label)} for outcome in ruleset.outcomes
        ],
        "digest": ruleset.digest,
    }


def details(ruleset: Ruleset) -> dict[str, object]:
    """The parts of a ruleset as plain data."""
    decision = ruleset.decision
    return {
        **summary(ruleset),
        "sources": {
            name: {"title": _localized(source.title), "issued": source.issued.isoformat()}
            for name, source in ruleset.sources.items()
        },
        "facts": {
            name: {
                "type": str(fact.declared.feel),
                "label": _localized(fact.label),
                "unit": fact.unit,
                "allowed": fact.allowed_text,
                "changeable": fact.changeable,
            }
            for name, fact in ruleset.facts.items()
        },
        "criteria": {
            criterion.name: {
                "label": _localized(criterion.label),
                "holds": criterion.expression,
                "applies": criterion.applies,
                "citations": [citation.text for citation in criterion.citations],
                "standing": criterion.standing.value,
                "advisory": criterion.advisory,
            }
            for criterion in ruleset.criteria
        },
        "decision": {
            "cannot_evaluate": [gate.criterion for gate in decision.cannot_evaluate],
            "not_rated": [gate.criterion for gate in decision.not_rated],
            "grounds": {ground.outcome: list(ground.criteria) for ground in decision.grounds},
            "ladder": {rung.outcome: list(rung.criteria) for rung in decision.ladder},
            "otherwise": decision.otherwise or "undetermined",
            "ceilings": [
                {"unless": ceiling.criterion, "at_most": ceiling.at_most} for ceiling in decision.ceilings
            ],
        },
        "gaps": {gap.name: _localized(gap.says) for gap in ruleset.gaps},
    }


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


def _localized(text: Localized) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
