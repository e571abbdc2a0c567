"""A network of rules over tokens: durable-rules, and a fence around it.

A `Network` is made from rules; `Network.close` gives every conclusion that follows from some tokens, each
with the rule and the antecedents that gave it, so that the proof of a verdict is a by-product.

What was measured of durable-rules 2.0.28, and what the fence does about it (design, section 4):

* Its `Host` starts timer threads that end in segfaults: the ruleset object is used without a host.
* Sessions that are left open fill up and then crash: one session at a time, under one lock, deleted in
  `finally`.
* Names and values are told apart by a 32-bit hash: nothing of a record ever enters, only numbered tokens, and
  the compiler refuses two that share a hash.
* A fact that no rule reads raises: such tokens are not asserted.
* Deleting a session in which no rule has fired corrupts the heap: each session begins with a fact that fires
  one.
* A rule that tests absence, or an empty one, loops for ever: rules only test presence, and are not empty.
* One fact may be matched by 64 rules, one property tested for 512 values: the compiler counts, and refuses.
* A join of more than 16 facts is refused: a longer rule is divided, out of sight of its proof.
* An exception in an action is swallowed: actions only append to a list.
"""

from __future__ import annotations

import itertools
import json
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

import durable_rules_engine
from durable import engine as durable

MAX_RULES_READING_A_TOKEN: Final = 60  # durable-rules gives a wrong answer past 64
MAX_TOKENS_OF_A_KIND: Final = 500  # creating a durable-rules ruleset never returns past 512
_MAX_JOIN: Final = 16  # durable-rules refuses a fact that completes a join of more: longer rules are divided
_START: Final = "start"
_PART: Final = "part"
_MAX_ATTEMPTS: Final = 5  # sessions tried when durable-rules takes a new fact for one it has seen

_lock: Final = threading.Lock()
_session_numbers: Final = itertools.count(1)


class Token(NamedTuple):
    """Something established about one record, such as ``("met", "served_six_months")``."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.name else self.kind


class Rule(NamedTuple):
    """When all tokens of `when` are established, so is `gives`. `name` says where the rule comes from."""

    name: str
    when: tuple[Token, ...]
    gives: Token


class _Part(NamedTuple):
    """A rule as durable-rules gets it: a whole one, or a piece of one that is too long."""

    whole: Rule
    when: tuple[Token, ...]
    gives: Token


class Step(NamedTuple):
    """One application of a rule."""

    rule: Rule
    gives: Token


class InferenceLimitError(Exception):
    """A set of rules is larger than forward chaining is safe with; says which limit, and how to mend it."""


class InferenceError(Exception):
    """durable-rules did not do its work; nothing was concluded."""


class Network:
    """Rules made ready for forward chaining. Safe to use from many threads."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Compile `rules`.

        Raises:
            InferenceLimitError: they pass a limit of this module.
        """
        _check_limits(rules)
        self._rules = tuple(part for rule in rules for part in _divide(rule))
        self._facts = _number_tokens(self._rules)
        self._fired: list[int] = []
        self._durable = self._compile()
        # Without this, a ruleset that is loaded anew (an author's editor, a test) would never be freed.
        weakref.finalize(self, durable_rules_engine.delete_ruleset, self._durable._handle)  # noqa: SLF001

    def _compile(self) -> Any:
        definitions: dict[str, dict[str, Any]] = {_START: {"all": [{"m": {_START: "1"}}], "run": _ignore}}
        for number, rule in enumerate(self._rules):
            tests = [{f"m{i}": dict(self._facts[token])} for i, token in enumerate(rule.when)]
            definitions[f"r{number}"] = {"all": tests, "run": _recorder(self._fired, number)}
        # The name has to be unique in the process; the same rules get the same one.
        digest = sha256(json.dumps([rule.when for rule in self._rules]).encode()).hexdigest()
        return durable.Ruleset(f"{digest}-{next(_session_numbers)}", None, definitions)

    def reads(self, token: Token) -> bool:
        """Whether a rule asks for `token`; others change nothing."""
        return token in self._facts

    def close(self, tokens: Iterable[Token]) -> tuple[Step, ...]:
        """Every step that follows from `tokens`, in an order in which each one's antecedents come before it.

        The order depends on the tokens and the rules alone, not on the order of firing.

        Raises:
            InferenceError: durable-rules failed.
        """
        start = [token for token in dict.fromkeys(tokens) if token in self._facts]
        if not start:
            return ()
        with _lock:
            for _ in range(_MAX_ATTEMPTS):
                try:
                    return self._session(start)
                except durable.MessageObservedException:
                    continue  # two facts shared a hash: other ids in a fresh session
        raise InferenceError("durable-rules refused the same tokens in several sessions")

    def _session(self, start: list[Token]) -> tuple[Step, ...]:
        session = str(next(_session_numbers))
        known = set(start)
        steps: list[Step] = []
        wave = start
        ids = itertools.count(1)
        try:
            self._assert(session, next(ids), {_START: "1"})
            while wave:
                self._fired.clear()
                for token in wave:
                    self._assert(session, next(ids), self._facts[token])
                fired = set(self._fired)
                wave = []
                for number in sorted(fired):
                    rule = self._rules[number]
                    if rule.gives.kind != _PART:
                        steps.append(Step(rule.whole, rule.gives))
                    if rule.gives not in known:
                        known.add(rule.gives)
                        if rule.gives in self._facts:
                            wave.append(rule.gives)
        finally:
            self._durable.delete_state(session)
        return tuple(steps)

    def _assert(self, session: str, number: int, properties: Mapping[str, str]) -> None:
        """Assert one fact and run the actions of the rules that it fires."""
        failures: list[object] = []

        def complete(error: object, _state: object) -> None:
            if error is not None:
                failures.append(error)

        try:
            fact = {"sid": session, "id": f"{session}.{number}", **properties}
            self._durable.do_actions(self._durable.assert_fact(fact), complete)
        except durable.MessageObservedException:
            raise
        except Exception as error:
            raise InferenceError("durable-rules refused a token") from error
        if failures:
            raise InferenceError(f"durable-rules could not complete its actions: {failures[0]}")


def _divide(rule: Rule) -> list[_Part]:
    """`rule` in pieces that durable-rules can join, each but the last giving a token for the next."""
    parts: list[_Part] = []
    when = tuple(dict.fromkeys(rule.when))
    while len(when) > _MAX_JOIN:
        piece = Token(_PART, f"{rule.name} {len(parts)}")
        parts.append(_Part(rule, when[:_MAX_JOIN], piece))
        when = (piece, *when[_MAX_JOIN:])
    return [*parts, _Part(rule, when, rule.gives)]


def _ignore(_closure: object) -> None:
    """The action of the rule that opens a session."""


def _recorder(fired: list[int], number: int) -> Callable[[object], None]:
    def record(_closure: object) -> None:
        fired.append(number)

    return record


def _check_limits(rules: Sequence[Rule]) -> None:
    for rule in rules:
        if not rule.when:
            raise InferenceLimitError(f"rule '{rule.name}' has no antecedent")
    readers = Counter(token for rule in rules for token in set(rule.when))
    for token, count in readers.items():
        if count > MAX_RULES_READING_A_TOKEN:
            raise InferenceLimitError(
                f"'{token}' is read by {count} rules; at most {MAX_RULES_READING_A_TOKEN} are supported: "
                "let one consequence name a note, and the others follow from the note"
            )
    for kind, count in Counter(token.kind for token in readers).items():
        if count > MAX_TOKENS_OF_A_KIND:
            raise InferenceLimitError(
                f"{count} different names are tested under '{kind}'; at most {MAX_TOKENS_OF_A_KIND} are "
                "supported: divide the ruleset"
            )


def _number_tokens(rules: Sequence[_Part]) -> Mapping[Token, Mapping[str, str]]:
    """The fact of each token that a rule reads: a property a kind, a number a name, no two with one hash."""
    read = dict.fromkeys(token for rule in rules for token in rule.when)
    taken = {_fnv1a(name) for name in ("id", "sid", "$s", _START)}

    def fresh(candidates: Iterable[str]) -> str:
        name = next(name for name in candidates if _fnv1a(name) not in taken)
        taken.add(_fnv1a(name))
        return name

    properties = {
        kind: fresh(f"{kind}{suffix}" for suffix in itertools.chain([""], itertools.count()))
        for kind in dict.fromkeys(token.kind for token in read)
    }
    numbers = itertools.count()
    return {token: {properties[token.kind]: fresh(map(str, numbers))} for token in read}


def _fnv1a(text: str) -> int:
    """The 32-bit hash by which durable-rules tells names apart."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value
