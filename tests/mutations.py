"""Rulesets with one seeded defect each, made from good ones by changing their text in one place.

A mutation knows which findings tell of its defect, by their names; that the check finds one of them, and did not
before, is what the tests ask.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from mutated_text import Mutant, Seed

from engine.ruleset.source import Path as Steps
from engine.ruleset.table_text import lines_of

LABEL: Final = "label: {vi: thử, en: trial}"

Mutator = Callable[[Seed], Iterator[Mutant]]
MUTATORS: Final[list[Mutator]] = []


def mutator(function: Mutator) -> Mutator:
    MUTATORS.append(function)
    return function


def mutants(path: Path, name: str) -> Iterator[Mutant]:
    """Every mutant of a ruleset file."""
    seed = Seed(name, path.read_text(encoding="utf-8"))
    for each in MUTATORS:
        yield from each(seed)


# Words and operators

_OPERATOR: Final = re.compile(r"(?<![<>!=])(>=|<=|>|<)(?!=)")
_OFF: Final = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
_SAYS: Final = re.compile(
    r"(?:trở lên|ít nhất|tối thiểu|không quá|(?<!vượt )(?:trên|quá|dưới)) ?(?:\d+|$|,)|trở lên"
)


@mutator
def operator_off(seed: Seed) -> Iterator[Mutant]:
    """The operator on the other side of its number, where the label says a number with the law's words for it."""
    for name, criterion in seed.data["criteria"].items():
        holds, label = str(criterion["holds"]), str(criterion["label"]["vi"])
        if len(_OPERATOR.findall(holds)) != 1 or not _SAYS.search(label) or not re.search(r"\d", label):
            continue
        if not _same_number(seed, label, holds):
            continue
        off = _OPERATOR.sub(lambda found: _OFF[found.group()], holds)
        yield seed.mutant(
            "operator", name, seed.expression(("criteria", name, "holds"), off), "threshold-operator"
        )


def _same_number(seed: Seed, label: str, holds: str) -> bool:
    """Whether the number of the label is the one that is compared with, as a literal or a parameter."""
    phrases = re.findall(r"(?:từ|đủ|ít nhất|tối thiểu|trên|quá|dưới) (\d+(?:[.,]\d+)?)", label)
    said = {float(number.replace(",", ".")) for number in phrases}
    compared = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", holds)}
    day = seed.ruleset.effective.from_
    for name in re.findall(r"[^\W\d]\w*", holds):
        if name in seed.ruleset.parameters and day is not None:
            value = seed.ruleset.parameters_on(day)[name]
            compared |= (
                {float(value), float(value) * 100} if not isinstance(value, bool | str | list) else set()
            )
    return bool(said & compared)


# What is declared and not used, used and not declared

_SPARE: Final = {
    "facts": (f"spare_fact: {{type: boolean, {LABEL}}}", "unused-fact"),
    "parameters": ("spare_parameter: [{from: 1990-01-01, value: 5}]", "unused-parameter"),
    "definitions": ("spare_definition: 1 + 1", "unused-definition"),
    "types": ("spare_type: [one, two]", "unused-type"),
    "labels": ("spare_label: {vi: thử, en: trial}", "unused-label"),
    "sources": ("spare_source: {title: {vi: thử}, issued: 1990-01-01}", "unused-source"),
    "questions": ("spare_question: {asks: {vi: thử?, en: trial?}}", "unused-question"),
}


@mutator
def spare(seed: Seed) -> Iterator[Mutant]:
    for section, (entry, finds) in _SPARE.items():
        yield seed.mutant("spare", section, seed.added(section, entry), finds)


@mutator
def label_dropped(seed: Seed) -> Iterator[Mutant]:
    for name in list(seed.data.get("labels", {}))[:1]:
        if len(seed.data["labels"]) > 1:
            yield seed.mutant("label dropped", name, seed.without(("labels", name)), "no-label")


@mutator
def criterion_left_out(seed: Seed) -> Iterator[Mutant]:
    """A criterion that the decision names once, taken out there."""
    decision = seed.data["decision"]
    places = [
        ((section, outcome, index), name)
        for section in ("ladder", "grounds")
        for outcome, names in decision.get(section, {}).items()
        for index, name in enumerate(names)
    ]
    written = json.dumps(decision, default=str)
    for path, name in places:
        alone = len(decision[path[0]][path[1]]) == 1
        if len(re.findall(rf"\b{name}\b", written)) == 1 and not alone and _not_waivable(seed, name):
            yield seed.mutant("left out", name, seed.without(("decision", *path)), "unused-criterion")
            return


def _not_waivable(seed: Seed, name: str) -> bool:
    return not seed.data["criteria"][name].get("waivable") and "gaps" not in seed.data


# Citations, questions, dates


@mutator
def citation_dropped(seed: Seed) -> Iterator[Mutant]:
    for name, criterion in seed.data["criteria"].items():
        if "cite" in criterion and not criterion.get("advisory"):
            yield seed.mutant("uncited", name, seed.without(("criteria", name, "cite")), "no-citation")
            break
    for name, values in seed.data.get("parameters", {}).items():
        if "cite" in values[0]:
            path: Steps = ("parameters", name, 0, "cite")
            yield seed.mutant("uncited", name, seed.without(path), "uncited-parameter")
            break
    for name, table in seed.data.get("tables", {}).items():
        if "cite" in table:
            yield seed.mutant("uncited", name, seed.without(("tables", name, "cite")), "uncited-table")
    if "cite" in (quota := seed.data.get("quota") or {}) and "readings" not in quota:
        yield seed.mutant("uncited", "quota", seed.without(("quota", "cite")), "uncited-quota")


@mutator
def draft_unasked(seed: Seed) -> Iterator[Mutant]:
    for name, criterion in seed.data["criteria"].items():
        if "standing" not in criterion and "questions" not in criterion:
            path: Steps = ("criteria", name, "holds")
            new = seed.renamed(path, "standing: draft\n    holds") if not seed.in_flow(path) else None
            if new is not None and _indent(seed, path) == 4:
                yield seed.mutant("draft", name, new, "draft-without-question")
                return


def _indent(seed: Seed, path: Steps) -> int:
    start = seed.read.keys[path].start
    return start - seed.line_start(start)


@mutator
def parameter_hole(seed: Seed) -> Iterator[Mutant]:
    """The last value of a parameter begins after the ruleset does, or its first ends before."""
    for name, values in seed.data.get("parameters", {}).items():
        if len(values) == 1 and "until" not in values[0]:
            path: Steps = ("parameters", name, 0, "from")
            yield seed.mutant("hole", name, seed.replaced(path, "2999-01-01"), "no-value")
            break


@mutator
def parameter_dropped(seed: Seed) -> Iterator[Mutant]:
    for name in list(seed.data.get("parameters", {}))[:1]:
        if len(seed.data["parameters"]) > 1:
            path: Steps = ("parameters", name)
            yield seed.mutant("dropped", name, seed.without(path), "unknown-name", "unknown-placeholder")


# Conditions


@mutator
def contradiction(seed: Seed) -> Iterator[Mutant]:
    """A criterion that also demands its own contrary, here and there."""
    names = [name for name, each in seed.data["criteria"].items() if not each.get("advisory")]
    for name in names[:: max(1, len(names) // 2)][:2]:
        holds = seed.data["criteria"][name]["holds"]
        text = seed.expression(("criteria", name, "holds"), f"({holds}) and not({holds})")
        yield seed.mutant("contradiction", name, text, "never-met", "never-applies")


@mutator
def tautology(seed: Seed) -> Iterator[Mutant]:
    names = [name for name, each in seed.data["criteria"].items() if not each.get("advisory")]
    for name in names[-1:]:
        holds = seed.data["criteria"][name]["holds"]
        text = seed.expression(("criteria", name, "holds"), f"({holds}) or not({holds})")
        yield seed.mutant("tautology", name, text, "always-met")


@mutator
def outside_allowed(seed: Seed) -> Iterator[Mutant]:
    """A number that the fact can never pass, or always does."""
    for name, fact in seed.data["facts"].items():
        allowed = re.fullmatch(r"\[(\d+)\.\.(\d+)\]", str(fact.get("allowed", "")))
        if allowed is None:
            continue
        for criterion, each in seed.data["criteria"].items():
            found = re.search(rf"(?<![\w.]){name} (?:>=|>|<=|<) (\d+)(?!\d|%|\.)", str(each["holds"]))
            if found is not None:
                holds = each["holds"]
                far = holds[: found.start(1)] + str(int(allowed[2]) * 10) + holds[found.end(1) :]
                text = seed.expression(("criteria", criterion, "holds"), far)
                finds = ("condition-constant", "never-met", "always-met", "always-holds", "never-holds")
                yield seed.mutant("outside allowed", criterion, text, *finds)
                break


@mutator
def clock(seed: Seed) -> Iterator[Mutant]:
    name = next(iter(seed.data["criteria"]))
    holds = seed.data["criteria"][name]["holds"]
    text = seed.expression(("criteria", name, "holds"), f'({holds}) and today() > @"2000-01-01"')
    yield seed.mutant("clock", name, text, "clock-read")


@mutator
def protected(seed: Seed) -> Iterator[Mutant]:
    """A boolean fact that a criterion asks for is marked, or called, what nobody may be judged by."""
    if seed.data["kind"] == "organization":
        return
    for name, fact in seed.data["facts"].items():
        used = any(re.search(rf"(?<![\w.]){name}\b", str(c["holds"])) for c in seed.data["criteria"].values())
        if fact["type"] == "boolean" and used and "sensitive" not in fact:
            label: Steps = ("facts", name, "label", "vi")
            yield seed.mutant("marked", name, _marked(seed, name), "sensitive-fact")
            called = seed.expression(label, "Là người dân tộc thiểu số")
            yield seed.mutant("called", name, called, "protected-attribute")
            return


def _marked(seed: Seed, name: str) -> str:
    key = seed.read.keys["facts", name, "type"]
    flow = seed.in_flow(("facts", name, "type"))
    indent = " " * (key.start - seed.line_start(key.start))
    mark = "sensitive: family, " if flow else f"sensitive: family\n{indent}"
    return seed.text[: key.start] + mark + seed.text[key.start :]


# The decision


@mutator
def implied(seed: Seed) -> Iterator[Mutant]:
    """A criterion that says the same as another stands beside it."""
    for outcome, names in seed.data["decision"]["ladder"].items():
        for index, name in enumerate(names):
            criterion = seed.data["criteria"][name]
            if criterion.get("waivable") or "cite" not in criterion:
                continue
            place = seed.read.values["decision", "ladder", outcome, index]
            flow = seed.in_flow(("decision", "ladder", outcome, index))
            indent = " " * (place.start - seed.line_start(place.start) - 2)
            joint = ", " if flow else f"\n{indent}- "
            text = seed.text[: place.end] + f"{joint}as_{name}" + seed.text[place.end :]
            copy = {key: criterion[key] for key in ("label", "holds", "applies", "cite") if key in criterion}
            entry = f"as_{name}: {json.dumps(copy, ensure_ascii=False)}"
            yield seed.mutant(
                "implied", name, Seed(seed.name, text).added("criteria", entry), "criterion-implied"
            )
            return


@mutator
def rung_lost(seed: Seed) -> Iterator[Mutant]:
    ladder = seed.data["decision"]["ladder"]
    elsewhere = json.dumps({k: v for k, v in seed.data["decision"].items() if k != "ladder"}, default=str)
    for outcome in ladder:
        if len(ladder) > 1 and outcome not in elsewhere and "waived" not in seed.data["decision"]:
            text = seed.without(("decision", "ladder", outcome))
            yield seed.mutant("rung lost", outcome, text, "outcome-unused", "unused-criterion")
            return


@mutator
def rung_shadowed(seed: Seed) -> Iterator[Mutant]:
    """A rung that asks for everything that the one above it asks for, and so is never the highest."""
    ladder = seed.data["decision"]["ladder"]
    outcomes = list(seed.data["outcomes"])
    rungs = sorted(ladder, key=outcomes.index)
    under_ceiling = {each["at_most"] for each in seed.data["decision"].get("ceilings", ())}
    decision = seed.data["decision"]
    fixed = under_ceiling | set(decision.get("grounds", {})) | {decision.get("otherwise")}
    for lower, higher in pairwise(rungs):
        if lower in fixed or not ladder[higher] or set(ladder[higher]) <= set(ladder[lower]):
            continue
        both = dict.fromkeys([*ladder[lower], *ladder[higher]])
        text = seed.replaced(("decision", "ladder", lower), f"[{', '.join(both)}]")
        if seed.text[seed.read.values["decision", "ladder", lower].start] == "-":
            continue
        yield seed.mutant("rung shadowed", lower, text, "outcome-unreachable")
        return


@mutator
def rungs_swapped(seed: Seed) -> Iterator[Mutant]:
    """Two rungs of one threshold each of the same figure, the one for the other."""
    ladder = {name: names for name, names in seed.data["decision"]["ladder"].items() if len(names) == 1}
    if len(ladder) < 2:
        return
    first, second = list(ladder)[:2]
    figures = [
        re.match(r"[\w.]+ >=? ", str(seed.data["criteria"][ladder[each][0]]["holds"]))
        for each in (first, second)
    ]
    if None in figures or len({figure.group() for figure in figures if figure}) != 1:
        return
    both = Seed(seed.name, seed.renamed(("decision", "ladder", first), "swapped"))
    both = Seed(seed.name, both.renamed(("decision", "ladder", second), first))
    text = both.renamed(("decision", "ladder", "swapped"), second)
    yield seed.mutant("rungs swapped", f"{first} {second}", text, "outcome-unreachable", "not-monotone")


@mutator
def ground_too_high(seed: Seed) -> Iterator[Mutant]:
    """A ground that fixes the highest outcome: meeting it would lower the result."""
    highest = list(seed.data["outcomes"])[-1]
    for outcome in seed.data["decision"].get("grounds", {}):
        if outcome != highest and highest not in seed.data["decision"]["grounds"]:
            text = seed.renamed(("decision", "grounds", outcome), highest)
            yield seed.mutant(
                "ground", outcome, text, "not-monotone", "outcome-unused", "outcome-unreachable"
            )
            return


@mutator
def consequence_impossible(seed: Seed) -> Iterator[Mutant]:
    for index, consequence in enumerate(seed.data["decision"].get("consequences", ())):
        for token in consequence["when"]:
            kind, _, name = token.partition(" ")
            if kind in ("met", "unmet"):
                other = "unmet" if kind == "met" else "met"
                path: Steps = ("decision", "consequences", index, "when")
                tokens = ", ".join([*consequence["when"], f"{other} {name}"])
                if seed.text[seed.read.values[path].start] == "[":
                    text = seed.replaced(path, f"[{tokens}]")
                    yield seed.mutant("consequence", str(index), text, "consequence-unreachable")
                    return


@mutator
def gap_unnamed(seed: Seed) -> Iterator[Mutant]:
    gaps = seed.data.get("gaps", [])
    lowest = next((o for o in seed.data["outcomes"] if o in seed.data["decision"]["ladder"]), None)
    rung = seed.data["decision"]["ladder"].get(lowest, [])
    open_ = seed.data["decision"].get("otherwise", "undetermined") == "undetermined"
    for index, gap in enumerate(gaps):
        others = [set(each.get("unmet", ())) for at, each in enumerate(gaps) if at != index]
        alone = len(gap.get("unmet", ())) == 1 and gap["unmet"][0] in rung
        if alone and open_ and {gap["unmet"][0]} not in others and len(gaps) > 1:
            yield seed.mutant("gap", gap["name"], seed.without(("gaps", index)), "gap-unnamed")
            return


@mutator
def gap_impossible(seed: Seed) -> Iterator[Mutant]:
    named = any(gap.get("unmet") for gap in seed.data.get("gaps", ()))
    if seed.data["decision"].get("otherwise") == "undetermined" and named:
        lowest = next(iter(seed.data["outcomes"]))
        text = seed.replaced(("decision", "otherwise"), lowest)
        yield seed.mutant("gaps closed", lowest, text, "gap-unreachable")


# Tables


@mutator
def rows(seed: Seed) -> Iterator[Mutant]:
    """A row removed, repeated, or that matches everything."""
    for name, table in seed.data.get("tables", {}).items():
        if table.get("hit", "unique") not in ("unique", "first") or _has_default(table):
            continue
        path: Steps = ("tables", name, "rules")
        lines = list(lines_of(table["rules"]))
        header, *body = [table["rules"][line.span[0] : line.span[1]] for line in lines]
        results = [piece.text for piece in lines[-1].pieces][len(table["inputs"]) :]
        inputs = [piece.text for piece in lines[0].pieces[: len(table["inputs"])]]
        if set(inputs) != set(table["inputs"]):
            continue  # the results stand first
        anything = " | ".join(["-"] * len(inputs) + results)

        def with_rows(rows: list[str], header: str = header, path: Steps = path) -> str:
            place = seed.read.values[path]
            indent = " " * (_indent(seed, path) + 2)
            written = "\n".join(f"{indent}{row}" for row in [header, *rows])
            return f"{seed.text[: place.start]}|\n{written}\n{seed.text[place.end :]}"

        first = table.get("hit") == "first"
        yield seed.mutant("row repeated", name, with_rows([*body, body[0]]), "row-repeated")
        finds = "row-unreachable" if first else "table-overlap"
        yield seed.mutant("row for anything", name, with_rows([anything, *body]), finds)
        if len(body) > 1:
            yield seed.mutant("row removed", name, with_rows(body[1:]), "table-gap")


def _has_default(table: dict[str, Any]) -> bool:
    return any(isinstance(each, dict) and "default" in each for each in table["outputs"].values())


# Beside others


@mutator
def version_beside(seed: Seed) -> Iterator[Mutant]:
    other = seed.replaced(("version",), "99.0.0")
    yield seed.mutant("version", "99.0.0", seed.text + "\n", "overlapping-versions", beside=(other,))


@mutator
def selector_beside(seed: Seed) -> Iterator[Mutant]:
    if "selects" in seed.data:
        other = seed.replaced(("ruleset",), "trial.beside")
        yield seed.mutant("selector", "trial.beside", seed.text, "selectors-overlap", beside=(other,))
