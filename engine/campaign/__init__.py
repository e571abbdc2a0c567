"""Campaigns: a tree of organisations and the persons in them, judged together."""

from engine.campaign.data import campaign_data, problem_data
from engine.campaign.feeding import Feed
from engine.campaign.model import Organisation, Person, Post, Role, Subject
from engine.campaign.problems import CampaignProblem, Code
from engine.campaign.run import CampaignResult, Judged, run_campaign

__all__ = [
    "CampaignProblem",
    "CampaignResult",
    "Code",
    "Feed",
    "Judged",
    "Organisation",
    "Person",
    "Post",
    "Role",
    "Subject",
    "campaign_data",
    "problem_data",
    "run_campaign",
]
