"""Limits of the service, each with its unit, and where a caller meets it.

What an operator may want otherwise is in `LimitSettings`; what the contract states, or what only guards the process, is
a constant.
"""

from typing import Final

from pydantic import Field

from server.section import Section

_MIB: Final = 1024 * 1024


class LimitSettings(Section):
    """What callers may ask for. Past a limit a call is `RESOURCE_EXHAUSTED`; all others are served as before."""

    message_bytes: int = Field(default=4 * _MIB, ge=1_024, le=1_024 * _MIB)
    """Of one request, as it travels."""

    concurrent_calls: int = Field(default=1_000, ge=1)
    """Under way at a time in one worker."""

    calls_a_second: float = Field(default=0.0, ge=0)
    """Of one caller, in one worker, over time; 0: as many as they like."""

    call_burst: int = Field(default=100, ge=1)
    """Calls that a caller who was quiet may make at once, before `calls_a_second` counts."""

    refused_a_second: float = Field(default=5.0, ge=0)
    """Calls from one address whose callers could not prove who they are, in one worker, over time; 0: no limit."""

    refused_burst: int = Field(default=50, ge=1)
    """Such calls at once, before `refused_a_second` counts."""

    batch_records: int = Field(default=1_000, ge=1)
    """Of one `EvaluateBatch`."""

    batch_foresights: int = Field(default=20, ge=0)
    """Records of one `EvaluateBatch` with foresight, which takes hundreds of evaluations."""

    record_bytes: int = Field(default=2 * _MIB, ge=1_024)
    """Of one record, as it travels."""

    record_depth: int = Field(default=16, ge=1, le=32)
    """Lists and records inside each other; past it the record's field is refused: `INVALID_ARGUMENT`."""

    evaluation_steps: int = Field(default=1_000_000, ge=1_000)
    """Rounds of loops and calls of functions that the expressions of a ruleset may take for one record."""


MAX_NUMBER_LENGTH: Final = 100  # characters of a number; INVALID_ARGUMENT
MAX_NAME_LENGTH: Final = 200  # characters of an id, a version; INVALID_ARGUMENT
MAX_SUBJECT_REF_LENGTH: Final = 200  # characters; INVALID_ARGUMENT
MAX_REQUEST_ID_LENGTH: Final = 64  # characters; INVALID_ARGUMENT
MAX_BATCH_ID_LENGTH: Final = 56  # characters of a batch's request_id, to which a slash and a place are added

MAX_RULESET_LENGTH: Final = 1_000_000  # characters of a ruleset, and of its cases; INVALID_ARGUMENT
MAX_REASON_LENGTH: Final = 2_000  # characters of what is said with a step; INVALID_ARGUMENT

MAX_ERROR_DETAIL_BYTES: Final = (
    5_000  # of the details of one call's error: clients refuse trailers above 8 KiB
)
MAX_VIOLATIONS: Final = 1_000  # listed for one record of a batch, whose errors travel in the body

COMMIT_WINDOW_SECONDS: Final = 0.003  # under load, a commit waits until none came for this long
MAX_COMMIT_WINDOWS: Final = 10  # and not for more of them than this
FOLLOW_SECONDS: Final = 0.5  # between two looks for publications of other processes
SETTLE_SECONDS: Final = 0.2  # of a drain, what is left for calls that came while the others were answered

RESTART_SECONDS: Final = 0.5  # before a worker that died as it started is replaced; doubled each time
MAX_RESTART_SECONDS: Final = 30.0  # and never more than this
STEADY_SECONDS: Final = 30.0  # a worker that lived as long is replaced at once
STOP_SECONDS: Final = 10.0  # what a worker gets on top of its drain, before it is killed
MAX_TOLD_BYTES: Final = 4_000  # of what a worker tells of its start; a pipe takes as much at once

MAX_ENDLESS_CALLS: Final = 10_000  # streams that only watch, on top of the calls under way
HEALTH_SECONDS: Final = 1.0  # between two looks at the store
HEALTH_PATIENCE_SECONDS: Final = 10.0  # after which a store that does not answer is away
SWITCH_SECONDS: Final = 0.0005  # after which a thread of a worker hands the interpreter to one that waits
