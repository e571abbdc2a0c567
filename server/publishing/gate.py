"""The gate between a draft and its submission: the document reads and checks, and its cases pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from engine import Ruleset, RulesetError
from engine.analysis import check
from engine.evaluation import evaluator_of
from engine.network import InferenceLimitError
from engine.ruleset import loads_cases
from engine.testing import CaseResult, TestReport, run_cases
from server.publishing.errors import Unsound
from server.store import Texts

RULESET_FILE: Final = "ruleset.yaml"
CASES_FILE: Final = "ruleset.cases.yaml"


class Examined(NamedTuple):
    """A draft as a ruleset, and what keeps it from being submitted; without ruleset, its text is none."""

    ruleset: Ruleset | None
    problems: tuple[Unsound, ...]


def examine(ruleset_id: str, version: str, texts: Texts, others: Sequence[Ruleset] = ()) -> Examined:
    """Check a draft beside the published rulesets, and run its cases.

    Other versions of its own id are left to its publication: there it is known whether it supersedes them.
    """
    beside = [each for each in others if each.id != ruleset_id]
    checked = check(texts.text, RULESET_FILE, others=beside, cases=beside_file(texts))
    errors = tuple(Unsound(each.name, _place(each), str(each.sentences())) for each in checked.errors)
    ruleset = checked.ruleset
    if ruleset is None:
        return Examined(None, errors)
    try:
        evaluator_of(ruleset)
    except InferenceLimitError as error:
        return Examined(None, (*errors, Unsound("inference-limit", f"{RULESET_FILE}:1:1", str(error))))
    return Examined(ruleset, (*errors, *_named(ruleset, ruleset_id, version), *_tested(ruleset, texts)))


def beside_file(texts: Texts) -> dict[str, str]:
    """The cases beside a document, by the name of their file; nothing where there are none."""
    return {CASES_FILE: texts.cases} if texts.cases else {}


def run(ruleset: Ruleset, texts: Texts, file: str = RULESET_FILE) -> TestReport:
    """The cases of a ruleset, run.

    Raises:
        RulesetError: the cases cannot be read.
    """
    files = {name: loads_cases(text, name, ruleset) for name, text in beside_file(texts).items()}
    return run_cases(ruleset, files, file=file)


def mistakes(error: RulesetError) -> tuple[Unsound, ...]:
    """What makes a text no ruleset."""
    return tuple(
        Unsound(each.code, _place(each), " ".join(filter(None, (each.what, each.why, each.how))))
        for each in error.problems
    )


class _Placed(Protocol):
    """What stands somewhere in a file."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def _place(placed: _Placed) -> str:
    return f"{placed.file}:{placed.line}:{placed.column}"


def _named(ruleset: Ruleset, ruleset_id: str, version: str) -> Iterator[Unsound]:
    if (ruleset.id, ruleset.version) != (ruleset_id, version):
        text = (
            f"This is {ruleset.id} {ruleset.version}, in a draft of {ruleset_id} {version}. "
            "Correct the head of the document, or save it as a draft of what it is."
        )
        yield Unsound("other-ruleset", f"{RULESET_FILE}:1:1", text)


def _tested(ruleset: Ruleset, texts: Texts) -> Iterator[Unsound]:
    try:
        report = run(ruleset, texts)
    except RulesetError as error:
        yield from mistakes(error)
        return
    if not report.results:
        text = "There is no case. Write at least one: a record, and the verdict that it shall have."
        yield Unsound("no-case", f"{RULESET_FILE}:1:1", text)
    for result in report.failed:
        yield Unsound("case-failed", f"{result.file}:{result.line}:1", _failed(result))


def _failed(result: CaseResult) -> str:
    return f'Case "{result.name}": ' + " ".join(each.says.en for each in result.differences)
