"""Holds a stretch of the log against its chain and its checkpoints, wherever it comes from.

It is given the entries one after the other, and says of each that is not what it was. After one that is wrong it goes
on from the hash that stands there, so that one change is one problem, and not a problem of all that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import Row

from server.store.chain import Link, chain_digest, chain_hash, seal_record, seal_verdict
from server.store.notary import Checkpoint, Witnesses, checkpoint_statement

MAX_PROBLEMS: Final = 1_000  # that are listed; all are counted


class Flaw(StrEnum):
    """What is wrong."""

    MISSING = "missing"
    """Entries are not there that were."""
    OUT_OF_ORDER = "out_of_order"
    """An entry stands behind one that came later, or twice."""
    CHANGED = "changed"
    """An entry is not what it was, or is not what followed on the one before."""
    RECORD_CHANGED = "record_changed"
    """The record, or whom it is about, is not what was logged."""
    VERDICT_CHANGED = "verdict_changed"
    """The verdict is not what was logged."""
    CHECKPOINT = "checkpoint"
    """A checkpoint vouches for something else than what stands there."""
    SIGNATURE = "signature"
    """A signature is not by the key that it names, or by one that is not believed."""
    UNSIGNED = "unsigned"
    """Nobody has signed, and a signature was asked for."""
    UNREADABLE = "unreadable"
    """What stands there is not of the form that it should be."""


class Problem(NamedTuple):
    """Something that is wrong with the log: where (0: with the whole), what, and in words that quote nothing."""

    position: int
    flaw: Flaw
    text: str


class Content(NamedTuple):
    """What is personal in an entry, in plain: what its seals are of."""

    salt: bytes
    record: bytes
    verdict: bytes
    subject_ref: str


class Auditor:
    """Checks a stretch of the log.

    Attributes:
        problems: what was found, the first `MAX_PROBLEMS` of it.
        found: how much was found.
        entries: how many entries were seen, in plain or not.
        unseen: how many of them were not there in plain: erased, or not for the eyes of whoever asks.
        checkpoints: how many checkpoints held.
        position: the last one seen.
        chain_hash: what stands there as its hash.
    """

    def __init__(self, position: int, previous: bytes, witnesses: Witnesses, *, signed: bool = False) -> None:
        """Begin behind a position whose hash is `previous`.

        Args:
            position: the position.
            previous: its hash.
            witnesses: the keys that checkpoints are believed by.
            signed: whether a checkpoint that is signed by no such key is wrong.
        """
        self.position = position
        self.chain_hash = previous
        self.problems: list[Problem] = []
        self.found = self.entries = self.unseen = self.checkpoints = 0
        self._begun_at = position
        self._witnesses = witnesses
        self._signed = signed
        self._expected: dict[int, list[Checkpoint]] = {}

    def expect(self, checkpoints: Iterable[Checkpoint]) -> None:
        """Hold what comes against these checkpoints; those of positions before the stretch are left out."""
        for each in checkpoints:
            if self._sound(each) and each.position >= self._begun_at:
                self._expected.setdefault(each.position, []).append(each)

    def entry(
        self,
        position: int,
        link: Link | bytes,
        stated: bytes,
        content: Content | None,
        previous: bytes | None = None,
    ) -> None:
        """See the next entry.

        Args:
            position: where it stands.
            link: what the chain covers of it; of one that is withheld the digest alone.
            stated: the hash that stands with it.
            content: what its seals are of, where it is there in plain.
            previous: the hash before it, if that stands with it too.
        """
        if position <= self.position:
            self.report(position, Flaw.OUT_OF_ORDER, f"entry {position} stands behind {self.position}")
            return
        if position > self.position + 1:
            self.gap(self.position + 1, position - 1)
            # What stood before this one nobody knows, unless it stands with it.
            before = previous
        else:
            before = self.chain_hash
        if before is not None and self._computed(before, link) != stated:
            self.report(position, Flaw.CHANGED, f"entry {position} is not what it was")
        elif previous not in (None, before):
            self.report(position, Flaw.CHANGED, f"entry {position} does not follow on the one before")
        if isinstance(link, Link) and link.position != position:
            self.report(position, Flaw.CHANGED, f"entry {position} says that it stands elsewhere")
        self.entries += 1
        if content is None or isinstance(link, bytes):
            self.unseen += 1
        else:
            self._seals(position, link, content)
        self.position, self.chain_hash = position, stated
        for each in self._expected.pop(position, ()):
            self._held(each)

    def hidden(self, first: int, digests: Sequence[bytes], stated: bytes) -> None:
        """See entries that are withheld: the digests of their links, and the hash that stands with the last."""
        before = self.chain_hash
        for position, digest in enumerate(digests[:-1], first):
            before = chain_digest(before, digest)
            self.entry(position, digest, before, None)
        self.entry(first + len(digests) - 1, digests[-1], stated, None)

    def gap(self, first: int, last: int) -> None:
        """Report that entries are missing."""
        which = f"entry {first} is" if first == last else f"entries {first} to {last} are"
        self.report(first, Flaw.MISSING, f"{which} missing")

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """See a checkpoint of the entry that was seen last."""
        if not self._sound(checkpoint):
            return
        if checkpoint.position == self.position:
            self._held(checkpoint)
        else:
            text = f"a checkpoint of entry {checkpoint.position} stands behind entry {self.position}"
            self.report(checkpoint.position, Flaw.OUT_OF_ORDER, text)

    def end(self) -> None:
        """See that nothing comes any more."""
        for position in sorted(self._expected):
            text = f"a checkpoint vouches for entry {position}, and the log ends at {self.position}"
            self.report(position, Flaw.MISSING, text)

    def report(self, position: int, flaw: Flaw, text: str) -> None:
        """Report a problem."""
        self.found += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(position, flaw, text))

    def _computed(self, previous: bytes, link: Link | bytes) -> bytes | None:
        try:
            return chain_digest(previous, link) if isinstance(link, bytes) else chain_hash(previous, link)
        except ValueError:
            return None

    def _seals(self, position: int, link: Link, content: Content) -> None:
        if seal_record(content.salt, content.record, content.subject_ref) != link.record_seal:
            text = f"the record of entry {position}, or whom it is about, is not what was logged"
            self.report(position, Flaw.RECORD_CHANGED, text)
        if seal_verdict(content.salt, content.verdict) != link.verdict_seal:
            text = f"the verdict of entry {position} is not what was logged"
            self.report(position, Flaw.VERDICT_CHANGED, text)

    def _held(self, checkpoint: Checkpoint) -> None:
        if checkpoint.chain_hash == self.chain_hash:
            self.checkpoints += 1
        else:
            text = (
                f"a checkpoint vouches for another entry {checkpoint.position}, or for another log before it"
            )
            self.report(checkpoint.position, Flaw.CHECKPOINT, text)

    def _sound(self, checkpoint: Checkpoint) -> bool:
        """Whether the signature holds, as far as it can be checked."""
        position, signature = checkpoint.position, checkpoint.signature
        if not self._witnesses.knows(checkpoint.key_id):
            if self._signed:
                text = f"the checkpoint of entry {position} is signed by a key that was not given"
                self.report(position, Flaw.SIGNATURE, text)
            return not self._signed
        statement = checkpoint_statement(position, checkpoint.chain_hash, checkpoint.at_micros)
        if self._witnesses.vouch(checkpoint.key_id, signature, statement):
            return True
        self.report(
            position, Flaw.SIGNATURE, f"the signature under the checkpoint of entry {position} is not right"
        )
        return False


def link_of(row: Row[Any]) -> Link:
    """What the chain covers of a row that has its columns."""
    return Link(*(getattr(row, name) for name in Link._fields))
