"""The configuration: from options of the command line, the environment and a file in TOML, in this order.

What is set nowhere has the default of its section's class. A key that nobody knows is an error, with its file and
line, since a setting that was misspelt would silently not count.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from server.authority.settings import AppealSettings
from server.limits import LimitSettings
from server.personal.settings import PersonalSettings, RetentionSettings
from server.running.settings import (
    ListenSettings,
    LogSettings,
    MetricsSettings,
    TraceSettings,
    WorkerSettings,
)
from server.security.settings import SecuritySettings
from server.store.settings import StoreSettings
from server.transport.settings import StreamSettings

PREFIX: Final = "CHUAN_"
DELIMITER: Final = "__"

SHORT_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "CHUAN_STORE": ("store", "location"),
    "CHUAN_RULESETS": ("store", "rulesets"),
    "CHUAN_HOST": ("listen", "host"),
    "CHUAN_PORT": ("listen", "port"),
    "CHUAN_DRAIN_SECONDS": ("workers", "drain_seconds"),
}
"""Names of the environment without a section, for what is set most often."""


class Settings(BaseSettings):
    """How a server is set up: one section for each concern."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
    )

    store: StoreSettings = StoreSettings()
    listen: ListenSettings = ListenSettings()
    workers: WorkerSettings = WorkerSettings()
    security: SecuritySettings = SecuritySettings()
    limits: LimitSettings = LimitSettings()
    streams: StreamSettings = StreamSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    traces: TraceSettings = TraceSettings()
    personal: PersonalSettings = PersonalSettings()
    retention: RetentionSettings = RetentionSettings()
    appeals: AppealSettings = AppealSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is passed and nothing else: `load` reads the environment, the constructor does not."""
        return (init_settings,)


class ConfigError(Exception):
    """The configuration cannot be used.

    Attributes:
        problems: a line for each: where, what is wrong, and what to do.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and where each value in it was set.

    Attributes:
        settings: the configuration.
        origins: for every setting that is not a default, by its section and name, the place that set it.
    """

    settings: Settings
    origins: Mapping[tuple[str, ...], str]


_Tree = Mapping[str, Any]


def load(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, object]] | None = None,
) -> Loaded:
    """Read the configuration.

    Args:
        file: in TOML, a table a section; None: there is none.
        environment: the process's; `CHUAN_SECTION__NAME`, and `SHORT_NAMES`.
        options: of the command line, by section and name.

    Raises:
        ConfigError: with everything that is wrong.
    """
    environment = environment or {}
    text = _read(file)
    sources = (
        _Source(options or {}, lambda path: f"option {'.'.join(map(str, path))}"),
        _Source(_long(environment), lambda path: PREFIX + DELIMITER.join(map(str, path)).upper()),
        _Source(_short(environment), _short_name),
        _Source(_parsed(file, text), lambda path: f"{file}:{_line(text, path)}"),
    )
    strangers = list(_strangers(environment))
    try:
        settings = Settings.model_validate(_merged([source.tree for source in sources]))
    except ValidationError as error:
        wrong = [_problem(each["loc"], each["type"], each["msg"], sources) for each in error.errors()]
        raise ConfigError([*strangers, *wrong]) from None
    if strangers:
        raise ConfigError(strangers)
    origins = {path: source.place(path) for source in reversed(sources) for path in _leaves(source.tree)}
    return Loaded(settings, origins)


def parse_changes(changes: Iterable[str]) -> dict[str, dict[str, object]]:
    """Settings written as `section.name=value`, by section and name; a section may be within another.

    Raises:
        ConfigError: one is written otherwise.
    """
    found: dict[str, Any] = {}
    for change in changes:
        path, written, value = change.partition("=")
        *sections, name = path.split(".")
        node = found
        for section in sections:
            node = node.setdefault(section, {})
            if not isinstance(node, dict):
                break
        if not (written and sections and isinstance(node, dict)):
            raise ConfigError([f"option --set {path}: write SECTION.NAME=VALUE, such as workers.count=2"])
        node[name] = value
    return found


class _Source:
    """Settings of one origin, and how a setting's place in it is told."""

    def __init__(self, tree: _Tree, place: Callable[[Sequence[object]], str]) -> None:
        self.tree = tree
        self.place = place

    def has(self, path: Sequence[object]) -> bool:
        node: Any = self.tree
        for each in path:
            if not isinstance(node, Mapping) or each not in node:
                return False
            node = node[each]
        return True


def _read(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise ConfigError([f"{file}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{file}: is not UTF-8, which TOML is written in"]) from error


def _parsed(file: Path | None, text: str) -> _Tree:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{file}: is not TOML: {error}"]) from error


def _long(environment: Mapping[str, str]) -> _Tree:
    source = EnvSettingsSource(Settings)
    source.env_vars = {
        name.lower(): value for name, value in environment.items() if DELIMITER in name.removeprefix(PREFIX)
    }
    try:
        return source()
    except SettingsError as error:
        raise ConfigError([f"environment: {error}: a list or a table is written in JSON"]) from error


def _short(environment: Mapping[str, str]) -> _Tree:
    tree: dict[str, dict[str, str]] = {}
    for name, (section, key) in SHORT_NAMES.items():
        if environment.get(name):
            tree.setdefault(section, {})[key] = environment[name]
    return tree


def _short_name(path: Sequence[object]) -> str:
    return next((name for name, known in SHORT_NAMES.items() if known == tuple(path[:2])), "environment")


def _strangers(environment: Mapping[str, str]) -> Iterator[str]:
    """Names of the environment for sections that there are not: pydantic passes over them."""
    for name in sorted(environment):
        if name.startswith(PREFIX) and DELIMITER in name:
            section = name.removeprefix(PREFIX).split(DELIMITER)[0].lower()
            if section not in Settings.model_fields:
                yield f"{name}: there is no section {section!r}{_near(section, list(Settings.model_fields))}"


def _merged(trees: Sequence[_Tree]) -> dict[str, Any]:
    """One tree of several; what comes first counts."""
    merged: dict[str, Any] = {}
    for tree in reversed(trees):
        for key, value in tree.items():
            below = merged.get(key)
            if isinstance(value, Mapping) and isinstance(below, Mapping):
                merged[key] = _merged([value, below])
            else:
                merged[key] = value
    return merged


def _leaves(tree: _Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key)


def _problem(path: Sequence[object], kind: str, text: str, sources: Sequence[_Source]) -> str:
    named = [str(each) for each in path]
    place = next((source.place(named) for source in sources if source.has(path)), "configuration")
    name = ".".join(named)
    if kind == "extra_forbidden":
        what = "section" if len(path) == 1 else "setting"
        return f"{place}: there is no {what} {name!r}{_near(named[-1], _siblings(named))}"
    return f"{place}: {name}: {text[:1].lower()}{text[1:]}"


def _siblings(path: Sequence[str]) -> list[str]:
    """The names that there are in the place of the last one of `path`."""
    model: type[BaseModel] = Settings
    for each in path[:-1]:
        below = model.model_fields[each].annotation if each in model.model_fields else None
        if not (isinstance(below, type) and issubclass(below, BaseModel)):
            return []
        model = below
    return list(model.model_fields)


def _near(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are {', '.join(sorted(known))}" if known else ""


def _line(text: str, path: Sequence[object]) -> int:
    """The line of a setting in a file of TOML, or of the nearest thing around it: tomllib does not tell."""
    table: list[str] = []
    found = 1
    names = [str(each) for each in path]
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            if names[: len(table)] == table:
                found = number
        elif key := _KEY.match(line):
            inner = table + _parts(key[1])
            if names[: len(inner)] == inner:
                return number
    return found


_HEADER: Final = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]")
_KEY: Final = re.compile(r"\s*([\w.\"'-]+)\s*=")


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
