"""Reads the fields of requests: what is wrong with them is gathered, and told together."""

from __future__ import annotations

from datetime import date
from typing import Final, NoReturn

from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from server.errors import Failure, FieldViolation, wrong_request
from server.security.caller import MAX_CALLER_LENGTH
from server.transport.asking import NO_NUL, NUL, day_of

_YEARS: Final = range(1900, 3000)


class Fields:
    """What is wrong with a request, as far as it was read."""

    def __init__(self) -> None:
        self._violations: list[FieldViolation] = []

    def wrong(self, path: str, text: str) -> None:
        """Note that a field is wrong, and what to do."""
        self._violations.append(FieldViolation(path, text))

    def text(self, path: str, text: str, longest: int, *, required: bool = True) -> str:
        """A text, without the spaces around it."""
        text = text.strip()
        if required and not text:
            self.wrong(path, "This field is required.")
        elif len(text) > longest:
            self.wrong(path, f"This field has at most {longest:,} characters.")
        elif NUL in text:
            self.wrong(path, NO_NUL)
        return text

    def day(self, path: str, text: str, *, required: bool = True) -> date | None:
        """A date; None where it is left out, or wrong."""
        if not text and not required:
            return None
        day = day_of(text, self.wrong, path)
        if day is not None and day.year not in _YEARS:
            self.wrong(path, f"A date from {_YEARS.start} to {_YEARS.stop - 1} is expected.")
            return None
        return day

    def refuse(self) -> NoReturn:
        """Refuse the request.

        Raises:
            Failure: always, with what is wrong.
        """
        raise wrong_request(self._violations)

    def check(self) -> None:
        """Go on if nothing is wrong.

        Raises:
            Failure: something is.
        """
        if self._violations:
            self.refuse()


def named(actor: str) -> str:
    """Who calls, where it is to be remembered who did.

    Raises:
        Failure: nobody says so.
    """
    if not 0 < len(actor) <= MAX_CALLER_LENGTH:
        text = f"say who calls, in the metadata chuan-actor: 1 to {MAX_CALLER_LENGTH} characters"
        raise Failure(StatusCode.UNAUTHENTICATED, "ACTOR_MISSING", text)
    return actor


def timestamp_of(micros: int) -> Timestamp:
    """The moment so many microseconds after 1970-01-01 UTC."""
    message = Timestamp()
    message.FromMicroseconds(micros)
    return message
