"""Callers who do everything wrong: requests that were tampered with, garbage, connections that come to nothing."""

from __future__ import annotations

import random
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from clients.client import Client, request_message
from faults.callers import Callers, question
from faults.findings import Findings
from faults.rig import Rig, running
from server.process import SERVICES

MUTATED: Final = 10_000
CONNECTIONS: Final = 1_000
_SEED: Final = 8
_WRONG: Final = frozenset({"INTERNAL", "UNKNOWN", "UNAVAILABLE", "DEADLINE_EXCEEDED", "DATA_LOSS"})
_WORDS: Final = ("test.rating", "1.0.0", "2024-12-31", "", "0", "ruleset: x", "ă" * 50, "\x00", "vn/ha-noi")


def mutated(folder: Path) -> Findings:
    """10,000 requests of every call, each changed in a few bytes; none may end in an error of the server."""
    findings = Findings()
    chance, codes, wrong = random.Random(_SEED), Counter[str](), Counter[str]()  # noqa: S311 - to be repeated
    methods = [method for service in SERVICES for method in service.methods]
    with running(folder) as rig, grpc.insecure_channel(rig.address) as channel:
        first = [each.pid for each in rig.workers()]
        for number in range(MUTATED):
            method = methods[number % len(methods)]
            code = _outcome(channel, method, _mutation(_request(method, chance), chance))
            codes[code] += 1
            if code in _WRONG:
                wrong[f"{method.name}: {code}"] += 1
        findings.expect([each.pid for each in rig.workers()] == first, "a worker has died")
        with Client(rig.address) as client:
            findings.expect(client.evaluate_batch([question()]), "no answer afterwards")
        findings.healthy(rig)
    findings.seen.append(f"{MUTATED:,} requests over {len(methods)} calls: {dict(codes.most_common())}")
    findings.expect(not wrong, f"codes that no request deserves: {dict(wrong)}")
    return findings


def connections(folder: Path) -> Findings:
    """1,000 connections that come to nothing, garbage, and calls that are cancelled, beside good ones."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8 * CONNECTIONS), hard))
    findings = Findings()
    with running(folder) as rig, Callers(rig.address, count=2) as callers:
        callers.answer(50)
        before = rig.resources()
        with ExitStack() as stack:
            for number in range(CONNECTIONS):
                held = stack.enter_context(socket.create_connection(_place(rig), timeout=20))
                held.sendall(
                    (b"", b"PRI * HTTP/2.0\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00")[number % 3]
                )
            callers.answer(100)
            during = rig.resources()
        garbage = _garbage(rig)
        cancelled = _cancelled(rig)
        callers.answer(100)
        callers.stop()
        time.sleep(2)  # for what is closed to be let go of
        after = rig.resources()
        findings.healthy(rig)
        findings.nothing_lost(rig, callers.answered)
    again = dict(callers.again) or "none"
    findings.seen += [
        f"{CONNECTIONS:,} connections held, {garbage} times garbage, {cancelled} calls cancelled; made again: {again}",
        f"open files of the workers {before[1]} before, {during[1]} with them, {after[1]} after; "
        f"memory {before[0]:.0f}, {during[0]:.0f}, {after[0]:.0f} MiB",
    ]
    findings.expect(after[1] <= before[1] + 20, "files stay open")
    findings.expect(not callers.wrong, f"callers heard what they should not: {dict(callers.wrong)}")
    return findings


def _place(rig: Rig) -> tuple[str, int]:
    host, _, port = rig.address.rpartition(":")
    return host, int(port)


def _garbage(rig: Rig, times: int = 300) -> int:
    chance = random.Random(_SEED)  # noqa: S311 - as above
    for _ in range(times):
        with socket.create_connection(_place(rig), timeout=20) as connection:
            try:
                connection.sendall(chance.randbytes(chance.randrange(1, 5_000)))
            except OSError:
                continue  # closed before it was all said: just what is wanted
    return times


def _cancelled(rig: Rig, times: int = 500) -> int:
    """Calls whose callers go away at once."""
    payload = request_message(question()).SerializeToString()
    with grpc.insecure_channel(rig.address) as channel:
        call: Any = channel.unary_unary("/chuan.v1.EvaluationService/Evaluate", bytes, bytes)
        for number in range(times):
            made = call.future(payload, timeout=20)
            time.sleep((number % 5) / 1_000)
            made.cancel()
    return times


def _outcome(channel: grpc.Channel, method: MethodDescriptor, payload: bytes) -> str:
    path = f"/{method.containing_service.full_name}/{method.name}"
    metadata = (("chuan-actor", "faults"),)
    try:
        if method.client_streaming:
            many: Any = channel.stream_stream(path, bytes, bytes)(
                iter([payload]), metadata=metadata, timeout=30
            )
            list(many)
        elif method.server_streaming:
            many = channel.unary_stream(path, bytes, bytes)(payload, metadata=metadata, timeout=30)
            next(many, None)
            many.cancel()
        else:
            channel.unary_unary(path, bytes, bytes)(payload, metadata=metadata, timeout=30)
    except grpc.RpcError as error:
        failed: Any = error  # what a call raises is the call itself
        return str(failed.code().name)
    return "OK"


def _request(method: MethodDescriptor, chance: random.Random) -> bytes:
    if method.input_type.name == "EvaluateRequest":
        return request_message(question()).SerializeToString()
    return _filled(GetMessageClass(method.input_type)(), chance, 4).SerializeToString()


def _filled(message: Message, chance: random.Random, depth: int) -> Message:
    """A message with something in most of its fields."""
    for field in message.DESCRIPTOR.fields:
        if chance.random() < 0.8:
            _fill(message, field, chance, depth)
    return message


def _fill(message: Message, field: Any, chance: random.Random, depth: int) -> None:
    if field.message_type is not None:
        if depth and not field.message_type.GetOptions().map_entry:
            inner = getattr(message, field.name)
            _filled(inner.add() if field.is_repeated else inner, chance, depth - 1)
        return
    value = next(_values(field, chance))
    if field.is_repeated:
        getattr(message, field.name).append(value)
    else:
        setattr(message, field.name, value)


def _values(field: Any, chance: random.Random) -> Iterator[object]:
    if field.enum_type is not None:
        yield chance.choice(field.enum_type.values).number
    elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        text = chance.choice(_WORDS)
        yield text.encode() if field.type == FieldDescriptor.TYPE_BYTES else text
    elif field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        yield chance.random() < 0.5
    elif field.cpp_type in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        yield chance.random()
    else:
        yield chance.choice((0, 1, 7, 1_000))


def _mutation(payload: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, put in, taken out, or said twice."""
    made = bytearray(payload)
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(made) + 1)
        match chance.randrange(5):
            case 0 if place < len(made):
                made[place] ^= 1 << chance.randrange(8)
            case 1:
                made[place:place] = chance.randbytes(chance.randrange(1, 8))
            case 2:
                del made[place : place + chance.randrange(1, 8)]
            case 3:
                made[place:place] = made[place : place + 20]
            case _:
                del made[place:]
    return bytes(made)
