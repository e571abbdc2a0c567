"""What is wrong with a campaign, in words. Ids are named; nothing of a record is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from engine.campaign.model import Subject


class Code(StrEnum):
    """Kinds of problems."""

    DUPLICATE = "duplicate"
    ORPHAN = "orphan"
    CYCLE = "cycle"
    UNKNOWN_ORGANISATION = "unknown_organisation"
    SAME_POST = "same_post"
    SEVERAL_HEADS = "several_heads"
    NO_RULESET = "no_ruleset"
    BAD_RECORD = "bad_record"
    LIMIT = "limit"
    CONFLICT = "conflict"
    NOT_FED = "not_fed"
    FOREIGN_OUTCOME = "foreign_outcome"
    FED_BEFORE_QUOTA = "fed_before_quota"
    BAD_QUOTA = "bad_quota"


@dataclass(frozen=True, slots=True)
class CampaignProblem:
    """Something that is wrong, and whom it concerns.

    Attributes:
        code: the kind.
        subjects: whom it concerns; of a cycle all organisations in it, each followed by its parent.
        details: what the text needs besides.
        names: of organisations among the subjects, by id, where they have one.
    """

    code: Code
    subjects: tuple[Subject, ...]
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, language: str = "en") -> str:
        """What is wrong, what was done about it and what to do, in ``en`` or ``vi``."""
        who = ", ".join(map(self._called, self.subjects))
        feeder = FEEDERS.get(self.details.get("feeder", ""), {}).get(language, "")
        return TEXTS[self.code][language].format_map({"who": who, **self.details, "feeder": feeder})

    def _called(self, subject: Subject) -> str:
        name = "" if subject.person else self.names.get(subject.organisation, "")
        return f"{subject} ({name})" if name else str(subject)


FEEDERS: Final[Mapping[str, Mapping[str, str]]] = {
    "unit": {"en": "the organisation", "vi": "tổ chức"},
    "children": {"en": "the organisations below", "vi": "các tổ chức trực thuộc"},
    "members": {"en": "the members", "vi": "các thành viên"},
}

TEXTS: Final[Mapping[Code, Mapping[str, str]]] = {
    Code.DUPLICATE: {
        "en": "The organisation {who} stands {count} times. Which record is meant cannot be told, so it is not judged "
        "and its rating counts as not known: give it once.",
        "vi": "Tổ chức {who} xuất hiện {count} lần. Không xác định được bản ghi nào đúng nên không đánh giá, kết quả "
        "xếp loại coi như chưa biết: hãy chỉ ghi một lần.",
    },
    Code.ORPHAN: {
        "en": "The organisation {who} is under {parent}, which is not in the campaign. It is judged as one at the top: "
        "add {parent}, or correct the parent.",
        "vi": "Tổ chức {who} trực thuộc {parent} nhưng {parent} không có trong đợt đánh giá. Tổ chức này được đánh giá "
        "như cấp cao nhất: hãy bổ sung {parent} hoặc sửa tổ chức cấp trên.",
    },
    Code.CYCLE: {
        "en": "These organisations are under each other in a circle: {who}. Each is judged with the rating of the one "
        "below it not known: correct a parent.",
        "vi": "Các tổ chức này trực thuộc vòng tròn lẫn nhau: {who}. Mỗi tổ chức được đánh giá khi chưa biết kết quả "
        "của tổ chức ngay dưới: hãy sửa tổ chức cấp trên.",
    },
    Code.UNKNOWN_ORGANISATION: {
        "en": "{who}: the organisation is not in the campaign. The post is judged without anything fed to it: add the "
        "organisation, or correct its id.",
        "vi": "{who}: tổ chức không có trong đợt đánh giá. Vị trí này được đánh giá mà không có kết quả liên thông: "
        "hãy bổ sung tổ chức hoặc sửa mã.",
    },
    Code.SAME_POST: {
        "en": "{who}: one post is given several times. Each is judged by itself: take out what is too much.",
        "vi": "{who}: một vị trí được ghi nhiều lần. Mỗi lần được đánh giá riêng: hãy bỏ phần thừa.",
    },
    Code.SEVERAL_HEADS: {
        "en": "An organisation has several heads: {who}. Each is judged last: see whether that is meant.",
        "vi": "Một tổ chức có nhiều người đứng đầu: {who}. Mỗi người đều được đánh giá sau cùng: hãy kiểm tra lại.",
    },
    Code.NO_RULESET: {
        "en": "{who} is not judged: {why}.",
        "vi": "{who} không được đánh giá, do không chọn được bộ quy tắc: {why}.",
    },
    Code.BAD_RECORD: {
        "en": "{who} is not judged, since the record is not usable: {why}. Correct these fields.",
        "vi": "{who} không được đánh giá vì bản ghi không dùng được: {why}. Hãy sửa các trường này.",
    },
    Code.LIMIT: {
        "en": "{who} is not judged: {why}.",
        "vi": "{who} không được đánh giá vì vượt giới hạn tính toán: {why}.",
    },
    Code.CONFLICT: {
        "en": "{who}: the record says something else of {fact} than the ratings of this campaign. The ratings are "
        "used: take the fact out, or see which is right.",
        "vi": "{who}: dữ kiện {fact} trong bản ghi khác với kết quả xếp loại của đợt đánh giá này. Kết quả xếp loại "
        "được sử dụng: hãy bỏ dữ kiện này hoặc kiểm tra lại.",
    },
    Code.NOT_FED: {
        "en": "{who}: {fact} cannot be taken from the rating of {feeder} here, and stays as the record has it.",
        "vi": "{who}: không thể lấy {fact} từ kết quả xếp loại của {feeder}; giữ nguyên theo bản ghi.",
    },
    Code.FOREIGN_OUTCOME: {
        "en": "{who}: {source} is rated {outcome}, which is no value of {fact}. It counts as not known.",
        "vi": "{who}: {source} được xếp {outcome}, không phải giá trị của {fact}. Kết quả này coi như chưa biết.",
    },
    Code.FED_BEFORE_QUOTA: {
        "en": "{who} was judged with {source} rated {outcome}, and the quota has not left it so. Quotas come last: see "
        "whether the verdict should be made again once that is decided.",
        "vi": "{who} được đánh giá khi {source} xếp {outcome}, nhưng sau khi áp dụng tỷ lệ thì không còn như vậy. "
        "Tỷ lệ được áp dụng sau cùng: hãy xem xét đánh giá lại sau khi có quyết định.",
    },
    Code.BAD_QUOTA: {
        "en": "The quota of {ruleset} is not applied: {why}.",
        "vi": "Không áp dụng tỷ lệ của {ruleset}: {why}.",
    },
}
