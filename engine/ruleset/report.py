"""Collects the problems of one file while it is linked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.ruleset import citations
from engine.ruleset.citations import Citation, LegalSource
from engine.ruleset.document import Document, as_list
from engine.ruleset.problems import Problem, nearest, suggest
from engine.ruleset.source import Path, Source


@dataclass(slots=True)
class Report:
    """What is wrong with one file.

    Attributes:
        source: the file.
        problems: what has been found so far.
    """

    source: Source
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        path: Path,
        what: str,
        why: str = "",
        how: str = "",
        *,
        at_key: bool = False,
        span: tuple[int, int] | None = None,
    ) -> None:
        """Add a problem; see `Source.problem`."""
        self.problems.append(self.source.problem(code, path, what, why, how, at_key=at_key, span=span))

    def wrong(self, section: str) -> bool:
        """Whether something in a section has been found wrong."""
        return any(re.split(r"[.\[]", problem.path)[0] == section for problem in self.problems)

    def declared(self, section: str) -> tuple[str, ...]:
        """The names that a section of the file declares, the wrong ones too, so that one mistake is told once."""
        data = self._section(section)
        if isinstance(data, dict):
            return tuple(data)
        return tuple(name for name in data if isinstance(name, str)) if isinstance(data, list) else ()

    def _section(self, section: str) -> Any:
        """The content of a section, also of one whose key is misspelt: that has been told already."""
        whole = self.source.data
        if not isinstance(whole, dict) or section in whole:
            return whole.get(section) if isinstance(whole, dict) else None
        sections = Document.model_fields
        return next(
            (whole[key] for key in whole if key not in sections and nearest(key, sections) == section), None
        )

    def known(
        self,
        name: str,
        candidates: Collection[str],
        kind: str,
        path: Path,
        span: tuple[int, int] | None = None,
        *,
        at_key: bool = False,
    ) -> bool:
        """Whether `name` is one of `candidates`; if not, that is a problem.

        Args:
            name: what was written.
            candidates: what there is.
            kind: what it should be, such as ``criterion``.
            path: where it was written.
            span: where in the text there, if not the whole.
            at_key: it was written as the key.
        """
        if name in candidates:
            return True
        plural = {"criterion": "criteria"}.get(kind, f"{kind}s")
        how = suggest(name, list(candidates), plural)
        self.add(f"unknown-{kind}", path, f'There is no {kind} "{name}".', "", how, span=span, at_key=at_key)
        return False

    def cited(
        self, cite: str | list[str] | None, sources: Mapping[str, LegalSource], path: Path
    ) -> tuple[Citation, ...]:
        """The citations written at `path`, without those that are wrong.

        Args:
            cite: one, several or none.
            sources: the instruments that could be read.
            path: of the value of ``cite``.
        """
        texts = as_list(cite)
        for index, text in enumerate(texts):
            self._check_citation(text, (*path, index) if isinstance(cite, list) else path)
        return citations.resolve(texts, sources)

    def _check_citation(self, text: str, path: Path) -> None:
        cited = citations.parse(text)
        if cited is None:
            self.add(
                "bad-citation",
                path,
                f'"{text}" is not a citation.',
                "A citation is a source, and an article with clause and point where they are known.",
                'Write it like "nd90 2.5a" or "nd90 2.5 as amended by nd48 1.2".',
            )
            return
        declared = self.declared("sources")
        self.known(cited.source, declared, "source", path, cited.source_span)
        if cited.amender is not None:
            self.known(cited.amender, declared, "source", path, cited.amender_span)

    def at(self, path: Path) -> Any:
        """The value at `path` as written."""
        value = self.source.data
        for step in path:
            value = value[step]
        return value
