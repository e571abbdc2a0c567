"""A verdict as one HTML page: it needs no network and no script, and prints on A4."""

from __future__ import annotations

from functools import lru_cache, partial
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.explanation.page.ladder import climb
from engine.explanation.page.proof import prove
from engine.explanation.phrases import phrase
from engine.explanation.structure import Mark, Section, build
from engine.explanation.writing import write
from engine.ruleset.localized import LANGUAGES, Language
from engine.verdict import Verdict

__all__ = ["page"]

_ELSEWHERE = {"criteria", "advisory", "gate", "rests_on_draft"}  # the page has a place of its own for them


def page(verdict: Verdict, language: Language = "vi", *, subject: str = "") -> str:
    """`verdict` as an HTML page; the same verdict, language and subject give the same text.

    Args:
        verdict: what is explained.
        language: ``vi`` or ``en``.
        subject: whom it is about, since a verdict does not know; a line is left to write on where it is empty.

    Raises:
        ValueError: no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no explanations in '{language}'; there are {', '.join(LANGUAGES)}")
    explanation = build(verdict, language)
    ladder = climb(verdict, explanation)
    on_ladder = {id(section) for rung in ladder for section in rung.sections}
    return (
        _templates()
        .get_template("page.html")
        .render(
            say=partial(phrase, language=language),
            write=partial(write, language=language),
            verdict=verdict,
            ruleset=verdict.ruleset,
            explanation=explanation,
            subject=subject,
            ladder=ladder,
            gate=explanation.section("gate"),
            warning=explanation.section("rests_on_draft"),
            sections=[
                section
                for section in explanation.sections
                if section.kind not in _ELSEWHERE and id(section) not in on_ladder
            ],
            findings=_numbered(verdict, explanation.section("criteria"), explanation.section("advisory")),
            numbers={finding.criterion.name: finding.criterion.index + 1 for finding in verdict.findings},
            proof=prove(verdict, language),
            marks=_MARKS,
            digest=sha256(verdict.canonical()).hexdigest(),
        )
    )


_MARKS = {Mark.MET: "✓", Mark.UNMET: "✗", Mark.UNKNOWN: "?", Mark.NOT_APPLICABLE: "–", Mark.PLAIN: "•"}


def _numbered(verdict: Verdict, *sections: Section | None) -> list[tuple[object, object]]:
    entries = {entry.criterion: entry for section in sections if section for entry in section.entries}
    return [(finding.criterion, entries[finding.criterion.name]) for finding in verdict.findings]


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("engine.explanation.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
