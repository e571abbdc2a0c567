"""Tokens: whom a good one lets in, and every way in which one is not good."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs import AUDIENCE, ISSUER, Authority, Issuer, Pair
from pydantic import ValidationError

from server.errors import Failure
from server.security import ROOT, Caller, Role
from server.security.jwks import RETRY_SECONDS, IssuerKeys, usable_keys
from server.security.settings import OidcSettings
from server.security.tokens import MAX_TOKEN_LENGTH, Tokens, caller_of

NOW = 1_790_000_000.0
SUBMITTER = Caller("nguyen-van-at", frozenset({Role.SUBMITTER}), ("vn/ha-noi",))


class Clock:
    def __init__(self) -> None:
        self.seconds = NOW

    def __call__(self) -> int:
        return int(self.seconds * 1e6)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(NOW)


@pytest.fixture(scope="module")
def stranger() -> Issuer:
    return Issuer(NOW)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jwks(tmp_path: Path, issuer: Issuer) -> Path:
    return issuer.write(tmp_path / "jwks.json")


def oidc(jwks: Path | str, **others: Any) -> OidcSettings:
    return OidcSettings(issuer=ISSUER, audiences=(AUDIENCE,), jwks=str(jwks), **others)


@pytest.fixture
def find(jwks: Path, clock: Clock) -> Callable[[str], Caller | None]:
    given = oidc(jwks)
    tokens = Tokens(given, IssuerKeys(given, clock), clock)
    return lambda token: asyncio.run(tokens.find(token))


Find = Callable[[str], Caller | None]


def test_a_good_token_lets_its_subject_in(find: Find, issuer: Issuer) -> None:
    token = issuer.token()
    assert find(token) == SUBMITTER
    assert find(token) == SUBMITTER
    by_ec = issuer.signed(issuer.claims(), issuer.ec, "ES256", kid="e1", typ="at+jwt")
    assert find(by_ec) == SUBMITTER


def test_a_token_is_good_until_it_expires_and_a_little_longer(
    find: Find, issuer: Issuer, clock: Clock
) -> None:
    token = issuer.token()
    clock.seconds = NOW + 3_600 + 29
    assert find(token) == SUBMITTER
    clock.seconds = NOW + 3_600 + 30
    assert find(token) is None
    assert find(issuer.token()) is None


@pytest.mark.parametrize(
    "others",
    [
        {"exp": NOW - 31},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"nbf": NOW + 31},
        {"nbf": [1]},
        {"iat": NOW + 31},
        {"iss": "https://login.example.gov.vn.evil.example"},
        {"iss": ISSUER + "/"},
        {"iss": None},
        {"iss": [ISSUER]},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"aud": AUDIENCE.upper()},
        {"sub": None},
        {"sub": ""},
        {"sub": "Nguyễn Văn Ất"},
        {"sub": "a\nb"},
        {"sub": "a" * 201},
    ],
    ids=str,
)
def test_a_token_with_such_claims_lets_nobody_in(find: Find, issuer: Issuer, others: dict[str, Any]) -> None:
    claims = issuer.claims(**others)
    if isinstance(others.get("iss"), list) or not isinstance(others.get("exp", 0), int | float | None):
        header, payload = ({"alg": "RS256", "kid": "r1", "typ": "JWT"}, claims)
        assert find(by_hand(issuer, header, payload)) is None
    else:
        assert find(issuer.signed(claims)) is None


def part(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def by_hand(issuer: Issuer, header: object, claims: object) -> str:
    """A token that PyJWT would not write, signed rightly."""
    signing = f"{part(header)}.{part(claims)}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
        signing.encode(), issuer.rsa
    )
    return f"{signing}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def test_what_is_written_by_hand_is_taken_where_it_is_good(find: Find, issuer: Issuer) -> None:
    assert find(by_hand(issuer, {"alg": "RS256", "kid": "r1"}, issuer.claims())) == SUBMITTER


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS256", "kid": "r2"},
        {"alg": "RS256"},
        {"alg": "RS256", "kid": 7},
        {"alg": "RS384", "kid": "r1"},
        {"alg": "PS256", "kid": "r1"},
        {"alg": "rs256", "kid": "r1"},
        {"alg": 7, "kid": "r1"},
        {"kid": "r1"},
        {"alg": "RS256", "kid": "r1", "typ": "logout+jwt"},
        {"alg": "RS256", "kid": "r1", "crit": ["b64"], "b64": False},
        {"alg": "RS256", "kid": "e1"},
        {"alg": "ES256", "kid": "r1"},
        {"alg": "RS256", "kid": "../../etc/passwd"},
        {"alg": "RS256", "jwk": {"kty": "oct", "k": "AAAA"}},
        ["RS256"],
    ],
    ids=str,
)
def test_a_token_with_such_a_header_lets_nobody_in(find: Find, issuer: Issuer, header: object) -> None:
    assert find(by_hand(issuer, header, issuer.claims())) is None


def test_an_unsigned_token_lets_nobody_in(find: Find, issuer: Issuer) -> None:
    for algorithm in ("none", "None", "NONE", ""):
        header = part({"alg": algorithm, "typ": "JWT", "kid": "r1"})
        for signature in ("", "AAAA"):
            assert find(f"{header}.{part(issuer.claims())}.{signature}") is None


def test_a_public_key_is_no_shared_secret(find: Find, issuer: Issuer) -> None:
    """The classic confusion: HS256 with the public RSA key as the secret, in each form that it is known in."""
    import hashlib
    import hmac

    public = issuer.rsa.public_key()
    secrets = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).strip(),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        issuer.jwks["keys"][0]["n"].encode(),
    ]
    for kid in ("r1", "e1"):
        signing = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{part(issuer.claims())}"
        for secret in secrets:
            signature = hmac.new(secret, signing.encode(), hashlib.sha256).digest()
            assert find(f"{signing}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}") is None


def test_another_issuers_signature_lets_nobody_in(find: Find, issuer: Issuer, stranger: Issuer) -> None:
    assert find(stranger.token()) is None
    carried = stranger.jwks["keys"][0]
    assert find(stranger.signed(issuer.claims(), jwk=carried)) is None
    assert find(stranger.signed(issuer.claims(), jku="https://evil.example/jwks")) is None


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_token_that_was_changed_lets_anybody_in(
    tmp_path_factory: pytest.TempPathFactory, issuer: Issuer, data: st.DataObject
) -> None:
    clock = Clock()
    given = oidc(issuer.write(tmp_path_factory.getbasetemp() / "changed.json"))
    tokens = Tokens(given, IssuerKeys(given, clock), clock)
    token = issuer.token()
    place = data.draw(st.integers(0, len(token) - 2))
    letter = data.draw(st.sampled_from("ABCxyz019-_. \x00é"))
    changed = token[:place] + letter + token[place + 1 :]
    found = asyncio.run(tokens.find(changed))
    assert found == (SUBMITTER if changed == token else None)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex(".")))
@settings(max_examples=60, deadline=None)
def test_garbage_lets_nobody_in(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer, text: str) -> None:
    clock = Clock()
    given = oidc(issuer.write(tmp_path_factory.getbasetemp() / "garbage.json"))
    tokens = Tokens(given, IssuerKeys(given, clock), clock)
    assert asyncio.run(tokens.find(text.encode(errors="replace").decode())) is None


def test_a_token_that_is_too_long_is_not_looked_at(find: Find, issuer: Issuer) -> None:
    assert find(issuer.token(more="x" * MAX_TOKEN_LENGTH)) is None
    deep = "[" * 5_000 + "]" * 5_000
    payload = base64.urlsafe_b64encode(deep.encode()).decode().rstrip("=")
    assert find(f"{part({'alg': 'RS256', 'kid': 'r1'})}.{payload}.AAAA") is None


@pytest.mark.parametrize(
    ("others", "configured", "roles", "organisations"),
    [
        ({"roles": "submitter auditor king"}, {}, {Role.SUBMITTER, Role.AUDITOR}, ("vn/ha-noi",)),
        ({"roles": None, "organisations": None}, {}, set(), ()),
        ({"roles": {"submitter": True}, "organisations": 7}, {}, set(), ()),
        ({"organisations": ["*"]}, {}, {Role.SUBMITTER}, (ROOT,)),
        ({"organisations": ["", "vn/", "/", "vn/%", "..", "vn/hue"]}, {}, {Role.SUBMITTER}, ("vn/hue",)),
        (
            {"realm_access": {"roles": ["nguoi-nop"]}},
            {"roles_claim": "realm_access.roles", "roles": {"nguoi-nop": "submitter"}},
            {Role.SUBMITTER},
            ("vn/ha-noi",),
        ),
        ({"roles": ["auditor"]}, {"roles": {"kiem-tra": "auditor"}}, set(), ("vn/ha-noi",)),
        ({"https://x.vn/r": ["author"]}, {"roles_claim": "https://x.vn/r"}, {Role.AUTHOR}, ("vn/ha-noi",)),
        ({"roles": ["submitter"], "a": 7}, {"roles_claim": "a.b"}, set(), ("vn/ha-noi",)),
    ],
)
def test_roles_and_organisations_come_from_the_claims_that_are_set(
    issuer: Issuer,
    others: dict[str, Any],
    configured: dict[str, Any],
    roles: set[Role],
    organisations: tuple[str, ...],
) -> None:
    found = caller_of(issuer.claims(**others), oidc("keys.json", **configured))
    assert found == Caller("nguyen-van-at", frozenset(roles), organisations)


def test_the_name_may_be_another_claim(issuer: Issuer) -> None:
    found = caller_of(issuer.claims(email="at@example.vn"), oidc("keys.json", name_claim="email"))
    assert found is not None
    assert found.name == "at@example.vn"


def test_keys_that_are_of_no_use_are_left_out(issuer: Issuer) -> None:
    short = jwt.algorithms.RSAAlgorithm.to_jwk(
        rsa.generate_private_key(65_537, 1_024).public_key(),  # noqa: S505 - short is the point
        as_dict=True,
    )
    good = issuer.jwks["keys"]
    others = [
        {**short, "kid": "short"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
        {**good[0], "kid": "enc", "use": "enc"},
        {**good[0], "kid": "ops", "key_ops": ["encrypt"]},
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "broken"},
        {"kty": "EC", "crv": "P-384", "kid": "none"},
        {"kty": "RSA", "kid": "empty"},
        {"kty": "new", "kid": "new"},
    ]
    found = usable_keys(json.dumps({"keys": [*others, *good]}).encode(), ["RS256", "PS256", "ES256"])
    assert set(found) == {("r1", "RS256"), ("r1", "PS256"), ("e1", "ES256")}
    with pytest.raises(ValueError, match="none of the keys"):
        usable_keys(json.dumps({"keys": others}).encode(), ["RS256"])
    for text in (b"", b"[]", b'{"keys": 7}', b'{"keys": ["a"]}', b'{"keys": [{}]}', b"\xff"):
        with pytest.raises(ValueError, match=r"no JWK set|none of the keys"):
            usable_keys(text, ["RS256"])


def test_a_changed_file_of_keys_is_taken_up_and_what_the_old_ones_signed_counts_no_more(
    jwks: Path, issuer: Issuer, stranger: Issuer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    given = oidc(jwks)

    async def scenario() -> None:
        keys = IssuerKeys(given, clock)
        tokens = Tokens(given, keys, clock)
        following = asyncio.create_task(keys.follow())
        await asyncio.sleep(0)
        old, new = issuer.token(), stranger.token()
        assert await tokens.find(old) == SUBMITTER
        for text in ("{", json.dumps({"keys": []})):
            await asyncio.to_thread(jwks.write_text, text)
            keys_before = keys.keys
            await until(lambda: "cannot have the keys" in caplog.text)
            assert keys.keys is keys_before
            assert await tokens.find(old) == SUBMITTER
        stranger.write(jwks)
        await until(lambda: keys.keys is not keys_before)
        assert await tokens.find(old) is None
        assert await tokens.find(new) == SUBMITTER
        following.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


class Provider:
    """The address of an issuer's keys, which may be away."""

    def __init__(self, issuer: Issuer, certificate: Pair | None = None) -> None:
        self.issuer = issuer
        self.status = 200
        self.asked = 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked += 1
                body = json.dumps(provider.issuer.jwks).encode()
                self.send_response(provider.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        scheme = "http" if certificate is None else "https"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_port}/keys"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def provider(issuer: Issuer) -> Iterator[Provider]:
    provider = Provider(issuer)
    yield provider
    provider.close()


def test_an_address_that_is_away_leaves_the_last_keys_for_a_time(
    provider: Provider, issuer: Issuer, clock: Clock
) -> None:
    given = oidc(provider.address, stale_seconds=600)

    async def scenario() -> None:
        tokens = Tokens(given, IssuerKeys(given, clock), clock)
        provider.status = 503
        with pytest.raises(Failure) as caught:
            await tokens.find(issuer.token())
        assert (caught.value.code.name, caught.value.reason) == ("UNAVAILABLE", "TOKEN_KEYS_UNAVAILABLE")
        asked = provider.asked
        with pytest.raises(Failure):  # asked of the keeper of the keys once for many calls
            await tokens.find(issuer.token())
        assert provider.asked == asked
        provider.status = 200
        clock.seconds += RETRY_SECONDS
        assert await tokens.find(issuer.token()) == SUBMITTER
        provider.status = 503
        clock.seconds += 600
        assert await tokens.find(issuer.token()) == SUBMITTER
        clock.seconds += 1
        with pytest.raises(Failure, match="try again"):
            await tokens.find(issuer.token())
        provider.status = 200
        clock.seconds += RETRY_SECONDS
        assert await tokens.find(issuer.token()) == SUBMITTER

    asyncio.run(scenario())


def test_a_new_key_of_the_issuer_is_fetched_as_soon_as_a_token_needs_it(
    provider: Provider, clock: Clock
) -> None:
    given = oidc(provider.address)
    later = Issuer(NOW, kid="r2")

    async def scenario() -> None:
        keys = IssuerKeys(given, clock)
        tokens = Tokens(given, keys, clock)
        assert await tokens.find(provider.issuer.token()) == SUBMITTER
        asked = provider.asked
        unknown = [provider.issuer.signed(provider.issuer.claims(), kid=f"k{number}") for number in range(20)]
        clock.seconds += RETRY_SECONDS
        for token in unknown:  # which many calls at once may claim to
            assert await tokens.find(token) is None
        assert provider.asked == asked + 1
        provider.issuer = later
        assert await tokens.find(later.token()) is None
        clock.seconds += RETRY_SECONDS
        assert await tokens.find(later.token()) == SUBMITTER

    asyncio.run(scenario())


def test_a_clock_that_is_set_back_stops_no_fetching(provider: Provider, issuer: Issuer, clock: Clock) -> None:
    given = oidc(provider.address)

    async def scenario() -> None:
        keys = IssuerKeys(given, clock)
        tokens = Tokens(given, keys, clock)
        assert await tokens.find(issuer.token()) == SUBMITTER
        clock.seconds -= 3_000
        asked = provider.asked
        assert await tokens.find(issuer.token(iat=None)) == SUBMITTER
        assert provider.asked == asked + 1

    asyncio.run(scenario())


def test_an_address_is_checked_by_the_authority_that_is_set(
    tmp_path: Path, issuer: Issuer, clock: Clock
) -> None:
    ours, others = Authority(tmp_path), Authority(tmp_path, "others")
    provider = Provider(issuer, ours.issue("login"))
    try:
        for ca, found in ((ours.ca, SUBMITTER), (others.ca, None), (None, None)):
            given = oidc(provider.address, jwks_ca=ca)
            tokens = Tokens(given, IssuerKeys(given, clock), clock)
            if found is None:
                with pytest.raises(Failure, match="cannot be had"):
                    asyncio.run(tokens.find(issuer.token()))
            else:
                assert asyncio.run(tokens.find(issuer.token())) == found
    finally:
        provider.close()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"issuer": ISSUER}, "needs audiences and jwks"),
        ({"jwks": "http://login.example.vn/keys"}, "over https"),
        ({"jwks": "ftp://localhost/keys"}, "over https"),
        ({"algorithms": ["HS256"]}, "RS256"),
        ({"algorithms": ["none"]}, "RS256"),
        ({"algorithms": []}, "at least 1"),
        ({"leeway_seconds": 301}, "300"),
        ({"roles": {"a": "king"}}, "submitter"),
    ],
    ids=str,
)
def test_settings_that_would_be_unsafe_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        OidcSettings.model_validate(wrong)


def test_a_file_of_keys_that_is_not_there_stops_the_start(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(OSError, match=r"none\.json"):
        IssuerKeys(oidc(tmp_path / "none.json"), clock)
    with pytest.raises(ValueError, match="no JWK set"):
        IssuerKeys(oidc(os.devnull), clock)
