"""Citations as a sentence ends with them: places of one instrument together, the instrument once."""

from __future__ import annotations

from collections.abc import Iterable

from engine.explanation.phrases import phrase
from engine.ruleset.citations import Citation
from engine.ruleset.localized import Language


def write_law(citations: Iterable[Citation], language: Language) -> str:
    """Such as ``khoản 1 Điều 12, khoản 1 Điều 13 Nghị định số 90/2020/NĐ-CP``."""
    groups: dict[tuple[str, str, str], tuple[Citation, list[str]]] = {}
    for citation in citations:
        amender = citation.amended_by.name if citation.amended_by else ""
        amending = citation.amending.in_(language) if citation.amending else ""
        first = groups.setdefault((citation.source.name, amender, amending), (citation, []))
        if citation.article is not None:
            first[1].append(citation.article.in_(language))
    return "; ".join(_group(citation, places, language) for citation, places in groups.values())


def _group(citation: Citation, places: list[str], language: Language) -> str:
    source = citation.source.title.in_(language)
    law = phrase("places_of", language, places=", ".join(places), source=source) if places else source
    if citation.amended_by is None:
        return law
    amender = citation.amended_by.title.in_(language)
    if citation.amending is not None:
        amender = phrase("places_of", language, places=citation.amending.in_(language), source=amender)
    return phrase("as_amended", language, law=law, amender=amender)
