"""Reading the organisations and persons of a campaign from a folder, as `run_campaign` takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from engine.campaign import Organisation, Person, Post, Role
from engine.records import RecordTextError, parse_record

ORGANISATIONS: Final = "organisations.jsonl"
PERSONS: Final = "persons.jsonl"

T = TypeVar("T")


class CampaignFileError(Exception):
    """A line of a file is no organisation or no person; the text says which and why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a campaign is given."""

    organisations: tuple[Organisation, ...]
    persons: tuple[Person, ...]


def read_campaign(folder: Path) -> Given:
    """The organisations and persons of a folder with `organisations.jsonl` and `persons.jsonl`.

    Records are read as they stand: what is wrong with one is for the campaign to say. Names of people are not read.

    Raises:
        CampaignFileError: a line is not JSON, or not of the form of an organisation or person.
        OSError: a file cannot be read.
    """
    return Given(
        tuple(_lines(folder / ORGANISATIONS, _organisation)),
        tuple(_lines(folder / PERSONS, _person)),
    )


def _lines(path: Path, read: Callable[[Mapping[str, object]], T]) -> Iterator[T]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield read(parse_record(line))
            except RecordTextError as error:
                raise CampaignFileError(f"{path.name}, line {number}: {error}") from None
            except _FormError as error:
                raise CampaignFileError(f"{path.name}, line {number}: {error}") from None


class _FormError(Exception):
    """What a line lacks."""


def _organisation(line: Mapping[str, object]) -> Organisation:
    facts = line.get("facts")
    return Organisation(
        _text(line, "id"),
        _text_or_none(line, "parent"),
        None if facts is None else _facts(line),
        _text_or_none(line, "ruleset"),
        _text_or_none(line, "name") or "",
    )


def _person(line: Mapping[str, object]) -> Person:
    posts = line.get("posts")
    if not isinstance(posts, list):
        raise _FormError("posts: a list of posts is expected")
    return Person(_text(line, "id"), tuple(map(_post, posts)))


def _post(line: object) -> Post:
    if not isinstance(line, dict):
        raise _FormError("posts: each is an object with organisation, role and facts")
    role = _text(line, "role")
    if role not in set(Role):
        raise _FormError(f"role: one of {', '.join(Role)} is expected")
    return Post(_text(line, "organisation"), Role(role), _facts(line), _text_or_none(line, "ruleset"))


def _text(line: Mapping[str, object], name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str) or not value:
        raise _FormError(f"{name}: a text is expected")
    return value


def _text_or_none(line: Mapping[str, object], name: str) -> str | None:
    return None if line.get(name) is None else _text(line, name)


def _facts(line: Mapping[str, object]) -> Mapping[str, object]:
    facts = line.get("facts")
    if not isinstance(facts, dict):
        raise _FormError("facts: an object of facts is expected")
    return facts
