"""The calls of DecisionService on the log as a whole: requests in, messages out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final, TypeVar

from chuan.v1 import decision_service_pb2 as pb
from chuan.v1 import evaluation_service_pb2, verdict_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from server.limits import MAX_NAME_LENGTH, MAX_SUBJECT_REF_LENGTH
from server.security import Caller, is_organisation
from server.security.caller import MAX_CALLER_LENGTH
from server.store import Archive, Kind, Query
from server.store.audit import Auditor, Flaw
from server.store.listing import Listed
from server.transport.fields import Fields, timestamp_of

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 1_000

KINDS: Final = {Kind.RECORD: pb.DECISION_KIND_RECORD, Kind.TABLE: pb.DECISION_KIND_TABLE}
_KINDS: Final = {number: kind for kind, number in KINDS.items()}
_STATUS: Final = {
    number: name.removeprefix("VERDICT_STATUS_").lower()
    for name, number in verdict_pb2.VerdictStatus.items()
    if number
}
_NUMBERS: Final = {name: number for number, name in _STATUS.items()}
_FLAWS: Final[Mapping[Flaw, pb.LogFlaw.ValueType]] = {
    flaw: pb.LogFlaw.Value(f"LOG_FLAW_{flaw.name}")
    for flaw in Flaw
    if flaw not in (Flaw.UNSIGNED, Flaw.UNREADABLE)  # those two are of files alone
}

_Step = TypeVar("_Step")


class LogCalls:
    """Lists, exports and verification. The store is read in a thread: it may wait for the disk."""

    _archive: Archive

    async def ListDecisions(  # noqa: N802 - the contract's name
        self, request: pb.ListDecisionsRequest, caller: Caller
    ) -> pb.ListDecisionsResponse:
        """List decisions."""
        fields = Fields()
        query = _query(request.filter, fields)
        if not 0 <= request.page_size <= MAX_PAGE:
            fields.wrong("page_size", f"A page has at most {MAX_PAGE:,} decisions.")
        fields.check()
        size = request.page_size or DEFAULT_PAGE
        page = await asyncio.to_thread(
            self._archive.page, query, caller.organisations, size, request.page_token
        )
        listed = [_summary(each) for each in page.decisions]
        return pb.ListDecisionsResponse(decisions=listed, next_page_token=page.next_token)

    async def ExportDecisions(  # noqa: N802
        self, request: pb.ExportDecisionsRequest, caller: Caller
    ) -> AsyncIterator[pb.ExportDecisionsResponse]:
        """Write decisions out."""
        fields = Fields()
        query = _query(request.filter, fields)
        after, last = request.after_position, request.last_position
        if after < 0:
            fields.wrong("after_position", "A position of the log is expected, or zero.")
        if last and last <= after:
            fields.wrong("last_position", "A position after after_position is expected, or zero.")
        fields.check()
        lines = await asyncio.to_thread(
            self._archive.export, query, caller.organisations, after, last or None
        )
        async for some in _steps(lines):
            yield pb.ExportDecisionsResponse(lines=some)

    async def VerifyLog(  # noqa: N802
        self, request: pb.VerifyLogRequest, _caller: Caller
    ) -> AsyncIterator[pb.VerifyLogResponse]:
        """Verify the log."""
        fields = Fields()
        if request.after_position < 0:
            fields.wrong("after_position", "A position of the log is expected, or zero.")
        fields.check()
        auditor: Auditor | None = None
        async for auditor in _steps(self._archive.verify(request.after_position)):
            yield _progress(auditor)
        if auditor is not None:
            answer = _progress(auditor)
            answer.done = True
            for position, flaw, text in auditor.problems:
                answer.problems.add(position=position, flaw=_FLAWS[flaw], text=text)
            yield answer


async def _steps(iterator: Iterator[_Step]) -> AsyncIterator[_Step]:
    """What a blocking iterator gives, each step in a thread."""

    def following() -> _Step | None:
        return next(iterator, None)

    while (step := await asyncio.to_thread(following)) is not None:
        yield step


def _query(message: pb.DecisionFilter, fields: Fields) -> Query:
    def text(name: str, longest: int) -> str:
        return fields.text(f"filter.{name}", getattr(message, name), longest, required=False)

    if message.version and not message.ruleset_id:
        fields.wrong("filter.ruleset_id", "A version is one of a ruleset: name its id too.")
    if message.organisation and not is_organisation(message.organisation):
        fields.wrong("filter.organisation", "A path is expected, such as vn/ha-noi.")
    if message.status not in (0, *_STATUS):
        fields.wrong("filter.status", "There is no such status.")
    if message.kind not in (0, *_KINDS):
        fields.wrong("filter.kind", "There is no such kind.")
    return Query(
        ruleset_id=text("ruleset_id", MAX_NAME_LENGTH),
        version=text("version", MAX_NAME_LENGTH),
        subject_ref=text("subject_ref", MAX_SUBJECT_REF_LENGTH),
        organisation=message.organisation,
        caller=text("caller", MAX_CALLER_LENGTH),
        status=_STATUS.get(message.status, ""),
        outcome=text("outcome", MAX_NAME_LENGTH),
        kind=_KINDS.get(message.kind),
        from_micros=_moment(message, "logged_from", fields),
        until_micros=_moment(message, "logged_until", fields),
    )


def _moment(message: pb.DecisionFilter, name: str, fields: Fields) -> int | None:
    if not message.HasField(name):  # type: ignore[arg-type]  # one of the two moments
        return None
    moment: Timestamp = getattr(message, name)
    try:
        moment.ToDatetime()
    except (ValueError, OverflowError):
        fields.wrong(f"filter.{name}", "A moment between the years 1 and 9999 is expected.")
        return None
    return moment.ToMicroseconds()


def _summary(listed: Listed) -> pb.DecisionSummary:
    return pb.DecisionSummary(
        decision_id=listed.decision_id,
        logged_at=timestamp_of(listed.logged_at_micros),
        position=listed.position,
        ruleset=evaluation_service_pb2.RulesetVersion(id=listed.ruleset_id, version=listed.version),
        subject_ref=listed.subject_ref,
        kind=KINDS[listed.kind],
        caller=listed.caller,
        organisation=listed.organisation,
        status=_NUMBERS.get(listed.status, verdict_pb2.VERDICT_STATUS_UNSPECIFIED),
        outcome=listed.outcome,
        erased=listed.erased,
    )


def _progress(auditor: Auditor) -> pb.VerifyLogResponse:
    return pb.VerifyLogResponse(
        position=auditor.position,
        entries=auditor.entries,
        unseen=auditor.unseen,
        checkpoints=auditor.checkpoints,
        chain_hash=auditor.chain_hash.hex(),
        problem_count=auditor.found,
    )
