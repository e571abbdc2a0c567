"""Citations of the law: ``nd90 2.5a as amended by nd48 1.2``, or an instrument as a whole: ``p65``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine.ruleset.localized import Language, Localized

# Article, clause, point: 2.3, 12.2, 2.5a, 15.2đ; an inserted article or clause may have a letter too: 17a.2.
_ARTICLE: Final = r"(?P<article>\d+[a-zđ]?)(?:\.(?P<clause>\d+)(?P<point>[a-zđ])?)?"
_CITATION: Final = re.compile(
    r"(?P<source>[^\W\d]\w*)(?: (?P<place>(?!as )\S+))?"
    r"(?: as amended by (?P<amender>[^\W\d]\w*)(?: (?P<amending>\S+))?)?"
)


@dataclass(frozen=True, slots=True)
class LegalSource:
    """A legal instrument.

    Attributes:
        name: what citations call it.
        title: its title; the English is the Vietnamese where the ruleset gives none.
        issued: the day it was issued, or None where that is not known.
        url: where it can be read, or an empty string.
        note: what should be known about it, or None.
    """

    name: str
    title: Localized
    issued: date | None
    url: str = ""
    note: Localized | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A place in an instrument; `clause` and `point` are empty where the whole article or clause is meant."""

    article: str
    clause: str = ""
    point: str = ""

    def in_(self, language: Language) -> str:
        """The place as lawyers write it: ``điểm a khoản 5 Điều 2``, ``Article 2(5)(a)``."""
        if language == "en":
            return f"Article {self.article}" + "".join(
                f"({part})" for part in (self.clause, self.point) if part
            )
        point = f"điểm {self.point} " if self.point else ""
        clause = f"khoản {self.clause} " if self.clause else ""
        return f"{point}{clause}Điều {self.article}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the law.

    Attributes:
        text: as written in the ruleset.
        source: the instrument.
        article: the place in it, or None where the whole instrument is meant.
        amended_by: the instrument that gave the place its present words, or None.
        amending: the place in that one, or None.
    """

    text: str
    source: LegalSource
    article: Article | None
    amended_by: LegalSource | None = None
    amending: Article | None = None

    def __str__(self) -> str:
        return self.text

    def in_(self, language: Language) -> str:
        """The citation as lawyers write it."""
        cited = _of(self.article, self.source, language)
        if self.amended_by is None:
            return cited
        by = self.amended_by.title.in_(language)
        if self.amending is not None:
            by = _of(self.amending, self.amended_by, language)
        return f"{cited} (sửa đổi, bổ sung bởi {by})" if language == "vi" else f"{cited} (as amended by {by})"


def _of(article: Article | None, source: LegalSource, language: Language) -> str:
    if article is None:
        return source.title.in_(language)
    joint = " of " if language == "en" else " "
    return f"{article.in_(language)}{joint}{source.title.in_(language)}"


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation taken apart, its instruments still names; `span` of each in the text."""

    source: str
    source_span: tuple[int, int]
    article: Article | None
    amender: str | None
    amender_span: tuple[int, int]
    amending: Article | None


def parse(text: str) -> Cited | None:
    """Take a citation apart; None where it is not written as citations are."""
    match = _CITATION.fullmatch(text)
    if match is None:
        return None
    article, amending = (match[part] and _article(match[part]) for part in ("place", "amending"))
    if (match["place"] and article is None) or (match["amending"] and amending is None):
        return None
    return Cited(
        match["source"],
        match.span("source"),
        article or None,
        match["amender"],
        match.span("amender"),
        amending or None,
    )


def resolve(texts: Iterable[str], sources: Mapping[str, LegalSource]) -> tuple[Citation, ...]:
    """The citations written in `texts`, without those that cite no known instrument."""
    found = []
    for text in texts:
        cited = parse(text)
        if cited is None or cited.source not in sources or (cited.amender or cited.source) not in sources:
            continue
        amender = None if cited.amender is None else sources[cited.amender]
        found.append(Citation(text, sources[cited.source], cited.article, amender, cited.amending))
    return tuple(found)


def _article(text: str) -> Article | None:
    match = re.fullmatch(_ARTICLE, text)
    return Article(match["article"], match["clause"] or "", match["point"] or "") if match else None
