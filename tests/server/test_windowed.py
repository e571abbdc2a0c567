"""Work that is done ahead: in order, no further than the window, and stopped with whoever wanted it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from server.transport.windowed import windowed


class Work:
    """Pieces of work 0, 1, 2, …, and what became of them."""

    def __init__(self, count: int, *, fails_at: int | None = None, broken: int | None = None) -> None:
        self.begun: list[int] = []
        self.closed = False
        self.pieces: list[asyncio.Future[int]] = []
        self._count, self._fails_at, self._broken = count, fails_at, broken

    async def __call__(self) -> AsyncGenerator[asyncio.Future[int], None]:
        try:
            for number in range(self._count):
                if number == self._fails_at:
                    raise LookupError(number)
                self.begun.append(number)
                self.pieces.append(asyncio.ensure_future(self._piece(number)))
                yield self.pieces[-1]
        finally:
            self.closed = True

    async def _piece(self, number: int) -> int:
        await asyncio.sleep(0.002 if number % 2 == 0 else 0)
        if number == self._broken:
            raise ArithmeticError(number)
        return number


async def taken(work: Work, window: int) -> list[int]:
    results: list[int] = []
    await take(work, window, results)
    return results


async def take(work: Work, window: int, results: list[int]) -> None:
    async for each in windowed(work(), window):
        results.append(each)  # noqa: PERF401 - they are to be there when an error comes


@pytest.mark.parametrize("window", [1, 2, 5, 50])
def test_results_come_in_order(window: int) -> None:
    work = Work(20)
    assert asyncio.run(taken(work, window)) == list(range(20))
    assert work.closed


def test_no_more_is_begun_than_the_window_has_room_for() -> None:
    async def slow() -> None:
        work = Work(20)
        results = windowed(work(), 3)
        async for result in results:
            await asyncio.sleep(0.01)
            assert len(work.begun) <= result + 3
            if result == 5:
                break
        await results.aclose()
        assert work.closed

    asyncio.run(slow())


def test_an_error_of_a_piece_comes_in_its_turn() -> None:
    async def run() -> None:
        results: list[int] = []
        work = Work(20, broken=6)
        with pytest.raises(ArithmeticError):
            await take(work, 4, results)
        assert results == list(range(6))
        assert work.closed

    asyncio.run(run())


def test_an_error_in_beginning_comes_after_what_was_begun() -> None:
    async def run() -> None:
        results: list[int] = []
        work = Work(20, fails_at=6)
        with pytest.raises(LookupError):
            await take(work, 4, results)
        assert results == list(range(6))

    asyncio.run(run())


def test_whoever_is_cancelled_leaves_nothing_behind() -> None:
    async def run() -> None:
        work = Work(1_000)
        reader = asyncio.ensure_future(taken(work, 4))
        await asyncio.sleep(0.01)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        begun = len(work.begun)
        assert work.closed
        await asyncio.sleep(0.01)
        assert len(work.begun) == begun
        assert all(piece.done() for piece in work.pieces)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
