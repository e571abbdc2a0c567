"""Limits and defaults of the service, each with its unit, and where a caller meets it."""

from typing import Final

DEFAULT_HOST: Final = "127.0.0.1"  # loopback only: plaintext does not leave the machine unless asked to
DEFAULT_PORT: Final = 50061

MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024  # of one request; RESOURCE_EXHAUSTED
MAX_CONCURRENT_CALLS: Final = 1_000  # in one server; RESOURCE_EXHAUSTED
MAX_BATCH_RECORDS: Final = 1_000  # of one EvaluateBatch; RESOURCE_EXHAUSTED
MAX_BATCH_FORESIGHTS: Final = 20  # records of one EvaluateBatch with foresight; RESOURCE_EXHAUSTED
MAX_RECORD_DEPTH: Final = 16  # lists and records inside each other; INVALID_ARGUMENT
MAX_NUMBER_LENGTH: Final = 100  # characters of a number; INVALID_ARGUMENT
MAX_NAME_LENGTH: Final = 200  # characters of an id, a version; INVALID_ARGUMENT
MAX_SUBJECT_REF_LENGTH: Final = 200  # characters; INVALID_ARGUMENT
MAX_REQUEST_ID_LENGTH: Final = 64  # characters; INVALID_ARGUMENT
MAX_BATCH_ID_LENGTH: Final = 56  # characters of a batch's request_id, to which a slash and a place are added

MAX_ACTOR_LENGTH: Final = 200  # characters of who calls; UNAUTHENTICATED
MAX_RULESET_LENGTH: Final = 1_000_000  # characters of a ruleset, and of its cases; INVALID_ARGUMENT
MAX_REASON_LENGTH: Final = 2_000  # characters of what is said with a step; INVALID_ARGUMENT

MAX_ERROR_DETAIL_BYTES: Final = (
    5_000  # of the details of one call's error: clients refuse trailers above 8 KiB
)
MAX_VIOLATIONS: Final = 1_000  # listed for one record of a batch, whose errors travel in the body

COMMIT_WINDOW_SECONDS: Final = 0.003  # under load, a commit waits until none came for this long
MAX_COMMIT_WINDOWS: Final = 10  # and not for more of them than this
STORE_BUSY_SECONDS: Final = (
    5.0  # what a write waits for another process that holds the store; then UNAVAILABLE
)
FOLLOW_SECONDS: Final = 0.5  # between two looks for publications of other processes
DRAIN_SECONDS: Final = 10.0  # what calls in flight get to finish in when the server stops
SETTLE_SECONDS: Final = 0.2  # of these, what is left for calls that came while the others were answered
