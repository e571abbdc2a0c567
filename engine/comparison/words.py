"""The words in which changes are told, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.ruleset.localized import Localized, fill


def said(key: str, **details: Localized | str) -> Localized:
    """The text `key` in both languages, with `details` put in; one that is a `Localized` in its language."""
    return fill(TEXTS[key], **details)


def item(section: str, name: str, label: Localized | None = None) -> Localized:
    """What a part is called: its kind, its name, and what people call it."""
    called = said(f"section_{section}", name=name)
    return said("with_label", item=called, label=label) if label is not None and label.vi != name else called


def aspect(name: str) -> Localized | str:
    """What an aspect is called; a column of a table by its own name."""
    return said(f"aspect_{name}") if f"aspect_{name}" in TEXTS else name


def value(plain: str | bool | None) -> Localized | str:
    """A value as people read it."""
    if isinstance(plain, bool):
        return said("yes" if plain else "no")
    return said("nothing") if plain is None else plain


TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    # the whole
    "identical": {"vi": "Hai bản giống hệt nhau.", "en": "The two are identical."},
    "only_text": {
        "vi": "Chỉ lời văn thay đổi; các quy tắc giữ nguyên.",
        "en": "Nothing changed but text: the rules are the same.",
    },
    "changed": {"vi": "Số thay đổi về quy tắc: {count}.", "en": "Changes of the rules: {count}."},
    # sentences
    "added": {"vi": "Mới: {item}.", "en": "New: {item}."},
    "added_as": {"vi": "Mới: {item}, {aspect}: {new}.", "en": "New: {item}, {aspect}: {new}."},
    "removed": {"vi": "Bỏ: {item}.", "en": "Gone: {item}."},
    "removed_as": {"vi": "Bỏ: {item}, {aspect}: {old}.", "en": "Gone: {item}, {aspect}: {old}."},
    "renamed": {
        "vi": "Đổi tên: {item}, trước là {old}; ý nghĩa giữ nguyên.",
        "en": "Renamed: {item}, it was {old}; it means the same.",
    },
    "was_is": {
        "vi": "{item}, {aspect}: trước là {old}, nay là {new}.",
        "en": "{item}, {aspect}: was {old}, now {new}.",
    },
    "narrow": {
        "vi": "{sentence} Chỗ khác: trước là {old}, nay là {new}.",
        "en": "{sentence} What differs: was {old}, now {new}.",
    },
    "narrow_lost": {"vi": "{sentence} Chỗ khác: bỏ {old}.", "en": "{sentence} What differs: {old} is gone."},
    "narrow_new": {"vi": "{sentence} Chỗ khác: thêm {new}.", "en": "{sentence} What differs: {new} is new."},
    "names_new": {"vi": "{item}, {aspect}: thêm {new}.", "en": "{item}, {aspect}: now also {new}."},
    "names_lost": {"vi": "{item}, {aspect}: bỏ {old}.", "en": "{item}, {aspect}: no longer {old}."},
    "names_both": {
        "vi": "{item}, {aspect}: bỏ {old}; thêm {new}.",
        "en": "{item}, {aspect}: no longer {old}; now also {new}.",
    },
    "order": {
        "vi": "{item}, {aspect}: thứ tự trước là {old}, nay là {new}.",
        "en": "{item}, {aspect}: the order was {old}, now {new}.",
    },
    "from_day": {
        "vi": "{item}, từ ngày {from_}: trước là {old}, nay là {new}.",
        "en": "{item}, from {from_}: was {old}, now {new}.",
    },
    "from_until": {
        "vi": "{item}, từ ngày {from_} đến ngày {until}: trước là {old}, nay là {new}.",
        "en": "{item}, from {from_} until {until}: was {old}, now {new}.",
    },
    "concerns": {"vi": "{sentence} Liên quan đến: {names}.", "en": "{sentence} It concerns {names}."},
    "nothing": {"vi": "không có", "en": "nothing"},
    "yes": {"vi": "có", "en": "yes"},
    "no": {"vi": "không", "en": "no"},
    "with_label": {"vi": "{item} ({label})", "en": "{item} ({label})"},
    # parts
    "section_ruleset": {"vi": "Bộ quy tắc", "en": "Ruleset"},
    "section_outcomes": {"vi": "Các mức", "en": "Outcomes"},
    "section_type": {"vi": "Kiểu {name}", "en": "Type {name}"},
    "section_field": {"vi": "Trường {name}", "en": "Field {name}"},
    "section_fact": {"vi": "Dữ kiện {name}", "en": "Fact {name}"},
    "section_parameter": {"vi": "Tham số {name}", "en": "Parameter {name}"},
    "section_definition": {"vi": "Định nghĩa {name}", "en": "Definition {name}"},
    "section_table": {"vi": "Bảng {name}", "en": "Table {name}"},
    "section_column": {"vi": "Cột {name}", "en": "Column {name}"},
    "section_row": {"vi": "Dòng của bảng {name}", "en": "Row of table {name}"},
    "section_criterion": {"vi": "Tiêu chí {name}", "en": "Criterion {name}"},
    "section_score": {"vi": "Điểm", "en": "Score"},
    "section_score_part": {"vi": "Phần điểm {name}", "en": "Part of the score {name}"},
    "section_deduction": {"vi": "Khoản trừ điểm {name}", "en": "Deduction {name}"},
    "section_decision": {"vi": "Quyết định", "en": "Decision"},
    "section_cannot_evaluate": {
        "vi": "Không đánh giá nếu không đạt {name}",
        "en": "No evaluation unless {name}",
    },
    "section_not_rated": {"vi": "Không xếp loại nếu không đạt {name}", "en": "Not rated unless {name}"},
    "section_ground": {"vi": "Căn cứ xếp mức {name}", "en": "Grounds of {name}"},
    "section_rung": {"vi": "Bậc {name}", "en": "Rung {name}"},
    "section_ceiling": {"vi": "Mức trần {name}", "en": "Ceiling {name}"},
    "section_consequence": {"vi": "Hệ quả khi {name}", "en": "Consequence where {name}"},
    "section_gap": {"vi": "Khoảng trống {name}", "en": "Gap {name}"},
    "section_quota": {"vi": "Tỷ lệ tối đa", "en": "Quota"},
    "section_reading": {"vi": "Cách hiểu tỷ lệ tối đa {name}", "en": "Reading of the quota {name}"},
    "section_source": {"vi": "Văn bản {name}", "en": "Source {name}"},
    # aspects
    "aspect_kind": {"vi": "loại", "en": "kind"},
    "aspect_published": {"vi": "thời điểm công bố", "en": "published"},
    "aspect_effective.from": {"vi": "áp dụng từ ngày", "en": "in effect from"},
    "aspect_effective.until": {"vi": "áp dụng đến ngày", "en": "in effect until"},
    "aspect_period.from": {"vi": "kỳ đánh giá từ ngày", "en": "assessed period from"},
    "aspect_period.until": {"vi": "kỳ đánh giá đến ngày", "en": "assessed period until"},
    "aspect_selects": {"vi": "dành cho", "en": "selects"},
    "aspect_order": {"vi": "từ thấp đến cao", "en": "lowest first"},
    "aspect_type": {"vi": "kiểu", "en": "type"},
    "aspect_unit": {"vi": "đơn vị", "en": "unit"},
    "aspect_from": {"vi": "lấy từ", "en": "fed from"},
    "aspect_changeable": {"vi": "người được đánh giá thay đổi được", "en": "changeable"},
    "aspect_personal": {"vi": "dữ liệu cá nhân", "en": "personal"},
    "aspect_sensitive": {"vi": "nhạy cảm", "en": "sensitive"},
    "aspect_empty": {"vi": "được ghi null", "en": "null is a value"},
    "aspect_allowed": {"vi": "giá trị cho phép", "en": "allowed"},
    "aspect_questions": {"vi": "câu hỏi mở", "en": "open questions"},
    "aspect_is": {"vi": "là", "en": "is"},
    "aspect_hit": {"vi": "khi nhiều dòng khớp", "en": "where several rows match"},
    "aspect_cite": {"vi": "căn cứ", "en": "cites"},
    "aspect_row_order": {"vi": "thứ tự các dòng", "en": "rows"},
    "aspect_default": {"vi": "giá trị mặc định", "en": "default"},
    "aspect_values": {"vi": "các giá trị", "en": "values"},
    "aspect_holds": {"vi": "đạt khi", "en": "holds where"},
    "aspect_applies": {"vi": "áp dụng khi", "en": "applies where"},
    "aspect_standing": {"vi": "mức độ kiểm chứng", "en": "standing"},
    "aspect_advisory": {"vi": "chỉ lưu ý", "en": "advisory"},
    "aspect_waivable": {"vi": "có thể được miễn", "en": "waivable"},
    "aspect_points": {"vi": "số điểm", "en": "points"},
    "aspect_maximum": {"vi": "tối đa", "en": "maximum"},
    "aspect_capped": {"vi": "cắt ở mức tối đa", "en": "capped"},
    "aspect_floor": {"vi": "không trừ xuống dưới", "en": "floor"},
    "aspect_rounding": {"vi": "làm tròn", "en": "rounding"},
    "aspect_rounding.digits": {"vi": "làm tròn đến số chữ số thập phân", "en": "decimals"},
    "aspect_rounding.mode": {"vi": "cách làm tròn", "en": "rounding"},
    "aspect_oblige": {"vi": "việc phải làm", "en": "obliges"},
    "aspect_propose": {"vi": "đề xuất", "en": "proposes"},
    "aspect_note": {"vi": "ghi chú", "en": "notes"},
    "aspect_otherwise": {"vi": "khi không đạt bậc nào", "en": "otherwise"},
    "aspect_waived": {"vi": "mức khi được miễn điều kiện", "en": "waived"},
    "aspect_criteria": {"vi": "tiêu chí", "en": "criteria"},
    "aspect_unmet": {"vi": "khi không đạt", "en": "unmet"},
    "aspect_between": {"vi": "nằm giữa", "en": "between"},
    "aspect_outcome": {"vi": "mức bị giới hạn", "en": "outcome"},
    "aspect_falls_to": {"vi": "xuống mức", "en": "falls to"},
    "aspect_at_most.share": {"vi": "tỷ lệ không quá", "en": "at most"},
    "aspect_at_most.of": {"vi": "tính trên", "en": "of"},
    "aspect_at_most.raised_to": {"vi": "được nâng đến", "en": "raised to"},
    "aspect_at_most.when": {"vi": "được nâng khi", "en": "raised where"},
    "aspect_within": {"vi": "trong phạm vi", "en": "within"},
    "aspect_rank_by": {"vi": "thứ tự ưu tiên", "en": "ranked by"},
    "aspect_issued": {"vi": "ngày ban hành", "en": "issued"},
}
