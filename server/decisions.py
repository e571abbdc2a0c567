"""Decisions: a record judged and logged, and judged again. It knows neither SQL nor gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

import orjson

from engine import Catalogue, ChosenBy, Ruleset, SelectionError, Verdict, evaluate, explain
from engine.feel.budget import ALLOWANCE
from engine.feel.limits import MAX_STEPS
from engine.records import parse_record
from engine.ruleset.localized import Language
from server.ids import uuid7
from server.record_text import record_text
from server.security import Caller
from server.store import (
    DecisionLog,
    Entry,
    Kind,
    LoggedDecision,
    NotReplayableError,
    RequestIdUsedError,
    seal_request,
)
from server.tables.errors import ChunkDiffersError

_ID_BYTES: Final = 10  # random ones of an id
_SALT_BYTES: Final = 16
_STREAM_ID_BYTES: Final = 16
_KEPT_CHOICES: Final = 1_024  # ids and days of which the version in effect is remembered


class RulesetChoice(NamedTuple):
    """Which ruleset: a version of an id, the version in effect of an id, or (no id) the one that selects."""

    id: str = ""
    version: str = ""


class Command(NamedTuple):
    """A record to judge.

    Attributes:
        choice: by which ruleset.
        evaluated_on: as of which date.
        record: the facts, as the engine takes them.
        subject_ref: the caller's own id of whom it is about, or empty.
        languages: to explain the verdict in.
        form: of the explanations, ``full`` or ``short``.
        foresight: also find out what would move the verdict, which takes hundreds of evaluations.
        as_known_at: by the rules as they were published at this moment, in a zone; None: as they are now.
        caller: who asks, or empty.
        organisation: for which organisation, or empty.
        request_id: the caller's key of the request, or empty.
    """

    choice: RulesetChoice
    evaluated_on: date
    record: Mapping[str, object]
    subject_ref: str = ""
    languages: tuple[Language, ...] = ()
    form: str = "full"
    foresight: bool = False
    as_known_at: datetime | None = None
    caller: str = ""
    organisation: str = ""
    request_id: str = ""

    def request_text(self) -> bytes:
        """What was asked, as bytes that are the same whenever the same decision is asked for.

        Raises:
            RecordTextError: the record is too long to be logged.
        """
        about = [
            *self.choice,
            self.evaluated_on.isoformat(),
            self.subject_ref,
            self.organisation,
            self.foresight,
            self.as_known_at and self.as_known_at.isoformat(),
        ]
        return orjson.dumps(about) + record_text(self.record)


class Judged(NamedTuple):
    """A verdict that is ready to be logged and answered."""

    entry: Entry
    verdict: Verdict
    explanations: tuple[str, ...]


class TableDecision(NamedTuple):
    """A chunk of a table that was judged, to be logged.

    Attributes:
        ruleset_digest: of the ruleset it was judged by.
        record: JSON that says what was judged, with the digest of the rows.
        verdict: canonical JSON that says what it came to, with the digest of the results.
        caller: who asked, or empty.
        organisation: for which organisation, or empty.
        request_id: the key of the chunk.
    """

    ruleset_digest: str
    record: bytes
    verdict: bytes
    caller: str
    organisation: str
    request_id: str


class Recalled(NamedTuple):
    """A decision that was logged when the same request came before, and its explanations in words."""

    entry: Entry
    explanations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A logged decision beside what evaluating its record again gives.

    Attributes:
        logged: the verdict that was logged, as canonical JSON.
        replayed: the verdict that its record gives now, as canonical JSON.
        verdict: that verdict.
    """

    logged: bytes
    replayed: bytes
    verdict: Verdict

    @property
    def identical(self) -> bool:
        """Whether the verdict is the same to the byte."""
        return self.logged == self.replayed


class Rulesets(Protocol):
    """Where the rulesets come from."""

    @property
    def catalogue(self) -> Catalogue:
        """What is published now; it never changes, another takes its place."""

    def ruleset(self, digest: str) -> Ruleset | None:
        """The ruleset that was ever published with this digest, or None. Blocking."""


class Decisions:
    """Judges records by the rulesets that are published, logs the verdicts, and judges logged records again."""

    def __init__(
        self,
        rulesets: Rulesets,
        log: DecisionLog,
        *,
        now_micros: Callable[[], int],
        random: Callable[[int], bytes],
        steps: int = MAX_STEPS,
    ) -> None:
        """Judge nothing yet.

        Args:
            rulesets: to judge by.
            log: of the decisions.
            now_micros: the clock, in microseconds since 1970-01-01 UTC.
            random: gives so many bytes.
            steps: of the expression language that judging one record may take.
        """
        self._steps = steps
        self._rulesets = rulesets
        self._log = log
        self._now_micros = now_micros
        self._random = random
        self._chosen: tuple[Catalogue, Callable[..., Ruleset]] | None = None

    @property
    def catalogue(self) -> Catalogue:
        """What is published now. A request takes it once, and keeps to it."""
        return self._rulesets.catalogue

    def new_stream_id(self) -> str:
        """The id of a stream of records that begins: 32 hexadecimal digits, by chance."""
        return self._random(_STREAM_ID_BYTES).hex()

    def judge(self, command: Command, catalogue: Catalogue) -> Judged:
        """The verdict on a record by a ruleset of `catalogue`; nothing is logged yet.

        Raises:
            SelectionError: no ruleset, or more than one, answers to the choice.
            RecordError: the record is not usable.
            RecordTextError: the record is too long to be logged.
            FeelLimitError: a criterion passed a limit of the language.
        """
        ruleset, chosen_by = self.choose(command, catalogue)
        allowed = ALLOWANCE.set(self._steps)
        try:
            verdict = evaluate(
                ruleset,
                command.record,
                evaluated_on=command.evaluated_on,
                chosen_by=chosen_by,
                foresight=command.foresight,
            )
        finally:
            ALLOWANCE.reset(allowed)
        chance = self._random(_ID_BYTES + _SALT_BYTES)
        salt, request_id = chance[_ID_BYTES:], command.request_id
        entry = Entry(
            decision_id=uuid7(self._now_micros(), chance[:_ID_BYTES]),
            ruleset_digest=ruleset.digest,
            subject_ref=command.subject_ref,
            record=record_text(command.record),
            verdict=verdict.canonical(),
            salt=salt,
            caller=command.caller,
            organisation=command.organisation,
            request_id=request_id,
            request_seal=seal_request(salt, request_id, command.request_text()) if request_id else None,
            status=verdict.status.value,
            outcome=verdict.outcome or "",
        )
        return Judged(entry, verdict, _explanations(verdict, command))

    async def log(self, entries: Sequence[Entry]) -> list[str]:
        """Log decisions, together and in this order; they are on the disk when this returns.

        Returns:
            The id of each one's decision: its own, or that of the decision which its request has led to before; what
            that was, `recall` tells.

        Raises:
            StoreUnavailableError: nothing of it was logged.
        """
        return await self._log.append(entries)

    async def log_table(self, judged: TableDecision) -> str:
        """Log a chunk of a table, or find it in the log; it is on the disk when this returns.

        Returns:
            The id of its decision.

        Raises:
            RequestIdUsedError: the log has another chunk by its key.
            ChunkDiffersError: the log has another result of it.
            StoreUnavailableError: nothing was logged.
        """
        chance = self._random(_ID_BYTES + _SALT_BYTES)
        salt = chance[_ID_BYTES:]
        entry = Entry(
            decision_id=uuid7(self._now_micros(), chance[:_ID_BYTES]),
            ruleset_digest=judged.ruleset_digest,
            subject_ref="",
            record=judged.record,
            verdict=judged.verdict,
            salt=salt,
            kind=Kind.TABLE,
            caller=judged.caller,
            organisation=judged.organisation,
            request_id=judged.request_id,
            request_seal=seal_request(salt, judged.request_id, judged.record),
        )
        (decision_id,) = await self._log.append([entry])
        if decision_id != entry.decision_id:
            logged = (await asyncio.to_thread(self._log.read, decision_id)).entry
            seal = seal_request(logged.salt, judged.request_id, judged.record)
            if (logged.organisation, logged.request_seal) != (judged.organisation, seal):
                raise RequestIdUsedError("the chunk is not the one that came at this place before")
            if logged.verdict != judged.verdict:
                raise ChunkDiffersError("the log has another result of this chunk")
        return decision_id

    def find(self, command: Command) -> str | None:
        """The id of the decision that the command's request has led to before, if it has a key. Blocking.

        Raises:
            StoreUnavailableError: the log cannot be read.
        """
        return self._log.find(command.caller, command.request_id) if command.request_id else None

    def logged(self, decision_id: str) -> Entry:
        """A decision that the caller's own key of a request has led to. Blocking.

        Raises:
            DecisionNotFoundError: no decision has this id.
            StoreUnavailableError: the log cannot be read.
        """
        return self._log.read(decision_id).entry

    def recall(self, command: Command, decision_id: str) -> Recalled:
        """The decision that the command's request has led to before, explained as it asks. Blocking.

        Raises:
            RequestIdUsedError: it was another request that had this key.
            DecisionNotFoundError: no decision has this id.
            StoreUnavailableError: the log cannot be read.
        """
        entry = self._log.read(decision_id).entry
        if entry.request_seal != seal_request(entry.salt, command.request_id, command.request_text()):
            raise RequestIdUsedError("the request_id was that of another request; give each its own")
        explanations = _explanations(self._again(entry), command) if command.languages else ()
        return Recalled(entry, explanations)

    def read(self, decision_id: str, caller: Caller) -> LoggedDecision:
        """A logged decision for an organisation that the caller acts for. Blocking.

        Raises:
            DecisionNotFoundError: no decision has this id, or one of another organisation has: not even that is told.
            DataErasedError: what is personal in it was erased.
            StoreUnavailableError: the log cannot be read.
        """
        return self._log.read(decision_id, caller.organisations)

    def replay(self, decision_id: str, caller: Caller) -> Replayed:
        """A logged decision, evaluated again by the ruleset text it was judged by. Blocking.

        Raises:
            DecisionNotFoundError: as for `read`.
            NotReplayableError: the decision is on a table, whose rows are not in the log.
            StoreUnavailableError: the log cannot be read.
        """
        entry = self.read(decision_id, caller).entry
        if entry.kind is not Kind.RECORD:
            raise NotReplayableError("the decision is on a table, whose rows are not in the log")
        verdict = self._again(entry)
        return Replayed(entry.verdict, verdict.canonical(), verdict)

    def explained(self, entry: Entry, languages: Sequence[Language]) -> tuple[str, ...]:
        """The verdict of a logged decision in words; none where its ruleset does not give it any more. Blocking.

        Raises:
            StoreUnavailableError: the ruleset cannot be read.
        """
        verdict = self._again(entry)
        if verdict.canonical() != entry.verdict:
            return ()
        return tuple(explain(verdict, language) for language in languages)

    def _again(self, entry: Entry) -> Verdict:
        """The verdict on a logged record, by the ruleset text it was judged by."""
        logged = orjson.loads(entry.verdict)
        return evaluate(
            self.ruleset(entry.ruleset_digest),
            parse_record(entry.record),
            evaluated_on=date.fromisoformat(logged["evaluated_on"]),
            chosen_by=ChosenBy(logged["ruleset"]["chosen_by"]),
            foresight="foresight" in logged,
        )

    def ruleset(self, digest: str) -> Ruleset:
        """The ruleset that was ever published with this digest. Blocking.

        Raises:
            SelectionError: there is none.
        """
        ruleset = self._rulesets.ruleset(digest)
        if ruleset is None:
            raise SelectionError(f"no ruleset has the digest {digest}")
        return ruleset

    def choose(self, command: Command, catalogue: Catalogue) -> tuple[Ruleset, ChosenBy]:
        """The ruleset of `catalogue` that a record is to be judged by, and how it was chosen.

        Raises:
            SelectionError: no ruleset, or more than one, answers to the choice.
        """
        choice, day, known = command.choice, command.evaluated_on, command.as_known_at
        if choice.version:
            return catalogue.get(choice.id, choice.version, as_known_at=known), ChosenBy.VERSION
        if choice.id:
            return self._on(catalogue)(choice.id, day, as_known_at=known), ChosenBy.DATE
        return catalogue.select(command.record, day, as_known_at=known), ChosenBy.SELECTOR

    def _on(self, catalogue: Catalogue) -> Callable[..., Ruleset]:
        """`catalogue.on`, remembering what it found: thousands of records come for one day."""
        kept = self._chosen
        if kept is None or kept[0] is not catalogue:
            kept = self._chosen = (catalogue, lru_cache(_KEPT_CHOICES)(catalogue.on))
        return kept[1]


def _explanations(verdict: Verdict, command: Command) -> tuple[str, ...]:
    return tuple(explain(verdict, language, form=command.form) for language in command.languages)
