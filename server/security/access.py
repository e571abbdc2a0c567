"""Which roles may make which call. A call that is not here is one that nobody may make: the server does not start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from google.protobuf.descriptor import MethodDescriptor

from server.security.caller import Role

_SUBMITTER, _AUTHOR, _APPROVER = Role.SUBMITTER, Role.AUTHOR, Role.APPROVER
_AUDITOR, _OPERATOR = Role.AUDITOR, Role.OPERATOR

_READS_RULES: Final = frozenset(Role)
_READS_DRAFTS: Final = frozenset({_AUTHOR, _APPROVER, _AUDITOR})
_WRITES: Final = frozenset({_AUTHOR})
_DECIDES: Final = frozenset({_APPROVER})
_OPERATES: Final = frozenset({_OPERATOR})
_VERIFIES: Final = frozenset({_AUDITOR, _OPERATOR})
_SUBMITS: Final = frozenset({_SUBMITTER})
_READS_DECISIONS: Final = frozenset({_SUBMITTER, _AUDITOR})

ACCESS: Final[Mapping[str, Mapping[str, frozenset[Role]]]] = {
    "EvaluationService": {
        "Evaluate": _SUBMITS,
        "EvaluateBatch": _SUBMITS,
        "EvaluateStream": _SUBMITS,
        "EvaluateTable": _SUBMITS,
    },
    "DecisionService": {
        "GetDecision": _READS_DECISIONS,
        "ReplayDecision": _READS_DECISIONS,
        "RecordAuthorityDecision": _SUBMITS,
        "ListAuthorityDecisions": _READS_DECISIONS,
        "FileAppeal": _SUBMITS,
        "AnswerAppeal": _SUBMITS,
        "ListDecisions": _READS_DECISIONS,
        "ExportDecisions": _READS_DECISIONS,
        "VerifyLog": _VERIFIES,
    },
    "PersonalDataService": {
        "ExportSubject": _READS_DECISIONS,
        "EraseSubject": _OPERATES,
        "ApplyRetention": _OPERATES,
    },
    "RulesetService": {
        "ListRulesets": _READS_RULES,
        "GetRuleset": _READS_RULES,
        "WatchRulesets": _READS_RULES,
        "SaveDraft": _WRITES,
        "GetDraft": _READS_DRAFTS,
        "ListDrafts": _READS_DRAFTS,
        "SubmitDraft": _WRITES,
        "ApproveDraft": _DECIDES,
        "RejectDraft": _DECIDES,
        "PublishDraft": _DECIDES,
        "RetireRuleset": _DECIDES,
        "ListRulesetEvents": _READS_DRAFTS,
        "CheckRuleset": _READS_DRAFTS,
        "TestRuleset": _READS_DRAFTS,
        "CompareRulesets": _READS_DRAFTS,
        "AnalyzeImpact": _READS_DRAFTS,
        "ExplainImpact": _READS_DRAFTS,
        "ExplainCriterion": _READS_DRAFTS,
        "RenderRuleset": _READS_DRAFTS,
        "FormatRuleset": _READS_DRAFTS,
        "NewRuleset": _READS_DRAFTS,
        "GetRulesetSchema": _READS_DRAFTS,
    },
}
"""Service and call (without ``chuan.v1``), and who may make it. `docs/security.md` shows the same table."""

WHOLE_STORE: Final = frozenset({"ApplyRetention", "VerifyLog"})
"""The calls that touch what every organisation has: for callers who act for all of them."""


def roles_for(method: MethodDescriptor) -> frozenset[Role]:
    """Who may make a call.

    Raises:
        LookupError: nobody has said so yet.
    """
    service = method.containing_service.name
    try:
        return ACCESS[service][method.name]
    except KeyError:
        raise LookupError(
            f"{service}.{method.name}: say in server/security/access.py who may call it"
        ) from None


def table() -> Iterator[str]:
    """The lines of the table call x role, as `docs/security.md` has them."""
    yield f"| service | call | {' | '.join(Role)} |"
    yield "|---|---|" + ":-:|" * len(Role)
    for service, calls in ACCESS.items():
        shown = f"`{service}`"
        for call, roles in calls.items():
            cells = " | ".join("yes" if role in roles else "" for role in Role)
            yield f"| {shown} | `{call}` | {cells} |".replace("|  |", "| |").replace("|  |", "| |")
            shown = ""
