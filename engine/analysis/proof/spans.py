"""What a node may be: the domain of its values, and numbers as sums of terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from engine.analysis.proof.domains import Domain, Numbers, Term, Truths, Words
from engine.feel import tree
from engine.feel.parser import parse_unary_tests
from engine.feel.printer import print_tree
from engine.feel.tables.cells import constant_of, read_cell
from engine.feel.tree import Node
from engine.feel.types import BOOLEAN, DATE, NUMBER, STRING, Enum, Type
from engine.ruleset.ruleset import Fact, Ruleset
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.types import DeclaredType, walk

_ZERO: Final = Fraction(0)
_ANY_NUMBER: Final = Numbers()
_COUNTS: Final = Numbers(_ZERO, whole=True, nullable=False)
_WHOLE_FUNCTIONS: Final = frozenset(
    ("full_months", "full_years", "working_days", "day of week", "day of year", "floor", "ceiling")
)
_WHOLE_PARTS: Final = frozenset(("year", "month", "day", "years", "months", "days"))


@dataclass(frozen=True, slots=True)
class Sum:
    """A number as a sum: a constant, and terms each times a factor.

    A term that falls out stays, with the factor 0, where it may be null: the sum is null then.
    """

    constant: Fraction
    factors: Mapping[Term, Fraction]

    def plus(self, other: Sum) -> Sum:
        """The sum of both."""
        factors = dict(self.factors)
        for term, factor in other.factors.items():
            factors[term] = factors.get(term, _ZERO) + factor
        return Sum(self.constant + other.constant, _kept(factors))

    def times(self, factor: Fraction) -> Sum:
        """The product with a number."""
        return Sum(
            self.constant * factor, _kept({term: each * factor for term, each in self.factors.items()})
        )

    def minus(self, other: Sum) -> Sum:
        """The difference."""
        return self.plus(other.times(Fraction(-1)))

    def as_term(self) -> tuple[Term, Fraction, bool]:
        """One term that is compared with a constant in place of the sum with 0, and whether the order is turned."""
        ordered = sorted(self.factors.items(), key=lambda each: each[0].key)
        leading = next((factor for _, factor in ordered if factor), Fraction(1))
        pieces = []
        domain = Numbers(_ZERO, _ZERO, whole=True, nullable=False)
        for term, factor in ordered:
            share = factor / leading
            pieces.append(term.key if share == 1 else f"{share} * ({term.key})")
            span = term.domain if isinstance(term.domain, Numbers) else _ANY_NUMBER
            domain = domain.plus(span.scaled(share) if share else Numbers(_ZERO, _ZERO, whole=True))
        return Term(" + ".join(pieces), domain), -self.constant / leading, leading < 0


def _kept(factors: Mapping[Term, Fraction]) -> dict[Term, Fraction]:
    return {term: factor for term, factor in factors.items() if factor or term.domain.nullable}


@dataclass(frozen=True)
class Spans:
    """What the nodes of one ruleset may be, with the parameters of a day."""

    ruleset: Ruleset
    parameters: Mapping[str, object]
    type_of: Callable[[Node], Type]

    def domain(self, node: Node) -> Domain:
        """What the values of a node may be."""
        declared = self._declared(node)
        if declared is not None:
            return _of_declared(*declared)
        type_ = self.type_of(node)
        if type_ == NUMBER:
            return self.numbers(node)
        if isinstance(type_, Enum):
            return Words(type_.values)
        if type_ == BOOLEAN:
            return Truths()
        return Words() if type_ == STRING else Numbers(whole=type_ == DATE)

    # Numbers

    def sum(self, node: Node) -> Sum:
        """A number as a sum of terms; what is no sum is a term of its own."""
        constant = self._constant(node)
        if constant is not None:
            return Sum(constant, {})
        match node:
            case tree.Negate(operand):
                return self.sum(operand).times(Fraction(-1))
            case tree.Arithmetic("+", left, right):
                return self.sum(left).plus(self.sum(right))
            case tree.Arithmetic("-", left, right):
                return self.sum(left).minus(self.sum(right))
            case tree.Arithmetic("*", left, right):
                first, second = self.sum(left), self.sum(right)
                if not second.factors:
                    return first.times(second.constant)
                if not first.factors:
                    return second.times(first.constant)
            case tree.Arithmetic("/", left, right) if (divisor := self._divisor(right)) is not None:
                return self.sum(left).times(1 / divisor)
        return Sum(_ZERO, {Term(print_tree(node), self.numbers(node)): Fraction(1)})

    def numbers(self, node: Node) -> Numbers:
        """The span in which the numbers of a node lie."""
        declared = self._declared(node)
        if declared is not None:
            domain = _of_declared(*declared)
            return domain if isinstance(domain, Numbers) else _ANY_NUMBER
        constant = self._constant(node)
        if constant is not None:
            return Numbers(constant, constant, whole=constant.denominator == 1, nullable=False)
        match node:
            case tree.Negate(operand):
                return self.numbers(operand).scaled(Fraction(-1))
            case tree.Arithmetic(operator, left, right):
                return _arithmetic(operator, self.numbers(left), self.numbers(right))
            case tree.If(_, consequence, alternative):
                return self.numbers(consequence).hull(self.numbers(alternative))
            case tree.Name() | tree.Path(tree.Name(), _):
                return self._of_score(node)
            case tree.Path(value, name) if name in _WHOLE_PARTS and self.type_of(value) == DATE:
                return Numbers(whole=True)
            case tree.Call(tree.Name(function), arguments, ()):
                return self._call(function, arguments)
        return _ANY_NUMBER

    def _divisor(self, node: Node) -> Fraction | None:
        """A constant by which a division leaves nothing to round: its reciprocal has an end as a decimal."""
        value = self._constant(node)
        if not value:
            return None
        rest = value.numerator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        return value if abs(rest) == 1 else None

    def _constant(self, node: Node) -> Fraction | None:
        """The number that a literal or a parameter is."""
        value = self.parameters.get(node.name) if isinstance(node, tree.Name) else constant_of(node)
        return Fraction(value) if isinstance(value, Decimal) else None

    def _call(self, function: str, arguments: tuple[Node, ...]) -> Numbers:
        match function, arguments:
            case "count", (_,):
                # Of null it is null; a fact that is a list is never null unless it may be empty.
                declared = self._declared(arguments[0])
                sure = (declared is not None and not declared[1]) or isinstance(arguments[0], tree.Filter)
                return Numbers(_ZERO, whole=True, nullable=not sure)
            case "string length", (_,):
                return Numbers(_ZERO, whole=True)
            case "abs", (operand,):
                return Numbers(_ZERO, whole=self.numbers(operand).whole)
            case "min", (first, second):
                return _least(self.numbers(first), self.numbers(second))
            case "max", (first, second):
                turned = (self.numbers(each).scaled(Fraction(-1)) for each in (first, second))
                return _least(*turned).scaled(Fraction(-1))
            case "sum", (operand,):
                return Numbers(_ZERO, whole=True) if self._is_counts(operand) else _ANY_NUMBER
        return Numbers(whole=function in _WHOLE_FUNCTIONS)

    def _is_counts(self, node: Node) -> bool:
        """Whether it is a list of whole numbers that are not negative."""
        path = _dotted(node)
        declared = None if path is None else self.ruleset.declared_at(path)
        while declared is not None and declared.kind == "list":
            declared = declared.item
        return declared is not None and declared.kind == "count"

    def _of_score(self, node: Node) -> Numbers:
        """The score lies between 0 and the sum of its parts' maxima, a part between 0 and its own."""
        score, path = self.ruleset.score, _dotted(node)
        if score is None or path is None or path.partition(".")[0] not in (SCORE, PARTS):
            return _ANY_NUMBER
        *values, total = score.program.run(dict(self.parameters))
        if path == SCORE:
            return Numbers(_ZERO, _up(total))
        at = 0
        for part in score.parts:
            at += 1 + len(part.deductions)
            if path == f"{PARTS}.{part.name}":
                return Numbers(_ZERO, _up(values[at]))
            at += 2
        return _ANY_NUMBER

    # Facts

    def _declared(self, node: Node) -> tuple[DeclaredType, bool, Fact | None] | None:
        """The type of the fact or field that a node is, whether it may be null, and the fact if it is one whole."""
        path = _dotted(node)
        if path is None:
            return None
        name, *steps = path.split(".")
        fact = self.ruleset.facts.get(name)
        if fact is None:
            return None
        declared, empty = fact.declared, fact.empty
        for member in walk(declared, tuple(steps)):
            if member is None or declared.kind == "list":
                return None
            declared, empty = member.type, empty or member.empty
        return declared, empty, None if steps else fact


def _of_declared(declared: DeclaredType, empty: bool, fact: Fact | None) -> Domain:
    match declared.kind:
        case "count" | "number":
            numbers = _COUNTS if declared.kind == "count" else Numbers(nullable=False)
            numbers = Numbers(numbers.low, None, numbers.whole, empty)
            return numbers if fact is None else numbers.within(*_allowed(fact))
        case "date":
            return Numbers(whole=True, nullable=empty)
        case "boolean":
            return Truths(empty)
        case "enum":
            return Words(tuple(declared.values), empty)
    return Words(None, empty)


def _allowed(fact: Fact) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest number that a fact allows; None where that is open or not to be told."""
    tests = parse_unary_tests(fact.allowed_text) if fact.allowed_text else None
    cell = read_cell(tests) if tests is not None and tests.tests else None
    if cell is None or cell.negated:
        return None, None
    ends = [(point, point) for point in cell.points] + [(span.low, span.high) for span in cell.spans]
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    least = min(map(Fraction, lows)) if all(isinstance(low, Decimal) for low in lows) else None
    greatest = max(map(Fraction, highs)) if all(isinstance(high, Decimal) for high in highs) else None
    return least, greatest


def _arithmetic(operator: str, left: Numbers, right: Numbers) -> Numbers:
    match operator:
        case "+":
            return left.plus(right)
        case "-":
            return left.plus(right.scaled(Fraction(-1)))
    signed = left.low is not None and left.low >= 0 and right.low is not None and right.low >= 0
    if operator in ("*", "/") and signed:
        whole = operator == "*" and left.whole and right.whole
        return Numbers(_ZERO, None, whole, operator == "/" or left.nullable or right.nullable)
    return _ANY_NUMBER


def _least(first: Numbers, second: Numbers) -> Numbers:
    low = None if first.low is None or second.low is None else min(first.low, second.low)
    highs = [end for end in (first.high, second.high) if end is not None]
    return Numbers(low, min(highs, default=None), first.whole and second.whole)


def _up(value: object) -> Fraction | None:
    """The next whole number, which no rounding passes."""
    return Fraction(-(-Fraction(value) // 1)) if isinstance(value, Decimal) else None


def _dotted(node: Node) -> str | None:
    match node:
        case tree.Name(name):
            return name
        case tree.Path(value, name):
            inner = _dotted(value)
            return None if inner is None else f"{inner}.{name}"
    return None
