"""What is in the folder of a campaign: said in a `campaign.yaml`, else told by what files and columns are called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clients.score.problems import ScoreError
from clients.score.reading import Options, Table, files_of, open_table
from clients.score.words import plain
from engine.campaign import Role

PLAN: Final = "campaign.yaml"
ORGANISATIONS: Final = "organisations"
"""What the file of organisations is called, without its ending, where nothing says otherwise."""
AUTO: Final = "auto"
_MAPPING_ENDING: Final = ".map.yaml"

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "organisation", "mã đơn vị", "mã tổ chức", "mã"),
    "parent": ("parent", "đơn vị cấp trên", "mã đơn vị cấp trên", "trực thuộc", "thuộc"),
    "name": ("name", "tên", "tên đơn vị", "tên tổ chức", "họ và tên", "họ tên"),
    "level": ("level", "cấp"),
    "person": (
        "person",
        "mã cá nhân",
        "mã cán bộ",
        "mã công chức",
        "mã viên chức",
        "mã nhân viên",
        "số hiệu",
    ),
    "organisation": ("organisation", "mã đơn vị", "mã tổ chức", "đơn vị", "đơn vị công tác"),
    "role": ("role", "vai trò", "chức vụ"),
    "ruleset": ("ruleset", "bộ quy tắc"),
}
"""What a column is called that says this, where the plan does not name it; compared without case and spacing."""
ROLES: Final[Mapping[str, Role]] = {
    **{role.value: role for role in Role},
    "người đứng đầu": Role.HEAD,
    "trưởng": Role.HEAD,
    "cấp trưởng": Role.HEAD,
    "phó": Role.DEPUTY,
    "cấp phó": Role.DEPUTY,
    "thành viên": Role.MEMBER,
    "nhân viên": Role.MEMBER,
}
"""Words for roles that need not be stated."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _File(_Strict):
    """A file of rows; the keys after `file` as in a mapping of `chuan score`.

    Attributes:
        file: its path from the folder of the plan.
        sheet: of a workbook.
        header: the row with the names of the columns.
        encoding: of a text file.
        cell_separator: of a text file.
    """

    file: str
    sheet: str = ""
    header: int | None = None
    encoding: str = ""
    cell_separator: str = ""

    @property
    def options(self) -> Options:
        """How the file is written."""
        return Options(self.sheet, self.header, self.encoding, self.cell_separator)


class RoleColumn(_Strict):
    """The column that says what somebody is in their unit.

    Attributes:
        column: its name.
        words: what its words stand for, beside `ROLES`.
        blank: what a blank cell stands for; left out, a row without a role is rejected.
    """

    column: str
    words: dict[str, Role] = Field(default_factory=dict)
    blank: Role | None = None


class RulesetColumn(_Strict):
    """The column that says by which ruleset a row is judged.

    Attributes:
        column: its name.
        words: the id of the ruleset that each of its words stands for; an id stands for itself.
    """

    column: str
    words: dict[str, str] = Field(default_factory=dict)


class OrganisationsFile(_File):
    """The file of organisations: a row each.

    Attributes:
        id: the column with its id.
        parent: the column with the id of the one above; blank at the top.
        name: the column with its name.
        level: the column with its level, by which the report is broken down.
        ruleset: the column with the id of the ruleset it is judged by.
    """

    id: str = ""
    parent: str = ""
    name: str = ""
    level: str = ""
    ruleset: str = ""


class RecordsFile(_File):
    """A file of records of people or of organisations: a row each.

    Attributes:
        person: the column with the id of the person; none: the records are of organisations.
        name: the column with the name of the person.
        organisation: the column with the id of the unit.
        role: what the person is there; no such column: everybody is a member.
        ruleset: an id, ``auto``, or a column that says it.
        mapping: a file, or several for several rulesets, as `chuan score` takes them; else columns are called as facts.
    """

    person: str = ""
    name: str = ""
    organisation: str = ""
    role: RoleColumn | None = None
    ruleset: str | RulesetColumn = AUTO
    mapping: tuple[str, ...] = ()

    @field_validator("role", mode="before")
    @classmethod
    def _role_of_name(cls, written: Any) -> Any:
        return {"column": written} if isinstance(written, str) else written

    @field_validator("mapping", mode="before")
    @classmethod
    def _one_mapping(cls, written: Any) -> Any:
        return (written,) if isinstance(written, str) else written


class Plan(_Strict):
    """A campaign as it is written down; see docs/campaign.md.

    Attributes:
        on: the date of the evaluation.
        organisations: the tree.
        records: files of records.
        readings: by the id of a ruleset whose quota the law leaves open, the reading to apply.
    """

    on: dt.date | None = None
    organisations: OrganisationsFile
    records: tuple[RecordsFile, ...] = ()
    readings: dict[str, str] = Field(default_factory=dict)


def plan_of(folder: Path, rulesets: Sequence[str]) -> Plan:
    """The plan of a folder: its `campaign.yaml`, or what its files are called.

    Without a plan, `organisations.*` has the tree; every other table with a column for the unit has records, by the
    ruleset that it is called by, or by the selectors.

    Args:
        folder: of the campaign.
        rulesets: the ids there are.

    Raises:
        ScoreError: there is no such folder, or its plan is none, or it holds no organisations.
    """
    if not folder.is_dir():
        raise ScoreError(f"there is no folder {folder}")
    if (folder / PLAN).exists():
        return _read(folder / PLAN)
    if not any(path.stem == ORGANISATIONS for path in folder.iterdir()):
        inner = sorted(path.name for path in folder.iterdir() if path.is_dir() and _has_tree(path))
        if inner:
            raise ScoreError(f"{folder} holds several campaigns: name one, {' or '.join(inner)}")
        raise ScoreError(f"{folder} has no {PLAN}, and no file called {ORGANISATIONS}: .csv, .xlsx, …")
    files = files_of([folder])
    trees = [path.name for path in files if path.stem == ORGANISATIONS]
    if len(trees) > 1:
        raise ScoreError(f"{folder} has several files of organisations ({', '.join(trees)}): keep one")
    named = [_records(path, rulesets) for path in files if path.name not in trees]
    return Plan(
        on=None,
        organisations=OrganisationsFile(file=trees[0]),
        records=tuple(each for each in named if each is not None),
    )


def column_for(what: str, stated: str, table: Table, file: str) -> str:
    """The column of `table` that says `what`; empty where none does.

    Raises:
        ScoreError: the plan names a column that is not there.
    """
    if stated:
        if table.columns and stated not in table.columns:
            raise ScoreError(
                f"{file} has no column '{stated}', which {PLAN} names as {what}; it has {', '.join(table.columns[:20])}"
            )
        return stated
    called = {plain(column): column for column in reversed(table.columns)}
    return next((called[word] for word in COLUMNS[what] if word in called), "")


def _has_tree(folder: Path) -> bool:
    return (folder / PLAN).exists() or any(path.stem == ORGANISATIONS for path in folder.iterdir())


def _records(path: Path, rulesets: Sequence[str]) -> RecordsFile | None:
    """A table as records by its name; None where it says nothing of units."""
    table = open_table(path, Options())
    if table.columns and not column_for("organisation", "", table, path.name):
        return None
    mapping = path.with_name(f"{path.stem}{_MAPPING_ENDING}")
    role = column_for("role", "", table, path.name)
    ruleset = column_for("ruleset", "", table, path.name)
    return RecordsFile(
        file=path.name,
        role=RoleColumn(column=role) if role else None,
        ruleset=(path.stem if path.stem in rulesets else RulesetColumn(column=ruleset) if ruleset else AUTO),
        mapping=(mapping.name,) if mapping.exists() else (),
    )


def _read(path: Path) -> Plan:
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
        return Plan.model_validate(content if content is not None else {})
    except OSError as error:
        raise ScoreError(f"{path}: {error.strerror or error}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise ScoreError(f"{path}: {error}") from None
    except ValidationError as error:
        told = "\n".join(
            f"  {'.'.join(map(str, each['loc'])) or 'the document'}: {each['msg']}"
            for each in error.errors(include_input=False)
        )
        raise ScoreError(f"{path} is no plan of a campaign:\n{told}") from None
