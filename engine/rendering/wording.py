"""An expression in words: with labels in place of names, numbers of the law in place of parameters.

«số tháng công tác trong năm» từ 6 trở lên hoặc «có nghỉ chế độ thai sản» is what an official reads where the ruleset
says ``months_worked >= 6 or maternity_leave``. The words stand beside the expression and never take its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from engine.explanation.writing import write
from engine.feel import tree
from engine.feel.parser import parse
from engine.feel.printer import print_tree
from engine.feel.tree import Node, children
from engine.rendering.phrases import PHRASES, phrase
from engine.ruleset.localized import Language, Localized
from engine.ruleset.ruleset import Definition, Parameter, Ruleset
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.types import DeclaredType

SHORT: Final = 14  # nodes of a definition that is written out where its name stands

# How tightly words bind; what stands inside must bind tighter or takes parentheses.
_LOOSE, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _ATOM = range(7)
_SIGNS: Final = {
    "+": ("+", _SUM),
    "-": ("−", _SUM),
    "*": ("×", _PRODUCT),
    "/": ("/", _PRODUCT),
    "**": ("^", _PRODUCT),
}
_COMPARED: Final = {
    "=": "equal",
    "!=": "unequal",
    ">=": "at_least",
    "<=": "at_most",
    ">": "above",
    "<": "below",
}
_DATED: Final = {**_COMPARED, ">=": "not_before", "<=": "not_after", ">": "after", "<": "before"}
_MATHEMATICAL: Final = {"=": "=", "!=": "≠", ">=": "≥", "<=": "≤", ">": ">", "<": "<"}
_PARTS: Final = ("year", "month", "day", "years", "months", "days")


@dataclass(frozen=True, slots=True)
class _Item:
    """What a name in a loop or a filter stands for."""

    words: str
    declared: DeclaredType | None


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names of loops and filters around an expression; `here` is the item whose fields need no name."""

    items: Mapping[str, _Item] = field(default_factory=dict)
    here: _Item | None = None
    depth: int = 0


class Wording:
    """Puts the expressions of one ruleset into words.

    Args:
        ruleset: whose labels, parameters and definitions are used.
        language: ``vi`` or ``en``.
    """

    def __init__(self, ruleset: Ruleset, language: Language) -> None:
        self._ruleset = ruleset
        self._language = language
        self._types = {name: declared.feel for name, declared in ruleset.types.items()}
        self._definitions = {definition.name: definition for definition in ruleset.definitions}
        self._labels = _labels(ruleset)
        self._alone = _unique_fields(ruleset, language)

    def of(self, text: str) -> str:
        """The FEEL expression `text` in words."""
        return self.of_tree(parse(text, types=self._types))

    def parts(self, text: str) -> tuple[str, ...]:
        """The conditions in words that all have to hold: more than one where the expression joins them by ``and``."""
        node = parse(text, types=self._types)
        operands = node.operands if isinstance(node, tree.And) else (node,)
        return tuple(self._say(operand, _Scope())[0] for operand in operands)

    def of_tree(self, node: Node) -> str:
        """An expression in words; a unary test too, whose value the words leave out."""
        return self._say(node, _Scope())[0]

    def parameter(self, parameter: Parameter) -> str:
        """The values of a parameter: one, or each with its days."""
        values = parameter.values
        written = [
            write(value.value, self._language, form="percent" if value.percent else "") for value in values
        ]
        if len(values) == 1:
            return written[0]
        starts = [value.period.from_ for value in values]
        dated = (
            f"{each} {self._phrase('from', start=write(start, self._language))}"
            for each, start in zip(written, starts, strict=True)
        )
        return f"({'; '.join(dated)})"

    def written_out(self, definition: Definition) -> bool:
        """Whether a definition is written out wherever its name stands, since it is short."""
        return sum(1 for _ in _nodes(definition.node)) <= SHORT

    def _phrase(self, key: str, **details: str) -> str:
        return phrase(key, self._language, **details)

    def _in(self, node: Node, scope: _Scope, least: int) -> str:
        """The words of `node`, in parentheses if they bind looser than `least`."""
        words, binds = self._say(node, scope)
        return words if binds >= least else f"({words})"

    def _all(self, nodes: tuple[Node, ...], scope: _Scope) -> str:
        return "; ".join(self._say(node, scope)[0] for node in nodes)

    def _say(self, node: Node, scope: _Scope) -> tuple[str, int]:
        match node:
            case tree.Number(value):
                # A tree does not tell 20% from 0.2, and a number of the law below one is a share.
                return write(value, self._language, form="percent" if 0 < value < 1 else ""), _ATOM
            case tree.Text(value):
                return self._value(value), _ATOM
            case tree.Boolean(value):
                return write(value, self._language), _ATOM
            case tree.Null():
                return write(None, self._language), _ATOM
            case tree.AtLiteral(text):
                return _at(text, self._language), _ATOM
            case tree.Name(name):
                return self._name(name, scope)
            case tree.Path():
                return self._path(node, scope)
            case tree.Filter(value, predicate):
                return self._filter(value, predicate, scope)
            case tree.Call():
                return self._call(node, scope)
            case tree.Lookup(table):
                label = self._ruleset.label_at(table.name)
                return (self._quoted(label) if label else table.name), _ATOM
            case tree.ListLiteral(items):
                return f"[{self._all(items, scope)}]", _ATOM
            case tree.RangeLiteral():
                return self._range(node, scope), _LOOSE
            case tree.And(operands):
                return self._joined("and", operands, scope, _COMPARISON), _AND
            case tree.Or(operands):
                return self._joined("or", operands, scope, _COMPARISON), _OR
            case tree.Negate(operand):
                return f"−{self._in(operand, scope, _ATOM)}", _ATOM
            case tree.Arithmetic(operator, left, right):
                sign, binds = _SIGNS[operator]
                return f"{self._in(left, scope, binds)} {sign} {self._in(right, scope, binds + 1)}", binds
            case tree.Comparison(operator, left, right):
                return self._comparison(operator, left, right, scope), _COMPARISON
            case _:
                return self._sentence(node, scope), _LOOSE

    def _sentence(self, node: Node, scope: _Scope) -> str:
        match node:
            case tree.Between(value, low, high):
                left, *ends = (self._in(each, scope, _SUM) for each in (value, low, high))
                return self._phrase("between", left=left, low=ends[0], high=ends[1])
            case tree.In(value, tests):
                key = "in_range" if len(tests) == 1 and not isinstance(tests[0], tree.Text) else "in"
                return self._phrase(key, left=self._in(value, scope, _SUM), tests=self._all(tests, scope))
            case tree.HalfComparison(operator, operand):
                return f"{_MATHEMATICAL[operator]} {self._in(operand, scope, _SUM)}"
            case tree.If(condition, consequence, alternative):
                said = [self._say(each, scope)[0] for each in (condition, consequence, alternative)]
                return self._phrase("if", condition=said[0], then=said[1], else_=said[2])
            case tree.Quantified(quantifier, iterators, condition):
                return self._loop(quantifier, iterators, "condition", condition, scope)
            case tree.For(iterators, body):
                return self._loop("for", iterators, "body", body, scope)
            case tree.Series(low, high):
                return self._phrase("range", low=self._say(low, scope)[0], high=self._say(high, scope)[0])
            case tree.InstanceOf(value, type_):
                return self._phrase("instance_of", left=self._in(value, scope, _SUM), type=str(type_))
            case tree.UnaryTests(tests, negated):
                any_of = self._all(tests, scope) or self._phrase("any")
                return self._phrase("none_of", tests=any_of) if negated else any_of
            case _:  # functions and contexts, which a page of rules can only quote
                return print_tree(node)

    def _joined(self, key: str, operands: tuple[Node, ...], scope: _Scope, least: int) -> str:
        said = self._in(operands[0], scope, least)
        for operand in operands[1:]:
            said = self._phrase(key, left=said, right=self._in(operand, scope, least))
        return said

    def _comparison(self, operator: str, left: Node, right: Node, scope: _Scope) -> str:
        said = self._in(left, scope, _SUM)
        if isinstance(right, tree.Null):
            return self._phrase("is_null" if operator == "=" else "is_not_null", left=said)
        other = self._operand(left, right, scope)
        keys = (
            _DATED
            if _is_date(self._declared(left, scope)) or _is_date(self._declared(right, scope))
            else _COMPARED
        )
        simple = isinstance(
            right, tree.Name | tree.Number | tree.Text | tree.AtLiteral | tree.Path | tree.Boolean
        )
        if operator in ("=", "!=") or simple:
            key = "equal_number" if operator == "=" and isinstance(right, tree.Number) else keys[operator]
            return self._phrase(key, left=said, right=other)
        return f"{said} {_MATHEMATICAL[operator]} {other}"

    def _operand(self, left: Node, right: Node, scope: _Scope) -> str:
        """The right side of a comparison: a year without separators, a word by the label that it has on the left."""
        declared = self._declared(left, scope)
        if isinstance(right, tree.Number) and isinstance(left, tree.Path) and left.name == "year":
            return write(right.value, self._language, unit="year")
        if isinstance(right, tree.Text) and declared is not None and declared.values.get(right.value):
            return f"“{write(right.value, self._language, declared=declared)}”"
        return self._in(right, scope, _SUM)

    def _quoted(self, label: Localized) -> str:
        return f"«{_lower(label.in_(self._language))}»"

    def _value(self, word: str) -> str:
        label = self._labels.get(word)
        return f"“{label.in_(self._language) if label else word}”"

    def _name(self, name: str, scope: _Scope) -> tuple[str, int]:
        if name in scope.items:
            return scope.items[name].words, _ATOM
        if scope.here is not None:
            if name in ("item", "?"):
                return scope.here.words, _ATOM
            member = scope.here.declared.fields.get(name) if scope.here.declared else None
            if member is not None:
                return (self._quoted(member.label) if member.label else name), _ATOM
        if name in self._ruleset.parameters:
            return self.parameter(self._ruleset.parameters[name]), _ATOM
        label = self._ruleset.label_at(name)
        if label is not None:
            return self._quoted(label), _ATOM
        definition = self._definitions.get(name)
        if definition is not None and name not in (SCORE, PARTS) and self.written_out(definition):
            return self._say(definition.node, _Scope())
        return name, _ATOM

    def _path(self, node: tree.Path, scope: _Scope) -> tuple[str, int]:
        path = _dotted(node)
        root = path.partition(".")[0] if path else ""
        if path and root not in scope.items and not self._is_field(root, scope):
            label = self._alone.get(path) or self._ruleset.label_at(path)
            if label is not None:
                return self._quoted(label), _ATOM
        value = self._in(node.value, scope, _ATOM)
        declared = self._declared(node.value, scope)
        member = declared.fields.get(node.name) if declared else None
        if member is not None:
            own = self._quoted(member.label) if member.label else node.name
            return self._phrase("field", field=own, value=value), _ATOM
        if node.name in _PARTS:
            return self._phrase(node.name, value=value), _ATOM
        return self._phrase("field", field=node.name, value=value), _ATOM

    def _is_field(self, name: str, scope: _Scope) -> bool:
        here = scope.here.declared if scope.here else None
        return here is not None and name in here.fields

    def _filter(self, value: Node, predicate: Node, scope: _Scope) -> tuple[str, int]:
        said = self._in(value, scope, _ATOM)
        if isinstance(predicate, tree.Number):
            return self._phrase("nth", number=write(predicate.value, self._language), list=said), _ATOM
        item = _Item(self._item(scope.depth), _item_of(self._declared(value, scope)))
        condition = self._say(predicate, replace(scope, here=item, depth=scope.depth + 1))[0]
        return self._phrase("where", list=said, item=item.words, condition=condition), _ATOM

    def _loop(
        self, key: str, iterators: tuple[tree.Iterator, ...], part: str, body: Node, scope: _Scope
    ) -> str:
        first, *others = iterators
        item = _Item(self._item(scope.depth), _item_of(self._declared(first.source, scope)))
        inner = _Scope({**scope.items, first.name: item}, scope.here, scope.depth + 1)
        said = self._loop(key, tuple(others), part, body, inner) if others else self._say(body, inner)[0]
        return self._phrase(key, item=item.words, list=self._in(first.source, scope, _ATOM), **{part: said})

    def _item(self, depth: int) -> str:
        return self._phrase("nested_item", number=str(depth + 1)) if depth else self._phrase("item")

    def _range(self, node: tree.RangeLiteral, scope: _Scope) -> str:
        key = {
            (True, True): "range",
            (False, True): "range_above",
            (True, False): "range_below",
            (False, False): "range_within",
        }[node.low_closed, node.high_closed]
        return self._phrase(key, low=self._in(node.low, scope, _SUM), high=self._in(node.high, scope, _SUM))

    def _call(self, node: tree.Call, scope: _Scope) -> tuple[str, int]:
        function = node.function.name if isinstance(node.function, tree.Name) else print_tree(node.function)
        if function == "not" and len(node.arguments) == 1:
            return self._phrase("not", operand=self._in(node.arguments[0], scope, _SUM)), _COMPARISON
        if function == "date" and len(node.arguments) == 1 and isinstance(node.arguments[0], tree.Text):
            return _at(node.arguments[0].value, self._language), _ATOM
        said = [self._in(argument, scope, _ATOM) for argument in node.arguments]
        if function in PHRASES and not node.names and "{0}" in PHRASES[function][0]:
            words = PHRASES[function][0 if self._language == "vi" else 1].format(*said, "", "")
            return words, _ATOM
        return self._phrase("call", function=function, arguments="; ".join(said)), _ATOM

    def _declared(self, node: Node, scope: _Scope) -> DeclaredType | None:
        """The declared type of a fact, an item of a list, or a part of one; None of everything else."""
        match node:
            case tree.Name(name):
                if name in scope.items:
                    return scope.items[name].declared
                if scope.here is not None:
                    if name in ("item", "?"):
                        return scope.here.declared
                    member = scope.here.declared.fields.get(name) if scope.here.declared else None
                    if member is not None:
                        return member.type
                return self._ruleset.declared_at(name)
            case tree.Path(value, name):
                declared = self._declared(value, scope)
                member = declared.fields.get(name) if declared else None
                return member.type if member else None
            case tree.Filter(value, predicate):
                declared = self._declared(value, scope)
                return _item_of(declared) if isinstance(predicate, tree.Number) else declared
            case tree.ListLiteral(items) if items:
                declared = self._declared(items[0], scope)
                return DeclaredType("list", item=declared) if declared else None
        return None


def _labels(ruleset: Ruleset) -> dict[str, Localized]:
    """What the words of the enumerations are called, where all that have a word call it alike."""
    found: dict[str, Localized | None] = {outcome.name: outcome.label for outcome in ruleset.outcomes}
    for declared in ruleset.types.values():
        for word, label in declared.values.items():
            found[word] = label if found.get(word, label) == label else None
    return {word: label for word, label in found.items() if label is not None}


def _unique_fields(ruleset: Ruleset, language: Language) -> dict[str, Localized]:
    """The fields of facts whose own label names no other field, and so needs no label of the record before it."""
    found: dict[str, tuple[str, Localized] | None] = {}
    for fact in ruleset.facts.values():
        for name, member in fact.declared.fields.items():
            if member.label is not None:
                own = member.label.in_(language)
                found[own] = None if own in found else (f"{fact.name}.{name}", member.label)
    return dict(each for each in found.values() if each is not None)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _nodes(child)


def _dotted(node: Node) -> str:
    """The path that a node names, or an empty string."""
    match node:
        case tree.Name(name):
            return name
        case tree.Path(value, name):
            above = _dotted(value)
            return above and f"{above}.{name}"
    return ""


def _item_of(declared: DeclaredType | None) -> DeclaredType | None:
    return declared.item if declared is not None and declared.kind == "list" else None


def _is_date(declared: DeclaredType | None) -> bool:
    return declared is not None and declared.kind == "date"


def _at(text: str, language: Language) -> str:
    try:
        return write(date.fromisoformat(text), language)
    except ValueError:
        return text


def _lower(label: str) -> str:
    """A label within a sentence: its first letter small, unless the first word is an abbreviation."""
    first = label.partition(" ")[0]
    return label if first[1:].lower() != first[1:] or not label else label[0].lower() + label[1:]
