"""The papers of a committee: the workbook with summary and units, and workbooks of units where there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from clients.campaign import workbook
from clients.campaign.books import Book as Units
from clients.campaign.books import books
from clients.campaign.outcome import MOST_LINES, Outcome, units_in_order
from clients.campaign.results import List
from clients.campaign.words import phrase
from clients.campaign.workbook import Book, Sheet
from engine.ruleset.localized import Language

MAIN: Final = "campaign.xlsx"
FOLDER: Final = "units"
"""Of the workbooks of units, beside the one that leads to them."""
_INDEX_COLUMNS: Final[Mapping[str, int]] = {
    "sheet": 16,
    "unit": 48,
    "level": 14,
    "rating": 30,
    "people": 10,
    **dict.fromkeys(("awarded", "needs_decision", "not_awarded", "not_eligible", "not_judged"), 13),
}
_SUMMARY_WIDTHS: Final = (34, 40, 34, 13, 13, 13, 13, 13)


def write_papers(outcome: Outcome, folder: Path, units: Sequence[str] | None = None) -> int:
    """Write the workbooks; how many.

    Args:
        outcome: of the campaign.
        folder: where they are written.
        units: those that have a sheet; None: all; none of them: the summary stands alone.

    Raises:
        OSError: one cannot be written.
    """
    parts = dict(units_in_order(outcome))
    kept = list(parts) if units is None else [id_ for id_ in parts if id_ in set(units)]
    packed = books(outcome.forest, kept) if kept else []
    names = _names(outcome.language)
    apart = len(packed) > 1
    groups = _groups_of(outcome.groups)
    addresses = {
        id_: (f"external:{FOLDER}/{book.name}.xlsx#'{sheet}'!A1" if apart else f"internal:'{sheet}'!A1")
        for book in packed
        for id_, sheet in book.sheets.items()
    }
    with workbook.opened(folder / MAIN, outcome.on, outcome.language) as book:
        _summary(book, outcome, names["summary"])
        _index(book, outcome, parts, addresses, names["index"])
        if not apart:
            for each in packed:
                _units(book, each, parts, groups, f"internal:'{names['index']}'!A1")
    if apart:
        (folder / FOLDER).mkdir()
        for each in packed:
            with workbook.opened(folder / FOLDER / f"{each.name}.xlsx", outcome.on, outcome.language) as book:
                _units(book, each, parts, groups, f"external:../{MAIN}#'{names['index']}'!A1")
    return 1 + (len(packed) if apart else 0)


def _names(language: Language) -> dict[str, str]:
    return {key: phrase(key, language)[:31] for key in ("summary", "index")}


def _units(
    book: Book,
    units: Units,
    parts: Mapping[str, pl.DataFrame],
    groups: Mapping[str, pl.DataFrame],
    back: str,
) -> None:
    for id_, sheet in units.sheets.items():
        workbook.write_unit(book, sheet, parts[id_], groups.get(id_, pl.DataFrame()), back)


def _groups_of(groups: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The quota groups that have members in each unit."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, units in enumerate(groups["organisations"].to_list()):
        for unit in units:
            numbers[unit].append(number)
    return {unit: groups[found] for unit, found in numbers.items()}


def _summary(book: Book, outcome: Outcome, name: str) -> None:
    say = outcome.language
    sheet = Sheet(book, name, _SUMMARY_WIDTHS, phrase("title", say))
    day = outcome.on.strftime("%d/%m/%Y") if say == "vi" else outcome.on.isoformat()
    sheet.line([phrase("on", say, day=day)], "about")
    sheet.line(
        [
            phrase(
                "balance",
                say,
                rows=outcome.rows,
                organisations=len(outcome.organisations),
                posts=len(outcome.posts),
                rejected=outcome.rejected,
            )
        ],
        "about",
    )
    sheet.line([phrase("proposal", say)], "about")
    sheet.gap()
    posts = outcome.posts
    lists = dict(posts.group_by("list").len().iter_rows())
    sheet.band(f"{phrase('posts', say)}: {len(posts):,}")
    for kind in List:
        if count := lists.get(kind, 0):
            sheet.line([phrase(kind, say), phrase(f"{kind}_about", say), count])
    for key, subjects in (("outcomes", posts), ("unit_outcomes", outcome.organisations)):
        sheet.gap()
        sheet.band(phrase(key, say))
        counts = dict(subjects.group_by("final").len().iter_rows())
        for final, words in outcome.outcomes:
            if count := counts.get(final, 0):
                sheet.line([words or phrase("open", say), "", count, f"{count / len(subjects):.1%}"])
    _quotas(sheet, outcome)
    _lines(sheet, outcome.problems.select("code", "text"), "problems", outcome)
    place = pl.concat_str("file", pl.lit(": "), pl.when(pl.col("cell") == "").then("row").otherwise("cell"))
    mend = pl.concat_str("problem", "mend", separator=" ")
    _lines(sheet, outcome.rejects.select(place, mend), "rejects", outcome)


def _quotas(sheet: Sheet, outcome: Outcome) -> None:
    """How many places all groups of each ruleset have together, and how they are used."""
    if not len(outcome.groups):
        return
    sheet.gap()
    sheet.band(phrase("quotas", outcome.language))
    sheet.header(("ruleset", "result", "group", "places", "eligible_count", "awarded_count", "open_count"))
    for row in outcome.quota_use.iter_rows(named=True):
        sheet.line(
            [
                f"{row['ruleset']} {row['version']}",
                row["words"],
                row["scope"],
                row["places"],
                row["eligible"],
                row["awarded"],
                row["needs_decision"],
            ]
        )


def _lines(sheet: Sheet, frame: pl.DataFrame, heading: str, outcome: Outcome) -> None:
    """Write what is wrong, two columns; `heading` is the name of its file too."""
    if not len(frame):
        return
    sheet.gap()
    sheet.band(f"{phrase(heading, outcome.language)}: {len(frame):,}")
    for where, what in frame.head(MOST_LINES).iter_rows():
        sheet.wide(where, what)
    if len(frame) > MOST_LINES:
        left = len(frame) - MOST_LINES
        sheet.line([phrase("more", outcome.language, count=left, file=f"{heading}.csv")], "about")


def _index(
    book: Book,
    outcome: Outcome,
    parts: Mapping[str, pl.DataFrame],
    addresses: Mapping[str, str],
    name: str,
) -> None:
    say = outcome.language
    sheet = Sheet(book, name, list(_INDEX_COLUMNS.values()), phrase("index", say))
    sheet.header(_INDEX_COLUMNS, frozen=True)
    for id_ in addresses:
        rows = parts[id_]
        own = rows.filter(pl.col("person") == "")
        people = rows.filter(pl.col("person") != "")
        lists = dict(people.group_by("list").len().iter_rows())
        rated = (own["final_result"][0] or own["result"][0]) if len(own) else ""
        counts = [lists.get(kind, 0) for kind in ("awarded", "needs_decision", "not_awarded")]
        others = sum(lists.get(kind, 0) for kind in ("not_eligible", "eligible", "rated"))
        sheet.link(0, addresses[id_], id_)
        known = outcome.names.get(id_)
        sheet.line(
            [
                None,
                phrase("no_unit", say) if known is None else known,
                rows["level"][0],
                rated,
                len(people),
                *counts,
                others,
                lists.get("not_judged", 0),
            ]
        )
