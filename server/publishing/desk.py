"""The desk at which rulesets are drafted, approved and published: every step, and who may take it when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from engine import Catalogue, Publication, Ruleset, RulesetError, loads
from engine.catalogue import clash
from server.publishing.errors import DraftConflictError, LifeError, Reason, UnsoundError
from server.publishing.gate import RULESET_FILE, Examined, examine, mistakes
from server.publishing.life import Life, State, lives
from server.publishing.shelf import Shelf
from server.store import Action, Event, Kept, RulesetBook, Texts
from server.store.book import Page


@dataclass(frozen=True, slots=True)
class Named:
    """A revision of a draft, and who does what with it and why."""

    ruleset_id: str
    version: str
    revision: int
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Publishing:
    """How a draft is to be published.

    Attributes:
        from_micros: from when it counts; None: at once.
        supersede: end the effect of the versions that it overlaps with, on the day before it begins.
    """

    from_micros: int | None = None
    supersede: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A revision of a draft with its texts, and what the version has come to."""

    life: Life
    revision: int
    texts: Texts


class Desk:
    """The steps in the life of a version. Blocking; errors are `LifeError`, or `StoreUnavailableError`."""

    def __init__(self, book: RulesetBook, shelf: Shelf, now_micros: Callable[[], int]) -> None:
        self._book = book
        self._shelf = shelf
        self._now_micros = now_micros

    def save(self, named: Named, texts: Texts) -> Life:
        """Save the texts of a version as the next revision; `named.revision` is the one that the author has seen.

        The same texts again change nothing, whoever sends them.

        Raises:
            LifeError: the version is published with other texts (VERSION_PUBLISHED).
            DraftConflictError: somebody else has saved another revision meanwhile.
        """
        digest = _digest(texts.text)
        with self._book.writing() as page:
            life = _life(page, named.ruleset_id, named.version)
            if self._newest(page, life) == texts:
                return life
            if life.is_published:
                text = f"{life.name} is published and never changes: give the changed text a new version"
                raise LifeError(Reason.VERSION_PUBLISHED, text)
            if life.revision != named.revision:
                raise DraftConflictError(life.name, named.revision, life.revision, life.saved_by or "nobody")
            revision = life.revision + 1
            page.save(life.ruleset_id, life.version, revision, texts)
            saved = replace(_event(Action.SAVED, named, self._now_micros()), revision=revision, digest=digest)
            return life.after(page.append(saved))

    def draft(self, ruleset_id: str, version: str, revision: int = 0) -> Draft:
        """A revision of a draft; 0 asks for the newest."""
        with self._book.reading() as page:
            life = self._known(page, ruleset_id, version)
            return Draft(life, revision or life.revision, self._texts(page, life, revision or life.revision))

    def drafts(self, ruleset_id: str = "") -> tuple[Life, ...]:
        """The versions that are drafts still, by id and version; of one ruleset, if it is named."""
        with self._book.reading() as page:
            found = lives(page.events(ruleset_id)).values()
        return tuple(
            sorted(
                (each for each in found if not each.is_published),
                key=lambda each: (each.ruleset_id, each.version),
            )
        )

    def history(self, ruleset_id: str = "", version: str = "") -> tuple[Event, ...]:
        """Every step that was taken, by whom, when and why."""
        with self._book.reading() as page:
            return page.events(ruleset_id, version)

    def examine(self, named: Named) -> tuple[Life, Examined]:
        """Check a revision and run its cases; when both pass, that is noted, and the draft may be submitted."""
        with self._book.reading() as page:
            life = self._known(page, named.ruleset_id, named.version)
            texts = self._texts(page, life, named.revision)
        examined = examine(
            named.ruleset_id, named.version, texts
        )  # may take seconds: the book is free meanwhile
        if not examined.problems and life.step is State.DRAFT:
            life = self._step(named, Action.CHECKED, {State.DRAFT, State.CHECKED})
        return life, examined

    def submit(self, named: Named) -> Life:
        """Hand a draft in for approval.

        Raises:
            UnsoundError: its check or its cases fail.
        """
        life, examined = self.examine(named)
        if examined.problems:
            raise UnsoundError(life.name, examined.problems)
        return self._step(named, Action.SUBMITTED, {State.CHECKED})

    def approve(self, named: Named) -> Life:
        """Approve a submitted draft, which none of its authors may."""
        with self._book.writing() as page:
            life = self._at(page, named, {State.SUBMITTED}, Action.APPROVED)
            if _person(named.actor) in map(_person, life.authors):
                text = (
                    f"{named.actor} has written {life.name}, and nobody approves what they wrote: "
                    "ask somebody who saved no revision of it"
                )
                raise LifeError(Reason.SECOND_PERSON_NEEDED, text)
            return life.after(page.append(_event(Action.APPROVED, named, self._now_micros())))

    def reject(self, named: Named) -> Life:
        """Give a draft that was submitted or approved back to its authors, with the reason."""
        return self._step(named, Action.REJECTED, {State.SUBMITTED, State.APPROVED})

    def publish(self, named: Named, how: Publishing) -> Life:
        """Publish an approved draft; one that is published already stays as it is.

        Raises:
            LifeError: it is not approved (DRAFT_STATE), or another version is in effect on a day of its own
                (VERSIONS_OVERLAP).
        """
        with self._book.reading() as page:
            if not self._known(page, named.ruleset_id, named.version).is_published:
                self._at(page, named, {State.APPROVED}, Action.PUBLISHED)
        draft = self.draft(named.ruleset_id, named.version, named.revision)
        ruleset = self._read(draft)  # before the book is held
        with self._book.writing() as page:
            life = self._known(page, named.ruleset_id, named.version)
            if life.is_published and life.digest == ruleset.digest:
                return life
            life = self._at(page, named, {State.APPROVED}, Action.PUBLISHED)
            now = self._now_micros()
            from_micros = now if how.from_micros is None else max(now, how.from_micros)
            published = replace(
                _event(Action.PUBLISHED, named, now), digest=ruleset.digest, moment_micros=from_micros
            )
            kept = Kept(ruleset.digest, ruleset.id, ruleset.version, ruleset.text, draft.texts.cases)
            page.keep(kept)
            after = life.after(page.append(published))
            for superseded in self._side_by_side(page, after, ruleset, how.supersede):
                page.append(replace(superseded, at_micros=now, actor=named.actor, moment_micros=from_micros))
        self._shelf.refresh()
        return after

    def retire(self, named: Named) -> Life:
        """Withdraw a published version at once: nobody is judged by it any more, unless they name it."""
        with self._book.writing() as page:
            life = self._known(page, named.ruleset_id, named.version)
            if not life.is_published or life.withdrawn_micros is not None:
                raise _not_now(life, Action.RETIRED, self._now_micros())
            now = self._now_micros()
            retired = replace(_event(Action.RETIRED, named, now), digest=life.digest, moment_micros=now)
            life = life.after(page.append(retired))
        self._shelf.refresh()
        return life

    def _side_by_side(self, page: Page, life: Life, ruleset: Ruleset, supersede: bool) -> Iterable[Event]:
        """The supersessions without which the version cannot stand beside the others of its id.

        Raises:
            LifeError: there is one, and none is wanted; or one that would leave days without law.
        """
        new = life.publication(ruleset)
        steps = []
        for other in lives(page.events(life.ruleset_id)).values():
            if other.version == life.version or not other.is_published or other.never_counted:
                continue
            kept = self._shelf.ruleset(other.digest)
            publication = None if kept is None else other.publication(kept)
            if publication is None or not clash(publication, new):
                continue
            _refuse_overlap(publication, new, supersede)
            begins = ruleset.effective.from_ or date.min
            steps.append(
                Event(
                    at_micros=0,
                    actor="",
                    action=Action.SUPERSEDED,
                    ruleset_id=other.ruleset_id,
                    version=other.version,
                    digest=ruleset.digest,
                    day=begins.isoformat(),
                    reason=f"by {life.version}",
                )
            )
        return steps

    def _read(self, draft: Draft) -> Ruleset:
        """The ruleset of a draft.

        Raises:
            UnsoundError: the text is none; of what was approved, only another version of chuan may say so.
        """
        try:
            return loads(draft.texts.text, RULESET_FILE)
        except RulesetError as error:
            raise UnsoundError(draft.life.name, mistakes(error)) from None

    def _step(self, named: Named, action: Action, allowed: set[State]) -> Life:
        with self._book.writing() as page:
            life = self._at(page, named, allowed, action)
            return life.after(page.append(_event(action, named, self._now_micros())))

    def _at(self, page: Page, named: Named, allowed: set[State], action: Action) -> Life:
        """The life of a draft that is at the revision which the caller has seen, and in one of these states.

        Raises:
            LifeError: it is not.
        """
        life = self._known(page, named.ruleset_id, named.version)
        if life.revision != named.revision:
            raise DraftConflictError(life.name, named.revision, life.revision, life.saved_by or "nobody")
        if life.step not in allowed:
            raise _not_now(life, action, self._now_micros())
        return life

    def _known(self, page: Page, ruleset_id: str, version: str) -> Life:
        life = _life(page, ruleset_id, version)
        if not life.revision and not life.is_published:
            raise LifeError(
                Reason.DRAFT_NOT_FOUND, f"there is no draft of {life.name}, and no such version is published"
            )
        return life

    def _newest(self, page: Page, life: Life) -> Texts | None:
        if life.is_published:
            kept = page.kept(life.digest)
            return None if kept is None else Texts(kept.text, kept.cases)
        return page.revision(life.ruleset_id, life.version, life.revision)

    def _texts(self, page: Page, life: Life, revision: int) -> Texts:
        found = (
            page.revision(life.ruleset_id, life.version, revision) if revision else self._newest(page, life)
        )
        if found is None:
            has = f"it has 1 to {life.revision}" if life.revision else "it was seeded, and never a draft"
            raise LifeError(Reason.DRAFT_NOT_FOUND, f"{life.name} has no revision {revision}; {has}")
        return found


def _life(page: Page, ruleset_id: str, version: str) -> Life:
    return lives(page.events(ruleset_id)).get((ruleset_id, version)) or Life(ruleset_id, version)


def _event(action: Action, named: Named, now_micros: int) -> Event:
    return Event(
        at_micros=now_micros,
        actor=named.actor,
        action=action,
        ruleset_id=named.ruleset_id,
        version=named.version,
        revision=named.revision,
        reason=named.reason,
    )


def _refuse_overlap(old: Publication, new: Publication, supersede: bool) -> None:
    if not supersede:
        try:
            Catalogue([old, new])
        except RulesetError as error:
            text = f"{error.problems[0].what} On a day only one version may be in effect. Publish with `supersede`, "
            text += "which ends the older one on the day before, or end it in a text of its own"
            raise LifeError(Reason.VERSIONS_OVERLAP, text) from None
    ends, goes_on = new.ruleset.effective.until, old.phases[-1].effective.until
    if ends is not None and (goes_on is None or goes_on > ends):
        text = (
            f"{new.ruleset.version} ends on {ends}, and {old.ruleset.version} goes on after that: superseded, it "
            "would leave those days without rules. Publish a version for them first, or leave `until` open"
        )
        raise LifeError(Reason.VERSIONS_OVERLAP, text)


def _not_now(life: Life, action: Action, now_micros: int) -> LifeError:
    state = life.state(now_micros)
    return LifeError(Reason.DRAFT_STATE, f"{life.name} is {state}, and so cannot be {action}; {_NEXT[state]}")


_NEXT = {
    State.DRAFT: "submit it, which needs its check and its cases to pass",
    State.CHECKED: "submit it",
    State.SUBMITTED: "it waits for somebody who did not write it to approve or reject it",
    State.APPROVED: "publish it, or save a new revision",
    State.SCHEDULED: "it never changes any more; retire it, or draft a new version",
    State.PUBLISHED: "it never changes any more; retire it, or draft a new version",
    State.SUPERSEDED: "it never changes any more; draft a new version",
    State.RETIRED: "it never changes any more; draft a new version",
}


def _person(actor: str) -> str:
    """Who somebody is, however they write their name."""
    return actor.strip().casefold()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
