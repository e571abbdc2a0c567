"""The calls of RulesetService, as methods of the client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chuan.v1 import (
    evaluation_service_pb2,
    ruleset_life_pb2,
    ruleset_report_pb2,
    ruleset_service_pb2,
    ruleset_service_pb2_grpc,
)
from google.protobuf.timestamp_pb2 import Timestamp

from clients.calls import Calls
from clients.errors import DraftConflict

LANGUAGES: Final = {"vi": evaluation_service_pb2.LANGUAGE_VI, "en": evaluation_service_pb2.LANGUAGE_EN}


@dataclass(frozen=True, slots=True)
class Step:
    """A revision of a draft that a step is taken with.

    Attributes:
        ruleset: the id.
        version: of the ruleset.
        revision: that was seen, and has to be the newest.
        reason: why.
    """

    ruleset: str
    version: str
    revision: int
    reason: str = ""

    @property
    def message(self) -> ruleset_service_pb2.DraftStep:
        """As it is sent."""
        return ruleset_service_pb2.DraftStep(
            id=self.ruleset, version=self.version, revision=self.revision, reason=self.reason
        )


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a ruleset.

    Attributes:
        text: the document.
        cases: those beside it.
        file: what to call the document in findings.
    """

    text: str
    cases: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class DraftOf:
    """A revision of a draft; 0 is the newest."""

    ruleset: str
    version: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class PublishedOf:
    """A published version."""

    ruleset: str
    version: str


Source = Texts | DraftOf | PublishedOf
"""Where a ruleset is that something is asked of."""


class RulesetCalls(Calls):
    """The calls of RulesetService. Each raises `ServiceError` where it fails, or what it names besides."""

    _rulesets: ruleset_service_pb2_grpc.RulesetServiceStub

    def list_rulesets(self, ruleset: str = "") -> list[ruleset_service_pb2.Ruleset]:
        """Every version of every ruleset that is or was published, or of the one with this id."""
        request = ruleset_service_pb2.ListRulesetsRequest(id=ruleset)
        return list(self._call(self._rulesets.ListRulesets, request).rulesets)

    def get_ruleset(self, ruleset: str, version: str) -> ruleset_service_pb2.GetRulesetResponse:
        """One published version, with its text and cases; NOT_FOUND where there is none."""
        request = ruleset_service_pb2.GetRulesetRequest(id=ruleset, version=version)
        return self._call(self._rulesets.GetRuleset, request)

    def watch_rulesets(self, ruleset: str = "") -> Iterator[ruleset_service_pb2.WatchRulesetsResponse]:
        """What is published, and then every change of it, for as long as it is iterated over.

        Raises:
            ServiceError: the connection broke off; watch again, the first message tells everything.
        """
        request = ruleset_service_pb2.WatchRulesetsRequest(id=ruleset)
        yield from self._each(self._rulesets.WatchRulesets, request)

    def save_draft(
        self,
        ruleset: str,
        version: str,
        text: str,
        cases: str = "",
        *,
        seen_revision: int = 0,
        reason: str = "",
    ) -> ruleset_life_pb2.Draft:
        """Save the next revision of a draft; the same texts again change nothing.

        Args:
            ruleset: the id.
            version: of the ruleset.
            text: the document.
            cases: those beside it.
            seen_revision: the revision that these texts were made of; 0 for a new draft.
            reason: what has changed and why.

        Raises:
            DraftConflict: somebody else has saved another revision; it holds both texts.
            ServiceError: the version is published (VERSION_PUBLISHED), or the call failed.
        """
        request = ruleset_service_pb2.SaveDraftRequest(
            id=ruleset, version=version, seen_revision=seen_revision, text=text, cases=cases, reason=reason
        )
        try:
            return self._call(self._rulesets.SaveDraft, request).draft
        except DraftConflict as conflict:
            # Texts do not fit into an error's trailers, and a revision never changes.
            conflict.theirs = self.get_draft(ruleset, version, conflict.revision)
            conflict.yours = (text, cases)
            raise

    def get_draft(self, ruleset: str, version: str, revision: int = 0) -> ruleset_life_pb2.Draft:
        """A revision of a draft with its texts; 0 asks for the newest."""
        request = ruleset_service_pb2.GetDraftRequest(id=ruleset, version=version, revision=revision)
        return self._call(self._rulesets.GetDraft, request).draft

    def list_drafts(self, ruleset: str = "") -> list[ruleset_life_pb2.Draft]:
        """The drafts that are not published, without their texts."""
        request = ruleset_service_pb2.ListDraftsRequest(id=ruleset)
        return list(self._call(self._rulesets.ListDrafts, request).drafts)

    def submit_draft(self, step: Step) -> ruleset_life_pb2.Draft:
        """Hand a draft in for approval.

        Raises:
            DraftUnsound: its check or its cases fail.
            DraftConflict: another revision is the newest.
        """
        request = ruleset_service_pb2.SubmitDraftRequest(step=step.message)
        return self._call(self._rulesets.SubmitDraft, request).draft

    def approve_draft(self, step: Step) -> ruleset_life_pb2.Draft:
        """Approve a draft that somebody else wrote."""
        request = ruleset_service_pb2.ApproveDraftRequest(step=step.message)
        return self._call(self._rulesets.ApproveDraft, request).draft

    def reject_draft(self, step: Step) -> ruleset_life_pb2.Draft:
        """Give a draft back to its authors; the reason is required."""
        request = ruleset_service_pb2.RejectDraftRequest(step=step.message)
        return self._call(self._rulesets.RejectDraft, request).draft

    def publish_draft(
        self, step: Step, *, counts_from: dt.datetime | None = None, supersede: bool = False
    ) -> ruleset_life_pb2.Draft:
        """Publish an approved draft.

        Args:
            step: the draft.
            counts_from: from when, in a zone; None: from now on.
            supersede: end the effect of the versions that it overlaps with, on the day before it begins.
        """
        moment = None
        if counts_from is not None:
            moment = Timestamp()
            moment.FromDatetime(counts_from.astimezone(dt.UTC))
        request = ruleset_service_pb2.PublishDraftRequest(
            step=step.message, counts_from=moment, supersede=supersede
        )
        return self._call(self._rulesets.PublishDraft, request).draft

    def retire_ruleset(self, ruleset: str, version: str, reason: str) -> ruleset_life_pb2.Draft:
        """Withdraw a published version at once."""
        request = ruleset_service_pb2.RetireRulesetRequest(id=ruleset, version=version, reason=reason)
        return self._call(self._rulesets.RetireRuleset, request).draft

    def list_ruleset_events(
        self, ruleset: str = "", version: str = ""
    ) -> list[ruleset_life_pb2.RulesetEvent]:
        """Who did what with a ruleset, when and why."""
        request = ruleset_service_pb2.ListRulesetEventsRequest(id=ruleset, version=version)
        return list(self._call(self._rulesets.ListRulesetEvents, request).events)

    def check_ruleset(
        self, source: Source, *, language: str = "en", beside_published: bool = False
    ) -> ruleset_service_pb2.CheckRulesetResponse:
        """What a check by meaning finds; `clients.plain_data` gives it as the command line prints it."""
        request = ruleset_service_pb2.CheckRulesetRequest(
            ruleset=_source(source), language=LANGUAGES[language], beside_published=beside_published
        )
        return self._call(self._rulesets.CheckRuleset, request)

    def test_ruleset(self, source: Source) -> ruleset_report_pb2.TestReport:
        """How the cases come out, and what they cover."""
        request = ruleset_service_pb2.TestRulesetRequest(ruleset=_source(source))
        return self._call(self._rulesets.TestRuleset, request).report

    def compare_rulesets(self, old: Source, new: Source) -> ruleset_report_pb2.RulesetComparison:
        """What changed in the rules from one ruleset to another."""
        request = ruleset_service_pb2.CompareRulesetsRequest(old=_source(old), new=_source(new))
        return self._call(self._rulesets.CompareRulesets, request).comparison

    def analyze_impact(
        self,
        draft: Source,
        against: Source | None = None,
        *,
        by: str = "",
        after_position: int = 0,
        done: int = 0,
    ) -> Iterator[ruleset_service_pb2.AnalyzeImpactResponse]:
        """Whom a draft would change of those whose decisions are logged, part by part. There is no deadline.

        Args:
            draft: the draft.
            against: what it is held against; None: what each decision was reached by.
            by: the path of the fact that tells groups apart.
            after_position: where to go on.
            done: how many records were done before that.

        Raises:
            ServiceError: the call failed; go on after the position of the last part.
        """
        request = ruleset_service_pb2.AnalyzeImpactRequest(
            draft=_source(draft),
            against=None if against is None else _source(against),
            by=by,
            after_position=after_position,
            done=done,
        )
        yield from self._each(self._rulesets.AnalyzeImpact, request)

    def explain_impact(
        self, draft: Source, decision_id: str, against: Source | None = None, *, language: str = "en"
    ) -> str:
        """One decision by both, in words; see `analyze_impact`."""
        request = ruleset_service_pb2.ExplainImpactRequest(
            draft=_source(draft),
            against=None if against is None else _source(against),
            decision_id=decision_id,
            language=LANGUAGES[language],
        )
        return self._call(self._rulesets.ExplainImpact, request).text

    def explain_criterion(
        self, source: Source, criterion: str, *, language: str = "en"
    ) -> ruleset_report_pb2.CriterionNote:
        """What a criterion asks, where the law says so, what it reads and decides, which case shows it."""
        request = ruleset_service_pb2.ExplainCriterionRequest(
            ruleset=_source(source), criterion=criterion, language=LANGUAGES[language]
        )
        return self._call(self._rulesets.ExplainCriterion, request).note

    def render_ruleset(self, source: Source, *, language: str = "en") -> str:
        """The ruleset as an HTML page to be read and signed off."""
        request = ruleset_service_pb2.RenderRulesetRequest(
            ruleset=_source(source), language=LANGUAGES[language]
        )
        return self._call(self._rulesets.RenderRuleset, request).html

    def format_ruleset(self, text: str) -> str:
        """A document or a file of cases, laid out as all are; `DraftUnsound` where it is not YAML."""
        request = ruleset_service_pb2.FormatRulesetRequest(text=text)
        return self._call(self._rulesets.FormatRuleset, request).text

    def new_ruleset(self, ruleset: str, kind: str, effective_from: dt.date) -> Texts:
        """A ruleset to begin with, and its cases.

        Args:
            ruleset: the id.
            kind: ``title-standard``, ``evaluation`` or ``organization``.
            effective_from: the first day on which it is in effect.
        """
        request = ruleset_service_pb2.NewRulesetRequest(
            id=ruleset,
            kind=ruleset_service_pb2.RulesetKind.Value(f"RULESET_KIND_{kind.replace('-', '_').upper()}"),
            effective_from=effective_from.isoformat(),
        )
        made = self._call(self._rulesets.NewRuleset, request).texts
        return Texts(made.text, made.cases)

    def get_ruleset_schema(self) -> ruleset_service_pb2.GetRulesetSchemaResponse:
        """The JSON Schemas of a document and of a file of cases, as text."""
        request = ruleset_service_pb2.GetRulesetSchemaRequest()
        return self._call(self._rulesets.GetRulesetSchema, request)


def _source(source: Source) -> ruleset_service_pb2.RulesetSource:
    message = ruleset_service_pb2.RulesetSource()
    match source:
        case Texts():
            message.texts.text, message.texts.cases = source.text, source.cases
            message.texts.file = source.file
        case DraftOf():
            message.draft.id, message.draft.version = source.ruleset, source.version
            message.draft.revision = source.revision
        case PublishedOf():
            message.published.id, message.published.version = source.ruleset, source.version
    return message
