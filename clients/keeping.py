"""Keeps a folder of rulesets and a service in step: drafts go up, what is published comes down.

Nothing is overwritten that is not kept elsewhere. What differs on both sides is a conflict, and is shown.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from chuan.v1 import ruleset_life_pb2

from clients.client import Client
from clients.errors import DraftConflict, ServiceError
from clients.folder import Folder, Name, Pair


class Move(StrEnum):
    """What was done with a version, or would be."""

    SAME = "same"
    DRAFTED = "drafted"  # a draft was made of the file, or a revision
    WRITTEN = "written"  # a new file
    UPDATED = "updated"  # a file that nobody had touched
    PUBLISHED = "published"  # the file differs from what is published, which never changes
    AHEAD = "ahead"  # the file goes on from the newest revision: push it
    CONFLICT = "conflict"  # both sides have changed


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done with one version.

    Attributes:
        name: the version.
        move: what.
        revision: of the draft that is concerned; 0 where none is.
        author: who saved it, of a conflict.
        difference: from the service's texts to the folder's, as a unified diff.
        beside: the file that the service's text was written to, of a conflict.
    """

    name: Name
    move: Move
    revision: int = 0
    author: str = ""
    difference: str = ""
    beside: str = ""


def push(client: Client, folder: Folder, *, reason: str = "", dry_run: bool = False) -> Iterator[Moved]:
    """Make drafts of the files that differ from what the service has; nothing is published.

    Raises:
        ServiceError: the service refuses, or is not there.
        OSError: what is in step cannot be kept in mind.
    """
    published = _published(client)
    drafts = {Name(each.id, each.version): each for each in client.list_drafts()}
    for name, pair in folder.pairs.items():
        if name in published:
            theirs = _published_pair(client, name)
            yield Moved(name, Move.SAME) if theirs == pair else _differs(name, Move.PUBLISHED, theirs, pair)
        else:
            yield _push(client, folder, name, drafts.get(name), reason, dry_run)


def _push(
    client: Client,
    folder: Folder,
    name: Name,
    draft: ruleset_life_pb2.Draft | None,
    reason: str,
    dry_run: bool,
) -> Moved:
    pair = folder.pairs[name]
    theirs = client.get_draft(*name) if draft is not None else None
    if theirs is not None and _pair(theirs) == pair:
        if not dry_run:
            folder.remember(name, theirs.newest_revision, pair)
        return Moved(name, Move.SAME, theirs.newest_revision)
    seen = folder.seen[name].revision if name in folder.seen else 0
    if theirs is not None and theirs.newest_revision != seen:
        return _conflict(name, theirs, pair)
    if dry_run:
        return _differs(name, Move.DRAFTED, _pair(theirs) if theirs else Pair(""), pair, seen + 1)
    try:
        saved = client.save_draft(*name, *pair, seen_revision=seen, reason=reason)
    except DraftConflict as conflict:  # somebody was faster
        return _conflict(name, conflict.theirs or client.get_draft(*name), pair)
    folder.remember(name, saved.newest_revision, pair)
    return _differs(name, Move.DRAFTED, _pair(theirs) if theirs else Pair(""), pair, saved.newest_revision)


def pull(client: Client, folder: Folder, *, drafts: bool = False, dry_run: bool = False) -> Iterator[Moved]:
    """Write what is published into the folder, byte for byte; with `drafts`, the newest drafts as well.

    A file that was changed since it was last in step is left alone. Of a draft, the service's texts are then written
    beside it, and count as seen: whoever has put both together pushes the file.

    Raises:
        ServiceError: the service is not there.
        OSError: a file cannot be written.
    """
    wanted = {name: (_published_pair(client, name), 0, "") for name in _published(client)}
    if drafts:
        for each in client.list_drafts():
            draft = client.get_draft(each.id, each.version)
            wanted[Name(each.id, each.version)] = (_pair(draft), draft.newest_revision, draft.saved_by)
    for name, (theirs, revision, author) in wanted.items():
        ours = folder.pairs.get(name)
        if ours == theirs:
            move = Moved(name, Move.SAME, revision)
        elif ours is None:
            move = _differs(name, Move.WRITTEN, Pair(""), theirs, revision)
        elif folder.untouched(name) and _kept(client, folder, name):
            move = _differs(name, Move.UPDATED, ours, theirs, revision)
        elif not revision:
            move = _differs(name, Move.PUBLISHED, theirs, ours)
        else:
            move = _left(folder, name, theirs, ours, revision, author, dry_run)
        if not dry_run and move.move in (Move.WRITTEN, Move.UPDATED):
            folder.write(name, theirs)
        if not dry_run and revision and move.move is not Move.AHEAD:
            folder.remember(name, revision, theirs)
        yield move


def _left(
    folder: Folder, name: Name, theirs: Pair, ours: Pair, revision: int, author: str, dry_run: bool
) -> Moved:
    """A draft that was changed on both sides; nothing to do where the file goes on from the newest revision."""
    seen = folder.seen.get(name)
    difference = _difference(name, theirs, ours)
    if seen is not None and seen.revision == revision:
        return Moved(name, Move.AHEAD, revision, difference=difference)
    beside = "" if dry_run else str(folder.write_beside(name, theirs, revision))
    return Moved(name, Move.CONFLICT, revision, author, difference, beside)


def _kept(client: Client, folder: Folder, name: Name) -> bool:
    """Whether the service keeps the folder's texts as a revision, so that nothing is lost by overwriting them."""
    seen = folder.seen[name].revision
    if not seen:
        return False
    try:
        return _pair(client.get_draft(*name, seen)) == folder.pairs[name]
    except ServiceError as error:
        if error.code == "NOT_FOUND":
            return False
        raise


def _published(client: Client) -> tuple[Name, ...]:
    return tuple(Name(each.id, each.version) for each in client.list_rulesets())


def _published_pair(client: Client, name: Name) -> Pair:
    shown = client.get_ruleset(*name)
    return Pair(shown.text, shown.cases)


def _pair(draft: ruleset_life_pb2.Draft) -> Pair:
    return Pair(draft.text, draft.cases)


def _conflict(name: Name, theirs: ruleset_life_pb2.Draft, ours: Pair) -> Moved:
    difference = _difference(name, _pair(theirs), ours)
    return Moved(name, Move.CONFLICT, theirs.newest_revision, theirs.saved_by, difference)


def _differs(name: Name, move: Move, before: Pair, after: Pair, revision: int = 0) -> Moved:
    return Moved(name, move, revision, difference=_difference(name, before, after))


def _difference(name: Name, before: Pair, after: Pair) -> str:
    lines: list[str] = []
    for kind, old, new in (("", before.text, after.text), (" cases", before.cases, after.cases)):
        lines += difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"{name}{kind}", f"{name}{kind}", lineterm="", n=1
        )
    return "\n".join(lines)
