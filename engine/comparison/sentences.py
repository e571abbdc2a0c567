"""The sentences on what differs in one aspect of a part."""

from __future__ import annotations

from typing import Final

from engine.comparison import words
from engine.comparison.changes import Action, Change
from engine.comparison.meaning import Aspect, Names
from engine.comparison.parameters import Span, Value
from engine.comparison.trees import Expression, narrowest
from engine.ruleset.localized import Localized

_NO_VALUE: Final = Value(None, "", (), ())


def difference(item: Localized, aspect: str, old: Aspect, new: Aspect) -> Localized | None:
    """The sentence on an aspect; None where it says the same."""
    if isinstance(old, Names) or isinstance(new, Names):
        return _of_names(item, aspect, _names(old), _names(new))
    if isinstance(old, Expression) and isinstance(new, Expression):
        return _of_expressions(item, aspect, old, new) if old.differs(new) else None
    if old == new:
        return None
    plain = {"old": _plain(old), "new": _plain(new)}
    return words.said("was_is", item=item, aspect=words.aspect(aspect), **plain)


def _of_expressions(item: Localized, aspect: str, old: Expression, new: Expression) -> Localized:
    whole = {"old": _quoted(str(old)), "new": _quoted(str(new))}
    says = words.said("was_is", item=item, aspect=words.aspect(aspect), **whole)
    narrow = narrowest(old.own, new.own)
    if narrow is None:
        return says
    key = "narrow" if narrow.lost and narrow.new else "narrow_lost" if narrow.lost else "narrow_new"
    return words.said(key, sentence=says, old=_quoted(narrow.lost), new=_quoted(narrow.new))


def _of_names(item: Localized, aspect: str, old: Names, new: Names) -> Localized | None:
    lost = [name for name in old.names if name not in new.names]
    gained = [name for name in new.names if name not in old.names]
    parts = {"item": item, "aspect": words.aspect(aspect)}
    if aspect != "row_order" and (lost or gained):  # rows that come and go are told as such
        key = "names_both" if lost and gained else "names_lost" if lost else "names_new"
        return words.said(key, old=", ".join(lost), new=", ".join(gained), **parts)
    kept = (
        [name for name in old.names if name in new.names],
        [name for name in new.names if name in old.names],
    )
    if new.ordered and kept[0] != kept[1]:
        return words.said("order", old=", ".join(kept[0]), new=", ".join(kept[1]), **parts)
    return None


def alone(item: Localized, action: Action, aspect: str, said: Aspect) -> Localized:
    """The sentence on what only one of the two has, and what its main aspect says, if anything."""
    text = text_of(said)
    shown = _quoted(text) if isinstance(said, Expression) else text
    key = f"{action.value}_as" if text else action.value
    return words.said(key, item=item, aspect=words.aspect(aspect), old=shown, new=shown)


def of_span(name: str, span: Span) -> Change:
    """The change of a parameter on some days: of its value, else of what that rests on."""
    item = words.item("parameter", name)
    old, new = span.old or _NO_VALUE, span.new or _NO_VALUE
    if type(old.value) is type(new.value) and old.value == new.value:
        aspect = "cite" if set(old.citations) != set(new.citations) else "questions"
        was, is_ = (old.citations, new.citations) if aspect == "cite" else (old.questions, new.questions)
        says = _of_names(item, aspect, Names(was), Names(is_)) or item
        return Change("parameter", name, Action.CHANGED, says, aspect, ", ".join(was), ", ".join(is_))
    days = {"from_": span.from_.isoformat()}
    if span.until is not None:
        days["until"] = span.until.isoformat()
    key = "from_day" if span.until is None else "from_until"
    shown = {"old": words.value(old.written or None), "new": words.value(new.written or None)}
    says = words.said(key, item=item, **days, **shown)
    return Change("parameter", name, Action.CHANGED, says, "is", old.written, new.written)


def _names(aspect: Aspect) -> Names:
    return aspect if isinstance(aspect, Names) else Names(())


def _plain(aspect: Aspect) -> Localized | str:
    match aspect:
        case Expression():
            return _quoted(str(aspect))
        case Names():
            return ", ".join(aspect.names)
    return words.value(aspect)


def _quoted(expression: str) -> str:
    return f"`{expression}`"


def text_of(aspect: Aspect) -> str:
    """An aspect as the text that data carry; empty where there is nothing."""
    match aspect:
        case None:
            return ""
        case Names(names):
            return ", ".join(names)
        case bool():
            return str(aspect).lower()
        case _:
            return str(aspect)
