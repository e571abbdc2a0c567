"""What a call can fail with, and the one place where it becomes a status of gRPC.

Domain errors (of the engine and the store) are turned into a `Failure`, and a `Failure` into a
`google.rpc.Status` with an `ErrorInfo` and, where fields are wrong, a `BadRequest`. No text repeats a value
of a record, and nothing of an unexpected error's text is answered or logged: it might.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, TypeVar

from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # ships no types
from grpc import StatusCode

from engine import SelectionError
from engine.feel.errors import FeelLimitError
from server.authority.errors import AuthorityError, AuthorityReason
from server.limits import MAX_ERROR_DETAIL_BYTES, MAX_VIOLATIONS
from server.publishing import DraftConflictError, LifeError, UnsoundError
from server.publishing.errors import Reason, Unsound
from server.store import (
    DataErasedError,
    DecisionNotFoundError,
    MasterKeyError,
    NotReplayableError,
    PageTokenError,
    RequestIdUsedError,
    StoreDamagedError,
    StoreUnavailableError,
    SubjectNotFoundError,
)
from server.tables.errors import ChunkDiffersError

DOMAIN: Final = "chuan"

_log: Final = logging.getLogger("chuan.server")


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field of a request that is wrong: its path from the request's message, and what to do.

    `text` is in English; `vietnamese` says the same where the caller asked for it and it is to be had.
    """

    path: str
    text: str
    vietnamese: str = ""


class Failure(Exception):  # noqa: N818 - it is the answer to a call, not a mistake of the program
    """Why a call fails.

    Attributes:
        code: the canonical code.
        reason: a stable name for programs, such as ``RULESET_NOT_FOUND``.
        text: for people, in English.
        violations: the fields that are wrong, if any.
        unsound: what keeps a draft from being submitted, if anything.
        metadata: what a program may want to know besides.
        retry_seconds: after which the same call may be made again; 0 says nothing of it.
    """

    def __init__(
        self,
        code: StatusCode,
        reason: str,
        text: str,
        violations: Sequence[FieldViolation] = (),
        *,
        unsound: Sequence[Unsound] = (),
        metadata: Mapping[str, str] = MappingProxyType({}),
        retry_seconds: float = 0.0,
    ) -> None:
        super().__init__(text)
        self.code = code
        self.reason = reason
        self.text = text
        self.violations = tuple(violations)
        self.unsound = tuple(unsound)
        self.metadata = metadata
        self.retry_seconds = retry_seconds


def wrong_request(violations: Sequence[FieldViolation]) -> Failure:
    """The failure of a request with these fields wrong."""
    count = len(violations)
    text = "1 field of the request is wrong" if count == 1 else f"{count} fields of the request are wrong"
    return Failure(StatusCode.INVALID_ARGUMENT, "REQUEST_NOT_USABLE", text, violations)


def failure_of(error: Exception, method: str) -> Failure:
    """The failure that an exception means to the caller of `method`.

    An exception that means nothing is a bug: it is logged by its type and place, and answered as INTERNAL.
    """
    match error:
        case Failure():
            return error
        case SelectionError(found=[_, _, *_]):
            return Failure(StatusCode.FAILED_PRECONDITION, "RULESET_AMBIGUOUS", str(error))
        case SelectionError():
            return Failure(StatusCode.NOT_FOUND, "RULESET_NOT_FOUND", str(error))
        case DecisionNotFoundError():
            return Failure(StatusCode.NOT_FOUND, "DECISION_NOT_FOUND", str(error))
        case DataErasedError(act=act, at_micros=at_micros, how=how):
            at = datetime.fromtimestamp(at_micros / 1_000_000, UTC).isoformat(timespec="seconds")
            about = {"erased_at": at, "how": how, "act": str(act)}
            return Failure(StatusCode.FAILED_PRECONDITION, "DATA_ERASED", str(error), metadata=about)
        case SubjectNotFoundError():
            return Failure(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND", str(error))
        case AuthorityError(reason=AuthorityReason.REQUEST_NOT_USABLE, field=field):
            return wrong_request([FieldViolation(field, str(error))])
        case AuthorityError(reason=reason, number=number):
            about = {"number": str(number)} if number else {}
            return Failure(_AUTHORITY[reason], reason, str(error), metadata=about)
        case RequestIdUsedError():
            return Failure(StatusCode.ALREADY_EXISTS, "REQUEST_ID_USED", str(error))
        case ChunkDiffersError():
            text = f"{error}, since another version of the server gave it; begin a new stream with this chunk"
            return Failure(StatusCode.FAILED_PRECONDITION, "CHUNK_DIFFERS", text)
        case PageTokenError():
            return wrong_request([FieldViolation("page_token", str(error))])
        case NotReplayableError():
            return Failure(StatusCode.FAILED_PRECONDITION, "NOT_REPLAYABLE", str(error))
        case MasterKeyError() | StoreDamagedError():
            _log.error("%s: %s", method, error)
            return Failure(StatusCode.DATA_LOSS, "STORE_UNREADABLE", str(error))
        case StoreUnavailableError():
            _log.warning("%s: %s", method, error)
            return Failure(StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE", "the decision log is away; try again")
        case DraftConflictError(revision=revision, author=author):
            about = {"revision": str(revision), "author": author}
            return Failure(StatusCode.ABORTED, error.reason, str(error), metadata=about)
        case UnsoundError(problems=problems):
            return Failure(StatusCode.FAILED_PRECONDITION, error.reason, str(error), unsound=problems)
        case LifeError():
            return Failure(_LIFE[error.reason], error.reason, str(error))
        case FeelLimitError():
            text = f"the evaluation passed a limit: {error.limit}"
            return Failure(StatusCode.RESOURCE_EXHAUSTED, "EVALUATION_LIMIT", text)
        case DecodeError():
            text = "the message is not one of this call, or is nested too deeply"
            return Failure(StatusCode.INVALID_ARGUMENT, "MESSAGE_NOT_READABLE", text)
        case _:
            places = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(places))
            _log.error("%s: %s at %s", method, type(error).__name__, where)
            return Failure(
                StatusCode.INTERNAL, "INTERNAL", "an error of the server; it is in the server's log"
            )


def body_status(failure: Failure) -> status_pb2.Status:
    """The status of a failure that travels in a message: every violation, up to `MAX_VIOLATIONS`."""
    return _status(failure, failure.violations[:MAX_VIOLATIONS], failure.unsound[:MAX_VIOLATIONS])


def trailer_status(failure: Failure) -> status_pb2.Status:
    """The status of a failed call: as many violations as clients take in the trailers, and how many more."""
    return _status(
        failure, _fitting(failure.violations, _violation), _fitting(failure.unsound, _precondition)
    )


_Listed = TypeVar("_Listed")


def _fitting(listed: Iterable[_Listed], written: Callable[[_Listed], Message]) -> list[_Listed]:
    room = MAX_ERROR_DETAIL_BYTES
    fitting: list[_Listed] = []
    for each in listed:
        room -= written(each).ByteSize() + 4
        if room < 0:
            break
        fitting.append(each)
    return fitting


_LIFE: Final[Mapping[Reason, StatusCode]] = {
    Reason.CRITERION_NOT_FOUND: StatusCode.NOT_FOUND,
    Reason.DRAFT_NOT_FOUND: StatusCode.NOT_FOUND,
    Reason.DRAFT_CONFLICT: StatusCode.ABORTED,
    Reason.DRAFT_STATE: StatusCode.FAILED_PRECONDITION,
    Reason.DRAFT_UNSOUND: StatusCode.FAILED_PRECONDITION,
    Reason.SECOND_PERSON_NEEDED: StatusCode.PERMISSION_DENIED,
    Reason.VERSION_PUBLISHED: StatusCode.FAILED_PRECONDITION,
    Reason.VERSIONS_OVERLAP: StatusCode.FAILED_PRECONDITION,
}


_AUTHORITY: Final[Mapping[AuthorityReason, StatusCode]] = {
    AuthorityReason.AUTHORITY_CONFLICT: StatusCode.ABORTED,
    AuthorityReason.NOTHING_TO_CONFIRM: StatusCode.FAILED_PRECONDITION,
    AuthorityReason.NOTHING_TO_APPEAL: StatusCode.FAILED_PRECONDITION,
    AuthorityReason.APPEAL_NOT_FOUND: StatusCode.NOT_FOUND,
}


def _status(
    failure: Failure, violations: Sequence[FieldViolation], unsound: Sequence[Unsound]
) -> status_pb2.Status:
    listed = len(violations) + len(unsound)
    left_out = len(failure.violations) + len(failure.unsound) - listed
    text = f"{failure.text}; the first {listed} are listed" if left_out else failure.text
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=failure.reason, domain=DOMAIN, metadata=failure.metadata)
    ]
    if failure.retry_seconds:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(max(1, round(failure.retry_seconds * 1_000)))
        details.append(retry)
    if unsound:
        details.append(error_details_pb2.PreconditionFailure(violations=map(_precondition, unsound)))
    if violations:
        details.append(error_details_pb2.BadRequest(field_violations=map(_violation, violations)))
    code: int = failure.code.value[0]
    return status_pb2.Status(code=code, message=text, details=[_packed(detail) for detail in details])


def _violation(violation: FieldViolation) -> error_details_pb2.BadRequest.FieldViolation:
    message = error_details_pb2.BadRequest.FieldViolation(field=violation.path, description=violation.text)
    if violation.vietnamese:
        message.localized_message.locale = "vi"
        message.localized_message.message = violation.vietnamese
    return message


def _precondition(unsound: Unsound) -> error_details_pb2.PreconditionFailure.Violation:
    return error_details_pb2.PreconditionFailure.Violation(
        type=unsound.code, subject=unsound.place, description=unsound.text
    )


def _packed(message: Message) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed
