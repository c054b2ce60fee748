"""Which rows of an edited workbook only have another name: the column 编号 says it, and nobody has to touch it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW, POLICY
from flow.definitions.conditions import CellError
from flow.definitions.identities import Renames, id_in
from flow.definitions.renaming import in_data
from flow.definitions.schema import ID, Value, words_of
from flow.workbook import limits, moves, nodes, reasons, roles, tiers
from flow.workbook.forms import FORM
from flow.workbook.sheets import NOTICES, REASONS, ROLES, Source
from flow.workbook.tables import spelling
from flow.workbook.values import NAMES
from flow.workbook.words import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flow.workbook.errors import Problems
    from flow.workbook.stamp import Stamp
    from flow.workbook.tables import Table

    Tables = Mapping[str, Table]
    Ids = Mapping[str, str]

_FORM, _NAME = "表单", "名"
_OF_NODES = {moves.SHEET: (moves.NODE, moves.TO), limits.SHEET: (limits.NODE,)}
_LISTED = words_of(nodes.KEYS, Value.NODES, Value.NODE)
_OF_ROLES = words_of(nodes.KEYS, Value.OWNER, Value.ROLES, Value.LEVELS)


def renames(tables: Tables, old: Source, flow: str, problems: Problems) -> Renames:
    """What the sheets call otherwise than it was when they were made."""
    stations = old.flow.get("节点") or {}
    moved = _moved(tables[nodes.SHEET], nodes.NAME, stations, problems)
    known = {moved.get(str(name), str(name)): body.get(_FORM) or [] for name, body in stations.items()}
    forms = (
        (row[_FORM], known.get(spelling(known).get(plain(row[nodes.NAME]), ""), [])) for row in tables[nodes.SHEET].rows
    )
    return Renames(
        nodes={flow: moved},
        fields={was: now for cell, before in forms for was, now in _of_form(cell, before).items()},
        roles=_moved(tables[roles.SHEET], roles.ROLE, old.roles.get(roles.SHEET) or {}, problems),
        reasons=_moved(tables[reasons.SHEET], reasons.TYPE, old.reasons.get(reasons.TYPE) or {}, problems),
    )


def _moved(table: Table, heading: str, old: Mapping[str, Any], problems: Problems) -> dict[str, str]:
    """Old name -> new name of the rows of one sheet."""
    known = {plain(id_in(str(name), body)): str(name) for name, body in old.items()}
    spelled, seen, found = spelling(old), dict[str, tuple[int, str]](), dict[str, str]()
    for row in table.rows:
        name, id_ = spelled.get(plain(row[heading]), plain(row[heading])), plain(row[ID])
        if not id_ or not name:
            continue
        if id_ in seen and seen[id_][1] == name:
            continue  # a row written twice, which is told of its name
        if id_ in seen:
            problems.at(table.name, row.number, ID, f"和第 {seen[id_][0]} 行的一样；新加的行请把编号清空")
        elif id_ not in known:
            problems.at(table.name, row.number, ID, f"没有编号“{id_}”；编号不用改，新加的行空着")
        elif known[id_] != name:
            found[known[id_]] = name
        seen.setdefault(id_, (row.number, name))
    return found


def _of_form(cell: str, before: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Fields of one node with another name: by their 编号, or as the only one that went where one like it came."""
    try:
        after = FORM.read(cell) if cell else []
    except CellError:
        return {}  # told when the sheet is read
    names = {str(item[_NAME]) for item in after}
    gone = {id_in(str(item[_NAME]), item): item for item in before if str(item[_NAME]) not in names}
    come = [item for item in after if item[_NAME] not in {each[_NAME] for each in before}]
    found = {str(gone[item[ID]][_NAME]): str(item[_NAME]) for item in come if item.get(ID) in gone}
    if not found and len(gone) == len(come) == 1:
        [was] = gone.values()
        [now] = come
        found = {str(was[_NAME]): str(now[_NAME])} if _rest(was) == _rest(now) else {}
    return found


def _rest(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted((key, str(value)) for key, value in item.items() if key not in (_NAME, ID) and value)


def followed(tables: Tables, names: Renames) -> dict[str, Table]:
    """The sheets with every mention of an old name that no row has any more under the new one."""
    [moved] = [*names.nodes.values()] or [{}]
    there = {plain(row[nodes.NAME]) for row in tables[nodes.SHEET].rows}
    stations = {plain(old): new for old, new in moved.items() if plain(old) not in there}
    held = {plain(row[roles.ROLE]) for row in tables[roles.SHEET].rows}
    people = {old: new for old, new in names.roles.items() if plain(old) not in held}
    found = dict(tables)
    for sheet, headings in _OF_NODES.items():
        found[sheet] = _mapped(found[sheet], headings, lambda text: stations.get(plain(text), text))
    found[nodes.SHEET] = _mapped(found[nodes.SHEET], _LISTED, lambda text: _each(text, stations))
    found[nodes.SHEET] = _mapped(found[nodes.SHEET], _OF_ROLES, lambda text: _in_words(text, people))
    found[tiers.SHEET] = _mapped(found[tiers.SHEET], (tiers.APPROVER,), lambda text: people.get(plain(text), text))
    return found


def _mapped(table: Table, headings: Iterable[str], change: Callable[[str], str]) -> Table:
    fresh = tuple(
        replace(row, cells={**row.cells, **{head: change(row[head]) for head in headings if row[head]}})
        for row in table.rows
    )
    return replace(table, rows=fresh)


def _each(text: str, names: Ids) -> str:
    said = NAMES.read(text)
    return NAMES.show([names.get(plain(each), each) for each in said]) if names.keys() & {*map(plain, said)} else text


def _in_words(text: str, names: Ids) -> str:
    """A role among the words of a cell, where it stands by itself."""
    for old, new in names.items():
        text = re.sub(rf"(?<![\w]){re.escape(old)}(?![\w])", new, text)
    return text


def in_source(new: Source, names: Renames, stamp: Stamp) -> Source:
    """The definition with what its conditions still call by an old name."""
    keys = {"flow": (FLOW, stamp.flow), "policy": (POLICY, stamp.policy), "reasons": REASONS, "roles": ROLES,
            "notices": NOTICES}  # fmt: skip
    left = Renames(
        {flow: _gone(moved, new.flow.get("节点") or {}) for flow, moved in names.nodes.items()},
        _gone(names.fields, {item[_NAME]: item for item in _fields(new.flow)}),
        _gone(names.roles, new.roles.get(roles.SHEET) or {}),
        _gone(names.reasons, new.reasons.get(reasons.TYPE) or {}),
    )
    return replace(new, **{part: in_data(key, getattr(new, part), left, {}) for part, key in keys.items()})


def _gone(moved: Ids, there: Mapping[str, Any]) -> dict[str, str]:
    return {old: new for old, new in moved.items() if old not in there}


def _fields(flow: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for body in (flow.get("节点") or {}).values():
        yield from (item for item in body.get(_FORM) or () if isinstance(item, dict))
