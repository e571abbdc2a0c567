"""Rulesets as files: where they are, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

import rulesets as shipped
from clients.cli.common import EXIT_WRONG_INPUT, exit_with
from engine import Ruleset, load
from engine.catalogue import CASES_SUFFIX
from engine.ruleset import load_cases
from engine.ruleset.cases import CaseFile
from engine.ruleset.problems import Problem, RulesetError
from engine.testing import Goldens, TestReport, read_goldens, run_cases

PathsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Ruleset files, or folders of them; left out, those that chuan ships.",
        metavar="[PATH]...",
        show_default=False,
    ),
]
_SUFFIX: Final = ".yaml"
_GOLDENS_SUFFIX: Final = ".goldens.json"


@dataclass(frozen=True, slots=True)
class RulesetFile:
    """The file of a ruleset, and those of its cases and goldens, which need not be there."""

    path: Path

    @property
    def cases(self) -> Path:
        """The file of cases."""
        return self.path.with_name(self.path.name.removesuffix(_SUFFIX) + CASES_SUFFIX)

    @property
    def goldens(self) -> Path:
        """The file of goldens."""
        return self.path.with_name(self.path.name.removesuffix(_SUFFIX) + _GOLDENS_SUFFIX)

    @property
    def all(self) -> tuple[Path, ...]:
        """The three of them."""
        return self.path, self.cases, self.goldens


@dataclass(frozen=True, slots=True)
class Tested:
    """A ruleset file and all that is beside it, read; what `run_cases` takes."""

    ruleset: Ruleset
    case_files: Mapping[str, CaseFile]
    goldens: Goldens | None
    file: RulesetFile

    def run(self) -> TestReport:
        """Run the cases.

        Raises:
            RulesetError: a file beside the ruleset is of another one.
        """
        return run_cases(self.ruleset, self.case_files, file=str(self.file.path), goldens=self.goldens)


def ruleset_files(paths: Iterable[Path]) -> tuple[RulesetFile, ...]:
    """The ruleset files that `paths` mean, each once; of none, those that chuan ships.

    A folder means all below it, a file of cases or goldens the ruleset beside it. Leaves with exit code 2 where
    there is none.
    """
    found = [file for path in tuple(paths) or (shipped.FOLDER,) for file in _meant(path)]
    return tuple(dict.fromkeys(found))


def ruleset_of(path: Path) -> RulesetFile | None:
    """The ruleset that a file is, or stands beside; None where it is neither ruleset, cases nor goldens."""
    name = path.name
    for suffix in (CASES_SUFFIX, _GOLDENS_SUFFIX):
        name = name.removesuffix(suffix) + _SUFFIX if name.endswith(suffix) else name
    return RulesetFile(path.with_name(name)) if name.endswith(_SUFFIX) else None


def read_file(file: RulesetFile) -> Tested:
    """A ruleset with its cases and goldens.

    Raises:
        RulesetError: with every problem of the first of the files that is wrong.
    """
    try:
        ruleset = load(file.path)
        case_files = {}
        if file.cases.exists():
            case_files[str(file.cases)] = load_cases(file.cases, ruleset)
        goldens = None
        if file.goldens.exists():
            goldens = read_goldens(file.goldens.read_text("utf-8"), str(file.goldens))
    except OSError as error:
        what = f"The file cannot be read: {error.strerror}."
        raise RulesetError(
            [Problem("unreadable", error.filename or str(file.path), 1, 1, "", what)]
        ) from error
    return Tested(ruleset, case_files, goldens, file)


def _meant(path: Path) -> Iterator[RulesetFile]:
    if path.is_dir():
        files = [each for each in sorted(path.rglob(f"*{_SUFFIX}")) if not each.name.endswith(CASES_SUFFIX)]
        if not files:
            exit_with(EXIT_WRONG_INPUT, f"{path}: there is no ruleset in this folder")
        yield from map(RulesetFile, files)
        return
    file = ruleset_of(path)
    if file is None or not path.exists():
        exit_with(EXIT_WRONG_INPUT, f"{path}: there is no such ruleset file or folder")
    yield file
