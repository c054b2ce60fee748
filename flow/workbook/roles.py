"""The sheet 角色: role × command, each cell how far it reaches; and how much of a customer a role sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.identities import id_in
from flow.definitions.permissions import COMMANDS, FIELDS, Scope
from flow.definitions.schema import ID
from flow.workbook.tables import Head, merged, spelling, table, unique
from flow.workbook.values import PROSE, one_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Line, Table

SHEET = "角色"
ROLE, ABOUT, MAY, SEES = "角色", "说明", "能", "看"
SCOPES = tuple(Scope)
_REACH = f"能用到谁的单：{'、'.join(SCOPES)}；空着不能用"
_SIGHTS = tuple(dict.fromkeys(way for ways in FIELDS.values() for way in ways))


def show(roles: Mapping[str, Any]) -> Table:
    """The sheet of the roles."""
    rows = ({ROLE: str(name), **_cells(raw), ID: id_in(str(name), raw)} for name, raw in _roles(roles).items())
    return table(SHEET, _heads(roles), rows)


def _roles(roles: Mapping[str, Any]) -> dict[str, Any]:
    return {name: raw for name, raw in (roles.get(SHEET) or {}).items() if isinstance(raw, dict)}


def _heads(roles: Mapping[str, Any]) -> list[Head]:
    """A column for every command that there is and for every field that may be masked."""
    everyone = _roles(roles).values()
    commands = dict.fromkeys([*(str(name) for raw in everyone for name in raw.get(MAY) or {}), *COMMANDS])
    fields = dict.fromkeys([*(str(name) for raw in everyone for name in raw.get(SEES) or {}), *FIELDS])
    return [
        Head(ROLE, "员工表里写的就是这个名字；改了名，有这个角色的人照旧有", 12),
        Head(ABOUT, "一句话，给人看", 40),
        *(Head(command, _REACH, 8, SCOPES, True) for command in commands),
        *(Head(heading(field), f"看得到多少：{'、'.join(sights(field))}", 10, sights(field), True) for field in fields),
        Head(ID, "机器人靠它认出改了名的角色：名字可以改，这一格不要动；新加的行空着", 8, spare=True),
    ]


def heading(field: str) -> str:
    """The column of a field that may be masked."""
    return f"{SEES} {field}"


def sights(field: str) -> tuple[str, ...]:
    """How much of a field may be seen."""
    return FIELDS.get(field, _SIGHTS)


def _cells(raw: Mapping[str, Any]) -> dict[str, str]:
    may = {str(command): text_of(scope) for command, scope in (raw.get(MAY) or {}).items()}
    sees = {heading(str(field)): text_of(way) for field, way in (raw.get(SEES) or {}).items()}
    return {ABOUT: text_of(raw.get(ABOUT)), **may, **sees}


def read(sheet: Table, roles: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The roles with what the sheet says now."""
    old = {str(name): raw for name, raw in _roles(roles).items()}
    lines = unique(sheet.lines(problems), ROLE, spelling(old))
    return merged(
        roles, {SHEET: {name: _role(line, old.get(name, {}), sheet.headings) for name, line in lines.items()}}
    )


def _role(line: Line, old: Mapping[str, Any], headings: Iterable[str]) -> dict[str, Any]:
    named = [name for name in headings if name not in {ROLE, ABOUT, ID}]
    fields = [name.removeprefix(f"{SEES} ") for name in named if name.startswith(f"{SEES} ")]
    may, sees = old.get(MAY) or {}, old.get(SEES) or {}
    new_may = {
        name: line.value(name, one_of(SCOPES), may.get(name)) for name in named if not name.startswith(f"{SEES} ")
    }
    new_sees = {name: line.value(heading(name), one_of(sights(name)), sees.get(name)) for name in fields}
    return merged(
        old,
        {
            ABOUT: line.value(ABOUT, PROSE, old.get(ABOUT)),
            MAY: merged(may, new_may),
            SEES: merged(sees, new_sees) or old.get(SEES),
        },
    )
