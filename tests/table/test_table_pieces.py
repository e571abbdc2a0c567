"""A table piece by piece, what is told of its judgements, and whom a ruleset selects."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from crossed_records import crossed, stated
from polars.testing import assert_frame_equal
from shipped_rulesets import BY_FILE

import rulesets
from engine import Catalogue, SelectionError, evaluate
from engine.judgement import Judgement
from engine.table import TableEvaluator, evaluate_table, frame_of, selected

FILE = next(file for file in BY_FILE if "public-employee-manager/2" in file)
RULESET = BY_FILE[FILE]
ROWS = 30


def made(seed: int = 0) -> list[dict[str, Any]]:
    chance, values = random.Random(seed), stated(FILE)  # noqa: S311 - the same records in every run
    return [crossed(values, chance, 2) for _ in range(ROWS)]


def day() -> Any:
    return RULESET.effective.from_


def test_pieces_come_to_what_the_whole_comes_to() -> None:
    frame = frame_of(RULESET, made()).with_columns(person=pl.int_range(ROWS))
    acts = frame.select("person", "discipline").explode("discipline").drop_nulls().unnest("discipline")
    facts = frame.drop("discipline")
    whole = evaluate_table(RULESET, facts, evaluated_on=day(), id="person", lists={"discipline": acts})
    table = TableEvaluator(RULESET, day())
    pieces = [
        table.evaluate(facts[start : start + 7], id="person", lists={"discipline": acts})
        for start in range(0, ROWS, 7)
    ]
    assert_frame_equal(pl.concat([each.frame for each in pieces]), whole.frame)
    assert_frame_equal(pl.concat([each.findings() for each in pieces]), whole.findings())
    assert list(table.schema()) == whole.frame.columns[1:]


def test_a_piece_comes_to_the_same_whatever_came_before() -> None:
    frame = frame_of(RULESET, made())
    table = TableEvaluator(RULESET, day())
    table.evaluate(frame.reverse())
    assert_frame_equal(table.evaluate(frame).frame, evaluate_table(RULESET, frame, evaluated_on=day()).frame)


def test_what_is_told_of_judgements_is_told_once_for_each() -> None:
    records = made()
    table = TableEvaluator(RULESET, day())
    scored = table.evaluate(frame_of(RULESET, records))
    asked: list[Judgement] = []

    def tell(judgement: Judgement) -> list[str]:
        asked.append(judgement)
        return [step.rule for step in judgement.steps]

    told = scored.of_judgements(tell, pl.List(pl.String))
    again = table.evaluate(frame_of(RULESET, records).reverse())
    assert again.of_judgements(tell, pl.List(pl.String)).reverse().equals(told)
    refused = scored.frame["status"] == "refused"
    assert len(asked) == len(set(asked)) <= scored.findings().filter(~refused).n_unique()
    for record, steps, status in zip(records, told, scored.frame["status"], strict=True):
        if status == "refused":
            assert steps is None
        else:
            verdict = evaluate(RULESET, record, evaluated_on=day())
            assert list(steps) == [step.rule for step in verdict.judgement.steps]


@pytest.mark.parametrize("file", [file for file in BY_FILE if "nd90" in file and "/2.0.0" in file])
def test_a_table_selects_whom_the_catalogue_selects(file: str) -> None:
    ruleset, catalogue = BY_FILE[file], Catalogue.of(rulesets.FOLDER)
    groups = ["cadre", "civil_servant", "public_employee", "nobody", None]
    subjects = [{"group": group, "is_leader": leads} for group in groups for leads in (True, False, None)]
    frame = pl.DataFrame(subjects).select(pl.all().name.prefix("subject."), another=1)
    answers = selected(ruleset, frame).to_list()
    for subject, answer in zip(subjects, answers, strict=True):
        record = {"subject": {name: value for name, value in subject.items() if value is not None}}
        try:
            chosen = catalogue.select(record, day())
        except SelectionError:
            assert answer is not True
        else:
            assert (chosen.digest == ruleset.digest) == (answer is True)
