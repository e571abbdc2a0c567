"""RulesetService."""

from __future__ import annotations

from typing import Final

from chuan.v1 import ruleset_service_pb2 as pb

from engine import Catalogue, Ruleset
from engine.ruleset.localized import Localized

_KINDS: Final = {
    "title-standard": pb.RULESET_KIND_TITLE_STANDARD,
    "evaluation": pb.RULESET_KIND_EVALUATION,
    "organization": pb.RULESET_KIND_ORGANIZATION,
}


class RulesetServicer:
    """RulesetService, as the contract has it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def ListRulesets(self, request: pb.ListRulesetsRequest) -> pb.ListRulesetsResponse:  # noqa: N802
        """List the versions."""
        rulesets = [each for each in self._catalogue.list() if request.id in ("", each.id)]
        return pb.ListRulesetsResponse(rulesets=[_summary(each) for each in rulesets])

    async def GetRuleset(self, request: pb.GetRulesetRequest) -> pb.GetRulesetResponse:  # noqa: N802
        """Show one version."""
        ruleset = self._catalogue.get(request.id, request.version)
        return pb.GetRulesetResponse(ruleset=_summary(ruleset), text=ruleset.text)


def _summary(ruleset: Ruleset) -> pb.Ruleset:
    effective = ruleset.effective
    return pb.Ruleset(
        id=ruleset.id,
        version=str(ruleset.version),
        digest=ruleset.digest,
        kind=_KINDS[ruleset.kind],
        title=_localized(ruleset.title),
        effective_from=effective.from_.isoformat() if effective.from_ else "",
        effective_until=effective.until.isoformat() if effective.until else "",
        outcomes=[pb.Outcome(name=each.name, label=_localized(each.label)) for each in ruleset.outcomes],
    )


def _localized(text: Localized) -> pb.LocalizedText:
    return pb.LocalizedText(vi=text.vi, en=text.en or "")
