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
    digits = (now_micros // 1_000).to_bytes(6, "big").hex() + random.hex()
    variant = "89ab"[random[2] >> 6]
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
