"""Holds a campaign over tables against the same campaign record by record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from engine import Catalogue
from engine.campaign import Judged, Organisation, Person, run_campaign
from engine.campaign.columns import Records, TableCampaign, run_table_campaign
from engine.cohort import Group
from engine.table import frame_of


def tables_of(
    catalogue: Catalogue, organisations: Iterable[Organisation], persons: Iterable[Person], on: date
) -> tuple[pl.DataFrame, list[Records]]:
    """The tree and the records as tables; every record names its ruleset."""
    rows: defaultdict[tuple[str, bool], list[tuple[tuple[str, ...], Mapping[str, Any]]]] = defaultdict(list)
    tree = []
    for organisation in organisations:
        tree.append((organisation.id, organisation.parent))
        if organisation.facts is not None:
            rows[str(organisation.ruleset), False].append(((organisation.id,), organisation.facts))
    for person in persons:
        for post in person.posts:
            about = (post.organisation, person.id, post.role.value)
            rows[str(post.ruleset), True].append((about, post.facts))
    records = []
    for (id_, of_people), held in rows.items():
        ruleset = catalogue.on(id_, on)
        names = ("organisation", "person", "role") if of_people else ("organisation",)
        about_frame = pl.DataFrame([about for about, _ in held], schema=list(names), orient="row")
        facts = frame_of(ruleset, [facts for _, facts in held])
        records.append(Records(id_, pl.concat([about_frame, facts], how="horizontal")))
    return pl.DataFrame(tree, schema={"id": pl.String, "parent": pl.String}, orient="row"), records


def check_same(
    catalogue: Catalogue,
    organisations: Sequence[Organisation],
    persons: Sequence[Person],
    on: date,
    readings: Mapping[str, str],
) -> TableCampaign:
    """Run a campaign both ways; fails where anybody comes out otherwise, or another problem is said."""
    expected = run_campaign(catalogue, organisations, persons, evaluated_on=on, readings=readings)
    tree, records = tables_of(catalogue, organisations, persons, on)
    found = run_table_campaign(catalogue, tree, records, evaluated_on=on, readings=readings)
    rows = {
        (row["organisation"], row["person"], row["role"], row["number"]): row
        for row in found.subjects.iter_rows(named=True)
    }
    judged = {**expected.posts, **{each.subject: each for each in expected.organisations.values()}}
    assert {tuple(map(str, key[:3])) for key in rows} == {tuple(map(str, key[:3])) for key in judged}
    for subject, each in judged.items():
        row = rows[subject.organisation, subject.person, str(subject.role), subject.number]
        assert {name: row[name] for name in _told(each)} == _told(each), subject
    assert _groups(found) == Counter(
        _group(award.quota.ruleset.id, group) for award in expected.awards.values() for group in award.groups
    )
    said = Counter(
        (problem.code.value, problem.subjects[0].organisation, problem.subjects[0].person)
        if problem.subjects
        else (problem.code.value, None, None)
        for problem in expected.problems
    )
    found_said = Counter(found.problems.select("code", "organisation", "person").iter_rows())
    assert (found_said - said, said - found_said) == (Counter(), Counter())
    return found


def _told(judged: Judged) -> dict[str, Any]:
    """What a campaign says of somebody, as a row has it."""
    if judged.verdict is None:
        return {"status": "refused", "final": None, "standing": None}
    judgement = judged.verdict.judgement
    blocks = judgement.why_not[0].blocks if judgement.why_not else ()
    return {
        "ruleset": judged.verdict.ruleset.id,
        "version": judged.verdict.ruleset.version,
        "status": judgement.status.value,
        "outcome": judgement.outcome,
        "lowest": judgement.lowest,
        "highest": judgement.highest,
        "possible": list(judgement.possible),
        "blocking": list(dict.fromkeys(each.criterion for each in blocks if each.status == "unmet")),
        "missing_matters": [each.fact for each in judged.verdict.missing if each.matters],
        "standing": judged.quota.standing.value if judged.quota else None,
        "standing_reason": judged.quota.reason.value if judged.quota else None,
        "final": judged.outcome,
    }


def _groups(found: TableCampaign) -> Counter[tuple[Any, ...]]:
    names = ("ruleset", "scope", "values", "eligible", "others", "fewest", "most", "awarded")
    return Counter(
        tuple(tuple(value) if isinstance(value, list) else value for value in row)
        for row in found.groups.select(names).iter_rows()
    )


def _group(ruleset: str, group: Group) -> tuple[Any, ...]:
    values = tuple(map(str, group.key.values))
    counts = (group.count.eligible, group.count.others, group.fewest.places, group.most.places, group.awarded)
    return (ruleset, tuple(group.key.scope), values, *counts)
