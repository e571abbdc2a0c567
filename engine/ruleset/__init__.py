"""The ruleset document: read, checked, linked and compiled.

`load` reads a file and `loads` a text; both give a `Ruleset` or raise `RulesetError` with every problem.
"""

from __future__ import annotations

from pathlib import Path

from engine.ruleset import source
from engine.ruleset.cases import Case, CaseFile, make_case
from engine.ruleset.document import CaseDocument, Document
from engine.ruleset.expectations import check_case_of
from engine.ruleset.link import link
from engine.ruleset.localized import Language, Localized
from engine.ruleset.problems import Problem, RulesetError
from engine.ruleset.report import Report
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.validate import validate

__all__ = [
    "Case",
    "CaseFile",
    "Language",
    "Localized",
    "Problem",
    "Ruleset",
    "RulesetError",
    "load",
    "load_cases",
    "loads",
    "loads_cases",
]


def load(path: Path | str) -> Ruleset:
    """Read a ruleset from a file.

    Raises:
        RulesetError: with every problem of the file.
        OSError: the file cannot be read.
    """
    return loads(_text(path), str(path))


def loads(text: str, file: str = "<text>") -> Ruleset:
    """Read a ruleset from its text.

    Args:
        text: the YAML document.
        file: what to call it in problems.

    Raises:
        RulesetError: with every problem.
    """
    read = source.read(text, file)
    document, problems = validate(read, Document)
    if document is None:
        raise RulesetError(problems)
    return link(read, document, problems)


def load_cases(path: Path | str, ruleset: Ruleset | None = None) -> CaseFile:
    """Read a file of cases; with their `ruleset`, the names that they expect are checked too.

    Raises:
        RulesetError: with every problem of the file.
        OSError: the file cannot be read.
    """
    return loads_cases(_text(path), str(path), ruleset)


def loads_cases(text: str, file: str = "<text>", ruleset: Ruleset | None = None) -> CaseFile:
    """Read cases from their text; arguments and errors as for `loads` and `load_cases`."""
    read = source.read(text, file)
    document, problems = validate(read, CaseDocument)
    report = Report(read, list(problems))
    cases = []
    for index, declaration in enumerate(document.cases if document is not None else ()):
        if ruleset is not None:
            check_case_of(declaration, ("cases", index), ruleset, report)
        base = document.base if document is not None else {}
        cases.append(make_case(declaration, base, read.problem("", ("cases", index), "").line))
    if report.problems or document is None:
        raise RulesetError(report.problems)
    return CaseFile(document.ruleset, document.version, tuple(cases))


def _text(path: Path | str) -> str:
    try:
        return Path(path).read_bytes().decode()
    except UnicodeDecodeError as error:
        what, how = "The file is not UTF-8 text.", "Save it as UTF-8."
        raise RulesetError([Problem("encoding", str(path), 1, 1, "", what, "", how)]) from error
