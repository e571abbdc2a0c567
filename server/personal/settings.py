"""The settings of personal data: under which master key it is encrypted, and for how long it is kept."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from server.personal.period import Period
from server.section import Section


class PersonalSettings(Section):
    """How what is personal in the decision log is encrypted."""

    master_key_file: Path | None = None
    """The file of master keys, which `chuan personal key` makes. Without one the keys of subjects lie in the database
    as they are, and whoever has the database can read everything."""


class RetentionSettings(Section):
    """For how long what is personal is kept."""

    periods: dict[str, Period] = Field(default_factory=dict)
    """Ids of rulesets, in which * stands for anything, and how long the decisions by them are kept after they were
    logged: an ISO 8601 duration such as "P10Y", "P6M" or "P90D". Where several patterns match, the longest counts.
    What matches none is kept."""

    daily: bool = True
    """Whether the server looks once a day for what has been kept for long enough, and erases it."""
