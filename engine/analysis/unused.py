"""What is declared and used by nothing, and what decides without naming its law or its open question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.analysis.model import Finding
from engine.analysis.study import OF_SCORE, Study, names_read
from engine.ruleset import citations
from engine.ruleset.document import Questioned, RecordField, TableInput, TableOutput, as_list
from engine.ruleset.source import Path
from engine.ruleset.types import BUILT_IN_NAMES, split

_NAMED = ("definitions", "tables")  # they are used only if something that uses them is


def unused(study: Study) -> Iterator[Finding]:
    """What is declared and used by nothing."""
    document = study.document
    used = _used_names(study)
    for section, kind in (
        ("facts", "fact"),
        ("parameters", "parameter"),
        ("definitions", "definition"),
        ("tables", "table"),
    ):
        for name, declared in getattr(document, section).items():
            if name not in used and not (
                section == "facts" and declared.sensitive
            ):  # kept for statistics only
                yield _finding(study, f"unused-{kind}", (section, name))
    types = _used_types(study)
    for name in document.types:
        if name not in types and name not in BUILT_IN_NAMES:
            yield _finding(study, "unused-type", ("types", name))
    cited = {source for text in _cites(study.source.data) for source in _sources_of(text)}
    for name in document.sources:
        if name not in cited:
            yield _finding(study, "unused-source", ("sources", name))
    labelled = _used_labels(study)
    for name in document.labels:
        if name not in labelled:
            yield _finding(study, "unused-label", ("labels", name))
    for name, question in study.ruleset.questions.items():
        if not question.touches:
            yield _finding(study, "unused-question", ("questions", name))
    yield from _unused_criteria(study)


def _finding(study: Study, kind: str, path: Path) -> Finding:
    return study.found(kind, path, {"name": path[-1]}, at_key=True)


def _used_names(study: Study) -> set[str]:
    """The names that something uses, if only through definitions and tables that are used themselves."""
    reads: dict[str, set[str]] = {}
    used: set[str] = set()
    for site in study.sites:
        section, name = site.path[0], str(site.path[1]) if len(site.path) > 1 else ""
        names = set(names_read(site.node))
        if section in _NAMED:
            reads.setdefault(name, set()).update(names)
        else:
            used |= names
    for criterion in study.ruleset.criteria:
        used.update(path.partition(".")[0] for path in criterion.reads)  # of what it says, too
    quota = study.document.quota
    if quota is not None:
        used.update(fact.partition(".")[0] for scope in quota.within for fact in as_list(scope))
    if study.ruleset.score is not None:
        used |= OF_SCORE
    waiting = list(used)
    while waiting:
        found = reads.get(waiting.pop(), set()) - used
        used |= found
        waiting += found
    return used


def _used_types(study: Study) -> set[str]:
    """The types that a fact, a column or a field of a used type is of."""
    document = study.document
    written = [fact.type for fact in document.facts.values()]
    for table in document.tables.values():
        written += [each.type for each in table.inputs.values() if isinstance(each, TableInput) and each.type]
        written += [each.type if isinstance(each, TableOutput) else each for each in table.outputs.values()]
    for site in study.sites:
        written += [name for name in document.types if name in site.text]  # in instance of
    used: set[str] = set()
    while written:
        _, name = split(written.pop())
        if name in used:
            continue
        used.add(name)
        declared = document.types.get(name)
        for member in declared.values() if isinstance(declared, dict) else ():
            if isinstance(member, str | RecordField):
                written.append(member if isinstance(member, str) else member.type)
    return used


def _cites(data: Any) -> Iterator[str]:
    """Every citation that is written anywhere in the document."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "cite":
                yield from (each for each in (value if isinstance(value, list) else [value]) if each)
            else:
                yield from _cites(value)
    elif isinstance(data, list):
        for each in data:
            yield from _cites(each)


def _sources_of(text: str) -> Iterator[str]:
    cited = citations.parse(text)
    if cited is not None:
        yield cited.source
        if cited.amender is not None:
            yield cited.amender


def _used_labels(study: Study) -> set[str]:
    decision = study.ruleset.decision
    used = {name for gate in (*decision.cannot_evaluate, *decision.not_rated) for name in gate.oblige}
    for consequence in decision.consequences:
        used.update(name for _, name in consequence.gives)
    return used


def _unused_criteria(study: Study) -> Iterator[Finding]:
    decision = study.ruleset.decision
    used = {gate.criterion for gate in (*decision.cannot_evaluate, *decision.not_rated)}
    used.update(ceiling.criterion for ceiling in decision.ceilings)
    used.update(name for ground in decision.grounds for name in ground.criteria)
    used.update(name for rung in decision.ladder for name in rung.criteria)
    used.update(name for consequence in decision.consequences for _, name in consequence.when)
    for criterion in study.ruleset.criteria:
        if criterion.name not in used and not criterion.advisory:
            yield _finding(study, "unused-criterion", ("criteria", criterion.name))


def unsourced(study: Study) -> Iterator[Finding]:
    """What decides and does not name its law, or the question that would settle it."""
    document = study.document
    example = _example(study)
    for name, values in document.parameters.items():
        for index, value in enumerate(values):
            if value.cite is None:
                details = {"name": name, "day": value.from_, "example": example}
                yield study.found("uncited-parameter", ("parameters", name, index), details)
    for name, table in document.tables.items():
        if table.cite is None:
            details = {"name": name, "example": example}
            yield study.found("uncited-table", ("tables", name), details, at_key=True)
    quota = document.quota
    if (
        quota is not None
        and quota.cite is None
        and any(r.cite is None for r in quota.readings.values() or (quota,))
    ):
        yield study.found("uncited-quota", ("quota",), {"example": example}, at_key=True)
    for path, declared in _drafts(study):
        if not declared.questions:
            yield study.found("draft-without-question", path, {"name": path[-1]}, at_key=True)
    for index, gap in enumerate(document.gaps):
        if not gap.questions:
            yield study.found("gap-without-question", ("gaps", index), {"name": gap.name})


def _drafts(study: Study) -> Iterator[tuple[Path, Questioned]]:
    """What has the standing of a draft."""
    document = study.document
    groups: list[tuple[Path, Mapping[str, Any]]] = [(("criteria",), document.criteria)]
    if document.score is not None:
        groups.append((("score", "parts"), document.score.parts))
    if document.quota is not None:
        groups.append((("quota", "readings"), document.quota.readings))
    for path, declared in groups:
        yield from (((*path, name), each) for name, each in declared.items() if each.standing == "draft")


def _example(study: Study) -> str:
    source = next(iter(study.document.sources), "nd90")
    return f"{source} 2.3"
