"""EvaluateTable: a conversation in chunks of a table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import orjson
from chuan.v1 import evaluation_service_pb2 as pb
from grpc import StatusCode

from engine import ChosenBy, Ruleset, SelectionError
from server.decisions import Command, Decisions, TableDecision
from server.errors import Failure, FieldViolation, wrong_request
from server.limits import LimitSettings
from server.security import Caller
from server.tables.arrow import TableLimits
from server.tables.errors import TableRefusedError
from server.transport.asking import check_acts_for, check_key, choice_of, day_of, moment_of
from server.transport.places import Place
from server.transport.settings import StreamSettings
from server.transport.streams import chunks_of, start_of
from server.transport.verdicts import verdict_to
from server.transport.windowed import windowed

if TYPE_CHECKING:  # they need Polars, which a server without tables does not have
    from server.tables.judging import JudgedChunk, TableJudge

Requests = AsyncIterator[pb.EvaluateTableRequest]
Answers = AsyncGenerator[pb.EvaluateTableResponse, None]
Result = TypeVar("Result")


class TableConversations:
    """Judges tables in a thread of its own, chunk by chunk, so that other calls are answered meanwhile."""

    def __init__(self, decisions: Decisions, limits: LimitSettings, streams: StreamSettings) -> None:
        self._decisions = decisions
        self._streams = streams
        self._limits = TableLimits(streams.table_rows, streams.table_columns, streams.table_bytes)
        self._opened = pb.StreamOpened(
            max_chunks_in_flight=streams.chunks_in_flight,
            max_chunk_size=streams.table_rows,
            max_message_bytes=limits.message_bytes,
        )
        # Polars uses all cores by itself; chunks of several tables take turns.
        self._thread = ThreadPoolExecutor(1, "tables")

    def close(self) -> None:
        """Let the thread go; no call may be under way."""
        self._thread.shutdown()

    async def converse(self, requests: Requests, caller: Caller) -> Answers:
        """Judge the chunks of a table as they come, log them, answer in order."""
        start: pb.EvaluateTableStart | None = await start_of(requests)
        if start is None:
            return
        table = await self._aside(self._table, start, caller)
        place = Place.of(start.resume_token, "start.resume_token", with_ruleset=True) or Place(
            self._decisions.new_stream_id(), ruleset=table.ruleset.digest
        )
        yield pb.EvaluateTableResponse(
            opened=pb.TableOpened(ruleset=verdict_to({"ruleset": table.used}).ruleset, limits=self._opened),
            answered_chunks=place.answered,
            resume_token=place.token,
        )

        async def begun() -> AsyncGenerator[asyncio.Future[pb.TableResults], None]:
            ahead = place
            async for message in chunks_of(requests):
                judged = await self._aside(table.judge, message, ahead)
                yield asyncio.ensure_future(self._results(table, judged, ahead))
                ahead = ahead.next

        async with aclosing(windowed(begun(), self._streams.chunks_in_flight)) as answers:
            async for results in answers:
                place = place.next
                yield pb.EvaluateTableResponse(
                    chunk=results, answered_chunks=place.answered, resume_token=place.token
                )

    async def _results(self, table: _Table, judged: JudgedChunk, place: Place) -> pb.TableResults:
        """Log a chunk, and answer it."""
        decision_id = await self._decisions.log_table(table.decision(judged, place))
        return pb.TableResults(
            decision_id=decision_id,
            rows=judged.rows,
            row_count=judged.count,
            refused_count=judged.refused,
            apart_count=judged.apart,
            input_digest=judged.input_digest,
            output_digest=judged.output_digest,
            row_by_row=[
                pb.RowByRow(name=way.criterion, reason=way.reason) for way in judged.ways if not way.columns
            ],
        )

    async def _aside(self, work: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def _table(self, start: pb.EvaluateTableStart, caller: Caller) -> _Table:
        """What a stream asks for, made ready. Blocking."""
        try:
            from server.tables.judging import TableJudge
        except ModuleNotFoundError as error:
            if error.name != "polars":
                raise
            text = "this server was installed without tables; its operator installs them with chuan[tables]"
            raise Failure(StatusCode.UNIMPLEMENTED, "TABLES_NOT_INSTALLED", text) from error
        command = _command(start, caller)
        ruleset, chosen_by = self._ruleset(start, command)
        try:
            judge = TableJudge(
                ruleset, command.evaluated_on, start.id_column, tuple(start.columns), self._limits
            )
        except TableRefusedError as error:
            raise wrong_request([FieldViolation(f"start.{error.path}", str(error))]) from error
        return _Table(judge, ruleset, chosen_by, start, command)

    def _ruleset(self, start: pb.EvaluateTableStart, command: Command) -> tuple[Ruleset, ChosenBy]:
        """The ruleset that is asked for; of a stream that is gone on with, the one that it began with."""
        resumed = Place.of(start.resume_token, "start.resume_token", with_ruleset=True)
        if resumed is None:
            return self._decisions.choose(command, self._decisions.catalogue)
        ruleset = self._decisions.ruleset(resumed.ruleset)
        if ruleset.id != command.choice.id or command.choice.version not in ("", str(ruleset.version)):
            text = "The stream of this token was judged by another ruleset; ask for the same one."
            raise wrong_request([FieldViolation("start.ruleset", text)])
        if not (self._is_chosen(ruleset, command) or self._was_judged(resumed, command)):
            text = (
                "No such stream was judged by this ruleset, which is not the one in effect; begin a new one."
            )
            raise wrong_request([FieldViolation("start.resume_token", text)])
        return ruleset, _chosen_by(command)

    def _is_chosen(self, ruleset: Ruleset, command: Command) -> bool:
        """Whether a stream that began now would be judged by this ruleset."""
        try:
            return self._decisions.choose(command, self._decisions.catalogue)[0].digest == ruleset.digest
        except SelectionError:
            return False

    def _was_judged(self, place: Place, command: Command) -> bool:
        """Whether the log has a chunk next to a place, judged as its token says: anyone can write a token."""
        for answered in (place.answered, place.answered - 1):
            beside = replace(place, answered=answered).request_id
            logged = self._decisions.find(command._replace(request_id=beside))
            if logged is not None:
                verdict = orjson.loads(self._decisions.logged(logged).verdict)
                by, day = verdict["ruleset"], command.evaluated_on.isoformat()
                same = (by["digest"], by["chosen_by"]) == (place.ruleset, _chosen_by(command))
                return same and verdict["evaluated_on"] == day
        return False


@dataclass(frozen=True, slots=True)
class _Table:
    """A table under way: what it is judged by, and what is logged of its chunks."""

    judging: TableJudge
    ruleset: Ruleset
    chosen_by: ChosenBy
    start: pb.EvaluateTableStart
    command: Command

    @property
    def used(self) -> dict[str, str]:
        """The ruleset, as verdicts name it."""
        return {
            "chosen_by": self.chosen_by,
            "digest": self.ruleset.digest,
            "id": self.ruleset.id,
            "version": str(self.ruleset.version),
        }

    def judge(self, message: pb.TableChunk, place: Place) -> JudgedChunk:
        """What a chunk comes to. Blocking.

        Raises:
            Failure: it is refused.
        """
        where = f"chunk[{place.answered}]"
        lists = {each.fact: each.rows for each in message.lists}
        if len(lists) < len(message.lists):
            raise wrong_request([FieldViolation(f"{where}.lists", "A fact has one table of its items.")])
        try:
            return self.judging.judge(message.rows, lists)
        except TableRefusedError as error:
            path = f"{where}.{error.path}"
            if error.too_large:
                about = {"chunk": str(place.answered)}
                raise Failure(
                    StatusCode.RESOURCE_EXHAUSTED, "CHUNK_TOO_LARGE", f"{path}: {error}", metadata=about
                ) from error
            raise wrong_request([FieldViolation(path, str(error))]) from error

    def decision(self, judged: JudgedChunk, place: Place) -> TableDecision:
        """What is logged of a chunk: all but its rows."""
        day = self.command.evaluated_on.isoformat()
        record = {
            "columns": judged.columns,
            "digest": judged.input_digest,
            "evaluated_on": day,
            "id_column": self.start.id_column,
            "lists": judged.lists,
            "results": list(self.start.columns),
            "rows": judged.count,
        }
        verdict = {
            "apart": judged.apart,
            "digest": judged.output_digest,
            "evaluated_on": day,
            "outcomes": judged.outcomes,
            "rows": judged.count,
            "ruleset": self.used,
            "statuses": judged.statuses,
        }
        return TableDecision(
            ruleset_digest=self.ruleset.digest,
            record=orjson.dumps(record, option=orjson.OPT_SORT_KEYS),
            verdict=orjson.dumps(verdict, option=orjson.OPT_SORT_KEYS),
            caller=self.command.caller,
            organisation=self.command.organisation,
            request_id=place.request_id,
        )


def _chosen_by(command: Command) -> ChosenBy:
    return ChosenBy.VERSION if command.choice.version else ChosenBy.DATE


def _command(start: pb.EvaluateTableStart, caller: Caller) -> Command:
    """What a stream asks for, but for its rows.

    Raises:
        Failure: with everything that is wrong.
    """
    violations: list[FieldViolation] = []

    def wrong(path: str, text: str) -> None:
        violations.append(FieldViolation(f"start.{path}", text))

    choice = choice_of(start.ruleset, wrong)
    if start.ruleset.WhichOneof("choice") == "by_selector":
        wrong("ruleset", "A table is judged by one ruleset: name a version, or an id.")
    day = day_of(start.evaluated_on, wrong)
    known = moment_of(start.as_known_at, wrong) if start.HasField("as_known_at") else None
    check_key("", start.organisation, wrong, 0)
    if violations or day is None:
        raise wrong_request(violations)
    check_acts_for(caller, start.organisation)
    return Command(choice, day, {}, as_known_at=known, caller=caller.name, organisation=start.organisation)
