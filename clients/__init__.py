"""The Python client, the `chuan` command and scoring."""
