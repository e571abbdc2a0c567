"""The words of an explanation that no ruleset brings along, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.ruleset.localized import Language

LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")


def phrase(key: str, language: Language, **details: str) -> str:
    """The phrase `key` in `language`, with `details` put in."""
    return PHRASES[key][language].format_map(details)


PHRASES: Final[Mapping[str, Mapping[str, str]]] = {
    # values
    "null": {"vi": "không có", "en": "none"},
    "unknown": {"vi": "chưa có thông tin", "en": "not stated"},
    "true": {"vi": "có", "en": "yes"},
    "false": {"vi": "không", "en": "no"},
    "empty": {"vi": "không có mục nào", "en": "none"},
    # the first line
    "decided": {"vi": "Đề xuất xếp loại: {outcome}.", "en": "Proposed rating: {outcome}."},
    "undetermined": {
        "vi": "Chưa xác định được mức xếp loại: {possible}.",
        "en": "The rating cannot be determined yet: {possible}.",
    },
    "range": {"vi": "từ “{lowest}” đến “{highest}”", "en": "from “{lowest}” to “{highest}”"},
    "or": {"vi": " hoặc ", "en": " or "},
    "not_rated": {"vi": "Không xếp loại.", "en": "Not rated."},
    "cannot_evaluate": {
        "vi": "Không đủ căn cứ để đánh giá.",
        "en": "There is nothing to judge by: no evaluation is possible.",
    },
    "possible_not_rated": {"vi": "không xếp loại", "en": "not rated"},
    "possible_cannot_evaluate": {"vi": "không đủ căn cứ để đánh giá", "en": "no evaluation is possible"},
    "before_ceilings": {
        "vi": "Các điều kiện của mức “{before}” đều đạt, nhưng bị giới hạn ở mức “{outcome}”.",
        "en": "The conditions of “{before}” hold, but the rating is limited to “{outcome}”.",
    },
    "draft": {
        "vi": "[Dựa trên quy tắc chưa được kiểm chứng] ",
        "en": "[Rests on a rule that is not verified] ",
    },
    "proposal_only": {
        "vi": "Kết quả do công cụ đề xuất; cấp có thẩm quyền quyết định.",
        "en": "This is a proposal; the competent authority decides.",
    },
    # headings
    "law": {"vi": "Căn cứ", "en": "Under"},
    "fixed": {
        "vi": "Căn cứ quyết định mức xếp loại, dù các tiêu chí khác đạt hay không",
        "en": "What fixes the rating, whatever else holds",
    },
    "blocked": {"vi": "Vì sao chưa đạt mức “{outcome}”", "en": "Why not “{outcome}”"},
    "blocked_more": {"vi": "Đối với mức “{outcome}”, còn thêm", "en": "For “{outcome}”, in addition"},
    "gated": {"vi": "Vì sao không xếp loại", "en": "Why there is no rating"},
    "gate_open": {
        "vi": "Việc có xếp loại hay không còn phụ thuộc",
        "en": "Whether there is a rating depends on",
    },
    "missing": {"vi": "Thông tin còn thiếu", "en": "Facts not stated"},
    "gap": {
        "vi": "Khoảng trống của quy định (cấp có thẩm quyền xem xét, quyết định)",
        "en": "A gap in the regulation (the competent authority decides)",
    },
    "gap_unnamed": {
        "vi": "Quy định không nêu mức xếp loại cho trường hợp này.",
        "en": "The regulation names no rating for this case.",
    },
    "criteria": {"vi": "Các tiêu chí", "en": "Criteria"},
    "advisory": {"vi": "Lưu ý (không ảnh hưởng kết quả)", "en": "For attention (moves nothing)"},
    "obligations": {"vi": "Việc phải làm", "en": "Obligations"},
    "proposals": {"vi": "Đề xuất xem xét", "en": "Proposed for consideration"},
    "notes": {"vi": "Ghi chú", "en": "Notes"},
    "rests_on": {
        "vi": "Quy tắc chưa được kiểm chứng có ảnh hưởng",
        "en": "Unverified rules that matter here",
    },
    # the law
    "places_of": {"vi": "{places} {source}", "en": "{places} of {source}"},
    "as_amended": {"vi": "{law} (sửa đổi, bổ sung bởi {amender})", "en": "{law} (as amended by {amender})"},
    # lines
    "by_ruleset": {
        "vi": "{title} ({id} {version}), tại ngày {date}",
        "en": "{title} ({id} {version}), as of {date}",
    },
    "matters": {"vi": "{fact} - có thể làm thay đổi kết quả", "en": "{fact} - can still change the result"},
    "does_not_matter": {
        "vi": "{fact} - không làm thay đổi kết quả",
        "en": "{fact} - cannot change the result",
    },
    "finding_met": {"vi": "Đạt: {label}", "en": "Met: {label}"},
    "finding_unmet": {"vi": "Không đạt: {label}", "en": "Not met: {label}"},
    "finding_unknown": {"vi": "Chưa rõ: {label}", "en": "Not known: {label}"},
    "finding_not_applicable": {"vi": "Không áp dụng: {label}", "en": "Does not apply: {label}"},
    "seen": {"vi": " ({seen})", "en": " ({seen})"},
    "cause": {"vi": " - không tính được: {cause}", "en": " - cannot be computed: {cause}"},
    "ceiling": {"vi": "Mức trần: {sentence}", "en": "Ceiling: {sentence}"},
    "standing_secondary": {"vi": "nguồn thứ cấp", "en": "secondary source"},
    "standing_draft": {"vi": "dự thảo, chưa kiểm chứng", "en": "draft, not verified"},
}
