"""What the authority decided, and personal data: the calls about them, as methods of the client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chuan.v1 import (
    authority_pb2,
    decision_service_pb2_grpc,
    personal_data_service_pb2,
    personal_data_service_pb2_grpc,
)

from clients.calls import Calls
from clients.ruleset_calls import LANGUAGES


@dataclass(frozen=True, slots=True)
class Document:
    """A signed document: its number, such as ``12/QĐ-UBND``, its date, and who signed it."""

    number: str
    date: dt.date
    signatory: str

    @property
    def message(self) -> authority_pb2.Document:
        """As it is sent."""
        return authority_pb2.Document(
            number=self.number, date=self.date.isoformat(), signatory=self.signatory
        )


class AuthorityCalls(Calls):
    """What follows a decision: what the authority decided, appeals, and the rights of the person judged."""

    _decisions: decision_service_pb2_grpc.DecisionServiceStub
    _personal: personal_data_service_pb2_grpc.PersonalDataServiceStub

    def record_authority_decision(
        self,
        decision_id: str,
        document: Document,
        *,
        outcome: str = "",
        reason: str = "",
        announced_on: dt.date | None = None,
        supersedes: int = 0,
        after_appeal: int = 0,
    ) -> authority_pb2.AuthorityStanding:
        """Record what the authority decided, and tell what stands now.

        Args:
            decision_id: about which decision.
            document: that says so.
            outcome: one of the ruleset's, or ``not_rated``; empty: as the verdict proposes.
            reason: why; required where the outcome is not the proposed one.
            announced_on: when the person was told; None: on the date of the document.
            supersedes: the number of the record that stands now; 0 where none does.
            after_appeal: the number of the appeal that it follows on; 0 for none.

        Raises:
            RecordRefused: the request is wrong, with every violation.
            ServiceError: another record stands (AUTHORITY_CONFLICT), or any other failure.
        """
        request = authority_pb2.RecordAuthorityDecisionRequest(
            decision_id=decision_id,
            document=document.message,
            outcome=outcome,
            reason=reason,
            announced_on=_day(announced_on),
            supersedes=supersedes,
            after_appeal=after_appeal,
        )
        return self._call(self._decisions.RecordAuthorityDecision, request).standing

    def list_authority_decisions(self, decision_id: str) -> authority_pb2.AuthorityStanding:
        """What the authority decided about a decision, and the appeals.

        Raises:
            ServiceError: there is no such decision (NOT_FOUND), or the call failed.
        """
        request = authority_pb2.ListAuthorityDecisionsRequest(decision_id=decision_id)
        return self._call(self._decisions.ListAuthorityDecisions, request).standing

    def file_appeal(
        self, decision_id: str, *, filed_on: dt.date, grounds: str
    ) -> tuple[int, authority_pb2.AuthorityStanding]:
        """Record an objection of the person; its number, and what stands now.

        Raises:
            RecordRefused: the request is wrong, with every violation.
            ServiceError: the authority has not decided (NOTHING_TO_APPEAL), or any other failure.
        """
        request = authority_pb2.FileAppealRequest(
            decision_id=decision_id, filed_on=filed_on.isoformat(), grounds=grounds
        )
        answer = self._call(self._decisions.FileAppeal, request)
        return answer.number, answer.standing

    def answer_appeal(
        self,
        decision_id: str,
        appeal: int,
        document: Document,
        *,
        upheld: bool,
        reason: str,
        answered_on: dt.date | None = None,
        supersedes: int = 0,
    ) -> authority_pb2.AuthorityStanding:
        """Record the answer to an objection, and tell what stands now.

        Raises:
            RecordRefused: the request is wrong, with every violation.
            ServiceError: there is no such appeal, another answer stands (AUTHORITY_CONFLICT), or any other failure.
        """
        uphold, reject = authority_pb2.APPEAL_RESULT_UPHELD, authority_pb2.APPEAL_RESULT_REJECTED
        request = authority_pb2.AnswerAppealRequest(
            decision_id=decision_id,
            appeal=appeal,
            result=uphold if upheld else reject,
            reason=reason,
            document=document.message,
            answered_on=_day(answered_on),
            supersedes=supersedes,
        )
        return self._call(self._decisions.AnswerAppeal, request).standing

    def export_subject(
        self, subject_ref: str, *, organisation: str = "", languages: Sequence[str] = ()
    ) -> Iterator[personal_data_service_pb2.ExportSubjectResponse]:
        """All that is held on a person, part by part. There is no deadline.

        Args:
            subject_ref: the person.
            organisation: within this organisation and those below it; empty: within all that you may read.
            languages: to explain the verdicts in, ``vi`` or ``en``.

        Raises:
            RecordRefused: the request is wrong, with every violation.
            ServiceError: nothing is held (SUBJECT_NOT_FOUND), or any other failure.
        """
        request = personal_data_service_pb2.ExportSubjectRequest(
            subject_ref=subject_ref,
            organisation=organisation,
            languages=[LANGUAGES[each] for each in languages],
        )
        yield from self._each(self._personal.ExportSubject, request)

    def erase_subject(
        self, subject_ref: str, *, confirm_subject_ref: str, reason: str, organisation: str = ""
    ) -> personal_data_service_pb2.PersonalDataEvent:
        """Erase all that is held on a person, for good.

        Args:
            subject_ref: the person.
            confirm_subject_ref: the same again: nothing brings back what is erased.
            reason: why; it is kept, so it does not name the person.
            organisation: within this organisation and those below it; empty: within all that you act for.

        Raises:
            RecordRefused: the request is wrong, with every violation.
            ServiceError: nothing is held (SUBJECT_NOT_FOUND), or any other failure.
        """
        request = personal_data_service_pb2.EraseSubjectRequest(
            subject_ref=subject_ref,
            confirm_subject_ref=confirm_subject_ref,
            reason=reason,
            organisation=organisation,
        )
        return self._call(self._personal.EraseSubject, request).event

    def apply_retention(self, *, apply: bool) -> list[personal_data_service_pb2.ExpiredDecisions]:
        """Erase what has been kept for longer than the settings of the service say, or only count it.

        Raises:
            ServiceError: the call failed; what was erased before stays erased.
        """
        request = personal_data_service_pb2.ApplyRetentionRequest(apply=apply)
        return list(self._call(self._personal.ApplyRetention, request).expired)


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()
