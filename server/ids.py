"""Ids of decisions: UUIDs of version 7 (RFC 9562), which begin with the time.

What is logged one after the other then lies side by side in the index of ids; random ids would each touch a page of
their own, and a commit writes whole pages.
"""

from __future__ import annotations


def uuid7(now_micros: int, random: bytes) -> str:
    """The id for a moment.

    Args:
        now_micros: microseconds since 1970-01-01 UTC.
        random: 10 random bytes.
    """
    chance = int.from_bytes(random, "big")
    time_high = (now_micros // 1_000) << 80
    version_and_a = 0x7000 << 64 | (chance >> 62 & 0xFFF) << 64
    variant_and_b = 0b10 << 62 | chance & (1 << 62) - 1
    digits = f"{time_high | version_and_a | variant_and_b:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
