"""An export is verified by itself, and whatever somebody has done to it is found."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import itertools
import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from server.personal.masters import MasterKeys
from server.personal.vault import Vault
from server.store import Archive, DecisionLog, Entry, Kind, Query, Signing, open_database, prepare, upgrade
from server.store.audit import Flaw
from server.store.checkpoints import read_checkpoints, sign_now
from server.store.database import reading
from server.store.exported import Verified, verify_export
from server.store.notary import Checkpoint, Notary, Witnesses

STORES = Path(__file__).parent.parent / "data" / "server" / "stores"
NOTARY = Notary(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Notary(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
NOBODY = Witnesses()
UNITS = ("vn/ha-noi", "vn/ha-noi/so-y-te", "vn/ha-nam", "")


def entry(number: int) -> Entry:
    return Entry(
        f"decision-{number}",
        "d" * 64,
        f"mã-{number}",
        orjson.dumps({"tên": number}),
        orjson.dumps({"status": "decided", "outcome": "good"}),
        hashlib.sha256(b"%d" % number).digest()[:16],
        Kind.TABLE if number % 5 == 4 else Kind.RECORD,
        "lan",
        UNITS[number % len(UNITS)],
        f"key-{number}" if number % 3 == 0 else "",
        b"\7" * 32 if number % 3 == 0 else None,
        "" if number % 5 == 4 else "decided",
        "" if number % 5 == 4 else "good",
    )


def log_entries(
    database: Engine, numbers: Sequence[int], *, vault: Vault | None = None, every: int = 4
) -> None:
    async def run() -> None:
        signing = Signing(NOTARY, NOTARY.witnesses, every)
        log = DecisionLog(database, itertools.count(1_800_000_000_000_000).__next__, vault, None, signing)
        for number in numbers:
            await log.append([entry(number)])
        await log.close()

    asyncio.run(run())


def archive(database: Engine, *, notary: Notary | None = NOTARY, vault: Vault | None = None) -> Archive:
    witnesses = NOBODY if notary is None else notary.witnesses
    return Archive(database, vault, Signing(notary, witnesses), lambda: 1_900_000_000_000_000)


def exported(
    database: Engine, query: Query | None = None, subtrees: Sequence[str] = ("",), **options: Any
) -> list[bytes]:
    limits = {name: options.pop(name) for name in ("after", "last") if name in options}
    lines = archive(database, **options).export(query or Query(), subtrees, **limits)
    return b"".join(lines).splitlines(keepends=True)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that began with an older version (five entries), and went on to 17."""
    path = tmp_path_factory.mktemp("older") / "store.sqlite3"
    with sqlite3.connect(path) as file:
        file.executescript((STORES / "0003.sql").read_text(encoding="utf-8"))
    file.close()
    database = open_database(path)
    upgrade(database)
    log_entries(database, range(12))
    database.dispose()
    return path


@pytest.fixture(scope="module")
def lines(older: Path) -> list[bytes]:
    """The export of all of it, signed."""
    database = open_database(older)
    found = exported(database)
    database.dispose()
    return found


def checkpoints(database: Engine) -> list[Checkpoint]:
    with reading(database) as connection:
        return read_checkpoints(connection)


def flaws(verified: Verified) -> set[Flaw]:
    return {problem.flaw for problem in verified.auditor.problems}


def test_a_whole_export_is_found_whole(lines: list[bytes]) -> None:
    verified = verify_export(lines, NOTARY.witnesses)
    assert verified.auditor.problems == []
    assert (verified.first, verified.auditor.position, verified.auditor.entries) == (1, 17, 17)
    assert (verified.auditor.unseen, verified.auditor.checkpoints) == (0, 3)  # of entries 8, 12 and 16
    assert verified.signed_by == NOTARY.key_id


def test_an_export_says_what_was_logged(lines: list[bytes]) -> None:
    entries = [orjson.loads(line)["entry"] for line in lines if line.startswith(b'{"entry"')]
    assert [each["position"] for each in entries] == list(range(1, 18))
    tenth = entries[9]
    logged = entry(4)
    assert tenth["record"].encode() == logged.record
    assert tenth["verdict"].encode() == logged.verdict
    assert (tenth["subject_ref"], tenth["kind"], tenth["organisation"]) == ("mã-4", "table", "vn/ha-noi")


def test_the_page_says_enough_to_verify_an_export_with_none_of_our_code(lines: list[bytes]) -> None:
    """By the formulas of docs/decisions.md."""
    sha256 = hashlib.sha256
    previous, whole = bytes(32), sha256()
    for line in lines[:-1]:
        whole.update(line)
        ((key, entry),) = json.loads(line).items()
        if key != "entry":
            continue
        salt, record, verdict = (
            bytes.fromhex(entry["salt"]),
            entry["record"].encode(),
            entry["verdict"].encode(),
        )
        assert (
            sha256(salt + record + b"\0" + entry["subject_ref"].encode()).hexdigest() == entry["record_seal"]
        )
        assert sha256(salt + verdict).hexdigest() == entry["verdict_seal"]
        fields = list(entry)[: list(entry).index("chain_hash")]
        link = [entry[name] for name in fields]
        if entry["link_form"] == 1:
            link = [previous.hex(), *link[1:7]]
        text_ = json.dumps(link, separators=(",", ":"), ensure_ascii=False).encode()
        before = b"" if entry["link_form"] == 1 else previous
        previous = sha256(text_).digest() if not before else sha256(before + sha256(text_).digest()).digest()
        assert previous.hex() == entry["chain_hash"]
    end = json.loads(lines[-1])["end"]
    assert (end["chain_hash"], end["lines_sha256"]) == (previous.hex(), whole.hexdigest())


@pytest.mark.parametrize(("after", "last"), [(0, 5), (3, 12), (7, 8), (16, None), (17, None), (99, None)])
def test_a_passage_is_found_whole(older: Path, after: int, last: int | None) -> None:
    database = open_database(older)
    found = verify_export(exported(database, after=after, last=last), NOTARY.witnesses)
    database.dispose()
    assert found.auditor.problems == []
    assert found.auditor.entries == max((last or 17) - after, 0)


def test_what_one_may_not_see_is_in_no_line_and_the_chain_holds(database: Engine) -> None:
    log_entries(database, range(12))
    found = exported(database, Query(), ["vn/ha-noi"])
    verified = verify_export(found, NOTARY.witnesses)
    assert verified.auditor.problems == []
    assert (verified.auditor.entries, verified.auditor.unseen) == (12, 6)
    whole = b"".join(found)
    assert b"decision-1" in whole
    assert b"vn/ha-nam" not in whole
    assert b"decision-2" not in whole
    assert "mã-3".encode() not in whole


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (Query(organisation="vn/ha-noi"), {0, 1, 4, 5, 8, 9}),
        (Query(kind=Kind.TABLE), {4, 9}),
        (Query(subject_ref="mã-7"), {7}),
        (Query(caller="nobody"), set()),
    ],
)
def test_a_part_of_the_log_is_exported_and_holds(database: Engine, query: Query, numbers: set[int]) -> None:
    log_entries(database, range(12))
    found = exported(database, query)
    assert verify_export(found, NOTARY.witnesses).auditor.problems == []
    entries = [orjson.loads(line).get("entry") for line in found]
    assert {f"decision-{number}" for number in numbers} == {each["decision_id"] for each in entries if each}


def test_an_encrypted_log_is_exported_in_plain_where_its_key_is_at_hand(database: Engine) -> None:
    vault = Vault(MasterKeys.of(bytes(32)), os.urandom)
    log_entries(database, range(6), vault=vault)
    opened = exported(database, vault=vault)
    assert verify_export(opened, NOTARY.witnesses).auditor.unseen == 0
    assert "mã-3".encode() in b"".join(opened)
    locked = exported(database, vault=Vault(MasterKeys.of(bytes(range(32))), os.urandom))
    verified = verify_export(locked, NOTARY.witnesses)
    assert (verified.auditor.problems, verified.auditor.unseen) == ([], 6)


def test_without_a_key_an_export_is_unsigned_and_says_so_to_whoever_asks_for_a_signature(older: Path) -> None:
    database = open_database(older)
    found = exported(database, notary=None)
    database.dispose()
    verified = verify_export(found, NOBODY)
    assert (verified.auditor.problems, verified.signed_by) == ([], "")
    assert flaws(verify_export(found, NOTARY.witnesses)) == {Flaw.UNSIGNED}
    assert flaws(verify_export(found, OTHER.witnesses)) == {Flaw.UNSIGNED, Flaw.SIGNATURE}


def test_the_key_of_another_is_not_believed(lines: list[bytes]) -> None:
    verified = verify_export(lines, OTHER.witnesses)
    assert flaws(verified) == {Flaw.SIGNATURE}
    assert verified.signed_by == ""


Change = Callable[[list[bytes]], list[bytes]]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in leaves(inner, (*path, key))]
    return [path]


def other_than(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str() if value:
            return value[:-1] + ("0" if value[-1] != "0" else "1")
        case str():
            return "0"
        case _:
            return "00" * 32


@st.composite
def changes(draw: st.DrawFn, lines: list[bytes], first: int, last: int) -> list[bytes]:
    """The lines, of which those between two places have been tampered with once."""
    lines = list(lines)
    place = draw(st.integers(first, last))
    match draw(st.sampled_from(["change", "remove", "insert", "swap"])):
        case "change":
            content = orjson.loads(lines[place])
            *way, name = draw(st.sampled_from(leaves(content)))
            inner = content
            for step in way:
                inner = inner[step]
            inner[name] = other_than(inner[name])
            lines[place] = orjson.dumps(content) + b"\n"
        case "remove":
            del lines[place]
        case "insert":
            lines.insert(draw(st.integers(first, last)), lines[place])
        case _:
            other = draw(st.integers(first, last).filter(lambda each: lines[each] != lines[place]))
            lines[place], lines[other] = lines[other], lines[place]
    return lines


@given(data=st.data())
def test_whatever_was_done_to_a_signed_export_is_found(lines: list[bytes], data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        tampered = data.draw(changes(lines, 0, len(lines) - 1))
    else:  # cut off somewhere
        whole = b"".join(lines)
        tampered = whole[: data.draw(st.integers(0, len(whole) - 1))].splitlines(keepends=True)
    assert verify_export(tampered, NOTARY.witnesses).auditor.problems


@given(data=st.data())
def test_any_bytes_are_answered(data: st.DataObject, lines: list[bytes]) -> None:
    whole = bytearray(b"".join(lines))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    if bytes(whole) != b"".join(lines):
        assert verify_export(bytes(whole).splitlines(keepends=True), NOTARY.witnesses).auditor.problems


def forged_end(lines: list[bytes]) -> list[bytes]:
    """The lines with an end that speaks of what they are now, as somebody without the key would write it."""
    *before, last = lines
    end = copy.deepcopy(orjson.loads(last))
    contents = [orjson.loads(line) for line in before]
    entries = [each["entry"] for each in contents if "entry" in each]
    end["end"] |= {
        "last": entries[-1]["position"],
        "entries": len(entries),
        "chain_hash": entries[-1]["chain_hash"],
        "lines_sha256": hashlib.sha256(b"".join(before)).hexdigest(),
    }
    del end["end"]["key_id"], end["end"]["signature"]
    return [*before, orjson.dumps(end) + b"\n"]


@given(data=st.data())
def test_the_chain_alone_finds_what_was_done_to_entries(lines: list[bytes], data: st.DataObject) -> None:
    """By somebody who wrote an end that fits, verified by somebody who has no key."""
    bare = [line for line in lines if not line.startswith(b'{"checkpoint"')]
    # But for the last entry, which only a checkpoint or the signature holds.
    tampered = data.draw(changes(bare, 1, len(bare) - 3))
    assert verify_export(forged_end(tampered), NOBODY).auditor.problems


@pytest.mark.parametrize("kept", [5, 9, 15])
def test_what_was_cut_off_is_found_by_a_checkpoint_that_was_kept_elsewhere(
    older: Path, lines: list[bytes], kept: int
) -> None:
    database = open_database(older)
    known = checkpoints(database)
    database.dispose()
    bare = [line for line in lines if not line.startswith(b'{"checkpoint"')]
    cut = forged_end([*bare[: kept + 1], bare[-1]])
    assert verify_export(cut, NOBODY).auditor.problems == []
    assert Flaw.MISSING in flaws(verify_export(cut, NOBODY, known))


def test_a_log_that_was_written_anew_is_found_by_its_checkpoints(tmp_path: Path) -> None:
    honest, forged = open_database(tmp_path / "a.sqlite3"), open_database(tmp_path / "b.sqlite3")
    for database, numbers in ((honest, range(8)), (forged, (0, 1, 2, 9, 4, 5, 6, 7))):
        prepare(database)
        log_entries(database, list(numbers))
    kept = checkpoints(honest)
    found = exported(forged)
    assert Flaw.CHECKPOINT in flaws(verify_export(found, NOTARY.witnesses, kept))
    honest.dispose()
    forged.dispose()


STORE_CHANGES = {
    "record": ("UPDATE decisions SET record = record_seal WHERE position = 7", Flaw.RECORD_CHANGED, 7),
    "subject": ("UPDATE decisions SET subject_ref = 'x' WHERE position = 7", Flaw.RECORD_CHANGED, 7),
    "verdict": ("UPDATE decisions SET verdict = record_seal WHERE position = 7", Flaw.VERDICT_CHANGED, 7),
    "outcome": ("UPDATE decisions SET outcome = 'x' WHERE position = 7", Flaw.VERDICT_CHANGED, 7),
    "organisation": ("UPDATE decisions SET organisation = 'x' WHERE position = 7", Flaw.CHANGED, 7),
    "caller": ("UPDATE decisions SET caller = 'x' WHERE position = 7", Flaw.CHANGED, 7),
    "time": ("UPDATE decisions SET logged_at_micros = 1 WHERE position = 7", Flaw.CHANGED, 7),
    "form": ("UPDATE decisions SET link_form = 1 WHERE position = 7", Flaw.CHANGED, 7),
    "removed": ("DELETE FROM decisions WHERE position = 7", Flaw.MISSING, 7),
    "cut off": ("DELETE FROM decisions WHERE position > 6", Flaw.MISSING, 8),
    "checkpoint": ("UPDATE checkpoints SET at_micros = 1 WHERE position = 8", Flaw.SIGNATURE, 8),
}


@pytest.mark.parametrize(("statement", "flaw", "position"), STORE_CHANGES.values(), ids=STORE_CHANGES.keys())
def test_what_was_done_to_the_store_is_found_where_it_was_done(
    database: Engine, statement: str, flaw: Flaw, position: int
) -> None:
    log_entries(database, range(10))
    *_, whole = archive(database).verify()
    assert (whole.problems, whole.entries, whole.checkpoints) == ([], 10, 2)
    with database.begin() as connection:
        connection.execute(text(statement))
    *_, found = archive(database).verify()
    assert [(each.position, each.flaw) for each in found.problems][:1] == [(position, flaw)]


def test_a_store_is_verified_from_a_position_on(database: Engine) -> None:
    log_entries(database, range(10))
    with database.begin() as connection:
        connection.execute(text("UPDATE decisions SET caller = 'x' WHERE position = 3"))
    *_, found = archive(database).verify(5)
    assert (found.problems, found.entries) == ([], 5)


def test_a_checkpoint_is_signed_on_demand_and_once(database: Engine) -> None:
    assert sign_now(database, NOTARY, lambda: 5) is None
    log_entries(database, range(3))
    first = sign_now(database, NOTARY, lambda: 5)
    assert sign_now(database, NOTARY, lambda: 6) == first
    assert sign_now(database, OTHER, lambda: 7) != first
    assert first is not None
    assert (first.position, first.at_micros) == (3, 5)
    *_, found = archive(database).verify()
    assert [each.flaw for each in found.problems] == [Flaw.SIGNATURE]  # by a key that is not believed
