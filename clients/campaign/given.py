"""The files of a campaign read: organisations, posts, and rows that cannot be used.

Nothing is dropped: a row is an organisation, a record of one, a post, or rejected with what is wrong. A row whose unit
and person are known and whose cells cannot be read stays in the campaign as one that is not judged, so that what hangs
on it counts it as not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from clients.campaign.choosing import Chooser
from clients.campaign.plan import ROLES, OrganisationsFile, Plan, RecordsFile, RoleColumn, column_for
from clients.sample.given import FormError, organisation_of, person_of
from clients.score.binding import Bound
from clients.score.problems import Problem, ScoreError
from clients.score.reading import Row, Table, is_blank, open_table
from clients.score.results import Line, reject
from clients.score.values import CellError, text
from clients.score.words import plain
from engine import Catalogue
from engine.campaign import Organisation, Person, Post, Role, Subject
from engine.records import RecordTextError, parse_record
from engine.ruleset.localized import Language

OTHER: Final = "other"
"""A column with a JSON object of facts that no column is for, as `chuan sample` writes it."""
_NESTED: Final = frozenset({"posts", "facts"})  # of a line that is an organisation or person as a whole


class Place(NamedTuple):
    """Where a record stands."""

    file: str
    row: int


@dataclass
class Given:
    """What the files of a campaign say.

    Attributes:
        organisations: the tree, with records; an organisation may stand several times.
        persons: a part for each row.
        names: of people, by id.
        levels: of organisations, by id.
        places: where the record of each subject stands.
        rejects: a line for each mistake in a row.
        rejected: how many rows are neither organisation nor post.
        rows: how many rows were read that are not empty.
        files: what was read.
        left_out: by file, the columns that say nothing.
    """

    organisations: list[Organisation] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    places: dict[Subject, Place] = field(default_factory=dict)
    rejects: list[Line] = field(default_factory=list)
    rejected: int = 0
    rows: int = 0
    files: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)


def read_given(plan: Plan, folder: Path, catalogue: Catalogue, on: date, language: Language) -> Given:
    """Read the files of a plan.

    Args:
        plan: which files.
        folder: from which it means them.
        catalogue: the rulesets there are.
        on: the date of the evaluation.
        language: of what is wrong.

    Raises:
        ScoreError: a file or a mapping cannot be used at all.
    """
    return _Reading(folder, catalogue, on, language).read(plan)


class _Reading:
    def __init__(self, folder: Path, catalogue: Catalogue, on: date, language: Language) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._on = on
        self._language: Language = language
        self._given = Given()
        self._tree: dict[str, Organisation] = {}
        self._numbers: dict[tuple[str, str, Role], int] = defaultdict(int)

    def read(self, plan: Plan) -> Given:
        self._organisations(plan.organisations)
        opened = [(each, self._open(each.file, each)) for each in plan.records]
        choosers = [
            (each, table, Chooser(each, table, self._folder, self._catalogue, self._on))
            for each, table in opened
        ]
        lists = frozenset[Path]().union(*(chooser.lists for _, _, chooser in choosers))
        for declared, table, chooser in choosers:
            if (self._folder / declared.file).resolve() not in lists:
                self._records(declared, table, chooser)
        given = self._given
        given.organisations += (self._tree[id_] for id_ in self._tree)
        return given

    def _open(self, file: str, declared: OrganisationsFile | RecordsFile) -> Table:
        path = self._folder / file
        if not path.exists():
            raise ScoreError(f"there is no file {path}")
        return open_table(path, declared.options)

    def _organisations(self, declared: OrganisationsFile) -> None:
        table = self._open(declared.file, declared)
        self._given.files.append(declared.file)
        columns = {
            what: column_for(what, getattr(declared, what), table, declared.file)
            for what in ("id", "parent", "name", "level", "ruleset")
        }
        if table.columns and not columns["id"]:
            raise ScoreError(f"{declared.file} has no column for the id of an organisation: call it id")
        for row in table.rows():
            self._given.rows += 1
            place = Place(declared.file, row.number)
            try:
                organisation = self._organisation(row, columns, nested=not table.columns)
            except FormError as error:
                self._reject(place, table, [Problem("line", details={"why": str(error)})])
                continue
            if organisation is None:
                self._reject(place, table, row.problems or [Problem("no_id", columns["id"])])
                continue
            if organisation.id in self._tree:
                self._given.organisations.append(organisation)  # twice: the campaign says so
                continue
            self._tree[organisation.id] = organisation
            self._given.places[Subject(organisation.id)] = place
            level = row.cells.get(columns["level"] or "level")
            self._given.levels[organisation.id] = "" if is_blank(level) else str(level)

    def _organisation(self, row: Row, columns: Mapping[str, str], *, nested: bool) -> Organisation | None:
        """The organisation of a row; None where the row has no id or cannot be read."""
        if nested:
            return None if row.problems else organisation_of(row.cells)
        cells = {what: _text(row, column) for what, column in columns.items()}
        if row.problems or not cells["id"]:
            return None
        return Organisation(
            cells["id"], cells["parent"] or None, None, cells["ruleset"] or None, cells["name"]
        )

    def _records(self, declared: RecordsFile, table: Table, chooser: Chooser) -> None:
        file = declared.file
        self._given.files.append(file)
        reader = _RecordReader(declared, table, chooser)
        for row in table.rows():
            self._given.rows += 1
            place = Place(file, row.number)
            if not table.columns and row.cells.keys() & _NESTED:
                self._person_of_line(row, place, table)
                continue
            unit, person, role, problems = reader.about(row)
            if not problems and not person and unit not in self._tree:
                problems = [Problem("no_such_unit", reader.organisation)]
            if problems:
                self._reject(place, table, [*row.problems, *problems])
                continue
            ruleset, bound = reader.record(row)
            if bound.problems:
                self._note(place, table, bound.problems)
            unusable = _why(bound.problems)
            if person:
                self._given.names.setdefault(person, _text(row, reader.name))
                self._add(Person(person, (Post(unit, role, bound.facts, ruleset, unusable),)), place)
            else:
                self._add_record(unit, bound.facts, ruleset, unusable, place)
        if left := chooser.left_out - reader.used:
            self._given.left_out[file] = [column for column in table.columns if column in left]

    def _person_of_line(self, row: Row, place: Place, table: Table) -> None:
        try:
            if row.problems:
                self._reject(place, table, row.problems)
                return
            person = person_of(row.cells)
        except FormError as error:
            self._reject(place, table, [Problem("line", details={"why": str(error)})])
            return
        name = row.cells.get("name")
        if isinstance(name, str):
            self._given.names.setdefault(person.id, name)
        self._add(person, place)

    def _add(self, person: Person, place: Place) -> None:
        self._given.persons.append(person)
        for post in person.posts:
            key = (post.organisation, person.id, post.role)
            self._given.places[Subject(*key, self._numbers[key])] = place
            self._numbers[key] += 1

    def _add_record(
        self, unit: str, facts: dict[str, object], ruleset: str | None, unusable: str, place: Place
    ) -> None:
        bare = self._tree[unit]
        full = Organisation(unit, bare.parent, facts, ruleset or bare.ruleset, bare.name, unusable)
        if bare.facts is not None:
            self._given.organisations.append(full)  # a second record: the campaign says so
            return
        self._tree[unit] = full
        self._given.places[Subject(unit)] = place

    def _reject(self, place: Place, table: Table, problems: Sequence[Problem]) -> None:
        self._given.rejected += 1
        self._note(place, table, problems)

    def _note(self, place: Place, table: Table, problems: Sequence[Problem]) -> None:
        letters = table.letters
        self._given.rejects += (
            reject((place.file, place.row), each, letters, self._language) for each in problems
        )


class _RecordReader:
    """Reads the rows of one file of records."""

    def __init__(self, declared: RecordsFile, table: Table, chooser: Chooser) -> None:
        file = declared.file
        self._chooser = chooser
        self.person = column_for("person", declared.person, table, file)
        self.name = column_for("name", declared.name, table, file) if self.person else ""
        self.organisation = column_for("organisation", declared.organisation, table, file)
        if table.columns and not self.organisation:
            raise ScoreError(
                f"{file} has no column for the unit: call it organisation, or name it in the plan"
            )
        self._role = declared.role
        if declared.role:
            column_for("role", declared.role.column, table, file)
        self._roles = {
            plain(word): role for word, role in (declared.role.words if declared.role else {}).items()
        }
        self._other = OTHER if OTHER in table.columns and not declared.mapping else ""
        ruleset = "" if isinstance(declared.ruleset, str) else declared.ruleset.column
        role = declared.role.column if declared.role else ""
        self.used = frozenset((self.person, self.name, self.organisation, role, ruleset, self._other))

    def about(self, row: Row) -> tuple[str, str, Role, list[Problem]]:
        """The unit, the person and the role of a row, and what is wrong with them."""
        problems: list[Problem] = []
        unit = _text(row, self.organisation)
        if not unit:
            problems.append(Problem("no_unit", self.organisation))
        person = _text(row, self.person)
        if self.person and not person:
            problems.append(Problem("no_id", self.person))
        role = _role(_text(row, self._role.column), self._role, self._roles) if self._role else Role.MEMBER
        if role is None:
            problems.append(Problem("role", self._role.column if self._role else ""))
        return unit, person, role or Role.MEMBER, problems

    def record(self, row: Row) -> tuple[str | None, Bound]:
        """The id of the ruleset of a row and its record, or what is wrong with it."""
        chosen = self._chooser.choose(row)
        if chosen.binding is None:
            return chosen.ruleset, Bound(dict(chosen.facts))
        bound = chosen.binding.bind(row, chosen.binding.id_of(row) or "")
        other = row.cells.get(self._other)
        if isinstance(other, str) and not is_blank(other):
            try:
                bound.facts.update(parse_record(other))
            except RecordTextError as error:
                problem = Problem("line", self._other, details={"why": str(error)})
                bound = bound._replace(problems=(*bound.problems, problem))
        return chosen.ruleset, bound


def _role(word: str, declared: RoleColumn, words: Mapping[str, Role]) -> Role | None:
    if not word:
        return declared.blank
    return words.get(plain(word)) or ROLES.get(plain(word))


def _why(problems: Sequence[Problem]) -> str:
    return ", ".join(dict.fromkeys(each.fact or each.column or each.code for each in problems))


def _text(row: Row, column: str) -> str:
    """The text in a column; empty where it is blank or no text."""
    cell = row.cells.get(column) if column else None
    if is_blank(cell):
        return ""
    try:
        return text(cell)
    except CellError:
        return ""
