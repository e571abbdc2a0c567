"""The words of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.ruleset.localized import Language


def phrase(key: str, *, language: Language, **details: object) -> str:
    """The words of a key in a language; whole numbers with marks between thousands."""
    shown = {
        name: number(value, language) if isinstance(value, int) else value for name, value in details.items()
    }
    return _PHRASES[key][language].format_map(shown)


def number(value: int, language: Language) -> str:
    """A whole number as the language writes it."""
    written = f"{value:,}"
    return written.replace(",", ".") if language == "vi" else written


_PHRASES: Final[Mapping[str, Mapping[Language, str]]] = {
    "count": {"vi": "{value}", "en": "{value}"},
    "heading": {"vi": "Kết quả đánh giá theo tệp", "en": "Results of a file"},
    "several": {"vi": "{count} bộ quy tắc", "en": "{count} rulesets"},
    "judged": {"vi": "{count} kết quả", "en": "{count} results"},
    "on": {"vi": "Đánh giá tại ngày {day}", "en": "Evaluated on {day}"},
    "balance": {
        "vi": "{rows} dòng vào = {judged} kết quả + {rejected} dòng bị loại",
        "en": "{rows} rows in = {judged} results + {rejected} rejected",
    },
    "of_total": {
        "vi": "Chọn {rows} trong {total} dòng của tệp.",
        "en": "{rows} of the {total} rows were judged.",
    },
    "empty": {"vi": "{count} dòng trống đã bỏ qua.", "en": "{count} empty rows were passed over."},
    "proposal": {
        "vi": "Đây là đề xuất; cấp có thẩm quyền quyết định.",
        "en": "These are proposals; the competent authority decides.",
    },
    "results": {"vi": "Kết quả", "en": "Results"},
    "result": {"vi": "Kết quả", "en": "Result"},
    "rows": {"vi": "Số dòng", "en": "Rows"},
    "share": {"vi": "Tỷ lệ", "en": "Share"},
    "by": {"vi": "Theo: {label}", "en": "By: {label}"},
    "all": {"vi": "Tổng", "en": "All"},
    "others": {
        "vi": "và {count} nhóm khác, không trình bày ở đây",
        "en": "and {count} more groups, not shown here",
    },
    "unstated": {"vi": "(không ghi)", "en": "(not stated)"},
    "blocking": {
        "vi": "Tiêu chí chưa đạt làm cản trở mức cao hơn kế tiếp",
        "en": "Criteria not met that keep from the next higher outcome",
    },
    "criterion": {"vi": "Tiêu chí", "en": "Criterion"},
    "law": {"vi": "Căn cứ", "en": "Legal basis"},
    "missing": {"vi": "Thông tin còn thiếu", "en": "Missing facts"},
    "missing_why": {
        "vi": "Chỉ gồm thông tin còn có thể thay đổi kết quả. “Chỉ thiếu mục này”: không còn thiếu gì khác.",
        "en": "Those that can still move a result. “Only this one”: nothing else is missing.",
    },
    "fact": {"vi": "Dữ kiện", "en": "Fact"},
    "undecided": {"vi": "Số dòng bị ảnh hưởng", "en": "Rows left open"},
    "alone": {"vi": "Chỉ thiếu mục này", "en": "Only this one"},
    "quota": {"vi": "Sử dụng tỷ lệ khống chế", "en": "Quota use"},
    "quota_of": {
        "vi": "Số người được xếp loại “{outcome}” bị giới hạn",
        "en": "How many may be rated “{outcome}” is limited",
    },
    "quota_reading": {"vi": "theo cách hiểu: {reading}", "en": "by the reading: {reading}"},
    "quota_open": {
        "vi": "Quy định có nhiều cách hiểu; chọn một cách bằng --reading: {readings}.",
        "en": "The law leaves the limit open; name the reading to apply by --reading: {readings}.",
    },
    "quota_large": {
        "vi": "Không tính ở đây khi có hơn {most} dòng: dùng `chuan campaign run`.",
        "en": "Not computed here of more than {most} rows: use `chuan campaign run`.",
    },
    "quota_groups": {
        "vi": "Không dòng nào ghi dữ kiện cho biết nhóm.",
        "en": "No row states the facts that name the groups.",
    },
    "places": {"vi": "Số suất", "en": "Places"},
    "eligible": {"vi": "Đủ điều kiện", "en": "Eligible"},
    "awarded": {"vi": "Được xếp loại", "en": "Awarded"},
    "not_awarded": {"vi": "Vượt tỷ lệ", "en": "Not awarded"},
    "needs_decision": {"vi": "Cấp có thẩm quyền quyết định", "en": "Needs decision"},
    "scores": {"vi": "Phân bố điểm", "en": "Scores"},
    "score": {"vi": "Điểm", "en": "Score"},
    "problems": {"vi": "Lỗi dữ liệu", "en": "Data problems"},
    "column": {"vi": "Cột", "en": "Column"},
    "problem": {"vi": "Lỗi", "en": "Problem"},
    "more_problems": {
        "vi": "và {count} loại lỗi khác, xem tệp các dòng bị loại",
        "en": "and {count} more, in the rejects",
    },
    "no_problems": {"vi": "Không có dòng nào bị loại.", "en": "No row was rejected."},
    "strangers": {
        "vi": "{file}: {count} mã không có trong các bản ghi; các dòng đó không được tính.",
        "en": "{file}: {count} ids are of no record; their rows count for nobody.",
    },
    "ruleset": {"vi": "Bộ quy tắc", "en": "Ruleset"},
    "files": {"vi": "Tệp", "en": "Files"},
    "chart_of": {
        "vi": "Biểu đồ: {what}; bảng bên dưới ghi cùng số liệu",
        "en": "Chart: {what}; the table below says the same",
    },
}
