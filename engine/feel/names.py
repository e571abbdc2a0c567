"""Names of several words: which of them are in scope, and the longest that the tokens at a place spell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from engine.feel.lexer import Token, words

if TYPE_CHECKING:
    from collections.abc import Iterator


_NONE: Final[dict[tuple[str, ...], str]] = {}


class Names:
    """A growing and shrinking set of declared names.

    Names of one word need no declaration; only longer ones, such as ``string length`` or ``general criteria``, are
    kept.

    Args:
        names: to begin with.
        base: names that are there besides; never changed here.
    """

    def __init__(self, names: Iterable[str] = (), base: Names | None = None) -> None:
        self._longer: dict[str, dict[tuple[str, ...], str]] = {}
        self._log: list[tuple[str, ...]] = []
        self._base = base
        for name in names:
            self.declare(name)

    def declare(self, name: str) -> None:
        """Add a name."""
        key = words(name)
        if len(key) < 2:
            return
        known = self._longer.setdefault(key[0], {})
        if key not in known:
            known[key] = name
            self._log.append(key)

    @contextmanager
    def scope(self, names: Iterable[str] = ()) -> Iterator[None]:
        """Declare `names`, and whatever else is declared inside, for the length of a block."""
        mark = len(self._log)
        for name in names:
            self.declare(name)
        try:
            yield
        finally:
            for key in self._log[mark:]:
                del self._longer[key[0]][key]
            del self._log[mark:]

    def match(self, tokens: Sequence[Token], start: int) -> tuple[str, int] | None:
        """The longest declared name that `tokens` spell from `start`, and the number of its tokens."""
        best = None if self._base is None else self._base.match(tokens, start)
        for key, name in self._longer.get(tokens[start].text, _NONE).items():
            if (best is None or len(key) >= best[1]) and _spelt(key, tokens, start):
                best = (name, len(key))
        return best


def _spelt(key: tuple[str, ...], tokens: Sequence[Token], start: int) -> bool:
    if start + len(key) > len(tokens):
        return False
    return all(tokens[start + offset].text == word for offset, word in enumerate(key))
