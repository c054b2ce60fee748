"""Words of one sheet that another sheet or the program must know: roles, effects, flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import CellError
from flow.definitions.vocabulary import EFFECTS
from flow.workbook import moves, nodes, reasons, roles, tiers
from flow.workbook.owners import LEVELS, OWNER
from flow.workbook.tables import Table, spelling
from flow.workbook.values import NAMES
from flow.workbook.words import meant, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

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
    for name in (nodes.SHEET, moves.SHEET):
        for row in tables[name].rows:
            yield from ((name, row, "办", word) for word in NAMES.read(row["办"]))


def _role_words(tables: Mapping[str, Table]) -> Iterator[Said]:
    for row in tables[nodes.SHEET].rows:
        yield from ((nodes.SHEET, row, nodes.OWNER, role) for role in _owner_roles(_read(OWNER, row[nodes.OWNER])))
        yield from ((nodes.SHEET, row, "抄送", role) for role in NAMES.read(row["抄送"]))
        for level in _read(LEVELS, row["分级"]) or []:
            yield from ((nodes.SHEET, row, "分级", role) for role in _owner_roles(level.get("负责人")))


def _owner_roles(rule: Any) -> list[str]:
    return [rule[key] for key in ("角色", "否则") if key in rule] if rule else []


def _read(codec: Any, text: str) -> Any:
    """The value of a cell; what cannot be read has been said already."""
    try:
        return codec.read(text) if text else None
    except CellError:
        return None
