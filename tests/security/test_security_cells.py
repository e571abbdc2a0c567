"""Every cell of the table call x role, over a real connection with real keys; and nobody without one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass
from keyed import Office, Refusal, refusal

from server.process import SERVICES
from server.security import Role
from server.security.access import WHOLE_STORE, roles_for

Metadata = tuple[tuple[str, str], ...]
METHODS = [method for service in SERVICES for method in service.methods]
DONE = Refusal("OK", "")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[grpc.Channel, dict[str, str]]]:
    """A channel to a service, and a key for each role alone, and one for none."""
    office = Office(tmp_path_factory.mktemp("cells"))
    keys = {role.value: office.key(f"the-{role}", role) for role in Role} | {"none": office.key("nobody")}
    keys["local"] = office.key("local", *Role, organisations=("vn/ha-noi",))
    with office.serving(), office.channel() as channel:
        yield channel, keys


def bearing(authorization: str) -> Metadata:
    return (("authorization", authorization),)


def outcome(channel: grpc.Channel, method: MethodDescriptor, metadata: Metadata) -> Refusal:
    """What comes of a call with an empty request, up to its first answer."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    empty = GetMessageClass(method.input_type)().SerializeToString()
    try:
        if method.client_streaming:
            found: Any = channel.stream_stream(path, bytes, bytes)(
                iter([empty]), metadata=metadata, timeout=20
            )
        elif method.server_streaming:
            found = channel.unary_stream(path, bytes, bytes)(empty, metadata=metadata, timeout=20)
        else:
            channel.unary_unary(path, bytes, bytes)(empty, metadata=metadata, timeout=20)
            return DONE
        try:
            next(found, None)
        finally:
            found.cancel()
    except grpc.RpcError as error:
        return refusal(error)
    return DONE


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_call_is_for_the_roles_of_its_row(
    desk: tuple[grpc.Channel, dict[str, str]], method: MethodDescriptor
) -> None:
    channel, keys = desk
    for role in (*Role, "none"):
        found = outcome(channel, method, bearing(f"Bearer {keys[role]}"))
        refused = found == Refusal("PERMISSION_DENIED", "ROLE_MISSING")
        assert refused == (role not in roles_for(method)), (role, found)
        assert found.code not in ("UNAUTHENTICATED", "INTERNAL", "UNKNOWN"), (role, found)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_nobody_calls_without_proof(
    desk: tuple[grpc.Channel, dict[str, str]], method: MethodDescriptor
) -> None:
    channel, keys = desk
    for metadata in ((), (("chuan-actor", "the-author"),)):
        assert outcome(channel, method, metadata) == Refusal("UNAUTHENTICATED", "CREDENTIALS_MISSING")
    good = keys["submitter"]
    other = keys["auditor"]
    bad = Refusal("UNAUTHENTICATED", "CREDENTIALS_INVALID")
    for authorization in (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {good}",
        good,
        f"Bearer {good}x",
        f"Bearer {good[:-1]}",
        f"Bearer {good.upper()}",
        f"Bearer {good} {other}",
        f"Bearer {good[:20]}{other[20:]}",
        "Bearer ck_" + "a" * 16 + "_" + "a" * 52,
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer " + "a" * 4_000,
    ):
        assert outcome(channel, method, bearing(authorization)) == bad, authorization
    twice = bearing(f"Bearer {good}") + bearing(f"Bearer {other}")
    assert outcome(channel, method, twice) == bad


def test_a_refusal_says_which_role_it_takes_and_nothing_of_a_credential(
    desk: tuple[grpc.Channel, dict[str, str]],
) -> None:
    channel, keys = desk
    call = channel.unary_unary("/chuan.v1.RulesetService/SaveDraft", bytes, bytes)
    with pytest.raises(grpc.RpcError, match="for the role author"):
        call(b"", metadata=bearing(f"Bearer {keys['auditor']}"), timeout=20)
    texts: set[str | None] = set()
    for key in (keys["auditor"][:-1], "ck_" + "a" * 16 + "_" + "a" * 52, "x.y.z"):
        with pytest.raises(grpc.RpcError) as caught:
            call(b"", metadata=bearing(f"Bearer {key}"), timeout=20)
        assert isinstance(caught.value, grpc.Call)
        texts.add(caught.value.details())
        assert key not in str(caught.value)
    assert len(texts) == 1


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_what_is_about_all_organisations_is_for_those_who_act_for_all(
    desk: tuple[grpc.Channel, dict[str, str]], method: MethodDescriptor
) -> None:
    channel, keys = desk
    found = outcome(channel, method, bearing(f"Bearer {keys['local']}"))
    refused = found == Refusal("PERMISSION_DENIED", "ORGANISATION_NOT_YOURS")
    # A record that names no organisation is for nobody in particular, which is nobody of Hà Nội's either.
    assert refused == (method.name in WHOLE_STORE or method.name == "Evaluate"), found
