"""The Python client: every call of the service, typed, with errors that say what to do.

with Client("127.0.0.1:50061") as client:
answer = client.evaluate("vn.nd90.public-employee", facts, evaluated_on=date(2024, 12, 31), languages=["vi"])
print(answer.decision_id, answer.texts[0])
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

import grpc
from chuan.v1 import (
    decision_service_pb2,
    decision_service_pb2_grpc,
    evaluation_service_pb2,
    evaluation_service_pb2_grpc,
    personal_data_service_pb2_grpc,
    ruleset_service_pb2_grpc,
    value_pb2,
    verdict_pb2,
)
from google.protobuf.struct_pb2 import NULL_VALUE
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clients.authority_calls import AuthorityCalls
from clients.calls import Response
from clients.credentials import NO_CREDENTIALS, Credentials, Metadata
from clients.errors import RecordRefused, ServiceError, call_error, status_error
from clients.log_calls import LogCalls
from clients.retrying import CHANNEL_OPTIONS
from clients.ruleset_calls import LANGUAGES, RulesetCalls
from clients.streams import Stream

if TYPE_CHECKING:  # they need Polars, which other calls do not
    from polars import DataFrame

    from clients.tables import ScoredChunk, TableQuestion

__all__ = ["Client", "Explained", "Question", "RecordRefused", "ServiceError", "request_message"]

DEFAULT_TIMEOUT_SECONDS: Final = 30.0
STREAM_CHUNK_RECORDS: Final = 200  # more are hardly faster, and are longer in coming

_FORMS: Final = {
    "full": evaluation_service_pb2.EXPLANATION_FORM_FULL,
    "short": evaluation_service_pb2.EXPLANATION_FORM_SHORT,
}
_TableRequest = evaluation_service_pb2.EvaluateTableRequest
_TableResponse = evaluation_service_pb2.EvaluateTableResponse
_StreamRequest = evaluation_service_pb2.EvaluateStreamRequest
_StreamResponse = evaluation_service_pb2.EvaluateStreamResponse
_OVERHEAD_BYTES: Final = 16  # of a message around what it holds, more than enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A record, and what to judge it by.

    Attributes:
        ruleset: the id; empty to let the selectors choose.
        facts: the record: text, `Decimal`, int, booleans, None, dates and times, lists and mappings of them.
        evaluated_on: the date on which the evaluation is made.
        version: of the ruleset; None takes the one in effect on that date.
        subject_ref: your own opaque id of whom it is about; no name.
        languages: to explain the verdict in, ``vi`` or ``en``.
        form: of the explanations, ``full`` or ``short``.
        foresight: also find out what would move the verdict, which takes longer.
        as_known_at: by the rules as they were published at this moment, in a zone; None: as they are now.
        request_id: your own key of this question, 1 to 64 printable ASCII characters: asked again under it, the same
            question is answered with the decision that was logged the first time. Empty: every call makes a decision.
        organisation: for which organisation it is asked, such as ``vn/ha-noi``; empty: for none in particular.
    """

    ruleset: str
    facts: Mapping[str, object]
    evaluated_on: dt.date
    version: str | None = None
    subject_ref: str = ""
    languages: Sequence[str] = field(default=())
    form: str = "full"
    foresight: bool = False
    as_known_at: dt.datetime | None = None
    request_id: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A verdict, logged under `decision_id`, and its explanations in the order of the languages asked for."""

    decision_id: str
    verdict: verdict_pb2.Verdict
    texts: tuple[str, ...]


class Client(RulesetCalls, AuthorityCalls, LogCalls):
    """A connection to one server. Safe to use from many threads; close it, or use it in a `with`."""

    def __init__(
        self,
        target: str,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        actor: str = "",
        credentials: Credentials = NO_CREDENTIALS,
        organisation: str = "",
    ) -> None:
        """Connect when the first call is made.

        Args:
            target: such as ``127.0.0.1:50061``.
            timeout_seconds: the deadline of each call but for `watch_rulesets`, `evaluate_stream` and `evaluate_table`,
                which have none.
            actor: who you are, in printable ASCII, where the server takes callers at their word.
            credentials: what proves who you are, and what the server is checked by; without any, traffic is plaintext.
            organisation: for which questions are asked that name none.

        Raises:
            CredentialsError: the credentials cannot be used; calls raise it too, where a key is had anew for each.
        """
        self._actor = (("chuan-actor", actor),) if actor else ()
        self._credentials = credentials
        self._organisation = organisation
        self._timeout_seconds = timeout_seconds
        self._channel = credentials.channel(target, _OPTIONS)
        self._evaluation = evaluation_service_pb2_grpc.EvaluationServiceStub(self._channel)
        self._decisions = decision_service_pb2_grpc.DecisionServiceStub(self._channel)
        self._rulesets = ruleset_service_pb2_grpc.RulesetServiceStub(self._channel)
        self._personal = personal_data_service_pb2_grpc.PersonalDataServiceStub(self._channel)

    @property
    def _metadata(self) -> Metadata:
        return (*self._actor, *self._credentials.metadata())

    def _placed(self, question: Question) -> Question:
        if question.organisation or not self._organisation:
            return question
        return replace(question, organisation=self._organisation)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        self._channel.close()

    def is_serving(self, service: str = "") -> bool:
        """Whether the server can do its work.

        Args:
            service: the full name of one of its services; empty: all; ``live``: whether its process answers.

        Raises:
            ServiceError: it cannot be reached, or knows no such service.
        """
        request = health_pb2.HealthCheckRequest(service=service)
        answer = self._call(health_pb2_grpc.HealthStub(self._channel).Check, request)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def evaluate(
        self,
        ruleset: str,
        facts: Mapping[str, object],
        *,
        evaluated_on: dt.date,
        version: str | None = None,
        subject_ref: str = "",
        languages: Sequence[str] = (),
        form: str = "full",
        foresight: bool = False,
        as_known_at: dt.datetime | None = None,
        request_id: str = "",
        organisation: str = "",
    ) -> Explained:
        """The verdict on one record; the parameters are those of `Question`.

        Where a server stops or is replaced meanwhile, the call is made again under the same request id: there is one
        decision.

        Raises:
            RecordRefused: the record is wrong, with every violation.
            ServiceError: any other failure.
            TypeError: `facts` hold what no record can, such as a float.
        """
        question = Question(
            ruleset=ruleset,
            facts=facts,
            evaluated_on=evaluated_on,
            version=version,
            subject_ref=subject_ref,
            languages=languages,
            form=form,
            foresight=foresight,
            as_known_at=as_known_at,
            request_id=request_id or uuid4().hex,
            organisation=organisation,
        )
        request = request_message(self._placed(question))
        return _explained(self._call(self._evaluation.Evaluate, request, languages))

    def evaluate_batch(
        self, questions: Iterable[Question], *, request_id: str = ""
    ) -> list[Explained | ServiceError]:
        """The verdicts on many records, or what is wrong with each (`RecordRefused`), in their order.

        With a `request_id` (at most 56 characters), the questions that have none get it with their place behind it.

        Raises:
            ServiceError: the batch as a whole failed.
            TypeError: facts hold what no record can, such as a float.
        """
        asked = list(map(self._placed, questions))
        batch = evaluation_service_pb2.EvaluateBatchRequest(
            requests=[request_message(each) for each in asked], request_id=request_id or uuid4().hex
        )
        answer = self._call(self._evaluation.EvaluateBatch, batch)
        return list(_results(asked, answer))

    def evaluate_stream(
        self, questions: Iterable[Question], *, chunk_records: int = STREAM_CHUNK_RECORDS
    ) -> Generator[Explained | ServiceError, None, None]:
        """The verdicts on any number of records, or what is wrong with each (`RecordRefused`), in their order.

        Records travel in chunks over one stream; the next ones are read as answers are taken. A connection that breaks
        is made again, and what was not answered is sent again: it is not logged twice. To go on after this process has
        ended, give each question a request id.

        Args:
            questions: read as answers are taken.
            chunk_records: how many travel together; fewer if the server, or the size of a message, asks for it.

        Raises:
            ServiceError: the stream as a whole failed.
            TypeError: facts hold what no record can, such as a float.
        """
        stream: Stream[Chunk, _StreamRequest, _StreamResponse] = Stream(
            call=lambda sent: self._evaluation.EvaluateStream(sent, metadata=self._metadata),
            start=_stream_start,
            message=_stream_chunk,
            limits=lambda answer: answer.opened,
            chunks=lambda limits: _chunks(map(self._placed, questions), limits, chunk_records),
            sleep=time.sleep,
        )
        for chunk, answer in stream.answers():
            yield from _results([question for question, _ in chunk], answer.chunk)

    def evaluate_table(
        self,
        question: TableQuestion,
        frames: Any,
        *,
        lists: Mapping[str, DataFrame] = MappingProxyType({}),
        chunk_rows: int | None = None,
        resume_token: str = "",
    ) -> Generator[ScoredChunk, None, None]:
        """The verdicts on the rows of a table, as many as there are and in their order, some thousand at a time.

        A connection that breaks is made again, and what was not answered is sent again: it is not logged twice.

        Args:
            question: what to judge the rows by.
            frames: a Polars frame, or an iterable of them, read as answers are taken; instead of each, anything that
                gives out an Arrow stream, such as a table or a reader of pyarrow. docs/tables.md has the columns.
            lists: facts that are lists, each as a frame of its items with the id column.
            chunk_rows: how many rows travel together; None: as many as fit into a message.
            resume_token: of the last chunk that another process took of this table. `frames` then begin with the row
                behind it, and are cut as they were: with the same `chunk_rows`, which are needed.

        Raises:
            ServiceError: the table was refused (`RecordRefused`, where it is not as it has to be), or the call failed.
            ValueError: a row does not fit into a message by itself, or `chunk_rows` do not, or are not given.
            ImportError: Polars is not installed (the extra ``tables``).
        """
        from clients.tables import ScoredChunk, Tables

        if resume_token and not chunk_rows:
            raise ValueError("a table is gone on with in the chunks that it had: say chunk_rows, both times")
        whole = hasattr(frames, "__arrow_c_stream__")
        tables = Tables([frames] if whole else frames, lists, question.id_column, chunk_rows)
        stream: Stream[_TableRequest, _TableRequest, _TableResponse] = Stream(
            call=lambda sent: self._evaluation.EvaluateTable(sent, metadata=self._metadata),
            start=replace(question, organisation=question.organisation or self._organisation).start,
            message=lambda chunk: chunk,
            limits=lambda answer: answer.opened.limits,
            chunks=tables.chunks,
            sleep=time.sleep,
        )
        for _, answer in stream.answers(resume_token):
            yield ScoredChunk.of(answer)

    def get_decision(self, decision_id: str) -> decision_service_pb2.Decision:
        """A decision as it was logged.

        Raises:
            ServiceError: there is none (NOT_FOUND), or the call failed.
        """
        request = decision_service_pb2.GetDecisionRequest(decision_id=decision_id)
        return self._call(self._decisions.GetDecision, request).decision

    def replay_decision(self, decision_id: str) -> decision_service_pb2.ReplayDecisionResponse:
        """A logged record evaluated again, and whether the verdict is the same to the byte.

        Raises:
            ServiceError: there is none (NOT_FOUND), or the call failed.
        """
        request = decision_service_pb2.ReplayDecisionRequest(decision_id=decision_id)
        return self._call(self._decisions.ReplayDecision, request)

    def _call(
        self, method: Callable[..., Response], request: object, languages: Sequence[str] = ()
    ) -> Response:
        try:
            return method(request, timeout=self._timeout_seconds, metadata=self._metadata)
        except grpc.RpcError as error:
            raise call_error(error, languages) from None


_OPTIONS: Final = (
    ("grpc.max_receive_message_length", -1),  # the answer to a batch may pass the default of 4 MiB
    ("grpc.max_metadata_size", 64 * 1024),  # a list of violations travels in the trailers
    *CHANNEL_OPTIONS,
)


def request_message(question: Question) -> evaluation_service_pb2.EvaluateRequest:
    """The request that asks `question`.

    Raises:
        TypeError: its facts hold what no record can, such as a float.
    """
    choice = evaluation_service_pb2.RulesetChoice()
    if question.version is not None:
        choice.version.id, choice.version.version = question.ruleset, question.version
    elif question.ruleset:
        choice.in_effect = question.ruleset
    else:
        choice.by_selector.SetInParent()
    request = evaluation_service_pb2.EvaluateRequest(
        ruleset=choice,
        evaluated_on=question.evaluated_on.isoformat(),
        record=_record(question.facts),
        subject_ref=question.subject_ref,
        languages=[LANGUAGES[language] for language in question.languages],
        form=_FORMS[question.form],
        foresight=question.foresight,
        request_id=question.request_id,
        organisation=question.organisation,
    )
    if question.as_known_at is not None:
        request.as_known_at.FromDatetime(question.as_known_at.astimezone(dt.UTC))
    return request


Chunk = list[tuple[Question, evaluation_service_pb2.EvaluateRequest]]


def _chunks(
    questions: Iterable[Question], limits: evaluation_service_pb2.StreamOpened, records: int
) -> Iterator[Chunk]:
    """Questions and their messages, as many as one message of a stream may hold."""
    most, room = min(records, limits.max_chunk_size), limits.max_message_bytes - _OVERHEAD_BYTES
    chunk: Chunk = []
    size = 0
    for question in questions:
        message = request_message(question)
        bytes_ = message.ByteSize() + _OVERHEAD_BYTES
        if chunk and (len(chunk) == most or size + bytes_ > room):
            yield chunk
            chunk, size = [], 0
        chunk.append((question, message))
        size += bytes_
    if chunk:
        yield chunk


def _stream_start(token: str) -> evaluation_service_pb2.EvaluateStreamRequest:
    start = evaluation_service_pb2.EvaluateStreamStart(resume_token=token)
    return evaluation_service_pb2.EvaluateStreamRequest(start=start)


def _stream_chunk(chunk: Chunk) -> evaluation_service_pb2.EvaluateStreamRequest:
    batch = evaluation_service_pb2.EvaluateBatchRequest(requests=[message for _, message in chunk])
    return evaluation_service_pb2.EvaluateStreamRequest(chunk=batch)


def _record(facts: Mapping[str, object]) -> value_pb2.Record:
    return value_pb2.Record(
        fields=[value_pb2.Field(name=name, value=_value(value)) for name, value in facts.items()]
    )


def _value(value: object) -> value_pb2.Value:
    match value:
        case None:
            return value_pb2.Value(null=NULL_VALUE)
        case bool():
            return value_pb2.Value(boolean=value)
        case Decimal() | int():
            return value_pb2.Value(number=str(value))
        case str():
            return value_pb2.Value(text=value)
        case dt.datetime():
            return value_pb2.Value(date_time=value.isoformat())
        case dt.date():
            return value_pb2.Value(date=value.isoformat())
        case dt.time():
            return value_pb2.Value(time=value.isoformat())
        case Mapping():
            return value_pb2.Value(record=_record(value))
        case list() | tuple():
            return value_pb2.Value(list=value_pb2.ValueList(items=[_value(item) for item in value]))
        case _:
            hint = "; a binary number is not exact: give a Decimal" if isinstance(value, float) else ""
            raise TypeError(f"a record cannot hold {type(value).__name__}{hint}")


def _results(
    questions: Sequence[Question], answer: evaluation_service_pb2.EvaluateBatchResponse
) -> Iterator[Explained | ServiceError]:
    for index, (question, result) in enumerate(zip(questions, answer.results, strict=True)):
        if result.HasField("response"):
            yield _explained(result.response)
        else:
            yield status_error(result.error, question.languages, f"requests[{index}].")


def _explained(response: evaluation_service_pb2.EvaluateResponse) -> Explained:
    return Explained(
        response.decision_id, response.verdict, tuple(each.text for each in response.explanations)
    )
