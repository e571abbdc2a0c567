"""The calls of authors: requests to where rulesets are, and data to reports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

from chuan.v1 import evaluation_service_pb2
from chuan.v1 import ruleset_report_pb2 as reports
from chuan.v1 import ruleset_service_pb2 as pb

from engine.drafting import cases_schema, json_schema, new_ruleset
from engine.ruleset.localized import Language
from server.errors import FieldViolation, wrong_request
from server.publishing import Source, Workbench
from server.publishing.gate import RULESET_FILE
from server.publishing.workbench import format_document
from server.security import Caller
from server.store import Texts
from server.transport.drafts import new_from
from server.transport.plain import message_of

Result = TypeVar("Result")

_LANGUAGES: Final[dict[int, Language]] = {
    evaluation_service_pb2.LANGUAGE_UNSPECIFIED: "en",
    evaluation_service_pb2.LANGUAGE_VI: "vi",
    evaluation_service_pb2.LANGUAGE_EN: "en",
}


class Reporting:
    """The calls of RulesetService that ask about rulesets and change nothing."""

    def __init__(self, workbench: Workbench, aside: Executor) -> None:
        """Answer by `workbench`, in the threads of `aside`."""
        self._workbench = workbench
        self._aside = aside

    async def CheckRuleset(self, request: pb.CheckRulesetRequest, _caller: Caller) -> pb.CheckRulesetResponse:  # noqa: N802 - the contract's name
        """Check a ruleset."""
        source, language = _source(request.ruleset, "ruleset"), _language(request.language)

        def work() -> pb.CheckRulesetResponse:
            data = self._workbench.check(source, language, beside_published=request.beside_published)
            return message_of(data, pb.CheckRulesetResponse)

        return await self._run(work)

    async def TestRuleset(self, request: pb.TestRulesetRequest, _caller: Caller) -> pb.TestRulesetResponse:  # noqa: N802
        """Run the cases of a ruleset."""
        data = await self._run(self._workbench.test, _source(request.ruleset, "ruleset"))
        return pb.TestRulesetResponse(report=message_of(data, reports.TestReport))

    async def CompareRulesets(  # noqa: N802
        self, request: pb.CompareRulesetsRequest, _caller: Caller
    ) -> pb.CompareRulesetsResponse:
        """Tell what changed in the rules."""
        old, new = _source(request.old, "old"), _source(request.new, "new")
        data = await self._run(self._workbench.compare, old, new)
        return pb.CompareRulesetsResponse(comparison=message_of(data, reports.RulesetComparison))

    async def AnalyzeImpact(  # noqa: N802
        self, request: pb.AnalyzeImpactRequest, caller: Caller
    ) -> AsyncIterator[pb.AnalyzeImpactResponse]:
        """Tell part by part whom a draft would change."""
        draft, against = _sources(request)
        foreseer = await self._run(self._workbench.foreseer, draft, against, request.by)
        parts = self._workbench.foresee(foreseer, caller.organisations, request.after_position, request.done)
        while (foreseen := await self._run(next, parts, None)) is not None:
            yield pb.AnalyzeImpactResponse(
                part=message_of(foreseen.part.data, reports.ImpactPart),
                total=foreseen.total,
                position=foreseen.position,
            )

    async def ExplainImpact(  # noqa: N802
        self, request: pb.ExplainImpactRequest, caller: Caller
    ) -> pb.ExplainImpactResponse:
        """Explain one decision that a draft would change."""
        draft, against = _sources(request)
        language = _language(request.language)
        foreseer = await self._run(self._workbench.foreseer, draft, against)
        text = await self._run(
            self._workbench.explain, foreseer, caller.organisations, request.decision_id, language
        )
        return pb.ExplainImpactResponse(text=text)

    async def ExplainCriterion(  # noqa: N802
        self, request: pb.ExplainCriterionRequest, _caller: Caller
    ) -> pb.ExplainCriterionResponse:
        """Explain one criterion."""
        source, language = _source(request.ruleset, "ruleset"), _language(request.language)
        data = await self._run(self._workbench.explain_criterion, source, request.criterion, language)
        return pb.ExplainCriterionResponse(note=message_of(data, reports.CriterionNote))

    async def RenderRuleset(  # noqa: N802
        self, request: pb.RenderRulesetRequest, _caller: Caller
    ) -> pb.RenderRulesetResponse:
        """Write a ruleset as a page."""
        source, language = _source(request.ruleset, "ruleset"), _language(request.language)
        return pb.RenderRulesetResponse(html=await self._run(self._workbench.render, source, language))

    async def FormatRuleset(  # noqa: N802
        self, request: pb.FormatRulesetRequest, _caller: Caller
    ) -> pb.FormatRulesetResponse:
        """Lay a document out."""
        return pb.FormatRulesetResponse(text=await self._run(format_document, request.text))

    async def NewRuleset(self, request: pb.NewRulesetRequest, _caller: Caller) -> pb.NewRulesetResponse:  # noqa: N802
        """Begin a ruleset."""
        made = new_ruleset(*new_from(request))
        return pb.NewRulesetResponse(texts=pb.RulesetTexts(text=made.ruleset, cases=made.cases))

    async def GetRulesetSchema(  # noqa: N802
        self, _request: pb.GetRulesetSchemaRequest, _caller: Caller
    ) -> pb.GetRulesetSchemaResponse:
        """Give the schemas of the format."""
        document, cases = (json.dumps(each, ensure_ascii=False) for each in (json_schema(), cases_schema()))
        return pb.GetRulesetSchemaResponse(document=document, cases=cases)

    async def _run(self, work: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._aside, work, *arguments)


def _sources(request: pb.AnalyzeImpactRequest | pb.ExplainImpactRequest) -> tuple[Source, Source | None]:
    against = _source(request.against, "against") if request.HasField("against") else None
    return _source(request.draft, "draft"), against


def _source(message: pb.RulesetSource, path: str) -> Source:
    """Where a ruleset is.

    Raises:
        Failure: the request does not say.
    """
    match message.WhichOneof("source"):
        case "texts":
            texts = message.texts
            return Source(Texts(texts.text, texts.cases), texts.file or RULESET_FILE)
        case "draft":
            draft = message.draft
            return Source(ruleset_id=draft.id, version=draft.version, revision=draft.revision)
        case "published":
            return Source(ruleset_id=message.published.id, version=message.published.version)
        case _:
            what = "Say where the ruleset is: its texts, a draft or a published version."
            raise wrong_request([FieldViolation(path, what)])


def _language(number: int) -> Language:
    if number not in _LANGUAGES:
        raise wrong_request([FieldViolation("language", "Name LANGUAGE_VI or LANGUAGE_EN.")])
    return _LANGUAGES[number]
