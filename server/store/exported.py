"""Verifies an export of the log by itself, without the store: see `server.store.export` for its lines."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from server.store.audit import Auditor, Content, Flaw
from server.store.chain import Link
from server.store.export import FORMAT, End
from server.store.notary import Checkpoint, Witnesses

_DIGEST_BYTES: Final = 32


class _NoExport(Exception):  # noqa: N818 - it ends the reading of a file, and is no error of ours
    """A line cannot be read; nothing after it is looked at."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of it.

    Attributes:
        auditor: what was seen, and what is wrong with it.
        first: the position of the first entry.
        signed_by: the id of the key whose signature under the whole export holds; empty without one.
    """

    auditor: Auditor
    first: int
    signed_by: str


def verify_export(
    lines: Iterable[bytes], witnesses: Witnesses, expected: Sequence[Checkpoint] = ()
) -> Verified:
    """Verify the lines of an export.

    Args:
        lines: the file, line by line.
        witnesses: the keys that signatures are believed by; with any, an export that none has signed is wrong.
        expected: checkpoints that somebody has kept elsewhere: none of what they vouch for may be missing.
    """
    reader = _Reader(witnesses, expected)
    try:
        for number, line in enumerate(lines, 1):
            reader.line(number, line)
    except _NoExport as error:
        reader.auditor.report(reader.auditor.position, Flaw.UNREADABLE, str(error))
    reader.close()
    return Verified(reader.auditor, reader.first, reader.signed_by)


def checkpoints_in(lines: Iterable[bytes]) -> list[Checkpoint]:
    """The checkpoints in a file of lines: what `chuan decisions checkpoint` prints, or an export.

    Raises:
        ValueError: a line is none of these; the text says which.
    """
    found = []
    for number, line in enumerate(lines, 1):
        try:
            content = orjson.loads(line)
            if "checkpoint" in content:
                found.append(_checkpoint(content["checkpoint"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number} is no checkpoint") from error
    return found


class _Reader:
    """Reads the lines in turn."""

    def __init__(self, witnesses: Witnesses, expected: Sequence[Checkpoint]) -> None:
        self.auditor = Auditor(0, b"", witnesses, signed=bool(witnesses))
        self.first = 0
        self.signed_by = ""
        self._witnesses = witnesses
        self._expected = expected
        self._entries = self._withheld = 0
        self._ended = False
        self._sha256 = hashlib.sha256()
        self._kinds: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "entry": self._entry,
            "withheld": self._hidden,
            "checkpoint": self._signed,
            "end": self._end,
        }

    def line(self, number: int, line: bytes) -> None:
        try:
            ((kind, content),) = orjson.loads(line).items()
            if number == 1:
                self._begin(kind, content)
            elif self._ended:
                raise _NoExport(f"line {number} comes after the end")
            else:
                self._kinds[kind](content)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _NoExport(f"line {number} is not one of an export, or was cut off") from None
        if not line.endswith(b"\n"):
            raise _NoExport(f"line {number} was cut off")
        self._sha256.update(line)

    def close(self) -> None:
        """See whether anything is missing at the end."""
        if not self._ended:
            self.auditor.report(self.auditor.position, Flaw.MISSING, "the export has no end: it was cut off")
        self.auditor.end()

    def _begin(self, kind: str, content: dict[str, Any]) -> None:
        if kind != "export":
            raise _NoExport("line 1 is not the beginning of an export")
        if content["format"] != FORMAT:
            raise _NoExport("the export is of a form that this version does not know")
        self.first = content["first"]
        previous = bytes.fromhex(content["previous_hash"])
        self.auditor = Auditor(self.first - 1, previous, self._witnesses, signed=bool(self._witnesses))
        self.auditor.expect(self._expected)

    def _entry(self, content: dict[str, Any]) -> None:
        link = Link(*(_field(content, name) for name in Link._fields))
        without = content.get("without")
        plain = (
            None
            if without
            else Content(
                bytes.fromhex(content["salt"]),
                content["record"].encode(),
                content["verdict"].encode(),
                content["subject_ref"],
            )
        )
        self._entries += without != "withheld"
        self._withheld += without == "withheld"
        self.auditor.entry(link.position, link, bytes.fromhex(content["chain_hash"]), plain)

    def _hidden(self, content: dict[str, Any]) -> None:
        links = base64.b64decode(content["links"], validate=True)
        first, last = content["first"], content["last"]
        if not links or len(links) != (last - first + 1) * _DIGEST_BYTES:
            raise ValueError
        self._withheld += last - first + 1
        digests = [links[at : at + _DIGEST_BYTES] for at in range(0, len(links), _DIGEST_BYTES)]
        self.auditor.hidden(first, digests, bytes.fromhex(content["chain_hash"]))

    def _signed(self, content: dict[str, Any]) -> None:
        self.auditor.checkpoint(_checkpoint(content))

    def _end(self, content: dict[str, Any]) -> None:
        end = End(*(content[name] for name in End._fields))
        self._ended = True
        auditor = self.auditor
        counted = (self.first, auditor.position, self._entries, self._withheld, auditor.chain_hash.hex())
        if end.lines_sha256 != self._sha256.hexdigest():
            auditor.report(0, Flaw.CHANGED, "the lines of the export are not those that its end speaks of")
        if end[:5] != counted:
            auditor.report(end.last, Flaw.MISSING, "the export has not what its end speaks of")
        key_id = content.get("key_id", "")
        if key_id and self._witnesses.knows(key_id):
            if self._witnesses.vouch(key_id, base64.b64decode(content["signature"]), end.statement()):
                self.signed_by = key_id
            else:
                auditor.report(0, Flaw.SIGNATURE, "the signature under the export is not right")
        elif self._witnesses:
            text = (
                "the export is signed by a key that was not given" if key_id else "the export is not signed"
            )
            auditor.report(0, Flaw.SIGNATURE if key_id else Flaw.UNSIGNED, text)


_HEX: Final = frozenset({"record_seal", "verdict_seal", "request_seal"})


def _field(content: dict[str, Any], name: str) -> Any:
    value = content[name]
    return bytes.fromhex(value) if name in _HEX and value is not None else value


def _checkpoint(content: dict[str, Any]) -> Checkpoint:
    try:
        signature = base64.b64decode(content["signature"], validate=True)
    except binascii.Error as error:
        raise ValueError from error
    return Checkpoint(
        int(content["position"]),
        bytes.fromhex(content["chain_hash"]),
        int(content["at_micros"]),
        str(content["key_id"]),
        signature,
    )
