"""`chuan ruleset push|pull`: a folder and a service in step."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from clients import keeping
from clients.cli.common import EXIT_WRONG_INPUT, LanguageOption, exit_with
from clients.cli.ruleset.life import ReasonOption
from clients.cli.service import ActorOption, ServerOption, connected
from clients.folder import Folder, FolderError
from clients.keeping import Move, Moved
from engine.ruleset.localized import Language

FolderArgument = Annotated[
    Path, typer.Argument(help="The folder of rulesets.", metavar="FOLDER", show_default=False)
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]

_WRONG = frozenset({Move.CONFLICT, Move.PUBLISHED})
_COLOURS = {Move.CONFLICT: "bold red", Move.PUBLISHED: "bold red", Move.AHEAD: "yellow"}
_WORDS: dict[str, dict[Language, str]] = {
    Move.DRAFTED: {"vi": "lưu dự thảo #{revision}", "en": "saved as draft #{revision}"},
    Move.WRITTEN: {"vi": "ghi tệp mới", "en": "written"},
    Move.UPDATED: {"vi": "cập nhật tệp", "en": "updated"},
    Move.AHEAD: {
        "vi": "tệp mới hơn dự thảo #{revision}; hãy push",
        "en": "ahead of draft #{revision}; push it",
    },
    Move.PUBLISHED: {
        "vi": "khác với bản đã công bố, bản đã công bố không bao giờ đổi: hãy đặt phiên bản mới cho tệp",
        "en": "differs from what is published, which never changes: give the file a new version",
    },
    Move.CONFLICT: {
        "vi": "xung đột với bản #{revision} của {author}",
        "en": "conflicts with revision #{revision} by {author}",
    },
    "pull": {
        "vi": "`chuan ruleset pull --drafts` ghi bản ấy bên cạnh; gộp vào tệp rồi push lại",
        "en": "`chuan ruleset pull --drafts` writes it beside; put both together in the file, then push",
    },
    "merge": {
        "vi": "bản ấy ở {beside}; gộp vào tệp rồi push",
        "en": "it is in {beside}; put both together in the file, then push",
    },
    "none": {"vi": "Không có gì khác.", "en": "Nothing differs."},
    "dry": {"vi": "Chỉ xem trước, chưa làm gì.", "en": "A dry run: nothing was done."},
}


def push(
    folder: FolderArgument,
    server: ServerOption,
    actor: ActorOption = "",
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    lang: LanguageOption = "vi",
) -> None:
    """Make drafts on the service of the files that differ; nothing is published by it.

    Leaves with exit code 2 where a file conflicts with what somebody else saved, or with what is published.
    """
    read = _read(folder)
    if not read.files:
        # Else a folder that is misspelled would pass for one that is in step.
        missing = "there is no ruleset in this folder" if folder.is_dir() else "there is no such folder"
        exit_with(EXIT_WRONG_INPUT, f"{folder}: {missing}")
    with connected(server, actor) as client:
        _tell(keeping.push(client, read, reason=reason, dry_run=dry_run), lang, dry_run)


def pull(
    folder: FolderArgument,
    server: ServerOption,
    drafts: Annotated[bool, typer.Option("--drafts", help="The newest drafts as well.")] = False,
    dry_run: DryRunOption = False,
    lang: LanguageOption = "vi",
) -> None:
    """Write what is published into a folder, byte for byte; files that were changed there are left alone.

    Leaves with exit code 2 where a file that was changed stands in the way.
    """
    read = _read(folder)
    with connected(server) as client:
        _tell(keeping.pull(client, read, drafts=drafts, dry_run=dry_run), lang, dry_run)


def _read(folder: Path) -> Folder:
    try:
        return Folder.read(folder)
    except (FolderError, OSError) as error:
        exit_with(EXIT_WRONG_INPUT, str(error))


def _tell(moves: Iterable[Moved], lang: Language, dry_run: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    differ = wrong = False
    try:
        for moved in moves:
            if moved.move is Move.SAME:
                continue
            differ = True
            wrong = wrong or moved.move in _WRONG
            _print(console, moved, lang)
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{error.filename}: {error.strerror}")
    if not differ:
        console.print(_WORDS["none"][lang])
    elif dry_run:
        console.print(_WORDS["dry"][lang])
    if wrong:
        raise typer.Exit(EXIT_WRONG_INPUT)


def _print(console: Console, moved: Moved, lang: Language) -> None:
    colour = _COLOURS.get(moved.move, "green")
    said = _WORDS[moved.move][lang].format(revision=moved.revision, author=moved.author)
    console.print(f"[{colour}]{escape(str(moved.name))}: {escape(said)}[/]")
    if moved.move is Move.CONFLICT:
        how = _WORDS["merge" if moved.beside else "pull"][lang].format(beside=moved.beside)
        console.print(f"    {escape(how)}")
    if moved.move in _WRONG or moved.move is Move.AHEAD:
        for line in moved.difference.splitlines():
            console.print(f"    [dim]{escape(line)}[/]")
