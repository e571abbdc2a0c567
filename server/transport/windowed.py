"""Work done ahead of whoever takes what it comes to, and no further ahead than a window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def windowed(
    begun: AsyncGenerator[asyncio.Future[Result], None], window: int
) -> AsyncGenerator[Result, None]:
    """What pieces of work come to, in the order in which they are begun.

    Args:
        begun: begins the next piece of work when it is asked for one.
        window: how many pieces may be begun whose results are not yet done with: with one, the next begins when the
            result of the one before has been dealt with.

    An error in beginning a piece comes after the results of those before it. When nobody takes results any more, what
    is under way is cancelled.
    """
    room = asyncio.Semaphore(window)
    pieces: asyncio.Queue[asyncio.Future[Result] | None] = asyncio.Queue()

    async def begin() -> None:
        try:
            while await room.acquire():
                pieces.put_nowait(await anext(begun))
        except StopAsyncIteration:
            return
        finally:
            pieces.put_nowait(None)

    beginning = asyncio.ensure_future(begin())
    try:
        while (piece := await pieces.get()) is not None:
            yield await piece
            room.release()
        await beginning
    finally:
        beginning.cancel()
        with suppress(asyncio.CancelledError, Exception):  # the first error counts, and is on its way
            await beginning
        await begun.aclose()
        while not pieces.empty():
            if (left := pieces.get_nowait()) is not None:
                left.cancel()
                left.add_done_callback(_look)


def _look(piece: asyncio.Future[Result]) -> None:
    """Take notice of an error, so that the event loop does not report it."""
    if not piece.cancelled():
        piece.exception()
