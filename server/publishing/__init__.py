"""The life of rulesets: drafts, approval by a second person, publication. It knows neither SQL nor gRPC."""

from __future__ import annotations

from server.publishing.desk import Desk, Publishing
from server.publishing.errors import DraftConflictError, LifeError, UnsoundError
from server.publishing.life import Life, State
from server.publishing.seeding import seed
from server.publishing.shelf import Shelf, Snapshot
from server.publishing.workbench import Source, Workbench

__all__ = [
    "Desk",
    "DraftConflictError",
    "Life",
    "LifeError",
    "Publishing",
    "Shelf",
    "Snapshot",
    "Source",
    "State",
    "UnsoundError",
    "Workbench",
    "seed",
]
