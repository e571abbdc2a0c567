"""What is wrong with a record, field by field, in words for the person who has to mend it.

No text here repeats a value of the record: records are personal data, and these texts end up in logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from engine.ruleset.localized import Language


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that cannot be used.

    Attributes:
        path: where, such as ``targets.total`` or ``discipline[0].decided_on``.
        code: which kind of mistake, a key of the texts in this module.
        details: what the text needs, from the ruleset and never from the record.
    """

    path: str
    code: str
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, language: Language = "en") -> str:
        """What is wrong and what to do, one or two sentences, in ``en`` or ``vi``."""
        return TEXTS[self.code][language].format_map(self.details)


TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "unknown_fact": {
        "en": "The ruleset has no such fact. {hint}",
        "vi": "Bộ quy tắc không có dữ kiện này. {hint}",
    },
    "null": {
        "en": "null says that there is none, and here there has to be one; if it is not known, leave it out.",
        "vi": "null nghĩa là không có, nhưng mục này phải có giá trị; nếu chưa biết thì bỏ trống, không ghi.",
    },
    "number": {
        "en": "A number is needed; give it as a number, without quotes or unit.",
        "vi": "Cần một số; ghi dưới dạng số, không có dấu ngoặc kép hay đơn vị.",
    },
    "binary_number": {
        "en": "A binary floating-point number is not exact; give a decimal number.",
        "vi": "Số dấu phẩy động nhị phân không chính xác; hãy ghi số thập phân.",
    },
    "finite": {
        "en": "The number is not finite; give an ordinary number, or leave the fact out if it is not known.",
        "vi": "Số không hữu hạn; hãy ghi một số thông thường, hoặc bỏ trống nếu chưa biết.",
    },
    "digits": {
        "en": "The number is too long: at most 34 digits, and exponents from -6143 to 6144.",
        "vi": "Số quá dài: tối đa 34 chữ số, số mũ từ -6143 đến 6144.",
    },
    "count": {
        "en": "A whole number, 0 or more, is needed.",
        "vi": "Cần một số nguyên không âm.",
    },
    "text": {"en": "A text is needed.", "vi": "Cần một chuỗi văn bản."},
    "long_text": {
        "en": "The text is too long: at most {limit} characters.",
        "vi": "Văn bản quá dài: tối đa {limit} ký tự.",
    },
    "boolean": {
        "en": "true or false is needed, without quotes.",
        "vi": "Cần giá trị true hoặc false, không có dấu ngoặc kép.",
    },
    "date": {
        "en": "A date that exists is needed, written YYYY-MM-DD, such as 2024-03-10.",
        "vi": "Cần một ngày có thật, viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2024-03-10.",
    },
    "time": {
        "en": "A time of day is needed, such as 08:30:00.",
        "vi": "Cần một giờ trong ngày, ví dụ 08:30:00.",
    },
    "duration": {
        "en": "A duration in days and time is needed, such as P90D.",
        "vi": "Cần một khoảng thời gian tính theo ngày và giờ, ví dụ P90D.",
    },
    "months": {
        "en": "A duration in years and months is needed, such as P1Y6M.",
        "vi": "Cần một khoảng thời gian tính theo năm và tháng, ví dụ P1Y6M.",
    },
    "choice": {
        "en": "One of these words is needed: {choices}.",
        "vi": "Cần một trong các giá trị sau: {choices}.",
    },
    "list": {"en": "A list is needed.", "vi": "Cần một danh sách."},
    "long_list": {
        "en": "The list is too long: at most {limit} items.",
        "vi": "Danh sách quá dài: tối đa {limit} mục.",
    },
    "record": {
        "en": "A record with these fields is needed: {fields}.",
        "vi": "Cần một bản ghi gồm các trường: {fields}.",
    },
    "unknown_field": {
        "en": "There is no such field here; the fields are {fields}.",
        "vi": "Không có trường này; các trường là {fields}.",
    },
    "not_allowed": {
        "en": "The value is outside what is allowed here: {allowed}.",
        "vi": "Giá trị nằm ngoài phạm vi cho phép: {allowed}.",
    },
}
