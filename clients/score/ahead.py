"""Work done one step ahead, in a thread of its own: the next block is read while the last one is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
_END: Final = object()


def ahead(items: Iterable[T]) -> Iterator[T]:
    """`items`, each of them made while the one before is used; no more than one is waiting.

    An error of `items` is raised where the item would have come.
    """
    source = iter(items)
    with ThreadPoolExecutor(1, "ahead") as thread:
        following = thread.submit(next, source, _END)
        while (item := following.result()) is not _END:
            following = thread.submit(next, source, _END)
            yield item  # type: ignore[misc]  # the end was told apart
