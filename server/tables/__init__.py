"""Tables that come over the wire: Arrow IPC streams looked at before they are read, judged, and logged by the chunk."""
