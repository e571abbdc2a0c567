"""The words of the workbooks, the report and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clients.score.report.phrases import number
from engine.ruleset.localized import Language


def phrase(key: str, language: Language, **details: object) -> str:
    """The words of a key in a language; whole numbers with marks between thousands."""
    shown = {
        name: number(value, language) if isinstance(value, int) else value for name, value in details.items()
    }
    return _PHRASES[key][language].format_map(shown)


_PHRASES: Final[Mapping[str, Mapping[Language, str]]] = {
    # the lists
    "awarded": {"vi": "Được đề xuất", "en": "Awarded"},
    "needs_decision": {"vi": "Cần cấp có thẩm quyền quyết định", "en": "Needs decision"},
    "not_awarded": {"vi": "Đủ điều kiện, không còn chỗ", "en": "Eligible, no place left"},
    "eligible": {"vi": "Đủ điều kiện, chưa áp dụng tỷ lệ", "en": "Eligible, quota not applied"},
    "rated": {"vi": "Đã xếp loại, không áp dụng tỷ lệ", "en": "Rated, no quota"},
    "not_eligible": {"vi": "Không đủ điều kiện", "en": "Not eligible"},
    "not_judged": {"vi": "Không đánh giá được", "en": "Not judged"},
    "awarded_about": {
        "vi": "Đạt mức bị khống chế tỷ lệ và còn chỗ.",
        "en": "Reach the outcome that is limited, and have a place.",
    },
    "needs_decision_about": {
        "vi": "Chưa thể kết luận: bằng nhau, thiếu thông tin, hoặc pháp luật để ngỏ.",
        "en": "Cannot be concluded: a tie, a missing fact, or the law leaves it open.",
    },
    "not_awarded_about": {
        "vi": "Đạt mức bị khống chế tỷ lệ, nhưng chỗ dành cho người xếp trên.",
        "en": "Reach the outcome that is limited; the places go to those ranked higher.",
    },
    "eligible_about": {
        "vi": "Đạt mức bị khống chế tỷ lệ; tỷ lệ chưa áp dụng, xem trang tổng hợp.",
        "en": "Reach the outcome that is limited; the quota was not applied, see the summary.",
    },
    "rated_about": {
        "vi": "Bộ quy tắc không khống chế tỷ lệ.",
        "en": "Their ruleset limits no outcome.",
    },
    "not_eligible_about": {
        "vi": "Không đạt mức bị khống chế tỷ lệ, kèm lý do.",
        "en": "Do not reach the outcome that is limited, with what keeps them from the next higher one.",
    },
    "not_judged_about": {
        "vi": "Bản ghi không dùng được hoặc không có bộ quy tắc: sửa rồi chạy lại.",
        "en": "The record cannot be used or no ruleset is for it: mend it and run again.",
    },
    # reasons
    "keeps": {"vi": "Chưa đạt: {reasons}.", "en": "Not met: {reasons}."},
    "missing": {"vi": "Thiếu: {facts}.", "en": "Missing: {facts}."},
    # columns
    "number": {"vi": "STT", "en": "No."},
    "person": {"vi": "Mã", "en": "Id"},
    "name": {"vi": "Họ và tên", "en": "Name"},
    "role": {"vi": "Vị trí", "en": "Role"},
    "before": {"vi": "Kết quả theo tiêu chí", "en": "By the criteria"},
    "final": {"vi": "Sau khi áp dụng tỷ lệ", "en": "After the quota"},
    "score": {"vi": "Điểm", "en": "Score"},
    "reason": {"vi": "Lý do và căn cứ", "en": "Reason and legal basis"},
    "decided_by": {"vi": "Quyết định", "en": "Decision"},
    "ruleset": {"vi": "Bộ quy tắc", "en": "Ruleset"},
    "unit": {"vi": "Đơn vị", "en": "Unit"},
    "level": {"vi": "Cấp", "en": "Level"},
    "rating": {"vi": "Xếp loại đơn vị", "en": "Rating of the unit"},
    "people": {"vi": "Số người", "en": "People"},
    "sheet": {"vi": "Trang", "en": "Sheet"},
    "group": {"vi": "Nhóm", "en": "Group"},
    "counted": {"vi": "Tính trên", "en": "Counted"},
    "places": {"vi": "Số chỗ", "en": "Places"},
    "eligible_count": {"vi": "Đủ điều kiện", "en": "Eligible"},
    "awarded_count": {"vi": "Được đề xuất", "en": "Awarded"},
    "open_count": {"vi": "Cần quyết định", "en": "Needs decision"},
    "problem": {"vi": "Vấn đề", "en": "Problem"},
    "kind": {"vi": "Loại", "en": "Kind"},
    "posts": {"vi": "Số vị trí", "en": "Posts"},
    "share": {"vi": "Tỷ lệ", "en": "Share"},
    "result": {"vi": "Kết quả", "en": "Result"},
    "organisations": {"vi": "Tổ chức", "en": "Organisations"},
    "all": {"vi": "Tổng", "en": "All"},
    "head": {"vi": "Người đứng đầu", "en": "Head"},
    "deputy": {"vi": "Cấp phó", "en": "Deputy"},
    "member": {"vi": "Thành viên", "en": "Member"},
    # headings
    "title": {"vi": "Kết quả đợt đánh giá", "en": "Results of the campaign"},
    "on": {"vi": "Đánh giá tại ngày {day}", "en": "Evaluated on {day}"},
    "summary": {"vi": "Tổng hợp", "en": "Summary"},
    "index": {"vi": "Danh mục đơn vị", "en": "Units"},
    "quotas": {"vi": "Sử dụng tỷ lệ", "en": "Quota use"},
    "problems": {"vi": "Vấn đề của dữ liệu", "en": "Problems of the data"},
    "rejects": {"vi": "Ô và dòng cần sửa", "en": "Cells and rows to mend"},
    "back": {"vi": "← Danh mục đơn vị", "en": "← Units"},
    "no_unit": {"vi": "Đơn vị không có trong danh sách", "en": "Units that are not in the list"},
    "proposal": {
        "vi": "Đây là đề xuất; cấp có thẩm quyền quyết định.",
        "en": "These are proposals; the competent authority decides.",
    },
    "page": {"vi": "Trang &P/&N", "en": "Page &P of &N"},
    "by_level": {"vi": "theo cấp", "en": "by level"},
    "by_unit": {"vi": "Theo đơn vị", "en": "By unit"},
    "outcomes": {"vi": "Kết quả của người, sau khi áp dụng tỷ lệ", "en": "Outcomes of people, after quotas"},
    "unit_outcomes": {"vi": "Kết quả của tổ chức", "en": "Outcomes of organisations"},
    "blocking": {
        "vi": "Tiêu chí chưa đạt làm cản trở mức cao hơn kế tiếp",
        "en": "Criteria not met that keep from the next higher outcome",
    },
    "tree_mistakes": {"vi": "Lỗi của cây tổ chức và bản ghi", "en": "Mistakes in the tree and the records"},
    "no_problems": {"vi": "Không có vấn đề nào.", "en": "There are none."},
    "more": {"vi": "và {count} mục khác, xem {file}", "en": "and {count} more, in {file}"},
    "chart_of": {
        "vi": "Biểu đồ: {what}; bảng bên dưới ghi cùng số liệu",
        "en": "Chart: {what}; the table below says the same",
    },
    "unstated": {"vi": "(không ghi)", "en": "(not stated)"},
    "open": {"vi": "Chưa kết luận", "en": "Open"},
    # the terminal
    "balance": {
        "vi": "{rows} dòng vào: {organisations} tổ chức và {posts} vị trí được xem xét, {rejected} dòng bị loại",
        "en": "{rows} rows in: {organisations} organisations and {posts} posts taken up, {rejected} rows rejected",
    },
    "problem_count": {
        "vi": "{count} vấn đề, chi tiết trong {file}:",
        "en": "{count} problems, details in {file}:",
    },
    "reject_count": {"vi": "{count} lỗi cần sửa trong {file}", "en": "{count} mistakes to mend in {file}"},
    "left_out": {"vi": "{file}: cột không dùng: {columns}", "en": "{file}: columns not used: {columns}"},
    "books": {"vi": "Tập tài liệu: {count} sổ trong {out}", "en": "{count} workbooks in {out}"},
    "too_many": {
        "vi": "{subjects} bản ghi là quá nhiều cho sổ họp; --books ID ghi sổ cho đơn vị ID và các đơn vị dưới đó.",
        "en": "{subjects} records are too many for workbooks; --books ID writes those of unit ID and below.",
    },
}
