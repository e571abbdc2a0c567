"""Cerbos, the peer of the service: a server in Go that decides by policies, given the same twelve conditions.

Its program is a package of npm, fetched once and kept outside the project. What its messages look like, it says
itself by reflection.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from bench.hr import CRITERIA, Answer, Record, climb
from bench.load.ports import free_port, wait_for_port

PACKAGE: Final = "@cerbos/cerbos-linux-x64@0.55.0"
METHOD: Final = "/cerbos.svc.v1.CerbosService/CheckResources"
MAX_RESOURCES: Final = 50  # of one call, as Cerbos has it unless told otherwise

_POLICIES: Final = Path(__file__).parent.parent / "data" / "cerbos"
_ALLOW: Final = 1  # EFFECT_ALLOW of cerbos.effect.v1.Effect
_START_SECONDS: Final = 30.0
_CONFIG: Final = """\
server: {{httpListenAddr: "127.0.0.1:{http}", grpcListenAddr: "127.0.0.1:{grpc}"}}
storage: {{driver: disk, disk: {{directory: "{policies}", watchForChanges: false}}}}
telemetry: {{disabled: true}}
"""


def program() -> Path | None:
    """Where the program is, fetched if it has to be; None where npm is not there or reaches no registry."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chuan-bench"
    found = cache / PACKAGE.rpartition("/")[2] / "cerbos-linux-x64"
    if found.exists():
        return found
    npm = shutil.which("npm")
    if npm is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", "--pack-destination", folder, PACKAGE]
        if subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603 - npm
            return None
        (packed,) = Path(folder).glob("*.tgz")
        found.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(packed) as archive:
            member = archive.extractfile(f"package/{found.name}")
            assert member is not None
            part = found.with_suffix(".part")
            part.write_bytes(member.read())
    part.chmod(0o755)
    part.rename(found)
    return found


@contextmanager
def serving(cerbos: Path) -> Iterator[tuple[int, int]]:
    """Cerbos with the policy of the common task: its process and its port."""
    ports = {"http": free_port(), "grpc": free_port()}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "cerbos.yaml"
        config.write_text(_CONFIG.format(policies=_POLICIES, **ports))
        command = [str(cerbos), "server", f"--config={config}", "--log-level=error"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - Cerbos
            try:
                wait_for_port(ports["grpc"], _START_SECONDS)
                yield process.pid, ports["grpc"]
            finally:
                process.terminate()


class Messages:
    """The messages of the call `METHOD`, as the server at a port describes them."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(self._channel))
        service, name = METHOD[1:].split("/")
        method = pool.FindServiceByName(service).methods_by_name[name]
        self._request = GetMessageClass(method.input_type)
        self._response = GetMessageClass(method.output_type)

    def request(self, records: Sequence[Record]) -> bytes:
        """A request about the criteria of records."""
        return ParseDict(_request(records), self._request()).SerializeToString()

    def answers(self, payload: bytes) -> list[Answer]:
        """What Cerbos answers to a request, with the ladder climbed."""
        call: Callable[..., bytes] = self._channel.unary_unary(METHOD, bytes, bytes)
        response: Any = self._response.FromString(call(payload, timeout=10))
        return [_answer(result) for result in response.results]

    def close(self) -> None:
        """Give the connection back."""
        self._channel.close()


def _request(records: Sequence[Record]) -> dict[str, object]:
    return {
        "requestId": "bench",
        "principal": {"id": "bench", "roles": ["user"]},
        "resources": [
            {
                "actions": list(CRITERIA),
                "resource": {"kind": "employee", "id": f"r{number}", "attr": _attributes(record)},
            }
            for number, record in enumerate(records)
        ],
    }


def _attributes(record: Record) -> Record:
    days = ("birth_date", "hire_date", "last_discipline_date")
    return record | {name: record[name] and f"{record[name]}T00:00:00Z" for name in days}


def _answer(result: Any) -> Answer:
    return climb({name: result.actions[name] == _ALLOW for name in CRITERIA})
