"""`chuan decisions confirm|change|appeal|answer|standing`: what the authority decided, and appeals with their terms."""

from __future__ import annotations

from typing import Annotated

import typer
from chuan.v1 import authority_pb2

from clients.authority_calls import Document
from clients.cli.common import DataFormat, LanguageOption, parse_date, print_json
from clients.cli.service import ActorOption, ServerOption, connected
from clients.plain_data import plain_data
from clients.standing_text import standing_text
from engine.ruleset.localized import Language

DecisionArgument = Annotated[
    str, typer.Argument(help="The id of the decision.", metavar="DECISION", show_default=False)
]
NumberOption = Annotated[
    str, typer.Option("--document", help="The number of the document.", metavar="TEXT", show_default=False)
]
DateOption = Annotated[
    str, typer.Option("--dated", help="The date of the document.", metavar="DATE", show_default=False)
]
SignatoryOption = Annotated[
    str, typer.Option("--signed-by", help="Who signed it.", metavar="NAME", show_default=False)
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")]
NeededReasonOption = Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT", show_default=False)]
AnnouncedOption = Annotated[
    str | None,
    typer.Option("--announced-on", help="When the person was told; default: on that date.", metavar="DATE"),
]
SupersedesOption = Annotated[
    int,
    typer.Option("--supersedes", min=0, help="The number of the record that stands now.", metavar="N"),
]
AfterOption = Annotated[
    int, typer.Option("--after-appeal", min=0, help="The appeal that it follows on.", metavar="N")
]
FormatOption = Annotated[DataFormat, typer.Option("--format", help="Text, or plain data.")]


def confirm(
    decision: DecisionArgument,
    server: ServerOption,
    actor: ActorOption,
    document: NumberOption,
    dated: DateOption,
    signed_by: SignatoryOption,
    reason: ReasonOption = "",
    announced_on: AnnouncedOption = None,
    supersedes: SupersedesOption = 0,
    after_appeal: AfterOption = 0,
    lang: LanguageOption = "vi",
    format_: FormatOption = DataFormat.TEXT,
) -> None:
    """Record that the authority decided as the verdict proposes."""
    change(
        decision,
        server,
        actor,
        "",
        reason,
        document,
        dated,
        signed_by,
        announced_on,
        supersedes,
        after_appeal,
        lang,
        format_,
    )


def change(
    decision: DecisionArgument,
    server: ServerOption,
    actor: ActorOption,
    outcome: Annotated[
        str,
        typer.Argument(
            help="The outcome that was decided, or not_rated.", metavar="OUTCOME", show_default=False
        ),
    ],
    reason: NeededReasonOption,
    document: NumberOption,
    dated: DateOption,
    signed_by: SignatoryOption,
    announced_on: AnnouncedOption = None,
    supersedes: SupersedesOption = 0,
    after_appeal: AfterOption = 0,
    lang: LanguageOption = "vi",
    format_: FormatOption = DataFormat.TEXT,
) -> None:
    """Record that the authority decided otherwise than the verdict proposes, and why. The verdict stays as it is."""
    of = Document(document, parse_date(dated), signed_by)
    announced = parse_date(announced_on) if announced_on else None
    with connected(server, actor) as client:
        stands = client.record_authority_decision(
            decision,
            of,
            outcome=outcome,
            reason=reason,
            announced_on=announced,
            supersedes=supersedes,
            after_appeal=after_appeal,
        )
    _show(stands, lang, format_)


def appeal(
    decision: DecisionArgument,
    server: ServerOption,
    actor: ActorOption,
    filed_on: Annotated[
        str, typer.Option("--filed-on", help="When it was filed.", metavar="DATE", show_default=False)
    ],
    grounds: Annotated[
        str, typer.Option("--grounds", help="What the person says.", metavar="TEXT", show_default=False)
    ],
    lang: LanguageOption = "vi",
    format_: FormatOption = DataFormat.TEXT,
) -> None:
    """Record an objection of the person to what the authority decided. One that is late is recorded too, and marked."""
    with connected(server, actor) as client:
        _, stands = client.file_appeal(decision, filed_on=parse_date(filed_on), grounds=grounds)
    _show(stands, lang, format_)


def answer(
    decision: DecisionArgument,
    server: ServerOption,
    actor: ActorOption,
    number: Annotated[
        int, typer.Argument(help="The number of the appeal.", metavar="APPEAL", show_default=False)
    ],
    upheld: Annotated[
        bool, typer.Option("--upheld/--rejected", help="Whether the person is right.", show_default=False)
    ],
    reason: NeededReasonOption,
    document: NumberOption,
    dated: DateOption,
    signed_by: SignatoryOption,
    answered_on: Annotated[
        str | None,
        typer.Option(
            "--answered-on", help="When the person was told; default: on that date.", metavar="DATE"
        ),
    ] = None,
    supersedes: SupersedesOption = 0,
    lang: LanguageOption = "vi",
    format_: FormatOption = DataFormat.TEXT,
) -> None:
    """Record the answer to an objection. Where it changes the outcome, `chuan decisions change` follows."""
    of = Document(document, parse_date(dated), signed_by)
    answered = parse_date(answered_on) if answered_on else None
    with connected(server, actor) as client:
        stands = client.answer_appeal(
            decision, number, of, upheld=upheld, reason=reason, answered_on=answered, supersedes=supersedes
        )
    _show(stands, lang, format_)


def standing(
    decision: DecisionArgument,
    server: ServerOption,
    actor: ActorOption = "",
    lang: LanguageOption = "vi",
    format_: FormatOption = DataFormat.TEXT,
) -> None:
    """Show what the authority decided about a decision, and the appeals."""
    with connected(server, actor) as client:
        stands = client.list_authority_decisions(decision)
    _show(stands, lang, format_)


def _show(stands: authority_pb2.AuthorityStanding, lang: Language, format_: DataFormat) -> None:
    if format_ is DataFormat.JSON:
        print_json(plain_data(stands))
    else:
        typer.echo(standing_text(stands, lang))
