"""The book of API keys, in the store. A key is never removed: whose it was can be told for as long as the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update

from server.security.caller import EVERYWHERE, ROOT, Caller, Role, subtree_of
from server.security.keys import ApiKey
from server.store.database import reading, writing
from server.store.tables import api_keys


class KeyBook:
    """The book in one database. Blocking; each method raises `StoreUnavailableError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def changes(self) -> int:
        """How many changes there were: whoever has seen so many has seen all."""
        with reading(self._engine) as connection:
            return int(
                connection.execute(select(func.coalesce(func.sum(api_keys.c.changes), 0))).scalar_one()
            )

    def all(self) -> tuple[ApiKey, ...]:
        """Every key there ever was, in the order in which they were made."""
        wanted = select(api_keys).order_by(api_keys.c.created_at_micros, api_keys.c.key_id)
        with reading(self._engine) as connection:
            return tuple(map(_key, connection.execute(wanted)))

    def find(self, key_id: str) -> ApiKey | None:
        """The key with this id, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.key_id == key_id)).one_or_none()
        return None if row is None else _key(row)

    def add(self, key: ApiKey) -> None:
        """Keep a new key."""
        with writing(self._engine) as connection:
            connection.execute(insert(api_keys).values(_row(key)))

    def rotate(self, key: ApiKey, until_micros: int) -> ApiKey:
        """Keep a key that replaces another, which is taken until then at the longest; given back as it is now."""
        with writing(self._engine) as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.key_id == key.replaces)).one()
            old = _key(row)
            ends = until_micros if old.expires_at_micros is None else min(old.expires_at_micros, until_micros)
            connection.execute(insert(api_keys).values(_row(key)))
            connection.execute(_change(old.key_id).values(expires_at_micros=ends))
        return replace(old, expires_at_micros=ends)

    def revoke(self, key_id: str, now_micros: int) -> None:
        """Withdraw a key; one that is withdrawn stays so since when it was."""
        withdrawn = _change(key_id).where(api_keys.c.revoked_at_micros.is_(None))
        with writing(self._engine) as connection:
            connection.execute(withdrawn.values(revoked_at_micros=now_micros))


def _change(key_id: str) -> Any:
    return update(api_keys).where(api_keys.c.key_id == key_id).values(changes=api_keys.c.changes + 1)


def _row(key: ApiKey) -> dict[str, object]:
    caller = key.caller
    return {
        "key_id": key.key_id,
        "name": caller.name,
        "roles": " ".join(sorted(caller.roles)),
        "organisations": " ".join(EVERYWHERE if each == ROOT else each for each in caller.organisations),
        "digest": key.digest,
        "created_at_micros": key.created_at_micros,
        "expires_at_micros": key.expires_at_micros,
        "revoked_at_micros": key.revoked_at_micros,
        "replaces": key.replaces,
        "changes": 1,
    }


def _key(row: Row[Any]) -> ApiKey:
    roles, organisations = map(Role, row.roles.split()), map(subtree_of, row.organisations.split())
    return ApiKey(
        key_id=row.key_id,
        caller=Caller(row.name, frozenset(roles), tuple(organisations)),
        digest=row.digest,
        created_at_micros=row.created_at_micros,
        expires_at_micros=row.expires_at_micros,
        revoked_at_micros=row.revoked_at_micros,
        replaces=row.replaces,
    )
