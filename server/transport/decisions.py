"""DecisionService."""

from __future__ import annotations

import asyncio
import hashlib

import orjson
from chuan.v1 import decision_service_pb2 as pb

from server.authority.register import AuthorityRegister
from server.decisions import Decisions
from server.security import Caller
from server.store import Archive, Kind, LoggedDecision
from server.transport.authority import AuthorityCalls, standing_to
from server.transport.fields import timestamp_of
from server.transport.log import KINDS, LogCalls
from server.transport.verdicts import verdict_to


class DecisionServicer(AuthorityCalls, LogCalls):
    """DecisionService, as the contract has it. The store is read in a thread: it may wait for the disk."""

    def __init__(self, decisions: Decisions, register: AuthorityRegister, archive: Archive) -> None:
        super().__init__(register)
        self._decisions = decisions
        self._archive = archive

    async def GetDecision(self, request: pb.GetDecisionRequest, caller: Caller) -> pb.GetDecisionResponse:  # noqa: N802
        """Read a decision back."""
        logged = await asyncio.to_thread(self._decisions.read, request.decision_id, caller)
        followed = await asyncio.to_thread(self._register.followed, logged.entry)
        standing = None if followed is None else standing_to(followed)
        return pb.GetDecisionResponse(decision=decision_to(logged), standing=standing)

    async def ReplayDecision(  # noqa: N802
        self, request: pb.ReplayDecisionRequest, caller: Caller
    ) -> pb.ReplayDecisionResponse:
        """Evaluate a logged record again."""
        replayed = await asyncio.to_thread(self._decisions.replay, request.decision_id, caller)
        return pb.ReplayDecisionResponse(
            decision_id=request.decision_id,
            identical=replayed.identical,
            logged_digest=_digest(replayed.logged),
            replayed_digest=_digest(replayed.replayed),
            verdict=verdict_to(replayed.verdict.to_data()),
        )


def decision_to(logged: LoggedDecision) -> pb.Decision:
    """The message of a logged decision."""
    entry = logged.entry
    return pb.Decision(
        decision_id=entry.decision_id,
        logged_at=timestamp_of(logged.logged_at_micros),
        position=logged.position,
        subject_ref=entry.subject_ref,
        canonical_record=entry.record,
        verdict=verdict_to(orjson.loads(entry.verdict)) if entry.kind is Kind.RECORD else None,
        canonical_verdict=entry.verdict,
        verdict_digest=_digest(entry.verdict),
        chain_hash=logged.chain_hash.hex(),
        kind=KINDS[entry.kind],
        caller=entry.caller,
        organisation=entry.organisation,
        request_id=entry.request_id,
    )


def _digest(canonical: bytes) -> str:
    return hashlib.sha256(canonical).hexdigest()
