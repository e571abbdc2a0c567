"""Cohorts: quotas over many verdicts, and the shares of a list."""

from engine.cohort.award import Award, Position, Reason, Result, Standing, award
from engine.cohort.data import group_data, quota_data, result_data
from engine.cohort.groups import Group, GroupKey
from engine.cohort.quota import Quota, QuotaError, quota_of
from engine.cohort.sentences import explain
from engine.cohort.shares import MixedRulesetsError, Shares, shares

__all__ = [
    "Award",
    "Group",
    "GroupKey",
    "MixedRulesetsError",
    "Position",
    "Quota",
    "QuotaError",
    "Reason",
    "Result",
    "Shares",
    "Standing",
    "award",
    "explain",
    "group_data",
    "quota_data",
    "quota_of",
    "result_data",
    "shares",
]
