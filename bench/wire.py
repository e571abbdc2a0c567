"""Records a second through every call of the service, beside the same records evaluated in this process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from bench import hr, transport
from bench.effort import Effort
from bench.measure import figure, settled
from bench.report import Findings, Goal, Table
from clients.client import Client, Explained, Question, ServiceError
from clients.tables import TableQuestion
from engine import Evaluator
from engine.table import TableEvaluator, frame_of

BATCH: Final = 500  # records of a message
CALLS_EACH: Final = 200  # of the calls that come one after another
TABLE_ROWS_A_RECORD: Final = 100  # a full run sends 200,000 rows
PIECE_ROWS: Final = 50_000  # of a table that is evaluated here
MOST_ROUNDS: Final = 5
RULESET: Final = "bench.hr"
COLUMNS: Final = ("status", "outcome", "failed")

BATCH_GOAL: Final = 10  # times as many records as in calls of their own
TABLE_GOAL: Final = 100

_HERE, _HERE_TABLE = "here, row by row", "here, as a table"
_ALONE, _MANY = "Evaluate, one call after another", "Evaluate, 32 calls in flight (h2load)"
_BATCH = f"EvaluateBatch, {BATCH} a message"
_STREAM, _TABLE = "EvaluateStream", "EvaluateTable"

Outcomes = list[str]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to have records judged.

    Attributes:
        records: how many a pass takes.
        run: a pass; gives the outcomes of the records, or of the first of them, where it knows them.
        served: the server does the work.
    """

    records: int
    run: Callable[[], Outcomes]
    served: bool = True


@dataclass(slots=True)
class Pace:
    """What passes took: seconds by the clock, and CPU seconds of the server."""

    seconds: list[float]
    server_seconds: list[float]


def measure(effort: Effort) -> Findings:
    """Run the part."""
    rounds = min(effort.rounds, MOST_ROUNDS)
    with transport.server("chuan") as server, Client(f"127.0.0.1:{server.ports['logged']}") as client:
        ways = _ways(effort, client, server.ports["logged"])
        expected = ways[_HERE].run()
        for name, way in ways.items():
            outcomes = way.run()  # once for warmth
            assert outcomes == expected[: len(outcomes)], f"{name} says something else"
        paces = {name: Pace([], []) for name in ways}
        with settled():
            for _ in range(rounds):
                for name, way in ways.items():
                    cpu, clock = transport.cpu_seconds(server.pid), time.perf_counter()
                    way.run()
                    paces[name].seconds.append(time.perf_counter() - clock)
                    paces[name].server_seconds.append(transport.cpu_seconds(server.pid) - cpu)
    return _report(ways, paces)


def _ways(effort: Effort, client: Client, port: int) -> dict[str, Way]:
    facts = [hr.stated(record) for record in hr.records(effort.records)]
    questions = [Question(ruleset=RULESET, facts=each, evaluated_on=hr.ASSESSED_ON) for each in facts]
    ruleset = hr.ruleset()
    frame = frame_of(ruleset, facts)
    table = pl.concat([frame] * TABLE_ROWS_A_RECORD)
    asked = TableQuestion(ruleset=RULESET, evaluated_on=hr.ASSESSED_ON, columns=COLUMNS)
    evaluator = Evaluator(ruleset)
    tables = TableEvaluator(ruleset, hr.ASSESSED_ON)
    load = transport.Load(port, transport.EVALUATE, transport.hr_payload())
    alone = questions[:CALLS_EACH]

    def rows() -> Outcomes:
        return [str(evaluator.evaluate(each, hr.ASSESSED_ON).outcome) for each in facts]

    def columns() -> Outcomes:
        pieces = [
            tables.evaluate(table[start : start + PIECE_ROWS], columns=COLUMNS).frame
            for start in range(0, table.height, PIECE_ROWS)
        ]
        return _first(pieces, effort.records)

    def calls() -> Outcomes:
        return [
            _outcome(client.evaluate(each.ruleset, each.facts, evaluated_on=each.evaluated_on))
            for each in alone
        ]

    def loaded() -> Outcomes:
        transport.run_load(load)
        return []  # h2load reads no answers; `transport` has seen that the call succeeds

    def batches() -> Outcomes:
        return [
            _outcome(answer)
            for start in range(0, len(questions), BATCH)
            for answer in client.evaluate_batch(questions[start : start + BATCH])
        ]

    def streamed() -> Outcomes:
        return list(map(_outcome, client.evaluate_stream(questions)))

    def sent() -> Outcomes:
        return _first([each.frame for each in client.evaluate_table(asked, table)], effort.records)

    return {
        _HERE: Way(len(facts), rows, served=False),
        _ALONE: Way(len(alone), calls),
        _MANY: Way(transport.CALLS, loaded),
        _BATCH: Way(len(questions), batches),
        _STREAM: Way(len(questions), streamed),
        _TABLE: Way(table.height, sent),
        _HERE_TABLE: Way(table.height, columns, served=False),
    }


def _first(pieces: Sequence[pl.DataFrame], count: int) -> Outcomes:
    return [str(outcome) for outcome in pl.concat(pieces)["outcome"].head(count)]


def _outcome(answer: Explained | ServiceError) -> str:
    assert isinstance(answer, Explained), answer
    return answer.verdict.outcome


def _report(ways: dict[str, Way], paces: dict[str, Pace]) -> Findings:
    def rate(name: str) -> float:
        return ways[name].records / statistics.median(paces[name].seconds)

    def over(name: str, other: str) -> float:
        """How many times as many records a second, in the rounds of the same seconds."""
        mine, its = paces[name], paces[other]
        pairs = zip(mine.seconds, its.seconds, strict=True)
        return statistics.median(
            (ways[name].records / own) / (ways[other].records / theirs) for own, theirs in pairs
        )

    lines = []
    for name, way in ways.items():
        cpu = statistics.median(paces[name].server_seconds) / way.records * 1e6
        lines.append(
            (
                name,
                figure(rate(name)),
                f"{figure(over(name, _ALONE))} x",
                f"{figure(over(name, _MANY))} x",
                figure(cpu) if way.served else "",
            )
        )
    return Findings(
        title="Over the wire",
        notes=(
            f"The common task ({len(hr.CRITERIA)} criteria), its verdicts logged in SQLite and answered in full; but "
            f"of tables {', '.join(COLUMNS)} are asked, and a chunk is an entry of the log. Client and server are a "
            "process each, on the loopback; seconds by the clock, in turn; what a client in Python does for a record "
            "(its message made, its answer read) counts, but for h2load, which is written in C and reads no answer. "
            "All ways were first seen to give the same outcomes.",
        ),
        tables=(
            Table(
                (
                    "way",
                    "records a second",
                    "over calls alone",
                    "over calls in flight",
                    "server CPU, µs a record",
                ),
                tuple(lines),
            ),
        ),
        goals=(
            Goal(f"{_BATCH}, over calls one after another", over(_BATCH, _ALONE), BATCH_GOAL),
            Goal("EvaluateTable, over calls one after another", over(_TABLE, _ALONE), TABLE_GOAL),
            Goal(f"{_BATCH}, over calls in flight", over(_BATCH, _MANY), BATCH_GOAL),
            Goal("EvaluateTable, over calls in flight", over(_TABLE, _MANY), TABLE_GOAL),
        ),
    )
