"""What is wrong in a ruleset file, in words for the person who wrote it.

A `Problem` says where, what, why and how to mend it; `RulesetError` holds all problems of a file at once.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file.

    Attributes:
        code: stable name of the kind of mistake, such as ``unknown-key``.
        file: name of the file as it was given.
        line: line in the file, the first is 1.
        column: code point in the line, the first is 1.
        path: where in the document, such as ``criteria.served_six_months.holds``.
        what: what is wrong; a full sentence, as are `why` and `how`.
        why: the rule that makes it wrong, or an empty string.
        how: what to write instead, or an empty string.
        line_text: the line of the file, for the excerpt.
        width: code points of the line that are meant, at least 1.
    """

    code: str
    file: str
    line: int
    column: int
    path: str
    what: str
    why: str = ""
    how: str = ""
    line_text: str = ""
    width: int = 1

    def __str__(self) -> str:
        sentences = " ".join(part for part in (self.what, self.why, self.how) if part)
        return f"{self.file}:{self.line}:{self.column}: {sentences}"

    def excerpt(self) -> str:
        """The line of the file with the mistake underlined, in two lines; empty where there is no line."""
        if not self.line_text.strip():
            return ""
        before = self.line_text[: self.column - 1]
        meant = self.line_text[self.column - 1 : self.column - 1 + self.width]
        # Tabs stay tabs and combining marks take no room, so that the underline stands under the text.
        indent = "".join("\t" if char == "\t" else " " for char in before if not unicodedata.combining(char))
        underline = "^" * max(1, sum(not unicodedata.combining(char) for char in meant))
        number = str(self.line)
        return f"{number} | {self.line_text}\n{' ' * len(number)} | {indent}{underline}"


class RulesetError(Exception):
    """A ruleset file, or a file of cases, is wrong.

    Attributes:
        problems: every problem found, in the order of the file.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column, problem.code))
        )
        super().__init__("\n".join(map(str, self.problems)))

    def report(self) -> str:
        """All problems, each followed by its excerpt."""
        return "\n".join(
            f"{problem}\n{excerpt}" if (excerpt := problem.excerpt()) else str(problem)
            for problem in self.problems
        )


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` was most likely meant to be, or None where none is near."""
    known = list(candidates)
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if not found:
        by_folded = {candidate.casefold(): candidate for candidate in known}
        found = [by_folded[folded] for folded in difflib.get_close_matches(name.casefold(), by_folded, n=1)]
    return found[0] if found else None


def suggest(name: str, candidates: Sequence[str], kind: str) -> str:
    """A sentence that names the nearest of `candidates`, or else lists them.

    Args:
        name: what was written.
        candidates: what could have been meant.
        kind: what the candidates are, in the plural, such as ``criteria``.
    """
    near = nearest(name, candidates)
    if near is not None:
        return f'Did you mean "{near}"?'
    if not candidates:
        return f"There are no {kind} yet."
    if len(candidates) == 1:
        return f'There is only "{candidates[0]}".'
    return f"The {kind} are {listing(candidates)}."


def listing(names: Sequence[str], most: int = 20) -> str:
    """Names in one phrase: ``a, b and c``, or the first `most` of them and how many more there are."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
