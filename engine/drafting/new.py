"""A ruleset to begin with: small, whole and right, with its cases, so that the first check and test are green."""

from __future__ import annotations

from datetime import date
from importlib import resources
from string import Template
from typing import NamedTuple

from engine.ruleset.document import Kind


class NewRuleset(NamedTuple):
    """The texts of a new ruleset and of its cases."""

    ruleset: str
    cases: str


def new_ruleset(kind: Kind, id: str, start: date) -> NewRuleset:  # noqa: A002 - the word of the domain
    """A ruleset of `kind` with the id `id`, in effect from `start`; the law in it is a made-up one, to be replaced.

    Args:
        kind: ``title-standard``, ``evaluation`` or ``organization``.
        id: see `Ruleset.id`.
        start: the first day of evaluation on which it applies.
    """
    return NewRuleset(*(_text(f"{kind}{suffix}", id, start) for suffix in (".yaml", ".cases.yaml")))


def _text(name: str, id_: str, start: date) -> str:
    template = resources.files("engine.drafting").joinpath("templates", name).read_text("utf-8")
    return Template(template).substitute(id=id_, start=start.isoformat())
