"""Conditions on days that are over before they are published: nothing is ever decided by them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.conditions import CellError, parse
from flow.definitions.day_cells import beside
from flow.definitions.vocabulary import CALENDAR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from flow.definitions.business import Bundle
    from flow.definitions.conditions import Cell

_NAMES = ("规则", "名", "角色", "去")  #: what a row with conditions goes by


def gone_by(active: Bundle, texts: Bundle, today: date) -> dict[tuple[str, str], list[str]]:
    """By text, a sentence for each new condition that holds on no day from ``today`` on."""
    found: dict[tuple[str, str], list[str]] = {}
    for key, text in texts.items():
        before = {(name, cell.fact, cell.text) for name, cell in _cells(yamlfile.read(active.get(key, "")))}
        for name, cell in _cells(yamlfile.read(text)):
            if (name, cell.fact, cell.text) not in before and not _to_come(cell, today):
                found.setdefault(key, []).append(f"“{name}”的 {cell.fact} {cell.text} 已经过去了，永远轮不到")
    return found


def _to_come(cell: Cell, today: date) -> bool:
    return any(cell.test(day) for day in (today, *beside(cell.days)) if day >= today)


def _cells(value: Any, name: str = "") -> Iterator[tuple[str, Cell]]:
    """Every condition on a day with the name of the row in which it stands."""
    if isinstance(value, list):
        for item in value:
            yield from _cells(item, name)
    elif isinstance(value, dict):
        name = next((str(value[key]) for key in _NAMES if isinstance(value.get(key), str)), name)
        for key, item in value.items():
            if key in CALENDAR and item is not None and not isinstance(item, list | dict):
                yield from ((name, cell) for cell in _read(str(key), item))
            else:
                yield from _cells(item, name if isinstance(key, str) and key in ("当", "条件") else str(key))


def _read(fact: str, raw: Any) -> Iterator[Cell]:
    """The condition, as far as it is one: what is wrong with it is said elsewhere."""
    try:
        yield parse(fact, raw)
    except CellError:
        return
