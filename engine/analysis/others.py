"""A ruleset beside others: versions of one id that clash."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.model import Finding
from engine.analysis.study import Study
from engine.catalogue import Catalogue
from engine.ruleset import RulesetError


def clashes(study: Study) -> Iterator[Finding]:
    """Other rulesets with the same version, and versions of this id that are in effect on the same day."""
    ruleset = study.ruleset
    for other in study.others:
        if other.id != ruleset.id or other.digest == ruleset.digest:
            continue
        try:
            Catalogue((ruleset, other))
        except RulesetError as error:
            for problem in error.problems:
                details = {
                    "what": problem.what,
                    "id": ruleset.id,
                    "version": ruleset.version,
                    "other": other.version,
                    "other_file": f"{other.id} {other.version}",
                }
                yield study.found(problem.code, (problem.path,), details, at_key=True)
