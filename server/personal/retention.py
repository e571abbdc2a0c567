"""Retention: what has been kept for as long as the settings say is erased, by hand or once a day."""

from __future__ import annotations

import asyncio
import fnmatch
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlalchemy import Engine, func, select

from server.personal.erasure import Eraser, expired
from server.personal.period import CalendarPeriod
from server.store.database import reading
from server.store.errors import StoreError
from server.store.tables import rulesets

DAY_SECONDS: Final = 86_400.0
SERVICE: Final = "chuan"
"""Who erases, of what is erased without anybody's asking."""

_log: Final = logging.getLogger("chuan.server")


class Expired(NamedTuple):
    """The decisions by the rulesets of one id that have been kept for long enough.

    Attributes:
        ruleset_id: the id.
        pattern: of the settings, that sets the period.
        period: for how long they are kept.
        before_micros: what was logged before this moment, in microseconds since 1970-01-01 UTC, is older than that.
        decisions: how many there are, or were.
    """

    ruleset_id: str
    pattern: str
    period: CalendarPeriod
    before_micros: int
    decisions: int


class Retention:
    """Erases by periods. Blocking; errors are `StoreUnavailableError`: what was erased before stays so."""

    def __init__(
        self,
        engine: Engine,
        eraser: Eraser,
        periods: Mapping[str, CalendarPeriod],
        now_micros: Callable[[], int],
    ) -> None:
        self._engine = engine
        self._eraser = eraser
        self._periods = dict(sorted(periods.items(), key=lambda each: len(each[0]), reverse=True))
        self._now_micros = now_micros

    def count(self) -> list[Expired]:
        """What has been kept for long enough now; of each id that a period is set for."""
        return [found for found, _ in self._found()]

    def erase(self, actor: str) -> list[Expired]:
        """Erase it; what is told is what was erased."""
        erased = []
        for found, digests in self._found():
            reason = f"{found.ruleset_id} is kept for {found.period}"
            count = self._eraser.expire(digests, found.before_micros, actor=actor, reason=reason)
            erased.append(found._replace(decisions=count))
        return erased

    async def daily(self) -> None:
        """Erase it now, and then once a day; for ever. Several processes may: the others find nothing left."""
        while self._periods:
            try:
                erased = await asyncio.to_thread(self.erase, SERVICE)
                if count := sum(each.decisions for each in erased):
                    _log.info("retention: %d decisions were kept for long enough, and are erased", count)
            except StoreError as error:
                _log.warning("retention: %s; it is tried again in a day", error)
            await asyncio.sleep(DAY_SECONDS)

    def _found(self) -> Iterator[tuple[Expired, list[str]]]:
        now = datetime.fromtimestamp(self._now_micros() / 1_000_000, UTC)
        for ruleset_id, digests in self._rulesets().items():
            pattern = next((each for each in self._periods if fnmatch.fnmatchcase(ruleset_id, each)), None)
            if pattern is None:
                continue
            period = self._periods[pattern]
            before_micros = int(period.before(now).timestamp() * 1_000_000)
            count = select(func.count()).select_from(expired(digests, before_micros).subquery())
            with reading(self._engine) as connection:
                decisions = connection.execute(count).scalar_one()
            yield Expired(ruleset_id, pattern, period, before_micros, decisions), digests

    def _rulesets(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        with reading(self._engine) as connection:
            for digest, ruleset_id in connection.execute(
                select(rulesets.c.digest, rulesets.c.id).order_by(rulesets.c.id)
            ):
                found.setdefault(ruleset_id, []).append(digest)
        return found
