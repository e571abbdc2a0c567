"""What a province is made of: its organisations, how large they are, and what is below what.

The numbers of people are made so that a unit has twenty on average (six million people in 300,000 organisations) and
every area has an agency, a hospital and schools; they are assumed, no count of posts was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Sector(StrEnum):
    """Who works there: civil servants, or public employees of a public service unit."""

    ADMINISTRATION = "administration"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of organisation.

    Attributes:
        name: what it is called; `{place}` is the place it is for, `{number}` its number among its like.
        sector: who works there.
        level: the level of government.
        board: whether its own people are only the head and the deputies.
        elected: whether these are cadres, elected by a council, and not civil servants.
        committee: whether a Party organisation stands over the cells of it and of what is below it.
    """

    name: str
    sector: Sector
    level: str
    board: bool = False
    elected: bool = False
    committee: bool = False


_A, _S = Sector.ADMINISTRATION, Sector.SERVICE

KINDS: Final = {
    "province": Kind(
        "Ủy ban nhân dân tỉnh {place}", _A, "province", board=True, elected=True, committee=True
    ),
    "agency": Kind("{field} tỉnh {province}", _A, "province", board=True, committee=True),
    "division": Kind("Phòng chuyên môn số {number}, {above}", _A, "province"),
    "centre": Kind("Trung tâm dịch vụ công, {above}", _S, "province"),
    "hospital": Kind("Bệnh viện đa khoa {place}", _S, "province", board=True, committee=True),
    "ward": Kind("Khoa số {number}, {above}", _S, "province"),
    "high_school": Kind("Trường THPT {place}", _S, "province", committee=True),
    "district": Kind(
        "Ủy ban nhân dân huyện {place}", _A, "district", board=True, elected=True, committee=True
    ),
    "office": Kind("Phòng số {number}, {above}", _A, "district"),
    "school": Kind("Trường học số {number} {place}", _S, "commune"),
    "commune": Kind("Ủy ban nhân dân xã {place}", _A, "commune", elected=True, committee=True),
    "commune_board": Kind(
        "Ủy ban nhân dân xã {place}", _A, "commune", board=True, elected=True, committee=True
    ),
    "commune_office": Kind("Phòng số {number}, {above}", _A, "commune"),
    "health_station": Kind("Trạm Y tế xã {place}", _S, "commune"),
}
"""The kinds by their names. Until June 2025 a commune is one body with its staff; since then it has offices."""

FIELDS: Final = (
    "Sở Nội vụ",
    "Sở Tài chính",
    "Sở Xây dựng",
    "Sở Nông nghiệp và Môi trường",
    "Sở Khoa học và Công nghệ",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Giáo dục và Đào tạo",
    "Sở Y tế",
    "Sở Công Thương",
    "Sở Tư pháp",
    "Thanh tra",
    "Ban Dân tộc và Tôn giáo",
)
"""What the agencies of a province are for, one after the other."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Organisations of one kind that are alike.

    Attributes:
        kind: the name of the kind.
        sizes: of each of them, how many people work in it, those below it not counted.
        below: what is below each.
    """

    kind: str
    sizes: tuple[int, ...]
    below: tuple[Shape, ...] = ()

    @property
    def people(self) -> int:
        """How many people work in all of them and below them."""
        return sum(self.sizes) + len(self.sizes) * sum(shape.people for shape in self.below)


HEAD_OFFICE: Final = Shape("province", (4,))

_PROVINCIAL: Final = (
    Shape("agency", (4,), (Shape("division", (9, 8, 7, 7, 6)), Shape("centre", (18,)))),
    Shape("hospital", (4,), (Shape("ward", (26, 24, 20, 18, 16)),)),
    Shape("high_school", (48, 42)),
)
AREA_WITH_DISTRICT: Final = (
    *_PROVINCIAL,
    Shape(
        "district",
        (4,),
        (
            Shape("office", (10, 9, 8, 8, 7, 7, 6, 5)),
            Shape("commune", (22, 21, 20, 20, 19, 18, 18, 17, 16, 16), (Shape("health_station", (7,)),)),
            Shape("school", (40, 38, 36, 34, 32, 30, 30, 28, 28, 26, 26, 24, 22, 20, 18, 16)),
        ),
    ),
)
AREA_OF_COMMUNES: Final = (
    *_PROVINCIAL,
    Shape(
        "commune_board",
        (4, 4, 4),
        (
            Shape("commune_office", (11, 10, 9, 8)),
            Shape("health_station", (16,)),
            Shape("school", (40, 34, 30, 26, 22, 18)),
        ),
    ),
)
"""An area is a share of the province: an agency, a hospital, two high schools and, until the end of June 2025, a
district with its communes; since then communes directly under the province."""

AREAS_IN_PROVINCE: Final = 48
"""With about 1,000 people in an area, 2.2 million people would be in 45 such provinces. Assumed."""
