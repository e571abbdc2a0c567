"""EvaluateTable: Arrow in and out for any client, rows as `engine.table` scores them, each chunk logged once."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import orjson
import polars as pl
import pyarrow as pa
import pytest
from chuan.v1 import decision_service_pb2, evaluation_service_pb2_grpc
from chuan.v1 import evaluation_service_pb2 as pb
from google.protobuf.empty_pb2 import Empty

from clients.client import Client, RecordRefused, ServiceError
from clients.errors import call_error
from clients.tables import ScoredChunk, TableQuestion
from engine import load
from engine.table import evaluate_table
from server.config import Settings
from server.running.settings import ListenSettings

Serve = Callable[[Settings], AbstractContextManager[str]]
Stub = Any  # the types of the stubs know streams as iterables alone
RULESET = Path(__file__).parent.parent / "data" / "server" / "rulesets" / "rating-2.yaml"
DAY = date(2024, 12, 31)
SETTINGS = Settings()
QUESTION = TableQuestion(ruleset="test.rating", evaluated_on=DAY, id_column="person")


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address) as connected:
        yield connected


@pytest.fixture
def stub(address: str) -> Iterator[Stub]:
    with grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)]) as channel:
        yield evaluation_service_pb2_grpc.EvaluationServiceStub(channel)


def people(rows: int) -> pl.DataFrame:
    """Rows of which some are unknown in part, and one in eleven states what is not allowed."""
    row = pl.int_range(rows, eager=True).alias("row")
    return pl.DataFrame({"row": row}).select(
        pl.format("P{}", "row").alias("person"),
        pl.when(pl.col("row") % 11 == 0)
        .then(13)
        .when(pl.col("row") % 5 > 0)
        .then(pl.col("row") % 13 % 12)
        .alias("months"),
        (pl.col("row") % 3).alias("tasks.total"),
        (pl.col("row") % 2).alias("tasks.done"),
        pl.when(pl.col("row") % 7 == 0).then(pl.lit("")).otherwise(pl.lit("Tốt")).alias("remark"),
        pl.lit("staff").alias("group"),
    )  # fmt: skip


def ipc(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def start(**changed: Any) -> pb.EvaluateTableRequest:
    fields = {"evaluated_on": "2024-12-31", "ruleset": pb.RulesetChoice(in_effect="test.rating"), **changed}
    return pb.EvaluateTableRequest(start=pb.EvaluateTableStart(**fields))


def chunk(rows: bytes, **lists: bytes) -> pb.EvaluateTableRequest:
    items = [pb.TableList(fact=fact, rows=each) for fact, each in lists.items()]
    return pb.EvaluateTableRequest(chunk=pb.TableChunk(rows=rows, lists=items))


def months(*values: int | None) -> bytes:
    return ipc(pa.table({"months": pa.array(values, pa.int64())}))


def logged(store: Path) -> list[tuple[bytes, bytes, str]]:
    """Record, verdict and kind of the decisions, in their order."""
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute("SELECT record, verdict, kind FROM decisions ORDER BY position").fetchall()


def test_a_table_over_the_wire_is_scored_as_here(client: Client) -> None:
    frame = people(5_000)
    here = evaluate_table(load(RULESET), frame, evaluated_on=DAY, id="person").frame
    chunks = list(client.evaluate_table(QUESTION, frame.iter_slices(700)))
    assert len(chunks) == 8
    assert pl.concat([each.frame for each in chunks]).equals(here)
    assert sum(each.refused for each in chunks) == here.filter(pl.col("status") == "refused").height > 0


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(lambda frame: frame, id="a frame"),
        pytest.param(lambda frame: iter([frame[:7], frame[7:]]), id="frames"),
        pytest.param(lambda frame: frame.to_arrow(), id="a table of pyarrow"),
        pytest.param(lambda frame: frame.to_arrow().to_reader(max_chunksize=4), id="a reader of pyarrow"),
        pytest.param(lambda frame: frame.to_arrow().to_batches(max_chunksize=4), id="batches of pyarrow"),
    ],
)
def test_whatever_holds_arrow_can_be_sent(client: Client, frames: Callable[[pl.DataFrame], Any]) -> None:
    frame = people(20)
    wanted = pl.concat([each.frame for each in client.evaluate_table(QUESTION, frame)])
    found = pl.concat([each.frame for each in client.evaluate_table(QUESTION, frames(frame))])
    assert found.equals(wanted)


def test_a_frame_is_cut_to_the_messages_of_the_server(client: Client) -> None:
    frame = people(30_000).with_columns(remark=pl.format("{}{}", pl.lit("x" * 300), "person"))
    chunks = list(client.evaluate_table(QUESTION, frame))
    assert len(chunks) > 3
    assert pl.concat([each.frame for each in chunks])["person"].equals(frame["person"])
    assert max(each.frame.height for each in chunks[:-1]) * 300 < SETTINGS.limits.message_bytes
    assert (
        min(each.frame.height for each in chunks[1:-1]) * 500 > SETTINGS.limits.message_bytes
    )  # the first is a guess


def test_a_table_without_rows_comes_back_without_rows(client: Client) -> None:
    (answer,) = client.evaluate_table(QUESTION, people(0))
    assert answer.frame.height == 0
    assert "status" in answer.frame.columns


def test_pyarrow_alone_is_client_enough(stub: Stub) -> None:
    table = pa.table(
        {
            "person": ["a", "b", "c"],
            "months": pa.array(["7.5", None, "13"]).cast(pa.decimal128(4, 1)),
            "tasks": [{"total": 2, "done": 2}, {"total": 1, "done": 0}, None],
            "acts": pa.array([[], [], []], pa.list_(pa.struct({"decided_on": pa.date32(), "form": pa.string()}))),
        }
    )  # fmt: skip
    opened, answer = stub.EvaluateTable(iter([start(id_column="person"), chunk(ipc(table))]))
    assert (opened.opened.ruleset.id, opened.opened.ruleset.version) == ("test.rating", "2.0.0")
    assert opened.opened.limits.max_chunk_size == SETTINGS.streams.table_rows
    results = pa.ipc.open_stream(answer.chunk.rows).read_all().to_pylist()
    assert [(row["person"], row["status"], row["outcome"]) for row in results] == [
        ("a", "decided", "high"),
        ("b", "undetermined", None),
        ("c", "refused", None),
    ]
    assert results[1]["missing"] == ["months", "remark"]
    (violation,) = results[2]["violations"]
    assert violation["path"] == "months"
    assert (answer.chunk.row_count, answer.chunk.refused_count, answer.answered_chunks) == (3, 1, 1)


def test_only_what_is_wanted_comes_back(client: Client) -> None:
    question = TableQuestion(ruleset="test.rating", evaluated_on=DAY, columns=["missing", "status"])
    (answer,) = client.evaluate_table(question, people(3).drop("person"))
    assert answer.frame.columns == ["missing", "status"]


def test_lists_come_as_tables_of_their_own(client: Client) -> None:
    frame = people(2_500).with_columns(months=pl.lit(7))
    acts = pl.DataFrame({"person": ["P3", "P3", "P2000"], "decided_on": [DAY] * 3, "form": ["x", "y", "z"]})
    chunks = list(client.evaluate_table(QUESTION, frame.iter_slices(700), lists={"acts": acts}))
    assert len(chunks) == 4
    scored = pl.concat([each.frame for each in chunks])
    with_acts = scored.filter(pl.col("failed").list.contains("no_acts"))["person"].to_list()
    assert with_acts == ["P3", "P2000"]


def test_a_chunk_is_logged_once_with_the_digests_of_both_sides(
    client: Client, stub: Stub, store: Path
) -> None:
    rows = ipc(people(40).to_arrow())
    before = len(logged(store))
    opened, answer = stub.EvaluateTable(
        iter([start(id_column="person", organisation="vn/ha-noi"), chunk(rows)])
    )
    assert len(logged(store)) == before + 1
    decision = client.get_decision(answer.chunk.decision_id)
    assert decision.kind == decision_service_pb2.DECISION_KIND_TABLE
    assert decision.organisation == "vn/ha-noi"
    record, verdict = orjson.loads(decision.canonical_record), orjson.loads(decision.canonical_verdict)
    assert record["digest"] == answer.chunk.input_digest == hashlib.sha256(rows).hexdigest()
    assert verdict["digest"] == answer.chunk.output_digest == hashlib.sha256(answer.chunk.rows).hexdigest()
    assert record["rows"] == verdict["rows"] == sum(verdict["statuses"].values()) == 40
    assert verdict["statuses"]["refused"] == answer.chunk.refused_count == 4
    assert verdict["ruleset"]["digest"] == opened.opened.ruleset.digest
    assert "P17" not in str(logged(store)[-1])
    with pytest.raises(ServiceError) as caught:
        client.replay_decision(decision.decision_id)
    assert caught.value.reason == "NOT_REPLAYABLE"


def test_chunks_that_come_again_are_the_decisions_that_they_were(stub: Stub, store: Path) -> None:
    parts = [chunk(months(*range(at, at + 3))) for at in range(4)]
    whole = list(stub.EvaluateTable(iter([start(), *parts])))
    before = len(logged(store))
    for behind in range(5):
        token = whole[behind].resume_token
        again = list(stub.EvaluateTable(iter([start(resume_token=token), *parts[behind:]])))
        assert again[0].answered_chunks == behind
        assert again[1:] == whole[behind + 1 :]
    assert len(logged(store)) == before


def test_another_chunk_in_the_place_of_one_is_refused(stub: Stub) -> None:
    opened, _ = stub.EvaluateTable(iter([start(), chunk(months(7))]))
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(resume_token=opened.resume_token), chunk(months(8))])))
    assert call_error(caught.value).reason == "REQUEST_ID_USED"


def test_a_chunk_is_not_passed_for_one_of_another_organisation(stub: Stub) -> None:
    opened, _ = stub.EvaluateTable(iter([start(organisation="vn/a"), chunk(months(7))]))
    elsewhere = start(organisation="vn/b", resume_token=opened.resume_token)
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([elsewhere, chunk(months(7))])))
    assert call_error(caught.value).reason == "REQUEST_ID_USED"


@pytest.mark.parametrize("answered", [0, 1])
def test_a_token_makes_no_ruleset_one_in_effect(stub: Stub, answered: int) -> None:
    first = pb.RulesetChoice(version=pb.RulesetVersion(id="test.rating", version="1.0.0"))
    (opened,) = stub.EvaluateTable(iter([start(ruleset=first)]))
    token = f"{'0' * 32}.{answered}.{opened.opened.ruleset.digest}"
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(resume_token=token), chunk(months(7))])))
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    assert [where for where, _ in refused.violations] == ["start.resume_token"]


def test_a_client_goes_on_in_another_process(client: Client, store: Path) -> None:
    frame = people(3_000)
    before = len(logged(store))
    chunks = client.evaluate_table(QUESTION, frame, chunk_rows=700)
    first = next(chunks)
    chunks.close()  # the server may have logged more than this one
    behind = frame[first.frame.height :]
    with pytest.raises(ValueError, match="chunk_rows"):
        next(client.evaluate_table(QUESTION, behind, resume_token=first.resume_token))
    rest = client.evaluate_table(QUESTION, behind, chunk_rows=700, resume_token=first.resume_token)
    scored = pl.concat([first.frame, *(each.frame for each in rest)])
    assert scored["person"].equals(frame["person"])
    assert len(logged(store)) - before == 5


def test_rows_that_do_not_fit_into_a_message_are_said(client: Client) -> None:
    wide = people(2).with_columns(remark=pl.lit("x" * 3_000_000))
    with pytest.raises(ValueError, match="2 rows take"):
        list(client.evaluate_table(QUESTION, wide, chunk_rows=2))
    assert [each.frame.height for each in client.evaluate_table(QUESTION, wide)] == [1, 1]


WRONG_STARTS: dict[str, tuple[dict[str, Any], str]] = {
    "no ruleset": ({"ruleset": None}, "start.ruleset"),
    "by selector": ({"ruleset": pb.RulesetChoice(by_selector=Empty())}, "start.ruleset"),
    "no date": ({"evaluated_on": ""}, "start.evaluated_on"),
    "a day that is none": ({"evaluated_on": "2024-02-30"}, "start.evaluated_on"),
    "a column that no result has": ({"columns": ["status", "verdict"]}, "start.columns[1]"),
    "a column twice": ({"columns": ["status", "status"]}, "start.columns[1]"),
    "no organisation": ({"organisation": "vn//x"}, "start.organisation"),
    "no token": ({"resume_token": "x"}, "start.resume_token"),
    "a token of records": ({"resume_token": "0" * 32 + ".1"}, "start.resume_token"),
}


@pytest.mark.parametrize(("changed", "path"), WRONG_STARTS.values(), ids=list(WRONG_STARTS))
def test_a_beginning_that_is_wrong_is_refused(stub: Stub, changed: dict[str, Any], path: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(**changed)])))
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    assert [where for where, _ in refused.violations] == [path]


def test_a_ruleset_that_is_not_there_is_not_found(stub: Stub) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(ruleset=pb.RulesetChoice(in_effect="test.none"))])))
    assert call_error(caught.value).reason == "RULESET_NOT_FOUND"
    token = f"{'0' * 32}.0.{'0' * 64}"
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(resume_token=token)])))
    assert call_error(caught.value).reason == "RULESET_NOT_FOUND"


def test_a_stream_keeps_to_the_ruleset_that_it_began_with(stub: Stub) -> None:
    (opened,) = stub.EvaluateTable(iter([start()]))
    other = pb.RulesetChoice(version=pb.RulesetVersion(id="test.rating", version="1.0.0"))
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(resume_token=opened.resume_token, ruleset=other)])))
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    assert [where for where, _ in refused.violations] == ["start.ruleset"]


ONE = pa.array([1])
WRONG_CHUNKS: dict[str, tuple[pb.EvaluateTableRequest, str, str]] = {
    "no bytes": (chunk(b""), "rows", "no Arrow IPC stream"),
    "text": (chunk(b"person,months\na,7\n"), "rows", "no Arrow IPC stream"),
    "cut off": (chunk(months(7)[:-8]), "rows", "cut off"),
    "a column that names no fact": (chunk(ipc(pa.table({"moths": ONE}))), "rows", 'Is it months? Rename'),
    "a fact twice": (chunk(ipc(pa.table([ONE, ONE], ["months", "months"]))), "rows", "two columns of one name"),
    "a field beside its record": (
        chunk(ipc(pa.table({"tasks": [{"total": 1}], "tasks.done": ONE}))), "rows", "a part of another column"
    ),
    "a type of no fact": (chunk(ipc(pa.table({"remark": [b"x"]}))), "rows", '"remark" has a type'),
    "a list that is none": (chunk(months(7), months=months(7)), "rows", "name it as id"),
    "a list that is damaged": (chunk(months(7), acts=b"x"), "lists[0].rows", "no Arrow IPC stream"),
    "a list twice": (
        pb.EvaluateTableRequest(chunk=pb.TableChunk(rows=months(7), lists=[pb.TableList(fact="acts")] * 2)),
        "lists",
        "one table",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "path", "words"), WRONG_CHUNKS.values(), ids=list(WRONG_CHUNKS))
def test_a_chunk_that_is_wrong_is_refused_after_the_answers_to_those_before(
    stub: Stub, sent: pb.EvaluateTableRequest, path: str, words: str
) -> None:
    answers = stub.EvaluateTable(iter([start(), chunk(months(7)), sent]))
    assert [next(answers).answered_chunks, next(answers).answered_chunks] == [0, 1]
    with pytest.raises(grpc.RpcError) as caught:
        next(answers)
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    ((where, text),) = refused.violations
    assert where == f"chunk[1].{path}"
    assert words in text


def test_an_id_column_that_is_not_there_is_named(stub: Stub) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(id_column="person"), chunk(months(7))])))
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    assert '"person"' in refused.violations[0][1]


def test_an_id_column_that_is_no_text_nor_number_is_refused(stub: Stub) -> None:
    rows = ipc(pa.table({"person": pa.array([1], pa.duration("us")), "months": [7]}))
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start(id_column="person"), chunk(rows)])))
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    assert "durations" in refused.violations[0][1]


TYPES: dict[str, pa.Array] = {
    "floats": pa.array([7.0]),
    "texts": pa.array(["7"]),
    "truth": pa.array([True]),
    "dates": pa.array([DAY]),
    "times": pa.array([1], pa.time64("us")),
    "moments": pa.array([1], pa.timestamp("us", "UTC")),
    "durations": pa.array([1], pa.duration("s")),
    "lists": pa.array([[7]]),
    "records": pa.array([{"a": 7}]),
    "numbers without a bound": pa.array([2**63], pa.uint64()),
}

RIGHT = {("remark", "texts"), ("leave", "truth"), ("tasks.total", "numbers without a bound")}


@pytest.mark.parametrize("fact", ["months", "tasks", "acts", "remark", "leave", "group", "tasks.total"])
@pytest.mark.parametrize("kind", list(TYPES))
def test_a_column_of_a_wrong_type_refuses_its_rows(client: Client, fact: str, kind: str) -> None:
    question = TableQuestion(ruleset="test.rating", evaluated_on=DAY)
    (answer,) = client.evaluate_table(question, pa.table({fact: TYPES[kind]}))
    ((status, violations),) = answer.frame.select("status", "violations").rows()
    if (fact, kind) in RIGHT:
        assert status == "undetermined"
    else:
        assert status == "refused"
        assert violations[0]["path"].startswith(fact.partition(".")[0])


def test_a_table_of_nothing_but_nulls_says_nothing(client: Client) -> None:
    question = TableQuestion(ruleset="test.rating", evaluated_on=DAY)
    (answer,) = client.evaluate_table(question, pa.table({"months": pa.nulls(3), "tasks": pa.nulls(3)}))
    assert answer.frame["status"].to_list() == ["undetermined"] * 3


def test_a_chunk_that_is_too_large_says_which(tmp_path: Path, config: Settings, serve: Serve) -> None:
    small = SETTINGS.streams.model_copy(update={"table_rows": 10})
    with serve(elsewhere(config, tmp_path, streams=small)) as address, Client(address) as client:
        assert [each.frame.height for each in client.evaluate_table(QUESTION, people(25))] == [10, 10, 5]
        with grpc.insecure_channel(address) as channel:
            stub: Stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)
            with pytest.raises(grpc.RpcError) as caught:
                list(stub.EvaluateTable(iter([start(), chunk(months(*[7] * 10)), chunk(months(*[7] * 11))])))
    refused = call_error(caught.value)
    assert (refused.code, refused.reason) == ("RESOURCE_EXHAUSTED", "CHUNK_TOO_LARGE")
    assert "chunk[1].rows" in refused.message


def elsewhere(config: Settings, folder: Path, **sections: Any) -> Settings:
    store = config.store.model_copy(update={"location": str(folder / "store.sqlite3")})
    return config.model_copy(update={"store": store, **sections})


def test_a_client_goes_on_when_the_server_is_another(tmp_path: Path, config: Settings, serve: Serve) -> None:
    frame = people(20_000)
    settings = elsewhere(config, tmp_path, streams=SETTINGS.streams.model_copy(update={"table_rows": 1_000}))
    taken: list[ScoredChunk] = []
    with serve(settings) as address:
        client = Client(address)
        chunks = client.evaluate_table(QUESTION, frame)
        taken += [next(chunks) for _ in range(3)]
    port = int(address.rpartition(":")[2])
    with client, serve(settings.model_copy(update={"listen": ListenSettings(port=port)})):
        taken += chunks
    assert pl.concat([each.frame for each in taken])["person"].equals(frame["person"])
    assert len(logged(tmp_path / "store.sqlite3")) == len(taken) == 20


def test_a_stream_goes_on_by_a_ruleset_that_was_withdrawn_meanwhile(
    tmp_path: Path, config: Settings, serve: Serve
) -> None:
    parts = [chunk(months(7)), chunk(months(8))]
    with (
        serve(elsewhere(config, tmp_path)) as address,
        Client(address, actor="minh") as client,
        grpc.insecure_channel(address) as channel,
    ):
        stub: Stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)
        opened, first = stub.EvaluateTable(iter([start(), parts[0]]))
        client.retire_ruleset("test.rating", opened.opened.ruleset.version, "struck down")
        for token, left in ((opened.resume_token, parts), (first.resume_token, parts[1:])):
            again, *_ = list(stub.EvaluateTable(iter([start(resume_token=token), *left])))
            assert again.opened.ruleset == opened.opened.ruleset


def test_a_caller_who_goes_away_is_judged_no_further(stub: Stub, store: Path) -> None:
    before = len(logged(store))
    sent = [chunk(ipc(people(20_000).drop("person").to_arrow()))] * 60
    answers = stub.EvaluateTable(iter([start(), *sent]))
    assert [next(answers).answered_chunks for _ in range(2)] == [0, 1]
    answers.cancel()
    count = -1
    while count != (count := len(logged(store))):
        time.sleep(0.5)
    assert count - before < len(sent) / 2


def test_others_are_answered_while_a_table_is_judged(client: Client) -> None:
    chunks = client.evaluate_table(QUESTION, people(60_000).iter_slices(5_000))
    next(chunks)  # more are under way
    for _ in range(5):
        assert client.evaluate("test.rating", {"months": 7}, evaluated_on=DAY).decision_id
    assert sum(each.frame.height for each in chunks) > 0


def test_a_server_without_tables_says_so(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    monkeypatch.delitem(sys.modules, "server.tables.judging")
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateTable(iter([start()])))
    refused = call_error(caught.value)
    assert (refused.code, refused.reason) == ("UNIMPLEMENTED", "TABLES_NOT_INSTALLED")
