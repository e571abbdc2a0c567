"""The settings of appeals: their terms, and the days on which nobody works."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from server.section import Section


class AppealSettings(Section):
    """Within how many working days a person may object, and is to be answered.

    The terms are those of one institution's regulation, read in a paraphrase (Kon Tum College, Decision 1923/QĐ-CĐKT of
    30 August 2026): set those that bind you, with their source.
    """

    object_within_working_days: int = Field(default=5, ge=1, le=250)
    """Working days to object in, after the day on which the result was announced."""

    answer_within_working_days: int = Field(default=10, ge=1, le=250)
    """Working days to answer in, after the day on which the objection was filed."""

    source: str = "Kon Tum College, Decision 1923/QĐ-CĐKT of 30 August 2026 (read in a paraphrase)"
    """Where the terms are from; shown beside every deadline."""

    holidays: frozenset[date] = frozenset()
    """Days from Monday to Friday on which nobody works. The law names them anew each year: list every year that is
    used."""

    worked_weekends: frozenset[date] = frozenset()
    """Saturdays and Sundays that are worked, in exchange for another day."""
