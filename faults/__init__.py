"""Faults: the service is run as it is run, something is broken, and what came of it is looked at.

`python -m faults [NAME ...]` (or `make faults`); docs/faults.md says what each does. It needs the extra `dev`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# gRPC remarks on every process that is started beside its threads.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
# PostgreSQL is started as the tests start it.
sys.path.append(str(ROOT / "tests"))
