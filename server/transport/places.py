"""Where a stream stands, as text that its caller keeps, to go on with on another when it breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Self

from server.errors import FieldViolation, wrong_request

_TOKEN: Final = re.compile(
    r"(?P<stream>[0-9a-f]{32})\.(?P<answered>0|[1-9][0-9]{0,8})(\.(?P<ruleset>[0-9a-f]{64}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two chunks.

    Attributes:
        stream: the id of the stream, and of all that go on with it.
        answered: how many chunks are answered: the number of the next.
        ruleset: the digest of the ruleset that all of the stream is judged by; empty where each record has its own.
    """

    stream: str
    answered: int = 0
    ruleset: str = ""

    @classmethod
    def of(cls, token: str, path: str, *, with_ruleset: bool = False) -> Self | None:
        """The place that a token stands for; None of an empty one.

        Raises:
            Failure: it is no token of such a stream; `path` is where the caller gave it.
        """
        if not token:
            return None
        found = _TOKEN.fullmatch(token)
        if found is None or (found["ruleset"] is not None) is not with_ruleset:
            text = (
                "This is no resume token of such a stream; give the newest one as it came, or leave it out."
            )
            raise wrong_request([FieldViolation(path, text)])
        return cls(found["stream"], int(found["answered"]), found["ruleset"] or "")

    @property
    def token(self) -> str:
        """The text for the caller."""
        return f"{self.request_id}.{self.ruleset}" if self.ruleset else self.request_id

    @property
    def next(self) -> Self:
        """The place behind one more chunk."""
        return replace(self, answered=self.answered + 1)

    @property
    def request_id(self) -> str:
        """What the log knows the next chunk by, whenever it comes again."""
        return f"{self.stream}.{self.answered}"
