"""The name that an author most likely meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_ELSEWHERE = {
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "None": "null",
    "NULL": "null",
    "nil": "null",
    "undefined": "null",
    "len": "count",
    "length": "count",
    "size": "count",
    "avg": "mean",
    "average": "mean",
    "ceil": "ceiling",
    "round": "round half up",
    "concat": "concatenate",
    "lower": "lower case",
    "upper": "upper case",
    "exists": "some",
    "forall": "every",
    "isNull": "is",
}


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name closest to `name`, letter case and accents aside; empty if none is close."""
    names = list(dict.fromkeys(known))
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    by_form = {_plain(each): each for each in reversed(names)}
    plain = _plain(name)
    if plain in by_form:
        return by_form[plain]
    found = get_close_matches(plain, by_form, n=1, cutoff=0.7)
    return by_form[found[0]] if found else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest name, or an empty string."""
    found = nearest(name, known)
    return f"did you mean {found}?" if found else ""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    kept = (letter for letter in letters if not unicodedata.combining(letter))
    return "".join(kept).casefold().replace(" ", "_").replace("-", "_")
