"""What a case expects, held against what a verdict says; what differs, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.explanation.sentences import finding_sentence
from engine.ruleset.document import Expectation
from engine.ruleset.localized import LANGUAGES, Localized
from engine.ruleset.ruleset import Ruleset
from engine.testing import words
from engine.testing.said import BY_NAME, said_by, said_of
from engine.verdict import Verdict
from engine.violations import Violation


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as a case expects it.

    Attributes:
        about: what is compared: a key of the expectation, ``findings.tasks_done`` for one of several names;
            ``golden`` with a path for a part of a golden; ``on``, ``record`` or ``limit`` where there is no verdict.
        expected: what the case expects, as plain data.
        found: what was found in its place.
        says: the difference as a sentence.
    """

    about: str
    expected: object
    found: object
    says: Localized


def differences(ruleset: Ruleset, verdict: Verdict, expect: Expectation) -> Iterator[Difference]:
    """What `verdict` says otherwise than `expect`, in the order of an expectation's keys."""
    for key, name, expected, found in _compared(said_by(verdict, expect), expect):
        says = _differs(ruleset, key, name, expected, found)
        if key == "findings" and found is not None:
            finding = next(each for each in verdict.findings if each.criterion.name == name)
            sentence = Localized(*(finding_sentence(ruleset, finding, lang) for lang in LANGUAGES))
            says = words.said("finding", difference=says, sentence=sentence)
        yield Difference(_about(key, name), expected, found, says)


def refusals(
    ruleset: Ruleset, violations: tuple[Violation, ...], expect: Expectation
) -> Iterator[Difference]:
    """What `expect` expects otherwise than that the record is not usable; then why it is not."""
    differs = False
    for key, name, expected, found in _compared(said_of(violations), expect):
        differs = True
        yield Difference(_about(key, name), expected, found, _differs(ruleset, key, name, expected, found))
    for each in violations if differs else ():
        text = Localized(*(each.text(language) for language in LANGUAGES))
        says = words.said("not_usable", path=each.path, text=text)
        yield Difference("record", None, each.path, says)


def _compared(said: Mapping[str, object], expect: Expectation) -> Iterator[tuple[str, str, object, object]]:
    """Each key (and name within it) for which something else is said than expected: expected, and said."""
    for key, expected in expect.model_dump(include=expect.model_fields_set).items():
        found = said.get(key)
        if key not in BY_NAME:
            if found != expected:
                yield key, "", expected, found
            continue
        by_name = found if isinstance(found, Mapping) else {}
        for name in dict.fromkeys((*(expected or ()), *(by_name if key == "why_not" else ()))):
            one, other = (expected or {}).get(name), by_name.get(name)
            if one != other:
                yield key, name, one, other


def _about(key: str, name: str) -> str:
    return f"{key}.{name}" if name else key


def _differs(ruleset: Ruleset, key: str, name: str, expected: object, found: object) -> Localized:
    subject = words.subject(ruleset, key, name)
    if isinstance(expected, list) and isinstance(found, list):
        lacking = [each for each in expected if each not in found]
        extra = [each for each in found if each not in expected]
        parts = {"subject": subject, **_written(ruleset, key, lacking=lacking, extra=extra)}
        if lacking and extra:
            return words.said("lacks_and_too_much", **parts)
        if lacking or extra:
            return words.said("lacks" if lacking else "too_much", **parts)
        return words.said(
            "other_order", subject=subject, **_written(ruleset, key, expected=expected, found=found)
        )
    return words.said("differs", subject=subject, **_written(ruleset, key, expected=expected, found=found))


def _written(ruleset: Ruleset, key: str, **values: object) -> dict[str, Localized]:
    return {name: words.value(ruleset, key, each) for name, each in values.items()}


def plain(value: object) -> object:
    """A value of an expectation as JSON writes it: a decimal number as its text."""
    match value:
        case None | bool() | str():
            return value
        case Mapping():
            return {str(name): plain(each) for name, each in value.items()}
        case Iterable():
            return [plain(each) for each in value]
        case _:
            return str(value)
