"""What a campaign comes to, as plain data: what is logged, compared on replay and sent."""

from __future__ import annotations

from engine.campaign.model import Subject
from engine.campaign.problems import CampaignProblem
from engine.campaign.run import CampaignResult, Judged
from engine.canonical import Data, without_empty
from engine.cohort import group_data, quota_data, result_data


def campaign_data(result: CampaignResult) -> Data:
    """Everything that a campaign says, in the order in which it was judged. Empty parts are left out."""
    everybody = {
        judged.subject: judged for judged in (*result.organisations.values(), *result.posts.values())
    }
    return without_empty(
        {
            "judged": [_judged(everybody[subject]) for subject in result.order],
            "quotas": [
                {"quota": quota_data(award.quota), "groups": list(map(group_data, award.groups))}
                for award in result.awards.values()
            ],
            "problems": list(map(problem_data, result.problems)),
        }
    )


def problem_data(problem: CampaignProblem) -> Data:
    """A problem, with its text in English."""
    return without_empty(
        {
            "code": problem.code.value,
            "subjects": list(map(_subject, problem.subjects)),
            "details": dict(problem.details),
            "text": problem.text("en"),
        }
    )


def _judged(judged: Judged) -> Data:
    return without_empty(
        {
            "subject": _subject(judged.subject),
            "outcome": judged.outcome,
            "verdict": judged.verdict and judged.verdict.to_data(),
            "fed": [
                without_empty({"path": feed.path, "source": _subject(feed.source), "outcome": feed.outcome})
                for feed in judged.fed
            ],
            "violations": [
                {"path": violation.path, "code": violation.code, "text": violation.text("en")}
                for violation in judged.violations
            ],
            "quota": judged.quota and result_data(judged.quota),
        }
    )


def _subject(subject: Subject) -> Data:
    return without_empty(
        {
            "organisation": subject.organisation,
            "person": subject.person,
            "role": str(subject.role),
            "number": subject.number,
        }
    )
