"""Which calls gRPC makes again by itself, where a server stopped, was replaced or could not be reached for a moment.

A server that stops takes no new calls, and those that reach it in that moment it cancels, or their connection ends
before it was taken up. Another one listens already, or soon. Made again are calls that change nothing, and those that
carry a request id, which make one decision however often they come; not the steps of a draft.
"""

from __future__ import annotations

import json
from typing import Final

from chuan.v1 import decision_service_pb2, evaluation_service_pb2, ruleset_service_pb2

_READING: Final = (
    "Get",
    "List",
    "Check",
    "Test",
    "Compare",
    "Explain",
    "Render",
    "Format",
    "Verify",
    "Replay",
)
_WITH_REQUEST_ID: Final = ("Evaluate", "EvaluateBatch")

_POLICY: Final = {
    "maxAttempts": 5,  # gRPC's own most
    "initialBackoff": "0.1s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
}


def service_config() -> str:
    """The service config of a channel, in JSON."""
    names = [
        {"service": service.full_name, "method": method.name}
        for file in (evaluation_service_pb2, decision_service_pb2, ruleset_service_pb2)
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
        if method.name in _WITH_REQUEST_ID
        or (method.name.startswith(_READING) and not method.client_streaming)
    ]
    return json.dumps({"methodConfig": [{"name": names, "retryPolicy": _POLICY}]})


CHANNEL_OPTIONS: Final = (
    ("grpc.service_config", service_config()),
    # A connection of its own, even beside other clients of the process: they may reach another worker.
    ("grpc.use_local_subchannel_pool", 1),
    # Before another attempt at a connection: gRPC's own second is longer than all attempts of a call together.
    ("grpc.initial_reconnect_backoff_ms", 100),
)
"""Of a channel that makes calls again."""
