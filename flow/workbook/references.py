"""Words of one sheet that another sheet or the program must know: roles, effects, flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import CellError
from flow.definitions.flow import Action, Level, Node, OwnerRule
from flow.definitions.schema import Value, keys_of, words_of
from flow.definitions.vocabulary import EFFECTS
from flow.workbook import moves, nodes, reasons, roles, tiers
from flow.workbook.owners import LEVELS, OWNER
from flow.workbook.tables import Table, spelling
from flow.workbook.values import NAMES
from flow.workbook.words import meant, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Row

Said = tuple[str, "Row", str, str]  #: sheet, row, heading, word


def check(new: Mapping[str, Table], old: Mapping[str, Table], flows: Iterable[str], problems: Problems) -> None:
    """Find roles, effects and flows that do not exist; what the old definition said already is not held against it."""
    known = _roles(new)
    excused = {word for *_, word in _role_words(old)} - set(_roles(old))
    _complain(_role_words(new), {*known, *excused}, "角色", problems)
    _complain(_effect_words(new), {*EFFECTS, *(word for *_, word in _effect_words(old))}, "这件事", problems)
    approvers = (row[tiers.APPROVER] for row in old[tiers.SHEET].rows)
    tiers.check_approvers(new[tiers.SHEET], [*known, *(set(map(plain, approvers)) - set(_roles(old)))], problems)
    reasons.check_flows(new[reasons.SHEET], flows, problems)


def _roles(tables: Mapping[str, Table]) -> list[str]:
    return [name for row in tables[roles.SHEET].rows if (name := plain(row[roles.ROLE]))]


def _complain(said: Iterable[Said], known: Collection[str], what: str, problems: Problems) -> None:
    spelled = spelling(known)
    for sheet, row, heading, word in said:
        if plain(word) not in spelled:
            problems.at(sheet, row.number, heading, f"没有{what}“{word}”{meant(plain(word), spelled)}")


def _effect_words(tables: Mapping[str, Table]) -> Iterator[Said]:
    for sheet, part in ((nodes.SHEET, Node), (moves.SHEET, Action)):
        for row in tables[sheet].rows:
            for key in words_of(keys_of(part), Value.EFFECTS):
                yield from ((sheet, row, key, word) for word in NAMES.read(row[key]))


def _role_words(tables: Mapping[str, Table]) -> Iterator[Said]:
    for row in tables[nodes.SHEET].rows:
        for kind, named in _NAMED.items():
            for key in words_of(nodes.KEYS, kind):
                yield from ((nodes.SHEET, row, key, role) for role in named(row[key]))


def _in_owner(text: str) -> list[str]:
    return _owner_roles(_read(OWNER, text))


def _in_levels(text: str) -> list[str]:
    levels = _read(LEVELS, text) or []
    return [role for level in levels for key in _LEVEL_OWNERS for role in _owner_roles(level.get(key))]


def _owner_roles(rule: Any) -> list[str]:
    return [rule[key] for key in _OWNER_ROLES if key in rule] if rule else []


def _read(codec: Any, text: str) -> Any:
    """The value of a cell; what cannot be read has been said already."""
    try:
        return codec.read(text) if text else None
    except CellError:
        return None


_OWNER_ROLES = words_of(keys_of(OwnerRule), Value.ROLE)
_LEVEL_OWNERS = words_of(keys_of(Level), Value.OWNER)
#: how a cell of each kind names roles
_NAMED: Mapping[Value, Callable[[str], list[str]]] = {
    Value.OWNER: _in_owner,
    Value.ROLES: NAMES.read,
    Value.LEVELS: _in_levels,
}
