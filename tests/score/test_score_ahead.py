"""Items made one ahead."""

from __future__ import annotations

from collections.abc import Iterator
from threading import current_thread

import pytest

from clients.score.ahead import ahead


def test_items_come_in_their_order_and_no_more_than_one_is_made_ahead() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(5):
            assert current_thread().name.startswith("ahead")
            made.append(number)
            yield number

    for place, item in enumerate(ahead(items())):
        assert item == place
        assert len(made) <= place + 2
    assert made == list(range(5))
    assert list(ahead([])) == []


def test_an_error_comes_where_its_item_would_have() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    found = ahead(items())
    assert next(found) == 1
    with pytest.raises(ValueError, match="no more"):
        next(found)
