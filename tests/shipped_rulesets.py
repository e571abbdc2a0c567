"""The rulesets that chuan ships, and their cases: read once in a process, for all tests that look at them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import rulesets
from engine import Catalogue, Ruleset
from engine.catalogue import CASES_SUFFIX
from engine.ruleset import CaseFile, load, load_cases
from engine.testing import TestReport, run_cases

FOLDER = rulesets.FOLDER
BY_FILE: dict[str, Ruleset] = {
    path.relative_to(FOLDER).as_posix(): load(path)
    for path in sorted(FOLDER.rglob("*.yaml"))
    if not path.name.endswith(CASES_SUFFIX)
}
"""By their files, below the folder."""

CATALOGUE = Catalogue(BY_FILE.values())


@cache
def cases_of(file: str) -> CaseFile:
    """The cases beside the ruleset of a file."""
    return load_cases(_beside(file), BY_FILE[file])


@cache
def report_on(file: str) -> TestReport:
    """What comes of the cases of the ruleset of a file."""
    return run_cases(BY_FILE[file], {_beside(file).name: cases_of(file)}, file=file)


def _beside(file: str) -> Path:
    return FOLDER / f"{file.removesuffix('.yaml')}{CASES_SUFFIX}"
