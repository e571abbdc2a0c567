"""`chuan subject export|erase|retain`: what is held on a person, and for how long."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.common import EXIT_WRONG_INPUT, DataFormat, LanguageOption, exit_with, print_json
from clients.cli.service import ActorOption, ServerOption, connected
from clients.held import Held, held_json, held_page, held_text
from clients.plain_data import plain_data
from engine.ruleset.localized import Language

app = typer.Typer(no_args_is_help=True, help="Look after what is held on persons.")


class HeldFormat(StrEnum):
    """As what the data of a person are given out."""

    JSONL = "jsonl"
    TEXT = "text"
    HTML = "html"


RefArgument = Annotated[
    str,
    typer.Argument(help="The person: the subject_ref of their decisions.", metavar="REF", show_default=False),
]
WithinOption = Annotated[
    str,
    typer.Option("--within", help="Only what this organisation and those below it hold.", metavar="PATH"),
]

_WRITERS = {HeldFormat.JSONL: held_json, HeldFormat.TEXT: held_text, HeldFormat.HTML: held_page}
_ERASED: dict[Language, str] = {
    "vi": "Đã xoá vĩnh viễn dữ liệu cá nhân trong {count} quyết định (bản ghi #{number}).",
    "en": "Decisions whose personal data are erased for good: {count} (record #{number}).",
}
_RETAINED: dict[bool, dict[Language, str]] = {
    True: {
        "vi": "{ruleset}: đã xoá {count} quyết định ghi trước {before} (lưu {period}).",
        "en": "{ruleset}: {count} decisions logged before {before} are erased (kept for {period}).",
    },
    False: {
        "vi": "{ruleset}: {count} quyết định ghi trước {before} đã hết thời hạn lưu {period}; dùng --apply để xoá.",
        "en": "{ruleset}: {count} decisions logged before {before} were kept for {period}; --apply erases them.",
    },
}
_NO_PERIODS: dict[Language, str] = {
    "vi": "Không bộ quy tắc nào có thời hạn lưu (mục retention của cấu hình).",
    "en": "No ruleset has a period (section retention of the configuration).",
}


@app.command()
def export(
    ref: RefArgument,
    server: ServerOption,
    actor: ActorOption,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The file to write; default: standard output.", metavar="FILE"),
    ] = None,
    within: WithinOption = "",
    format_: Annotated[
        HeldFormat, typer.Option("--format", help="JSON Lines, text, or a page to read and print.")
    ] = HeldFormat.JSONL,
    lang: LanguageOption = "vi",
) -> None:
    """Give out all that is held on a person. That it was given out is recorded."""
    if out is not None and out.exists():
        exit_with(EXIT_WRONG_INPUT, f"{out} is there already; name another file")
    with connected(server, actor) as client:
        parts = list(client.export_subject(ref, organisation=within, languages=[lang]))
    text = _WRITERS[format_](Held.of(ref, parts), lang).encode()
    if out is None:
        sys.stdout.buffer.write(text)
        return
    out.touch(0o600, exist_ok=False)
    out.write_bytes(text)


@app.command()
def erase(
    ref: RefArgument,
    server: ServerOption,
    actor: ActorOption,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", help="Why; it is kept, so do not name the person.", metavar="TEXT", show_default=False
        ),
    ],
    within: WithinOption = "",
    confirm: Annotated[
        str,
        typer.Option("--confirm", help="REF again, instead of being asked for it.", metavar="REF"),
    ] = "",
    lang: LanguageOption = "vi",
) -> None:
    """Erase all that is held on a person, for good. Nothing brings it back: REF is asked for again."""
    again = confirm or typer.prompt("This cannot be undone. Write the reference of the person again")
    if again != ref:
        exit_with(EXIT_WRONG_INPUT, "that is another reference: nothing was erased")
    with connected(server, actor) as client:
        event = client.erase_subject(ref, confirm_subject_ref=again, reason=reason, organisation=within)
    typer.echo(_ERASED[lang].format(count=event.decisions, number=event.number))


@app.command()
def retain(
    server: ServerOption,
    actor: ActorOption,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Erase what has been kept for long enough, or count it.")
    ] = False,
    lang: LanguageOption = "vi",
    format_: Annotated[DataFormat, typer.Option("--format", help="Text, or plain data.")] = DataFormat.TEXT,
) -> None:
    """Erase what has been kept for longer than the service's settings say, or count what would be erased."""
    with connected(server, actor) as client:
        expired = client.apply_retention(apply=apply)
    if format_ is DataFormat.JSON:
        print_json([plain_data(each) for each in expired])
        return
    for each in expired:
        typer.echo(
            _RETAINED[apply][lang].format(
                ruleset=each.ruleset_id,
                count=each.decisions,
                before=each.logged_before.ToDatetime().date(),
                period=each.period,
            )
        )
    if not expired:
        typer.echo(_NO_PERIODS[lang])
