"""The words of `engine.feel.causes` in English and Vietnamese: one entry a code, one name a kind of value."""

from typing import Final

KINDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "null": "null",
        "number": "a number",
        "string": "a text",
        "boolean": "true/false",
        "date": "a date",
        "time": "a time of day",
        "date and time": "a date and time",
        "days and time duration": "a duration in days and time",
        "years and months duration": "a duration in years and months",
        "list": "a list",
        "context": "a record",
        "range": "a range",
        "function": "a function",
        "Unknown": "an unknown value",
    },
    "vi": {
        "null": "giá trị rỗng",
        "number": "số",
        "string": "văn bản",
        "boolean": "giá trị đúng/sai",
        "date": "ngày",
        "time": "giờ",
        "date and time": "ngày giờ",
        "days and time duration": "khoảng thời gian tính bằng ngày, giờ",
        "years and months duration": "khoảng thời gian tính bằng năm, tháng",
        "list": "danh sách",
        "context": "bản ghi",
        "range": "khoảng giá trị",
        "function": "hàm",
        "Unknown": "giá trị chưa biết",
    },
}

TEXTS: Final[dict[str, dict[str, str]]] = {
    "operands": {
        "en": "'{operator}' is not defined for {0} and {1}",
        "vi": "không thực hiện được phép '{operator}' giữa {0} và {1}",
    },
    "operand": {
        "en": "'{operator}' is not defined for {0}",
        "vi": "không thực hiện được phép '{operator}' đối với {0}",
    },
    "not-comparable": {
        "en": "{0} and {1} cannot be compared",
        "vi": "không so sánh được {0} với {1}",
    },
    "zones": {
        "en": "only one of the two values has a time zone",
        "vi": "chỉ một trong hai giá trị có múi giờ",
    },
    "division-by-zero": {
        "en": "division by zero",
        "vi": "phép chia cho 0",
    },
    "number-range": {
        "en": "the result is not a number of 34 digits with an exponent within ±6144",
        "vi": "kết quả vượt quá phạm vi của số có 34 chữ số",
    },
    "temporal-range": {
        "en": "the date or duration is out of range",
        "vi": "ngày tháng hoặc khoảng thời gian vượt quá phạm vi cho phép",
    },
    "not-boolean": {
        "en": "true or false is needed, {0} is given",
        "vi": "cần giá trị đúng hoặc sai, nhưng nhận được {0}",
    },
    "no-member": {
        "en": "{0} has no part named '{name}'",
        "vi": "{0} không có thành phần '{name}'",
    },
    "no-item": {
        "en": "the list has {length} items, there is no item {position}",
        "vi": "danh sách có {length} phần tử, không có phần tử thứ {position}",
    },
    "position": {
        "en": "a position in a list is a whole number other than 0",
        "vi": "vị trí trong danh sách phải là số nguyên khác 0",
    },
    "range-endpoints": {
        "en": "a range needs two endpoints of one kind, the lower first; {0} and {1} are given",
        "vi": "khoảng giá trị cần hai đầu mút cùng kiểu, đầu nhỏ trước; nhận được {0} và {1}",
    },
    "conversion": {
        "en": "{0} is given where {type} is declared",
        "vi": "nhận được {0}, không đúng kiểu đã khai báo ({type})",
    },
    "not-a-function": {
        "en": "{0} cannot be called as a function",
        "vi": "{0} không phải là hàm, không gọi được",
    },
    "arity": {
        "en": "'{function}' cannot be called with {count} arguments",
        "vi": "không gọi được hàm '{function}' với {count} đối số",
    },
    "parameter-names": {
        "en": "'{function}' has no parameters named {names}",
        "vi": "hàm '{function}' không có các tham số tên {names}",
    },
    "arguments": {
        "en": "'{function}' does not accept what it is given: {given}",
        "vi": "hàm '{function}' không nhận các đối số thuộc kiểu: {given}",
    },
    "domain": {
        "en": "an argument of '{function}' is outside what it accepts ({parameter})",
        "vi": "đối số '{parameter}' của hàm '{function}' nằm ngoài phạm vi cho phép",
    },
    "text-form": {
        "en": "the text does not have the form that '{function}' reads",
        "vi": "văn bản không đúng dạng thức mà hàm '{function}' đọc được",
    },
    "pattern": {
        "en": "the regular expression is not valid: {reason}",
        "vi": "biểu thức chính quy không hợp lệ: {reason}",
    },
    "items": {
        "en": "'{function}' needs a value for every item, one is {0}",
        "vi": "hàm '{function}' cần mọi phần tử đều có giá trị, nhưng có phần tử là {0}",
    },
    "empty": {
        "en": "'{function}' has no value for an empty list",
        "vi": "hàm '{function}' không có kết quả với danh sách rỗng",
    },
    "too-few": {
        "en": "'{function}' needs at least two numbers",
        "vi": "hàm '{function}' cần ít nhất hai số",
    },
    "duplicate-key": {
        "en": "the record has two entries of one name",
        "vi": "bản ghi có hai mục trùng tên",
    },
    "unknown-name": {
        "en": "nothing is named '{name}' here",
        "vi": "ở đây không có gì mang tên '{name}'",
    },
    "undeclared-type": {
        "en": "there is no type named '{name}'",
        "vi": "không có kiểu dữ liệu nào tên là '{name}'",
    },
    "at-literal": {
        "en": "the text after @ is no date, time or duration",
        "vi": "văn bản sau ký hiệu @ không phải là ngày, giờ hay khoảng thời gian",
    },
    "not-iterable": {
        "en": "a loop needs a list or a range, {0} is given",
        "vi": "vòng lặp cần danh sách hoặc khoảng giá trị, nhưng nhận được {0}",
    },
    "external": {
        "en": "functions written outside FEEL are not run",
        "vi": "không chạy hàm viết ngoài ngôn ngữ FEEL",
    },
    "no-clock": {
        "en": "'{function}' is not available here: a ruleset does not read the clock",
        "vi": "không dùng được hàm '{function}' ở đây: bộ tiêu chuẩn không đọc đồng hồ",
    },
    "negative-points": {
        "en": "points and deductions are never below 0",
        "vi": "điểm và điểm trừ không được nhỏ hơn 0",
    },
    "over-maximum": {
        "en": "the points are above the maximum of {maximum}",
        "vi": "số điểm vượt quá mức tối đa là {maximum}",
    },
    "deducted-below-zero": {
        "en": "more is deducted than there are points, and no floor is declared",
        "vi": "điểm trừ lớn hơn số điểm đạt được, và không có quy định về mức điểm tối thiểu",
    },
    "table-no-rule": {
        "en": "no row of the table '{table}' matches",
        "vi": "không có dòng nào của bảng '{table}' phù hợp",
    },
    "table-unique": {
        "en": "rows {rows} of the table '{table}' match, where only one may",
        "vi": "các dòng {rows} của bảng '{table}' cùng phù hợp, trong khi chỉ được một dòng",
    },
    "table-any": {
        "en": "rows {rows} of the table '{table}' match and give different results",
        "vi": "các dòng {rows} của bảng '{table}' cùng phù hợp nhưng cho kết quả khác nhau",
    },
    "table-input": {
        "en": "the table '{table}' does not accept the value of its column '{input}' ({0})",
        "vi": "bảng '{table}' không nhận giá trị ở cột '{input}' ({0})",
    },
    "table-output": {
        "en": "the table '{table}' gives a value that its column '{output}' does not allow ({0})",
        "vi": "bảng '{table}' cho giá trị mà cột '{output}' không cho phép ({0})",
    },
}
