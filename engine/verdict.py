"""A verdict: what was concluded of one record, with everything that answers why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import orjson

from engine.canonical import Data, canonical, tagged, texts, without_empty
from engine.findings import Finding, Found
from engine.foresight import Foresight
from engine.fragments import FindingsWriter, Frame
from engine.judgement import Judgement, MissingFact, VerdictStatus
from engine.ruleset.ruleset import Criterion, Ruleset
from engine.scores import Score

MAX_PATHS: Final = 16_384  # of facts, kept as they are written
_CUT: Final = b"\0"  # which no JSON text has


class ChosenBy(StrEnum):
    """How the ruleset of a verdict was chosen (design, section 3.7)."""

    VERSION = "version"
    DATE = "date"
    SELECTOR = "selector"


class Verdict(NamedTuple):
    """The verdict on one record (design, section 3.5).

    Attributes:
        ruleset: the ruleset that it was reached by.
        evaluated_on: the date for which it was asked.
        chosen_by: how the ruleset was chosen.
        values: the facts and parameters by name; `Unknown` where nothing was stated.
        found: what the criteria say.
        judgement: what follows from the findings.
        foresight: what would move it, where that was asked for.
        score: the score and its parts, where the ruleset has one.
    """

    ruleset: Ruleset
    evaluated_on: date
    chosen_by: ChosenBy
    values: Mapping[str, object]
    found: Found
    judgement: Judgement
    foresight: Foresight | None = None
    score: Score | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One for each criterion, in the ruleset's order."""
        return self.found.findings

    @property
    def status(self) -> VerdictStatus:
        """How far the verdict goes."""
        return self.judgement.status

    @property
    def outcome(self) -> str | None:
        """The outcome, where it is decided."""
        return self.judgement.outcome

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """The facts that were not stated and that a criterion asked for, in the order of asking."""
        return self.judgement.missing(self.findings) if self.judgement.unknown else ()

    @property
    def because(self) -> tuple[str, ...]:
        """Why it is undetermined: ``missing_facts``, ``not_computable``, ``gap``, or several of them."""
        if self.status is not VerdictStatus.UNDETERMINED:
            return ()
        reasons = []
        if self.judgement.open:
            relevant = [
                finding for finding in self.findings if finding.criterion.name in self.judgement.relevant
            ]
            if any(finding.missing for finding in relevant):
                reasons.append("missing_facts")
            if any(finding.cause for finding in relevant):
                reasons.append("not_computable")
        if self.judgement.in_gap:
            reasons.append("gap")
        return tuple(reasons)

    def to_data(self) -> Data:
        """The verdict as plain data: what is sent and shown. Empty parts are left out.

        What depends on the ruleset or on the judgement alone is made once and shared: treat it as immutable.
        """
        static = _static_of(self.ruleset)
        return {
            "ruleset": static.ruleset | {"chosen_by": self.chosen_by.value},
            "findings": list(map(_finding_data, self.findings, static.criteria)),
            **self.judgement.data,
            **self._rest(),
        }

    def canonical(self) -> bytes:
        """The data of the verdict as canonical JSON: what is logged, hashed and replayed byte for byte."""
        static = _static_of(self.ruleset)
        return canonical(
            {
                "ruleset": static.chosen[self.chosen_by],
                "findings": orjson.Fragment(static.writer.write(self.found)),
                **self.judgement.fragments,
                **self._rest(),
            }
        )

    def _rest(self) -> Data:
        """What belongs to this verdict alone, but for its findings."""
        data: Data = {"evaluated_on": self.evaluated_on.isoformat()}
        if because := self.because:
            data["because"] = list(because)
        if missing := self.missing:
            data["missing"] = [
                {"fact": each.fact, "matters": each.matters, "criteria": list(each.criteria)}
                for each in missing
            ]
        if self.score is not None:
            data["score"] = self.score.data
        if self.foresight is not None:
            data["foresight"] = self.foresight.data
        return data


class _Static(NamedTuple):
    """What the data of every verdict of a ruleset say alike."""

    ruleset: Data
    chosen: Mapping[ChosenBy, orjson.Fragment]
    criteria: tuple[Data, ...]
    writer: _JsonFindings


@lru_cache(maxsize=1_024)
def _static_of(ruleset: Ruleset) -> _Static:
    about: Data = {"id": ruleset.id, "version": ruleset.version, "digest": ruleset.digest}
    criteria = tuple(map(_criterion_data, ruleset.criteria))
    return _Static(
        about,
        {chosen: orjson.Fragment(canonical(about | {"chosen_by": chosen.value})) for chosen in ChosenBy},
        criteria,
        _JsonFindings(ruleset),
    )


class _JsonFindings(FindingsWriter[list[bytes]]):
    """Findings as a list in canonical JSON. In a layout every other place is left for what was seen."""

    def __init__(self, ruleset: Ruleset) -> None:
        super().__init__(ruleset)
        self._criteria = tuple(map(_criterion_data, ruleset.criteria))

    def frame(self, finding: Finding) -> Frame:
        """Write all of a finding but what it saw."""
        data = _finding_data(finding._replace(seen=()), self._criteria[finding.criterion.index])
        if finding.seen:
            data["seen"] = [orjson.Fragment(_CUT)]
        before, _, after = canonical(data).partition(_CUT)
        return before, after

    def seen(self, path: str, value: object) -> bytes:
        """Write a value that was seen, and its path."""
        return _before(path) + canonical(tagged(value)) + b"}"

    def lay_out(self, frames: Sequence[Frame]) -> list[bytes]:
        """What stands around the values that were seen."""
        pieces = [b"["]
        for index, (before, after) in enumerate(frames):
            pieces[-1] += before if index == 0 else b"," + before
            for number in range(self.sees[index]):
                pieces += (b"", b"," if number + 1 < self.sees[index] else b"")
            pieces[-1] += after
        pieces[-1] += b"]"
        return pieces

    def assemble(self, layout: list[bytes], parts: Sequence[bytes]) -> bytes:
        """Put what was seen in its places."""
        pieces = layout.copy()
        pieces[1::2] = self.each(parts)
        return b"".join(pieces)


@lru_cache(MAX_PATHS)
def _before(path: str) -> bytes:
    """All of a seen value that comes before the value."""
    return canonical(_seen_data(path, None)).removesuffix(canonical(tagged(None)) + b"}")


def _criterion_data(criterion: Criterion) -> Data:
    return without_empty(
        {
            "criterion": criterion.name,
            "expression": criterion.expression,
            "applies": criterion.applies,
            "citations": texts(criterion.citations),
            "standing": criterion.standing.value,
            "advisory": criterion.advisory,
            "waivable": criterion.waivable,
        }
    )


def finding_data(finding: Finding) -> Data:
    """A finding as plain data, as those of `Verdict.to_data` are."""
    return _finding_data(finding, _criterion_data(finding.criterion))


def _finding_data(finding: Finding, about: Data) -> Data:
    data = about.copy()
    data["status"] = finding.status.value
    if finding.seen:
        data["seen"] = list(map(_seen_data, finding.criterion.reads, finding.seen))
    if finding.missing:
        data["missing"] = list(finding.missing)
    if finding.cause is not None:
        data["cause"] = {"code": finding.cause.code, "text": finding.cause.text("en")}
    return data


def _seen_data(path: str, value: object) -> Data:
    return {"path": path, "value": tagged(value)}
