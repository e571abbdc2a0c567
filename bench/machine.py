"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path


def describe(packages: Iterable[str]) -> list[str]:
    """The machine, the system, Python and the versions of `packages`, a line each."""
    versions = ", ".join(f"{package} {_version(package)}" for package in packages)
    return [
        f"CPU: {_field('/proc/cpuinfo', 'model name') or platform.processor()}, {os.cpu_count()} cores",
        f"Memory: {_memory()}",
        f"System: {platform.system()} {platform.release()} ({platform.machine()})",
        f"Load of the last minute: {os.getloadavg()[0]:.1f}",
        f"Python: {platform.python_implementation()} {platform.python_version()}",
        f"Packages: {versions}",
    ]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


def _memory() -> str:
    kibibytes = (_field("/proc/meminfo", "MemTotal") or "unknown").removesuffix(" kB")
    return f"{int(kibibytes) / 2**20:.0f} GiB" if kibibytes.isdigit() else kibibytes


def _field(path: str, name: str) -> str | None:
    """A field of one of Linux's ``name : value`` files, or None where there is no such file or field."""
    if not Path(path).exists():
        return None
    for line in Path(path).read_text("utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None
