"""How often somebody may call: a bucket for each, from which every call takes a token."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

_MOST_BUCKETS: Final = 10_000  # of callers that are remembered; who was not seen longest starts anew


class Throttle:
    """Token buckets, one for each name."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float]) -> None:
        """Begin with full buckets.

        Args:
            rate: tokens that come back in a second; 0: there is no limit.
            burst: tokens of a full bucket.
            now: a clock that never goes back, in seconds.
        """
        self._rate = rate
        self._burst = float(burst)
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __bool__(self) -> bool:
        """Whether there is a limit."""
        return self._rate > 0

    def wait(self, name: str) -> float:
        """How long `name` has to wait for a token; 0: not at all. Nothing is taken."""
        return max(0.0, (1.0 - self._left(name)) / self._rate) if self._rate else 0.0

    def take(self, name: str) -> float:
        """Take a token of `name`; how long it has to wait if there is none, and 0 if there was one."""
        wait = self.wait(name)
        if wait or not self._rate:
            return wait
        self._buckets[name] = self._left(name) - 1.0, self._now()
        self._buckets.move_to_end(name)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0

    def _left(self, name: str) -> float:
        left, at = self._buckets.get(name, (self._burst, 0.0))
        return min(self._burst, left + (self._now() - at) * self._rate)
