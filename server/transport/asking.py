"""What requests of different calls say in the same way: which ruleset, which day, for whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final

from chuan.v1 import evaluation_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from engine.ruleset.localized import Language
from server.decisions import RulesetChoice
from server.errors import Failure
from server.limits import MAX_NAME_LENGTH
from server.security import Caller, is_organisation
from server.security.caller import MAX_ORGANISATION_LENGTH

Wrong = Callable[[str, str], None]
"""Told the path of a field that is wrong, and what to do."""

NUL: Final = "\0"
"""PostgreSQL keeps no text with it, and a group of decisions that cannot be written takes other callers' with it."""
NO_NUL: Final = "A text without the character NUL is expected."

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

_LANGUAGES: Final[Mapping[int, Language]] = {
    pb.LANGUAGE_VI: "vi",
    pb.LANGUAGE_EN: "en",
}


def choice_of(message: pb.RulesetChoice, wrong: Wrong) -> RulesetChoice:
    """Which ruleset is asked for; what is wrong with it is told."""
    match message.WhichOneof("choice"):
        case "version":
            fields = {"version.id": message.version.id, "version.version": message.version.version}
        case "in_effect":
            fields = {"in_effect": message.in_effect}
        case "by_selector":
            fields = {}
        case _:
            fields = {}
            wrong("ruleset", "Say which ruleset: a version, an id, or by selector.")
    for path, text in fields.items():
        if not 0 < len(text) <= MAX_NAME_LENGTH:
            wrong(f"ruleset.{path}", f"This field is required, and has at most {MAX_NAME_LENGTH} characters.")
    return RulesetChoice(*fields.values())


def moment_of(message: Timestamp, wrong: Wrong) -> datetime | None:
    """The moment at which the rules are to have been known; None where it is wrong."""
    try:
        return message.ToDatetime(UTC)
    except (ValueError, OverflowError):
        wrong("as_known_at", "A moment between the years 1 and 9999 is expected.")
        return None


def day_of(text: str, wrong: Wrong, field: str = "evaluated_on") -> date | None:
    """The date in a field, that of the evaluation; None where it is wrong."""
    # fromisoformat takes other forms too (20241231, 2024-W01-1), which other readers would not
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    wrong(field, "A date that exists is required, written YYYY-MM-DD, such as 2024-12-31.")
    return None


def languages_of(numbers: Iterable[int], wrong: Wrong) -> tuple[Language, ...]:
    """The languages that are asked for; what is none of them is told."""
    languages: list[Language] = []
    for index, number in enumerate(numbers):
        language = _LANGUAGES.get(number)
        if language is None or language in languages:
            wrong(f"languages[{index}]", "Name LANGUAGE_VI, LANGUAGE_EN or both, each once.")
        else:
            languages.append(language)
    return tuple(languages)


def check_key(request_id: str, organisation: str, wrong: Wrong, longest: int) -> None:
    """Tell what is wrong with the key of a request, and with whom it is for."""
    if len(request_id) > longest or not (request_id.isascii() and request_id.isprintable()):
        wrong("request_id", f"At most {longest} printable ASCII characters are expected.")
    if organisation and not is_organisation(organisation):
        wrong(
            "organisation",
            "A path is expected, such as vn/ha-noi: letters, digits, '-', '_' and '.' with slashes between, "
            f"at most {MAX_ORGANISATION_LENGTH} characters.",
        )


def check_acts_for(caller: Caller, organisation: str) -> None:
    """Raise `Failure` where the caller does not act for the organisation."""
    if not caller.acts_for(organisation):
        mine = " or ".join(sorted(caller.organisations)) or "no organisation"
        text = f"`organisation` is none that you act for, which is {mine}, and what is below"
        raise Failure(StatusCode.PERMISSION_DENIED, "ORGANISATION_NOT_YOURS", text)
