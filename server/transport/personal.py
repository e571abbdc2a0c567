"""PersonalDataService."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from chuan.v1 import evaluation_service_pb2
from chuan.v1 import personal_data_service_pb2 as pb

from engine.ruleset.localized import Language
from server.authority.register import AuthorityRegister
from server.decisions import Decisions
from server.limits import MAX_REASON_LENGTH, MAX_SUBJECT_REF_LENGTH
from server.personal.erasure import Erased, Eraser
from server.personal.export import Holdings
from server.personal.retention import Expired, Retention
from server.security import Caller, is_organisation
from server.store.acts import Act
from server.store.log import LoggedDecision
from server.transport.asking import NO_NUL, NUL, languages_of
from server.transport.authority import standing_to
from server.transport.decisions import decision_to
from server.transport.fields import Fields, named, timestamp_of


class PersonalDataServicer:
    """PersonalDataService, as the contract has it. The store is used in threads: it may wait for the disk."""

    def __init__(
        self,
        decisions: Decisions,
        register: AuthorityRegister,
        holdings: Holdings,
        eraser: Eraser,
        retention: Retention,
    ) -> None:
        self._decisions = decisions
        self._register = register
        self._holdings = holdings
        self._eraser = eraser
        self._retention = retention

    async def ExportSubject(  # noqa: N802 - the contract's name
        self, request: pb.ExportSubjectRequest, caller: Caller
    ) -> AsyncIterator[pb.ExportSubjectResponse]:
        """Give out what is held on a person."""
        actor, fields = named(caller.name), Fields()
        ref = _subject(request.subject_ref, fields)
        subtrees = _subtrees(request.organisation, caller, fields)
        languages = languages_of(request.languages, fields.wrong)
        fields.check()
        await asyncio.to_thread(self._holdings.give_out, ref, subtrees, actor=actor)
        position = 0
        while chunk := await asyncio.to_thread(self._holdings.decisions, ref, subtrees, position):
            for logged in chunk:
                held = await asyncio.to_thread(self._held, logged, request.languages, languages)
                yield pb.ExportSubjectResponse(decision=held)
            position = chunk[-1].position
        for act in await asyncio.to_thread(self._holdings.events, ref, subtrees):
            yield pb.ExportSubjectResponse(event=_exported_to(act))

    async def EraseSubject(self, request: pb.EraseSubjectRequest, caller: Caller) -> pb.EraseSubjectResponse:  # noqa: N802
        """Erase what is held on a person."""
        actor, fields = named(caller.name), Fields()
        ref = _subject(request.subject_ref, fields)
        subtrees = _subtrees(request.organisation, caller, fields)
        reason = fields.text("reason", request.reason, MAX_REASON_LENGTH)
        if request.confirm_subject_ref != request.subject_ref:
            text = "Give the same subject_ref again: nothing brings back what is erased."
            fields.wrong("confirm_subject_ref", text)
        fields.check()
        erased = await asyncio.to_thread(self._eraser.erase, ref, subtrees, actor=actor, reason=reason)
        return pb.EraseSubjectResponse(event=_erased_to(erased))

    async def ApplyRetention(  # noqa: N802
        self, request: pb.ApplyRetentionRequest, caller: Caller
    ) -> pb.ApplyRetentionResponse:
        """Erase what has been kept for long enough, or count it."""
        if request.apply:
            expired = await asyncio.to_thread(self._retention.erase, named(caller.name))
        else:
            expired = await asyncio.to_thread(self._retention.count)
        return pb.ApplyRetentionResponse(expired=map(_expired_to, expired), applied=request.apply)

    def _held(
        self,
        logged: LoggedDecision,
        numbers: Sequence[evaluation_service_pb2.Language.ValueType],
        languages: Sequence[Language],
    ) -> pb.HeldDecision:
        texts = self._decisions.explained(logged.entry, languages)
        followed = self._register.followed(logged.entry)
        return pb.HeldDecision(
            decision=decision_to(logged),
            explanations=[
                evaluation_service_pb2.Explanation(language=number, text=text)
                for number, text in zip(
                    numbers, texts, strict=False
                )  # none, where the ruleset gives another verdict now
            ],
            standing=None if followed is None else standing_to(followed),
        )


def _subject(ref: str, fields: Fields) -> str:
    # As it was given, spaces and all: it is what the decisions were logged under.
    if not 0 < len(ref) <= MAX_SUBJECT_REF_LENGTH:
        fields.wrong(
            "subject_ref", f"This field is required, and has at most {MAX_SUBJECT_REF_LENGTH} characters."
        )
    elif NUL in ref:
        fields.wrong("subject_ref", NO_NUL)
    return ref


def _subtrees(organisation: str, caller: Caller, fields: Fields) -> tuple[str, ...]:
    """Where to look: within the organisation that is named, if the caller acts for it, or wherever they act."""
    if not organisation:
        return caller.organisations
    if not is_organisation(organisation):
        fields.wrong("organisation", "A path such as vn/ha-noi is expected.")
    return (organisation,) if caller.acts_for(organisation) else ()


def _erased_to(erased: Erased) -> pb.PersonalDataEvent:
    return pb.PersonalDataEvent(
        number=erased.sequence,
        recorded_at=timestamp_of(erased.at_micros),
        kind=pb.PERSONAL_DATA_EVENT_KIND_ERASED,
        actor=erased.actor,
        reason=erased.reason,
        decisions=erased.decisions,
    )


def _exported_to(act: Act) -> pb.PersonalDataEvent:
    return pb.PersonalDataEvent(
        number=act.sequence,
        recorded_at=timestamp_of(act.at_micros),
        kind=pb.PERSONAL_DATA_EVENT_KIND_EXPORTED,
        actor=act.actor,
        decisions=act.note["decisions"] if act.note else 0,
    )


def _expired_to(expired: Expired) -> pb.ExpiredDecisions:
    return pb.ExpiredDecisions(
        ruleset_id=expired.ruleset_id,
        pattern=expired.pattern,
        period=str(expired.period),
        logged_before=timestamp_of(expired.before_micros),
        decisions=expired.decisions,
    )
