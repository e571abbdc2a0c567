"""What a comparison comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.canonical import Data, without_empty
from engine.comparison import words
from engine.ruleset.localized import Localized
from engine.ruleset.ruleset import Ruleset


class Action(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the rules.

    Attributes:
        section: what was changed: ``criterion``, ``parameter``, ``rung``…
        name: what it is called; of the newer ruleset, if both have it.
        action: what happened to it.
        says: the change as a sentence.
        aspect: what of it was changed, such as ``holds`` or ``cite``.
        old: how it was, as text; empty where there was nothing.
        new: how it is.
        concerns: the criteria that read what was changed, and ``score`` where the score does.
    """

    section: str
    name: str
    action: Action
    says: Localized
    aspect: str = ""
    old: str = ""
    new: str = ""
    concerns: tuple[str, ...] = ()

    @property
    def data(self) -> Data:
        """As plain data, empty parts left out."""
        return without_empty(
            {
                "section": self.section,
                "name": self.name,
                "action": self.action.value,
                "aspect": self.aspect,
                "old": self.old,
                "new": self.new,
                "concerns": list(self.concerns),
                "says": {"vi": self.says.vi, "en": self.says.en},
            }
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one ruleset differs from another.

    Attributes:
        old: the one.
        new: the other.
        changes: of the rules, in the order of a document.
    """

    old: Ruleset
    new: Ruleset
    changes: tuple[Change, ...]

    @property
    def says(self) -> Localized:
        """The comparison in one sentence."""
        if self.changes:
            return words.said("changed", count=str(len(self.changes)))
        return words.said("identical" if self.old.digest == self.new.digest else "only_text")

    @property
    def data(self) -> Data:
        """As plain data: what `--format json` prints and the service answers."""
        return {
            "old": _about(self.old),
            "new": _about(self.new),
            "same_rules": not self.changes,
            "same_text": self.old.digest == self.new.digest,
            "says": {"vi": self.says.vi, "en": self.says.en},
            "changes": [change.data for change in self.changes],
        }


def _about(ruleset: Ruleset) -> Data:
    return {"id": ruleset.id, "version": ruleset.version, "digest": ruleset.digest}
