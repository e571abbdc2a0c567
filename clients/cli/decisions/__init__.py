"""`chuan decisions`: what was decided, and what followed."""

from __future__ import annotations

import typer

from clients.cli.decisions.authority import answer, appeal, change, confirm, standing
from clients.cli.decisions.log import export, list_, replay, show, verify_log

app = typer.Typer(no_args_is_help=True, help="Look at decisions, and record what the authority decides.")
app.command("list")(list_)
app.command()(show)
app.command()(replay)
app.command()(confirm)
app.command()(change)
app.command()(appeal)
app.command()(answer)
app.command()(standing)
app.command()(export)
app.command("verify-log")(verify_log)
