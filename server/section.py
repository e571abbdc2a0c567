"""What every section of the configuration is: fixed once read, without a key that nobody knows, documented."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section of the configuration.

    Each field has a default, a docstring below it (it is the field's description in docs/configuration.md and in
    errors) and, where it has a unit, the unit in its name. Secrets are `pydantic.SecretStr`: they are never shown.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )
