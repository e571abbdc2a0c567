"""`chuan ruleset watch`: check and test at each save, and tell what that changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text
from watchfiles import Change, watch

import rulesets as shipped
from clients.cli.common import LanguageOption
from clients.cli.ruleset.files import PathsArgument, RulesetFile, read_file, ruleset_files, ruleset_of
from clients.cli.ruleset.test_text import BAD, GOOD, failure_text
from engine import Ruleset, RulesetError
from engine.analysis import Checked, Finding, Severity, check
from engine.ruleset.localized import Language
from engine.testing import TestReport

_MARK: Final = "! "
_READY_MILLIS: Final = 200  # until the watch reports that it has begun, whether or not something was saved
Told = Mapping[tuple[str, ...], tuple[Text, ...]]
"""What is wrong with a file, each with the lines that say it."""


def watch_rulesets(
    paths: PathsArgument = None,
    lang: LanguageOption = "vi",
) -> None:
    """Check and test rulesets, then again at each save, telling only what came and what went; until Ctrl-C."""
    console = Console(soft_wrap=True, highlight=False)
    try:
        watching(paths or [shipped.FOLDER], lang, console.print, threading.Event())
    except KeyboardInterrupt:
        console.print()


def watching(
    paths: Sequence[Path], language: Language, tell: Callable[[Text], None], stop: threading.Event
) -> None:
    """Look at the rulesets of `paths`, and again at each that is saved, until `stop` is set.

    The first look comes once the watch has begun, so that nothing that is saved after it is missed. Leaves with
    exit code 2 where there are no rulesets.
    """
    files = ruleset_files(paths)
    watcher = Watcher(language)
    # An editor may put a new file in the place of the old one, so folders are watched and not files.
    folders = {(path if path.is_dir() else path.parent).resolve() for path in paths}
    within = [path.resolve() for path in paths]

    def concerns(_: Change, name: str) -> bool:
        file = ruleset_of(Path(name))
        return file is not None and any(path in file.all or path in Path(name).parents for path in within)

    waiting = {file.path.resolve(): file for file in files}
    begun = False
    for changes in watch(
        *folders,
        watch_filter=concerns,
        stop_event=stop,
        rust_timeout=_READY_MILLIS,
        yield_on_timeout=True,
        raise_interrupt=True,
    ):
        saved = {file.path.resolve() for _, name in changes if (file := ruleset_of(Path(name)))}
        for path in sorted(saved if begun else waiting.keys() | saved):
            for line in watcher.look(waiting.setdefault(path, RulesetFile(path))):
                tell(line)
        if not begun:
            tell(Text(_said("begun", language), "dim"))
        begun = True


class Watcher:
    """Remembers what was wrong with each file, and tells what has changed since."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._told: dict[Path, Told] = {}
        self._rulesets: dict[Path, Ruleset] = {}

    def look(self, file: RulesetFile) -> Iterator[Text]:
        """A line on the file, what is wrong with it that was not before, and what is not wrong any more."""
        before = self._told.pop(file.path, {})
        if not file.path.exists():
            self._rulesets.pop(file.path, None)
            yield Text.assemble(("- ", "dim"), f"{file.path}: {_said('gone', self._language)}")
            return
        checked, report, problems = self._run(file)
        told = dict(self._wrong(checked, report, problems))
        yield self._heading(file, checked, report, problems)
        for key, lines in told.items():
            if key not in before:
                yield from lines
        if checked is None or checked.ruleset is None:
            # Of a file that cannot be read nothing is mended: what was wrong is not looked at.
            told = {**before, **told}
        for key, lines in before.items():
            if key not in told:
                yield Text.assemble((f"✓ {_said('mended', self._language)} ", GOOD), lines[0][len(_MARK) :])
        self._told[file.path] = told

    def _run(self, file: RulesetFile) -> tuple[Checked | None, TestReport | None, tuple[str, ...]]:
        """What the check and the cases say, and what kept them from saying anything."""
        try:
            text = file.path.read_bytes().decode()
            cases = {str(file.cases): file.cases.read_bytes().decode()} if file.cases.exists() else {}
        except (OSError, UnicodeDecodeError) as error:
            return None, None, (f"{file.path}: {error}",)
        others = [ruleset for path, ruleset in self._rulesets.items() if path != file.path]
        checked = check(text, str(file.path), others=others, cases=cases)
        self._rulesets.pop(file.path, None)
        if checked.ruleset is None:
            return checked, None, ()
        self._rulesets[file.path] = checked.ruleset
        try:
            return checked, read_file(file).run(), ()
        except RulesetError as error:
            known = {str(finding.problem) for finding in checked.findings}
            return checked, None, tuple(each for each in map(str, error.problems) if each not in known)

    def _wrong(
        self, checked: Checked | None, report: TestReport | None, problems: Sequence[str]
    ) -> Iterator[tuple[tuple[str, ...], tuple[Text, ...]]]:
        """Each with a key that stays the same when lines above it come and go."""
        for problem in problems:
            yield ("problem", problem), (Text(f"{_MARK}{problem}", BAD),)
        for finding in checked.findings if checked else ():
            said = finding.sentences(self._language)
            yield ("finding", finding.name, finding.path, said.what), (self._finding(finding),)
        for result in report.failed if report else ():
            differences = (each.says.in_(self._language) for each in result.differences)
            yield ("case", result.name, *differences), tuple(failure_text(result, self._language))

    def _finding(self, finding: Finding) -> Text:
        place = f"{finding.file}:{finding.line}:{finding.column}"
        style = BAD if finding.severity is Severity.ERROR else "yellow"
        said = finding.sentences(self._language)
        return Text.assemble(
            (_MARK, style), (place, "cyan"), (f" {finding.name}", style), f"  {said.what} {said.how}"
        )

    def _heading(
        self,
        file: RulesetFile,
        checked: Checked | None,
        report: TestReport | None,
        problems: Sequence[str],
    ) -> Text:
        findings = checked.findings if checked else ()
        errors = sum(finding.severity is Severity.ERROR for finding in findings) + len(problems)
        failed = len(report.failed) if report else 0
        counts = {"errors": errors, "others": len(findings) + len(problems) - errors, "failed": failed}
        counts["cases"] = len(report.results) if report else 0
        words = _said("heading" if report else "not_run", self._language, **counts)
        bad = errors or failed or report is None
        return Text.assemble(("● ", BAD if bad else GOOD), (str(file.path), "bold"), f": {words}")


def _said(key: str, language: Language, **details: object) -> str:
    return _TEXTS[key][language].format_map(details)


_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "begun": {
        "vi": "Đang theo dõi; kiểm tra lại mỗi khi lưu. Ctrl-C để dừng.",
        "en": "Watching; checked again at each save. Ctrl-C stops.",
    },
    "heading": {
        "vi": "{errors} lỗi, {others} lưu ý; {failed}/{cases} trường hợp sai",
        "en": "errors: {errors}, other findings: {others}; cases not as expected: {failed} of {cases}",
    },
    "not_run": {
        "vi": "{errors} lỗi, {others} lưu ý; các trường hợp chưa chạy được",
        "en": "errors: {errors}, other findings: {others}; the cases could not be run",
    },
    "mended": {"vi": "Đã hết:", "en": "Mended:"},
    "gone": {"vi": "tệp không còn", "en": "the file is gone"},
}
