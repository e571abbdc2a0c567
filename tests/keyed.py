"""An office whose service asks who calls: its store, its keys, its certificate, and clients with them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # ships no types
from grpc_status import rpc_status
from proofs import Authority
from serving import serving, settings_for

from clients.client import Client
from clients.credentials import Credentials
from server.limits import LimitSettings
from server.security import ROOT, Caller, Role
from server.security.key_book import KeyBook
from server.security.keys import ApiKey, new_key
from server.security.settings import SecuritySettings, TlsSettings
from server.store import open_database, prepare

RULESETS = Path(__file__).parent / "data" / "server" / "rulesets"
T = TypeVar("T")


class Refusal(NamedTuple):
    """Why a call failed: the canonical code, and the reason for programs."""

    code: str
    reason: str


class Office:
    """A service and what is needed to call it; `listening` is where, while it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store.sqlite3"
        self.authority = Authority(folder)
        self.certificate = self.authority.issue("service")
        self.listening = ""
        database = open_database(self.store)
        prepare(database)
        database.dispose()

    @contextmanager
    def serving(self, **security: Any) -> Iterator[Office]:
        """Run the service over TLS, with other settings of its security besides."""
        client_ca = security.pop("client_ca", None)
        tls = TlsSettings(
            certificate=self.certificate.certificate, key=self.certificate.key, client_ca=client_ca
        )
        settings = SecuritySettings(**{"authentication": "required", "tls": tls, **security})
        # What is tested here fails on purpose, from one address, more often than anybody does by mistake.
        limits = LimitSettings(refused_a_second=0)
        with serving(settings_for(self.store, RULESETS, security=settings, limits=limits)) as self.listening:
            yield self

    def key(
        self, name: str, *roles: Role, organisations: tuple[str, ...] = (ROOT,), days: float | None = None
    ) -> str:
        """A new key, for so many days; a service that runs knows of it within a second."""
        now = time.time_ns() // 1_000
        expires = None if days is None else now + int(days * 86_400_000_000)
        key, written = new_key(
            Caller(name, frozenset(roles), organisations),
            now_micros=now,
            random=os.urandom,
            expires_at_micros=expires,
        )
        self.book(lambda book: book.add(key))
        return written

    def revoke(self, written: str) -> None:
        """Withdraw a key."""
        self.book(lambda book: book.revoke(written.split("_")[1], time.time_ns() // 1_000))

    def keys(self) -> tuple[ApiKey, ...]:
        """Every key."""
        return self.book(lambda book: book.all())

    def book(self, work: Callable[[KeyBook], T]) -> T:
        """Do something with the book of keys, as another process would."""
        database = open_database(self.store)
        try:
            return work(KeyBook(database))
        finally:
            database.dispose()

    def client(self, key: str = "", **others: Any) -> Client:
        """A client with a key."""
        return Client(self.listening, credentials=Credentials(key=key, ca=self.authority.ca), **others)

    def channel(self) -> grpc.Channel:
        """A bare channel, without credentials."""
        return grpc.secure_channel(
            self.listening, grpc.ssl_channel_credentials(self.authority.ca.read_bytes())
        )


def refusal(error: grpc.RpcError) -> Refusal:
    """Why a call failed."""
    assert isinstance(error, grpc.Call)
    info = error_details_pb2.ErrorInfo()
    for detail in getattr(rpc_status.from_call(error), "details", ()):
        detail.Unpack(info)
    return Refusal(error.code().name, info.reason)


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds; fail if it does not for long."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come to hold"
        time.sleep(0.02)
