"""The structure of an explanation, from which every form of it is made: text, short text, a page."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.explanation.law import write_law
from engine.explanation.phrases import PHRASES, phrase
from engine.explanation.score import score_heading, score_lines
from engine.explanation.sentences import finding_sentence, law_of, name_of, write_at
from engine.explanation.writing import write
from engine.findings import Finding, Status
from engine.foresight import Case, Change, Result
from engine.judgement import Block, BlockKind, Consequent, Judgement, VerdictStatus
from engine.ruleset.localized import Language
from engine.verdict import Verdict


class Mark(StrEnum):
    """What an entry says at a glance."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence.

    Attributes:
        text: the sentence.
        mark: what it says at a glance.
        law: the law that it rests on, as a reader of the language knows it.
        items: what is listed under it.
        criterion: the criterion that it is about, or an empty string.
    """

    text: str
    mark: Mark = Mark.PLAIN
    law: str = ""
    items: tuple[str, ...] = ()
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its entries.

    Attributes:
        kind: what it is about, the same in every language.
        heading: its heading.
        entries: never empty in an explanation, but where it says the same as the section before.
        outcomes: the outcomes that it is about, lowest first.
        adds: whether it only has what comes on top of the section before.
    """

    kind: str
    heading: str
    entries: tuple[Entry, ...]
    outcomes: tuple[str, ...] = ()
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict explained in one language.

    Attributes:
        language: ``vi`` or ``en``.
        warning: that it rests on rules that are not verified, or an empty string.
        result: how far the verdict goes, and its outcome.
        ruleset: by which ruleset, and for which day.
        sections: in the order in which a reader asks.
        closing: what a verdict is, and is not.
    """

    language: Language
    warning: str
    result: str
    ruleset: str
    sections: tuple[Section, ...]
    closing: str

    @property
    def headline(self) -> str:
        """The first line: the result, and the warning before it where there is one."""
        return f"[{self.warning}] {self.result}" if self.warning else self.result

    def section(self, kind: str) -> Section | None:
        """The first section of `kind`, if there is one."""
        return next((section for section in self.sections if section.kind == kind), None)


def build(verdict: Verdict, language: Language) -> Explanation:
    """`verdict` explained in `language`, ``vi`` or ``en``."""
    return _Builder(verdict, language).build()


class _Builder:
    def __init__(self, verdict: Verdict, language: Language) -> None:
        self._verdict = verdict
        self._judgement = verdict.judgement
        self._ruleset = verdict.ruleset
        self._language = language
        self._findings = {finding.criterion.name: finding for finding in verdict.findings}

    def build(self) -> Explanation:
        verdict, ruleset = self._verdict, self._ruleset
        return Explanation(
            language=self._language,
            warning=self._say("draft") if self._judgement.rests_on_draft else "",
            result=self._result_line(),
            ruleset=self._say(
                "by_ruleset",
                title=ruleset.title.in_(self._language),
                id=ruleset.id,
                version=str(ruleset.version),
                date=write(verdict.evaluated_on, self._language),
            ),
            sections=tuple(section for section in self._sections() if section.entries),
            closing=self._say("proposal_only"),
        )

    def _say(self, key: str, **details: str) -> str:
        """The phrase of `key`, in the words for this kind of ruleset where it has its own."""
        own = f"{key}@{self._ruleset.kind}"
        return phrase(own if own in PHRASES else key, self._language, **details)

    def _label(self, name: str) -> str:
        return self._ruleset.outcome_label(name).in_(self._language)

    def _result_line(self) -> str:
        judgement = self._judgement
        match judgement.status:
            case VerdictStatus.DECIDED:
                line = self._say("decided", outcome=self._label(judgement.outcome or ""))
                if judgement.before_ceilings:
                    line += " " + self._say(
                        "before_ceilings",
                        before=self._label(judgement.before_ceilings),
                        outcome=self._label(judgement.outcome or ""),
                    )
            case VerdictStatus.UNDETERMINED:
                line = self._say("undetermined", possible=self._say("or").join(self._possible(judgement)))
            case status:
                line = self._say(status.value)
        return line

    def _possible(self, result: Result | Judgement) -> Iterator[str]:
        if result.lowest and result.highest:
            lowest, highest = self._label(result.lowest), self._label(result.highest)
            yield f"“{lowest}”" if lowest == highest else self._say("range", lowest=lowest, highest=highest)
        for gate in result.possible:
            yield self._say(f"possible_{gate}")

    def _sections(self) -> Iterator[Section]:
        judgement = self._judgement
        yield from self._why_not()
        if judgement.in_gap:
            named = tuple(
                Entry(gap.says.in_(self._language), law=write_law(gap.citations, self._language))
                for gap in judgement.gaps
            )
            yield Section("gap", self._say("gap"), named or (Entry(self._say("gap_unnamed")),))
        yield from self._score()
        yield Section("missing", self._say("missing"), tuple(self._missing()))
        yield from self._improvements()
        yield Section("obligations", self._say("obligations"), self._consequents(judgement.obligations))
        yield Section("proposals", self._say("proposals"), self._consequents(judgement.proposals))
        yield Section("notes", self._say("notes"), self._consequents(judgement.notes))
        deciding = [self._findings[name] for name in judgement.rests_on_draft]
        yield Section("rests_on_draft", self._say("rests_on"), tuple(map(self._finding, deciding)))
        ordinary = [finding for finding in self._verdict.findings if not finding.criterion.advisory]
        yield Section("criteria", self._say("criteria"), tuple(map(self._finding, ordinary)))
        advisory = [finding for finding in self._verdict.findings if finding.criterion.advisory]
        yield Section("advisory", self._say("advisory"), tuple(map(self._finding, advisory)))

    def _score(self) -> Iterator[Section]:
        score = self._verdict.score
        if score is not None:
            lines = score_lines(score, self._language)
            entries = tuple(
                Entry(line.text, Mark.PLAIN if line.known else Mark.UNKNOWN, line.law, line.items)
                for line in lines
            )
            yield Section("score", score_heading(score, self._language), entries)

    def _why_not(self) -> Iterator[Section]:
        """What fixes the rating, and a section for each higher outcome; nothing is said twice."""
        every = [block for why_not in self._judgement.why_not for block in why_not.blocks]
        grounds = dict.fromkeys(block for block in every if block.kind is BlockKind.GROUND)
        for kind, status in (("ground", Status.UNMET), ("ground_open", Status.UNKNOWN)):
            named = [block for block in grounds if block.status is status]
            yield Section(kind, self._say(kind), tuple(map(self._block, named)), self._fixed_by(named))
        rest = [
            (why_not.outcome, tuple(block for block in why_not.blocks if block not in grounds))
            for why_not in self._judgement.why_not
        ]
        said: tuple[Block, ...] = ()
        for blocks, group in itertools.groupby(rest, key=lambda pair: pair[1]):
            outcomes = tuple(outcome for outcome, _ in group if outcome is not None)
            adds = bool(said) and set(said) < set(blocks)
            new = [block for block in blocks if block not in said] if adds else blocks
            kind = "why_not" if outcomes else "gate"
            heading = self._why_not_heading(outcomes, new, adds=adds)
            yield Section(kind, heading, tuple(map(self._block, new)), outcomes, adds)
            if outcomes:
                said = blocks

    def _why_not_heading(self, outcomes: tuple[str, ...], blocks: Iterable[Block], *, adds: bool) -> str:
        if not outcomes:
            undetermined = self._judgement.status is VerdictStatus.UNDETERMINED
            return self._say("gate_open" if undetermined else "gated")
        known = any(block.status is Status.UNMET for block in blocks)
        key = "blocked_more" if adds else "blocked" if known else "depends"
        return self._say(key, outcome="”, “".join(map(self._label, outcomes)))

    def _fixed_by(self, blocks: Iterable[Block]) -> tuple[str, ...]:
        named = {block.criterion for block in blocks}
        grounds = self._ruleset.decision.grounds
        return tuple(ground.outcome for ground in grounds if not named.isdisjoint(ground.criteria))

    def _block(self, block: Block) -> Entry:
        entry = self._finding(self._findings[block.criterion])
        if block.kind is BlockKind.CEILING:
            return replace(entry, text=self._say("ceiling", sentence=entry.text))
        if block.waivable:
            return replace(entry, text=self._say("waivable", sentence=entry.text))
        return entry

    def _finding(self, finding: Finding) -> Entry:
        ruleset, criterion = self._ruleset, finding.criterion
        return Entry(
            finding_sentence(ruleset, finding, self._language),
            Mark(finding.status.value),
            law_of(ruleset, criterion.index, self._language),
            criterion=criterion.name,
        )

    def _missing(self) -> Iterator[Entry]:
        """The facts not stated and, where that was asked for, what they would lead to."""
        foresight = self._verdict.foresight
        cases = {effect.fact: effect.cases for effect in foresight.effects} if foresight else {}
        for missing in self._verdict.missing:
            yield Entry(
                self._say("matters" if missing.matters else "does_not_matter", fact=self._name(missing.fact)),
                Mark.UNKNOWN if missing.matters else Mark.NOT_APPLICABLE,
                items=tuple(map(self._case(missing.fact), cases.get(missing.fact, ()))),
            )

    def _improvements(self) -> Iterator[Section]:
        foresight = self._verdict.foresight
        for improvement in foresight.improvements if foresight else ():
            heading = self._say("improvement", outcome=self._label(improvement.outcome))
            changes = tuple(map(self._change, improvement.changes))
            yield Section("improvement", heading, changes, (improvement.outcome,))

    def _case(self, fact: str) -> Callable[[Case[Result]], str]:
        def say(case: Case[Result]) -> str:
            low = write_at(self._ruleset, fact, case.low, self._language)
            high = write_at(self._ruleset, fact, case.high, self._language)
            match case:
                case Case(low=None, high=None):
                    condition = self._say("any")
                case Case(low=None):
                    condition = self._say("at_most", high=high)
                case Case(high=None):
                    condition = self._say("at_least", low=low)
                case _:
                    condition = low if case.low == case.high else self._say("between", low=low, high=high)
            return self._say("case", condition=condition, result=self._result(case.result))

        return say

    def _result(self, result: Result) -> str:
        if result.outcome is not None:
            return f"“{self._label(result.outcome)}”"
        if result.status is VerdictStatus.UNDETERMINED:
            return self._say("or").join(self._possible(result))
        return self._say(f"possible_{result.status.value}")

    def _change(self, change: Change) -> Entry:
        return Entry(
            self._say(
                "change",
                fact=self._name(change.fact),
                from_=write_at(self._ruleset, change.fact, change.from_, self._language),
                to=write_at(self._ruleset, change.fact, change.to, self._language),
            )
        )

    def _name(self, path: str) -> str:
        return name_of(self._ruleset, path, self._language)

    def _consequents(self, consequents: Iterable[Consequent]) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                self._ruleset.labels[consequent.name].in_(self._language),
                law=write_law(consequent.citations, self._language),
            )
            for consequent in consequents
        )
