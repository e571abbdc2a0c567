"""The rulesets that chuan ships, as data: one folder a regime, cases beside each version."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
"""Where they are."""
