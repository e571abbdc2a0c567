"""A folder of rulesets, and what is known of the service that it is kept in step with.

Beside the files, `.chuan-service.json` keeps for each version the revision that the files were last in step with, so
that the work of somebody else is noticed before it is overwritten. It belongs to one working copy, not into a
repository.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

CASES: Final = ".cases.yaml"
STATE: Final = ".chuan-service.json"
_HEAD: Final = re.compile(r"^(ruleset|version):[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


class Name(NamedTuple):
    """A version of a ruleset."""

    id: str
    version: str

    def __str__(self) -> str:
        return f"{self.id}@{self.version}"


class Pair(NamedTuple):
    """A document and the cases beside it, which may be empty."""

    text: str
    cases: str = ""

    @property
    def digest(self) -> str:
        """By which two are told apart."""
        return hashlib.sha256(f"{len(self.text)}\n{self.text}{self.cases}".encode()).hexdigest()


class Seen(NamedTuple):
    """The revision that files were last in step with, and the digest of them."""

    revision: int
    digest: str


class FolderError(Exception):
    """A file of the folder cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The rulesets of a folder by their versions, as they were read.

    Attributes:
        root: the folder.
        files: where the document of each version is.
        pairs: the texts of each.
        seen: with which revision of the service each was last in step.
    """

    root: Path
    files: Mapping[Name, Path]
    pairs: Mapping[Name, Pair]
    seen: dict[Name, Seen] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path) -> Folder:
        """Read a folder and the folders in it; one that is not there is empty.

        Raises:
            FolderError: a file does not say which version it is, is not UTF-8, or two are the same version.
            OSError: a file cannot be read.
        """
        files: dict[Name, Path] = {}
        pairs: dict[Name, Pair] = {}
        for path in sorted(root.rglob("*.yaml")):
            if path.name.endswith(CASES):
                continue
            pair = Pair(_text(path), _text(_beside(path)) if _beside(path).exists() else "")
            name = _name(path, pair.text)
            if name in files:
                raise FolderError(f"{files[name]} and {path} are both {name}: keep one")
            files[name], pairs[name] = path, pair
        return cls(root, files, pairs, dict(_seen(root / STATE)))

    def place(self, name: Name) -> Path:
        """Where a version is, or would be: beside the others of its id, or in a folder of its id."""
        if name in self.files:
            return self.files[name]
        beside = {path.parent for known, path in self.files.items() if known.id == name.id}
        parent = beside.pop() if len(beside) == 1 else self.root.joinpath(*name.id.split("."))
        return parent / f"{name.version}.yaml"

    def write(self, name: Name, pair: Pair) -> None:
        """Write the files of a version, byte for byte.

        Raises:
            OSError: they cannot be written.
        """
        path = self.place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pair.text.encode())
        if pair.cases:
            _beside(path).write_bytes(pair.cases.encode())
        elif _beside(path).exists():
            _beside(path).unlink()

    def write_beside(self, name: Name, pair: Pair, revision: int) -> Path:
        """Write the texts of somebody else beside those of the folder; the path of the document."""
        path = self.place(name)
        theirs = path.with_name(f"{path.name}.revision-{revision}")
        theirs.write_bytes(pair.text.encode())
        if pair.cases:
            beside = _beside(path)
            beside.with_name(f"{beside.name}.revision-{revision}").write_bytes(pair.cases.encode())
        return theirs

    def remember(self, name: Name, revision: int, pair: Pair) -> None:
        """Keep in mind, and on the disk, that the files of a version are in step with a revision."""
        self.seen[name] = Seen(revision, pair.digest)
        kept = {str(each): seen._asdict() for each, seen in sorted(self.seen.items())}
        (self.root / STATE).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")

    def untouched(self, name: Name) -> bool:
        """Whether the files of a version are what they were when they were last in step."""
        return name in self.seen and self.seen[name].digest == self.pairs[name].digest


def _beside(path: Path) -> Path:
    return path.with_name(path.stem + CASES)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise FolderError(f"{path} is not UTF-8 text: save it as UTF-8") from None


def _name(path: Path, text: str) -> Name:
    head = dict(reversed(_HEAD.findall(text)))  # the first of each counts
    if head.keys() != {"ruleset", "version"}:
        raise FolderError(f"{path} does not say which ruleset and version it is, as in `version: 1.0.0`")
    return Name(head["ruleset"], head["version"])


def _seen(path: Path) -> Iterator[tuple[Name, Seen]]:
    if not path.exists():
        return
    try:
        for name, seen in json.loads(path.read_text(encoding="utf-8")).items():
            id_, _, version = name.partition("@")
            yield Name(id_, version), Seen(int(seen["revision"]), str(seen["digest"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise FolderError(
            f"{path} cannot be read; without it, every difference counts as a conflict"
        ) from None
