"""An impact as a picture of text: bars for what becomes of the records, by rule and by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import Final, TypeVar

from engine.impact.foreseeing import REFUSED
from engine.impact.model import DECISION, Impact
from engine.impact.tally import Flip, Move
from engine.impact.words import WORDS
from engine.ruleset.localized import Language
from engine.ruleset.ruleset import Ruleset

Key = TypeVar("Key")

_BAR: Final = 32  # characters of the longest bar
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_SHOWN: Final = 20  # rules or groups; the rest are counted


def picture(impact: Impact, language: Language, *, changes: int = 0) -> str:
    """The impact as text; bars are to scale within each list.

    Args:
        impact: the impact.
        language: of the text.
        changes: how many of the records that change are listed, the first of them.
    """
    return "\n".join((*_lines(impact, language), *_listed(impact, language, changes)))


def _lines(impact: Impact, language: Language) -> Iterator[str]:
    def word(key: str, **parts: object) -> str:
        return WORDS[key][language].format(**parts)

    tally = impact.tally
    against = word("then") if impact.against is None else _title(impact.against)
    yield word("title", draft=_title(impact.draft), against=against)
    yield word(
        "changed",
        changed=tally.changed,
        records=tally.records,
        percent=_percent(tally.changed, tally.records, language),
    )
    up, down = _directions(impact)
    yield word("directions", up=up, down=down, other=tally.changed - up - down)
    if unusable := tally.moves[REFUSED, REFUSED]:
        yield word("neither", count=unusable)  # else they would pass for records that stay as they are
    moves = [
        (f"{_result(impact, before, language)} → {_result(impact, after, language)}", count)
        for (before, after), count in _changing(tally.moves)
    ]
    if moves:
        yield from ("", word("moves"), *_bars(moves, language))
    flips = [(_flip(flip, language), count) for flip, count in _ranked(tally.flips)]
    if flips:
        yield from ("", word("rules"), *_bars(flips, language))
    if tally.groups:
        groups = sorted(tally.groups.items(), key=lambda each: (-each[1].changed, each[0]))
        listed = [
            (f"{name or word('no_group')} ({group.changed}/{group.records})", group.changed)
            for name, group in groups
        ]
        yield from ("", word("groups"), *_bars(listed, language))


def _listed(impact: Impact, language: Language, count: int) -> Iterator[str]:
    if not count or not impact.changes:
        return
    yield ""
    yield WORDS["changes"][language]
    for change in impact.changes[:count]:
        before, after = (_result(impact, name, language) for name in (change.before, change.after))
        flips = ", ".join(_flip(flip, language) for flip in change.flips)
        yield f"  {change.ref}: {before} → {after}" + (f" ({flips})" if flips else "")
    if len(impact.changes) > count:
        yield "  " + WORDS["more"][language].format(count=len(impact.changes) - count)


def _bars(listed: list[tuple[str, int]], language: Language) -> Iterator[str]:
    shown = listed[:_SHOWN]
    longest = max(count for _, count in shown) or 1
    figures = len(str(longest))
    for text, count in shown:
        eighths = 8 * _BAR * count // longest
        bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
        yield f"  {count:>{figures}} {bar:<{_BAR}} {text}"
    if len(listed) > _SHOWN:
        yield "  " + WORDS["more"][language].format(count=len(listed) - _SHOWN)


def _directions(impact: Impact) -> tuple[int, int]:
    """How many rise and how many fall, of those whose outcomes both rulesets know."""
    rank = {outcome.name: outcome.rank for outcome in impact.draft.outcomes}
    up = down = 0
    for (before, after), count in impact.tally.moves.items():
        if before in rank and after in rank:
            up += count * (rank[after] > rank[before])
            down += count * (rank[after] < rank[before])
    return up, down


def _changing(moves: Counter[Move]) -> Iterator[tuple[Move, int]]:
    return ((move, count) for move, count in _ranked(moves) if move[0] != move[1])


def _ranked(counted: Counter[Key]) -> Iterable[tuple[Key, int]]:
    return sorted(counted.items(), key=lambda each: (-each[1], str(each[0])))


def _result(impact: Impact, name: str, language: Language) -> str:
    """A result as people call it."""
    status, _, ends = name.partition(" ")
    for ruleset in (impact.draft, impact.against):
        labels = {} if ruleset is None else {each.name: each.label.in_(language) for each in ruleset.outcomes}
        if name in labels:
            return labels[name]
        if ends and set(ends.split("..")) <= labels.keys():
            return f"{WORDS[status][language]} ({' … '.join(labels[end] for end in ends.split('..'))})"
    if name == REFUSED or not ends:
        return WORDS[status][language] if status in WORDS else name
    return f"{WORDS[status][language]} ({ends})"


def _flip(flip: Flip, language: Language) -> str:
    if flip.criterion == DECISION:
        return WORDS["decision"][language]
    before, after = (WORDS[status or "absent"][language] for status in (flip.before, flip.after))
    return f"{flip.criterion}: {before} → {after}"


def _percent(part: int, whole: int, language: Language) -> str:
    """A share in percent to one decimal, never rounded up."""
    percent = (Decimal(100 * part) / (whole or 1)).quantize(Decimal("0.1"), ROUND_FLOOR)
    return str(percent).replace(".", "," if language == "vi" else ".")


def _title(ruleset: Ruleset) -> str:
    return f"{ruleset.id} {ruleset.version}"
