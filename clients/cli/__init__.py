"""The `chuan` command.

Exit codes: 0 done; 1 a server or its store cannot be reached, or something unforeseen; 2 the command line, a
ruleset or a file is wrong, or somebody else has changed it meanwhile; 3 the record is not usable; 4 a check found an
error, a case failed, or a file is not laid out; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import typer

from clients.cli import campaign, decisions, ruleset, subject
from clients.cli.evaluate import evaluate
from clients.cli.feel import feel
from clients.cli.health import health
from clients.cli.registered import WithRegistered
from clients.cli.sample import sample
from clients.cli.score import score
from clients.cli.service import secured

app = typer.Typer(
    name="chuan",
    cls=WithRegistered,
    help="Judge records by published standards, with verdicts that explain themselves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(evaluate)
app.command()(feel)
app.command()(health)
app.command()(sample)
app.command()(score)
app.add_typer(ruleset.app, name="ruleset")
app.add_typer(decisions.app, name="decisions")
app.add_typer(subject.app, name="subject")
app.add_typer(campaign.app, name="campaign")
secured(app)


def main() -> None:
    """Run the command line."""
    app()
