"""`chuan ruleset submit|approve|reject|publish|retire|drafts|history`: the steps in the life of a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from chuan.v1 import ruleset_life_pb2
from rich.console import Console
from rich.table import Table

from clients.cli.common import DataFormat, LanguageOption, parse_moment, print_json
from clients.cli.service import ActorOption, ServerOption, VersionArgument, connected, id_and_version
from clients.client import Client
from clients.plain_data import plain_data
from clients.ruleset_calls import Step
from engine.ruleset.localized import Language

ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the audit trail.", metavar="TEXT")]
NeededReasonOption = Annotated[
    str, typer.Option("--reason", help="Why; kept in the audit trail.", metavar="TEXT", show_default=False)
]
RevisionOption = Annotated[
    int,
    typer.Option("--revision", min=0, help="The revision that you have read; 0: the newest.", metavar="N"),
]
_STATES: dict[str, dict[Language, str]] = {
    "draft": {"vi": "dự thảo", "en": "draft"},
    "checked": {"vi": "đã kiểm tra", "en": "checked"},
    "submitted": {"vi": "đã trình", "en": "submitted"},
    "approved": {"vi": "đã duyệt", "en": "approved"},
    "scheduled": {"vi": "chờ có hiệu lực công bố", "en": "scheduled"},
    "published": {"vi": "đã công bố", "en": "published"},
    "superseded": {"vi": "đã được thay thế", "en": "superseded"},
    "retired": {"vi": "đã rút", "en": "retired"},
}

_ACTIONS: dict[str, dict[Language, str]] = {
    "saved": {"vi": "lưu dự thảo", "en": "saved"},
    "checked": {"vi": "kiểm tra đạt", "en": "checked"},
    "submitted": {"vi": "trình", "en": "submitted"},
    "approved": {"vi": "duyệt", "en": "approved"},
    "rejected": {"vi": "trả lại", "en": "rejected"},
    "published": {"vi": "công bố", "en": "published"},
    "seeded": {"vi": "có sẵn từ đầu", "en": "seeded"},
    "superseded": {"vi": "được thay thế", "en": "superseded"},
    "retired": {"vi": "rút", "en": "retired"},
}
_NO_DRAFTS: dict[Language, str] = {"vi": "Không có dự thảo nào.", "en": "There is no draft."}
_NO_EVENTS: dict[Language, str] = {
    "vi": "Chưa ai làm gì với {name}.",
    "en": "Nobody has done anything with {name}.",
}
_ANY: dict[Language, str] = {"vi": "bộ quy tắc nào", "en": "any ruleset"}


def submit(
    version: VersionArgument,
    server: ServerOption,
    actor: ActorOption = "",
    reason: ReasonOption = "",
    revision: RevisionOption = 0,
    lang: LanguageOption = "vi",
) -> None:
    """Hand a draft in for approval. Its check and its cases have to pass; else exit code 4, with every problem."""
    with connected(server, actor) as client:
        _say(client.submit_draft(_step(client, version, revision, reason)), lang)


def approve(
    version: VersionArgument,
    server: ServerOption,
    actor: ActorOption = "",
    reason: ReasonOption = "",
    revision: RevisionOption = 0,
    lang: LanguageOption = "vi",
) -> None:
    """Approve a submitted draft, which none of its authors may."""
    with connected(server, actor) as client:
        _say(client.approve_draft(_step(client, version, revision, reason)), lang)


def reject(
    version: VersionArgument,
    server: ServerOption,
    reason: NeededReasonOption,
    actor: ActorOption = "",
    revision: RevisionOption = 0,
    lang: LanguageOption = "vi",
) -> None:
    """Give a submitted or approved draft back to its authors."""
    with connected(server, actor) as client:
        _say(client.reject_draft(_step(client, version, revision, reason)), lang)


def publish(
    version: VersionArgument,
    server: ServerOption,
    actor: ActorOption = "",
    reason: ReasonOption = "",
    revision: RevisionOption = 0,
    counts_from: Annotated[
        str | None,
        typer.Option("--from", help="The moment from which it counts; default: now.", metavar="MOMENT"),
    ] = None,
    supersede: Annotated[
        bool,
        typer.Option(
            "--supersede", help="End the versions that it overlaps with on the day before it begins."
        ),
    ] = False,
    lang: LanguageOption = "vi",
) -> None:
    """Publish an approved draft: from then on records are judged by it, and it never changes."""
    moment = parse_moment(counts_from) if counts_from else None
    with connected(server, actor) as client:
        step = _step(client, version, revision, reason)
        _say(client.publish_draft(step, counts_from=moment, supersede=supersede), lang)


def retire(
    version: VersionArgument,
    server: ServerOption,
    reason: NeededReasonOption,
    actor: ActorOption = "",
    lang: LanguageOption = "vi",
) -> None:
    """Withdraw a published version at once; decisions that rest on it stay."""
    with connected(server, actor) as client:
        _say(client.retire_ruleset(*id_and_version(version), reason), lang)


def drafts(
    server: ServerOption,
    lang: LanguageOption = "vi",
    format_: Annotated[DataFormat, typer.Option("--format")] = DataFormat.TEXT,
) -> None:
    """List the drafts that are not published."""
    with connected(server) as client:
        found = client.list_drafts()
    if format_ is DataFormat.JSON:
        print_json([plain_data(each) for each in found])
        return
    rows = [
        (
            f"{each.id}@{each.version}",
            str(each.newest_revision),
            _state(each, lang),
            each.saved_by,
            each.reason,
        )
        for each in found
    ]
    _table(rows, _NO_DRAFTS[lang])


def history(
    server: ServerOption,
    ruleset: Annotated[
        str, typer.Argument(help="Whose; left out: of all.", metavar="[ID[@VERSION]]", show_default=False)
    ] = "",
    lang: LanguageOption = "vi",
    format_: Annotated[DataFormat, typer.Option("--format")] = DataFormat.TEXT,
) -> None:
    """Tell who did what with rulesets, when and why."""
    id_, _, version = ruleset.partition("@")
    with connected(server) as client:
        found = client.list_ruleset_events(id_, version)
    if format_ is DataFormat.JSON:
        print_json([plain_data(each) for each in found])
        return
    rows = [
        (
            each.at.ToDatetime().isoformat(timespec="seconds") + "Z",
            f"{each.id}@{each.version}",
            f"#{each.revision}" if each.revision else "",
            _ACTIONS[_action(each)][lang],
            each.actor,
            " ".join(filter(None, (each.succeeded_from, each.reason))),
        )
        for each in found
    ]
    _table(rows, _NO_EVENTS[lang].format(name=ruleset or _ANY[lang]))


COMMANDS: tuple[Callable[..., None], ...] = (submit, approve, reject, publish, retire, drafts, history)


def _step(client: Client, name: str, revision: int, reason: str) -> Step:
    id_, version = id_and_version(name)
    return Step(id_, version, revision or client.get_draft(id_, version).newest_revision, reason)


def _say(draft: ruleset_life_pb2.Draft, lang: Language) -> None:
    revision = f" #{draft.newest_revision}" if draft.newest_revision else ""
    typer.echo(f"{draft.id}@{draft.version}{revision}: {_state(draft, lang)}")


def _state(draft: ruleset_life_pb2.Draft, lang: Language) -> str:
    word = ruleset_life_pb2.RulesetState.Name(draft.state).removeprefix("RULESET_STATE_").lower()
    return _STATES[word][lang]


def _action(event: ruleset_life_pb2.RulesetEvent) -> str:
    return ruleset_life_pb2.RulesetAction.Name(event.action).removeprefix("RULESET_ACTION_").lower()


def _table(rows: Sequence[tuple[str, ...]], none: str) -> None:
    if not rows:
        typer.echo(none)
        return
    table = Table(box=None, show_header=False)
    for row in rows:
        table.add_row(*row)
    console = Console()
    Console(width=None if console.is_terminal else 200, soft_wrap=False).print(table)
