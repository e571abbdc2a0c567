"""The certificate of the service: which is shown when, and what stops a start."""

from __future__ import annotations

import logging
import shutil
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from keyed import Office, eventually
from proofs import Authority, Pair
from pydantic import ValidationError
from sqlalchemy import Engine

from server.security import Role
from server.security.entrance import Entrance, SecurityError, is_loopback
from server.security.settings import OidcSettings, SecuritySettings, TlsSettings
from server.store import open_database, prepare

NOW = 1_795_000_000_000_000


def shown(
    address: str, ca: Path, *, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> tuple[int, str | None]:
    """The serial number of the certificate that a server shows to a new connection, and the version of TLS."""
    context = ssl.create_default_context(cafile=ca)
    context.maximum_version = newest
    context.set_alpn_protocols(["h2"])
    host, _, port = address.rpartition(":")
    with (
        socket.create_connection((host, int(port)), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        certificate: Any = secure.getpeercert()
        return int(certificate["serialNumber"], 16), secure.version()


def replace(old: Pair, new: Pair) -> None:
    """Put other files in the place of a certificate's, as a tool that renews it does."""
    for there, fresh in ((old.key, new.key), (old.certificate, new.certificate)):
        shutil.copy(fresh, there.with_suffix(".new"))
        there.with_suffix(".new").rename(there)


def test_a_certificate_is_replaced_under_load_without_a_failed_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path)
    first = office.certificate.serial
    second = office.authority.issue("service", file="second")
    key = office.key("busy", Role.SUBMITTER)
    done, failed = threading.Event(), []
    counts = {"standing": 0, "new": 0}

    def keep_calling(kind: str, once_a_client: bool) -> None:
        try:
            while not done.is_set():
                with office.client(key) as client:
                    client.list_rulesets("test.none")
                    while not (done.is_set() or once_a_client):
                        client.list_rulesets("test.none")
                        counts[kind] += 1
                counts[kind] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails the test
            failed.append(error)

    with office.serving(), caplog.at_level(logging.INFO):
        threads = [
            threading.Thread(target=keep_calling, args=arguments)
            for arguments in (("standing", False), ("new", True))
        ]
        for thread in threads:
            thread.start()
        eventually(lambda: all(counts.values()))
        assert shown(office.listening, office.authority.ca)[0] == first

        mismatched = office.authority.issue("service", file="mismatched")
        shutil.copy(mismatched.certificate, office.certificate.certificate)
        assert shown(office.listening, office.authority.ca)[0] == first
        assert "is not the key of" in caplog.text
        office.certificate.certificate.write_text("-----BEGIN CERTIFICATE-----\nhalf of it")
        assert shown(office.listening, office.authority.ca)[0] == first
        office.certificate.certificate.unlink()
        assert shown(office.listening, office.authority.ca)[0] == first

        replace(office.certificate, second)
        assert shown(office.listening, office.authority.ca)[0] == second.serial
        assert "the certificate is replaced" in caplog.text
        before = dict(counts)
        eventually(lambda: all(counts[kind] > before[kind] + 5 for kind in counts))
        done.set()
        for thread in threads:
            thread.join()
    assert not failed


def test_only_current_versions_of_tls_are_spoken(tmp_path: Path) -> None:
    office = Office(tmp_path)
    with office.serving():
        ca = office.authority.ca
        assert shown(office.listening, ca)[1] == "TLSv1.3"
        assert shown(office.listening, ca, newest=ssl.TLSVersion.TLSv1_2)[1] == "TLSv1.2"
        with (
            pytest.raises((ssl.SSLError, ConnectionResetError)),
            pytest.warns(DeprecationWarning, match="TLSv1_1"),
        ):
            shown(office.listening, ca, newest=ssl.TLSVersion.TLSv1_1)


@pytest.fixture
def database(tmp_path: Path) -> Any:
    engine = open_database(tmp_path / "store.sqlite3")
    prepare(engine)
    yield engine
    engine.dispose()


Enter = Callable[..., Entrance]


@pytest.fixture
def enter(database: Engine) -> Enter:
    return lambda host, **settings: Entrance(SecuritySettings(**settings), host, database, lambda: NOW)


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Authority(tmp_path).issue("service")


def tls(pair: Pair) -> TlsSettings:
    return TlsSettings(certificate=pair.certificate, key=pair.key)


def test_beyond_loopback_nothing_is_plaintext_or_open_by_default(
    enter: Enter, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.7", "office.example.vn"):  # noqa: S104 - that is what is refused
        with pytest.raises(SecurityError, match=r"security\.tls\.certificate"):
            enter(host)
        with pytest.raises(SecurityError, match="authentication is off"):
            enter(host, authentication="off", tls=tls(pair))
        assert not enter(host, tls=tls(pair)).is_open
        assert "plaintext" not in caplog.text
        caplog.clear()
        assert not enter(host, plaintext_anywhere=True).is_open
        assert f"traffic on {host} is plaintext" in caplog.text
        assert "chuan keys create" in caplog.text
        caplog.clear()


def test_on_loopback_callers_are_taken_at_their_word_unless_asked_otherwise(
    enter: Enter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for host in ("127.0.0.1", "127.0.0.9", "::1", "[::1]", "localhost"):
        assert is_loopback(host)
        assert enter(host).is_open
        assert "authentication is off" in caplog.text
        assert not enter(host, authentication="required").is_open
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": []}')
    oidc = OidcSettings(issuer="https://login.example.vn", audiences=("chuan",), jwks=str(keys))
    with pytest.raises(SecurityError, match="none of the keys"):
        enter("127.0.0.1", oidc=oidc)
    assert not enter(
        "127.0.0.1", oidc=oidc.model_copy(update={"jwks": "https://login.example.vn/keys"})
    ).is_open


def test_files_that_are_no_certificate_stop_the_start(enter: Enter, pair: Pair, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other").issue("another")
    locked = tmp_path / "locked.key"
    private = load_pem_private_key(pair.key.read_bytes(), None)
    locked.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    )
    good = {"certificate": pair.certificate, "key": pair.key}
    for wrong, words in (
        ({"certificate": tmp_path / "none.pem"}, "No such file"),
        ({"certificate": pair.key}, "holds no certificate"),
        ({"key": pair.certificate}, "holds no private key"),
        ({"key": locked}, "without a passphrase"),
        ({"key": other.key}, "is not the key of"),
        ({"client_ca": pair.key}, "holds no certificate"),
    ):
        with pytest.raises(SecurityError, match=words):
            enter("127.0.0.1", tls=TlsSettings(**{**good, **wrong}))


def test_a_key_for_all_to_read_and_a_certificate_that_ends_soon_are_warned_of(
    database: Engine, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    pair.key.chmod(0o644)
    entrance = Entrance(SecuritySettings(tls=tls(pair)), "127.0.0.1", database, lambda: NOW)
    assert entrance.tls is not None
    assert "chmod 600" in caplog.text
    caplog.clear()
    pair.key.chmod(0o600)
    late = int((entrance.tls.expires_at.timestamp() - 5.5 * 86_400) * 1e6)
    Entrance(SecuritySettings(tls=tls(pair)), "127.0.0.1", database, lambda: late)
    assert "expires in 5 days" in caplog.text
    assert "chmod" not in caplog.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tls": {"certificate": "a.pem"}}, "certificate and key belong together"),
        ({"tls": {"client_ca": "a.pem"}}, "needs certificate and key"),
        (
            {"certificates": [{"common_name": "a", "name": "a", "roles": ["auditor"]}]},
            "client_ca is not set",
        ),
        ({"certificates": [{"name": "a", "roles": ["auditor"]}]}, "common_name, alternative_name and sha256"),
        (
            {"certificates": [{"common_name": "a", "sha256": "ab" * 32, "name": "a", "roles": ["auditor"]}]},
            "common_name, alternative_name and sha256",
        ),
        ({"certificates": [{"common_name": "a", "name": "ất", "roles": ["auditor"]}]}, "printable ASCII"),
        ({"certificates": [{"common_name": "a", "name": "a", "roles": []}]}, "at least 1"),
        ({"certificates": [{"sha256": "ab", "name": "a", "roles": ["auditor"]}]}, "pattern"),
        (
            {
                "certificates": [
                    {"common_name": "a", "name": "a", "roles": ["auditor"], "organisations": ["vn/"]}
                ]
            },
            "write a path such as",
        ),
        ({"authentication": "none"}, "required"),
    ],
    ids=str,
)
def test_settings_that_say_two_things_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SecuritySettings.model_validate(wrong)
