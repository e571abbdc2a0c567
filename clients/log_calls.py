"""The log as a whole: lists, exports and verification, as methods of the client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from chuan.v1 import decision_service_pb2, decision_service_pb2_grpc, verdict_pb2

from clients.calls import Calls


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilter:
    """Which decisions; what is left empty asks for nothing.

    Attributes:
        ruleset: reached by a ruleset of this id.
        version: by this version of it.
        subject_ref: about this subject.
        organisation: for an organisation of this subtree.
        caller: asked for by this caller.
        status: ``decided``, ``undetermined``, ``not_rated`` or ``cannot_evaluate``.
        outcome: with this outcome.
        kind: ``record`` or ``table``.
        logged_from: logged at or after this moment, in a zone.
        logged_until: logged before this moment, in a zone.
    """

    ruleset: str = ""
    version: str = ""
    subject_ref: str = ""
    organisation: str = ""
    caller: str = ""
    status: str = ""
    outcome: str = ""
    kind: str = ""
    logged_from: dt.datetime | None = None
    logged_until: dt.datetime | None = None

    @property
    def message(self) -> decision_service_pb2.DecisionFilter:
        """As it is sent.

        Raises:
            ValueError: there is no such status or kind.
        """
        message = decision_service_pb2.DecisionFilter(
            ruleset_id=self.ruleset,
            version=self.version,
            subject_ref=self.subject_ref,
            organisation=self.organisation,
            caller=self.caller,
            outcome=self.outcome,
        )
        if self.status:
            message.status = verdict_pb2.VerdictStatus.Value(f"VERDICT_STATUS_{self.status.upper()}")
        if self.kind:
            message.kind = decision_service_pb2.DecisionKind.Value(f"DECISION_KIND_{self.kind.upper()}")
        if self.logged_from is not None:
            message.logged_from.FromDatetime(self.logged_from.astimezone(dt.UTC))
        if self.logged_until is not None:
            message.logged_until.FromDatetime(self.logged_until.astimezone(dt.UTC))
        return message


EVERY_DECISION = DecisionFilter()


class LogCalls(Calls):
    """Lists, exports and verification of the log."""

    _decisions: decision_service_pb2_grpc.DecisionServiceStub

    def list_decisions(
        self, which: DecisionFilter = EVERY_DECISION, *, page_size: int = 0, page_token: str = ""
    ) -> decision_service_pb2.ListDecisionsResponse:
        """A page of decisions, newest first, and the token of the next; empty: there is none."""
        request = decision_service_pb2.ListDecisionsRequest(
            filter=which.message, page_size=page_size, page_token=page_token
        )
        return self._call(self._decisions.ListDecisions, request)

    def decisions(
        self, which: DecisionFilter = EVERY_DECISION
    ) -> Iterator[decision_service_pb2.DecisionSummary]:
        """All decisions, newest first, had page by page."""
        page = self.list_decisions(which)
        while True:
            yield from page.decisions
            if not page.next_page_token:
                return
            page = self.list_decisions(which, page_token=page.next_page_token)

    def export_decisions(
        self, which: DecisionFilter = EVERY_DECISION, *, after_position: int = 0, last_position: int = 0
    ) -> Iterator[bytes]:
        """The lines of an export, many at a time; it takes as long as it takes."""
        request = decision_service_pb2.ExportDecisionsRequest(
            filter=which.message, after_position=after_position, last_position=last_position
        )
        for answer in self._each(self._decisions.ExportDecisions, request):
            yield answer.lines

    def verify_log(self, *, after_position: int = 0) -> Iterator[decision_service_pb2.VerifyLogResponse]:
        """How far the verification of the log is; the last answer has what came of it."""
        request = decision_service_pb2.VerifyLogRequest(after_position=after_position)
        yield from self._each(self._decisions.VerifyLog, request)
