"""Callers who do not give up: each request has an id, and is made again until it is answered."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import date
from types import TracebackType
from typing import Final, Self

from clients.client import Client, Question, ServiceError
from faults.rig import until

FACTS: Final = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": "Tốt"}
DAY: Final = date(2024, 12, 31)
_PAUSE_SECONDS: Final = 0.1


def question(request_id: str = "") -> Question:
    """A record that can be judged."""
    return Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY, request_id=request_id)


class Callers:
    """Some callers at once, one of them by batches.

    Attributes:
        answered: the id of the decision that each request was answered with.
        again: how often a call was made again, by what was heard of it.
        wrong: what nobody should hear.
    """

    def __init__(self, address: str, *, count: int = 4, timeout_seconds: float = 10.0) -> None:
        self.answered: dict[str, str] = {}
        self.again: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self._address = address
        self._timeout_seconds = timeout_seconds
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(number,)) for number in range(count)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ask no more, and return when all has been heard."""
        self._done.set()
        for thread in self._threads:
            thread.join()

    def answer(self, more: int) -> None:
        """Return when so many more requests were answered."""
        wanted = len(self.answered) + more
        until(lambda: len(self.answered) >= wanted, f"{more} more answers")

    def _call(self, caller: int) -> None:
        size = 8 if caller == 0 else 1
        number = 0
        with Client(self._address, timeout_seconds=self._timeout_seconds) as client:
            while not self._done.is_set():
                ids = [f"{caller}-{number + place}" for place in range(size)]
                number += size
                while not self._ask(client, ids) and not self._done.is_set():
                    time.sleep(_PAUSE_SECONDS)

    def _ask(self, client: Client, ids: list[str]) -> bool:
        """Ask once; whether it was answered."""
        try:
            answers = client.evaluate_batch([question(each) for each in ids])
        except ServiceError as error:
            (self.again if error.unreachable else self.wrong)[f"{error.code} {error.reason}".strip()] += 1
            return False
        for each, answer in zip(ids, answers, strict=True):
            if isinstance(answer, ServiceError):
                self.wrong[f"{answer.code} {answer.reason}"] += 1
            else:
                self.answered[each] = answer.decision_id
        return True
