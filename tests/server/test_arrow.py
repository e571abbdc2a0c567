"""Arrow IPC streams are looked at before they are read: what they claim, and whether they end."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import load
from server.tables.arrow import ArrowError, TableLimits, TableTooLargeError, check_stream
from server.tables.errors import TableRefusedError
from server.tables.judging import TableJudge

RULESET = Path(__file__).parent.parent / "data" / "server" / "rulesets" / "rating-2.yaml"
LIMITS = TableLimits(rows=1_000, columns=20, bytes=100_000)
Writer = Callable[[Any], bytes]


def by_pyarrow(table: Any, **options: Any) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table) if isinstance(table, pa.Table) else writer.write_batch(table)
    return sink.getvalue()


def by_polars(table: Any, compression: Any = "uncompressed") -> bytes:
    sink = io.BytesIO()
    frame: Any = pl.from_arrow(table)
    frame.write_ipc_stream(sink, compression=compression, compat_level=pl.CompatLevel.oldest())
    return sink.getvalue()


WRITERS: dict[str, Writer] = {
    "pyarrow": by_pyarrow,
    "pyarrow with zstd": lambda table: by_pyarrow(table, compression="zstd"),
    "pyarrow with lz4": lambda table: by_pyarrow(table, compression="lz4"),
    "polars": by_polars,
    "polars with zstd": lambda table: by_polars(table, "zstd"),
    "polars with lz4": lambda table: by_polars(table, "lz4"),
}
PEOPLE = pa.table(
    {
        "person": ["a", "b", "c", "d"],
        "months": pa.array([7, 3, None, 12], pa.int64()),
        "tasks": [{"total": 2, "done": 2}, None, {"total": 1, "done": 0}, {"total": None, "done": 0}],
        "acts": [[], [{"decided_on": date(2024, 2, 1), "form": "x"}], None, []],
        "remark": pa.array(["một", "hai", "một", None]).dictionary_encode(),
        "leave": [True, None, False, False],
    }
)


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
def test_what_others_write_passes(write: Writer) -> None:
    check_stream(write(PEOPLE), LIMITS)
    check_stream(write(PEOPLE.slice(0, 0)), LIMITS)


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
def test_a_stream_that_is_cut_anywhere_is_refused(write: Writer) -> None:
    stream = write(PEOPLE)
    for length in range(len(stream)):
        with pytest.raises(ArrowError):
            check_stream(stream[:length], LIMITS)


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
def test_rows_are_counted_before_they_are_read(write: Writer) -> None:
    check_stream(write(pa.table({"months": range(1_000)})), LIMITS)
    with pytest.raises(TableTooLargeError, match="1,001 rows"):
        check_stream(write(pa.table({"months": range(1_001)})), LIMITS)


def test_rows_of_all_batches_count() -> None:
    batches = pa.table({"months": range(1_001)}).to_batches(max_chunksize=100)
    with pytest.raises(TableTooLargeError, match="1,001 rows"):
        check_stream(by_pyarrow(pa.Table.from_batches(batches)), LIMITS)


def nested(depth: int) -> Any:
    kind = pa.int64()
    for _ in range(depth):
        kind = pa.list_(kind)
    return pa.table({"deep": pa.array([], kind)})


ONE = pa.array([1])
TOO_LARGE: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a billion rows of nothing": (pa.table({"nothing": pa.nulls(10**9)}), {}, "1,000,000,000 rows"),
    "a billion items of nothing": (
        pa.table({"list": pa.ListArray.from_arrays([0, 10**9], pa.nulls(10**9))}),
        {},
        "1,000,000,000 items",
    ),
    "zeros that pack well": (
        pa.table({f"zeros {number}": pa.array([0] * 1_000) for number in range(20)}),
        {"compression": "zstd"},
        "bytes unpacked",
    ),
    "a large text": (pa.table({"remark": ["x" * 100_001]}), {}, "bytes unpacked"),
    "a large dictionary": (
        pa.table({"remark": pa.array(["x" * 50_001, "y" * 50_001]).dictionary_encode()}),
        {},
        "bytes unpacked",
    ),
    "many columns": (pa.table({f"c{number}": ONE for number in range(21)}), {}, "columns"),
    "many fields": (
        pa.table({"tasks": pa.StructArray.from_arrays([ONE] * 20, [f"f{number}" for number in range(20)])}),
        {},
        "columns",
    ),
}


@pytest.mark.parametrize(("table", "options", "words"), TOO_LARGE.values(), ids=list(TOO_LARGE))
def test_what_is_too_large_is_refused(table: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(TableTooLargeError, match=words):
        check_stream(by_pyarrow(table, **options), LIMITS)


NOT_READ: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no Arrow IPC stream"),
    "an end and nothing else": (b"\xff\xff\xff\xff\0\0\0\0", "not even a schema"),
    "text": (b"person,months\na,7\n", "no Arrow IPC stream"),
    "a file of Arrow": (b"ARROW1\0\0" + by_pyarrow(PEOPLE), "no Arrow IPC stream"),
    "two streams": (by_pyarrow(PEOPLE) * 2, "one stream"),
    "no end": (by_pyarrow(PEOPLE)[:-8], "cut off, or its writer was not closed"),
    "a union": (
        by_pyarrow(pa.table({"u": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [ONE])})),
        '"u" has a type',
    ),
    "a map": (
        by_pyarrow(pa.table({"m": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))})),
        '"m" has',
    ),
    "texts as views": (by_pyarrow(pa.table({"v": pa.array(["a"], pa.string_view())})), '"v" has a type'),
    "bytes": (by_pyarrow(pa.table({"b": [b"a"]})), '"b" has a type'),
    "lists in lists": (by_pyarrow(nested(17)), "nested more than 16 deep"),
}


@pytest.mark.parametrize(("stream", "words"), NOT_READ.values(), ids=list(NOT_READ))
def test_what_is_not_read_is_said(stream: bytes, words: str) -> None:
    with pytest.raises(ArrowError, match=words):
        check_stream(stream, LIMITS)


def judge() -> TableJudge:
    return TableJudge(load(RULESET), date(2024, 12, 31), "person", (), LIMITS)


JUDGE = judge()
STREAMS = [write(PEOPLE) for write in WRITERS.values()]


@given(
    st.sampled_from(STREAMS),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
)
@example(STREAMS[0], [(0, 255)])
@settings(max_examples=400, deadline=None)
def test_damaged_bytes_are_refused_or_judged_and_nothing_else(
    stream: bytes, damage: list[tuple[int, int]]
) -> None:
    damaged = bytearray(stream)
    for place, byte in damage:
        damaged[place % len(damaged)] = byte
    try:
        judged = JUDGE.judge(bytes(damaged), {})
    except TableRefusedError:
        return
    assert sum(judged.statuses.values()) == judged.count <= LIMITS.rows


def test_texts_of_a_dictionary_count_in_every_row() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int8()), pa.array(["x" * 1_000]))
    stream = by_pyarrow(pa.table({"person": range(1_000), "remark": words}))
    check_stream(stream, LIMITS)
    with pytest.raises(TableRefusedError, match="The texts have more than") as caught:
        JUDGE.judge(stream, {})
    assert caught.value.too_large


def test_texts_of_a_dictionary_are_counted_without_being_written_out() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 100, pa.int8()), pa.array(["x" * 10_000_000]))
    limits = TableLimits(rows=100, columns=10, bytes=11_000_000)
    judge = TableJudge(load(RULESET), date(2024, 12, 31), "", (), limits)
    stream = by_pyarrow(pa.table({"remark": words}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TableRefusedError, match="The texts have more than"):
        judge.judge(stream, {})
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
    )  # KiB; written out they are 1 GB
