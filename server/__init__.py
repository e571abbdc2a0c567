"""The gRPC service, its store and its process."""
