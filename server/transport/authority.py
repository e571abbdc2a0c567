"""The calls of DecisionService about what the authority decided: requests in, messages out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from chuan.v1 import authority_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from server.authority.model import Answer, Appeal, AppealResult, Decided, Document, Recorded, Standing, Term
from server.authority.register import AuthorityRegister, NewAnswer, NewDecision
from server.limits import MAX_NAME_LENGTH, MAX_REASON_LENGTH
from server.security import Caller
from server.transport.fields import Fields, named, timestamp_of

_RESULTS: Final[Mapping[int, AppealResult]] = {
    pb.APPEAL_RESULT_UPHELD: AppealResult.UPHELD,
    pb.APPEAL_RESULT_REJECTED: AppealResult.REJECTED,
}


class AuthorityCalls:
    """What the authority decided, and appeals. The register is used in a thread: it may wait for the disk."""

    def __init__(self, register: AuthorityRegister) -> None:
        self._register = register

    async def RecordAuthorityDecision(  # noqa: N802 - the contract's name
        self, request: pb.RecordAuthorityDecisionRequest, caller: Caller
    ) -> pb.RecordAuthorityDecisionResponse:
        """Record what the authority decided."""
        named(caller.name)
        fields = Fields()
        document = _document(request.document, fields)
        announced_on = fields.day("announced_on", request.announced_on, required=False)
        outcome = fields.text("outcome", request.outcome, MAX_NAME_LENGTH, required=False)
        reason = fields.text("reason", request.reason, MAX_REASON_LENGTH, required=False)
        if document is None:
            fields.refuse()
        fields.check()
        new = NewDecision(document, outcome, reason, announced_on, request.supersedes, request.after_appeal)
        standing = await asyncio.to_thread(self._register.decide, caller, request.decision_id, new)
        return pb.RecordAuthorityDecisionResponse(standing=standing_to(standing))

    async def ListAuthorityDecisions(  # noqa: N802
        self, request: pb.ListAuthorityDecisionsRequest, caller: Caller
    ) -> pb.ListAuthorityDecisionsResponse:
        """Show what stands, and what came before."""
        standing = await asyncio.to_thread(self._register.standing, caller, request.decision_id)
        return pb.ListAuthorityDecisionsResponse(standing=standing_to(standing))

    async def FileAppeal(self, request: pb.FileAppealRequest, caller: Caller) -> pb.FileAppealResponse:  # noqa: N802
        """Record an objection of the person."""
        named(caller.name)
        fields = Fields()
        grounds = fields.text("grounds", request.grounds, MAX_REASON_LENGTH)
        filed_on = fields.day("filed_on", request.filed_on)
        if filed_on is None:
            fields.refuse()
        fields.check()
        standing = await asyncio.to_thread(
            self._register.appeal, caller, request.decision_id, filed_on, grounds
        )
        number = standing.appeals[-1].recorded.number
        return pb.FileAppealResponse(number=number, standing=standing_to(standing))

    async def AnswerAppeal(self, request: pb.AnswerAppealRequest, caller: Caller) -> pb.AnswerAppealResponse:  # noqa: N802
        """Record the answer to an objection."""
        named(caller.name)
        fields = Fields()
        document = _document(request.document, fields)
        answered_on = fields.day("answered_on", request.answered_on, required=False)
        reason = fields.text("reason", request.reason, MAX_REASON_LENGTH)
        result = _RESULTS.get(request.result)
        if result is None:
            fields.wrong("result", "Say APPEAL_RESULT_UPHELD or APPEAL_RESULT_REJECTED.")
        if document is None or result is None:
            fields.refuse()
        fields.check()
        new = NewAnswer(request.appeal, result, reason, document, answered_on, request.supersedes)
        standing = await asyncio.to_thread(self._register.answer, caller, request.decision_id, new)
        return pb.AnswerAppealResponse(standing=standing_to(standing))


def standing_to(standing: Standing) -> pb.AuthorityStanding:
    """The message of what stands."""
    return pb.AuthorityStanding(
        decision_id=standing.decision_id,
        proposed=standing.proposed,
        current=None if standing.current is None else _decided_to(standing.current),
        differs=standing.differs,
        decisions=map(_decided_to, standing.decisions),
        appeals=map(_appeal_to, standing.appeals),
    )


def _document(message: pb.Document, fields: Fields) -> Document | None:
    number = fields.text("document.number", message.number, MAX_NAME_LENGTH)
    day = fields.day("document.date", message.date)
    signatory = fields.text("document.signatory", message.signatory, MAX_NAME_LENGTH)
    return None if day is None else Document(number, day, signatory)


def _decided_to(decided: Decided) -> pb.AuthorityDecision:
    confirmed, changed = pb.AUTHORITY_DECISION_KIND_CONFIRMED, pb.AUTHORITY_DECISION_KIND_CHANGED
    number, at, actor = _recorded_to(decided.recorded)
    return pb.AuthorityDecision(
        number=number,
        recorded_at=at,
        recorded_by=actor,
        kind=confirmed if decided.confirmed else changed,
        outcome=decided.outcome,
        reason=decided.reason,
        document=_document_to(decided.document),
        announced_on=decided.announced_on.isoformat(),
        supersedes=decided.supersedes,
        after_appeal=decided.after_appeal,
    )


def _appeal_to(appeal: Appeal) -> pb.Appeal:
    answers = [_answer_to(each, appeal.answering) for each in appeal.answers]
    number, at, actor = _recorded_to(appeal.recorded)
    return pb.Appeal(
        number=number,
        recorded_at=at,
        recorded_by=actor,
        against=appeal.against,
        filed_on=appeal.filed_on.isoformat(),
        grounds=appeal.grounds,
        filing=_term_to(appeal.filing, late=appeal.is_late),
        answering=_term_to(appeal.answering, late=bool(answers) and answers[-1].late),
        answer=answers[-1] if answers else None,
        answers=answers,
    )


def _answer_to(answer: Answer, term: Term) -> pb.AppealAnswer:
    upheld = answer.result is AppealResult.UPHELD
    number, at, actor = _recorded_to(answer.recorded)
    return pb.AppealAnswer(
        number=number,
        recorded_at=at,
        recorded_by=actor,
        result=pb.APPEAL_RESULT_UPHELD if upheld else pb.APPEAL_RESULT_REJECTED,
        reason=answer.reason,
        document=_document_to(answer.document),
        answered_on=answer.answered_on.isoformat(),
        late=answer.answered_on > term.last_day,
        supersedes=answer.supersedes,
    )


def _term_to(term: Term, *, late: bool) -> pb.Term:
    return pb.Term(
        working_days=term.working_days,
        last_day=term.last_day.isoformat(),
        late=late,
        source=term.source,
        holidays_listed=term.holidays_listed,
    )


def _document_to(document: Document) -> pb.Document:
    return pb.Document(number=document.number, date=document.date.isoformat(), signatory=document.signatory)


def _recorded_to(recorded: Recorded) -> tuple[int, Timestamp, str]:
    return recorded.number, timestamp_of(recorded.at_micros), recorded.actor
