"""The services of the contract on grpc.aio: messages in, commands out, and back. Nothing is decided here."""
