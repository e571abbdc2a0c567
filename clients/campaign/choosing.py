"""Which ruleset the rows of a file are for, and what reads them for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from clients.campaign.plan import AUTO, RecordsFile, RulesetColumn
from clients.score.binding import Binding
from clients.score.items import Items
from clients.score.leaves import columns_by_name, leaves_of
from clients.score.mapping import Column, ColumnMapping, read_mapping
from clients.score.problems import ScoreError
from clients.score.reading import Row, Table, is_blank
from clients.score.words import plain
from engine import Catalogue, RecordError, Ruleset, SelectionError
from engine.facts import FactsReader

_NO_MAPPING: Final = ColumnMapping()


class Chosen(NamedTuple):
    """By what a row is judged.

    Attributes:
        ruleset: its id; None where the selectors did not find one.
        binding: what makes the row a record; None where there is no such ruleset on the date.
        facts: where there is no binding, the facts of which the campaign is to say so.
    """

    ruleset: str | None
    binding: Binding | None
    facts: Mapping[str, object] = {}


class _Candidate(NamedTuple):
    """A ruleset that may be for a row, and what reads the facts that its selector asks for."""

    ruleset: Ruleset
    binding: Binding
    reader: FactsReader


class Chooser:
    """The rulesets of the rows of one file.

    Attributes:
        lists: the files of lists that its mappings name.
    """

    def __init__(
        self, declared: RecordsFile, table: Table, folder: Path, catalogue: Catalogue, on: date
    ) -> None:
        """Read the mappings.

        Args:
            declared: what the plan says of the file.
            table: its rows.
            folder: of the plan.
            catalogue: the rulesets there are.
            on: the date of the evaluation.

        Raises:
            ScoreError: a mapping is wrong.
        """
        self._declared = declared
        self._table = table
        self._catalogue = catalogue
        self._on = on
        self._mappings = [
            ((folder / name).parent, read_mapping(folder / name)) for name in declared.mapping
        ] or [(folder, _NO_MAPPING)]
        self.lists = frozenset(
            (beside / each.file).resolve() for beside, mapping in self._mappings for each in mapping.lists
        )
        self._bindings: dict[str, Binding | None] = {}
        self._candidates: list[_Candidate] | None = None
        self._chosen: dict[tuple[str, ...], Chosen] = {}
        self._asked: tuple[str, ...] = ()
        words = declared.ruleset.words if isinstance(declared.ruleset, RulesetColumn) else {}
        self._words = {plain(word): id_ for word, id_ in words.items()}

    def choose(self, row: Row) -> Chosen:
        """By what a row is judged.

        Raises:
            ScoreError: a mapping does not fit the file.
        """
        ruleset = self._declared.ruleset
        if isinstance(ruleset, RulesetColumn):
            cell = row.cells.get(ruleset.column)
            stated = "" if is_blank(cell) else str(cell).strip()
            id_ = self._words.get(plain(stated), stated)
        else:
            id_ = "" if ruleset == AUTO else ruleset
        return Chosen(id_, self._binding(id_)) if id_ else self._by_selector(row)

    @property
    def left_out(self) -> frozenset[str]:
        """The columns that state nothing for any ruleset of the rows."""
        left = [frozenset(each.left_out) for each in self._bindings.values() if each is not None]
        return frozenset.intersection(*left) if left else frozenset()

    def _binding(self, id_: str) -> Binding | None:
        if id_ not in self._bindings:
            try:
                ruleset = self._catalogue.on(id_, self._on)
            except SelectionError:
                self._bindings[id_] = None
            else:
                beside, mapping = self._mapping(id_)
                lists = [Items(ruleset, mapping, each, beside) for each in mapping.lists]
                self._bindings[id_] = self._bound(ruleset, mapping, lists)
        return self._bindings[id_]

    def _bound(self, ruleset: Ruleset, mapping: ColumnMapping, lists: list[Items]) -> Binding:
        return Binding(ruleset, mapping, self._table, self._declared.file, lists)

    def _mapping(self, id_: str) -> tuple[Path, ColumnMapping]:
        """The mapping for a ruleset and where it stands: its own, else the one that is for any."""
        for wanted in (id_, ""):
            for beside, mapping in self._mappings:
                if mapping.ruleset == wanted:
                    return beside, mapping
        raise ScoreError(f"{self._declared.file}: there is no mapping for {id_}: add one to `mapping`")

    def _by_selector(self, row: Row) -> Chosen:
        """By the one ruleset whose selector is true of the row; rows that say the same to all selectors are alike."""
        if self._candidates is None:
            self._candidates = self._find_candidates()
        key = tuple(str(row.cells.get(column)) for column in self._asked)
        if key not in self._chosen:
            self._chosen[key] = self._selected(row, self._candidates)
        return self._chosen[key]

    def _selected(self, row: Row, candidates: list[_Candidate]) -> Chosen:
        selected: list[str] = []
        said: Mapping[str, object] = {}
        for ruleset, binding, reader in candidates:
            facts, problems = binding.bind(row, "")
            if problems or ruleset.selects is None:
                continue
            try:
                answer = ruleset.selects(reader.read(facts))
            except RecordError:
                continue
            if answer is True:
                selected.append(ruleset.id)
            if answer is True or not said:
                said = facts
        if len(selected) == 1:
            return Chosen(selected[0], self._binding(selected[0]))
        return Chosen(None, None, said)

    def _find_candidates(self) -> list[_Candidate]:
        """The rulesets in effect whose selectors ask for what columns say."""
        found: list[_Candidate] = []
        asked: dict[str, None] = {}
        for ruleset in self._catalogue.list():
            if ruleset.selects is None or self._on not in ruleset.effective:
                continue
            mapping = self._selecting(ruleset)
            if mapping is not None:
                asked |= dict.fromkeys(mapping.columns)
                facts = {name: ruleset.facts[name] for name in ruleset.selects_reads}
                found.append(_Candidate(ruleset, self._bound(ruleset, mapping, []), FactsReader(facts)))
        self._asked = tuple(asked)
        return found

    def _selecting(self, ruleset: Ruleset) -> ColumnMapping | None:
        """Of the mapping for a ruleset, what its selector asks for; None where no column says it."""
        try:
            _, mapping = self._mapping(ruleset.id)
        except ScoreError:
            return None
        columns = mapping.columns or {
            name: Column(fact=path)
            for name, path in columns_by_name(self._table.columns, leaves_of(ruleset)).items()
        }
        asked = {name: each for name, each in columns.items() if _root(each.fact) in ruleset.selects_reads}
        constants = {
            fact: value for fact, value in mapping.constants.items() if _root(fact) in ruleset.selects_reads
        }
        if not asked:
            return None
        return mapping.model_copy(update={"columns": asked, "constants": constants, "lists": (), "id": ()})


def _root(path: str) -> str:
    return path.partition(".")[0]
