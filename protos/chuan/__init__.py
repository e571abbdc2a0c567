"""The contract: code generated from the .proto files in `v1` by `python -m tools.protos`."""
