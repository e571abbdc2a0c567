"""What the tests of `chuan campaign run` share: folders as the data say, and what came of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import polars as pl
from scoring import write_file
from typer.testing import CliRunner, Result

from clients.cli import app

RULESETS: Final = Path(__file__).parent / "data" / "campaign"


def campaign_run(folder: Path, out: Path, *arguments: str, rulesets: Path | None = RULESETS) -> Result:
    """`chuan campaign run`, on the day of the cases unless the arguments say another."""
    chosen = ("--rulesets", str(rulesets)) if rulesets else ()
    return CliRunner().invoke(app, ["campaign", "run", str(folder), "--out", str(out), *chosen, *arguments])


def write_folder(folder: Path, files: dict[str, Any]) -> None:
    """The files of a case."""
    folder.mkdir()
    for name, written in files.items():
        write_file(folder / name, {"text": written} if isinstance(written, str) else written)


def subjects_of(out: Path) -> pl.DataFrame:
    """The rows of the results."""
    return pl.read_parquet(out / "results.parquet")
