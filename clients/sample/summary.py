"""What comes out when a sample is judged: how many have which outcome, by campaign and ruleset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from clients.sample.given import organisation_of, person_of
from clients.sample.province import Campaign, Sample
from engine import Catalogue
from engine.campaign import CampaignResult, Judged, run_campaign

JUDGED: Final = 2_000
"""So many people are judged: some seconds, and a share of 1 % is then told to within 0.5 percent points."""
NO_VERDICT: Final = "no_verdict"


@dataclass(frozen=True, slots=True)
class Line:
    """How many records of one ruleset came to which outcome.

    Attributes:
        campaign: which of the two.
        ruleset: its id.
        outcomes: before quotas; of those without an outcome the status, or `NO_VERDICT`.
    """

    campaign: Campaign
    ruleset: str
    outcomes: Counter[str]


def summarise(sample: Sample, catalogue: Catalogue) -> list[Line]:
    """Judge the first `JUDGED` people of a sample, in both campaigns.

    Args:
        sample: what is judged, or the beginning of it.
        catalogue: the rulesets of `rulesets_of(sample)`.
    """
    beginning = replace(sample, people=min(sample.people, JUDGED))
    return [line for campaign in Campaign for line in _lines(campaign, judge(beginning, campaign, catalogue))]


def judge(sample: Sample, campaign: Campaign, catalogue: Catalogue) -> CampaignResult:
    """Run a campaign over a whole sample, in memory; of a quota with several readings the first is applied."""
    persons = []
    for person in sample.persons():
        entry = person.state if campaign is Campaign.STATE else person.party
        if entry is not None:
            persons += [person_of(entry.data)] * entry.copies
    quotas = {ruleset.id: ruleset.quota for ruleset in catalogue.list()}
    return run_campaign(
        catalogue,
        [organisation_of(entry.data) for entry in sample.organisations(campaign)],
        persons,
        evaluated_on=sample.on,
        readings={
            id_: next(iter(quota.readings)) for id_, quota in quotas.items() if quota and quota.readings
        },
    )


def rulesets_of(sample: Sample) -> list[str]:
    """The ids of the rulesets that a sample is judged by, in order."""
    law = sample.law
    people = (law.cadre, law.civil_servant, law.civil_servant_leader, law.public_employee)
    party = (law.public_employee_manager, law.party_member, law.party_leader, law.party_organisation)
    named = (*people, *party, law.administration, law.service)
    return sorted({id_ for id_ in named if id_ is not None})


def _lines(campaign: Campaign, result: CampaignResult) -> Iterator[Line]:
    lines: dict[str, Counter[str]] = {}
    for judged in (*result.organisations.values(), *result.posts.values()):
        ruleset = judged.verdict.ruleset.id if judged.verdict is not None else NO_VERDICT
        lines.setdefault(ruleset, Counter())[_outcome(judged)] += 1
    for ruleset in sorted(lines):
        yield Line(campaign, ruleset, lines[ruleset])


def _outcome(judged: Judged) -> str:
    if judged.verdict is None:
        return NO_VERDICT
    return judged.verdict.outcome or judged.verdict.status.value
