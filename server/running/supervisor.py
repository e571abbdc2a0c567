"""Processes that are started, watched, replaced and stopped by one that does nothing else.

The children are forks of it, so that what it has loaded is shared: reading sixty rulesets costs seconds of processor
time and tens of megabytes, once. Therefore it starts no thread, no event loop and nothing of gRPC, which do not live
through a fork.

A child tells over a pipe that it is ready; that the pipe closes tells that it is gone. Another pipe, which only the
parent can write to, tells the children when the parent is gone.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

from server import limits

_log: Final = logging.getLogger("chuan.server")

_READY: Final = b"ready "
_FAILED: Final = b"failed "
_PIPE_BYTES: Final = 65_536
_HANDLED: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StartError(Exception):
    """A child could not start; the text is its own."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What a child has of its parent.

    Attributes:
        lifeline: a file descriptor that ends (reads as empty) when the parent is gone.
        tell: to be called once, with a text for the parent, when the child does its work.
    """

    lifeline: int
    tell: Callable[[str], None]


class ChildFailure(Exception):  # noqa: N818 - it is how a child reports, not a mistake of the program
    """Raised by a child that cannot start, with what is to be told of it."""


Work = Callable[[Parent], None]
"""What a child does: until SIGTERM, or until the lifeline ends."""


@dataclass(slots=True, eq=False)
class _Child:
    name: str
    pid: int
    pipe: int
    started: float
    told: bytes = b""
    kill_at: float | None = None

    @property
    def ready(self) -> bool:
        return self.told.startswith(_READY)

    @property
    def text(self) -> str:
        return self.told.removeprefix(_READY).removeprefix(_FAILED).decode()


@dataclass(slots=True)
class _Place:
    """A child that there is to be: the one that is, the one that is to take its place, and when to start another."""

    work: Work
    child: _Child | None = None
    successor: _Child | None = None
    deaths: int = 0
    start_at: float | None = None
    leaving: list[_Child] = field(default_factory=list)


class Supervisor:
    """Keeps a child for each name doing its work."""

    def __init__(
        self,
        works: Mapping[str, Work],
        *,
        now: Callable[[], float],
        stop_seconds: float,
        renew: Callable[[], Mapping[str, Work]] | None = None,
        gone: Callable[[int], None] | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            works: by name, what there is to be done.
            now: a clock that never goes back, in seconds.
            stop_seconds: what a child may take to stop, before it is killed.
            renew: called on SIGHUP: what is to be done from then on, by name; children of other names stay. Where it
                raises, all go on as they are. Without it, SIGHUP stops like SIGTERM.
            gone: called with the id of every process that is gone.
        """
        self._places = {name: _Place(work) for name, work in works.items()}
        self._now = now
        self._stop_seconds = stop_seconds
        self._renew = renew
        self._on_gone = gone
        self._to_roll: deque[str] = deque()
        self._selector = selectors.DefaultSelector()
        self._lifeline, self._lifeline_end = os.pipe()
        self._signals, signalled = os.pipe()
        os.set_blocking(self._signals, False)
        os.set_blocking(signalled, False)
        self._signalled = signalled
        self._stopping = False

    def run(self, announce: Callable[[Mapping[str, str]], None]) -> None:
        """Start the children, and keep them until SIGTERM or SIGINT; then stop them.

        Args:
            announce: called once when all are ready, with what each told, by name.

        Raises:
            StartError: one could not start; the others are stopped.
        """
        before = [signal.signal(number, _noted) for number in _HANDLED]
        signal.set_wakeup_fd(self._signalled, warn_on_full_buffer=False)
        self._selector.register(self._signals, selectors.EVENT_READ)
        try:
            self._run(announce)
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in zip(_HANDLED, before, strict=True):
                signal.signal(number, handler)
            self._selector.close()
            for each in (self._lifeline, self._lifeline_end, self._signals, self._signalled):
                os.close(each)

    def _run(self, announce: Callable[[Mapping[str, str]], None]) -> None:
        for name in self._places:
            self._start(name)
        announced = False
        failure: StartError | None = None
        while not (self._stopping and not self._living()):
            for child in self._events():
                if announced or self._stopping:
                    self._ended(child)
                elif not child.ready:
                    failure = StartError(child.text or f"{child.name} ended as it started")
                    self._gone(child)
                    self._stop()
            places = self._places.values()
            if not announced and all(each.child is not None and each.child.ready for each in places):
                announced = True
                announce({name: each.child.text for name, each in self._places.items() if each.child})
            if not self._stopping:
                self._restart()
                self._roll()
            self._kill_who_stays()
        if failure is not None:
            raise failure

    def _events(self) -> list[_Child]:
        """Wait for something to happen; the children whose pipes have ended."""
        ended = []
        for key, _ in self._selector.select(self._timeout()):
            if key.fd == self._signals:
                for number in os.read(self._signals, _PIPE_BYTES):
                    self._on_signal(signal.Signals(number))
                continue
            child: _Child = key.data
            if told := os.read(child.pipe, _PIPE_BYTES):
                child.told += told
            else:
                ended.append(child)
        return ended

    def _timeout(self) -> float | None:
        starts = [each.start_at for each in self._places.values()]
        kills = [each.kill_at for each in self._living()]
        moments = [each for each in (*starts, *kills) if each is not None]
        return max(0.0, min(moments) - self._now()) if moments else None

    def _on_signal(self, number: signal.Signals) -> None:
        if number is signal.SIGHUP and self._renew is not None and not self._stopping:
            self._begin_rolling(self._renew)
        elif not self._stopping:
            self._stop()
        elif number is not signal.SIGHUP:  # asked twice: whoever asks does not want to wait
            for child in self._living():
                child.kill_at = self._now()

    def _begin_rolling(self, renew: Callable[[], Mapping[str, Work]]) -> None:
        try:
            works = renew()
        except Exception as error:  # noqa: BLE001 - a mistake in a file must not end a service that runs
            _log.error("not taken up, all goes on as it was: %s", error)
            return
        for name, work in works.items():
            self._places[name].work = work
        self._to_roll = deque(works)
        _log.info("replacing %s one by one", ", ".join(works))

    def _roll(self) -> None:
        """Take the next step: start a successor, and when it is ready let go of the one it succeeds."""
        while self._to_roll:
            place = self._places[self._to_roll[0]]
            if place.successor is None:
                place.successor = self._fork(self._to_roll[0], place.work)
            if not place.successor.ready:
                return
            if place.child is not None:
                place.leaving.append(place.child)
                self._end(place.child)
            place.child, place.successor, place.start_at = place.successor, None, None
            self._to_roll.popleft()
            if not self._to_roll:
                _log.info("all replaced")

    def _start(self, name: str) -> None:
        place = self._places[name]
        place.start_at = None
        place.child = self._fork(name, place.work)

    def _restart(self) -> None:
        for name, place in self._places.items():
            if place.start_at is not None and place.start_at <= self._now():
                self._start(name)

    def _ended(self, child: _Child) -> None:
        """Take note that a child is gone, and see to it that there is another."""
        place = self._places[child.name]
        status = self._gone(child)
        if self._stopping or child in place.leaving:
            place.leaving = [each for each in place.leaving if each is not child]
            place.child = None if place.child is child else place.child
            place.successor = None if place.successor is child else place.successor
        elif child is place.successor:
            place.successor = None
            self._to_roll.clear()
            _log.error(
                "%s could not be replaced, all goes on as it was: %s", child.name, child.text or status
            )
        else:
            lived = self._now() - child.started
            place.deaths = 0 if lived >= limits.STEADY_SECONDS else place.deaths + 1
            wait = min(limits.MAX_RESTART_SECONDS, limits.RESTART_SECONDS * (2 ** (place.deaths - 1)))
            place.child = None
            place.start_at = self._now() + (wait if place.deaths else 0)
            _log.error("%s is gone (%s); another starts", child.name, status)

    def _gone(self, child: _Child) -> str:
        self._selector.unregister(child.pipe)
        os.close(child.pipe)
        _, status = os.waitpid(child.pid, 0)
        if self._on_gone is not None:
            self._on_gone(child.pid)
        code = os.waitstatus_to_exitcode(status)
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def _stop(self) -> None:
        self._stopping = True
        self._to_roll.clear()
        for place in self._places.values():
            place.start_at = None
        for child in self._living():
            self._end(child)

    def _end(self, child: _Child) -> None:
        """Ask a child to stop."""
        if child.kill_at is None:
            child.kill_at = self._now() + self._stop_seconds
            _send(child, signal.SIGTERM)

    def _kill_who_stays(self) -> None:
        for child in self._living():
            if child.kill_at is not None and child.kill_at <= self._now():
                _log.error("%s does not stop; it is killed", child.name)
                child.kill_at = None
                _send(child, signal.SIGKILL)

    def _living(self) -> list[_Child]:
        """The children whose pipes have not ended."""
        return [key.data for key in self._selector.get_map().values() if key.data is not None]

    def _fork(self, name: str, work: Work) -> _Child:
        mine, theirs = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        pid = os.fork()
        if pid == 0:
            os.close(mine)
            self._become_child(work, theirs)
        os.close(theirs)
        child = _Child(name, pid, mine, self._now())
        self._selector.register(mine, selectors.EVENT_READ, child)
        return child

    def _become_child(self, work: Work, pipe: int) -> NoReturn:
        """Do the work in the fork; it never comes back from here."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            # Of a terminal, all processes get these; it is the parent who says when to stop.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            for other in self._living():
                os.close(other.pipe)
            for each in (self._lifeline_end, self._signals, self._signalled):
                os.close(each)
            self._selector.close()
            work(Parent(self._lifeline, lambda text: _tell(pipe, _READY, text)))
            code = 0
        except ChildFailure as failure:
            _tell(pipe, _FAILED, str(failure))
        except BaseException as error:  # noqa: BLE001 - nothing may return into the parent's code
            # Not the error's text: it might quote a record.
            places = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(places))
            _log.critical("%s at %s", type(error).__name__, where)
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(code)


def _noted(_number: int, _frame: object) -> None:
    """Do nothing: the signal's number arrives by the wakeup pipe."""


def _send(child: _Child, number: signal.Signals) -> None:
    # It is not waited for yet, so the id is still its own.
    os.kill(child.pid, number)


def _tell(pipe: int, kind: bytes, text: str) -> None:
    os.write(pipe, kind + text.encode()[: limits.MAX_TOLD_BYTES])
