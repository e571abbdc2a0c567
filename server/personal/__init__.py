"""Personal data: encrypted with a key a subject, given out and erased on request, and not kept for ever."""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Engine

from server.personal.boxes import Random
from server.personal.masters import MasterKeys, open_to_others
from server.personal.settings import PersonalSettings
from server.personal.vault import Vault

__all__ = ["Vault", "open_vault"]

_log: Final = logging.getLogger("chuan.server")


def open_vault(settings: PersonalSettings, database: Engine, random: Random) -> Vault:
    """The vault of a store, which says in the log where it protects less than it could.

    Raises:
        MasterKeyError: the file of master keys cannot be used, or is not that of this store; the text says what to do.
        StoreUnavailableError: the store cannot be read.
    """
    path = settings.master_key_file
    if path is None:
        _log.warning(
            "no master key (personal.master_key_file): whoever has the database can read what is personal in it"
        )
        masters = MasterKeys()
    else:
        masters = MasterKeys.read(path)
        if open_to_others(path):
            _log.warning("%s: others than its owner may read the master keys", path)
    vault = Vault(masters, random)
    vault.check(database)
    return vault
