"""Who may come in: transport security, credentials of callers, roles and organisations."""

from __future__ import annotations

from server.security.caller import ALL_ROLES, ROOT, Caller, Role, is_organisation, subtree_of
from server.security.entrance import Entrance, SecurityError
from server.security.guard import Guard, Stated

__all__ = [
    "ALL_ROLES",
    "ROOT",
    "Caller",
    "Entrance",
    "Guard",
    "Role",
    "SecurityError",
    "Stated",
    "is_organisation",
    "subtree_of",
]
