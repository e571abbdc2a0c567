"""Gives the names, citations and expressions of a document their meaning: a `Ruleset`, or every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from itertools import pairwise
from types import MappingProxyType

from engine.feel.compiler import compile as compile_expression
from engine.feel.errors import FeelError
from engine.feel.parser import parse
from engine.feel.references import references
from engine.feel.types import BOOLEAN
from engine.ruleset import templates
from engine.ruleset.cases import make_case
from engine.ruleset.citations import Citation, LegalSource
from engine.ruleset.decisions import read_decision
from engine.ruleset.document import CriterionDeclaration, Document, names_of
from engine.ruleset.expectations import check_case
from engine.ruleset.expressions import Checked, check_expression, check_tests
from engine.ruleset.localized import LANGUAGES, Language, Localized
from engine.ruleset.parameters import read_parameters
from engine.ruleset.problems import Problem, RulesetError, suggest
from engine.ruleset.programs import Asked, Slots, build_program, decided_by, null_finder
from engine.ruleset.questions import read_questions
from engine.ruleset.quotas import check_quota
from engine.ruleset.report import Report
from engine.ruleset.ruleset import Criterion, Definition, Fact, Gap, Outcome, Period, Ruleset, Standing
from engine.ruleset.score import PARTS
from engine.ruleset.scores import (
    NAMES,
    CheckedScore,
    check_score,
    check_total,
    define,
    link_score,
    score_needs,
    standing_of,
)
from engine.ruleset.source import Path, Source
from engine.ruleset.table import Table
from engine.ruleset.tables import as_definition, read_table, table_needs
from engine.ruleset.templates import Template
from engine.ruleset.vocabulary import Vocabulary, localized, read_vocabulary


def link(source: Source, document: Document, problems: tuple[Problem, ...] = ()) -> Ruleset:
    """The ruleset that a document means.

    Args:
        source: the file.
        document: what stands in it, without what is wrong with its shape.
        problems: what is.

    Raises:
        RulesetError: with `problems` and all others.
    """
    report = Report(source, list(problems))
    _check_dates(document, report)
    sources = _sources(document)
    vocabulary = read_vocabulary(document, report)
    outcomes = _outcomes(document, report)
    parameters = read_parameters(document, sources, report)
    vocabulary.names.update((name, parameter.type) for name, parameter in parameters.items())
    definitions, checked_score, tables = _definitions(document, sources, vocabulary, report)
    check_total(document, checked_score, vocabulary, parameters, report)
    facts = _facts(document, vocabulary, report)
    asked = {
        name: _asked(name, criterion, vocabulary, report) for name, criterion in document.criteria.items()
    }
    says = {name: _says(name, criterion, vocabulary, report) for name, criterion in document.criteria.items()}
    selects = _selector(document, vocabulary, report)
    decision = read_decision(document, sources, report)
    gaps = _gaps(document, sources, report)
    questions = read_questions(document, report)
    _check_criteria(document, report)
    criteria_citations = {
        name: report.cited(criterion.cite, sources, ("criteria", name, "cite"))
        for name, criterion in document.criteria.items()
    }
    cases = []
    for index, case in enumerate(document.cases):
        check_case(case, ("cases", index), document, report)
        cases.append(make_case(case, {}, source.problem("", ("cases", index), "").line))
    check_quota(document, vocabulary, sources, report)
    inputs = {name: vocabulary.names[name] for name in (*facts, *parameters)}
    score = link_score(document, checked_score, definitions, inputs, sources, report)
    if report.problems or decision is None:
        raise RulesetError(report.problems)
    ready = {
        name: Asked(checked[0], checked[1], tuple(path for text in _texts(says[name]) for path in text.paths))
        for name, checked in asked.items()
        if checked is not None
    }
    program, slots = build_program(inputs, definitions, ready)
    expressions = [checked for item in ready.values() for checked in (item.holds, item.applies) if checked]
    if checked_score is not None:
        expressions += checked_score.expressions
    return Ruleset(
        id=document.ruleset,
        version=document.version,
        kind=document.kind,
        title=localized(document.title),
        note=_optional(document.note),
        published=document.published,
        effective=Period(document.effective.from_, document.effective.until),
        period=None if document.period is None else Period(document.period.from_, document.period.until),
        selects=compile_expression(selects.node, names=vocabulary.names) if selects else None,
        selects_text=document.selects or "",
        selects_reads=frozenset(path.partition(".")[0] for path in selects.reads) if selects else frozenset(),
        outcomes=outcomes,
        sources=MappingProxyType(sources),
        types=MappingProxyType(vocabulary.types),
        facts=MappingProxyType(facts),
        parameters=MappingProxyType(parameters),
        definitions=tuple(
            Definition(name, checked.text, checked.node, checked.type, checked.reads)
            for name, checked in definitions.items()
        ),
        tables=MappingProxyType(tables),
        criteria=tuple(
            _criterion(
                index,
                name,
                criterion,
                criteria_citations[name],
                standing_of(Standing(criterion.standing), decided_by(ready[name], definitions), score),
                says[name],
                slots[name],
            )
            for index, (name, criterion) in enumerate(document.criteria.items())
        ),
        decision=decision,
        labels=MappingProxyType({name: localized(label) for name, label in document.labels.items()}),
        gaps=gaps,
        questions=MappingProxyType(questions),
        score=score,
        quota=document.quota,
        cases=tuple(cases),
        text=source.text,
        digest=sha256(source.text.encode()).hexdigest(),
        program=program,
        why_null=null_finder(definitions, expressions, vocabulary.names),
    )


def _check_dates(document: Document, report: Report) -> None:
    for section, span in (("effective", document.effective), ("period", document.period)):
        if span is not None and span.until is not None and span.from_ is not None and span.until < span.from_:
            report.add(
                "dates-reversed",
                (section, "until"),
                f"{section} ends on {span.until}, before it begins on {span.from_}.",
                "",
                "Correct one of the two.",
            )


def _optional(text: object) -> Localized | None:
    return None if text is None else localized(text)  # type: ignore[arg-type]  # a document's text


def _sources(document: Document) -> dict[str, LegalSource]:
    found = {}
    for name, source in document.sources.items():
        title = Localized(source.title.vi, source.title.en or source.title.vi)
        found[name] = LegalSource(name, title, source.issued, source.url or "", _optional(source.note))
    return found


def _outcomes(document: Document, report: Report) -> tuple[Outcome, ...]:
    if isinstance(document.outcomes, list):
        for index, name in enumerate(document.outcomes):
            if name in document.outcomes[:index]:
                report.add("named-twice", ("outcomes", index), f'"{name}" stands twice.', "", "Take one out.")
        labels = {name: Localized(name, name) for name in document.outcomes}
    else:
        labels = {name: localized(label) for name, label in document.outcomes.items()}
    return tuple(Outcome(name, label, rank) for rank, (name, label) in enumerate(labels.items()))


def _definitions(
    document: Document, sources: Mapping[str, LegalSource], vocabulary: Vocabulary, report: Report
) -> tuple[dict[str, Checked], CheckedScore | None, dict[str, Table]]:
    """The definitions, each after those that it reads, so that the type of each is known to the next.

    The score is two of them, and a table is one; what these are made of is given beside.
    """
    needs: dict[str, set[str]] = {}
    score: CheckedScore | None = None
    of_score = score_needs(document, vocabulary)
    known = document.definitions.keys() | document.tables.keys() | of_score.keys()
    for name, text in document.definitions.items():
        try:
            read = references(parse(text, types=vocabulary.feel_types))
        except FeelError:
            read = ()  # told below, with its place
        needs[name] = {path.partition(".")[0] for path in read} & known
    needs |= {name: table_needs(table, known, vocabulary) for name, table in document.tables.items()}
    needs |= {name: read & known for name, read in of_score.items()}
    found: dict[str, Checked] = {}
    tables: dict[str, Table] = {}
    for name in _sorted(needs, document, report):
        if name == PARTS:
            score = check_score(document, vocabulary, report)
        if name in of_score:
            rounding = document.score.rounding if document.score else None
            checked = None if score is None else define(name, score, rounding, vocabulary)
        elif name in document.tables:
            table = read_table(name, document.tables[name], sources, vocabulary, report)
            if table is not None:
                tables[name] = table
            checked = None if table is None else as_definition(table)
        else:
            text = document.definitions[name]
            checked = check_expression(text, ("definitions", name), vocabulary, report)
        if checked is not None:
            found[name] = checked
            vocabulary.names[name] = checked.type
    return found, score, tables


def _sorted(needs: dict[str, set[str]], document: Document, report: Report) -> list[str]:
    """Definitions after those that they need; every cycle is reported and cut."""
    while True:
        sorter = TopologicalSorter(needs)
        try:
            # The order of the document wherever the needs leave a choice, so that it is the same on every run.
            sorter.prepare()
            order: list[str] = []
            while sorter.is_active():
                ready = sorted(sorter.get_ready(), key=list(needs).index)
                order += ready
                sorter.done(*ready)
        except CycleError as error:
            cycle: list[str] = error.args[1][::-1]
            names = list(needs)
            start = min(cycle[:-1], key=names.index)
            turned = cycle[:-1][cycle.index(start) :] + cycle[: cycle.index(start)] + [start]
            way = " reads ".join(turned)
            report.add(
                "definition-cycle",
                ("score",)
                if start in NAMES
                else ("tables" if start in document.tables else "definitions", start),
                f"{way}.",
                "A definition that reads itself, if only by others, has no value.",
                "Take one of the readings out.",
                at_key=True,
            )
            for name, after in pairwise(turned):
                needs[name] = needs[name] - {after}
            continue
        return order


def _facts(document: Document, vocabulary: Vocabulary, report: Report) -> dict[str, Fact]:
    found = {}
    for name, fact in document.facts.items():
        declared = vocabulary.facts.get(name)
        if declared is None:
            continue
        tests = fact.allowed and check_tests(fact.allowed, ("facts", name, "allowed"), declared.feel, report)
        found[name] = Fact(
            name=name,
            declared=declared,
            label=localized(fact.label),
            unit=fact.unit or "",
            allowed=compile_expression(tests, names=("?",)) if tests else None,
            allowed_text=fact.allowed or "",
            from_=fact.from_,
            changeable=fact.changeable,
            personal=fact.personal,
            sensitive=fact.sensitive,
            empty=fact.empty,
        )
    return found


def _selector(document: Document, vocabulary: Vocabulary, report: Report) -> Checked | None:
    """The selector; it is asked before a ruleset is chosen, so it knows the facts and nothing else."""
    if document.selects is None:
        return None
    checked = check_expression(document.selects, ("selects",), vocabulary, report, BOOLEAN)
    facts = report.declared("facts")
    for path in checked.reads if checked is not None else ():
        name = path.partition(".")[0]
        if name not in facts:
            report.add(
                "selector-reads",
                ("selects",),
                f"The selector reads {name}, which is not a fact.",
                "It is asked before a ruleset is chosen, when there are only facts.",
                "Ask the facts themselves.",
            )
    return checked


def _asked(
    name: str, criterion: CriterionDeclaration, vocabulary: Vocabulary, report: Report
) -> tuple[Checked, Checked | None] | None:
    path: Path = ("criteria", name)
    applies = None
    if criterion.applies is not None:
        applies = check_expression(criterion.applies, (*path, "applies"), vocabulary, report, BOOLEAN)
    holds = check_expression(criterion.holds, (*path, "holds"), vocabulary, report, BOOLEAN)
    return None if holds is None else (holds, applies)


def _says(
    name: str, criterion: CriterionDeclaration, vocabulary: Vocabulary, report: Report
) -> Mapping[Language, Mapping[str, Template]]:
    by_language = {}
    for language in LANGUAGES:
        written = getattr(criterion.says, language)
        found = {}
        for status, text in written.model_dump(exclude_none=True).items():
            found[status] = _template(text, ("criteria", name, "says", language, status), vocabulary, report)
        by_language[language] = MappingProxyType(found)
    return MappingProxyType(by_language)


def _template(text: str, path: Path, vocabulary: Vocabulary, report: Report) -> Template:
    template, placed, mistakes = templates.parse(text)
    for mistake in mistakes:
        report.add("bad-placeholder", path, mistake.what, "", mistake.how, span=(mistake.start, mistake.end))
    for placeholder, start in placed:
        span = (start, start + len(placeholder.path))
        name = placeholder.path.partition(".")[0]
        if name in vocabulary.sensitive:
            what = f'"{name}" states {vocabulary.sensitive[name]}, and no finding may speak of that.'
            report.add("sensitive-fact", path, what, "", "Take it out of the text.", span=span)
        lost = vocabulary.lost_step(placeholder.path)
        if lost is not None:
            step, candidates, kind = lost
            how = suggest(step, candidates, kind)
            what = f'The placeholder {{{placeholder.path}}} names no fact: there is no "{step}".'
            report.add("unknown-placeholder", path, what, "", how, span=span)
    return template


def _texts(says: Mapping[Language, Mapping[str, Template]]) -> list[Template]:
    return [template for by_status in says.values() for template in by_status.values()]


def _check_criteria(document: Document, report: Report) -> None:
    if not report.declared("criteria") and not report.problems:
        report.add("no-criteria", ("criteria",), "There are no criteria.", "", "Add one.", at_key=True)
    for name, criterion in document.criteria.items():
        if not criterion.advisory and criterion.cite is None and "cite" not in report.at(("criteria", name)):
            report.add(
                "no-citation",
                ("criteria", name),
                f"{name} cites nothing.",
                "A criterion that decides has to say which law it comes from.",
                'Add cite: such as "nd90 2.3", or advisory: true if it only informs.',
                at_key=True,
            )
        if criterion.waivable and document.kind != "title-standard":
            report.add(
                "waivable",
                ("criteria", name, "waivable"),
                "Only criteria of a title standard can be waived.",
                f"This ruleset is of the kind {document.kind}.",
                "Take it out.",
            )


def _gaps(document: Document, sources: Mapping[str, LegalSource], report: Report) -> tuple[Gap, ...]:
    found = []
    outcomes = names_of(document.outcomes)
    for index, gap in enumerate(document.gaps):
        path: Path = ("gaps", index)
        for place, outcome in enumerate(gap.between or ()):
            report.known(outcome, outcomes, "outcome", (*path, "between", place))
        for place, criterion in enumerate(gap.unmet):
            report.known(criterion, report.declared("criteria"), "criterion", (*path, "unmet", place))
        between = None if gap.between is None else (gap.between[0], gap.between[1])
        cited = report.cited(gap.cite, sources, (*path, "cite"))
        found.append(Gap(gap.name, localized(gap.says), between, tuple(gap.unmet), cited))
    return tuple(found)


def _criterion(
    index: int,
    name: str,
    criterion: CriterionDeclaration,
    citations: tuple[Citation, ...],
    standing: Standing,
    says: Mapping[Language, Mapping[str, Template]],
    slots: Slots,
) -> Criterion:
    return Criterion(
        name=name,
        index=index,
        label=localized(criterion.label),
        expression=criterion.holds,
        applies=criterion.applies,
        citations=citations,
        standing=standing,
        says=says,
        advisory=criterion.advisory,
        waivable=criterion.waivable,
        note=_optional(criterion.note),
        reads=slots.reads,
        holds_at=slots.holds_at,
        applies_at=slots.applies_at,
        reads_at=slots.reads_at,
    )
