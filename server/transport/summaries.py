"""What a published version is, as a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chuan.v1 import ruleset_life_pb2
from chuan.v1 import ruleset_service_pb2 as pb

from engine import Publication
from engine.ruleset.document import Kind
from engine.ruleset.localized import Localized
from server.publishing import Life, State

KINDS: Final[Mapping[Kind, pb.RulesetKind.ValueType]] = {
    "title-standard": pb.RULESET_KIND_TITLE_STANDARD,
    "evaluation": pb.RULESET_KIND_EVALUATION,
    "organization": pb.RULESET_KIND_ORGANIZATION,
}
STATES: Final[Mapping[State, ruleset_life_pb2.RulesetState.ValueType]] = {
    state: getattr(ruleset_life_pb2, f"RULESET_STATE_{state.name}") for state in State
}


def summary(publication: Publication, life: Life, now_micros: int) -> pb.Ruleset:
    """The message of a version that is or was published."""
    ruleset = publication.ruleset
    effective = ruleset.effective
    message = pb.Ruleset(
        id=ruleset.id,
        version=str(ruleset.version),
        digest=ruleset.digest,
        kind=KINDS[ruleset.kind],
        title=_localized(ruleset.title),
        effective_from=effective.from_.isoformat() if effective.from_ else "",
        effective_until=effective.until.isoformat() if effective.until else "",
        outcomes=[pb.Outcome(name=each.name, label=_localized(each.label)) for each in ruleset.outcomes],
        state=STATES[life.state(now_micros)],
        published_by=life.published_by,
    )
    if publication.published is not None:
        message.published_at.FromDatetime(publication.published)
    if publication.withdrawn is not None:
        message.withdrawn_at.FromDatetime(publication.withdrawn)
    for ending in publication.endings:
        message.successions.add(succeeded_from=ending.day.isoformat()).known_at.FromDatetime(ending.known)
    return message


def _localized(text: Localized) -> pb.LocalizedText:
    return pb.LocalizedText(vi=text.vi, en=text.en or "")
