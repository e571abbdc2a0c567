"""What is personal in the store is encrypted with a key a subject; the chain does not know of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from vaulted import CANARY, MASTER_KEY, append, chain_is_whole, entry, new_vault, read

from server.personal import Vault, open_vault
from server.personal.keys import Subject, SubjectKeys
from server.personal.masters import MasterKeys, add_key
from server.personal.settings import PersonalSettings
from server.store import (
    DecisionHistory,
    MasterKeyError,
    StoreDamagedError,
    StoreUnavailableError,
    open_database,
    prepare,
    tables,
)
from server.store.chain import seal_record, seal_verdict
from server.store.database import reading, writing


def keys(database: Engine) -> list[tuple[int, str, str | None]]:
    columns = (
        tables.subject_keys.c.key_id,
        tables.subject_keys.c.organisation,
        tables.subject_keys.c.subject_ref,
    )
    with reading(database) as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]


def raw(path: Path) -> bytes:
    """All that the database has on the disk, its write-ahead log too."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


def test_what_is_logged_is_read_back(database: Engine, vault: Vault) -> None:
    logged = [entry(1, "a"), entry(2), entry(3, "a", "vn/x")]
    append(database, vault, logged)
    assert [read(database, new_vault(), each.decision_id) for each in logged] == logged
    history = DecisionHistory(database, new_vault()).read(["d" * 64], 0, 10)
    assert [(each.record, each.verdict) for each in history] == [
        (each.record, each.verdict) for each in logged
    ]


def test_nothing_of_a_record_or_a_verdict_lies_in_the_file(in_file: Engine, vault: Vault, path: Path) -> None:
    append(in_file, None, [entry(1, "a", about="PLAIN")])
    append(in_file, vault, [entry(2, "a")], [entry(3)])
    assert b"PLAIN" in raw(path)  # so it would be found
    assert CANARY.encode() not in raw(path)


def test_the_chain_covers_what_was_given_not_how_it_is_kept(database: Engine, vault: Vault) -> None:
    logged = entry(1, "a")
    append(database, vault, [logged])
    with reading(database) as connection:
        row = connection.execute(select(tables.decisions)).one()
        assert chain_is_whole(connection)
    assert row.record_seal == seal_record(logged.salt, logged.record, "a")
    assert row.verdict_seal == seal_verdict(logged.salt, logged.verdict)
    assert row.salt == b""


def test_a_subject_of_an_organisation_has_one_key_and_whoever_is_nobody_one_a_decision(
    database: Engine, vault: Vault
) -> None:
    append(database, vault, [entry(1, "a"), entry(2), entry(3, "a"), entry(4, "a", "vn/x")])
    append(database, vault, [entry(5, "a"), entry(6, "b"), entry(7)])
    append(database, new_vault(), [entry(8, "b")])
    assert keys(database) == [(1, "", "a"), (2, "", None), (4, "vn/x", "a"), (6, "", "b"), (7, "", None)]


@settings(deadline=None, max_examples=8)
@given(
    groups=st.lists(
        st.lists(
            st.tuples(st.sampled_from(["", "a", "b", "chủ thể"]), st.sampled_from(["", "vn", "vn/x"])),
            max_size=12,
        ),
        max_size=5,
    ),
)
def test_whatever_comes_together_is_read_back_by_its_own_key(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[tuple[str, str]]]
) -> None:
    database = open_database(str(tmp_path_factory.mktemp("vault") / "store.sqlite3"))
    prepare(database)
    numbered = iter(range(1_000))
    logged = [[entry(next(numbered), *subject) for subject in group] for group in groups]
    append(database, new_vault(), *logged)
    flat = [each for group in logged for each in group]
    assert [read(database, new_vault(), each.decision_id) for each in flat] == flat
    subjects = {(each.organisation, each.subject_ref) for each in flat if each.subject_ref}
    assert len(keys(database)) == len(subjects) + sum(not each.subject_ref for each in flat)
    database.dispose()


def test_more_subjects_than_are_asked_for_at_once_get_their_keys(database: Engine, vault: Vault) -> None:
    many = [entry(number, f"subject {number}") for number in range(1_200)]
    append(database, vault, many)
    again = [entry(2_000 + number, f"subject {number}") for number in range(1_200)]
    append(database, new_vault(), again)
    assert len(keys(database)) == 1_200
    assert read(database, vault, "decision-3199") == again[-1]


def test_a_box_put_in_another_decisions_place_does_not_open(database: Engine, vault: Vault) -> None:
    append(database, vault, [entry(1, "a"), entry(2, "a")])
    with writing(database) as connection:
        other = select(tables.decisions.c.record).where(tables.decisions.c.position == 2).scalar_subquery()
        connection.execute(
            update(tables.decisions).where(tables.decisions.c.position == 1).values(record=other)
        )
    with pytest.raises(StoreDamagedError):
        read(database, vault, "decision-1")
    assert read(database, vault, "decision-2") == entry(2, "a")


def test_a_group_that_is_not_written_leaves_no_key_ready(database: Engine, vault: Vault) -> None:
    append(database, vault, [entry(1, "a")])
    with pytest.raises((IntegrityError, StoreUnavailableError)):
        append(database, vault, [entry(2, "b"), entry(1, "c")])
    append(database, vault, [entry(3, "b")])
    assert read(database, new_vault(), "decision-3") == entry(3, "b")


def test_without_a_master_key_the_keys_lie_bare_and_the_log_says_so(
    database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    vault = open_vault(PersonalSettings(), database, os.urandom)
    assert "no master key" in caplog.text
    append(database, vault, [entry(1, "a")])
    assert read(database, Vault(MasterKeys(), os.urandom), "decision-1") == entry(1, "a")
    assert read(database, new_vault(), "decision-1") == entry(1, "a")


def test_a_store_is_refused_without_its_master_key(
    database: Engine, vault: Vault, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    append(database, vault, [entry(1, "a")])
    with pytest.raises(MasterKeyError, match=r"personal\.master_key_file"):
        open_vault(PersonalSettings(), database, os.urandom)
    other = tmp_path / "other.key"
    add_key(other, os.urandom)
    with pytest.raises(MasterKeyError, match="not at hand"):
        open_vault(PersonalSettings(master_key_file=other), database, os.urandom)
    own = tmp_path / "own.key"
    add_key(own, lambda _count: MASTER_KEY)
    caplog.clear()
    vault = open_vault(PersonalSettings(master_key_file=own), database, os.urandom)
    assert read(database, vault, "decision-1") == entry(1, "a")
    assert not caplog.records
    own.chmod(0o644)
    open_vault(PersonalSettings(master_key_file=own), database, os.urandom)
    assert "others than its owner may read" in caplog.text


def test_a_key_that_is_added_wraps_and_the_ones_before_still_unwrap(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    first = add_key(file, os.urandom)
    wrapped = MasterKeys.read(file).wrapped(b"k" * 32, b"n" * 12, 7)
    second = add_key(file, os.urandom)
    masters = MasterKeys.read(file)
    assert (masters.current, masters.knows(first)) == (second, True)
    assert masters.unwrapped(wrapped, first, 7) == b"k" * 32
    with pytest.raises(StoreDamagedError):
        masters.unwrapped(wrapped, first, 8)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no master key in it"),
        (b"# only a remark\n\n", "no master key in it"),
        (b"c2hvcnQ=\n", r":1: a master key is 32 bytes"),
        (b"# remark\nnot base64!\n", r":2: a master key is 32 bytes"),
        ("khoá".encode(), "something else than master keys"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_none_of_master_keys_is_refused(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "master.key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MasterKeyError, match=words) as caught:
        MasterKeys.read(file)
    assert "chuan personal key" in str(caught.value)
    if content is not None:
        with pytest.raises(MasterKeyError):
            add_key(file, os.urandom)
        assert file.read_bytes() == content


def test_the_keys_kept_ready_are_bounded(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.personal.keys.KEPT_SUBJECTS", 3)
    vault = new_vault()
    append(database, vault, *([entry(number, f"s{number % 5}")] for number in range(10)))
    assert len(vault._keys._ready) == 3
    assert len(keys(database)) == 5


def test_the_keys_of_decisions_logged_before_are_found_or_made(database: Engine) -> None:
    append(database, None, [entry(1, "a"), entry(2)])
    made: list[dict[int, int]] = []
    for _ in range(2):
        with writing(database) as connection:
            found = SubjectKeys(MasterKeys(), os.urandom).of_logged(
                connection, {1: Subject("", "a"), 2: Subject("", "")}
            )
            made.append({position: key.key_id for position, key in found.items()})
    assert made == [{1: 1, 2: 2}, {1: 1, 2: 2}]


def test_a_store_that_is_away_is_said_to_be(in_file: Engine, vault: Vault, path: Path) -> None:
    append(in_file, vault, [entry(1, "a")])
    in_file.dispose()
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreUnavailableError):
        vault.check(in_file)
