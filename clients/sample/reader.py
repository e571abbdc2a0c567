"""Reading the organisations and persons of a campaign from a folder, as `run_campaign` takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from clients.sample.given import FormError, organisation_of, person_of
from engine.campaign import Organisation, Person
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
        tuple(_lines(folder / ORGANISATIONS, organisation_of)),
        tuple(_lines(folder / PERSONS, person_of)),
    )


def _lines(path: Path, read: Callable[[Mapping[str, object]], T]) -> Iterator[T]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield read(parse_record(line.strip()))
                except (RecordTextError, FormError) as error:
                    raise CampaignFileError(f"{path.name}, line {number}: {error}") from None
