"""What is wrong with a row or with the work as a whole, in words for the person who has to mend it.

No text here repeats what stands in a cell: records are personal data. A cell is named by its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from engine.ruleset.localized import Language


class ScoreError(Exception):
    """The work cannot be done, or not gone on with; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a row from being judged.

    Attributes:
        code: which kind of mistake, a key of the texts in this module.
        column: the name of the column; empty where it is the row.
        fact: the path of the fact that the cell is for; empty where it is for none.
        details: what the text needs, from the ruleset, the mapping or the file's frame, never from a cell.
        within: what is wrong there, where it is in a row of another file.
    """

    code: str
    column: str = ""
    fact: str = ""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    within: Problem | None = None

    def what(self, language: Language) -> str:
        """What is wrong."""
        return self._text(0, language)

    def mend(self, language: Language) -> str:
        """What to do."""
        return self._text(1, language)

    def _text(self, which: int, language: Language) -> str:
        why = {} if self.within is None else {"why": self.within.what(language)}
        return _TEXTS[self.code][language][which].format_map({**self.details, **why})


_TEXTS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "number": {
        "en": (
            "This is no number.",
            "Write digits alone; words for a number go into `words` of the mapping.",
        ),
        "vi": (
            "Ô này không phải là số.",
            "Chỉ ghi chữ số; chữ thay cho số thì khai trong `words` của bảng ánh xạ.",
        ),
    },
    "ambiguous_number": {
        "en": (
            "The mark before the last three digits can separate thousands or begin the decimals.",
            'State `decimal: ","` or `decimal: "."` for the column in the mapping.',
        ),
        "vi": (
            "Dấu trước ba chữ số cuối có thể là dấu phân cách hàng nghìn hoặc dấu thập phân.",
            'Khai `decimal: ","` hoặc `decimal: "."` cho cột này trong bảng ánh xạ.',
        ),
    },
    "unit": {
        "en": (
            "The number stands with a unit that does not turn into {unit}.",
            "Write it in {unit}, or state the column's `unit` in the mapping.",
        ),
        "vi": (
            "Số đi kèm đơn vị không đổi được sang {unit}.",
            "Ghi theo {unit}, hoặc khai `unit` của cột trong bảng ánh xạ.",
        ),
    },
    "boolean": {
        "en": (
            "This says neither yes nor no.",
            "Write có or không (yes, no, TRUE, FALSE, x for yes), or give the cell's word in `words` of the mapping.",
        ),
        "vi": (
            "Ô này không rõ là có hay không.",
            "Ghi có hoặc không (TRUE/FALSE, x là có), hoặc khai từ dùng trong ô ở `words` của bảng ánh xạ.",
        ),
    },
    "date": {
        "en": (
            "This is no date that exists.",
            "Write day, month and a year of four digits, such as 31/12/2024 or 2024-12-31.",
        ),
        "vi": (
            "Ô này không phải là ngày có thật.",
            "Ghi ngày, tháng và năm bốn chữ số, ví dụ 31/12/2024 hoặc 2024-12-31.",
        ),
    },
    "ambiguous_date": {
        "en": (
            "The date can be read as day/month/year and as month/day/year: two different days.",
            "State `date: dmy` or `date: mdy` for the column in the mapping.",
        ),
        "vi": (
            "Có thể đọc là ngày/tháng/năm hoặc tháng/ngày/năm: hai ngày khác nhau.",
            "Khai `date: dmy` hoặc `date: mdy` cho cột này trong bảng ánh xạ.",
        ),
    },
    "short_year": {
        "en": ("The year has two digits.", "Write it with four."),
        "vi": ("Năm chỉ có hai chữ số.", "Ghi đủ bốn chữ số."),
    },
    "choice": {
        "en": (
            "This is none of the words of the fact: {choices_en}.",
            "Write one of them, or say in `words` of the mapping which one the cell's word stands for.",
        ),
        "vi": (
            "Ô này không phải là một trong các giá trị của dữ kiện: {choices_vi}.",
            "Ghi một trong các giá trị đó, hoặc khai trong `words` của bảng ánh xạ từ trong ô ứng với giá trị nào.",
        ),
    },
    "json_list": {
        "en": (
            "The cell begins with [ and is no JSON list.",
            'Write a JSON list, such as [{{"form": "warning"}}], or items with the mark of the mapping between them.',
        ),
        "vi": (
            "Ô bắt đầu bằng [ nhưng không phải là danh sách JSON.",
            'Ghi một danh sách JSON, ví dụ [{{"form": "warning"}}], hoặc các mục cách nhau bằng dấu đã khai.',
        ),
    },
    "text": {
        "en": ("A text is needed.", "Write it as text."),
        "vi": ("Cần một chuỗi văn bản.", "Ghi dưới dạng văn bản."),
    },
    "formula": {
        "en": (
            "The cell holds a formula whose value the file does not have.",
            "Open the file in the spreadsheet program and save it, or put the value in the formula's place.",
        ),
        "vi": (
            "Ô chứa công thức mà tệp không lưu kết quả.",
            "Mở tệp bằng chương trình bảng tính rồi lưu lại, hoặc thay công thức bằng giá trị.",
        ),
    },
    "formula_error": {
        "en": ("The cell's formula ends in an error.", "Mend the formula, or write the value."),
        "vi": ("Công thức trong ô báo lỗi.", "Sửa công thức, hoặc ghi giá trị."),
    },
    "merged": {
        "en": (
            "The cell is part of the merged cells {cells}: only the first of them holds a value.",
            "Unmerge them, and write the value in each row that it is meant for.",
        ),
        "vi": (
            "Ô thuộc vùng ô đã trộn {cells}: chỉ ô đầu tiên có giá trị.",
            "Bỏ trộn ô, và ghi giá trị vào từng dòng.",
        ),
    },
    "no_id": {
        "en": ("The row has no id.", "Fill in the columns of `id`."),
        "vi": ("Dòng không có mã.", "Điền các cột của `id`."),
    },
    "no_unit": {
        "en": ("The row names no unit.", "Write the id of the unit."),
        "vi": ("Dòng không ghi đơn vị.", "Ghi mã đơn vị."),
    },
    "no_such_unit": {
        "en": (
            "The unit of this record is not among the organisations.",
            "Add it to the organisations, or correct its id.",
        ),
        "vi": (
            "Đơn vị của bản ghi này không có trong danh sách tổ chức.",
            "Bổ sung đơn vị vào danh sách, hoặc sửa mã.",
        ),
    },
    "role": {
        "en": (
            "This says neither head nor deputy nor member.",
            "Write one of them, or give the cell's word in `role: words` of the plan.",
        ),
        "vi": (
            "Ô này không cho biết là người đứng đầu, cấp phó hay thành viên.",
            "Ghi một trong ba, hoặc khai từ dùng trong ô ở `role: words` của kế hoạch.",
        ),
    },
    "same_id": {
        "en": (
            "The id stands {count} times, first in {first}; which record is meant cannot be told.",
            "Keep one row, or name further columns in `id` that tell the rows apart.",
        ),
        "vi": (
            "Mã này có {count} lần, lần đầu ở {first}; không biết bản ghi nào là đúng.",
            "Giữ lại một dòng, hoặc khai thêm cột trong `id` để phân biệt các dòng.",
        ),
    },
    "cut": {
        "en": ("The file ends within a letter of this row.", "Complete the file: it was cut off here."),
        "vi": ("Tệp kết thúc giữa một chữ của dòng này.", "Lấy lại tệp đầy đủ: tệp bị cắt ở đây."),
    },
    "short_row": {
        "en": (
            "The row has {found} cells, the header {expected}.",
            "Complete the row: is the file cut off here?",
        ),
        "vi": ("Dòng có {found} ô, tiêu đề có {expected} ô.", "Bổ sung cho đủ: có phải tệp bị cắt ở đây?"),
    },
    "long_row": {
        "en": (
            "The row has {found} cells, the header {expected}.",
            "Put quotes around a cell that holds the separator, such as a decimal comma.",
        ),
        "vi": (
            "Dòng có {found} ô, tiêu đề có {expected} ô.",
            "Đặt dấu ngoặc kép quanh ô có chứa dấu phân cách, ví dụ dấu phẩy thập phân.",
        ),
    },
    "quotes": {
        "en": (
            "A quotation mark is opened and not closed, or closed before the end of the cell.",
            'Close it, and write "" for a mark inside a cell: is the file cut off here?',
        ),
        "vi": (
            "Dấu ngoặc kép mở mà không đóng, hoặc đóng trước khi hết ô.",
            'Đóng dấu ngoặc, và ghi "" cho dấu ngoặc trong ô: có phải tệp bị cắt ở đây?',
        ),
    },
    "line": {
        "en": ("The line is no record: {why}.", "Write one JSON object a line: is the file cut off here?"),
        "vi": (
            "Dòng không phải là bản ghi: {why}.",
            "Ghi mỗi dòng một đối tượng JSON: có phải tệp bị cắt ở đây?",
        ),
    },
    "list_row": {
        "en": (
            "A row of {file} for this id cannot be used: row {row}.",
            "Mend that row; what is wrong: {why}",
        ),
        "vi": ("Một dòng của {file} ứng với mã này không dùng được: dòng {row}.", "Sửa dòng đó; lỗi: {why}"),
    },
    "not_for": {
        "en": (
            "The ruleset is not for this record: it asks for {selects}.",
            "Judge it by the ruleset that is for it, or mend the columns that say whom it is about.",
        ),
        "vi": (
            "Bộ quy tắc không áp dụng cho bản ghi này: điều kiện là {selects}.",
            "Dùng bộ quy tắc áp dụng cho bản ghi, hoặc sửa các cột cho biết đối tượng.",
        ),
    },
    "no_ruleset": {
        "en": (
            "No ruleset is for this record; what says whom it is about: {facts}.",
            "Mend the columns that say whom the record is about, or name the ruleset.",
        ),
        "vi": (
            "Không bộ quy tắc nào áp dụng cho bản ghi này; dữ kiện cho biết đối tượng: {facts}.",
            "Sửa các cột cho biết đối tượng, hoặc nêu tên bộ quy tắc.",
        ),
    },
    "several_rulesets": {
        "en": (
            "Several rulesets are for this record: {names}.",
            "Name the one that is meant, or tell the rulesets apart by their selectors.",
        ),
        "vi": (
            "Có nhiều bộ quy tắc cùng áp dụng cho bản ghi này: {names}.",
            "Nêu tên bộ quy tắc cần dùng, hoặc phân biệt các bộ quy tắc bằng điều kiện chọn.",
        ),
    },
    "violation": {
        "en": ("{text}", "Mend the cell, or what the mapping says of its column."),
        "vi": ("{text}", "Sửa ô, hoặc sửa phần khai của cột trong bảng ánh xạ."),
    },
    "refused": {
        "en": ("It could not be judged: {text}", "Ask who keeps the ruleset."),
        "vi": ("Không đánh giá được: {text}", "Hỏi người quản lý bộ quy tắc."),
    },
}
CODES: Final = frozenset(_TEXTS)
