"""Organisations and persons as plain data, made into what `run_campaign` takes."""

from __future__ import annotations

from collections.abc import Mapping

from engine.campaign import Organisation, Person, Post, Role


class FormError(Exception):
    """The data is no organisation or no person; the text says what is expected where, and quotes nothing."""


def organisation_of(data: Mapping[str, object]) -> Organisation:
    """An organisation: ``id``, and perhaps ``parent``, ``name``, ``ruleset`` and ``facts``.

    Raises:
        FormError: it is none.
    """
    return Organisation(
        _text(data, "id"),
        _text_or_none(data, "parent"),
        None if data.get("facts") is None else _facts(data),
        _text_or_none(data, "ruleset"),
        _text_or_none(data, "name") or "",
    )


def person_of(data: Mapping[str, object]) -> Person:
    """A person: ``id`` and ``posts``, each with ``organisation``, ``role``, ``facts`` and perhaps ``ruleset``.

    Raises:
        FormError: it is none.
    """
    posts = data.get("posts")
    if not isinstance(posts, list):
        raise FormError("posts: a list of posts is expected")
    return Person(_text(data, "id"), tuple(map(_post, posts)))


def _post(data: object) -> Post:
    if not isinstance(data, Mapping):
        raise FormError("posts: each is an object with organisation, role and facts")
    role = _text(data, "role")
    if role not in set(Role):
        raise FormError(f"role: one of {', '.join(Role)} is expected")
    return Post(_text(data, "organisation"), Role(role), _facts(data), _text_or_none(data, "ruleset"))


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise FormError(f"{name}: a text is expected")
    return value


def _text_or_none(data: Mapping[str, object], name: str) -> str | None:
    return None if data.get(name) is None else _text(data, name)


def _facts(data: Mapping[str, object]) -> Mapping[str, object]:
    facts = data.get("facts")
    if not isinstance(facts, Mapping):
        raise FormError("facts: an object of facts is expected")
    return facts
