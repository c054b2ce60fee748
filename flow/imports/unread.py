"""Columns that an order file has and nobody reads, where what stands in them would change the money. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from config import FOLDER
from flow.definitions import yamlfile
from flow.imports.names import read_for
from flow.imports.values import BadValue, money, price, units
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict
    from collections.abc import Sequence

    from flow.imports.mapping import Mapping

RULES = FOLDER / "unread.yaml"
PAID, LESS, RATE, BACK, UNITS = "付了", "减了", "打折", "退过", "数量"
SAYS_PAID = frozenset({"实付金额", "优惠分摊"})  #: with one of them, what else is said of the money may be left out
OPEN = "退款状态"  #: says whether money has gone back; without it, the amounts do


class _Kind(NamedTuple):
    """What an unread heading speaks of: its words, those that make it another, and what in a cell is nothing."""

    heading: re.Pattern[str]
    but: re.Pattern[str]
    nothing: re.Pattern[str]


@cache
def _kinds() -> dict[str, _Kind]:
    found = yamlfile.read(RULES.read_text(encoding="utf-8"))
    return {
        name: _Kind(*(re.compile(each[key], re.IGNORECASE) for key in ("表头", "除了", "不算")))
        for name, each in found.items()
    }


class Unread:
    """The columns of one file that are looked at and not read."""

    def __init__(self, mapping: Mapping, header: Sequence[str], places: Dict[str, int]) -> None:
        names = read_for("orders", returns=mapping.returns is not None)
        left = {place for name, place in places.items() if name in names}
        left |= {place for place, heading in enumerate(header) if not heading or heading in mapping.unread}
        others = {place: heading for place, heading in enumerate(header) if place not in left}
        kinds = _kinds()
        self._less: dict[int, tuple[str, str]] = {}
        for kind in () if SAYS_PAID & places.keys() else (RATE, LESS, PAID):
            self._less |= {place: (name, kind) for place, name in _speaking(kinds[kind], others).items()}
        self._back = _speaking(kinds[BACK], others)
        self._units = {n: name for n, name in others.items() if mapping.means(name, UNITS)}

    @property
    def looks(self) -> bool:
        """Whether there are any."""
        return bool(self._less or self._back or self._units)

    def check(self, cells: Sequence[str], texts: Dict[str, str]) -> None:
        """Raises BadValue for a row of which an unread cell says that less was paid, or some of it went back."""
        for place, name in self._back.items():
            if not texts.get(OPEN) and not _kinds()[BACK].nothing.fullmatch(cells[place]):
                fix = f"把数量和实付金额改成还没退的，清空“{name}”；不碍事就删掉这一列"
                raise BadValue(f"“{name}”里有数，没有读", fix)
        for place, (name, kind) in self._less.items():
            is_whole = kind == PAID and _is_listed(cells[place], texts)
            if not is_whole and not _kinds()[kind].nothing.fullmatch(cells[place]):
                meant = "是付了多少元就把表头改成 实付金额，是减了多少元就改成 优惠分摊"
                fix = f"退款会按单价算。“{name}”{meant}；不碍事就删掉这一列"
                raise BadValue(f"“{name}”里有数，没有读", fix)
        for place, name in self._units.items():
            if cells[place] and _units(cells[place]) != _units(texts["数量"]):
                raise BadValue(
                    "数量有两个说法", f"“{name}”是 {cells[place][:12]}，数量是 {texts['数量'][:12]}：留对的那一列"
                )


def _speaking(kind: _Kind, others: Dict[int, str]) -> dict[int, str]:
    return {n: name for n, name in others.items() if kind.heading.search(name) and not kind.but.search(name)}


def _is_listed(cell: str, texts: Dict[str, str]) -> bool:
    """Whether it is what the line, or a unit of it, costs by its price, of which nothing was taken off."""
    try:
        each = price("", texts.get("单价", ""))
        return money("", cell) in (yuan(each), yuan(each * units("", texts["数量"])))
    except BadValue:
        return False


def _units(text: str) -> int | str:
    try:
        return units("", text)
    except BadValue:
        return text
