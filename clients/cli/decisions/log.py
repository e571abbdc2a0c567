"""`chuan decisions list|show|replay|export|verify-log`: the log, as a server has it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import orjson
import typer
from chuan.v1 import decision_service_pb2 as pb
from chuan.v1 import verdict_pb2

from clients.cli.common import (
    EXIT_NOT_PROVEN,
    EXIT_WRONG_INPUT,
    DataFormat,
    exit_with,
    parse_moment,
    print_json,
)
from clients.cli.service import ServerOption, connected
from clients.log_calls import DecisionFilter

DecisionArgument = Annotated[
    str, typer.Argument(help="The id of the decision.", metavar="DECISION", show_default=False)
]
RulesetOption = Annotated[
    str, typer.Option("--ruleset", help="Reached by this id, or version.", metavar="ID[@VERSION]")
]
SubjectOption = Annotated[str, typer.Option("--subject", help="About this subject.", metavar="REF")]
WithinOption = Annotated[
    str, typer.Option("--within", help="For this organisation and those below.", metavar="PATH")
]
CallerOption = Annotated[str, typer.Option("--caller", help="Asked for by this caller.", metavar="NAME")]
StatusOption = Annotated[
    str, typer.Option("--status", help="decided, undetermined, not_rated or cannot_evaluate.")
]
OutcomeOption = Annotated[str, typer.Option("--outcome", help="With this outcome.")]
KindOption = Annotated[str, typer.Option("--kind", help="record, or table.")]
FromOption = Annotated[str | None, typer.Option("--from", help="Logged then or later.", metavar="MOMENT")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Logged before then.", metavar="MOMENT")]
FormatOption = Annotated[DataFormat, typer.Option("--format", help="Text, or plain data.")]


def list_(
    server: ServerOption,
    ruleset: RulesetOption = "",
    subject: SubjectOption = "",
    within: WithinOption = "",
    caller: CallerOption = "",
    status: StatusOption = "",
    outcome: OutcomeOption = "",
    kind: KindOption = "",
    from_: FromOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, the newest first.")] = 50,
    format_: FormatOption = DataFormat.TEXT,
) -> None:
    """List decisions, newest first."""
    which = _which(ruleset, subject, within, caller, status, outcome, kind, from_, until)
    with connected(server) as client:
        found = list(islice(client.decisions(which), limit))
    if format_ is DataFormat.JSON:
        print_json([_data(each) for each in found])
        return
    for each in found:
        typer.echo("  ".join(_columns(each)))


def show(decision: DecisionArgument, server: ServerOption) -> None:
    """Print a decision as it was logged, as plain data: record, verdict, and its place in the chain."""
    with connected(server) as client:
        logged = client.get_decision(decision)
    data = {
        "decision_id": logged.decision_id,
        "position": logged.position,
        "logged_at": logged.logged_at.ToJsonString(),
        "kind": pb.DecisionKind.Name(logged.kind).removeprefix("DECISION_KIND_").lower(),
        "caller": logged.caller,
        "organisation": logged.organisation,
        "request_id": logged.request_id,
        "subject_ref": logged.subject_ref,
        "record": orjson.Fragment(logged.canonical_record),
        "verdict": orjson.Fragment(logged.canonical_verdict),
        "verdict_digest": logged.verdict_digest,
        "chain_hash": logged.chain_hash,
    }
    sys.stdout.write(orjson.dumps(data).decode() + "\n")


def replay(decision: DecisionArgument, server: ServerOption) -> None:
    """Evaluate a decision's record again, and say whether the verdict is the same to the byte. Exit code 4: no."""
    with connected(server) as client:
        replayed = client.replay_decision(decision)
    if not replayed.identical:
        exit_with(
            EXIT_NOT_PROVEN,
            f"another verdict: {replayed.logged_digest} was logged, {replayed.replayed_digest} came now",
        )
    typer.echo(f"the same verdict: {replayed.logged_digest}")


def export(
    file: Annotated[
        Path, typer.Argument(help="Where to write it; it must not be there yet.", metavar="FILE.jsonl")
    ],
    server: ServerOption,
    ruleset: RulesetOption = "",
    subject: SubjectOption = "",
    within: WithinOption = "",
    caller: CallerOption = "",
    status: StatusOption = "",
    outcome: OutcomeOption = "",
    kind: KindOption = "",
    from_: FromOption = None,
    until: UntilOption = None,
    after: Annotated[int, typer.Option(min=0, help="Only what stands after this position of the log.")] = 0,
    last: Annotated[int, typer.Option(min=0, help="Only up to this position; 0: up to the newest.")] = 0,
) -> None:
    """Write decisions to a file that `chuan decisions verify` verifies without the service."""
    which = _which(ruleset, subject, within, caller, status, outcome, kind, from_, until)
    try:
        # Readable by its owner alone: it holds personal data.
        file.touch(mode=0o600, exist_ok=False)
        with connected(server) as client, file.open("wb") as lines:
            lines.writelines(client.export_decisions(which, after_position=after, last_position=last))
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{file}: {error.strerror}")


def verify_log(
    server: ServerOption,
    after: Annotated[int, typer.Option(min=0, help="Begin after this position of the log.")] = 0,
) -> None:
    """Have a server verify its whole log. Exit code 4: it is not what it was."""
    with connected(server) as client:
        *_, told = client.verify_log(after_position=after)
    seen = f"{told.entries} entries up to {told.position}, {told.checkpoints} checkpoints"
    if told.problem_count:
        for problem in told.problems:
            flaw = pb.LogFlaw.Name(problem.flaw).removeprefix("LOG_FLAW_").lower()
            typer.echo(f"{flaw}: {problem.text}", err=True)
        exit_with(EXIT_NOT_PROVEN, f"not whole: {told.problem_count} problems in {seen}")
    typer.echo(f"whole: {seen}\n{told.chain_hash}")


def _which(
    ruleset: str,
    subject: str,
    within: str,
    caller: str,
    status: str,
    outcome: str,
    kind: str,
    from_: str | None,
    until: str | None,
) -> DecisionFilter:
    for given, known in ((status, _STATUSES), (kind, ("record", "table"))):
        if given and given not in known:
            exit_with(EXIT_WRONG_INPUT, f"'{given}' is none of {', '.join(known)}")
    id_, _, version = ruleset.partition("@")
    return DecisionFilter(
        ruleset=id_,
        version=version,
        subject_ref=subject,
        organisation=within,
        caller=caller,
        status=status,
        outcome=outcome,
        kind=kind,
        logged_from=parse_moment(from_) if from_ else None,
        logged_until=parse_moment(until) if until else None,
    )


def _data(each: pb.DecisionSummary) -> dict[str, object]:
    return {
        "decision_id": each.decision_id,
        "position": each.position,
        "logged_at": each.logged_at.ToJsonString(),
        "ruleset": {"id": each.ruleset.id, "version": each.ruleset.version},
        "kind": pb.DecisionKind.Name(each.kind).removeprefix("DECISION_KIND_").lower(),
        "caller": each.caller,
        "organisation": each.organisation,
        "subject_ref": each.subject_ref,
        "status": _status(each.status) if each.status else "",
        "outcome": each.outcome,
        "erased": each.erased,
    }


def _status(status: verdict_pb2.VerdictStatus.ValueType) -> str:
    return verdict_pb2.VerdictStatus.Name(status).removeprefix("VERDICT_STATUS_").lower()


def _columns(each: pb.DecisionSummary) -> Iterable[str]:
    at: datetime = each.logged_at.ToDatetime(UTC).astimezone()
    yield f"{each.position:>8}"
    yield at.isoformat(timespec="seconds")
    yield each.decision_id
    yield f"{each.ruleset.id}@{each.ruleset.version}"
    if each.erased:
        yield "erased"
    else:
        yield (
            each.outcome
            or verdict_pb2.VerdictStatus.Name(each.status).removeprefix("VERDICT_STATUS_").lower()
        )
        yield each.subject_ref or "-"
    yield each.organisation or "-"


_STATUSES = tuple(_status(number) for number in verdict_pb2.VerdictStatus.values() if number)
