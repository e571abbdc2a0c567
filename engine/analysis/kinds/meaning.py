"""The kinds of findings that are told by evaluating: what can never be, what is left open, what clashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.analysis.kinds.kind import Kind, kind
from engine.analysis.model import Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

OF_MEANING: Final[Mapping[str, Kind]] = {
    "condition-constant": kind(
        _WARNING,
        ("{condition} is always {value}.", "{condition} luôn {value_vi}."),
        (
            "No value that the facts may have makes it anything else.",
            "Không giá trị nào mà dữ kiện có thể nhận làm khác đi.",
        ),
        (
            "Correct the number, or what the fact allows.",
            "Sửa con số, hoặc sửa các giá trị mà dữ kiện cho phép.",
        ),
    ),
    "never-met": kind(
        _ERROR,
        ("{name} can never be met.", "{name} không bao giờ đạt được."),
        (
            "Whatever a record says, its condition is not true.",
            "Dù hồ sơ ghi thế nào, điều kiện này cũng không đúng.",
        ),
        (
            "Look for conditions that exclude each other, and numbers outside what a fact allows.",
            "Tìm các điều kiện loại trừ nhau và những con số nằm ngoài giá trị cho phép của dữ kiện.",
        ),
    ),
    "always-met": kind(
        _WARNING,
        ("No record fails {name}.", "Không hồ sơ nào không đạt {name}."),
        (
            "A criterion that nothing can fail demands nothing.",
            "Tiêu chí mà không hồ sơ nào có thể không đạt thì không đòi hỏi điều gì.",
        ),
        (
            "Write what the law demands, or take the criterion out.",
            "Ghi điều pháp luật đòi hỏi, hoặc bỏ tiêu chí.",
        ),
    ),
    "never-applies": kind(
        _WARNING,
        ("{name} never applies.", "{name} không bao giờ được áp dụng."),
        (
            "Whatever a record says, its applies is not true, and the finding counts as met.",
            "Dù hồ sơ ghi thế nào, applies cũng không đúng, và kết quả được coi là đạt.",
        ),
        ("Correct applies, or take it out.", "Sửa applies, hoặc bỏ đi."),
    ),
    "criterion-implied": kind(
        _WARNING,
        (
            "{place} asks for {implied}, which holds wherever {by} does.",
            "{place_vi} xét {implied}, nhưng tiêu chí này luôn đạt khi {by} đạt.",
        ),
        (
            "It adds nothing here, which the law seldom means.",
            "Nó không thêm đòi hỏi nào ở đây, điều mà pháp luật ít khi có ý như vậy.",
        ),
        (
            "Compare both with the article: a threshold may be wrong. If they are right, one may be taken out here.",
            "Đối chiếu cả hai với điều khoản: có thể một ngưỡng bị sai. Nếu đều đúng thì có thể bỏ bớt một ở đây.",
        ),
    ),
    "outcome-unused": kind(
        _WARNING,
        ("Nothing leads to the outcome {name}.", "Không có quy tắc nào dẫn đến mức {name}."),
        (
            "No ground, rung, ceiling or otherwise names it, so no verdict can be it.",
            "Không có căn cứ, bậc, giới hạn hay otherwise nào nêu mức này, nên không kết luận nào đạt được.",
        ),
        (
            "Write the rung or the ground that the law has for it, or take the outcome out.",
            "Ghi bậc hoặc căn cứ mà pháp luật quy định cho mức này, hoặc bỏ mức này.",
        ),
    ),
    "outcome-unreachable": kind(
        _ERROR,
        ("No record can come to {name}: {because_en}.", "Không hồ sơ nào đạt được mức {name}: {because_vi}."),
        (
            "An outcome of the law that nobody can be given is a mistake in the rules.",
            "Mức xếp loại có trong pháp luật mà không ai có thể được xếp là quy tắc có lỗi.",
        ),
        (
            "Compare what the outcome asks for with the article, and with what the outcomes above it ask for.",
            "Đối chiếu điều kiện của mức này với điều khoản và với điều kiện của các mức cao hơn.",
        ),
    ),
    "gap-unnamed": kind(
        _WARNING,
        (
            "Without {name} the law says nothing: a complete record is left between {lowest} and {highest}.",
            "Khi không đạt {name}, quy tắc bỏ trống: hồ sơ đầy đủ vẫn nằm giữa {lowest_vi} và {highest_vi}.",
        ),
        (
            "A gap of the law is shown, never filled, and its reader wants to be told which one it is.",
            "Khoảng trống của pháp luật được nêu ra chứ không tự lấp, và người đọc cần biết đó là khoảng trống nào.",
        ),
        (
            "Add it to gaps: with unmet: [{name}], or correct the criterion if the law leaves no gap.",
            "Thêm vào gaps: với unmet: [{name}], hoặc sửa tiêu chí nếu pháp luật không để trống.",
        ),
    ),
    "gap-unreachable": kind(
        _WARNING,
        (
            "No record falls into the gap {name}.",
            "Không hồ sơ nào rơi vào khoảng trống {name}.",
        ),
        (
            "A gap is told where its criteria are all unmet and the verdict is undetermined.",
            "Khoảng trống được nêu khi mọi tiêu chí của nó đều không đạt và kết luận chưa xác định.",
        ),
        ("Correct its unmet, or take the gap out.", "Sửa unmet của nó, hoặc bỏ khoảng trống này."),
    ),
    "consequence-unreachable": kind(
        _WARNING,
        (
            "This consequence never follows: {when} are never all there.",
            "Hệ quả này không bao giờ xảy ra: {when} không bao giờ có đủ cùng lúc.",
        ),
        (
            "All of when have to be there at once.",
            "Mọi điều kiện trong when phải có cùng lúc.",
        ),
        ("Correct when, or take the consequence out.", "Sửa when, hoặc bỏ hệ quả này."),
    ),
    "table-overlap": kind(
        _ERROR,
        (
            "Rows {first} and {second} of {table} match the same values.",
            "Dòng {first} và dòng {second} của bảng {table} cùng khớp với một bộ giá trị.",
        ),
        (
            "Under hit policy {hit} the result is then null: what asks for it is unknown, or compares with nothing.",
            "Với cách chọn {hit}, kết quả khi đó là null: điều cần đến nó chưa xác định được, hoặc so sánh với null.",
        ),
        (
            "Narrow one of the rows, or choose another hit policy.",
            "Thu hẹp một trong hai dòng, hoặc chọn cách chọn dòng khác.",
        ),
    ),
    "table-gap": kind(
        _WARNING,
        ("No row of {table} matches {values}.", "Không dòng nào của bảng {table} khớp với {values}."),
        (
            "The result is then null: what asks for it is unknown, or compares with nothing.",
            "Kết quả khi đó là null: điều cần đến nó chưa xác định được, hoặc so sánh với null.",
        ),
        (
            "Add a row, or a default to the output.",
            "Thêm một dòng, hoặc thêm default cho cột kết quả.",
        ),
    ),
    "row-unreachable": kind(
        _WARNING,
        (
            "Row {row} of {table} never gives the result: {because_en}.",
            "Dòng {row} của bảng {table} không bao giờ cho kết quả: {because_vi}.",
        ),
        (
            "A row that is never used is often one that stands in the wrong place.",
            "Dòng không bao giờ được dùng thường là dòng đặt sai chỗ.",
        ),
        (
            "Correct its cells, move it up, or take it out.",
            "Sửa các ô của dòng, chuyển lên trên, hoặc bỏ đi.",
        ),
    ),
    "overlapping-versions": kind(
        _ERROR,
        ("{what}", "{id} có hai phiên bản cùng có hiệu lực trong một ngày: {version} và {other}."),
        (
            "On a day only one version may be in effect.",
            "Mỗi ngày chỉ một phiên bản được có hiệu lực.",
        ),
        (
            "End the older one on the day before the newer one begins.",
            "Kết thúc phiên bản cũ vào ngày trước ngày phiên bản mới bắt đầu.",
        ),
    ),
    "same-version": kind(
        _ERROR,
        ("{other_file} is {id} {version} as well.", "{other_file} cũng là {id} {version}."),
        ("A version is one text for ever.", "Một phiên bản chỉ là một văn bản, không thay đổi."),
        ("Give one of them another version.", "Đổi số phiên bản của một trong hai."),
    ),
    "selectors-overlap": kind(
        _ERROR,
        (
            "{other} selects the same record on {on}.",
            "{other} cũng chọn hồ sơ này vào ngày {on}.",
        ),
        (
            "A record whose ruleset is chosen by selector may have only one.",
            "Hồ sơ được chọn bộ quy tắc theo selects thì chỉ được có một bộ.",
        ),
        (
            "Make one of the two selectors narrower, or end one before the other begins.",
            "Thu hẹp một trong hai điều kiện selects, hoặc kết thúc một bộ trước khi bộ kia bắt đầu.",
        ),
    ),
}
