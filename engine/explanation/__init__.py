"""Explanations: a verdict in Vietnamese and English, made from one structure."""

from engine.explanation.structure import Entry, Explanation, Mark, Section, build
from engine.explanation.text import full_text, short_text
from engine.ruleset.localized import LANGUAGES, Language
from engine.verdict import Verdict

__all__ = ["LANGUAGES", "Entry", "Explanation", "Mark", "Section", "build", "explain"]


def explain(verdict: Verdict, language: Language = "vi", *, form: str = "full") -> str:
    """`verdict` as text in `language` (``vi`` or ``en``), ``full`` or ``short`` (three lines).

    Raises:
        ValueError: no such language or form.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no explanations in '{language}'; there are {', '.join(LANGUAGES)}")
    if form not in ("full", "short"):
        raise ValueError(f"no form '{form}'; there are full, short")
    explanation = build(verdict, language)
    return full_text(explanation) if form == "full" else short_text(explanation)
