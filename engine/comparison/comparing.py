"""Compares the meaning of two rulesets, part by part and aspect by aspect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from engine.comparison import words
from engine.comparison.changes import Action, Change, Comparison
from engine.comparison.meaning import Aspect, Meaning, Part
from engine.comparison.parameters import Timeline, differing, timelines
from engine.comparison.sentences import alone, difference, of_span, text_of
from engine.comparison.trees import Expression
from engine.ruleset.localized import Localized
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import SCORE

_MAIN: Final = {
    "criterion": ("holds",),
    "fact": ("type",),
    "field": ("type",),
    "rung": ("criteria",),
    "ground": ("criteria",),
    "definition": ("is",),
    "gap": ("unmet",),
    "consequence": ("oblige", "propose", "note"),
}
"""What is told beside the name of a part that is new or gone: the first that says something."""

_READ: Final = ("fact", "definition", "table", "parameter")


def compare(old: Ruleset, new: Ruleset) -> Comparison:
    """What changed in the rules from `old` to `new`, texts left aside.

    Criteria that mean the same under another name are recognised, and so are expressions that mean the same with
    other definitions.
    """
    before, after = Meaning(old), Meaning(new)
    renamed = _renamed(before, after)
    in_new_names = Meaning(old, before.document, renamed)
    return Comparison(old, new, tuple(_Comparer(in_new_names, after, renamed).changes()))


def _renamed(old: Meaning, new: Meaning) -> dict[str, str]:
    """What each criterion is called now that has another name and the same meaning, if it can be told."""
    before, after = _criteria(old), _criteria(new)
    gone = {name: meaning for name, meaning in before.items() if name not in after}
    added = {name: meaning for name, meaning in after.items() if name not in before}
    return {
        name: next(other for other, same in added.items() if same == meaning)
        for name, meaning in gone.items()
        if list(gone.values()).count(meaning) == list(added.values()).count(meaning) == 1
    }


def _criteria(meaning: Meaning) -> dict[str, tuple[object, ...]]:
    return {
        part.name: tuple(
            each.whole if isinstance(each := part.aspects[key], Expression) else None
            for key in ("holds", "applies")
        )
        for part in meaning.parts()
        if part.section == "criterion"
    }


class _Comparer:
    def __init__(self, old: Meaning, new: Meaning, renamed: Mapping[str, str]) -> None:
        self._old, self._new = old, new
        self._renamed = {now: before for before, now in renamed.items()}
        self._before, self._after = _keyed(old.parts()), _keyed(new.parts())

    def changes(self) -> Iterator[Change]:
        """All changes, each section's where the newer document has it; what is gone comes last in its section."""
        sections = dict.fromkeys(section for section, _ in (*self._after, *self._before))
        parameters = list(self._parameters())
        for section in sorted(sections, key=_SECTIONS.index):
            if section == "definition":
                yield from parameters  # which stand before definitions in a document
                parameters = []
            yield from self._section(section)
        yield from parameters

    def _section(self, section: str) -> Iterator[Change]:
        for key, part in self._after.items():
            if part.section != section:
                continue
            before = self._before.get(key)
            if before is not None:
                yield from self._changed(before, part)
            elif self._is_told(part, self._before):
                yield self._came_or_went(part, Action.ADDED)
        for key, part in self._before.items():
            if part.section == section and key not in self._after and self._is_told(part, self._after):
                yield self._came_or_went(part, Action.REMOVED)

    def _is_told(self, part: Part, others: Mapping[tuple[str, str], Part]) -> bool:
        """Whether it is worth telling that `others` lack a part.

        A source alone changes nothing, and a part of what is told goes without saying. What a definition is told by
        are the criteria that read it, unless its name was something else before.
        """
        if part.section == "definition":
            return any((section, part.name) in others for section in ("fact", "table", "parameter"))
        return part.section != "source" and (part.within is None or part.within in others)

    def _came_or_went(self, part: Part, action: Action) -> Change:
        told = [aspect for aspect in _MAIN.get(part.section, ()) if text_of(part.aspects[aspect])]
        item = words.item(*part.key, part.label)
        aspect = told[0] if told else ""
        return self._alone(part.key, item, action, aspect, part.aspects.get(aspect))

    def _alone(
        self, key: tuple[str, str], item: Localized, action: Action, aspect: str, said: Aspect
    ) -> Change:
        """The change of what only one of the two has; `said` is its main aspect."""
        old, new = ("", text_of(said)) if action is Action.ADDED else (text_of(said), "")
        return self._with_concerns(Change(*key, action, alone(item, action, aspect, said), aspect, old, new))

    def _changed(self, old: Part, new: Part) -> Iterator[Change]:
        item = words.item(*new.key, new.label)
        if new.section == "criterion" and new.name in self._renamed:
            before = self._renamed[new.name]
            says = words.said("renamed", item=item, old=before)
            yield Change(*new.key, Action.RENAMED, says, old=before, new=new.name)
        for aspect in dict.fromkeys((*old.aspects, *new.aspects)):
            before_, after = old.aspects.get(aspect), new.aspects.get(aspect)
            says_ = difference(item, aspect, before_, after)
            if says_ is not None:
                change = Change(*new.key, Action.CHANGED, says_, aspect, text_of(before_), text_of(after))
                yield self._with_concerns(change)

    def _parameters(self) -> Iterator[Change]:
        before = timelines(self._old.ruleset, self._old.document.parameters)
        after = timelines(self._new.ruleset, self._new.document.parameters)
        for name, timeline in after.items():
            if name in before:
                effective = self._new.ruleset.effective
                for span in differing(before[name], timeline, effective):
                    yield self._with_concerns(of_span(name, span))
            else:
                yield self._parameter_alone(name, timeline, Action.ADDED)
        for name, timeline in before.items():
            if name not in after:
                yield self._parameter_alone(name, timeline, Action.REMOVED)

    def _parameter_alone(self, name: str, timeline: Timeline, action: Action) -> Change:
        """A parameter that only one of the two has, with its value on the first day of the newer."""
        day = self._new.ruleset.effective.from_
        value = None if day is None else timeline.on(day)
        said = value.written if value else None
        return self._alone(("parameter", name), words.item("parameter", name), action, "is", said)

    def _with_concerns(self, change: Change) -> Change:
        """The change and what reads what was changed; in the newer ruleset, if that has the name."""
        if change.section not in _READ:
            return change
        ruleset = (self._old if change.action is Action.REMOVED else self._new).ruleset
        reading = [(criterion.name, criterion.reads) for criterion in ruleset.criteria]
        if ruleset.score is not None:
            reading.append((SCORE, ruleset.score.reads))
        names = tuple(
            name for name, reads in reading if any(path.partition(".")[0] == change.name for path in reads)
        )
        if not names:
            return change
        says = words.said("concerns", sentence=change.says, names=", ".join(names))
        return replace(change, says=says, concerns=names)


_SECTIONS: Final = (
    "ruleset",
    "outcomes",
    "type",
    "field",
    "fact",
    "definition",
    "table",
    "column",
    "row",
    "criterion",
    "score",
    "score_part",
    "deduction",
    "decision",
    "cannot_evaluate",
    "not_rated",
    "ground",
    "rung",
    "ceiling",
    "consequence",
    "gap",
    "quota",
    "reading",
    "source",
)
"""In the order in which changes are told."""


def _keyed(parts: Iterable[Part]) -> dict[tuple[str, str], Part]:
    """Parts by their keys; one that stands several times is numbered."""
    found: dict[tuple[str, str], Part] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for part in parts:
        seen[part.key] += 1
        count = seen[part.key]
        section, name = part.key
        found[(section, name if count == 1 else f"{name} ({count})")] = part
    return found
