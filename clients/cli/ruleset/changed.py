"""What git says has changed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from clients.cli.common import EXIT_WRONG_INPUT, exit_with


def changed_since(revision: str, folder: Path) -> frozenset[Path]:
    """The files of the repository around `folder` that are not as in `revision`, new ones too; absolute paths.

    Leaves with exit code 2 where there is no git, no repository or no such revision.
    """
    top = Path(git(folder, "rev-parse", "--show-toplevel").strip())
    changed = git(top, "diff", "--name-only", "-z", "--end-of-options", revision, "--")
    new = git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset((top / name).resolve() for name in (*changed.split("\0"), *new.split("\0")) if name)


def text_at(revision: str, path: Path) -> str:
    """The text of a file as it was in `revision`; leaves with exit code 2 where it was not there."""
    folder = next((each for each in path.absolute().parents if each.is_dir()), Path.cwd())
    top = Path(git(folder, "rev-parse", "--show-toplevel").strip())
    # git says where the repository really is, which may not be how this path comes to it.
    name = (folder.resolve() / path.absolute().relative_to(folder)).relative_to(top).as_posix()
    return git(top, "cat-file", "blob", f"{revision}:{name}")


def git(folder: Path, *arguments: str) -> str:
    """What git prints, asked in `folder`; leaves with exit code 2 and its words where it fails."""
    program = shutil.which("git")
    if program is None:
        exit_with(EXIT_WRONG_INPUT, "git is not installed, and this asks it what has changed")
    command: Iterable[str] = (program, "-C", str(folder), *arguments)
    try:
        # No shell, and a revision cannot be taken for an option: it stands after --end-of-options or in REV:path.
        done = subprocess.run(tuple(command), capture_output=True, text=True, encoding="utf-8", check=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        exit_with(EXIT_WRONG_INPUT, f"git: {error.stderr.strip().removeprefix('fatal: ')}")
    return done.stdout
