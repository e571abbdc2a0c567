"""Erasure: what is held on a person goes for good; what is left says so, and the chains stay whole."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, select
from vaulted import CANARY, append, chain_is_whole, entry, new_eraser, new_vault, read

from server.personal import Vault, erasure
from server.personal.period import CalendarPeriod
from server.personal.retention import Retention
from server.store import (
    DataErasedError,
    DecisionHistory,
    StoreUnavailableError,
    SubjectNotFoundError,
    open_database,
    prepare,
    tables,
)
from server.store.acts import ActKind, broken_act, read_acts
from server.store.database import reading, writing

EVERYWHERE = ("",)
DIGEST = "d" * 64


def raw(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


def count(database: Engine, table: str) -> int:
    with reading(database) as connection:
        return connection.execute(
            select(func.count()).select_from(tables.metadata.tables[table])
        ).scalar_one()


def erased_ids(database: Engine) -> set[str]:
    erased = select(tables.decisions.c.decision_id).where(tables.decisions.c.erased_by.is_not(None))
    with reading(database) as connection:
        return set(connection.execute(erased).scalars())


def test_what_is_held_on_a_person_is_gone_and_the_rest_stays(database: Engine, vault: Vault) -> None:
    append(database, vault, [entry(1, "a"), entry(2, "b"), entry(3, "a", "vn/x"), entry(4)])
    erased = new_eraser(database).erase("a", EVERYWHERE, actor="officer", reason="letter 12")
    assert (erased.decisions, erased.actor, erased.reason) == (2, "officer", "letter 12")
    for number in (1, 3):
        with pytest.raises(DataErasedError) as caught:
            read(database, vault, f"decision-{number}")
        assert (caught.value.act, caught.value.how) == (erased.sequence, "erased")
    assert read(database, vault, "decision-2") == entry(2, "b")
    assert read(database, vault, "decision-4") == entry(4)
    assert count(database, "subject_keys") == 2
    history = DecisionHistory(database, vault)
    assert history.count([DIGEST]) == 2
    assert [each.decision_id for each in history.read([DIGEST], 0, 10)] == ["decision-2", "decision-4"]
    with pytest.raises(DataErasedError):
        history.one("decision-1")


def test_an_erasure_is_kept_without_saying_of_whom(database: Engine, vault: Vault) -> None:
    append(database, vault, [entry(1, "subject-a")])
    new_eraser(database).erase("subject-a", EVERYWHERE, actor="officer", reason="letter 12")
    with reading(database) as connection:
        (act,) = read_acts(connection, vault)
        assert broken_act(connection, vault) == 0
        assert chain_is_whole(connection)
    assert (act.kind, act.actor, act.note) == (
        ActKind.ERASED,
        "officer",
        {"reason": "letter 12", "decisions": 1},
    )
    assert "subject-a" not in repr(act)


def test_nothing_of_it_is_left_in_the_file(in_file: Engine, vault: Vault, path: Path) -> None:
    append(in_file, None, [entry(1, "subject-a")])
    append(in_file, vault, [entry(2, "subject-a")])
    with reading(in_file) as connection:
        wrapped = connection.execute(select(tables.subject_keys.c.wrapped)).scalar_one()
        box = connection.execute(
            select(tables.decisions.c.verdict).where(tables.decisions.c.position == 2)
        ).scalar_one()
    for secret in (CANARY.encode(), wrapped, box, b"subject-a"):
        assert secret in raw(path)
    new_eraser(in_file).erase("subject-a", EVERYWHERE, actor="officer", reason="letter 12")
    for secret in (CANARY.encode(), wrapped, box, b"subject-a"):
        assert secret not in raw(path)


@pytest.mark.parametrize(
    ("organisations", "gone"),
    [
        (("",), {1, 2, 3, 4}),
        (("vn/ha",), {2, 3}),
        (("vn/ha-noi",), {4}),
        (("vn/ha/x", "vn/ha-noi"), {3, 4}),
    ],
)
def test_only_what_is_in_the_subtrees_is_erased(
    database: Engine, vault: Vault, organisations: tuple[str, ...], gone: set[int]
) -> None:
    append(
        database,
        vault,
        [entry(1, "a"), entry(2, "a", "vn/ha"), entry(3, "a", "vn/ha/x"), entry(4, "a", "vn/ha-noi")],
    )
    new_eraser(database).erase("a", organisations, actor="officer", reason="r")
    assert erased_ids(database) == {f"decision-{number}" for number in gone}
    assert count(database, "subject_keys") == 4 - len(gone)


@pytest.mark.parametrize(("ref", "organisations"), [("b", ("",)), ("a", ()), ("a", ("vn",)), ("A", ("",))])
def test_nobody_is_erased_of_whom_nothing_is_held(
    database: Engine, vault: Vault, ref: str, organisations: tuple[str, ...]
) -> None:
    append(database, vault, [entry(1, "a")])
    with pytest.raises(SubjectNotFoundError):
        new_eraser(database).erase(ref, organisations, actor="officer", reason="r")
    assert count(database, "acts") == 0
    assert read(database, vault, "decision-1") == entry(1, "a")


def test_a_person_who_comes_back_gets_another_key_also_from_another_process(
    database: Engine, vault: Vault
) -> None:
    """The key that a process has ready must not be used again once another one has destroyed it."""
    append(database, vault, [entry(1, "a")], [entry(2, "a")])
    new_eraser(database).erase("a", EVERYWHERE, actor="officer", reason="r")
    append(database, vault, [entry(3, "a")])
    assert read(database, new_vault(), "decision-3") == entry(3, "a")
    assert erased_ids(database) == {"decision-1", "decision-2"}
    with pytest.raises(DataErasedError):
        read(database, vault, "decision-2")


def test_a_store_that_is_locked_erases_nothing(database: Engine, vault: Vault) -> None:
    append(database, vault, [entry(1, "a")])
    with writing(database), pytest.raises(StoreUnavailableError):
        new_eraser(database).erase("a", EVERYWHERE, actor="officer", reason="r")
    assert read(database, vault, "decision-1") == entry(1, "a")


@settings(deadline=None, max_examples=8)
@given(
    logged=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "vn"])), min_size=1, max_size=15),
    erased=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "vn"])), max_size=4),
)
def test_whoever_is_erased_the_chains_stay_whole_and_others_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, logged: list[tuple[str, str]], erased: list[tuple[str, str]]
) -> None:
    database = open_database(str(tmp_path_factory.mktemp("erasure") / "store.sqlite3"))
    prepare(database)
    entries = [entry(number, *subject) for number, subject in enumerate(logged)]
    append(database, new_vault(), entries)
    for ref, organisation in erased:
        try:
            new_eraser(database).erase(ref, (organisation,), actor="officer", reason="r")
        except SubjectNotFoundError:
            assert not any(
                each.subject_ref == ref
                and organisation in ("", each.organisation)
                and each.decision_id not in erased_ids(database)
                for each in entries
            )
    left = [
        each
        for each in entries
        if not any(
            each.subject_ref == ref and organisation in ("", each.organisation)
            for ref, organisation in erased
        )
    ]
    assert [read(database, new_vault(), each.decision_id) for each in left] == left
    assert len(erased_ids(database)) == len(entries) - len(left)
    with reading(database) as connection:
        assert chain_is_whole(connection)
        assert broken_act(connection, new_vault()) == 0
    database.dispose()


# --- retention

YEAR_MICROS = 365 * 86_400 * 1_000_000
START = int(datetime(2020, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000


def ruleset(database: Engine, ruleset_id: str, digest: str) -> None:
    with writing(database) as connection:
        connection.execute(
            insert(tables.rulesets).values(digest=digest, id=ruleset_id, version="1.0.0", text="", cases="")
        )


def retention(database: Engine, now: str, **periods: str) -> Retention:
    now_micros = int(datetime.fromisoformat(now).replace(tzinfo=UTC).timestamp()) * 1_000_000
    parsed = {name.replace("_", "."): CalendarPeriod.parse(text) for name, text in periods.items()}
    eraser = erasure.Eraser(database, lambda: now_micros, lambda count: bytes(count))
    return Retention(database, eraser, parsed, lambda: now_micros)


def test_what_was_kept_for_long_enough_is_counted_and_erased(database: Engine, vault: Vault) -> None:
    ruleset(database, "vn.old", "a" * 64)
    ruleset(database, "vn.new", "b" * 64)
    old = [entry(number, f"s{number}", digest="a" * 64) for number in range(3)]
    new = [entry(10, "s0", digest="b" * 64), entry(11, digest="b" * 64)]
    append(database, vault, old, start=START)
    append(database, vault, new, start=START + YEAR_MICROS)

    before = retention(database, "2025-05-31T23:59:59", vn_old="P5Y")
    assert [each.decisions for each in before.count()] == [0]
    after = retention(database, "2025-06-01T00:00:01", vn_old="P5Y")
    assert [(each.ruleset_id, each.decisions) for each in after.count()] == [("vn.old", 3)]
    assert erased_ids(database) == set()
    assert [(each.ruleset_id, each.decisions) for each in after.erase("officer")] == [("vn.old", 3)]
    assert erased_ids(database) == {each.decision_id for each in old}
    assert [each.decisions for each in after.erase("officer")] == [0]
    # The key of s0 opens another decision, so it stays; those of s1 and s2 are gone.
    assert [read(database, new_vault(), each.decision_id) for each in new] == new
    assert count(database, "subject_keys") == 2
    with pytest.raises(DataErasedError) as caught:
        read(database, vault, "decision-1")
    assert caught.value.how == "expired"
    with reading(database) as connection:
        (act,) = read_acts(connection, vault)
        assert chain_is_whole(connection)
    assert (act.kind, act.actor, act.note) == (
        ActKind.EXPIRED,
        "officer",
        {"reason": "vn.old is kept for P5Y", "decisions": 3},
    )


def test_the_longest_pattern_counts_and_what_matches_none_is_kept(database: Engine, vault: Vault) -> None:
    for letter, ruleset_id in (("a", "vn.nd90.cadre"), ("b", "vn.nd335.x"), ("c", "other")):
        ruleset(database, ruleset_id, letter * 64)
        append(database, vault, [entry(ord(letter), digest=letter * 64)], start=START)
    periods = {
        "*": CalendarPeriod.parse("P100Y"),
        "vn.*": CalendarPeriod.parse("P1Y"),
        "vn.nd90.*": CalendarPeriod.parse("P9Y"),
    }
    now = START + 3 * YEAR_MICROS
    eraser = erasure.Eraser(database, lambda: now, lambda count: bytes(count))
    found = Retention(database, eraser, periods, lambda: now).count()
    assert [(each.ruleset_id, each.pattern, each.decisions) for each in found] == [
        ("other", "*", 0),
        ("vn.nd335.x", "vn.*", 1),
        ("vn.nd90.cadre", "vn.nd90.*", 0),
    ]


def test_many_are_erased_some_at_a_time(
    database: Engine, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 4)
    ruleset(database, "vn.old", "a" * 64)
    append(database, vault, [entry(number, digest="a" * 64) for number in range(10)], start=START)
    (erased,) = retention(database, "2030-01-01", vn_old="P5Y").erase("officer")
    assert (erased.decisions, len(erased_ids(database)), count(database, "acts")) == (10, 10, 3)
    with reading(database) as connection:
        assert [act.note and act.note["decisions"] for act in read_acts(connection, vault)] == [4, 4, 2]


def test_the_server_looks_once_a_day(database: Engine, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset(database, "vn.old", "a" * 64)
    append(database, vault, [entry(1, digest="a" * 64)], start=START)
    days = itertools.count(START + YEAR_MICROS - 86_400_000_000, 86_400_000_000)
    now = {"micros": next(days)}
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now["micros"] = next(days)
        if len(slept) == 4:
            raise asyncio.CancelledError

    monkeypatch.setattr("server.personal.retention.asyncio.sleep", sleep)
    eraser = erasure.Eraser(database, lambda: now["micros"], lambda count: bytes(count))
    job = Retention(database, eraser, {"vn.old": CalendarPeriod.parse("P1Y")}, lambda: now["micros"])
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(job.daily())
    assert slept == [86_400.0] * 4
    assert erased_ids(database) == {"decision-1"}


@pytest.mark.parametrize(
    ("text", "moment", "before"),
    [
        ("P10Y", "2030-02-28T10:00:00", "2020-02-28T10:00:00"),
        ("P1Y", "2024-02-29T00:00:00", "2023-02-28T00:00:00"),
        ("P6M", "2024-08-31T12:30:00", "2024-02-29T12:30:00"),
        ("P90D", "2024-03-31T00:00:00", "2024-01-01T00:00:00"),
        ("P1Y2M3D", "2024-06-15T00:00:00", "2023-04-12T00:00:00"),
    ],
)
def test_a_period_is_counted_by_the_calendar(text: str, moment: str, before: str) -> None:
    period = CalendarPeriod.parse(text)
    assert str(period) == text
    found = period.before(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(before).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "P", "P0Y", "10 years", "P-1Y", "P1W", "PT1H", "P1.5Y", "P201Y", "P1000Y", 5, None]
)
def test_what_is_no_period_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="P10Y"):
        CalendarPeriod.parse(text)
