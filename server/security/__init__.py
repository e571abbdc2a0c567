"""Who may come in: transport security, credentials of callers, roles and organisations.

caller         who makes a call, their roles, the subtrees of organisations that they act for
access         which roles may make which call
guard          lets callers in to a call, by who they are and by that table
authenticator  who they are, by what they can prove: keys, tokens (with jwks), certificates
key_book       API keys in the store
tls            the certificate of the port
entrance       all of it, as the settings have it
"""

from __future__ import annotations

from server.security.caller import ALL_ROLES, ROOT, Caller, Role, is_organisation, subtree_of

__all__ = ["ALL_ROLES", "ROOT", "Caller", "Role", "is_organisation", "subtree_of"]
