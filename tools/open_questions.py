"""Writes the index of open legal questions, and checks it: `python -m tools.open_questions [--check]`.

The questions stand in the rulesets, each beside what hangs on it. The index puts them together for lawyers and
committees: once each, in both languages, with every rule that an answer would settle.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

from engine import Catalogue, Ruleset, RulesetError
from engine.ruleset.localized import Localized
from engine.ruleset.questions import Question

ROOT: Final = Path(__file__).resolve().parent.parent
RULESETS: Final = ROOT / "rulesets"
PAGE: Final = ROOT / "docs" / "open-questions.md"

HEAD: Final = """\
# Câu hỏi pháp lý còn mở · Open legal questions

Trang này do `python -m tools.open_questions` tạo từ mục `questions` của các bộ quy tắc; không sửa trực tiếp. Mỗi câu
hỏi kèm theo những quy tắc mà câu trả lời sẽ quyết định. Câu trả lời được đưa vào bộ quy tắc bằng một phiên bản mới.

This page is made by `python -m tools.open_questions` from the `questions` of the rulesets; do not edit it. Each
question comes with the rules that an answer would settle. An answer enters a ruleset as a new version.
"""

# What hangs on a question, by the beginning of its path in the document; the longer beginnings first.
SECTIONS: Final = (
    ("facts", "dữ kiện", "fact"),
    ("parameters", "tham số", "parameter"),
    ("tables", "bảng", "table"),
    ("criteria", "tiêu chí", "criterion"),
    ("score.parts", "phần điểm", "part of the score"),
    ("decision.cannot_evaluate", "điều kiện đánh giá được, dòng", "gate of evaluation, line"),
    ("decision.not_rated", "điều kiện được xếp loại, dòng", "gate of rating, line"),
    ("decision.ceilings", "mức trần, dòng", "ceiling, line"),
    ("decision.consequences", "hệ quả, dòng", "consequence, line"),
    ("gaps", "khoảng trống", "gap"),
    ("quota.readings", "cách hiểu tỷ lệ", "reading of the quota"),
    ("quota", "tỷ lệ", "quota"),
)
_INDEX: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and what hangs on it.

    Attributes:
        question: as the first ruleset that asks it has it.
        touched: for each ruleset that asks it, the paths in its document, such as ``criteria.tasks_done``.
    """

    question: Question
    touched: dict[Ruleset, tuple[str, ...]] = field(default_factory=dict)


def collect(rulesets: Iterable[Ruleset]) -> Mapping[str, Entry]:
    """The questions of all rulesets by name, in the order of the names."""
    entries: dict[str, Entry] = {}
    for ruleset in rulesets:
        for name, question in ruleset.questions.items():
            entries.setdefault(name, Entry(question)).touched[ruleset] = question.touches
    return dict(sorted(entries.items()))


def problems(entries: Mapping[str, Entry]) -> Iterator[str]:
    """What is wrong with the questions themselves: one name with two texts, or nothing that hangs on it."""
    for name, entry in entries.items():
        first, *others = entry.touched
        for ruleset in others:
            other = ruleset.questions[name]
            if (other.asks, other.note) != (entry.question.asks, entry.question.note):
                yield f"{name} has one text in {first.id} {first.version} and another in {ruleset.id} {ruleset.version}"
        for ruleset, touches in entry.touched.items():
            if not touches:
                yield f"{name} of {ruleset.id} {ruleset.version} hangs on nothing: name it where it matters"


def page(entries: Mapping[str, Entry]) -> str:
    """The index as Markdown."""
    lines = [HEAD, f"{len(entries)} câu hỏi · questions", ""]
    lines += [f"- [{name}](#{name}): {entry.question.asks.vi}" for name, entry in entries.items()]
    for name, entry in entries.items():
        lines += ["", f"## {name}", "", *_texts(entry.question), ""]
        lines += [
            "| bộ quy tắc · ruleset | phiên bản · versions | liên quan · what hangs on it |",
            "|---|---|---|",
        ]
        lines += _rows(entry)
    return "\n".join(lines) + "\n"


def _texts(question: Question) -> Iterator[str]:
    yield f"**{question.asks.vi}**"
    yield ""
    yield f"*{question.asks.en}*"
    if question.note is not None:
        yield ""
        yield _quoted(question.note)


def _quoted(note: Localized) -> str:
    return f"> {note.vi}\n>\n> {note.en}"


def _rows(entry: Entry) -> Iterator[str]:
    """A line for each ruleset; versions next to each other on which the same hangs share one."""
    for (ruleset_id, touches), group in groupby(
        entry.touched.items(), key=lambda item: (item[0].id, item[1])
    ):
        versions = [ruleset.version for ruleset, _ in group]
        shown = versions[0] if len(versions) == 1 else f"{versions[0]} – {versions[-1]}"
        yield f"| `{ruleset_id}` | {shown} | {_hanging(touches)} |"


def _hanging(touches: Sequence[str]) -> str:
    """Paths in a document as people read them, put together by section."""
    names: dict[int, list[str]] = {}
    for touch in touches:
        section, name = _named(touch)
        if name not in names.setdefault(section, []):
            names[section].append(name)
    return "; ".join(
        f"{SECTIONS[section][1]} · {SECTIONS[section][2]} {', '.join(each)}".rstrip()
        for section, each in sorted(names.items())
    )


def _named(touch: str) -> tuple[int, str]:
    """The section that a path lies in, and what is called in it: a name, or the number of a line."""
    for section, (prefix, _, _) in enumerate(SECTIONS):
        rest = touch.removeprefix(prefix)
        if rest != touch and rest[:1] in ("", ".", "["):
            if line := _INDEX.fullmatch(rest):
                return section, str(int(line[1]) + 1)
            # A value of a parameter is one of several over time; people look for the parameter.
            name = _INDEX.sub("", rest).removeprefix(".")
            return section, f"`{name}`" if name else ""
    raise ValueError(f"nothing that hangs on a question is called {touch}")


def main(arguments: list[str] | None = None, rulesets: Path = RULESETS, index: Path = PAGE) -> int:
    """Run the tool.

    Args:
        arguments: of the command line; None takes them from the process.
        rulesets: the folder of the rulesets.
        index: the page.

    Returns:
        The exit code: 0 if all is well, 1 if something is wrong and was said on standard error.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.open_questions", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if the page is not current"
    )
    options = parser.parse_args(arguments)
    try:
        entries = collect(Catalogue.of(rulesets).list())
    except RulesetError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a tool of the command line
        return 1
    wrong = list(problems(entries))
    text = page(entries)
    if not options.check:
        index.write_text(text, "utf-8")
    elif not index.exists() or index.read_text("utf-8") != text:
        wrong.append(f"docs/{index.name} is not current: run python -m tools.open_questions")
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201 - a tool of the command line
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
