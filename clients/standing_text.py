"""What the authority decided about a decision, and the appeals, in words."""

from __future__ import annotations

from typing import Any

from chuan.v1 import authority_pb2

from clients.plain_data import plain_data
from engine.ruleset.localized import Language

_WORDS: dict[str, dict[Language, str]] = {
    "none": {"vi": "Cấp có thẩm quyền chưa quyết định.", "en": "The authority has not decided."},
    "proposed": {"vi": "Kết quả đề xuất: {outcome}", "en": "Proposed by the verdict: {outcome}"},
    "open": {"vi": "chưa xác định", "en": "left open"},
    "confirmed": {"vi": "xác nhận", "en": "confirmed"},
    "changed": {"vi": "quyết định khác", "en": "changed"},
    "decided": {
        "vi": "#{number} {kind}: {outcome}, {document} ngày {date}, {signatory} ký; công bố ngày {announced_on}",
        "en": "#{number} {kind}: {outcome}, {document} of {date}, signed by {signatory}; announced on {announced_on}",
    },
    "stands": {"vi": " (đang có hiệu lực)", "en": " (stands)"},
    "differs": {"vi": "Khác với kết quả đề xuất.", "en": "It differs from what the verdict proposed."},
    "reason": {"vi": "   lý do: {reason}", "en": "   reason: {reason}"},
    "appeal": {
        "vi": "#{number} kiến nghị ngày {filed_on} về #{against}: {grounds}",
        "en": "#{number} appeal filed on {filed_on} against #{against}: {grounds}",
    },
    "filing": {
        "vi": "   thời hạn kiến nghị: {working_days} ngày làm việc, đến {last_day}{late}",
        "en": "   to be filed within {working_days} working days, by {last_day}{late}",
    },
    "answering": {
        "vi": "   thời hạn trả lời: {working_days} ngày làm việc, đến {last_day}{late}",
        "en": "   to be answered within {working_days} working days, by {last_day}{late}",
    },
    "late": {"vi": " - QUÁ HẠN", "en": " - LATE"},
    "unlisted": {
        "vi": "   chưa khai báo ngày nghỉ lễ của năm đó: hạn có thể muộn hơn",
        "en": "   no holidays are listed for that year: the last day may be later",
    },
    "upheld": {"vi": "chấp nhận", "en": "upheld"},
    "rejected": {"vi": "không chấp nhận", "en": "rejected"},
    "answer": {
        "vi": "   #{number} trả lời ngày {answered_on}: {result}, {document} ngày {date}, {signatory} ký",
        "en": "   #{number} answered on {answered_on}: {result}, {document} of {date}, signed by {signatory}",
    },
}


def standing_text(stands: authority_pb2.AuthorityStanding, lang: Language) -> str:
    """What stands, and all that came before it, in words."""
    lines = [_say("proposed", lang, outcome=stands.proposed or _say("open", lang))]
    if not stands.decisions:
        return "\n".join([*lines, _say("none", lang)])
    for each in stands.decisions:
        line = _say("decided", lang, **_decided(each, lang))
        lines.append(line + (_say("stands", lang) if each.number == stands.current.number else ""))
        if each.reason:
            lines.append(_say("reason", lang, reason=each.reason))
    if stands.differs:
        lines.append(_say("differs", lang))
    for filed in stands.appeals:
        lines += _appeal_lines(filed, lang)
    return "\n".join(lines)


def _appeal_lines(filed: authority_pb2.Appeal, lang: Language) -> list[str]:
    lines = [_say("appeal", lang, **plain_data(filed))]
    for name, term in (("filing", filed.filing), ("answering", filed.answering)):
        late = _say("late", lang) if term.late else ""
        lines.append(_say(name, lang, working_days=term.working_days, last_day=term.last_day, late=late))
        if not term.holidays_listed:
            lines.append(_say("unlisted", lang))
    for each in filed.answers:
        upheld = each.result == authority_pb2.APPEAL_RESULT_UPHELD
        lines.append(
            _say(
                "answer",
                lang,
                number=each.number,
                answered_on=each.answered_on,
                result=_say("upheld" if upheld else "rejected", lang),
                document=each.document.number,
                date=each.document.date,
                signatory=each.document.signatory,
            )
        )
        lines.append(_say("reason", lang, reason=each.reason))
    return lines


def _decided(each: authority_pb2.AuthorityDecision, lang: Language) -> dict[str, Any]:
    confirmed = each.kind == authority_pb2.AUTHORITY_DECISION_KIND_CONFIRMED
    return {
        "number": each.number,
        "kind": _say("confirmed" if confirmed else "changed", lang),
        "outcome": each.outcome,
        "document": each.document.number,
        "date": each.document.date,
        "signatory": each.document.signatory,
        "announced_on": each.announced_on,
    }


def _say(name: str, lang: Language, **values: object) -> str:
    return _WORDS[name][lang].format(**values)
