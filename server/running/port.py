"""The port that several processes listen on: found, checked to be free, and held."""

from __future__ import annotations

import socket
from dataclasses import dataclass


def address_of(host: str, port: int) -> str:
    """A host and a port as one writes them: an address of IPv6 stands in brackets."""
    return f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"


@dataclass(frozen=True, slots=True)
class HeldPort:
    """A port that is bound and not listened on: the kernel sends no connection here, and nobody else can take it."""

    number: int
    holder: socket.socket

    def close(self) -> None:
        """Let go of it."""
        self.holder.close()


def hold_port(host: str, port: int, *, shared: bool) -> HeldPort:
    """Find a port, and keep it for processes that will listen on it with SO_REUSEPORT.

    Args:
        host: a name or an address.
        port: 0 takes a free one.
        shared: whether others may be listening on it already.

    Raises:
        OSError: the port is taken, or the address is not one of this machine.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        if port and not shared:
            _check_free(family, kind, protocol, where)
        holder = socket.socket(family, kind, protocol)
        try:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            holder.bind(where)
        except OSError:
            holder.close()
            raise
    except OSError as error:
        text = f"cannot listen on {address_of(host, port)}: {error.strerror}; is another server on it?"
        raise OSError(text) from error
    return HeldPort(holder.getsockname()[1], holder)


def _check_free(family: int, kind: int, protocol: int, where: tuple[object, ...]) -> None:
    # SO_REUSEPORT would let two services share the port's calls without anyone having asked for it. Without it, binding
    # fails where somebody listens; SO_REUSEADDR passes over connections of a server that is gone.
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(where)
