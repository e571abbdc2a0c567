"""One record that changes, explained: what it comes to by each ruleset, and what turned out otherwise."""

from __future__ import annotations

from engine.explanation import explain
from engine.explanation.sentences import finding_sentence
from engine.impact.foreseeing import Foreseer, result_name
from engine.impact.model import Subject
from engine.impact.words import WORDS
from engine.ruleset.localized import Language
from engine.verdict import Verdict


def explain_change(foreseer: Foreseer, subject: Subject, language: Language) -> str:
    """A record judged twice, in words: both results, and the findings that differ as each ruleset says them.

    It may be a record that comes to the same by both; that is said then.
    """
    before, after = foreseer.verdicts(subject)
    live = subject.judged_by or foreseer.against
    name = "" if live is None else f"{live.id} {live.version}"
    draft = f"{foreseer.draft.id} {foreseer.draft.version}"
    lines = [WORDS["before"][language].format(name=name), *_told(before, language)]
    lines += [WORDS["after"][language].format(name=draft), *_told(after, language)]
    if before is not None and after is not None:
        flips = list(_flipped(before, after, language))
        same = result_name(before) == result_name(after)
        if same:
            lines.append(WORDS["same"][language])
        if flips or not same:
            lines += [WORDS["flips" if flips else "none"][language], *flips]
    return "\n".join(lines)


def _told(verdict: Verdict | None, language: Language) -> list[str]:
    text = WORDS["not_usable"][language] if verdict is None else explain(verdict, language, form="short")
    return [f"  {line}" for line in text.splitlines()]


def _flipped(before: Verdict, after: Verdict, language: Language) -> list[str]:
    old = {finding.criterion.name: finding for finding in before.findings}
    new = {finding.criterion.name: finding for finding in after.findings}
    lines = []
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if (was and was.status) is (now and now.status):
            continue
        lines.append(f"  • {name}")
        lines += [
            f"      {mark} {finding_sentence(verdict.ruleset, finding, language)}"
            for mark, verdict, finding in (("-", before, was), ("+", after, now))
            if finding is not None
        ]
    return lines
