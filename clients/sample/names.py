"""Names of people and places, put together from lists.

Nobody is meant: a name is a draw from a list. Surnames come as often as they do in Viet Nam, as is commonly told
(Lê Trung Hoa, 2005); middle and given names are usual ones, each as likely as the others. Places are put together of
two syllables that places are called by, so that one of them may by chance be called like a real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clients.sample.draws import Draws, Weighted


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES: Final = Weighted(
    {
        "Nguyễn": 38.4,
        "Trần": 12.1,
        "Lê": 9.5,
        "Phạm": 7.0,
        "Hoàng": 3.6,
        "Huỳnh": 1.5,
        "Phan": 4.5,
        "Vũ": 2.2,
        "Võ": 1.7,
        "Đặng": 2.1,
        "Bùi": 2.0,
        "Đỗ": 1.4,
        "Hồ": 1.3,
        "Ngô": 1.3,
        "Dương": 1.0,
        "Lý": 0.5,
        "Đinh": 1.0,
        "Cao": 0.9,
        "Trương": 1.6,
        "Đoàn": 0.8,
        "Thái": 0.7,
        "Lương": 0.9,
        "Vi": 0.7,
        "Lô": 0.7,
        "Hà": 0.9,
        "Mai": 0.8,
        "Tạ": 0.5,
        "Chu": 0.4,
    }
)
_MIDDLE_WOMEN: Final = Weighted(
    {
        "Thị": 46,
        "Thị Thanh": 5,
        "Thị Thu": 5,
        "Thị Hồng": 4,
        "Thị Ngọc": 4,
        "Thị Kim": 3,
        "Ngọc": 6,
        "Thanh": 5,
        "Thu": 5,
        "Minh": 4,
        "Phương": 3,
        "Diệu": 2,
        "Khánh": 3,
        "Hoài": 3,
        "Quỳnh": 2,
    }
)
_MIDDLE_MEN: Final = Weighted(
    {
        "Văn": 30,
        "Đình": 9,
        "Xuân": 8,
        "Đức": 8,
        "Hữu": 7,
        "Quang": 6,
        "Minh": 6,
        "Ngọc": 5,
        "Công": 4,
        "Trọng": 4,
        "Quốc": 4,
        "Anh": 3,
        "Bá": 3,
        "Viết": 3,
    }
)
_GIVEN_WOMEN: Final = _words(
    "An Anh Bình Châu Chi Diễm Dung Duyên Giang Hà Hạnh Hằng Hảo Hiền Hiếu Hoa Hòa Hoài Hồng Huế Huệ Hương Hường Huyền "
    "Khánh Lam Lan Lành Liên Linh Loan Lý Mai Mơ Mỹ Nga Ngân Ngọc Nguyệt Nhàn Nhung Nương Oanh Phúc Phương Phượng "
    "Quyên Quỳnh Sen Tâm Thảo Thanh Thắm Thơ Thoa Thu Thủy Thúy Thương Trà Trang Trinh Tuyết Vân Vinh Xuân Yến"
)
_GIVEN_MEN: Final = _words(
    "An Anh Bảo Bình Cảnh Chiến Chung Công Cường Danh Dũng Duy Dương Đại Đạt Đông Đồng Đức Giang Hải Hậu Hiếu Hiệp Hòa "
    "Hoan Hoàng Hùng Hưng Huy Khánh Khoa Kiên Lâm Lập Linh Long Lộc Luân Lực Mạnh Minh Nam Nghĩa Ngọc Nhân Phong Phú "
    "Phúc Phương Quân Quang Quyết Sáng Sơn Tài Tân Thái Thành Thắng Thiện Thịnh Thọ Thuận Tiến Toàn Trí Trung Trường "
    "Tuấn Tùng Tú Việt Vinh Vũ Vượng"
)

_PROVINCES_FIRST: Final = _words("Vân Khang Tường Lạc Phúc Thịnh Sông Minh")
_PROVINCES_SECOND: Final = _words("Sơn Châu Lâm Đàm Nguyên Khê Hà Trạch")
_PLACES_FIRST: Final = _words(
    "An Bảo Cát Cẩm Diên Đại Đồng Hạ Hậu Hiệp Hoa Hồng Hưng Kim Khánh La Lam Lộc Lương Mai Mỹ Nam Nga Ngọc Nhân Phong "
    "Phú Quế Sơn Tam Tân Thạch Thanh Thuận Thượng Trung Trường Tường Vân Xuân"
)
_PLACES_SECOND: Final = _words(
    "Bá Bằng Cầu Cốc Dương Đình Đoài Động Giang Hà Hải Hành Hòe Kênh Khê Khoan Lạc Lãm Lâm Linh Lĩnh Mộc Mỹ Nguyên "
    "Nham Phấn Quang Sa Sào Tảo Thao Thiện Thôn Tiêu Trạch Triều Viên Xá Yên Ấp"
)


def person_name(draws: Draws, *, woman: bool) -> str:
    """A name as it is written in a list: surname, middle name, given name."""
    surname = draws.weigh(SURNAMES)
    if woman:
        return f"{surname} {draws.weigh(_MIDDLE_WOMEN)} {draws.pick(_GIVEN_WOMEN)}"
    return f"{surname} {draws.weigh(_MIDDLE_MEN)} {draws.pick(_GIVEN_MEN)}"


def province_name(seed: int, number: int) -> str:
    """What a province is called; 64 of them before one comes again."""
    return _combined(_PROVINCES_FIRST, _PROVINCES_SECOND, seed, number)


def place_name(seed: int, number: int) -> str:
    """What a district or commune is called; 1,600 of them before one comes again."""
    return _combined(_PLACES_FIRST, _PLACES_SECOND, seed, number)


def _combined(first: Sequence[str], second: Sequence[str], seed: int, number: int) -> str:
    # An odd step that 5 does not divide goes through all pairs of these lists before it comes back to one.
    index = (seed + number) * 577 % (len(first) * len(second))
    return f"{first[index // len(second)]} {second[index % len(second)]}"
