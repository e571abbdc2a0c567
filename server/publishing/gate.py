"""The gate between a draft and its submission: the document reads and checks, and its cases pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine import Ruleset, RulesetError, loads
from engine.evaluation import evaluator_of
from engine.network import InferenceLimitError
from engine.ruleset import loads_cases
from engine.testing import CaseResult, run_cases
from server.publishing.errors import Unsound
from server.store import Texts

RULESET_FILE = "ruleset.yaml"
CASES_FILE = "ruleset.cases.yaml"


class Examined(NamedTuple):
    """A draft as a ruleset, and what keeps it from being submitted; without ruleset, its text is none."""

    ruleset: Ruleset | None
    problems: tuple[Unsound, ...]


def examine(ruleset_id: str, version: str, texts: Texts) -> Examined:
    """Check a draft and run its cases."""
    try:
        ruleset = loads(texts.text, RULESET_FILE)
        evaluator_of(ruleset)
    except RulesetError as error:
        return Examined(None, tuple(_read(error)))
    except InferenceLimitError as error:
        return Examined(None, (Unsound("inference-limit", RULESET_FILE, str(error)),))
    return Examined(ruleset, (*_named(ruleset, ruleset_id, version), *_tested(ruleset, texts.cases)))


def _read(error: RulesetError) -> Iterator[Unsound]:
    for each in error.problems:
        sentences = " ".join(part for part in (each.what, each.why, each.how) if part)
        yield Unsound(each.code, f"{each.file}:{each.line}:{each.column}", sentences)


def _named(ruleset: Ruleset, ruleset_id: str, version: str) -> Iterator[Unsound]:
    if (ruleset.id, ruleset.version) != (ruleset_id, version):
        text = (
            f"This is {ruleset.id} {ruleset.version}, in a draft of {ruleset_id} {version}. "
            "Correct the head of the document, or save it as a draft of what it is."
        )
        yield Unsound("other-ruleset", f"{RULESET_FILE}:1:1", text)


def _tested(ruleset: Ruleset, cases: str) -> Iterator[Unsound]:
    try:
        files = {CASES_FILE: loads_cases(cases, CASES_FILE, ruleset)} if cases else {}
        report = run_cases(ruleset, files, file=RULESET_FILE)
    except RulesetError as error:
        yield from _read(error)
        return
    if not report.results:
        text = "There is no case. Write at least one: a record, and the verdict that it shall have."
        yield Unsound("no-case", f"{RULESET_FILE}:1:1", text)
    for result in report.failed:
        yield Unsound("case-failed", f"{result.file}:{result.line}:1", _failed(result))


def _failed(result: CaseResult) -> str:
    return f'Case "{result.name}": ' + " ".join(each.says.en for each in result.differences)
