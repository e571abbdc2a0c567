"""What an impact says, in both languages."""

from __future__ import annotations

from typing import Final

from engine.ruleset.localized import Language

WORDS: Final[dict[str, dict[Language, str]]] = {
    "title": {"vi": "Tác động của {draft} so với {against}", "en": "Impact of {draft} against {against}"},
    "then": {"vi": "quy định khi đó", "en": "the rules of the time"},
    "changed": {
        "vi": "{changed} trong {records} hồ sơ thay đổi ({percent} %)",
        "en": "{changed} of {records} records change ({percent} %)",
    },
    "directions": {
        "vi": "cao hơn {up} · thấp hơn {down} · khác {other}",
        "en": "higher {up} · lower {down} · other {other}",
    },
    "neither": {
        "vi": "{count} hồ sơ không dùng được theo cả hai; chuan evaluate nói rõ vì sao",
        "en": "not usable by either: {count}; chuan evaluate tells why",
    },
    "moves": {"vi": "Từ kết quả nào sang kết quả nào", "en": "From what to what"},
    "rules": {"vi": "Do tiêu chí nào", "en": "By which criterion"},
    "groups": {"vi": "Theo nhóm", "en": "By group"},
    "changes": {"vi": "Hồ sơ thay đổi", "en": "Records that change"},
    "more": {"vi": "… và {count} dòng nữa", "en": "… and {count} more"},
    "refused": {"vi": "hồ sơ không dùng được", "en": "record not usable"},
    "undetermined": {"vi": "chưa xác định", "en": "undetermined"},
    "not_rated": {"vi": "không xếp loại", "en": "not rated"},
    "cannot_evaluate": {"vi": "không đủ căn cứ đánh giá", "en": "cannot be evaluated"},
    "decision": {"vi": "cách quyết định", "en": "the decision itself"},
    "no_group": {"vi": "(không nêu)", "en": "(not stated)"},
    "absent": {"vi": "chưa có", "en": "absent"},
    "met": {"vi": "đạt", "en": "met"},
    "unmet": {"vi": "không đạt", "en": "unmet"},
    "unknown": {"vi": "chưa rõ", "en": "unknown"},
    "not_applicable": {"vi": "không áp dụng", "en": "not applicable"},
    "before": {"vi": "Theo quy định hiện hành ({name}):", "en": "By the rules in force ({name}):"},
    "after": {"vi": "Theo dự thảo ({name}):", "en": "By the draft ({name}):"},
    "not_usable": {"vi": "Hồ sơ không dùng được.", "en": "The record is not usable."},
    "flips": {"vi": "Khác nhau ở:", "en": "What turns out otherwise:"},
    "none": {
        "vi": "Mọi tiêu chí như nhau; cách quyết định khác nhau.",
        "en": "Every criterion turns out the same; the decision differs.",
    },
    "same": {"vi": "Kết quả không thay đổi.", "en": "The result does not change."},
}
