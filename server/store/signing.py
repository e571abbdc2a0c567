"""Who signs the log of a store, as its settings have it."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.store.notary import Notary, Witnesses
from server.store.settings import StoreSettings


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs the log, and whose signatures are believed.

    Attributes:
        notary: signs; None: nobody does.
        witnesses: its key and those before it.
        every: how many decisions lie between two checkpoints.
    """

    notary: Notary | None = None
    witnesses: Witnesses = field(default_factory=Witnesses)
    every: int = StoreSettings.model_fields["checkpoint_every"].default

    @classmethod
    def of(cls, settings: StoreSettings) -> Signing:
        """What the settings name.

        Raises:
            SigningKeyError: a file cannot be read, or holds no key.
        """
        file = settings.signing_key_file
        files = [*([] if file is None else [file]), *settings.former_key_files]
        notary = None if file is None else Notary.read(file)
        return cls(notary, Witnesses.read(files), settings.checkpoint_every)
