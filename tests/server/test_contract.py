"""The contract is kept: what is generated is current, and a change that breaks it has to be meant."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.protos import PROTOS, main

Edit = Callable[[str, str], None]


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROTOS, tmp_path / "protos"))


@pytest.fixture
def edit(protos: Path) -> Edit:
    """Replaces a text in value.proto."""

    def replace(old: str, new: str) -> None:
        path = protos / "chuan" / "v1" / "value.proto"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    return replace


def said(protos: Path, capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments), protos)
    lines = capfd.readouterr().err.splitlines(keepends=True)
    # gRPC remarks on every fork while connections of other tests of this process are open.
    return code, "".join(line for line in lines if "fork_posix.cc" not in line)


def test_what_is_committed_is_current(protos: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(protos, capfd, "--check") == (0, "")


def test_a_new_field_has_to_be_generated(protos: Path, edit: Edit, capfd: pytest.CaptureFixture[str]) -> None:
    edit("  Value value = 2;\n", "  Value value = 2;\n  // Another.\n  string other = 3;\n")
    code, text = said(protos, capfd, "--check")
    assert code == 1
    assert {line.split()[0] for line in text.splitlines()} == {
        "value_pb2.py",
        "value_pb2.pyi",
        "baseline.binpb",
    }
    assert said(protos, capfd) == (0, "")
    assert said(protos, capfd, "--check") == (0, "")


def test_a_change_that_breaks_the_contract_has_to_be_meant(
    protos: Path, edit: Edit, capfd: pytest.CaptureFixture[str]
) -> None:
    edit("string expression = 12;", "bytes expression = 12;")
    for arguments in ([], ["--check"]):
        code, text = said(protos, capfd, *arguments)
        assert code == 1
        assert "breaks the contract: chuan/v1/value.proto:" in text
        assert '"expression"' in text
    assert said(protos, capfd, "--break") == (0, "")
    assert said(protos, capfd, "--check") == (0, "")


def test_everything_has_a_comment(protos: Path, edit: Edit, capfd: pytest.CaptureFixture[str]) -> None:
    edit("  // The items.\n", "")
    code, text = said(protos, capfd)
    assert code == 1
    assert 'Field "items" should have a non-empty comment' in text


def test_what_does_not_parse_is_said(protos: Path, edit: Edit, capfd: pytest.CaptureFixture[str]) -> None:
    edit("message ValueList {", "message ValueList")
    code, text = said(protos, capfd, "--check")
    assert code == 1
    assert "value.proto:" in text
