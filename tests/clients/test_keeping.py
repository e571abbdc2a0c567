"""A folder and a service in step: byte for byte, nothing published by it, nothing overwritten that is not kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from serving import serving, settings_for
from typer.testing import CliRunner

from clients.cli import app
from clients.client import Client
from clients.folder import STATE, Folder, FolderError, Name, Pair
from clients.keeping import Move, pull, push
from clients.ruleset_calls import Step

DATA = Path(__file__).parent.parent / "data" / "server" / "life"
ID = "test.months"
ONE, TWO = Name(ID, "1.0.0"), Name(ID, "2.0.0")


def pair(name: Name) -> Pair:
    return Pair(
        *((DATA / f"months-{name.version}{end}").read_bytes().decode() for end in (".yaml", ".cases.yaml"))
    )


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "seed"
    folder.mkdir()
    Folder(folder, {ONE: folder / "months.yaml"}, {}).write(ONE, pair(ONE))
    with serving(settings_for(tmp_path / "store.sqlite3", folder)) as listening_on:
        yield listening_on


@pytest.fixture
def connect(address: str) -> Iterator[Callable[[str], Client]]:
    with ExitStack() as opened:
        yield lambda actor: opened.enter_context(Client(address, actor=actor))


@pytest.fixture
def lan(connect: Callable[[str], Client]) -> Client:
    return connect("lan")


@pytest.fixture
def minh(connect: Callable[[str], Client]) -> Client:
    return connect("minh")


def pushed(client: Client, root: Path, *, dry_run: bool = False) -> dict[Name, Move]:
    return {each.name: each.move for each in push(client, Folder.read(root), dry_run=dry_run)}


def pulled(client: Client, root: Path, *, drafts: bool = False, dry_run: bool = False) -> dict[Name, Move]:
    moves = pull(client, Folder.read(root), drafts=drafts, dry_run=dry_run)
    return {each.name: each.move for each in moves}


def edit(root: Path, name: Name, remark: str) -> None:
    path = Folder.read(root).files[name]
    path.write_bytes(path.read_bytes() + f"# {remark}\n".encode())


def published(author: Client, other: Client, revision: int) -> None:
    step = Step(*TWO, revision)
    author.submit_draft(step)
    other.approve_draft(step)
    other.publish_draft(step, supersede=True)


def test_what_is_published_is_written_byte_for_byte(lan: Client, tmp_path: Path) -> None:
    root = tmp_path / "new" / "folder"
    assert pulled(lan, root, dry_run=True) == {ONE: Move.WRITTEN}
    assert not root.exists()
    assert pulled(lan, root) == {ONE: Move.WRITTEN}
    assert (root / "test" / "months" / "1.0.0.yaml").read_bytes() == pair(ONE).text.encode()
    assert (root / "test" / "months" / "1.0.0.cases.yaml").read_bytes() == pair(ONE).cases.encode()
    assert pulled(lan, root) == pushed(lan, root) == {ONE: Move.SAME}


def test_a_new_version_becomes_a_draft_and_is_not_published(
    lan: Client, minh: Client, tmp_path: Path
) -> None:
    root = tmp_path / "mine"
    pulled(lan, root)
    Folder.read(root).write(TWO, pair(TWO))
    assert Folder.read(root).files[TWO] == root / "test" / "months" / "2.0.0.yaml"
    assert pushed(lan, root, dry_run=True) == {ONE: Move.SAME, TWO: Move.DRAFTED}
    assert not lan.list_drafts()
    assert pushed(lan, root) == {ONE: Move.SAME, TWO: Move.DRAFTED}
    draft = lan.get_draft(*TWO)
    assert (draft.text, draft.cases, draft.saved_by) == (*pair(TWO), "lan")
    assert [each.version for each in lan.list_rulesets()] == ["1.0.0"]
    edit(root, TWO, "better")
    assert pushed(lan, root) == {ONE: Move.SAME, TWO: Move.DRAFTED}
    assert lan.get_draft(*TWO).newest_revision == 2
    published(lan, minh, 2)
    assert pulled(lan, root) == pushed(lan, root) == {ONE: Move.SAME, TWO: Move.SAME}


def test_two_authors_hear_of_each_other_and_put_both_together(
    lan: Client, minh: Client, tmp_path: Path
) -> None:
    hers, his = tmp_path / "hers", tmp_path / "his"
    Folder(hers, {}, {}).write(TWO, pair(TWO))
    assert pushed(lan, hers) == {TWO: Move.DRAFTED}
    assert pulled(minh, his, drafts=True) == {ONE: Move.WRITTEN, TWO: Move.WRITTEN}
    edit(hers, TWO, "hers")
    edit(his, TWO, "his")
    assert pushed(lan, hers)[TWO] is Move.DRAFTED
    (conflict,) = (each for each in push(minh, Folder.read(his)) if each.name == TWO)
    assert (conflict.move, conflict.revision, conflict.author) == (Move.CONFLICT, 2, "lan")
    assert {"-# hers", "+# his"} <= set(conflict.difference.splitlines())
    assert minh.get_draft(*TWO).text.endswith("# hers\n")

    (conflict,) = (each for each in pull(minh, Folder.read(his), drafts=True) if each.name == TWO)
    assert conflict.move is Move.CONFLICT
    assert Path(conflict.beside).read_bytes().endswith(b"# hers\n")
    assert Folder.read(his).pairs[TWO].text.endswith("# his\n")
    edit(his, TWO, "hers")
    assert pulled(minh, his, drafts=True)[TWO] is Move.AHEAD
    assert pushed(minh, his)[TWO] is Move.DRAFTED
    assert minh.get_draft(*TWO).text.endswith("# his\n# hers\n")
    # She has nothing of her own, so hers is brought forward; her texts stay a revision.
    assert pulled(lan, hers, drafts=True)[TWO] is Move.UPDATED
    assert Folder.read(hers).pairs[TWO] == Folder.read(his).pairs[TWO]
    assert lan.get_draft(*TWO, 2).text.endswith("# hers\n")


def test_a_changed_file_stays_though_somebody_publishes(lan: Client, minh: Client, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    Folder(root, {}, {}).write(TWO, pair(TWO))
    pushed(lan, root)
    edit(root, TWO, "not pushed")
    before = Folder.read(root).pairs[TWO]
    published(lan, minh, 1)
    assert pulled(lan, root)[TWO] is pushed(lan, root)[TWO] is Move.PUBLISHED
    assert Folder.read(root).pairs[TWO] == before


def test_what_is_published_never_changes_on_either_side(lan: Client, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    pulled(lan, root)
    edit(root, ONE, "mine")
    before = Folder.read(root).pairs[ONE]
    for moves in (push(lan, Folder.read(root)), pull(lan, Folder.read(root))):
        (moved,) = moves
        assert moved.move is Move.PUBLISHED
        assert "+# mine" in moved.difference
    assert Folder.read(root).pairs[ONE] == before
    assert not lan.list_drafts()


def test_without_what_was_seen_every_difference_is_a_conflict(lan: Client, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    Folder(root, {}, {}).write(TWO, pair(TWO))
    pushed(lan, root)
    (root / STATE).unlink()
    edit(root, TWO, "mine")
    assert pushed(lan, root) == {TWO: Move.CONFLICT}
    assert pulled(lan, root, drafts=True)[TWO] is Move.CONFLICT


WRONG_FOLDERS = {
    "no head": ({"a.yaml": "kind: evaluation\n"}, "does not say which ruleset"),
    "twice": (dict.fromkeys(("a.yaml", "b.yaml"), "ruleset: a\nversion: 1.0.0\n"), "both a@1.0.0"),
    "not UTF-8": ({"a.yaml": "ruleset: \udcff"}, "not UTF-8"),
    "state": ({STATE: "{"}, "cannot be read"),
}


@pytest.mark.parametrize(("files", "words"), WRONG_FOLDERS.values(), ids=WRONG_FOLDERS)
def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path, files: dict[str, str], words: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(FolderError, match=words):
        Folder.read(tmp_path)
    result = CliRunner().invoke(
        app, ["ruleset", "push", str(tmp_path), "--server", "127.0.0.1:1", "--as", "lan"]
    )
    assert (result.exit_code, words in result.stderr) == (2, True)


def chuan(address: str, actor: str, *arguments: str | Path, code: int = 0) -> str:
    """What `chuan ruleset` says."""
    environment = {"CHUAN_SERVER": address, "CHUAN_ACTOR": actor}
    result = CliRunner().invoke(app, ["ruleset", *map(str, arguments), "--lang", "en"], env=environment)
    assert result.exit_code == code, result.output
    return result.output


def test_the_steps_of_a_version_on_the_command_line(address: str, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    said = chuan(address, "lan", "pull", root)
    assert "test.months@1.0.0: written" in said
    shutil.copy(DATA / "months-2.0.0.yaml", root / "months-2.yaml")
    assert "saved as draft #1" in chuan(address, "lan", "push", root, "--reason", "the amendment")
    said = chuan(address, "lan", "submit", f"{ID}@2.0.0", code=4)
    assert "no-case" in said
    shutil.copy(DATA / "months-2.0.0.cases.yaml", root / "months-2.cases.yaml")
    assert "saved as draft #2" in chuan(address, "lan", "push", root)
    assert "Nothing differs" in chuan(address, "lan", "push", root)
    assert "submitted" in chuan(address, "lan", "submit", f"{ID}@2.0.0")
    assert "nobody approves what they wrote" in chuan(address, "lan", "approve", f"{ID}@2.0.0", code=2)
    assert "draft" in chuan(address, "minh", "reject", f"{ID}@2.0.0", "--reason", "say why in the cases")
    assert "submitted" in chuan(address, "lan", "submit", f"{ID}@2.0.0")
    assert "ABORTED" not in chuan(address, "minh", "approve", f"{ID}@2.0.0", "--revision", "1", code=2)
    assert "approved" in chuan(address, "minh", "approve", f"{ID}@2.0.0")
    assert "supersede" in chuan(address, "minh", "publish", f"{ID}@2.0.0", code=2)
    assert "published" in chuan(address, "minh", "publish", f"{ID}@2.0.0", "--supersede")
    assert "published" in chuan(address, "minh", "publish", f"{ID}@2.0.0")
    assert "never changes" in chuan(address, "minh", "reject", f"{ID}@2.0.0", "--reason", "late", code=2)
    assert "retired" in chuan(address, "minh", "retire", f"{ID}@2.0.0", "--reason", "a mistake")
    told = chuan(address, "", "history", ID)
    for words in ("the amendment", "say why in the cases", "a mistake", "superseded", "minh"):
        assert words in told
    told = CliRunner().invoke(app, ["ruleset", "history", ID, "--server", address]).stdout
    for words in ("lưu dự thảo", "được thay thế", "rút"):
        assert words in told
    assert "write ID@VERSION" in chuan(address, "lan", "submit", ID, code=2)


def test_what_is_not_there_is_said(address: str, tmp_path: Path) -> None:
    assert "no such folder" in chuan(address, "lan", "push", tmp_path / "misspelled", code=2)
    (tmp_path / "bare").mkdir()
    assert "no ruleset in this folder" in chuan(address, "lan", "push", tmp_path / "bare", code=2)
    assert "There is no draft." in chuan(address, "", "drafts")
    assert "Nobody has done anything with test.none." in chuan(address, "", "history", "test.none")
    said = chuan(address, "lan", "retire", f"{ID}@9.0.0", "--reason", "a mistake", code=2)
    assert "no such version is published" in said


@pytest.mark.parametrize("name", ["Nguyễn Văn Ất", "lan\n"])
def test_a_name_that_no_call_can_carry_is_said(address: str, name: str) -> None:
    said = chuan(address, name, "submit", f"{ID}@1.0.0", code=2)
    assert "write it without marks" in said


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ruleset", "pull", str(tmp_path), "--server", "127.0.0.1:1"])
    assert result.exit_code == 1
    assert "no server answers" in result.stderr
