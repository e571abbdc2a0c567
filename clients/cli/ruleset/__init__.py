"""`chuan ruleset`: the commands about rulesets, a module each."""

from __future__ import annotations

import typer

from clients.cli.ruleset.check import check
from clients.cli.ruleset.compare import compare_rulesets
from clients.cli.ruleset.explain import explain
from clients.cli.ruleset.fmt import fmt
from clients.cli.ruleset.impact import impact
from clients.cli.ruleset.keep import pull, push
from clients.cli.ruleset.life import COMMANDS as STEPS
from clients.cli.ruleset.listing import list_
from clients.cli.ruleset.new import new
from clients.cli.ruleset.render import render_rulesets
from clients.cli.ruleset.schema import schema
from clients.cli.ruleset.show import show
from clients.cli.ruleset.test import run_tests
from clients.cli.ruleset.watch import watch_rulesets

app = typer.Typer(no_args_is_help=True, help="Write, check, test, compare and publish rulesets.")
app.command("list")(list_)
app.command()(show)
app.command("compare")(compare_rulesets)
app.command("test")(run_tests)
app.command("watch")(watch_rulesets)
app.command()(check)
app.command("render")(render_rulesets)
app.command()(explain)
app.command()(new)
app.command()(fmt)
app.command()(schema)
app.command()(impact)
app.command()(push)
app.command()(pull)
for step in STEPS:
    app.command()(step)
