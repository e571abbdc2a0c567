"""Protected attributes in the rules for individuals, by what facts and fields are called.

A fact that is marked ``sensitive`` the loader refuses in every expression. What is looked for here is one that states
a protected attribute, or stands for one, and is not marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.analysis.model import Finding
from engine.analysis.study import Site, Study, walk
from engine.feel.references import references
from engine.feel.tree import Name, Path
from engine.ruleset.localized import Localized


class _Attribute(NamedTuple):
    """A protected attribute: its word in a ruleset, how people call it, and the words that give it away."""

    word: str
    called: Localized
    in_vietnamese: re.Pattern[str]
    in_english: re.Pattern[str]
    as_name: re.Pattern[str]


def _attribute(word: str, vi: str, en: str, vietnamese: str, english: str, name: str) -> _Attribute:
    called = Localized(vi=vi, en=en)
    patterns = (
        re.compile(rf"(?<!\w)(?:{vietnamese})(?!\w)", re.IGNORECASE),
        re.compile(rf"\b(?:{english})\b", re.IGNORECASE),
        re.compile(rf"(?:^|_)(?:{name})(?:_|$)", re.IGNORECASE),
    )
    return _Attribute(word, called, *patterns)


ATTRIBUTES: Final = (
    _attribute(
        "ethnicity",
        "dân tộc",
        "ethnicity",
        r"dân tộc(?! thiểu số và miền núi)|sắc tộc|chủng tộc|quê quán|nguyên quán|nơi sinh",
        r"ethnic\w*|races?|racial|native place|place of origin|birthplace|place of birth",
        r"ethnic\w*|race|dân_tộc|dan_toc|native_place|birthplace|place_of_birth",
    ),
    _attribute(
        "religion",
        "tôn giáo",
        "religion",
        r"tôn giáo|đạo Thiên Chúa|theo đạo|tín ngưỡng",
        r"religio\w*|creed|catholics?|buddhists?|muslims?",
        r"religi\w*|creed|tôn_giáo|ton_giao",
    ),
    _attribute(
        "gender",
        "giới tính",
        "gender",
        r"giới tính|(?:là|cán bộ|công chức|viên chức) nữ|nữ giới|phụ nữ|tên đệm|chữ đệm",
        r"gender|sex|female|male|woman|women|man|men|middle name",
        r"gender|sex|female|male|woman|giới_tính|gioi_tinh|nữ|middle_name",
    ),
    _attribute(
        "family",
        "thành phần gia đình",
        "family background",
        r"thành phần gia đình|lý lịch gia đình|tình trạng hôn nhân|hôn nhân",
        r"family background|family origin|marital status|married",
        r"family(?:_background|_origin)?|marital\w*|married",
    ),
)


def protected_attributes(study: Study) -> Iterator[Finding]:
    """Facts and fields that seem to state a protected attribute and are read by the rules for a person."""
    if study.ruleset.kind == "organization":
        return
    told: set[str] = set()
    for site in study.sites:
        for path in _paths(site):
            attribute, said = _stated(study, path)
            if attribute is None or path in told:
                continue
            told.add(path)
            details = {
                "path": path,
                "attribute": attribute.word,
                "attribute_en": attribute.called.en,
                "attribute_vi": attribute.called.vi,
                "said": said,
            }
            yield study.found("protected-attribute", site.path, details, span=_span(site, path))


def _paths(site: Site) -> tuple[str, ...]:
    return references(site.node)


def _stated(study: Study, path: str) -> tuple[_Attribute | None, str]:
    """The attribute that a fact or a field states by its label or its name, and the words that say so."""
    name, *_ = path.split(".")
    if name not in study.ruleset.facts or study.ruleset.facts[name].sensitive is not None:
        return None, ""
    label = study.ruleset.label_at(path)
    for attribute in ATTRIBUTES:
        texts = (
            [] if label is None else [(attribute.in_vietnamese, label.vi), (attribute.in_english, label.en)]
        )
        texts += [(attribute.as_name, step) for step in path.split(".")]
        for pattern, text in texts:
            if pattern.search(text):
                return attribute, text
    return None, ""


def _span(site: Site, path: str) -> tuple[int, int]:
    """Where the path stands first in the expression."""
    for node in walk(site.node):
        if isinstance(node, Name | Path) and references(node) == (path,):
            return site.start + node.span.start, site.start + node.span.end
    return site.start, site.start + len(site.text)
