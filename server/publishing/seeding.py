"""Seeds an empty store with a folder of rulesets. A store that has rulesets is the one that counts from then on."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from engine import Catalogue, Ruleset
from engine.catalogue import CASES_SUFFIX
from server.store import Action, Event, Kept, RulesetBook

SEEDER: Final = "chuan"
_SHOWN: Final = 3  # names of files in a warning

_log: Final = logging.getLogger("chuan.server")


def seed(book: RulesetBook, folder: Path, now_micros: Callable[[], int]) -> tuple[Ruleset, ...]:
    """Publish every ruleset of a folder, with the cases beside it, if the book is empty.

    Returns:
        The rulesets, where they had to be read; they need not be read again.

    Raises:
        RulesetError: a ruleset of the folder is wrong.
        RulesetConflictError: decisions of this store rest on another text of a version.
        StoreUnavailableError: the database cannot be used.
        OSError: a file cannot be read.
    """
    if book.sequence():
        _compare(book, folder)
        return ()
    rulesets = Catalogue.of(folder).list()  # before the book is held
    beside = {_digest(path): _cases(path) for path in _files(folder)}
    with book.writing() as page:
        if page.events():  # another process was faster
            return rulesets
        for each in rulesets:
            page.keep(Kept(each.digest, each.id, each.version, each.text, beside.get(each.digest, "")))
            page.append(
                Event(
                    at_micros=now_micros(),
                    actor=SEEDER,
                    action=Action.SEEDED,
                    ruleset_id=each.id,
                    version=each.version,
                    digest=each.digest,
                    reason="from the folder of rulesets, as the store was made",
                )
            )
    return rulesets


def _compare(book: RulesetBook, folder: Path) -> None:
    """Say which files are not what is published: whoever changes the folder may think that it counts."""
    with book.reading() as page:
        # Below the folder, since many versions lie in files of one name.
        strange = [
            str(path.relative_to(folder)) for path in _files(folder) if page.kept(_digest(path)) is None
        ]
    if strange:
        more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
        _log.warning(
            "%s%s of %s: not published in this store, which is what counts; "
            "`chuan ruleset push` makes drafts of them",
            ", ".join(strange[:_SHOWN]),
            more,
            folder,
        )


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.yaml")) if not path.name.endswith(CASES_SUFFIX))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _cases(path: Path) -> str:
    beside = path.with_name(path.stem + CASES_SUFFIX)
    return beside.read_bytes().decode() if beside.exists() else ""
