"""What an impact is made of: records, what became of each, and the parts in which the work is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from engine.canonical import Data, without_empty
from engine.impact.tally import Flip, Tally
from engine.ruleset.ruleset import Ruleset

DECISION = "decision"
"""In place of a criterion, where none has turned out otherwise: the decision itself is another."""


class Subject(NamedTuple):
    """A record that is to be judged twice.

    Attributes:
        ref: by which the caller finds it again: a line, the id of a decision; no name.
        record: the raw record.
        on: the date of its evaluation.
        judged_by: the ruleset that judged it then, where it comes from a log; else it is judged by the one in force.
    """

    ref: str
    record: Mapping[str, object]
    on: date
    judged_by: Ruleset | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A record of which something else would become.

    Attributes:
        ref: the record.
        before: what it comes to by the rules in force: an outcome, `undetermined` with its range, another status, or
            ``refused`` where they cannot read the record.
        after: what it comes to by the draft.
        flips: the criteria by which: those that turn out otherwise and that keep the one result or the other from
            being higher; `DECISION` where none does.
        group: to which group it belongs, where groups are asked for.
    """

    ref: str
    before: str
    after: str
    flips: tuple[Flip, ...] = ()
    group: str = ""

    @property
    def data(self) -> Data:
        """As plain data, empty parts left out."""
        return without_empty(
            {
                "ref": self.ref,
                "from": self.before,
                "to": self.after,
                "flips": [flip.data for flip in self.flips],
                "group": self.group,
            }
        )

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Change:
        """From its plain data."""
        flips = (Flip(each["criterion"], each.get("from"), each.get("to")) for each in data.get("flips", ()))
        return cls(data["ref"], data["from"], data["to"], tuple(flips), data.get("group", ""))


@dataclass(frozen=True, slots=True)
class Part:
    """What became of some records, one after the other; parts add up to an impact.

    Attributes:
        done: how many records are done with this part, those of the parts before included.
        tally: of the records of this part.
        changes: those of them that change.
    """

    done: int
    tally: Tally
    changes: tuple[Change, ...] = ()

    @property
    def data(self) -> Data:
        """As plain data: a line of a journal, an answer of the service."""
        return {
            "done": self.done,
            "tally": self.tally.data,
            "changes": [each.data for each in self.changes],
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Part:
        """From its plain data.

        Raises:
            KeyError, ValueError, TypeError: they are none.
        """
        changes = tuple(map(Change.of, data.get("changes", ())))
        return cls(int(data["done"]), Tally.of(data["tally"]), changes)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a draft would change.

    Attributes:
        draft: the draft.
        against: the rules that it is held against; None where each record was by those that judged it.
        tally: of all records.
        changes: the records that change, in their order.
    """

    draft: Ruleset
    against: Ruleset | None
    tally: Tally = field(default_factory=Tally)
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, draft: Ruleset, against: Ruleset | None, parts: Iterable[Part]) -> Impact:
        """What the parts add up to."""
        tally = Tally()
        changes: list[Change] = []
        for part in parts:
            tally += part.tally
            changes += part.changes
        return cls(draft, against, tally, tuple(changes))

    @property
    def data(self) -> Data:
        """As plain data: what `--format json` prints."""
        return {
            "draft": _about(self.draft),
            "against": None if self.against is None else _about(self.against),
            **self.tally.data,
            "changes": [each.data for each in self.changes],
        }


def _about(ruleset: Ruleset) -> Data:
    return {"id": ruleset.id, "version": ruleset.version, "digest": ruleset.digest}
