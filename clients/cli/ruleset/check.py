"""`chuan ruleset check`: what is wrong with rulesets, and what they do that nobody meant."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from clients.cli.common import EXIT_NOT_PROVEN, EXIT_WRONG_INPUT, LanguageOption, exit_with, print_json
from clients.cli.ruleset.files import RulesetFile
from clients.cli.ruleset.junit import findings_junit
from engine.analysis import Checked, Finding, Severity, case_of, check_together
from engine.catalogue import CASES_SUFFIX
from engine.ruleset.localized import Language

_COLOURS: Final = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}
_SEVERITIES: Final = {
    Severity.ERROR: {"vi": "lỗi", "en": "error"},
    Severity.WARNING: {"vi": "cảnh báo", "en": "warning"},
    Severity.NOTE: {"vi": "ghi chú", "en": "note"},
}
_COUNTED: Final = {
    "vi": "Bộ quy tắc: {rulesets}; lỗi: {errors}; cảnh báo: {warnings}; ghi chú: {notes}.",
    "en": "Rulesets: {rulesets}; errors: {errors}; warnings: {warnings}; notes: {notes}.",
}
_SHOWN_BY: Final = {
    "vi": "Hồ sơ minh chứng, có thể dán vào cases:",
    "en": "A record that shows it, to be pasted under cases:",
}


class CheckFormat(StrEnum):
    """What findings are printed as."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


def check(
    paths: Annotated[
        list[Path], typer.Argument(help="Ruleset files, or folders of them.", show_default=False)
    ],
    lang: LanguageOption = "vi",
    format_: Annotated[CheckFormat, typer.Option("--format")] = CheckFormat.TEXT,
    fail_on: Annotated[
        Severity, typer.Option(help="Leave with exit code 4 where a finding weighs at least this much.")
    ] = Severity.ERROR,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            help="Files or folders of further rulesets that these must not clash with; they are not checked.",
            metavar="PATH",
        ),
    ] = None,
) -> None:
    """Check rulesets by what they mean; where a record can show what is found, it is printed as a case."""
    checked, unread = _check(paths, beside or ())
    if format_ is CheckFormat.JSON:
        print_json({"findings": [each.data(lang) for one in checked.values() for each in one.findings]})
    elif format_ is CheckFormat.JUNIT:
        sys.stdout.write(findings_junit(checked, fail_on, lang))
    else:
        _print(checked, lang)
    if unread:
        exit_with(EXIT_WRONG_INPUT, "\n".join(unread))
    if any(each.severity.weighs(fail_on) for one in checked.values() for each in one.findings):
        raise typer.Exit(EXIT_NOT_PROVEN)


def _check(paths: Sequence[Path], beside: Sequence[Path]) -> tuple[dict[str, Checked], list[str]]:
    """What is found in the rulesets of `paths`, and which files cannot be read: one of them hides none of the others.

    Leaves with exit code 2 where there are no rulesets.
    """
    unread: list[str] = []

    def read(path: Path) -> Iterator[tuple[str, str]]:
        try:
            yield str(path), path.read_bytes().decode()
        except OSError as error:
            unread.append(f"{path}: {error.strerror}")
        except UnicodeDecodeError:
            unread.append(f"{path}: the file is not UTF-8 text. Save it as UTF-8.")

    wanted = list(_ruleset_files(paths))
    if not wanted:
        exit_with(EXIT_WRONG_INPUT, f"no ruleset in {', '.join(map(str, paths))}")
    texts = dict(pair for path in (*wanted, *_ruleset_files(beside)) for pair in read(path))
    cases = {}
    for path in wanted:
        beside_it = RulesetFile(path).cases
        if beside_it.exists():
            cases[str(path)] = dict(read(beside_it))
    checked = check_together(texts, cases)
    return {str(path): checked[str(path)] for path in wanted if str(path) in checked}, unread


def _ruleset_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        yield from (each for each in found if not each.name.endswith(CASES_SUFFIX))


def _print(checked: dict[str, Checked], lang: Language) -> None:
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, soft_wrap=True)
    counts: Counter[Severity] = Counter()
    for one in checked.values():
        for finding in one.findings:
            counts[finding.severity] += 1
            _print_finding(console, finding, lang)
    console.print(
        _COUNTED[lang].format(
            rulesets=len(checked),
            errors=counts[Severity.ERROR],
            warnings=counts[Severity.WARNING],
            notes=counts[Severity.NOTE],
        )
    )


def _print_finding(console: Console, finding: Finding, lang: Language) -> None:
    colour = _COLOURS[finding.severity]
    said = finding.sentences(lang)
    console.print(
        f"{escape(finding.file)}:{finding.line}:{finding.column}: "
        f"[{colour}]{_SEVERITIES[finding.severity][lang]}[/] [bold]{escape(finding.name)}[/]: {escape(said.what)}"
    )
    excerpt = finding.problem.excerpt()
    if excerpt:
        console.print(f"[dim]{escape(_indented(excerpt))}[/]")
    for sentence in filter(None, (said.why, said.how)):
        console.print(escape(_indented(sentence)))
    if finding.witness is not None:
        console.print(escape(_indented(f"{_SHOWN_BY[lang]}\n{case_of(finding.witness)}")))
    console.print()


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
