"""What a campaign is given: organisations, and persons with their posts in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What somebody is in an organisation."""

    HEAD = "head"
    DEPUTY = "deputy"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of the tree.

    Attributes:
        id: the caller's id, opaque.
        parent: the id of the organisation directly above, or None at the top.
        facts: its raw record; None where it only holds the tree together and is not judged.
        ruleset: the id of the ruleset to judge it by; None to have it chosen by selector.
        name: what people call it, for problems; may be empty.
        unusable: why its record cannot be used, where who read it found so; it is not judged then.
    """

    id: str
    parent: str | None = None
    facts: Mapping[str, object] | None = None
    ruleset: str | None = None
    name: str = ""
    unusable: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A post that somebody holds; each is judged by itself.

    Attributes:
        organisation: the id of the organisation.
        role: what they are there.
        facts: their raw record in this post.
        ruleset: the id of the ruleset to judge it by; None to have it chosen by selector.
        unusable: as of an organisation.
    """

    organisation: str
    role: Role
    facts: Mapping[str, object]
    ruleset: str | None = None
    unusable: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person with their posts. A person may be given in parts: posts under one id belong together.

    Attributes:
        id: the caller's id, opaque; no name belongs here.
        posts: the posts.
    """

    id: str
    posts: tuple[Post, ...]


class Subject(NamedTuple):
    """Whom a verdict of a campaign is about: an organisation, or a person in a post.

    Attributes:
        organisation: the id of the organisation.
        person: the id of the person, or an empty string where it is the organisation itself.
        role: the person's role there, or an empty string.
        number: 1 and more for further posts of one person in one organisation and role.
    """

    organisation: str
    person: str = ""
    role: str = ""
    number: int = 0

    def __str__(self) -> str:
        post = f"{self.person} ({self.role}, {self.organisation})" if self.person else self.organisation
        return f"{post} #{self.number + 1}" if self.number else post
