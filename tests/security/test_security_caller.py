"""Subtrees are prefixes by whole segments, and paths and names are what they say they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.security import ALL_ROLES, ROOT, Caller, is_organisation, subtree_of
from server.security.caller import MAX_ORGANISATION_LENGTH, is_name

SEGMENTS = st.lists(
    st.sampled_from(["vn", "ha", "ha-noi", "ha_noi", "so.y.te", "sở"]), min_size=1, max_size=4
)


def caller(*organisations: str) -> Caller:
    return Caller("office", ALL_ROLES, organisations)


@given(mine=SEGMENTS, theirs=SEGMENTS)
def test_a_caller_acts_for_whole_segments_below_their_subtree(mine: list[str], theirs: list[str]) -> None:
    assert caller("/".join(mine)).acts_for("/".join(theirs)) == (theirs[: len(mine)] == mine)


@pytest.mark.parametrize(
    ("organisations", "organisation", "may"),
    [
        (("vn/ha",), "vn/ha-noi", False),
        (("vn/ha",), "vn/ha/", True),
        (("vn/ha",), "vn", False),
        (("vn/ha",), "VN/HA", False),
        (("vn/ha",), "", False),
        (("vn/ha", "vn/hue"), "vn/hue/x", True),
        ((ROOT,), "vn/ha", True),
        ((ROOT,), "", True),
        ((), "", False),
        ((), "vn", False),
    ],
)
def test_a_subtree_is_no_prefix_of_letters(
    organisations: tuple[str, ...], organisation: str, may: bool
) -> None:
    assert caller(*organisations).acts_for(organisation) == may


@given(SEGMENTS)
def test_a_path_is_a_subtree(segments: list[str]) -> None:
    path = "/".join(segments)
    assert is_organisation(path)
    assert subtree_of(path) == path


def test_a_star_is_everything() -> None:
    assert caller(subtree_of("*")).is_everywhere
    assert not caller("vn").is_everywhere


@pytest.mark.parametrize(
    "path", ["", "/", "vn/", "/vn", "vn//ha", "vn/../ha", ".", "vn/%", "vn/ha noi", "vn\n", "v*", "a" * 201]
)
def test_what_is_no_path_is_refused_with_what_to_write(path: str) -> None:
    assert not is_organisation(path)
    with pytest.raises(ValueError, match="write a path such as vn/ha-noi"):
        subtree_of(path)


def test_a_path_is_as_long_as_it_may_be() -> None:
    assert is_organisation("a" * MAX_ORGANISATION_LENGTH)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("an", True),
        ("a" * 200, True),
        ("a" * 201, False),
        ("", False),
        (" an", False),
        ("ân", False),
        ("a\nb", False),
    ],
)
def test_names_are_printable_ascii(name: str, good: bool) -> None:
    assert is_name(name) == good
