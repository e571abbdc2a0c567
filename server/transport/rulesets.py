"""RulesetService."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from chuan.v1 import ruleset_life_pb2
from chuan.v1 import ruleset_service_pb2 as pb

from engine import Ruleset
from server.publishing import Desk, Life, Shelf, Snapshot, Workbench
from server.publishing.desk import Named
from server.security import Caller
from server.store import Texts
from server.transport.calls import endless
from server.transport.drafts import draft_to, event_to, publishing_from, retired_from, saved_from, step_from
from server.transport.reports import Reporting
from server.transport.summaries import summary

Step = TypeVar("Step", pb.ApproveDraftResponse, pb.RejectDraftResponse)
Result = TypeVar("Result")


class RulesetServicer(Reporting):
    """RulesetService, as the contract has it. The book is read in a thread: it may wait for the disk."""

    def __init__(self, shelf: Shelf, desk: Desk, workbench: Workbench, now_micros: Callable[[], int]) -> None:
        self._shelf = shelf
        self._desk = desk
        self._now_micros = now_micros
        self._steps = ThreadPoolExecutor(1, "drafts")
        # Reports may take minutes of computing; more threads would not make them faster.
        self._reports = ThreadPoolExecutor(1, "reports")
        super().__init__(workbench, self._reports)

    def close(self) -> None:
        """Let the threads go; no call may be under way."""
        self._steps.shutdown()
        self._reports.shutdown()

    async def ListRulesets(self, request: pb.ListRulesetsRequest, _caller: Caller) -> pb.ListRulesetsResponse:  # noqa: N802 - the contract's name
        """List the versions."""
        return pb.ListRulesetsResponse(rulesets=self._summaries(self._shelf.snapshot, request.id))

    async def GetRuleset(self, request: pb.GetRulesetRequest, _caller: Caller) -> pb.GetRulesetResponse:  # noqa: N802
        """Show one version."""
        snapshot = self._shelf.snapshot
        ruleset = snapshot.catalogue.get(request.id, request.version)
        draft = await self._at_desk(self._desk.draft, ruleset.id, ruleset.version)
        shown = self._summary(snapshot, ruleset)
        return pb.GetRulesetResponse(ruleset=shown, text=ruleset.text, cases=draft.texts.cases)

    @endless
    async def WatchRulesets(  # noqa: N802
        self, request: pb.WatchRulesetsRequest, _caller: Caller
    ) -> AsyncIterator[pb.WatchRulesetsResponse]:
        """Tell what is published, and every change of it."""
        snapshot = self._shelf.snapshot
        known: list[pb.Ruleset] = []
        while True:
            now = self._summaries(snapshot, request.id)
            changed = [each for each in now if each not in known]
            if changed or not known:
                yield pb.WatchRulesetsResponse(sequence=snapshot.sequence, rulesets=changed)
            known = now
            snapshot = await self._shelf.later_than(snapshot)

    async def SaveDraft(self, request: pb.SaveDraftRequest, caller: Caller) -> pb.SaveDraftResponse:  # noqa: N802
        """Save the next revision of a draft."""
        named, texts = saved_from(request, caller.name)
        return pb.SaveDraftResponse(draft=self._draft(await self._at_desk(self._desk.save, named, texts)))

    async def GetDraft(self, request: pb.GetDraftRequest, _caller: Caller) -> pb.GetDraftResponse:  # noqa: N802
        """Show a revision of a draft."""
        found = await self._at_desk(self._desk.draft, request.id, request.version, request.revision)
        return pb.GetDraftResponse(draft=self._draft(found.life, found.revision, found.texts))

    async def ListDrafts(self, request: pb.ListDraftsRequest, _caller: Caller) -> pb.ListDraftsResponse:  # noqa: N802
        """List the drafts."""
        found = await self._at_desk(self._desk.drafts, request.id)
        return pb.ListDraftsResponse(drafts=map(self._draft, found))

    async def SubmitDraft(self, request: pb.SubmitDraftRequest, caller: Caller) -> pb.SubmitDraftResponse:  # noqa: N802
        """Hand a draft in."""
        # It checks and tests, which would keep the other steps waiting.
        life = await self._run(self._desk.submit, step_from(request.step, caller.name))
        return pb.SubmitDraftResponse(draft=self._draft(life))

    async def ApproveDraft(self, request: pb.ApproveDraftRequest, caller: Caller) -> pb.ApproveDraftResponse:  # noqa: N802
        """Approve a draft."""
        return await self._step(
            pb.ApproveDraftResponse, self._desk.approve, step_from(request.step, caller.name)
        )

    async def RejectDraft(self, request: pb.RejectDraftRequest, caller: Caller) -> pb.RejectDraftResponse:  # noqa: N802
        """Give a draft back."""
        named = step_from(request.step, caller.name, needs_reason=True)
        return await self._step(pb.RejectDraftResponse, self._desk.reject, named)

    async def PublishDraft(self, request: pb.PublishDraftRequest, caller: Caller) -> pb.PublishDraftResponse:  # noqa: N802
        """Publish a draft."""
        named, how = step_from(request.step, caller.name), publishing_from(request)
        life = await self._at_desk(self._desk.publish, named, how)
        return pb.PublishDraftResponse(draft=self._draft(life))

    async def RetireRuleset(  # noqa: N802
        self, request: pb.RetireRulesetRequest, caller: Caller
    ) -> pb.RetireRulesetResponse:
        """Withdraw a version."""
        life = await self._at_desk(self._desk.retire, retired_from(request, caller.name))
        return pb.RetireRulesetResponse(draft=self._draft(life))

    async def ListRulesetEvents(  # noqa: N802
        self, request: pb.ListRulesetEventsRequest, _caller: Caller
    ) -> pb.ListRulesetEventsResponse:
        """List who did what."""
        found = await self._at_desk(self._desk.history, request.id, request.version)
        return pb.ListRulesetEventsResponse(events=map(event_to, found))

    async def _step(self, response: type[Step], step: Callable[[Named], Life], named: Named) -> Step:
        return response(draft=self._draft(await self._at_desk(step, named)))

    async def _at_desk(self, work: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._steps, work, *arguments)

    def _draft(
        self, life: Life, revision: int | None = None, texts: Texts | None = None
    ) -> ruleset_life_pb2.Draft:
        return draft_to(life, self._now_micros(), life.revision if revision is None else revision, texts)

    def _summaries(self, snapshot: Snapshot, id_: str) -> list[pb.Ruleset]:
        return [self._summary(snapshot, each) for each in snapshot.catalogue.list() if id_ in ("", each.id)]

    def _summary(self, snapshot: Snapshot, ruleset: Ruleset) -> pb.Ruleset:
        publication = snapshot.catalogue.publication(ruleset)
        return summary(publication, snapshot.lives[ruleset], self._now_micros())
