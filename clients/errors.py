"""What a call of the service can fail with.

ServiceError
├── RecordRefused    the record, or what was said with it, is wrong
├── DraftConflict    somebody else has saved the draft meanwhile
└── DraftUnsound     the check of a draft, or its cases, fail
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import grpc
from chuan.v1 import ruleset_life_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2  # type: ignore[import-untyped]  # ships no types
from grpc_status import rpc_status

# CANCELLED: the server was stopping as the call came in; nothing here cancels a call of its own.
_UNREACHABLE: Final = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"})


class ServiceError(Exception):
    """The service did not do what it was asked.

    Attributes:
        code: the canonical code, such as ``NOT_FOUND``.
        reason: a stable name for programs, such as ``RULESET_NOT_FOUND``; empty if the service gave none.
        message: for people.
    """

    def __init__(self, code: str, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message

    @property
    def unreachable(self) -> bool:
        """Whether the service was not reached in time: the same call may go through later."""
        return self.code in _UNREACHABLE


class RecordRefused(ServiceError):  # noqa: N818 - the answer to a record, not a mistake of the program
    """The record, or what was said with it, is wrong.

    Attributes:
        violations: path and text of what is wrong, in the first language asked for where there is one. A path
            is from the record, such as ``targets.total``, if the record is what is wrong.
    """

    def __init__(self, code: str, reason: str, message: str, violations: Sequence[tuple[str, str]]) -> None:
        super().__init__(code, reason, message)
        self.violations = list(violations)


class DraftConflict(ServiceError):  # noqa: N818 - the answer to a draft
    """Somebody else has saved the draft meanwhile; nothing is lost, every revision can be read.

    Attributes:
        revision: the newest.
        author: who saved it.
        theirs: that revision with its texts, where a save was refused; None where another step was.
        yours: the document and the cases that were to be saved.
    """

    def __init__(self, code: str, reason: str, message: str, revision: int, author: str) -> None:
        super().__init__(code, reason, message)
        self.revision = revision
        self.author = author
        self.theirs: ruleset_life_pb2.Draft | None = None
        self.yours = ("", "")


class Unsound(NamedTuple):
    """One thing that keeps a draft from being submitted: a name of its kind, file:line:column, what to do."""

    code: str
    place: str
    text: str


class DraftUnsound(ServiceError):  # noqa: N818 - as above
    """The check of a draft, or its cases, fail.

    Attributes:
        problems: what is wrong; where there are many, the first of them.
    """

    def __init__(self, code: str, reason: str, message: str, problems: Sequence[Unsound]) -> None:
        super().__init__(code, reason, message)
        self.problems = list(problems)


def call_error(error: grpc.RpcError, languages: Sequence[str] = ()) -> ServiceError:
    """The error that a failed call stands for; `languages` were asked for."""
    assert isinstance(error, grpc.Call)  # noqa: S101 - what a call raises is the call itself
    status: status_pb2.Status | None = rpc_status.from_call(error)
    if status is not None:
        return status_error(status, languages)
    return ServiceError(error.code().name, "", error.details() or error.code().name)


def status_error(status: status_pb2.Status, languages: Sequence[str] = (), prefix: str = "") -> ServiceError:
    """The error that a status stands for; `prefix` is what the paths of its violations start with."""
    code = code_pb2.Code.Name(status.code)
    info, wrong = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    unsound = error_details_pb2.PreconditionFailure()
    for detail in status.details:
        _ = detail.Unpack(info) or detail.Unpack(wrong) or detail.Unpack(unsound)
    said = (code, info.reason, status.message)
    if info.reason == "DRAFT_CONFLICT":
        return DraftConflict(*said, int(info.metadata["revision"]), info.metadata["author"])
    if unsound.violations:
        return DraftUnsound(
            *said, [Unsound(each.type, each.subject, each.description) for each in unsound.violations]
        )
    if not wrong.field_violations:
        return ServiceError(*said)
    violations = [
        (each.field.removeprefix(prefix).removeprefix("record."), _text(each, languages))
        for each in wrong.field_violations
    ]
    return RecordRefused(*said, violations)


def _text(violation: Any, languages: Sequence[str]) -> str:
    localized = violation.localized_message
    return str(localized.message if localized.locale in languages[:1] else violation.description)
