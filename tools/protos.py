"""Regenerates the code of the contract, and checks it: `python -m tools.protos [--check | --break]`.

`protos/baseline.binpb` is the contract as it was last generated. A change that breaks it is refused here
unless `--break` says that it is meant; `--check` (CI) refuses protos whose code or baseline was not generated
again, so no change gets past that comparison.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

import grpc_tools  # type: ignore[import-untyped]  # ships no types
from google.rpc import status_pb2  # type: ignore[import-untyped]  # ships no types
from grpc_tools import protoc

ROOT: Final = Path(__file__).resolve().parent.parent
PROTOS: Final = ROOT / "protos"
PACKAGE: Final = "chuan/v1"
BASELINE: Final = "baseline.binpb"
GENERATED: Final = ("*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py", "*_pb2_grpc.pyi")


def main(arguments: list[str] | None = None, protos: Path = PROTOS) -> int:
    """Run the tool.

    Args:
        arguments: of the command line; None takes them from the process.
        protos: the folder of the contract.

    Returns:
        The exit code: 0 if all is well, 1 if something is wrong and was said on standard error.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.protos", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="change nothing; fail if anything is not current")
    mode.add_argument("--break", dest="breaking", action="store_true", help="a breaking change is meant")
    options = parser.parse_args(arguments)

    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder)
        if not _protoc(protos, built):
            return 1
        problems = _lint(built)
        if not options.breaking:
            problems += _broken(protos, built)
        fresh = _read(built / "out" / PACKAGE) | {BASELINE: (built / BASELINE).read_bytes()}
        if options.check:
            problems += _outdated(protos, fresh)
        elif not problems:
            _write(protos, fresh)
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - a tool of the command line
    return 1 if problems else 0


def _protoc(protos: Path, built: Path) -> bool:
    """Build the image with comments (for lint), the baseline without, and the code."""
    out = built / "out"
    out.mkdir()
    tools = Path(sys.executable).parent
    googleapis = Path(status_pb2.__file__).parents[2]
    includes = [protos, resources.files(grpc_tools) / "_proto", googleapis]
    files = sorted(str(path) for path in (protos / PACKAGE).glob("*.proto"))
    services = [path for path in files if path.endswith("_service.proto")]
    image = ["--include_imports", "--include_source_info", f"--descriptor_set_out={built / 'image.binpb'}"]
    bare = ["--include_imports", f"--descriptor_set_out={built / BASELINE}"]
    messages = [
        f"--plugin=protoc-gen-mypy={tools / 'protoc-gen-mypy'}",
        f"--python_out={out}",
        f"--mypy_out=quiet:{out}",
    ]
    stubs = [
        f"--plugin=protoc-gen-mypy_grpc={tools / 'protoc-gen-mypy_grpc'}",
        f"--grpc_python_out={out}",
        f"--mypy_grpc_out=quiet:{out}",
    ]
    runs = ([*image, *messages, *files], [*bare, *files], [*stubs, *services])
    return all(protoc.main(["protoc", *(f"-I{folder}" for folder in includes), *run]) == 0 for run in runs)


def _buf(*arguments: str | Path) -> list[str]:
    """Run buf on our own files only; what it complains of, one text a problem."""
    command = [
        Path(sys.executable).parent / "buf",
        *arguments,
        "--config",
        ROOT / "buf.yaml",
        "--path",
        PACKAGE,
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - buf of our own environment
    said = (run.stdout + run.stderr).splitlines()
    return said or ["buf failed without a word"] if run.returncode else []


def _lint(built: Path) -> list[str]:
    return _buf("lint", built / "image.binpb")


def _broken(protos: Path, built: Path) -> list[str]:
    baseline = protos / BASELINE
    if not baseline.exists():
        return []
    said = _buf("breaking", built / "image.binpb", "--against", baseline)
    return [f"breaks the contract: {problem}" for problem in said]


def _read(folder: Path) -> dict[str, bytes]:
    """The generated files of a folder, by name."""
    return {path.name: path.read_bytes() for pattern in GENERATED for path in folder.glob(pattern)}


def _committed(protos: Path) -> dict[str, bytes]:
    baseline = protos / BASELINE
    return _read(protos / PACKAGE) | ({BASELINE: baseline.read_bytes()} if baseline.exists() else {})


def _outdated(protos: Path, fresh: Mapping[str, bytes]) -> list[str]:
    committed = _committed(protos)
    names = [name for name in sorted({*fresh, *committed}) if fresh.get(name) != committed.get(name)]
    return [f"{name} is not current: run `make proto` and commit what it changes" for name in names]


def _write(protos: Path, fresh: Mapping[str, bytes]) -> None:
    for name in _committed(protos).keys() - fresh.keys():
        (protos / PACKAGE / name).unlink()
    for name, content in fresh.items():
        (protos if name == BASELINE else protos / PACKAGE).joinpath(name).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
