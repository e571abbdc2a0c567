"""Test reports as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rich.text import Text

from engine.explanation.writing import write
from engine.ruleset.localized import Language
from engine.testing import CaseResult, Count, Coverage, Kind, TestReport

GOOD: Final = "green"
BAD: Final = "red"
_PLACE: Final = "cyan"
_ASIDE: Final = "dim"


def report_text(report: TestReport, language: Language, *, coverage: bool = False) -> Iterator[Text]:
    """A line on a ruleset, what is wrong with its cases, and, if asked for, what they do not cover."""
    failed, total = len(report.failed), len(report.results)
    key = "none" if not total else "failed" if failed else "passed"
    words = _said(key, language, failed=str(failed), total=str(total))
    line = Text.assemble(f"{report.ruleset.id} {report.ruleset.version}: ", (words, BAD if failed else GOOD))
    yield line.append(f"  {report.file}", _ASIDE)
    for result in report.failed:
        yield from failure_text(result, language)
    if coverage:
        yield from coverage_text(report.coverage, report.file, language)


def failure_text(result: CaseResult, language: Language) -> Iterator[Text]:
    """What differs in a case, and what its verdict is."""
    yield Text.assemble(("✗ ", BAD), (f"{result.file}:{result.line}", _PLACE), f"  {result.name}")
    for each in result.differences:
        yield Text(f"    {each.says.in_(language)}")
    for line in result.explanation.in_(language).splitlines() if result.explanation else ():
        yield Text(f"      │ {line}", _ASIDE)


def coverage_text(coverage: Coverage, file: str, language: Language) -> Iterator[Text]:
    """The shares, then each thing that no case shows, with its line."""
    counts = [
        f"{_said(kind.value, language)} {_share(count, language)}"
        for kind, count in coverage.counts.items()
        if count.total
    ]
    whole = coverage.whole
    style = GOOD if whole.covered == whole.total else BAD
    heading = _said("coverage", language, whole=percent(whole, language))
    yield Text.assemble("  ", (heading, style), f" {', '.join(counts)}")
    for each in coverage.missing:
        yield Text.assemble("  ", (f"{file}:{each.line}", _PLACE), f"  {each.says.in_(language)}")


def below(report: TestReport, least: str, language: Language) -> str:
    """That less is covered than was asked for."""
    name = f"{report.ruleset.id} {report.ruleset.version}"
    return _said("below", language, name=name, whole=percent(report.coverage.whole, language), least=least)


def percent(count: Count, language: Language) -> str:
    """The share of a count, as the language writes it."""
    return write(count.percent / 100, language, form="percent")


def _share(count: Count, language: Language) -> str:
    return f"{count.covered}/{count.total} ({percent(count, language)})"


def _said(key: str, language: Language, **details: str) -> str:
    return _TEXTS[key][language].format_map(details)


_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "passed": {"vi": "{total} trường hợp, tất cả đúng", "en": "{total} cases, all as expected"},
    "failed": {"vi": "{failed}/{total} trường hợp sai", "en": "{failed} of {total} cases not as expected"},
    "none": {"vi": "không có trường hợp nào", "en": "no cases"},
    "coverage": {"vi": "Độ phủ {whole}:", "en": "Coverage {whole}:"},
    "below": {
        "vi": "{name}: độ phủ {whole}, yêu cầu ít nhất {least} %.",
        "en": "{name}: coverage {whole}, and at least {least} % is asked for.",
    },
    Kind.CRITERION.value: {"vi": "kết quả tiêu chí", "en": "findings"},
    Kind.ROW.value: {"vi": "dòng của bảng", "en": "table rows"},
    Kind.LINE.value: {"vi": "dòng của quyết định", "en": "decision lines"},
    Kind.OUTCOME.value: {"vi": "mức", "en": "outcomes"},
}
