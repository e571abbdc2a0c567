"""The words in which the running of cases is told, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from engine.explanation.phrases import phrase
from engine.explanation.writing import write
from engine.ruleset.localized import LANGUAGES, Localized, fill
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import PARTS

_STATUSES: Final = ("met", "unmet", "unknown", "not_applicable")
_SUBJECTS: Final = {"findings": "finding", "why_not": "blocked", "score_parts": "part"}


def said(key: str, **details: Localized | str) -> Localized:
    """The text `key` in both languages, with `details` put in; one that is a `Localized` in its language."""
    return fill(TEXTS[key], **details)


def subject(ruleset: Ruleset, key: str, name: str) -> Localized:
    """What an expectation of `key` (and `name` in it) is about."""
    key = _SUBJECTS.get(key, key)
    return said(f"of_{key}", name=name, label=label_of(ruleset, key, name) or name)


def value(ruleset: Ruleset, key: str, expected: object) -> Localized:
    """A value of an expectation: the name that stands in the case, and what people call it."""
    match expected:
        case None:
            return said("nothing")
        case list():
            each = [value(ruleset, key, item) for item in expected]
            return (
                Localized(*(", ".join(item.in_(language) for item in each) for language in LANGUAGES))
                if each
                else said("nothing")
            )
        case Decimal():
            return Localized(*(write(expected, language) for language in LANGUAGES))
        case str() if expected in _STATUSES and key == "findings":
            return Localized(*(phrase(f"mark_{expected}", language).lower() for language in LANGUAGES))
        case str():
            label = label_of(ruleset, key, expected)
            return said("labelled", name=expected, label=label) if label else Localized(expected, expected)
        case _:
            return said("unknown")  # a score's part that waits for facts


def label_of(ruleset: Ruleset, key: str, name: str) -> Localized | None:
    """What people call a name that stands in an expectation of `key`; None where there is no label."""
    match key:
        case "finding" | "why_not":
            labels = {criterion.name: criterion.label for criterion in ruleset.criteria}
        case "obligations" | "proposals" | "notes":
            labels = dict(ruleset.labels)
        case "missing" | "part":
            return ruleset.label_at(name if key == "missing" else f"{PARTS}.{name}")
        case _:
            labels = {outcome.name: outcome.label for outcome in ruleset.outcomes}
    return labels.get(name)


TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    # what is compared
    "of_status": {"vi": "Trạng thái", "en": "Status"},
    "of_outcome": {"vi": "Kết quả", "en": "Outcome"},
    "of_lowest": {"vi": "Mức thấp nhất còn có thể", "en": "Lowest outcome still possible"},
    "of_highest": {"vi": "Mức cao nhất còn có thể", "en": "Highest outcome still possible"},
    "of_before_ceilings": {"vi": "Mức trước khi bị giới hạn", "en": "Outcome before ceilings"},
    "of_because": {"vi": "Lý do chưa xác định được", "en": "Why it is undetermined"},
    "of_gap": {"vi": "Khoảng trống của quy định", "en": "Gaps of the law"},
    "of_missing": {"vi": "Thông tin còn thiếu có ảnh hưởng", "en": "Missing facts that matter"},
    "of_obligations": {"vi": "Việc phải làm", "en": "Obligations"},
    "of_proposals": {"vi": "Đề xuất xem xét", "en": "Proposals"},
    "of_notes": {"vi": "Ghi chú", "en": "Notes"},
    "of_score": {"vi": "Tổng điểm", "en": "Score"},
    "of_violations": {"vi": "Chỗ không dùng được của hồ sơ", "en": "What is not usable in the record"},
    "of_finding": {"vi": "Tiêu chí {name} ({label})", "en": "Finding {name} ({label})"},
    "of_blocked": {"vi": "Tiêu chí làm chưa đạt mức {name} ({label})", "en": "What blocks {name} ({label})"},
    "of_part": {"vi": "Điểm của phần {name} ({label})", "en": "Points of {name} ({label})"},
    # how it differs
    "differs": {
        "vi": "{subject}: mong đợi {expected}, thực tế là {found}.",
        "en": "{subject}: expected {expected}, found {found}.",
    },
    "lacks": {"vi": "{subject}: thiếu {lacking}.", "en": "{subject}: {lacking} is lacking."},
    "too_much": {"vi": "{subject}: thừa {extra}.", "en": "{subject}: {extra} was not expected."},
    "lacks_and_too_much": {
        "vi": "{subject}: thiếu {lacking}; thừa {extra}.",
        "en": "{subject}: {lacking} is lacking; {extra} was not expected.",
    },
    "other_order": {
        "vi": "{subject}: khác thứ tự; mong đợi {expected}, thực tế là {found}.",
        "en": "{subject}: in another order; expected {expected}, found {found}.",
    },
    "finding": {"vi": "{difference} “{sentence}”", "en": "{difference} “{sentence}”"},
    "not_usable": {
        "vi": "Hồ sơ không dùng được, {path}: {text}",
        "en": "The record is not usable, {path}: {text}",
    },
    "not_in_effect": {
        "vi": "Ngày {day} không thuộc thời gian áp dụng của phiên bản này (từ {start} đến {end}).",
        "en": "On {day} this version is not in effect (it is from {start} to {end}).",
    },
    "limit": {"vi": "Không đánh giá được: {text}.", "en": "It could not be evaluated: {text}."},
    "golden_differs": {
        "vi": "Khác bản mẫu tại {path}: bản mẫu có {expected}, thực tế là {found}.",
        "en": "Not as in the golden at {path}: it has {expected}, found {found}.",
    },
    "golden_lost": {
        "vi": "Có bản mẫu nhưng không có trường hợp nào tên “{name}”.",
        "en": "There is a golden, and no case named “{name}”.",
    },
    "case_twice": {
        "vi": "Có nhiều trường hợp cùng tên “{name}”, nên không biết bản mẫu là của trường hợp nào.",
        "en": "Several cases are named “{name}”, so it cannot be told whose golden it is.",
    },
    "nothing": {"vi": "không có", "en": "nothing"},
    "unknown": {"vi": "chưa biết", "en": "not known"},
    "open_end": {"vi": "nay", "en": "now on"},
    "labelled": {"vi": "{name} ({label})", "en": "{name} ({label})"},
    # what is not covered
    "criterion_never": {
        "vi": "Tiêu chí {name}: không trường hợp nào cho kết quả “{status}”.",
        "en": "Criterion {name}: no case makes it {status}.",
    },
    "criterion_not_expected": {
        "vi": "Tiêu chí {name}: không trường hợp nào mong đợi “{status}”; “{case}” cho kết quả đó, "
        "hãy ghi vào expect.findings.",
        "en": "Criterion {name}: no case expects it to be {status}; “{case}” makes it so, add it to expect.findings.",
    },
    "row_never": {
        "vi": "Bảng {table}: không trường hợp nào dùng dòng {row}.",
        "en": "Table {table}: no case uses row {row}.",
    },
    "default_never": {
        "vi": "Bảng {table}: không trường hợp nào cần đến giá trị mặc định.",
        "en": "Table {table}: in no case the default stands in.",
    },
    "outcome_never": {
        "vi": "Mức {name} ({label}): không trường hợp nào đạt.",
        "en": "Outcome {name} ({label}): no case reaches it.",
    },
    "outcome_not_expected": {
        "vi": "Mức {name} ({label}): không trường hợp nào mong đợi; “{case}” đạt mức đó, hãy ghi vào expect.outcome.",
        "en": "Outcome {name} ({label}): no case expects it; “{case}” reaches it, add it to expect.outcome.",
    },
    "gate_never": {
        "vi": "{gate}: không trường hợp nào dừng lại ở đây vì {name} không đạt.",
        "en": "{gate}: no case stops here because {name} is unmet.",
    },
    "ground_never": {
        "vi": "Căn cứ của mức {outcome}: không trường hợp nào do {name} không đạt mà ở mức này.",
        "en": "Grounds of {outcome}: no case has this outcome because {name} is unmet.",
    },
    "rung_never": {
        "vi": "Bậc {outcome}: không trường hợp nào đạt được.",
        "en": "Rung {outcome}: no case attains it.",
    },
    "rung_never_blocked": {
        "vi": "Bậc {outcome}: không trường hợp nào thiếu {name}.",
        "en": "Rung {outcome}: no case lacks {name}.",
    },
    "otherwise_never": {
        "vi": "Không đạt bậc nào (otherwise): không có trường hợp như vậy.",
        "en": "No rung attained (otherwise): there is no such case.",
    },
    "ceiling_never": {
        "vi": "Mức trần {outcome}: không trường hợp nào bị giới hạn vì {name} không đạt.",
        "en": "Ceiling {outcome}: no case is lowered to it because {name} is unmet.",
    },
    "consequence_never": {
        "vi": "Hệ quả {number}: không trường hợp nào dẫn đến {gives}.",
        "en": "Consequence {number}: no case leads to {gives}.",
    },
    "gap_never": {
        "vi": "Khoảng trống {name}: không trường hợp nào rơi vào.",
        "en": "Gap {name}: no case falls into it.",
    },
}
