"""The rulesets of a server, with when each was published, succeeded and withdrawn, as a catalogue."""

from __future__ import annotations

from datetime import UTC, date, datetime

from chuan.v1 import ruleset_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from clients.client import Client
from clients.score.problems import ScoreError
from engine import Catalogue, Publication, Ruleset, RulesetError, SelectionError, loads
from engine.publication import Ending


def catalogue_of(client: Client, id_: str = "") -> Catalogue:
    """The rulesets of a server: the versions of an id, or all of them.

    Raises:
        ScoreError: a document cannot be read here.
        ServiceError: the server does not answer, or refuses.
    """
    try:
        return Catalogue(_publication(client, each) for each in client.list_rulesets(id_))
    except RulesetError as error:
        raise ScoreError(str(error)) from None


def ruleset_of(client: Client, name: str, day: date) -> Ruleset:
    """The ruleset that an id or ID@VERSION means to a server on a day.

    Raises:
        ScoreError: there is none, or several.
        ServiceError: as for `catalogue_of`.
    """
    id_, _, version = name.partition("@")
    try:
        if version:
            return loads(client.get_ruleset(id_, version).text, name)
        return catalogue_of(client, id_).on(id_, day)
    except (RulesetError, SelectionError) as error:
        raise ScoreError(f"{error}; ID@VERSION names one version") from None


def _publication(client: Client, listed: pb.Ruleset) -> Publication:
    text = client.get_ruleset(listed.id, listed.version).text
    return Publication(
        loads(text, f"{listed.id} {listed.version}"),
        _moment(listed.published_at) if listed.HasField("published_at") else None,
        _moment(listed.withdrawn_at) if listed.HasField("withdrawn_at") else None,
        tuple(
            Ending(_moment(each.known_at), date.fromisoformat(each.succeeded_from))
            for each in listed.successions
        ),
    )


def _moment(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)
