"""Campaigns over tables: a country level by level, a table a ruleset, where `run_campaign` goes record by record.

    result = run_table_campaign(catalogue, tree, [Records("vn.nd335.organisation", frame), ...], evaluated_on=day)
    result.subjects  # status, outcome before and after the quota, standing, reason … of each

It says what `run_campaign` says; a property test holds the two together. Needs Polars (the extra ``tables``).
"""

from engine.campaign.columns.run import run_table_campaign
from engine.campaign.columns.tables import Records, Step, TableCampaign

__all__ = ["Records", "Step", "TableCampaign", "run_table_campaign"]
