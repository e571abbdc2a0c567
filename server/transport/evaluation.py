"""EvaluationService."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Final, NamedTuple

import orjson
from chuan.v1 import evaluation_service_pb2 as pb
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types
from grpc import StatusCode

from engine import Catalogue, RecordError, SelectionError
from engine.records import RecordTextError
from server.decisions import Command, Decisions, Judged
from server.errors import Failure, FieldViolation, body_status, failure_of, wrong_request
from server.limits import (
    MAX_BATCH_ID_LENGTH,
    MAX_REQUEST_ID_LENGTH,
    MAX_SUBJECT_REF_LENGTH,
    LimitSettings,
)
from server.running.tracing import step
from server.security import Caller
from server.store import Entry
from server.transport.answers import batch_bytes, response_bytes
from server.transport.asking import (
    NO_NUL,
    NUL,
    check_acts_for,
    check_key,
    choice_of,
    day_of,
    languages_of,
    moment_of,
)
from server.transport.places import Place
from server.transport.raw import fields_of, raw_class
from server.transport.records import record_from
from server.transport.settings import StreamSettings
from server.transport.streams import Requests, answer_bytes, chunks_of, opened_message, start_of
from server.transport.tables import Requests as TableRequests
from server.transport.tables import TableConversations
from server.transport.verdicts import verdict_to
from server.transport.windowed import windowed

_FORMS: Final[Mapping[int, str]] = {
    pb.EXPLANATION_FORM_UNSPECIFIED: "full",
    pb.EXPLANATION_FORM_FULL: "full",
    pb.EXPLANATION_FORM_SHORT: "short",
}


class EvaluationServicer:
    """EvaluationService, as the contract has it. Its answers are bytes: see `server.transport.answers`."""

    message_class = staticmethod(raw_class)
    """Of its requests."""

    def __init__(self, decisions: Decisions, limits: LimitSettings, streams: StreamSettings) -> None:
        self._decisions = decisions
        self._limits = limits
        self._streams = streams
        self._tables = TableConversations(decisions, limits, streams)
        # Foresight takes so long that other calls would wait for it; more threads would not make it faster.
        self._aside = ThreadPoolExecutor(1, "foresight")

    def close(self) -> None:
        """Let the threads go; no call may be under way."""
        self._aside.shutdown()
        self._tables.close()

    async def Evaluate(self, request: pb.EvaluateRequest, caller: Caller) -> bytes:  # noqa: N802 - the contract's name
        """Judge a record, log the decision, answer."""
        asked = _Asked(caller, request.organisation, request.request_id)
        entry, response = await self._answer(request, asked, self._decisions.catalogue)
        if entry is None:
            return response
        with step("commit"):
            (decision_id,) = await self._decisions.log([entry])
        return (
            response if decision_id == entry.decision_id else await self._recall(request, asked, decision_id)
        )

    async def EvaluateBatch(self, request: pb.EvaluateBatchRequest, caller: Caller) -> bytes:  # noqa: N802
        """Judge many records, each by itself, log the decisions together, answer in order."""
        log = await self._judge_batch(request, caller, self._decisions.catalogue)
        return await log()

    async def EvaluateStream(  # noqa: N802
        self, requests: Requests, caller: Caller
    ) -> AsyncGenerator[bytes | Message, None]:
        """Judge chunks of records as they come; the next is judged while the last ones are logged and answered."""
        start = await start_of(requests)
        if start is None:
            return
        place = Place.of(start.resume_token, "start.resume_token") or Place(self._decisions.new_stream_id())
        yield opened_message(place, self._limits, self._streams)
        catalogue = self._decisions.catalogue

        async def begun() -> AsyncGenerator[asyncio.Future[bytes], None]:
            ahead, logging = place, None
            async for chunk in chunks_of(requests):
                chunk.request_id = chunk.request_id or ahead.request_id
                log = await self._judge_batch(chunk, caller, catalogue)
                if logging is not None:
                    # One chunk of a stream is in the log at a time, so that no other caller waits for many.
                    await asyncio.wait({logging})
                logging = asyncio.ensure_future(log())
                yield logging
                ahead = ahead.next

        async with aclosing(windowed(begun(), self._streams.chunks_in_flight)) as answers:
            async for answer in answers:
                place = place.next
                yield answer_bytes(answer, place)

    async def EvaluateTable(  # noqa: N802
        self, requests: TableRequests, caller: Caller
    ) -> AsyncGenerator[bytes | Message, None]:
        """Judge chunks of a table."""
        async with aclosing(self._tables.converse(requests, caller)) as answers:
            async for answer in answers:
                yield answer

    async def _judge_batch(
        self, request: pb.EvaluateBatchRequest, caller: Caller, catalogue: Catalogue
    ) -> Callable[[], Coroutine[None, None, bytes]]:
        """Judge a batch by one state of the law; what logs it gives the bytes of the answer."""
        self._check_size(request)
        _check_keys(request)
        entries: dict[int, Entry] = {}
        results: list[bytes | Status] = []
        asked = [_asked_in(request, index, caller) for index in range(len(request.requests))]
        for index, item in enumerate(request.requests):
            try:
                entry, response = await self._answer(item, asked[index], catalogue)
                results.append(response)
                if entry is not None:
                    entries[index] = entry
            except Exception as error:  # noqa: BLE001 - one record takes nothing from the others
                results.append(body_status(failure_of(error, "EvaluateBatch")))
            # Other calls get their turn, and this one ends here when its deadline has passed.
            await asyncio.sleep(0)
        return partial(self._log_batch, request, asked, entries, results)

    async def _log_batch(
        self,
        request: pb.EvaluateBatchRequest,
        asked: Sequence[_Asked],
        entries: Mapping[int, Entry],
        results: list[bytes | Status],
    ) -> bytes:
        """Log what was judged together, and the answer."""
        with step("commit"):
            logged = await self._decisions.log(list(entries.values()))
        for (index, entry), decision_id in zip(entries.items(), logged, strict=True):
            if decision_id != entry.decision_id:
                try:
                    results[index] = await self._recall(request.requests[index], asked[index], decision_id)
                except Exception as error:  # noqa: BLE001 - one record takes nothing from the others
                    results[index] = body_status(failure_of(error, "EvaluateBatch"))
        return batch_bytes(results)

    async def _answer(
        self, request: pb.EvaluateRequest, asked: _Asked, catalogue: Catalogue
    ) -> tuple[Entry | None, bytes]:
        """What is to be logged, and the answer: while it waits for the log, a call holds no more than that.

        Nothing is to be logged where the same request has led to a decision before that it would not lead to now.
        """
        asked.check()
        self._check_record(request)
        try:
            if request.foresight:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._aside, self._judge, request, asked, catalogue)
            return self._judge(request, asked, catalogue)
        except (Failure, SelectionError):
            before = await self._before(request, asked)
            if before is None:
                raise
        return None, await self._recall(request, asked, before)

    async def _before(self, request: pb.EvaluateRequest, asked: _Asked) -> str | None:
        """The decision that the request has led to before: what is published may have changed since."""
        command = _command(request, asked, [], self._limits)
        return (
            await asyncio.to_thread(self._decisions.find, command) if command and command.request_id else None
        )

    async def _recall(self, request: pb.EvaluateRequest, asked: _Asked, decision_id: str) -> bytes:
        """The answer from the log to a request that came before."""
        command = _command(request, asked, [], self._limits)
        assert command is not None, "it has led to a decision"  # noqa: S101 - a bug, answered as one
        recalled = await asyncio.to_thread(self._decisions.recall, command, decision_id)
        response = pb.EvaluateResponse(
            decision_id=decision_id,
            verdict=verdict_to(orjson.loads(recalled.entry.verdict)),
            explanations=_explanations(request, recalled.explanations),
        )
        return response.SerializeToString()

    def _judge(self, request: pb.EvaluateRequest, asked: _Asked, catalogue: Catalogue) -> tuple[Entry, bytes]:
        """Judge one record; everything wrong with the request and with the record is reported together."""
        violations: list[FieldViolation] = []
        command = _command(request, asked, violations, self._limits)
        if command is None:
            raise wrong_request(violations)
        prefix, judged = asked.prefix, None
        try:
            with step("evaluate"):
                judged = self._decisions.judge(command, catalogue)
        except RecordError as error:
            vietnamese = pb.LANGUAGE_VI in request.languages
            violations += [
                FieldViolation(
                    f"{prefix}record.{each.path}", each.text("en"), each.text("vi") if vietnamese else ""
                )
                for each in error.violations
            ]
        except RecordTextError as error:
            violations.append(FieldViolation(f"{prefix}record", str(error)))
        if judged is None or violations:
            raise wrong_request(violations)
        return judged.entry, _response(request, judged)

    def _check_record(self, request: pb.EvaluateRequest) -> None:
        size, most = request.record.ByteSize(), self._limits.record_bytes
        if size > most:
            text = f"the record has {size:,} bytes, and the limit record_bytes is {most:,}"
            raise Failure(StatusCode.RESOURCE_EXHAUSTED, "RECORD_TOO_LARGE", text)

    def _check_size(self, request: pb.EvaluateBatchRequest) -> None:
        foresights = sum(item.foresight for item in request.requests)
        for count, limit, what in (
            (len(request.requests), self._limits.batch_records, "records"),
            (foresights, self._limits.batch_foresights, "records with foresight"),
        ):
            if count > limit:
                text = f"a batch holds at most {limit:,} {what}; send several"
                raise Failure(StatusCode.RESOURCE_EXHAUSTED, "BATCH_TOO_LARGE", text)


class _Asked(NamedTuple):
    """Who asks, for which organisation, under which key; and where in the call's message the request stands."""

    caller: Caller
    organisation: str
    request_id: str
    prefix: str = ""

    def check(self) -> None:
        """Raise `Failure` where the caller does not act for the organisation."""
        check_acts_for(self.caller, self.organisation)


def _asked_in(batch: pb.EvaluateBatchRequest, index: int, caller: Caller) -> _Asked:
    request = batch.requests[index]
    own = request.request_id or (f"{batch.request_id}/{index}" if batch.request_id else "")
    return _Asked(caller, request.organisation or batch.organisation, own, f"requests[{index}].")


def _check_keys(request: pb.EvaluateBatchRequest) -> None:
    violations: list[FieldViolation] = []

    def wrong(path: str, text: str) -> None:
        violations.append(FieldViolation(path, text))

    check_key(request.request_id, request.organisation, wrong, MAX_BATCH_ID_LENGTH)
    if violations:
        raise wrong_request(violations)


def _response(request: pb.EvaluateRequest, judged: Judged) -> bytes:
    explanations = _explanations(request, judged.explanations)
    return response_bytes(judged.entry.decision_id, judged.verdict, explanations)


def _explanations(request: pb.EvaluateRequest, texts: Sequence[str]) -> list[pb.Explanation]:
    return [
        pb.Explanation(language=language, text=text)
        for language, text in zip(request.languages, texts, strict=True)
    ]


def _command(
    request: pb.EvaluateRequest, asked: _Asked, violations: list[FieldViolation], limits: LimitSettings
) -> Command | None:
    """The command in a request; None if it lacks what nothing can be judged without."""
    prefix = asked.prefix

    def wrong(path: str, text: str) -> None:
        violations.append(FieldViolation(prefix + path, text))

    choice = choice_of(request.ruleset, wrong)
    as_known_at = moment_of(request.as_known_at, wrong) if request.HasField("as_known_at") else None
    evaluated_on = day_of(request.evaluated_on, wrong)
    if not request.HasField("record"):
        wrong("record", "A record is required; it may be empty.")
    hopeless = bool(violations)

    if len(request.subject_ref) > MAX_SUBJECT_REF_LENGTH:
        wrong("subject_ref", f"The id is longer than {MAX_SUBJECT_REF_LENGTH} characters.")
    if NUL in request.subject_ref:
        wrong("subject_ref", NO_NUL)
    check_key(asked.request_id, asked.organisation, wrong, MAX_REQUEST_ID_LENGTH)
    languages = languages_of(request.languages, wrong)
    form = _FORMS.get(request.form, "")
    if not form:
        wrong("form", "There are EXPLANATION_FORM_FULL and EXPLANATION_FORM_SHORT.")
    record = record_from(fields_of(request.record), f"{prefix}record", violations, limits.record_depth)
    if hopeless or evaluated_on is None:
        return None
    if violations:  # the record is still looked at, so that the caller hears of everything at once
        return Command(choice, evaluated_on, record, as_known_at=as_known_at)
    return Command(
        choice,
        evaluated_on,
        record,
        request.subject_ref,
        languages,
        form,
        request.foresight,
        as_known_at,
        asked.caller.name,
        asked.organisation,
        asked.request_id,
    )
