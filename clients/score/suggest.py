"""A mapping suggested from what columns are called and what their cells hold, for a person to check."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from clients.score.leaves import Leaf, leaves_of
from clients.score.mapping import Writing
from clients.score.problems import ScoreError
from clients.score.reading import Table, is_blank
from clients.score.values import CellError, reader_of
from clients.score.words import bare
from engine import Ruleset
from engine.ruleset.localized import Language

_LOOKED_AT: Final = 500  # rows
_ENOUGH: Final = 0.62  # of 1: what is less alike is not suggested
_SURE: Final = 0.9
_UNREADABLE: Final = 0.8  # what is left of a likeness where cells cannot be read
_IDS: Final = frozenset(
    {
        "id",
        "ma",
        "ma so",
        "ma can bo",
        "ma nhan vien",
        "ma vien chuc",
        "ma cong chuc",
        "so hieu",
        "employee id",
        "code",
        "so the",
    }
)
_SAY: Final[Mapping[str, Mapping[Language, str]]] = {
    "check": {"vi": "kiểm tra lại", "en": "check"},
    "unread": {"vi": "{count} ô không đọc được như vậy", "en": "{count} cells cannot be read so"},
    "columns": {"vi": "Cột không khớp với dữ kiện nào:", "en": "Columns that match no fact:"},
    "facts": {
        "vi": "Dữ kiện chưa có cột (constants: ghi một giá trị cho mọi dòng; lists: lấy danh sách từ tệp riêng):",
        "en": "Facts that no column states (constants: one for all; lists: a list from a file of its own):",
    },
}
_ORDERS: Final = ("dmy", "mdy")


class _Match(NamedTuple):
    likeness: float
    column: str
    leaf: Leaf
    written: Mapping[str, object]
    unread: int


def suggest(ruleset: Ruleset, table: Table, file: str, language: Language) -> str:
    """A mapping as YAML: each match with how sure it is, and what matched nothing as comments.

    Raises:
        ScoreError: the table has no columns.
    """
    if not table.columns:
        raise ScoreError(f"{file} needs no mapping: each line states its facts by name")
    leaves = leaves_of(ruleset)
    cells = _cells(table)
    ids = [name for name in table.columns if bare(name) in _IDS][:1]
    candidates = [name for name in table.columns if name not in ids]
    matches = _assigned(_matches(candidates, leaves, cells))
    columns = CommentedMap()
    for name in candidates:
        if match := matches.get(name):
            columns[name] = {"fact": match.leaf.path, **match.written} if match.written else match.leaf.path
            columns.yaml_add_eol_comment(_said(match, language), name)
    content = CommentedMap({"ruleset": ruleset.id})
    if ids:
        content["id"] = ids[0]
    content["columns"] = columns
    yaml = YAML()
    yaml.width = 1_000
    written = io.StringIO()
    yaml.dump(content, written)
    return written.getvalue() + "".join(
        f"# {line}\n" if line else "#\n" for line in _unmatched(candidates, matches, leaves, language)
    )


def _cells(table: Table) -> dict[str, list[object]]:
    """What stands in the first rows, by column."""
    cells: dict[str, list[object]] = {name: [] for name in table.columns}
    for row in islice(table.rows(), _LOOKED_AT):
        for name, cell in row.cells.items():
            if not is_blank(cell):
                cells[name].append(cell)
    return cells


def _matches(
    columns: Sequence[str], leaves: Mapping[str, Leaf], cells: Mapping[str, Sequence[object]]
) -> Iterator[_Match]:
    for column in columns:
        for leaf in leaves.values():
            if leaf.declared.kind == "list" and leaf.declared.item and leaf.declared.item.kind == "record":
                continue
            likeness = _likeness(column, leaf)
            if likeness < _ENOUGH:
                continue
            written, unread = _writing(leaf, cells[column])
            if unread:
                likeness *= _UNREADABLE + (1 - _UNREADABLE) * (1 - unread / len(cells[column]))
            if likeness >= _ENOUGH:
                yield _Match(likeness, column, leaf, written, unread)


def _assigned(matches: Iterator[_Match]) -> dict[str, _Match]:
    """Each column to one fact and each fact to one column, the likest first."""
    found: dict[str, _Match] = {}
    taken: set[str] = set()
    for match in sorted(matches, key=lambda each: (-each.likeness, each.column, each.leaf.path)):
        if match.column not in found and match.leaf.path not in taken:
            found[match.column] = match
            taken.add(match.leaf.path)
    return found


def _likeness(column: str, leaf: Leaf) -> float:
    """How alike a column's name is to what a fact is called, from 0 to 1."""
    name = bare(column)
    called = {bare(leaf.path.rpartition(".")[2]), bare(leaf.path)}
    for label in (*(leaf.labels[-1:]),):
        called |= {bare(label.vi), bare(label.en)}
    called |= {bare(leaf.label("vi")), bare(leaf.label("en"))}
    return max((_alike(name, each) for each in called if each), default=0.0)


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    letters = SequenceMatcher(None, one, other, autojunk=False).ratio()
    words, others = set(one.split()), set(other.split())
    shared = len(words & others)
    if not shared:
        return letters * 0.8
    # A short name for a long label, and the other way round: all words of the shorter one are there.
    inside = shared / min(len(words), len(others))
    both = 2 * shared / (len(words) + len(others))
    return min(0.99, max(letters, 0.5 * inside + 0.5 * both))


def _writing(leaf: Leaf, cells: Sequence[object]) -> tuple[dict[str, object], int]:
    """What a mapping has to say of the cells of a fact so that most can be read, and how many then cannot."""
    written: dict[str, object] = {}
    best = _unread(leaf, cells, Writing())
    tries: list[dict[str, object]] = []
    if leaf.declared.kind == "date":
        tries = [{"date": order} for order in _ORDERS]
    elif leaf.declared.kind in ("number", "count"):
        tries = [{"decimal": ","}, {"decimal": "."}]
    ways = sorted(
        (_unread(leaf, cells, Writing.model_validate(each)), index)
        for index, each in enumerate(tries if best else ())
    )
    # Where two ways read as many cells, the cells do not say which is meant, and nobody else guesses.
    if ways and ways[0][0] < best and ways[0][0] < ways[1][0]:
        best, index = ways[0]
        written = tries[index]
    return written, best


def _unread(leaf: Leaf, cells: Sequence[object], writing: Writing) -> int:
    read = reader_of(leaf.declared, writing, leaf.unit)
    count = 0
    for cell in cells:
        try:
            read(cell)
        except CellError:
            count += 1
    return count


def _said(match: _Match, language: Language) -> str:
    said = [f"{match.likeness:.0%}"]
    if match.likeness < _SURE:
        said.append(_SAY["check"][language])
    if match.unread:
        said.append(_SAY["unread"][language].format(count=match.unread))
    return "; ".join([", ".join(said), match.leaf.label(language)])


def _unmatched(
    columns: Sequence[str], matches: Mapping[str, _Match], leaves: Mapping[str, Leaf], language: Language
) -> Iterator[str]:
    stated = {match.leaf.path for match in matches.values()}
    if left := [name for name in columns if name not in matches]:
        yield _SAY["columns"][language]
        yield from (f"  {name}" for name in left)
    if unstated := [leaf for path, leaf in leaves.items() if path not in stated]:
        yield _SAY["facts"][language]
        yield from (f"  {leaf.path}: {leaf.declared}; {leaf.label(language)}" for leaf in unstated)
