"""The register of what the authority decided: records are added, and one supersedes another by naming it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Engine, Row

from engine import Ruleset
from server.authority.errors import AuthorityError, AuthorityReason, wrong_field
from server.authority.model import NOT_RATED, Appeal, AppealResult, Document, Standing, Term
from server.authority.notes import document_note, standing_of, term_note
from server.authority.settings import AppealSettings
from server.authority.terms import WorkingCalendar
from server.personal.keys import Subject
from server.personal.vault import SALT_BYTES, Vault
from server.security import Caller
from server.store.acts import ActKind, NewAct, append_act, next_place, note_bytes, read_acts
from server.store.database import reading, writing
from server.store.errors import DecisionNotFoundError
from server.store.rows import Entry, Kind
from server.store.scopes import has_id, within
from server.store.sealing import ALL, personal_of
from server.store.tables import acts, decisions


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What the authority decided, to be recorded; the attributes are those of `Decided`.

    `outcome` is empty where it is as the verdict proposes; `announced_on` is None where it is the document's date.
    """

    document: Document
    outcome: str = ""
    reason: str = ""
    announced_on: date | None = None
    supersedes: int = 0
    after_appeal: int = 0


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to the appeal with this number; `answered_on` is None where it is the document's date."""

    appeal: int
    result: AppealResult
    reason: str
    document: Document
    answered_on: date | None = None
    supersedes: int = 0


class _Found(NamedTuple):
    """A decision on a record, and what stands."""

    row: Row[Any]
    standing: Standing


class AuthorityRegister:
    """Records what the authority decided about the decisions of one store. Blocking.

    Each method raises `DecisionNotFoundError` where no decision that the caller acts for has the id, `DataErasedError`
    where it was erased, and `StoreUnavailableError`.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        settings: AppealSettings,
        *,
        ruleset: Callable[[str], Ruleset | None],
        now_micros: Callable[[], int],
        random: Callable[[int], bytes],
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._settings = settings
        self._calendar = WorkingCalendar(settings.holidays, settings.worked_weekends)
        self._ruleset = ruleset
        self._now_micros = now_micros
        self._random = random

    def standing(self, caller: Caller, decision_id: str) -> Standing:
        """What stands."""
        with reading(self._engine) as connection:
            return self._find(connection, caller, decision_id).standing

    def followed(self, entry: Entry) -> Standing | None:
        """What stands after a logged decision; None if nothing followed, or can: it is on a table."""
        if entry.kind is not Kind.RECORD:
            return None
        with reading(self._engine) as connection:
            standing = self._standing(connection, entry.decision_id, _proposed(entry.verdict))
        return standing if standing.decisions else None

    def decide(self, caller: Caller, decision_id: str, new: NewDecision) -> Standing:
        """Record what the authority decided.

        Raises:
            AuthorityError: another record stands than the one to supersede; there is nothing to confirm; the outcome is
                none of the ruleset's; a reason is missing; there is no such appeal.
        """
        with writing(self._engine) as connection:
            found = self._find(connection, caller, decision_id)
            standing = found.standing
            _see_superseded(new.supersedes, standing.current.recorded.number if standing.current else 0)
            if new.after_appeal:
                _appeal(standing, new.after_appeal, "after_appeal")
            outcome = new.outcome or standing.proposed
            self._see_outcome(found, outcome, new.reason)
            note = {
                "outcome": outcome,
                "reason": new.reason,
                "document": document_note(new.document),
                "announced_on": (new.announced_on or new.document.date).isoformat(),
                "after_appeal": new.after_appeal,
            }
            kind = ActKind.CONFIRMED if outcome == standing.proposed else ActKind.CHANGED
            return self._append(connection, caller, found, kind, note, new.supersedes)

    def appeal(self, caller: Caller, decision_id: str, filed_on: date, grounds: str) -> Standing:
        """Record an objection, in its term or after it; it is the last of those that stand then.

        Raises:
            AuthorityError: the authority has not decided; it was filed before the result was announced.
        """
        with writing(self._engine) as connection:
            found = self._find(connection, caller, decision_id)
            against = found.standing.current
            if against is None:
                text = "the authority has not decided yet: a verdict is only a proposal"
                raise AuthorityError(AuthorityReason.NOTHING_TO_APPEAL, text)
            if filed_on < against.announced_on:
                raise wrong_field("filed_on", "The result was announced after this day.")
            note = {
                "filed_on": filed_on.isoformat(),
                "grounds": grounds,
                "filing": term_note(
                    self._term(against.announced_on, self._settings.object_within_working_days)
                ),
                "answering": term_note(self._term(filed_on, self._settings.answer_within_working_days)),
            }
            return self._append(connection, caller, found, ActKind.APPEALED, note, against.recorded.number)

    def answer(self, caller: Caller, decision_id: str, new: NewAnswer) -> Standing:
        """Record the answer to an appeal, in its term or after it.

        Raises:
            AuthorityError: there is no such appeal; another answer stands than the one to supersede; it was answered
                before it was filed.
        """
        with writing(self._engine) as connection:
            found = self._find(connection, caller, decision_id)
            appeal = _appeal(found.standing, new.appeal, "appeal")
            _see_superseded(new.supersedes, appeal.answer.recorded.number if appeal.answer else 0)
            answered_on = new.answered_on or new.document.date
            if answered_on < appeal.filed_on:
                raise wrong_field("answered_on", "The appeal was filed after this day.")
            note = {
                "appeal": new.appeal,
                "result": new.result,
                "reason": new.reason,
                "document": document_note(new.document),
                "answered_on": answered_on.isoformat(),
            }
            return self._append(connection, caller, found, ActKind.ANSWERED, note, new.supersedes)

    def _find(self, connection: Connection, caller: Caller, decision_id: str) -> _Found:
        row = connection.execute(
            ALL.where(
                has_id(decision_id),
                decisions.c.kind == Kind.RECORD,
                within(caller.organisations),
            )
        ).one_or_none()
        if row is None:
            raise DecisionNotFoundError
        proposed = _proposed(personal_of(row, self._vault).verdict)
        return _Found(row, self._standing(connection, decision_id, proposed))

    def _standing(self, connection: Connection, decision_id: str, proposed: str) -> Standing:
        about = read_acts(
            connection, self._vault, acts.c.decision_id == decision_id, acts.c.erased_by.is_(None)
        )
        return standing_of(decision_id, proposed, about)

    def _append(
        self,
        connection: Connection,
        caller: Caller,
        found: _Found,
        kind: ActKind,
        note: dict[str, Any],
        refers_to: int,
    ) -> Standing:
        row = found.row
        place = next_place(connection, self._now_micros())
        salt = self._random(SALT_BYTES)
        box, key_id = self._vault.shut_note(
            connection,
            row.position,
            Subject(row.organisation, row.subject_ref),
            place.sequence,
            note_bytes(note, salt),
        )
        act = NewAct(kind, caller.name, note, row.decision_id, refers_to, key_id)
        append_act(connection, place, act, salt, box)
        return self._standing(connection, row.decision_id, found.standing.proposed)

    def _see_outcome(self, found: _Found, outcome: str, reason: str) -> None:
        proposed = found.standing.proposed
        if not outcome:
            text = "the verdict leaves the outcome open: name the one that was decided, and why"
            raise AuthorityError(AuthorityReason.NOTHING_TO_CONFIRM, text)
        if outcome == proposed:
            return
        ruleset = self._ruleset(found.row.ruleset_digest)
        known = [*(each.name for each in (ruleset.outcomes if ruleset else ())), NOT_RATED]
        if outcome not in known:
            raise wrong_field("outcome", f"The ruleset has no such outcome; there are {', '.join(known)}.")
        if not reason:
            raise wrong_field("reason", "A reason is required where the outcome is not the proposed one.")

    def _term(self, begins: date, working_days: int) -> Term:
        last_day = self._calendar.after(begins, working_days)
        return Term(working_days, last_day, self._settings.source, self._calendar.lists(begins, last_day))


def _appeal(standing: Standing, number: int, field: str) -> Appeal:
    for appeal in standing.appeals:
        if appeal.recorded.number == number:
            return appeal
    raise AuthorityError(
        AuthorityReason.APPEAL_NOT_FOUND, f"no appeal of this decision has the number in '{field}'"
    )


def _see_superseded(named: int, standing: int) -> None:
    if named != standing:
        stands = f"record {standing} stands" if standing else "no record stands"
        text = (
            f"{stands}: read it, and name it in 'supersedes'"
            if standing
            else f"{stands} that could be superseded"
        )
        raise AuthorityError(AuthorityReason.AUTHORITY_CONFLICT, text, number=standing)


def _proposed(verdict: bytes) -> str:
    said = orjson.loads(verdict)
    if said["status"] == NOT_RATED:
        return NOT_RATED
    return str(said["outcome"]) if said["status"] == "decided" else ""
