"""Why a chunk of a table is not answered."""

from __future__ import annotations


class TableRefusedError(ValueError):
    """A chunk cannot be judged, or nothing can be as it is asked for.

    Attributes:
        path: what is wrong, such as ``rows``.
        too_large: it passes a limit.
    """

    def __init__(self, path: str, text: str, *, too_large: bool = False) -> None:
        super().__init__(text)
        self.path = path
        self.too_large = too_large


class ChunkDiffersError(Exception):
    """A chunk that comes again comes to something else than the log says."""
