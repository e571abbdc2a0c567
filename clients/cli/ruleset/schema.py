"""`chuan ruleset schema`: what editors need to complete and check a ruleset while it is written."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.common import print_json
from engine.drafting import cases_schema, json_schema


def schema(
    cases: Annotated[bool, typer.Option("--cases", help="That of a file of cases.")] = False,
) -> None:
    """Print the JSON Schema of a ruleset, for the editor's YAML language server."""
    print_json(cases_schema() if cases else json_schema())
