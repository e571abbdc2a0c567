"""All that is held on a person, as JSON Lines, as text, or as a page to read and print."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chuan.v1 import authority_pb2, personal_data_service_pb2
from jinja2 import Environment, PackageLoader, StrictUndefined

from clients.plain_data import plain_data
from clients.standing_text import standing_text
from engine.ruleset.localized import Language

_WORDS: dict[str, dict[Language, str]] = {
    "title": {"vi": "Dữ liệu đang lưu về {ref}", "en": "What is held on {ref}"},
    "decision": {"vi": "Quyết định {id}, ghi lúc {at}", "en": "Decision {id}, logged at {at}"},
    "organisation": {"vi": "Đơn vị: {organisation}", "en": "Organisation: {organisation}"},
    "record": {"vi": "Hồ sơ", "en": "Record"},
    "verdict": {"vi": "Kết quả và giải thích", "en": "Verdict, explained"},
    "authority": {
        "vi": "Quyết định của cấp có thẩm quyền và kiến nghị",
        "en": "The authority's decision and appeals",
    },
    "events": {"vi": "Đã cung cấp cho", "en": "Given out to"},
    "event": {"vi": "{at}: {actor} ({count} quyết định)", "en": "{at}: {actor} ({count} decisions)"},
}


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on a person.

    Attributes:
        ref: the person.
        decisions: what was decided about them, in the order of the log.
        events: when it was given out, oldest first.
    """

    ref: str
    decisions: tuple[personal_data_service_pb2.HeldDecision, ...]
    events: tuple[personal_data_service_pb2.PersonalDataEvent, ...]

    @classmethod
    def of(cls, ref: str, parts: Iterable[personal_data_service_pb2.ExportSubjectResponse]) -> Held:
        """What the parts of an export say."""
        known = list(parts)
        return cls(
            ref,
            tuple(part.decision for part in known if part.HasField("decision")),
            tuple(part.event for part in known if part.HasField("event")),
        )


def held_json(held: Held, _lang: Language) -> str:
    """A line of JSON for each decision and each event."""
    lines = [
        *map(_decision_data, held.decisions),
        *map(plain_data, held.events),
    ]
    return "".join(f"{json.dumps(line, ensure_ascii=False, sort_keys=True)}\n" for line in lines)


def held_text(held: Held, lang: Language) -> str:
    """What is held, to be read."""
    lines = [_say("title", lang, ref=held.ref)]
    for section in _sections(held, lang):
        lines += ["", section["heading"]]
        for heading, text in section["parts"]:
            lines += [f"  {heading}:", *(f"    {line}" for line in text.splitlines())]
    return "\n".join(lines) + "\n"


def held_page(held: Held, lang: Language) -> str:
    """What is held, as one HTML page that needs no network and no script, and prints."""
    page = _templates().get_template("held.html")
    return page.render(lang=lang, title=_say("title", lang, ref=held.ref), sections=_sections(held, lang))


@lru_cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("clients"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def _sections(held: Held, lang: Language) -> list[dict[str, Any]]:
    sections = [_section(each, lang) for each in held.decisions]
    events = "\n".join(
        _say("event", lang, at=each.recorded_at.ToJsonString(), actor=each.actor, count=each.decisions)
        for each in held.events
    )
    return [*sections, {"heading": held.ref, "parts": [(_say("events", lang), events)]}]


def _section(each: personal_data_service_pb2.HeldDecision, lang: Language) -> dict[str, Any]:
    decision = each.decision
    record = json.dumps(json.loads(decision.canonical_record), ensure_ascii=False, indent=2)
    verdict = each.explanations[0].text if each.explanations else decision.canonical_verdict.decode()
    parts = [(_say("record", lang), record), (_say("verdict", lang), verdict)]
    if each.HasField("standing"):
        parts.append((_say("authority", lang), standing_text(each.standing, lang)))
    heading = _say("decision", lang, id=decision.decision_id, at=decision.logged_at.ToJsonString())
    if decision.organisation:
        heading += f". {_say('organisation', lang, organisation=decision.organisation)}"
    return {"heading": heading, "parts": parts}


def _decision_data(each: personal_data_service_pb2.HeldDecision) -> dict[str, Any]:
    decision = each.decision
    standing: authority_pb2.AuthorityStanding | None = each.standing if each.HasField("standing") else None
    return {
        "kind": "decision",
        "decision_id": decision.decision_id,
        "logged_at": decision.logged_at.ToJsonString(),
        "position": decision.position,
        "subject_ref": decision.subject_ref,
        "organisation": decision.organisation,
        "caller": decision.caller,
        "record": json.loads(decision.canonical_record),
        "verdict": json.loads(decision.canonical_verdict),
        "chain_hash": decision.chain_hash,
        "explanations": [text.text for text in each.explanations],
        "authority": None if standing is None else plain_data(standing),
    }


def _say(name: str, lang: Language, **values: object) -> str:
    return _WORDS[name][lang].format(**values)
