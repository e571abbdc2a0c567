"""Every call has its row in the table call x role, and the page shows the table."""

from __future__ import annotations

from pathlib import Path

from server.process import SERVICES
from server.security.access import ACCESS, table

PAGE = Path(__file__).parent.parent.parent / "docs" / "security.md"


def test_every_call_is_in_the_table_and_nothing_else() -> None:
    calls = {service.name: [method.name for method in service.methods] for service in SERVICES}
    assert {service: list(roles) for service, roles in ACCESS.items()} == calls


def test_somebody_may_make_every_call() -> None:
    assert all(roles for calls in ACCESS.values() for roles in calls.values())


def test_the_page_shows_the_table() -> None:
    assert "\n".join(table()) in PAGE.read_text(encoding="utf-8")
