"""The kinds of findings that are told by looking at the document: what is unused, uncited, or worded otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.analysis.kinds.kind import Kind, kind
from engine.analysis.model import Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


def _unused(what: str, vietnamese: str) -> Kind:
    return kind(
        _WARNING,
        (f"Nothing uses the {what} {{name}}.", f"Không có quy tắc nào dùng {vietnamese} {{name}}."),
        (
            "What is declared and never used is often a rule that was forgotten.",
            "Điều đã khai báo mà không dùng thường là một quy tắc bị bỏ sót.",
        ),
        ("Use it where the law asks for it, or take it out.", "Dùng ở chỗ pháp luật yêu cầu, hoặc bỏ đi."),
    )


OF_DOCUMENT: Final[Mapping[str, Kind]] = {
    "unused-fact": _unused("fact", "dữ kiện"),
    "unused-parameter": _unused("parameter", "tham số"),
    "unused-definition": _unused("definition", "định nghĩa"),
    "unused-table": _unused("table", "bảng"),
    "unused-type": _unused("type", "kiểu"),
    "unused-source": _unused("source", "nguồn"),
    "unused-label": _unused("label", "nhãn"),
    "unused-question": _unused("question", "câu hỏi"),
    "unused-criterion": kind(
        _WARNING,
        (
            "{name} decides nothing: no gate, ground, rung, ceiling or consequence asks for it.",
            "{name} không quyết định điều gì: không điều kiện đầu vào, căn cứ, bậc, giới hạn hay hệ quả nào xét đến.",
        ),
        (
            "A verdict reports it, and comes out the same whatever it says.",
            "Kết luận có nêu tiêu chí này nhưng không thay đổi theo nó.",
        ),
        (
            "Name it in the decision, or write advisory: true if it only informs.",
            "Nêu tiêu chí trong phần quyết định, hoặc ghi advisory: true nếu chỉ để tham khảo.",
        ),
    ),
    "uncited-parameter": kind(
        _WARNING,
        (
            "The value of {name} from {day} cites nothing.",
            "Giá trị của {name} từ ngày {day} không dẫn nguồn.",
        ),
        (
            "A number that decides has to say which law it comes from.",
            "Con số dùng để quyết định phải nêu căn cứ.",
        ),
        ('Add cite: such as "{example}".', 'Thêm cite: ví dụ "{example}".'),
    ),
    "uncited-table": kind(
        _WARNING,
        ("The table {name} cites nothing.", "Bảng {name} không dẫn nguồn."),
        (
            "A table that decides has to say which law it comes from.",
            "Bảng dùng để quyết định phải nêu căn cứ.",
        ),
        ('Add cite: such as "{example}".', 'Thêm cite: ví dụ "{example}".'),
    ),
    "uncited-quota": kind(
        _WARNING,
        ("The quota cites nothing.", "Tỷ lệ khống chế không dẫn nguồn."),
        (
            "A limit on outcomes has to say which law it comes from.",
            "Giới hạn số người được xếp loại phải nêu căn cứ.",
        ),
        ('Add cite: such as "{example}".', 'Thêm cite: ví dụ "{example}".'),
    ),
    "draft-without-question": kind(
        _WARNING,
        (
            "{name} is a draft and names no open question.",
            "{name} là bản nháp nhưng không nêu câu hỏi còn bỏ ngỏ.",
        ),
        (
            "A verdict that rests on it says so, and its reader wants to know what would settle it.",
            "Kết luận dựa vào nó sẽ nêu rõ điều đó, và người đọc cần biết điều gì sẽ làm rõ.",
        ),
        (
            "Write the question under questions, and its name here: questions: [name].",
            "Ghi câu hỏi trong mục questions và nêu tên ở đây: questions: [tên].",
        ),
    ),
    "gap-without-question": kind(
        _WARNING,
        ("The gap {name} names no open question.", "Khoảng trống {name} không nêu câu hỏi còn bỏ ngỏ."),
        (
            "A gap is closed by an answer, and somebody has to be asked.",
            "Khoảng trống chỉ được lấp khi có câu trả lời, nên phải có câu hỏi cho cơ quan có thẩm quyền.",
        ),
        (
            "Write the question under questions, and its name here: questions: [name].",
            "Ghi câu hỏi trong mục questions và nêu tên ở đây: questions: [tên].",
        ),
    ),
    "clock-read": kind(
        _ERROR,
        ("{call} reads the clock.", "{call} đọc đồng hồ của máy."),
        (
            "Rulesets have no clock: it is null here, and the same record has to give the same verdict years later.",
            "Bộ quy tắc không có đồng hồ: nó luôn là null, và hồ sơ phải cho một kết luận dù xem lại sau nhiều năm.",
        ),
        (
            "Declare the day as a fact, such as evaluated_on, and read that.",
            "Khai báo ngày thành dữ kiện, ví dụ evaluated_on, rồi đọc dữ kiện đó.",
        ),
    ),
    "protected-attribute": kind(
        _WARNING,
        (
            "{path} seems to state {attribute_en} (“{said}”), and a person is judged by it here.",
            "{path} có vẻ nêu {attribute_vi} (“{said}”), và cá nhân bị đánh giá theo đó.",
        ),
        (
            "Nobody may be judged by a protected attribute, nor by what stands for one.",
            "Không được đánh giá cá nhân theo đặc điểm được bảo vệ, hoặc theo dữ kiện thay thế cho đặc điểm đó.",
        ),
        (
            "Mark the fact sensitive: {attribute} and take it out of the rules, or name it for what it states.",
            "Đánh dấu dữ kiện là sensitive: {attribute} và bỏ khỏi quy tắc, hoặc đặt tên đúng với điều nó nêu.",
        ),
    ),
    "threshold-operator": kind(
        _WARNING,
        (
            "{condition} leaves {number} on the wrong side: the {place} says “{said}”.",
            "{condition} xếp mốc {number} sai phía: {place_vi} ghi “{said}”.",
        ),
        (
            "“từ … trở lên”, “ít nhất” and “dưới” count the number itself to the upper side (>= and <); “trên”, “quá” "
            "and “không quá” to the lower (> and <=).",
            "“từ … trở lên”, “ít nhất”, “dưới” tính chính mốc đó vào phía trên (>= và <); “trên”, “quá”, “không quá” "
            "tính vào phía dưới (> và <=).",
        ),
        (
            "Write {operator} if the words are those of the law; otherwise correct the words.",
            "Dùng {operator} nếu lời văn đúng với văn bản; nếu không thì sửa lời văn.",
        ),
    ),
}
