"""The rulesets at hand, and how the one for a record is chosen (design, section 3.7)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from engine.facts import FactsReader, RecordError
from engine.feel.unknown import Unknown
from engine.publication import Publication, require_zone
from engine.ruleset import Problem, Ruleset, RulesetError, load
from engine.ruleset.problems import listing
from engine.ruleset.ruleset import Period

_ID: Final = re.compile(rb"^ruleset:[ \t]*[\"']?([\w.-]+)", re.MULTILINE)
SHOWN: Final = 10  # ids named where none comes near
CASES_SUFFIX: Final = ".cases.yaml"


class SelectionError(Exception):
    """No ruleset, or more than one, answers to what was looked for.

    Attributes:
        found: the rulesets that answer; none, or two and more.
        near: those that come near, the nearest first.
    """

    def __init__(self, message: str, found: Iterable[Ruleset] = (), near: Iterable[Ruleset] = ()) -> None:
        super().__init__(message)
        self.found = tuple(found)
        self.near = tuple(near)


class Catalogue:
    """Rulesets by id and version, by id and date, and by selector. Immutable, safe to share between threads."""

    def __init__(
        self, rulesets: Iterable[Ruleset | Publication], files: Mapping[str, str] | None = None
    ) -> None:
        """Put rulesets together.

        Args:
            rulesets: the versions, in any order; with a `Publication` where their documents do not say themselves
                when they were published.
            files: for problems, the file of each ruleset by its digest.

        Raises:
            RulesetError: two are the same version of one id, or two versions of one id that were published at one
                time are in effect on one day.
        """
        published = [each if isinstance(each, Publication) else Publication.of(each) for each in rulesets]
        published.sort(key=lambda each: (each.ruleset.id, _numbers(each.ruleset.version)))
        self._published = {each.ruleset: each for each in published}
        self._rulesets = tuple(self._published)
        self._by_version = {(ruleset.id, ruleset.version): ruleset for ruleset in self._rulesets}
        self._by_digest = {ruleset.digest: ruleset for ruleset in self._rulesets}
        self._readers = {ruleset: FactsReader(_read_by_selector(ruleset)) for ruleset in self._rulesets}
        problems = tuple(_clashes(published, files or {}))
        if problems:
            raise RulesetError(problems)

    @classmethod
    def of(cls, folder: Path | str, *, only: str = "") -> Catalogue:
        """The rulesets of a folder and of the folders in it; files of cases are left out.

        Args:
            folder: where they are.
            only: the id of the rulesets that are wanted, where others need not be read: reading one costs some
                hundredths of a second, finding out whose a file is costs nothing.

        Raises:
            RulesetError: with every problem of every file that was read.
            OSError: a file cannot be read.
        """
        rulesets: list[Ruleset] = []
        files: dict[str, str] = {}
        problems: list[Problem] = []
        for path in sorted(Path(folder).rglob("*.yaml")):
            if path.name.endswith(CASES_SUFFIX) or (only and not _states_id(path, only)):
                continue
            try:
                ruleset = load(path)
            except RulesetError as error:
                problems += error.problems
            else:
                rulesets.append(ruleset)
                files[ruleset.digest] = str(path)
        if problems:
            raise RulesetError(problems)
        return cls(rulesets, files)

    def list(self) -> tuple[Ruleset, ...]:
        """All rulesets, by id and version."""
        return self._rulesets

    def publication(self, ruleset: Ruleset) -> Publication:
        """When one of these rulesets was published, succeeded and withdrawn.

        Raises:
            KeyError: it is not one of these.
        """
        return self._published[ruleset]

    def get(
        self,
        id: str,  # noqa: A002 - the word of the domain
        version: str,
        *,
        as_known_at: datetime | None = None,
    ) -> Ruleset:
        """The ruleset of an id and a version.

        Args:
            id: the id.
            version: the version.
            as_known_at: the moment at which it has to have been published, in a zone; left out, a withdrawn one is
                found as well, since decisions point to it.

        Raises:
            SelectionError: there is none, or it was not published then.
            ValueError: `as_known_at` has no time zone.
        """
        ruleset = self._by_version.get((id, version))
        if ruleset is not None and (as_known_at is None or self._known(ruleset, as_known_at)):
            return ruleset
        versions = self._versions(id)
        missing = f"no version {version}{_as_known(as_known_at)}"
        raise SelectionError(f"{id} has {missing}; it has {self._dated(versions)}", near=versions)

    def on(
        self,
        id: str,  # noqa: A002 - as above
        day: date,
        assessed: Period | None = None,
        *,
        as_known_at: datetime | None = None,
    ) -> Ruleset:
        """The version of an id that is in effect on a day.

        Args:
            id: the id.
            day: the day of the evaluation.
            assessed: the period that is judged; where a ruleset has a period of its own, that has to hold it whole.
            as_known_at: asks for the rules as they were published at this moment, in a zone; left out, for those
                that are published and not withdrawn.

        Raises:
            SelectionError: no version is, or several are.
            ValueError: `as_known_at` has no time zone.
        """
        versions = self._versions(id)
        found = [
            ruleset
            for ruleset in versions
            if self._in_effect_on(ruleset, day, as_known_at) and _covers(ruleset, assessed)
        ]
        if len(found) == 1:
            return found[0]
        asked = f"on {day}" if assessed is None else f"on {day} for the time {_dates(assessed)}"
        asked += _as_known(as_known_at)
        if found:
            raise SelectionError(f"{id} has several versions {asked}: {self._dated(found)}", found, found)
        raise SelectionError(
            f"{id} has no version in effect {asked}; it has {self._dated(versions)}", near=versions
        )

    def select(
        self,
        record: Mapping[str, object],
        day: date,
        assessed: Period | None = None,
        *,
        as_known_at: datetime | None = None,
    ) -> Ruleset:
        """The one ruleset in effect on a day whose selector is true of a record.

        Args:
            record: the raw record.
            day: the day of the evaluation.
            assessed: as for `on`.
            as_known_at: as for `on`.

        Raises:
            SelectionError: none is, or several are.
            ValueError: `as_known_at` has no time zone.
        """
        in_effect = [
            ruleset
            for ruleset in self._rulesets
            if ruleset.selects is not None and day in ruleset.effective and _covers(ruleset, assessed)
        ]
        candidates = [ruleset for ruleset in in_effect if self._in_effect_on(ruleset, day, as_known_at)]
        asked = f"on {day}{_as_known(as_known_at)}"
        answers = {ruleset: self._selects(ruleset, record) for ruleset in candidates}
        found = [ruleset for ruleset, answer in answers.items() if answer is True]
        if len(found) == 1:
            return found[0]
        if found:
            names = _listed(found)
            raise SelectionError(f"several rulesets are for this record {asked}: {names}", found, found)
        # Those that could still be for it come before those that are not.
        near = sorted(candidates, key=lambda ruleset: answers[ruleset] is False)
        said = [_why_not(ruleset, answers[ruleset]) for ruleset in near]
        # Then those that were not published, or not any more, and may be what was looked for.
        for ruleset in in_effect:
            if ruleset not in answers:
                near.append(ruleset)
                said.append(f"{ruleset.id} {ruleset.version} was {self._published[ruleset].said}")
        told = "; ".join(said) or "none selects on that day"
        raise SelectionError(f"no ruleset is for this record {asked}: {told}", near=near)

    def by_digest(self, digest: str) -> Ruleset:
        """The ruleset whose document has this digest.

        Raises:
            SelectionError: there is none.
        """
        if digest not in self._by_digest:
            raise SelectionError(f"no ruleset has the digest {digest}")
        return self._by_digest[digest]

    def _selects(self, ruleset: Ruleset, record: Mapping[str, object]) -> Any:
        """What a ruleset's selector says: true, false, null or Unknown; null of a record that it cannot read."""
        asked = {name: value for name, value in record.items() if name in ruleset.selects_reads}
        try:
            facts = self._readers[ruleset].read(asked)
        except RecordError:
            return None
        return None if ruleset.selects is None else ruleset.selects(facts)

    def _known(self, ruleset: Ruleset, moment: datetime | None) -> bool:
        if moment is not None:
            require_zone(moment)
        return self._published[ruleset].known_at(moment)

    def _in_effect_on(self, ruleset: Ruleset, day: date, moment: datetime | None) -> bool:
        if moment is not None:
            require_zone(moment)
        return self._published[ruleset].in_effect(day, moment)

    def _dated(self, rulesets: Iterable[Ruleset]) -> str:
        return ", ".join(f"{each.version} ({self._in_effect(each)})" for each in rulesets)

    def _in_effect(self, ruleset: Ruleset) -> str:
        parts = [_dates(ruleset.effective)]
        if ruleset.period is not None:
            parts.append(f"for the time {_dates(ruleset.period)}")
        if said := self._published[ruleset].said:
            parts.append(said)
        return ", ".join(parts)

    def _versions(self, id: str) -> Sequence[Ruleset]:  # noqa: A002 - as above
        versions = [ruleset for ruleset in self._rulesets if ruleset.id == id]
        if versions:
            return versions
        ids = list(dict.fromkeys(ruleset.id for ruleset in self._rulesets))
        nearest = difflib.get_close_matches(id, ids, n=3)
        near = [ruleset for name in nearest for ruleset in self._rulesets if ruleset.id == name]
        there_are = listing(ids, SHOWN) if ids else "none"
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"there are {there_are}"
        raise SelectionError(f"there is no ruleset {id}; {hint}", near=near)


def _states_id(path: Path, wanted: str) -> bool:
    """Whether a file says that it is a version of the ruleset `wanted`; one that does not say may be any."""
    stated = _ID.search(path.read_bytes())
    return stated is None or stated[1] == wanted.encode()


def _read_by_selector(ruleset: Ruleset) -> Mapping[str, Any]:
    return {name: fact for name, fact in ruleset.facts.items() if name in ruleset.selects_reads}


def _covers(ruleset: Ruleset, assessed: Period | None) -> bool:
    if assessed is None or ruleset.period is None:
        return True
    return all(day is None or day in ruleset.period for day in (assessed.from_, assessed.until))


def clash(one: Publication, other: Publication) -> bool:
    """Whether two versions of one id cannot both be published: at some moment, both would be in effect on a day."""
    return _same_period(one.ruleset, other.ruleset) and one.overlaps(other)


def _clashes(published: Iterable[Publication], files: Mapping[str, str]) -> Iterable[Problem]:
    """A problem for each two versions that cannot stand side by side."""
    seen: list[Publication] = []
    for publication in published:
        ruleset = publication.ruleset
        for earlier in seen:
            other = earlier.ruleset
            if other.id != ruleset.id:
                continue
            if other.version == ruleset.version:
                what = f"{_where(other, files)} is {ruleset.id} {ruleset.version} as well."
                yield _problem(
                    "same-version", "version", ruleset, files, what, "", "Give one of them another version."
                )
            elif clash(earlier, publication):
                what = (
                    f"{ruleset.id} {ruleset.version} is in effect {_dates(ruleset.effective)}, "
                    f"and {other.version} {_dates(other.effective)}."
                )
                why = "On a day only one version may be in effect."
                how = "End the older one on the day before the newer one begins."
                yield _problem("overlapping-versions", "effective", ruleset, files, what, why, how)
        seen.append(publication)


def _same_period(one: Ruleset, other: Ruleset) -> bool:
    return one.period is None or other.period is None or one.period.overlaps(other.period)


def _problem(
    code: str, key: str, ruleset: Ruleset, files: Mapping[str, str], what: str, why: str, how: str
) -> Problem:
    lines = ruleset.text.splitlines()
    line = next((number for number, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)
    return Problem(code, _where(ruleset, files), line, 1, key, what, why, how, lines[line - 1], len(key))


def _where(ruleset: Ruleset, files: Mapping[str, str]) -> str:
    return files.get(ruleset.digest, f"{ruleset.id} {ruleset.version}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _why_not(ruleset: Ruleset, answer: object) -> str:
    name = f"{ruleset.id} {ruleset.version}"
    if isinstance(answer, Unknown):
        return f"{name} cannot tell without {' and '.join(sorted(answer.facts))}"
    if answer is False:
        return f"{name} asks for {ruleset.selects_text}"
    return f"{name} cannot read {' and '.join(sorted(ruleset.selects_reads))}"


def _listed(rulesets: Iterable[Ruleset]) -> str:
    return ", ".join(f"{ruleset.id} {ruleset.version}" for ruleset in rulesets)


def _as_known(moment: datetime | None) -> str:
    return "" if moment is None else f" as known at {moment.isoformat()}"


def _dates(period: Period) -> str:
    start = "" if period.from_ is None else f"from {period.from_}"
    end = "" if period.until is None else f"until {period.until}"
    return " ".join(part for part in (start, end) if part) or "always"
