"""The words of an explanation that no ruleset brings along, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.ruleset.localized import Language


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
        "vi": "Dựa trên quy tắc chưa được kiểm chứng",
        "en": "Rests on a rule that is not verified",
    },
    "proposal_only": {
        "vi": "Kết quả do công cụ đề xuất; cấp có thẩm quyền quyết định.",
        "en": "This is a proposal; the competent authority decides.",
    },
    # the same of a title standard, which rates nobody
    "decided@title-standard": {"vi": "Đề xuất kết luận: {outcome}.", "en": "Proposed conclusion: {outcome}."},
    "undetermined@title-standard": {
        "vi": "Chưa kết luận được: {possible}.",
        "en": "No conclusion is possible yet: {possible}.",
    },
    "not_rated@title-standard": {"vi": "Không thuộc diện xem xét.", "en": "Not to be considered."},
    "possible_not_rated@title-standard": {
        "vi": "không thuộc diện xem xét",
        "en": "not to be considered",
    },
    "blocked@title-standard": {
        "vi": "Vì sao chưa thể kết luận “{outcome}”",
        "en": "Why not “{outcome}”",
    },
    "ground@title-standard": {
        "vi": "Căn cứ quyết định kết luận, dù các tiêu chí khác đạt hay không",
        "en": "What fixes the conclusion, whatever else holds",
    },
    "ground_open@title-standard": {
        "vi": "Chưa rõ, nhưng nếu có thì quyết định kết luận",
        "en": "Not known, and would fix the conclusion if it came out so",
    },
    "depends@title-standard": {"vi": "Kết luận “{outcome}” còn phụ thuộc", "en": "“{outcome}” depends on"},
    "blocked_more@title-standard": {
        "vi": "Để kết luận “{outcome}”, còn thêm",
        "en": "For “{outcome}”, in addition",
    },
    "gated@title-standard": {
        "vi": "Vì sao không thuộc diện xem xét",
        "en": "Why there is nothing to consider",
    },
    "gate_open@title-standard": {
        "vi": "Việc có thuộc diện xem xét hay không còn phụ thuộc",
        "en": "Whether there is anything to consider depends on",
    },
    "gap_unnamed@title-standard": {
        "vi": "Quy định không nêu kết luận cho trường hợp này.",
        "en": "The regulation names no conclusion for this case.",
    },
    "improvement@title-standard": {
        "vi": "Thay đổi ít nhất để đạt kết luận “{outcome}”",
        "en": "The smallest change that reaches “{outcome}”",
    },
    # what would move it
    "at_most": {"vi": "không quá {high}", "en": "at most {high}"},
    "at_least": {"vi": "từ {low} trở lên", "en": "at least {low}"},
    "between": {"vi": "từ {low} đến {high}", "en": "from {low} to {high}"},
    "any": {"vi": "bất kỳ", "en": "any"},
    "case": {"vi": "nếu {condition}: {result}", "en": "if {condition}: {result}"},
    "improvement": {
        "vi": "Thay đổi ít nhất để đạt mức “{outcome}”",
        "en": "The smallest change that reaches “{outcome}”",
    },
    "change": {"vi": "{fact}: từ {from_} thành {to}", "en": "{fact}: from {from_} to {to}"},
    # headings
    "law": {"vi": "Căn cứ", "en": "Under"},
    "ground": {
        "vi": "Căn cứ quyết định mức xếp loại, dù các tiêu chí khác đạt hay không",
        "en": "What fixes the rating, whatever else holds",
    },
    "ground_open": {
        "vi": "Chưa rõ, nhưng nếu có thì quyết định mức xếp loại",
        "en": "Not known, and would fix the rating if it came out so",
    },
    "blocked": {"vi": "Vì sao chưa đạt mức “{outcome}”", "en": "Why not “{outcome}”"},
    "depends": {"vi": "Mức “{outcome}” còn phụ thuộc", "en": "“{outcome}” depends on"},
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
    "other_criteria": {"vi": "Các tiêu chí còn lại", "en": "The other criteria"},
    "all_met": {"vi": "Các tiêu chí đều đạt", "en": "All criteria are met"},
    "advisory": {"vi": "Lưu ý (không ảnh hưởng kết quả)", "en": "For attention (moves nothing)"},
    "obligations": {"vi": "Việc phải làm", "en": "Obligations"},
    "proposals": {"vi": "Đề xuất xem xét", "en": "Proposed for consideration"},
    "notes": {"vi": "Ghi chú", "en": "Notes"},
    "rests_on": {
        "vi": "Quy tắc chưa được kiểm chứng có ảnh hưởng",
        "en": "Unverified rules that matter here",
    },
    # the score
    "points": {"vi": "{label}: {points}/{maximum} điểm", "en": "{label}: {points} of {maximum} points"},
    "points_open": {
        "vi": "{label}: chưa tính được (tối đa {maximum} điểm)",
        "en": "{label}: not known (at most {maximum} points)",
    },
    "points_rounded": {"vi": " (làm tròn từ {exact})", "en": " (rounded from {exact})"},
    "points_before": {"vi": "trước khi trừ {points} điểm", "en": "{points} before deductions"},
    "deduction": {"vi": "trừ {points} điểm - {label}", "en": "minus {points} - {label}"},
    "and_more": {"vi": "và {count} mục khác", "en": "and {count} more"},
    # the law
    "places_of": {"vi": "{places} {source}", "en": "{places} of {source}"},
    "as_amended": {"vi": "{law} (sửa đổi, bổ sung bởi {amender})", "en": "{law} (as amended by {amender})"},
    # lines
    "by_ruleset": {
        "vi": "{title}, tính đến ngày {date} (bộ quy tắc {id} {version})",
        "en": "{title}, as of {date} (ruleset {id} {version})",
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
    "waivable": {
        "vi": "{sentence} (cấp có thẩm quyền có thể xem xét, quyết định trường hợp đặc biệt)",
        "en": "{sentence} (the competent authority may decide on it as a special case)",
    },
    "standing_secondary": {"vi": "nguồn thứ cấp", "en": "secondary source"},
    "standing_draft": {"vi": "dự thảo, chưa kiểm chứng", "en": "draft, not verified"},
    # the page
    "page_title": {"vi": "Phiếu giải thích kết quả đề xuất", "en": "Explanation of a proposed result"},
    "page_subject_evaluation": {"vi": "Người được đánh giá", "en": "Person evaluated"},
    "page_subject_title_standard": {"vi": "Người được xem xét", "en": "Person considered"},
    "page_subject_organization": {"vi": "Tập thể được đánh giá", "en": "Organisation evaluated"},
    "page_ruleset": {"vi": "Bộ quy tắc", "en": "Ruleset"},
    "page_version": {"vi": "{id}, phiên bản {version}", "en": "{id}, version {version}"},
    "page_chosen_version": {"vi": "chọn theo mã và phiên bản", "en": "chosen by its id and version"},
    "page_chosen_date": {"vi": "phiên bản áp dụng tại ngày này", "en": "the version in effect on that day"},
    "page_chosen_selector": {
        "vi": "chọn theo đối tượng và ngày đánh giá",
        "en": "chosen by whom it is for, and by the day",
    },
    "page_date": {"vi": "Tính đến ngày", "en": "As of"},
    "page_law": {"vi": "Căn cứ pháp lý", "en": "Legal basis"},
    "page_issued": {"vi": "{title} ngày {date}", "en": "{title} of {date}"},
    "page_note": {"vi": "Về bộ quy tắc", "en": "On the ruleset"},
    "page_ladder": {"vi": "Các mức, từ cao xuống thấp", "en": "The outcomes, highest first"},
    "rung_reached": {"vi": "Mức được đề xuất", "en": "Proposed"},
    "rung_possible": {"vi": "Còn có thể", "en": "Still possible"},
    "rung_in_gap": {"vi": "Trong khoảng trống của quy định", "en": "Within a gap in the regulation"},
    "rung_limited": {"vi": "Đủ điều kiện, nhưng bị giới hạn", "en": "Conditions hold, but limited"},
    "rung_blocked": {"vi": "Chưa đạt", "en": "Not reached"},
    "rung_below": {"vi": "Mức thấp hơn", "en": "Below"},
    "rung_closed": {"vi": "Không xét", "en": "Not considered"},
    "rung_ground": {"vi": "Căn cứ quyết định mức này", "en": "What fixes this outcome, whatever else holds"},
    "rung_ground_open": {
        "vi": "Chưa rõ, nhưng nếu có thì quyết định mức này",
        "en": "Not known, and would fix this outcome if it came out so",
    },
    "rung_because": {"vi": "Chưa đạt vì", "en": "Not reached, since"},
    "rung_limited_by": {"vi": "Bị giới hạn bởi", "en": "Limited by"},
    "rung_depends": {"vi": "Còn phụ thuộc", "en": "Depends on"},
    "rung_adds": {
        "vi": "Ngoài những điều nêu ở mức dưới, còn vì",
        "en": "Beside what stands at the rung below",
    },
    "rung_same": {"vi": "Như mức dưới.", "en": "For the same reasons as the rung below."},
    "rung_fixed": {"vi": "Mức “{outcome}” đã có căn cứ quyết định.", "en": "“{outcome}” is fixed already."},
    "rung_improvement": {
        "vi": "Thay đổi ít nhất để đạt mức này",
        "en": "The smallest change that reaches it",
    },
    "page_findings": {"vi": "Kết quả theo từng tiêu chí", "en": "Findings, criterion by criterion"},
    "page_number": {"vi": "TT", "en": "No."},
    "page_status": {"vi": "Kết quả", "en": "Status"},
    "page_finding": {"vi": "Nhận định", "en": "Finding"},
    "page_criterion": {"vi": "tiêu chí {number}", "en": "criterion {number}"},
    "page_advisory": {"vi": "lưu ý, không ảnh hưởng kết quả", "en": "for attention, moves nothing"},
    "mark_met": {"vi": "Đạt", "en": "Met"},
    "mark_unmet": {"vi": "Không đạt", "en": "Not met"},
    "mark_unknown": {"vi": "Chưa rõ", "en": "Not known"},
    "mark_not_applicable": {"vi": "Không áp dụng", "en": "Does not apply"},
    "missing_unknown": {"vi": "Cần bổ sung", "en": "Needed"},
    "missing_not_applicable": {"vi": "Không cần", "en": "Not needed"},
    "page_proof": {"vi": "Các bước suy luận", "en": "The proof, step by step"},
    "page_rule": {"vi": "Quy tắc", "en": "Rule"},
    "page_from": {"vi": "Từ", "en": "From"},
    "page_gives": {"vi": "Suy ra", "en": "Follows"},
    "page_expressions": {"vi": "Biểu thức của từng tiêu chí", "en": "The expression of each criterion"},
    "page_applies": {"vi": "áp dụng khi", "en": "applies where"},
    "page_ruleset_digest": {"vi": "SHA-256 của bộ quy tắc", "en": "SHA-256 of the ruleset"},
    "page_verdict_digest": {"vi": "SHA-256 của kết quả", "en": "SHA-256 of the verdict"},
    "page_decision": {"vi": "Quyết định của cấp có thẩm quyền", "en": "Decision of the competent authority"},
    "page_agree": {"vi": "Đồng ý với kết quả đề xuất", "en": "As proposed"},
    "page_disagree": {"vi": "Quyết định khác:", "en": "Otherwise:"},
    "page_reason": {"vi": "Lý do:", "en": "Reason:"},
    "page_day": {"vi": "Ngày …… tháng …… năm ………", "en": "Date: ………………………"},
    "page_signature": {"vi": "Người có thẩm quyền", "en": "For the authority"},
    "page_sign_here": {"vi": "(ký, ghi rõ họ tên)", "en": "(signature and name)"},
    # steps of a proof
    "proof_met": {"vi": "tiêu chí đạt: {names}", "en": "criteria met: {names}"},
    "proof_unmet": {"vi": "tiêu chí không đạt: {names}", "en": "criteria not met: {names}"},
    "proof_unknown": {"vi": "tiêu chí chưa rõ: {names}", "en": "criteria not known: {names}"},
    "proof_not_applicable": {
        "vi": "tiêu chí không áp dụng: {names}",
        "en": "criteria that do not apply: {names}",
    },
    "proof_attained": {"vi": "đủ điều kiện mức {names}", "en": "conditions hold of {names}"},
    "proof_outcome": {"vi": "kết quả {names}", "en": "outcome {names}"},
    "proof_ground": {"vi": "quyết định mức {names}", "en": "fixed: {names}"},
    "proof_ceiling": {"vi": "không quá mức {names}", "en": "at most {names}"},
    "proof_not_rated": {"vi": "không xếp loại", "en": "not rated"},
    "proof_cannot_evaluate": {"vi": "không đủ căn cứ để đánh giá", "en": "nothing to judge by"},
    "proof_oblige": {"vi": "việc phải làm: {names}", "en": "obligation: {names}"},
    "proof_propose": {"vi": "đề xuất xem xét: {names}", "en": "proposal: {names}"},
    "proof_note": {"vi": "ghi chú: {names}", "en": "note: {names}"},
    "proof_always": {"vi": "không cần điều kiện", "en": "no condition"},
    # quotas
    "quota_other_outcome": {
        "vi": "Không thuộc diện xét mức “{outcome}”: xếp loại theo tiêu chí là “{rated}”.",
        "en": "Not eligible for “{outcome}”: rated “{rated}” by the criteria.",
    },
    "quota_no_outcome": {
        "vi": "Không thuộc diện xét mức “{outcome}”.",
        "en": "Not eligible for “{outcome}”.",
    },
    "quota_within_places": {"vi": "Được xếp mức “{outcome}”.", "en": "Awarded “{outcome}”."},
    "quota_cap_zero_slots": {
        "vi": "Đủ điều kiện xét mức “{outcome}” nhưng theo tỷ lệ thì không có chỉ tiêu nào; xếp mức “{falls_to}”.",
        "en": "Eligible for “{outcome}” and not awarded, since the cap leaves no place; rated “{falls_to}”.",
    },
    "quota_places_taken": {
        "vi": "Đủ điều kiện xét mức “{outcome}” nhưng các chỉ tiêu thuộc về những trường hợp có thứ hạng cao hơn; "
        "xếp mức “{falls_to}”.",
        "en": "Eligible for “{outcome}” and not awarded, since the places go to those ranked higher; "
        "rated “{falls_to}”.",
    },
    "quota_tie": {
        "vi": "Đủ điều kiện xét mức “{outcome}”; bằng thứ hạng với trường hợp khác ở chỉ tiêu cuối cùng: "
        "cấp có thẩm quyền quyết định.",
        "en": "Eligible for “{outcome}”; tied with others across the last place: the competent authority decides.",
    },
    "quota_no_ranking": {
        "vi": "Đủ điều kiện xét mức “{outcome}”; số đủ điều kiện nhiều hơn chỉ tiêu và không có quy định "
        "về thứ tự ưu tiên: cấp có thẩm quyền quyết định.",
        "en": "Eligible for “{outcome}”; more are eligible than there are places, and no rule ranks them: "
        "the competent authority decides.",
    },
    "quota_missing_fact": {
        "vi": "Đủ điều kiện xét mức “{outcome}”; chưa xác định được nhóm hoặc thứ hạng.",
        "en": "Eligible for “{outcome}”; the group or the rank is not known.",
    },
    "quota_share_not_known": {
        "vi": "Đủ điều kiện xét mức “{outcome}”; chưa xác định được tỷ lệ áp dụng cho nhóm.",
        "en": "Eligible for “{outcome}”; the share that applies to the group is not known.",
    },
    "quota_others_open": {
        "vi": "Đủ điều kiện xét mức “{outcome}”; kết quả còn phụ thuộc vào trường hợp khác chưa được quyết định.",
        "en": "Eligible for “{outcome}”; it depends on others who are not decided.",
    },
    "quota_verdict_open": {
        "vi": "Chưa xác định được mức xếp loại; có thể thuộc diện xét mức “{outcome}”.",
        "en": "The rating is not determined yet; it may make eligible for “{outcome}”.",
    },
    "quota_group": {"vi": "{group}: {place}; {cap}.", "en": "{group}: {place}; {cap}."},
    "quota_ranked": {"vi": "hạng {position}, có {places}", "en": "{position} of {places}"},
    "quota_ranked_past": {
        "vi": "hạng {position}, có {places} (có trường hợp hạng cao hơn nhưng vượt tỷ lệ của nhóm khác)",
        "en": "{position} of {places} (others ranked higher are stopped by the cap of another group)",
    },
    "quota_unranked": {
        "vi": "{eligible} trường hợp đủ điều kiện, có {places}",
        "en": "{eligible} eligible, {places}",
    },
    "quota_place": {"vi": "{places} chỉ tiêu", "en": "{places} place"},
    "quota_places": {"vi": "{places} chỉ tiêu", "en": "{places} places"},
    "quota_places_between": {
        "vi": "từ {fewest} đến {most} chỉ tiêu",
        "en": "between {fewest} and {most} places",
    },
    "quota_cap": {
        "vi": "không quá {share} {counted} ({share} của {denominator} là {quotient}, {rounding}{more})",
        "en": "at most {share} of {counted} ({share} of {denominator} is {quotient}, {rounding}{more})",
    },
    "quota_cap_not_known": {
        "vi": "chưa rõ không quá bao nhiêu phần trăm {counted}",
        "en": "at most a share of {counted} that is not known",
    },
    "quota_one_more": {
        "vi": "; thêm một trường hợp thì chỉ còn {denominator}, {share} là {quotient}",
        "en": "; one more would leave {denominator}, {share} of which is {quotient}",
    },
    "quota_reading": {"vi": "Theo cách hiểu: {label}.", "en": "By the reading: {label}."},
    "quota_of_outcome": {"vi": "số được xếp mức “{name}”", "en": "those rated “{name}”"},
    "quota_of_or_above": {"vi": "số được xếp mức “{name}” trở lên", "en": "those rated “{name}” or higher"},
    "quota_of_all_rated": {"vi": "tổng số được xếp loại", "en": "all who are rated"},
    "quota_down": {"vi": "làm tròn xuống", "en": "rounded down"},
    "quota_up": {"vi": "làm tròn lên", "en": "rounded up"},
    "quota_half_up": {"vi": "làm tròn, từ một nửa trở lên thì làm tròn lên", "en": "rounded, a half up"},
    "quota_half_even": {"vi": "làm tròn, một nửa thì về số chẵn", "en": "rounded, a half to the even number"},
    "quota_missing": {"vi": "Cần bổ sung thông tin: {facts}.", "en": "Facts needed: {facts}."},
    "quota_provisional": {
        "vi": "Tạm tính: số trường hợp chưa xác định được mức xếp loại hoặc nhóm là {open}.",
        "en": "Provisional: still without a rating or a group: {open}.",
    },
}
