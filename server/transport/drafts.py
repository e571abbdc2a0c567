"""Drafts and the steps taken with them: requests in, messages out."""

from __future__ import annotations

from datetime import date
from typing import Final

from chuan.v1 import ruleset_life_pb2
from chuan.v1 import ruleset_service_pb2 as pb
from pydantic import TypeAdapter, ValidationError

from engine.ruleset.document import Kind
from engine.ruleset.entries import RulesetId, Version
from server.errors import FieldViolation, wrong_request
from server.limits import MAX_NAME_LENGTH, MAX_REASON_LENGTH, MAX_RULESET_LENGTH
from server.publishing import Life, Publishing
from server.publishing.desk import Named
from server.store import Event, Texts
from server.transport.asking import NO_NUL, NUL
from server.transport.fields import named, timestamp_of
from server.transport.summaries import KINDS, STATES

_ID: Final = TypeAdapter[str](RulesetId)
_VERSION: Final = TypeAdapter[str](Version)


def saved_from(request: pb.SaveDraftRequest, actor: str) -> tuple[Named, Texts]:
    """The draft that is to be saved, and by whom.

    Raises:
        Failure: the request is wrong, or nobody says who calls.
    """
    named = _named(request.id, request.version, request.seen_revision, request.reason, actor, "")
    wrong = [
        FieldViolation(path, f"The text is longer than {MAX_RULESET_LENGTH:,} characters.")
        for path, text in (("text", request.text), ("cases", request.cases))
        if len(text) > MAX_RULESET_LENGTH
    ]
    wrong += [
        FieldViolation(path, NO_NUL)
        for path, text in (("text", request.text), ("cases", request.cases))
        if NUL in text
    ]
    if wrong:
        raise wrong_request(wrong)
    return named, Texts(request.text, request.cases)


def step_from(step: pb.DraftStep, actor: str, *, needs_reason: bool = False) -> Named:
    """The draft that a step is taken with, by whom and why; errors as for `saved_from`."""
    return _named(step.id, step.version, step.revision, step.reason, actor, "step.", needs_reason)


def retired_from(request: pb.RetireRulesetRequest, actor: str) -> Named:
    """The version that is to be withdrawn, by whom and why; errors as for `saved_from`."""
    return _named(request.id, request.version, 0, request.reason, actor, "", needs_reason=True)


def publishing_from(request: pb.PublishDraftRequest) -> Publishing:
    """How a draft is to be published.

    Raises:
        Failure: the moment is none.
    """
    counts_from = None
    if request.HasField("counts_from"):
        try:
            counts_from = request.counts_from.ToMicroseconds()
        except ValueError:
            what = "A moment between the years 1 and 9999 is expected."
            raise wrong_request([FieldViolation("counts_from", what)]) from None
    return Publishing(counts_from, request.supersede)


def new_from(request: pb.NewRulesetRequest) -> tuple[Kind, str, date]:
    """What a new ruleset shall be: its kind, its id, the first day on which it is in effect.

    Raises:
        Failure: the request is wrong.
    """
    violations = []
    kind = next((kind for kind, number in KINDS.items() if number == request.kind), None)
    if kind is None:
        violations.append(FieldViolation("kind", "Say what the ruleset judges."))
    if wrong := _wrong(_ID, request.id):
        violations.append(FieldViolation("id", wrong))
    try:
        start = date.fromisoformat(request.effective_from)
    except ValueError:
        start = None
        violations.append(FieldViolation("effective_from", "A date is required, such as 2024-12-31."))
    if kind is None or start is None or violations:
        raise wrong_request(violations)
    return kind, request.id, start


def _named(
    id_: str, version: str, revision: int, reason: str, actor: str, prefix: str, needs_reason: bool = False
) -> Named:
    named(actor)
    violations = []
    for path, adapter, name in (("id", _ID, id_), ("version", _VERSION, version)):
        if wrong := _wrong(adapter, name):
            violations.append(FieldViolation(prefix + path, wrong))
    if len(reason) > MAX_REASON_LENGTH:
        what = f"The reason is longer than {MAX_REASON_LENGTH:,} characters."
        violations.append(FieldViolation(f"{prefix}reason", what))
    if NUL in reason:
        violations.append(FieldViolation(f"{prefix}reason", NO_NUL))
    if needs_reason and not reason.strip():
        violations.append(FieldViolation(f"{prefix}reason", "Say why; those who come after you will ask."))
    if violations:
        raise wrong_request(violations)
    return Named(id_, version, revision, actor, reason)


def _wrong(adapter: TypeAdapter[str], name: str) -> str:
    """What is wrong with a name, as the reader of documents says it; empty where nothing is."""
    if len(name) > MAX_NAME_LENGTH:
        return f"The name is longer than {MAX_NAME_LENGTH} characters."
    try:
        adapter.validate_python(name)
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        return str(context.get("how") or error.errors()[0]["msg"])
    return ""


def draft_to(life: Life, now_micros: int, revision: int, texts: Texts | None) -> ruleset_life_pb2.Draft:
    """The message of a draft at a revision; without texts in lists."""
    return ruleset_life_pb2.Draft(
        id=life.ruleset_id,
        version=life.version,
        revision=revision,
        newest_revision=life.revision,
        state=STATES[life.state(now_micros)],
        digest=life.digest,
        authors=life.authors,
        saved_by=life.saved_by,
        saved_at=timestamp_of(life.saved_at_micros) if life.revision else None,
        approved_by=life.approved_by,
        reason=life.reason,
        text=texts.text if texts else "",
        cases=texts.cases if texts else "",
    )


def event_to(event: Event) -> ruleset_life_pb2.RulesetEvent:
    """The message of an event."""
    return ruleset_life_pb2.RulesetEvent(
        sequence=event.sequence,
        at=timestamp_of(event.at_micros),
        actor=event.actor,
        action=getattr(ruleset_life_pb2, f"RULESET_ACTION_{event.action.name}"),
        id=event.ruleset_id,
        version=event.version,
        revision=event.revision,
        digest=event.digest,
        counts_from=None if event.moment_micros is None else timestamp_of(event.moment_micros),
        succeeded_from=event.day,
        reason=event.reason,
    )
