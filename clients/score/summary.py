"""What is printed in the end: how many rows came to what, and where the rest is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from clients.score.tally import Tally
from clients.score.work import Work
from engine.ruleset.localized import Language

_SHOWN: Final = 5  # kinds of mistakes, columns and the like
_SAY: Final[Mapping[str, Mapping[Language, str]]] = {
    "balance": {
        "vi": "{rows} dòng vào = {judged} kết quả + {rejected} dòng bị loại",
        "en": "{rows} rows in = {judged} results + {rejected} rejected",
    },
    "chosen": {"vi": "Đánh giá {rows} trong {total} dòng.", "en": "Judged {rows} of {total} rows."},
    "empty": {"vi": "{count} dòng trống đã bỏ qua.", "en": "{count} empty rows were passed over."},
    "rejects": {"vi": "Cần sửa (chi tiết trong {file}):", "en": "To mend (details in {file}):"},
    "more": {"vi": "và {count} loại lỗi khác", "en": "and {count} more kinds"},
    "left_out": {"vi": "{file}: cột không dùng: {columns}", "en": "{file}: columns not used: {columns}"},
    "strangers": {
        "vi": "{file}: {count} mã không có trong các bản ghi; các dòng đó không được tính.",
        "en": "{file}: {count} ids are of no record; their rows count for nobody.",
    },
    "nobody": {
        "vi": "Bộ quy tắc không áp dụng cho dòng nào trong tệp.",
        "en": "The ruleset is for none of the rows.",
    },
    "none": {"vi": "Không dòng nào đánh giá được.", "en": "No row could be judged."},
    "files": {"vi": "Kết quả: {out}; báo cáo: {report}", "en": "Results: {out}; report: {report}"},
}


def summary(work: Work, tally: Tally, out: Path, language: Language) -> str:
    """The lines that are printed when the work is done."""

    def say(key: str, **details: object) -> str:
        return _SAY[key][language].format(
            **{name: f"{value:,}" if isinstance(value, int) else value for name, value in details.items()}
        )

    rows = len(work.chosen)
    lines = [say("balance", rows=rows, judged=tally.judged, rejected=tally.rejected)]
    if rows != work.survey.total:
        lines.append(say("chosen", rows=rows, total=work.survey.total))
    if work.survey.empty:
        lines.append(say("empty", count=work.survey.empty))
    lines += [f"  {count:,}  {words}" for (_, words), count in tally.results.most_common()]
    for source in work.sources:
        if left := source.left_out:
            shown = ", ".join(left[: _SHOWN * 2]) + (", …" if len(left) > _SHOWN * 2 else "")
            lines.append(say("left_out", file=source.name, columns=shown))
    lines += [say("strangers", file=file, count=count) for file, count in work.survey.strangers.items()]
    if not tally.judged:
        lines.append(say("nobody" if set(tally.codes) == {"not_for"} else "none"))
    if tally.problems:
        lines.append(say("rejects", file=f"{out.stem}.rejects.csv"))
        for (column, _, what), count in tally.problems.most_common(_SHOWN):
            lines.append(f"  {count:,}  {f'[{column}] ' if column else ''}{what}")
        if len(tally.problems) > _SHOWN:
            lines.append("  " + say("more", count=len(tally.problems) - _SHOWN))
    lines.append(say("files", out=out, report=out.with_name(f"{out.stem}.report.html")))
    return "\n".join(lines)
