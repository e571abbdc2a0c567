"""The structure of an explanation, from which every form of it is made: text, short text, a page."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.explanation.law import write_law
from engine.explanation.phrases import phrase
from engine.explanation.writing import write
from engine.findings import Finding, Status
from engine.foresight import Case, Change, Result
from engine.judgement import Block, BlockKind, Consequent, Judgement, VerdictStatus
from engine.ruleset.localized import Language
from engine.ruleset.ruleset import Ruleset, Standing
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
    """One sentence, and the law that it rests on as a reader of the language knows it."""

    text: str
    mark: Mark = Mark.PLAIN
    law: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its entries; `kind` is the same in every language."""

    kind: str
    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict explained in one language."""

    language: Language
    headline: str
    ruleset: str
    sections: tuple[Section, ...]
    closing: str

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
            headline=self._headline(),
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
        return phrase(key, self._language, **details)

    def _label(self, name: str) -> str:
        return self._ruleset.outcome_label(name).in_(self._language)

    def _headline(self) -> str:
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
        return (self._say("draft") if judgement.rests_on_draft else "") + line

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
        yield Section("missing", self._say("missing"), tuple(self._missing()))
        yield from self._foresight()
        yield Section("obligations", self._say("obligations"), self._consequents(judgement.obligations))
        yield Section("proposals", self._say("proposals"), self._consequents(judgement.proposals))
        yield Section("notes", self._say("notes"), self._consequents(judgement.notes))
        deciding = [self._findings[name] for name in judgement.rests_on_draft]
        yield Section("rests_on_draft", self._say("rests_on"), tuple(map(self._finding, deciding)))
        ordinary = [finding for finding in self._verdict.findings if not finding.criterion.advisory]
        yield Section("criteria", self._say("criteria"), tuple(map(self._finding, ordinary)))
        advisory = [finding for finding in self._verdict.findings if finding.criterion.advisory]
        yield Section("advisory", self._say("advisory"), tuple(map(self._finding, advisory)))

    def _why_not(self) -> Iterator[Section]:
        """What fixes the rating, and a section for each higher outcome; nothing is said twice."""
        every = [block for why_not in self._judgement.why_not for block in why_not.blocks]
        grounds = dict.fromkeys(block for block in every if block.kind is BlockKind.GROUND)
        yield Section("ground", self._say("fixed"), tuple(map(self._block, grounds)))
        rest = [
            (why_not.outcome, tuple(block for block in why_not.blocks if block not in grounds))
            for why_not in self._judgement.why_not
        ]
        said: tuple[Block, ...] = ()
        for blocks, group in itertools.groupby(rest, key=lambda pair: pair[1]):
            outcomes = [outcome for outcome, _ in group]
            more = bool(said) and set(said) < set(blocks)
            new = [block for block in blocks if block not in said] if more else blocks
            heading = self._why_not_heading(outcomes, more=more)
            yield Section("why_not", heading, tuple(map(self._block, new)))
            if outcomes != [None]:
                said = blocks

    def _why_not_heading(self, outcomes: list[str | None], *, more: bool) -> str:
        labels = [self._label(outcome) for outcome in outcomes if outcome is not None]
        if labels:
            return self._say("blocked_more" if more else "blocked", outcome="”, “".join(labels))
        return self._say("gate_open" if self._judgement.status is VerdictStatus.UNDETERMINED else "gated")

    def _block(self, block: Block) -> Entry:
        entry = self._finding(self._findings[block.criterion])
        if block.kind is BlockKind.CEILING:
            return replace(entry, text=self._say("ceiling", sentence=entry.text))
        return entry

    def _finding(self, finding: Finding) -> Entry:
        criterion = finding.criterion
        sentence = finding_sentence(self._ruleset, finding, self._language)
        law = write_law(criterion.citations, self._language)
        if criterion.standing is not Standing.SOURCED:
            standing = self._say(f"standing_{criterion.standing.value}")
            law = f"{law} - {standing}" if law else standing
        return Entry(sentence, Mark(finding.status.value), law)

    def _missing(self) -> Iterator[Entry]:
        for missing in self._verdict.missing:
            yield Entry(
                self._say("matters" if missing.matters else "does_not_matter", fact=self._name(missing.fact)),
                Mark.UNKNOWN if missing.matters else Mark.NOT_APPLICABLE,
            )

    def _foresight(self) -> Iterator[Section]:
        foresight = self._verdict.foresight
        if foresight is None:
            return
        effects = tuple(
            Entry(
                self._say(
                    "effect",
                    fact=self._name(effect.fact),
                    cases="; ".join(map(self._case(effect.fact), effect.cases)),
                )
            )
            for effect in foresight.effects
        )
        yield Section("effects", self._say("effects"), effects)
        for improvement in foresight.improvements:
            heading = self._say("improvement", outcome=self._label(improvement.outcome))
            yield Section("improvement", heading, tuple(map(self._change, improvement.changes)))

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
        label = self._ruleset.label_at(path)
        return label.in_(self._language) if label else path

    def _consequents(self, consequents: Iterable[Consequent]) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                self._ruleset.labels[consequent.name].in_(self._language),
                law=write_law(consequent.citations, self._language),
            )
            for consequent in consequents
        )


def finding_sentence(ruleset: Ruleset, finding: Finding, language: Language) -> str:
    """What a finding says, in the words of its ruleset, or in ours where the ruleset has none for its status."""
    criterion = finding.criterion
    template = criterion.says.get(language, {}).get(finding.status.value)
    if template is not None:
        values = dict(zip(criterion.reads, finding.seen, strict=True))
        sentence = "".join(
            part
            if isinstance(part, str)
            else write_at(ruleset, part.path, values[part.path], language, form=part.form)
            for part in template.parts
        )
    else:
        sentence = phrase(f"finding_{finding.status.value}", language, label=criterion.label.in_(language))
        if finding.status is not Status.NOT_APPLICABLE:
            sentence += _seen(ruleset, finding, language)
    if finding.cause is not None:
        sentence += phrase("cause", language, cause=finding.cause.text(language))
    return sentence


def write_at(ruleset: Ruleset, path: str, value: object, language: Language, *, form: str = "") -> str:
    """The value of the fact at `path`, written as its declaration asks."""
    fact = ruleset.facts.get(path)
    unit = fact.unit if fact else ""
    return write(value, language, form=form, unit=unit, declared=ruleset.declared_at(path))


def _seen(ruleset: Ruleset, finding: Finding, language: Language) -> str:
    seen = [
        f"{label.in_(language)}: {write_at(ruleset, path, value, language)}"
        for path, value in zip(finding.criterion.reads, finding.seen, strict=True)
        if (label := ruleset.label_at(path)) is not None
    ]
    return phrase("seen", language, seen="; ".join(seen)) if seen else ""
