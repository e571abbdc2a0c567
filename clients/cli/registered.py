"""Commands that others register under the entry points of the group ``chuan.commands``, read when they are asked for.

The service has commands of its own, which its clients need not know; and to read them takes longer than most commands
of a client run.
"""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group


class WithRegistered(TyperGroup):
    """A group with those commands; one that is a group under the name of one that is here adds its commands to it."""

    @cached_property
    def _entries(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group="chuan.commands")}

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, those that are registered behind the others."""
        own = super().list_commands(ctx)
        return [*own, *sorted(self._entries.keys() - set(own))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, or None."""
        own, entry = super().get_command(ctx, cmd_name), self._entries.pop(cmd_name, None)
        if entry is None:
            return own
        loaded = entry.load()
        if isinstance(own, TyperGroup):
            own.commands.update(get_group(loaded).commands)
            return own
        self.commands[cmd_name] = _made(cmd_name, loaded)
        return self.commands[cmd_name]


def _made(name: str, loaded: Any) -> Any:
    if isinstance(loaded, typer.Typer):
        made: Any = get_group(loaded)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(name=name)(loaded)
        made = get_command(alone)
    made.name = name
    return made
